//! What stands before everything else: who the request is meant for, and on whose behalf it comes.
//!
//! A web page can send requests to a local port, and a name that resolves to 127.0.0.1 makes them look local. Both
//! give themselves away by the headers a browser adds, so these are checked before anything is read.

use std::net::SocketAddr;

use poem::Request;
use poem::http::header::{AUTHORIZATION, HOST, HeaderMap, ORIGIN};
use poem::http::{Method, Uri};

use super::problem::{Code, Problem};
use crate::token::TokenDigest;

const URL_BYTES_MAX: usize = 8 * 1024;
const HEADER_BYTES_MAX: usize = 32 * 1024;
const HEADERS_MAX: usize = 100;
const TOKEN_BYTES_MAX: usize = 256;

/// Refuses what is too long, meant for another server, or sent for another site.
///
/// `local` is the address the client connected to.
///
/// # Errors
/// 400, 403, 405, 414, 421 or 431.
pub fn check(request: &Request, local: SocketAddr) -> Result<(), Problem> {
    let headers = request.headers();
    check_size(request.uri(), headers)?;
    check_host(request.uri(), headers, local)?;
    check_method(request.method(), headers)?;
    check_origin(request.method(), headers)
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

fn check_host(uri: &Uri, headers: &HeaderMap, local: SocketAddr) -> Result<(), Problem> {
    let mut hosts = headers.get_all(HOST).iter();
    let (Some(host), None) = (hosts.next(), hosts.next()) else {
        return Err(Problem::new(Code::Malformed, "expected one Host header"));
    };
    let is_ours = |host: &[u8]| own_hosts(local).iter().any(|own| host.eq_ignore_ascii_case(own.as_bytes()));
    let is_meant = uri.authority().is_none_or(|authority| is_ours(authority.as_str().as_bytes()));
    if is_ours(host.as_bytes()) && is_meant {
        return Ok(());
    }
    Err(Problem::new(
        Code::Misdirected,
        format!("expected one of these hosts: {}", own_hosts(local).join(", ")),
    ))
}

/// Returns every spelling of this server's own host: a name that merely resolves to it is not one.
fn own_hosts(local: SocketAddr) -> Vec<String> {
    let port = local.port();
    let mut hosts = vec![local.to_string()];
    if local.ip().to_canonical().is_loopback() {
        hosts.extend(["127.0.0.1", "localhost", "[::1]"].map(|name| format!("{name}:{port}")));
    }
    if port == 80 {
        let bare: Vec<_> =
            hosts.iter().filter_map(|host| Some(host.strip_suffix(":80")?.to_owned())).collect();
        hosts.extend(bare);
    }
    hosts.dedup();
    hosts
}

fn check_method(method: &Method, headers: &HeaderMap) -> Result<(), Problem> {
    let overrides = ["x-http-method-override", "x-http-method", "x-method-override"];
    let is_overridden = overrides.iter().any(|name| headers.contains_key(*name));
    if is_overridden || method == Method::CONNECT || method == Method::TRACE {
        let allow = Some("GET, POST, PATCH, DELETE".to_owned());
        return Err(Problem { allow, ..Problem::new(Code::MethodNotAllowed, "this method is never taken") });
    }
    Ok(())
}

fn check_origin(method: &Method, headers: &HeaderMap) -> Result<(), Problem> {
    let foreign = || Problem::new(Code::ForeignOrigin, "the request comes from a page of another site");
    if headers.get("sec-fetch-site").is_some_and(|site| site.as_bytes() == b"cross-site") {
        return Err(foreign());
    }
    let changes_state = method != Method::GET && method != Method::HEAD && method != Method::OPTIONS;
    let Some(host) = headers.get(HOST).filter(|_| changes_state) else { return Ok(()) };
    let is_own = |origin: &[u8]| origin.strip_prefix(b"http://").is_some_and(|name| name == host.as_bytes());
    if headers.get_all(ORIGIN).iter().all(|origin| is_own(origin.as_bytes())) {
        Ok(())
    } else {
        Err(foreign())
    }
}

/// Refuses everyone but the owner, always with the same words.
///
/// # Errors
/// 401.
pub fn check_owner(headers: &HeaderMap, owner: &TokenDigest) -> Result<(), Problem> {
    let mut given = headers.get_all(AUTHORIZATION).iter();
    let token = match (given.next(), given.next()) {
        (Some(value), None) => bearer(value.as_bytes()),
        _ => None,
    };
    if token.is_some_and(|token| token.len() <= TOKEN_BYTES_MAX && owner.matches(token)) {
        return Ok(());
    }
    Err(Problem::new(Code::Unauthorized, "expected the header `Authorization: Bearer dl_…`"))
}

fn bearer(value: &[u8]) -> Option<&[u8]> {
    let (scheme, token) = value.split_at_checked(7)?;
    scheme.eq_ignore_ascii_case(b"bearer ").then_some(token)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(request: poem::RequestBuilder, local: &str) -> Result<(), Code> {
        check(&request.finish(), local.parse().expect("an address")).map_err(|problem| problem.code)
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
    fn sizes_are_bounded() {
        let check = |request: poem::RequestBuilder| code(request, "127.0.0.1:8377");
        let long = format!("/?{}", "q".repeat(10_000)).parse().expect("a uri");
        assert_eq!(check(to("localhost:8377").uri(long)), Err(Code::UriTooLong));
        assert_eq!(check(to("localhost:8377").header("x-a", "b".repeat(70_000))), Err(Code::HeadersTooLarge));
        let many = (0..500).fold(to("localhost:8377"), |request, n| request.header(format!("x-{n}"), "1"));
        assert_eq!(check(many), Err(Code::HeadersTooLarge));
    }

    #[test]
    fn every_wrong_token_is_refused_alike() {
        let owner = crate::token::OwnerToken::fresh(&crate::os::OsEntropy);
        let headers = |values: &[String]| {
            values.iter().fold(HeaderMap::new(), |mut headers, value| {
                headers.append(AUTHORIZATION, value.parse().expect("a header"));
                headers
            })
        };
        let right = format!("Bearer {}", owner.text());
        assert_eq!(check_owner(&headers(std::slice::from_ref(&right)), &owner.digest()), Ok(()));
        let wrong =
            ["Bearer garbage".into(), "Bearer ".into(), String::new(), format!("Basic {}", owner.text())];
        let oversized = format!("Bearer {}", "x".repeat(20_000));
        let refusal = check_owner(&HeaderMap::new(), &owner.digest());
        for value in wrong.into_iter().chain([oversized, format!("{right}x"), right.replace("dl_", "dl-")]) {
            assert_eq!(check_owner(&headers(&[value]), &owner.digest()), refusal);
        }
        assert_eq!(check_owner(&headers(&[right.clone(), right]), &owner.digest()), refusal);
    }
}
