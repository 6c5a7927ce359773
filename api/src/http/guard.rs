//! What stands before everything else: who the request is meant for, and on whose behalf it comes.
//!
//! A web page can send requests to a local port, and a name that resolves to 127.0.0.1 makes them look local. Both
//! give themselves away by the headers a browser adds, so these are checked before anything is read.

use poem::Request;
use poem::http::header::{HOST, HeaderMap, ORIGIN};
use poem::http::uri::Authority;
use poem::http::{Method, Uri};

use super::hosts::Hosts;
use super::notifications::unsubscribe;
use super::peer::Approach;
use super::problem::{Code, Problem};
use super::server::{HEADER_BYTES_MAX, HEADERS_MAX};

const URL_BYTES_MAX: usize = 8 * 1024;

/// Refuses what is too long, meant for another server, or sent for another site.
///
/// # Errors
/// 400, 403, 405, 414, 421 or 431.
pub fn check(request: &Request, approach: &Approach, hosts: &Hosts) -> Result<(), Problem> {
    let headers = request.headers();
    check_size(request.uri(), headers)?;
    check_host(request.uri(), headers, approach, hosts)?;
    check_method(request.method(), headers)?;
    check_site(request, headers)?;
    check_origin(request.method(), headers, approach, hosts)
}

fn check_size(uri: &Uri, headers: &HeaderMap) -> Result<(), Problem> {
    let url_bytes = uri.path().len() + uri.query().map_or(0, str::len);
    if url_bytes > URL_BYTES_MAX {
        return Err(Problem::new(Code::UriTooLong, format!("the URL has more than {URL_BYTES_MAX} bytes")));
    }
    let bytes: usize = headers.iter().map(|(name, value)| name.as_str().len() + value.len()).sum();
    if bytes > HEADER_BYTES_MAX || headers.len() > HEADERS_MAX {
        let detail = format!("more than {HEADERS_MAX} headers or {HEADER_BYTES_MAX} bytes of them");
        return Err(Problem::new(Code::HeadersTooLarge, detail));
    }
    Ok(())
}

fn check_host(uri: &Uri, headers: &HeaderMap, approach: &Approach, hosts: &Hosts) -> Result<(), Problem> {
    if headers.get_all(HOST).iter().count() != 1 {
        return Err(Problem::new(Code::Malformed, "expected one Host header"));
    }
    let is_meant = |authority: &Authority| hosts.answer_to(authority.as_str().as_bytes(), approach);
    if hosts.answer_to(&approach.host, approach) && uri.authority().is_none_or(is_meant) {
        return Ok(());
    }
    Err(Problem::new(Code::Misdirected, format!("expected one of these hosts: {}", hosts.shown(approach))))
}

fn check_method(method: &Method, headers: &HeaderMap) -> Result<(), Problem> {
    let overrides = ["x-http-method-override", "x-http-method", "x-method-override"];
    let is_overridden = overrides.iter().any(|name| headers.contains_key(*name));
    if is_overridden || method == Method::CONNECT || method == Method::TRACE {
        let allow = Some("GET, POST, PUT, PATCH, DELETE".to_owned());
        return Err(Problem { allow, ..Problem::new(Code::MethodNotAllowed, "this method is never taken") });
    }
    Ok(())
}

/// Refuses what a browser says it sends for a page of another site; a link may lead to a page of ours.
fn check_site(request: &Request, headers: &HeaderMap) -> Result<(), Problem> {
    let says = |name: &str, word: &str| {
        headers.get_all(name).iter().any(|value| value.as_bytes() == word.as_bytes())
    };
    let follows_link = request.method() == Method::GET
        && says("sec-fetch-mode", "navigate")
        && says("sec-fetch-dest", "document")
        && (!request.uri().path().starts_with("/api") || request.uri().path() == unsubscribe::PATH);
    let is_neighbour = says("sec-fetch-site", "same-site") && changes_state(request.method());
    if (says("sec-fetch-site", "cross-site") && !follows_link) || is_neighbour {
        return Err(foreign());
    }
    Ok(())
}

fn check_origin(
    method: &Method,
    headers: &HeaderMap,
    approach: &Approach,
    hosts: &Hosts,
) -> Result<(), Problem> {
    if !changes_state(method) {
        return Ok(());
    }
    // Before a name the operator gave, somebody may speak TLS for us; before an address, only we do.
    let may_be_secure = approach.is_secure || hosts.is_public(&approach.host, approach);
    let is_own = |origin: &[u8]| {
        let secure = origin.strip_prefix(b"https://").filter(|_| may_be_secure);
        let plain = origin.strip_prefix(b"http://").filter(|_| !approach.is_secure);
        secure.or(plain).is_some_and(|host| host.eq_ignore_ascii_case(&approach.host))
    };
    if headers.get_all(ORIGIN).iter().all(|origin| is_own(origin.as_bytes())) {
        Ok(())
    } else {
        Err(foreign())
    }
}

fn changes_state(method: &Method) -> bool {
    method != Method::GET && method != Method::HEAD && method != Method::OPTIONS
}

fn foreign() -> Problem {
    Problem::new(Code::ForeignOrigin, "the request comes from a page of another site")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::peer::Proxies;

    fn code(request: poem::RequestBuilder, local: &str) -> Result<(), Code> {
        code_at(request, local, false, &[])
    }

    fn code_at(
        request: poem::RequestBuilder,
        local: &str,
        is_secure: bool,
        names: &[&str],
    ) -> Result<(), Code> {
        let hosts = Hosts::new(names.iter().map(|name| name.parse().expect("a name")).collect());
        let request = request.finish();
        let local = local.parse().expect("an address");
        let approach = Proxies::default().approach(&request, local).expect("it is clear");
        check(&request, &Approach { is_secure, ..approach }, &hosts).map_err(|problem| problem.code)
    }

    fn to(host: &str) -> poem::RequestBuilder {
        Request::builder().method(Method::POST).uri(Uri::from_static("/api/projects")).header("host", host)
    }

    #[test]
    fn only_own_hosts_are_answered() {
        let local = "127.0.0.1:8377";
        for host in ["127.0.0.1:8377", "localhost:8377", "LOCALHOST:8377", "[::1]:8377"] {
            assert_eq!(code(to(host), local), Ok(()), "{host}");
        }
        let foreign = ["evil.example", "127.0.0.1", "127.0.0.1:80", "127.0.0.1.evil.example:8377"];
        for host in foreign.into_iter().chain(["localhost.:8377", "localhost:8377@evil.example", "", " "]) {
            assert_eq!(code(to(host), local), Err(Code::Misdirected), "{host}");
        }
        assert_eq!(code(to("localhost:8377"), "192.0.2.7:8377"), Err(Code::Misdirected));
        assert_eq!(code(to("192.0.2.7:8377"), "192.0.2.7:8377"), Ok(()));
        assert_eq!(code(to("localhost"), "127.0.0.1:80"), Ok(()));
        assert_eq!(code(Request::builder(), local), Err(Code::Malformed));
        assert_eq!(code(to("localhost:8377").header("host", "localhost:8377"), local), Err(Code::Malformed));
        let absolute = to("localhost:8377").uri(Uri::from_static("http://evil.example/api/projects"));
        assert_eq!(code(absolute, local), Err(Code::Misdirected));
    }

    #[test]
    fn pages_of_other_sites_change_nothing() {
        let check = |request: poem::RequestBuilder| code(request, "127.0.0.1:8377");
        let own = "localhost:8377";
        assert_eq!(check(to(own).header("origin", "http://localhost:8377")), Ok(()));
        for origin in
            ["https://evil.example", "null", "http://localhost:1", "tauri://evil", "https://localhost:8377"]
        {
            assert_eq!(check(to(own).header("origin", origin)), Err(Code::ForeignOrigin), "{origin}");
        }
        for origin in [&b"\xff"[..], b"https://a.b\xff"] {
            let value = poem::http::HeaderValue::from_bytes(origin).expect("bytes");
            assert_eq!(check(to(own).header("origin", value)), Err(Code::ForeignOrigin));
        }
        assert_eq!(check(to(own).method(Method::GET).header("origin", "https://evil.example")), Ok(()));
        assert_eq!(check(to(own).header("sec-fetch-site", "cross-site")), Err(Code::ForeignOrigin));
        assert_eq!(check(to(own).method(Method::TRACE)), Err(Code::MethodNotAllowed));
        assert_eq!(check(to(own).header("x-http-method-override", "DELETE")), Err(Code::MethodNotAllowed));
    }

    #[test]
    fn an_origin_has_the_scheme_the_request_came_by() {
        let check = |origin: &str, is_secure: bool, names: &[&str]| {
            code_at(to("news.example").header("origin", origin), "192.0.2.7:8377", is_secure, names)
        };
        let named = ["news.example"];
        assert_eq!(check("https://news.example", false, &[]), Err(Code::Misdirected));
        assert_eq!(check("https://news.example", false, &named), Ok(()));
        assert_eq!(check("http://news.example", false, &named), Ok(()));
        assert_eq!(check("https://news.example", true, &named), Ok(()));
        assert_eq!(check("http://news.example", true, &named), Err(Code::ForeignOrigin));
        assert_eq!(check("https://a.news.example", true, &named), Err(Code::ForeignOrigin));
        assert_eq!(check("https://news.example:444", true, &named), Err(Code::ForeignOrigin));
    }

    #[test]
    fn a_link_leads_to_a_page_and_to_nothing_else() {
        let follow = |path: &'static str, method: Method, mode: &str| {
            let request = to("localhost:8377").method(method).uri(Uri::from_static(path));
            let request = request.header("sec-fetch-site", "cross-site").header("sec-fetch-dest", "document");
            code(request.header("sec-fetch-mode", mode), "127.0.0.1:8377")
        };
        assert_eq!(follow("/docs", Method::GET, "navigate"), Ok(()));
        assert_eq!(follow("/docs", Method::GET, "no-cors"), Err(Code::ForeignOrigin));
        assert_eq!(follow("/docs", Method::POST, "navigate"), Err(Code::ForeignOrigin));
        assert_eq!(follow("/api/projects", Method::GET, "navigate"), Err(Code::ForeignOrigin));
        let neighbour = to("localhost:8377").header("sec-fetch-site", "same-site");
        assert_eq!(code(neighbour, "127.0.0.1:8377"), Err(Code::ForeignOrigin));
    }

    #[test]
    fn sizes_are_bounded() {
        let check = |request: poem::RequestBuilder| code(request, "127.0.0.1:8377");
        let long = format!("/?{}", "q".repeat(10_000)).parse().expect("a uri");
        assert_eq!(check(to("localhost:8377").uri(long)), Err(Code::UriTooLong));
        assert_eq!(check(to("localhost:8377").header("x-a", "b".repeat(70_000))), Err(Code::HeadersTooLarge));
        let many = (0..500).fold(to("localhost:8377"), |request, n| request.header(format!("x-{n}"), "1"));
        assert_eq!(check(many), Err(Code::HeadersTooLarge));
    }
}
