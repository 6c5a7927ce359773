//! Requests to servers that people name: through the one way out, redirects step by step, answers in bounds.

use std::error::Error;
use std::time::Duration;

use async_trait::async_trait;
use dateline_core::egress::{EgressRefusal, vet_request};
use dateline_core::http_call::{
    ANSWER_BYTES_MAX, HttpAnswer, HttpCall, HttpCaller, HttpFailure, Method, REDIRECTS_MAX,
};
use dateline_core::hygiene::redact_secrets;
use futures::StreamExt;
use http::header::{AUTHORIZATION, COOKIE, HeaderMap, HeaderName, HeaderValue, LOCATION};
use reqwest::{Client, Response};
use url::Url;

use crate::egress::{Blocked, Egress, Patience};

/// How many headers of an answer are taken, and how many bytes of each.
const HEADERS_MAX: usize = 100;
const HEADER_BYTES_MAX: usize = 2_000;

/// Longer than any call may take: its own time ends it before.
const CALL_TIME_MAX: Duration = Duration::from_secs(600);

/// How long a connection may take to stand.
const CONNECT_TIME_MAX: Duration = Duration::from_secs(10);

/// Asks servers through the egress guard.
#[derive(Debug, Clone)]
pub struct HttpClient {
    egress: Egress,
    client: Client,
    own_port: Option<u16>,
}

impl HttpClient {
    /// Returns a client that goes where `egress` leads, and never to this program itself, which listens on `own_port`.
    ///
    /// # Errors
    /// When the system's certificates cannot be read.
    pub fn new(egress: Egress, own_port: Option<u16>) -> reqwest::Result<Self> {
        // The call's own time bounds all of it.
        let patience = Patience { connect: CONNECT_TIME_MAX, read: CALL_TIME_MAX, total: CALL_TIME_MAX };
        let client = egress.client(patience)?;
        Ok(Self { egress, client, own_port })
    }

    async fn follow(&self, mut hop: Hop) -> Result<HttpAnswer, HttpFailure> {
        loop {
            let response = self.ask(&hop).await?;
            match hop.next(&response, &self.egress, self.own_port)? {
                Some(next) => hop = next,
                None => return answer(hop, response).await,
            }
        }
    }

    async fn ask(&self, hop: &Hop) -> Result<Response, HttpFailure> {
        let mut request = self.client.request(method(hop.method), hop.url.clone());
        request = request.headers(hop.headers.clone());
        if let Some(body) = &hop.body {
            request = request.body(body.clone());
        }
        request.send().await.map_err(|error| failure(&error))
    }
}

#[async_trait]
impl HttpCaller for HttpClient {
    async fn send(&self, call: HttpCall) -> Result<HttpAnswer, HttpFailure> {
        let timeout = call.timeout;
        let hop = Hop::first(call, &self.egress, self.own_port)?;
        tokio::time::timeout(timeout, self.follow(hop))
            .await
            .unwrap_or(Err(HttpFailure::TimedOut { timeout }))
    }
}

/// One request on the way to the answer.
struct Hop {
    method: Method,
    url: Url,
    headers: HeaderMap,
    /// The names of headers that only the first server may see.
    own: Vec<HeaderName>,
    body: Option<String>,
    redirects: u8,
}

impl Hop {
    fn first(call: HttpCall, egress: &Egress, own_port: Option<u16>) -> Result<Self, HttpFailure> {
        let url = vet_request(&call.url, egress.allowed(), own_port)?;
        let mut headers = HeaderMap::new();
        let mut own = vec![AUTHORIZATION, COOKIE];
        for (name, value) in &call.headers {
            headers.append(header_name(name)?, header_value(value)?);
        }
        for (name, value) in &call.own_headers {
            let (name, mut value) = (header_name(name)?, header_value(value.expose())?);
            value.set_sensitive(true);
            own.push(name.clone());
            headers.append(name, value);
        }
        headers.insert(http::header::ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        Ok(Self { method: call.method, url, headers, own, body: call.body, redirects: 0 })
    }

    /// Returns the request that `response` redirects to; `None` when it is the answer.
    fn next(
        &self,
        response: &Response,
        egress: &Egress,
        own_port: Option<u16>,
    ) -> Result<Option<Self>, HttpFailure> {
        let status = response.status().as_u16();
        let location = response.headers().get(LOCATION).and_then(|value| value.to_str().ok());
        let (true, Some(location)) = (matches!(status, 301 | 302 | 303 | 307 | 308), location) else {
            return Ok(None);
        };
        let refused = |why| HttpFailure::Redirect { to: shown(location), why };
        if self.redirects == REDIRECTS_MAX {
            return Err(refused("it is the fourth"));
        }
        // A Location may be relative, and is then of the same server.
        let joined = self.url.join(location).map_err(|_| EgressRefusal::NotARequest)?;
        let url = vet_request(without_fragment(joined).as_str(), egress.allowed(), own_port)?;
        if self.url.scheme() == "https" && url.scheme() == "http" {
            return Err(refused("it leads from https to http"));
        }
        let keeps_method = keeps_method(self.method, status);
        let keeps_body = keeps_method && self.body.is_some();
        let is_elsewhere = url.origin() != self.url.origin();
        if is_elsewhere && keeps_body {
            return Err(refused("it takes the body to another server"));
        }
        let mut headers = self.headers.clone();
        if is_elsewhere {
            for name in &self.own {
                headers.remove(name);
            }
        }
        if self.body.is_some() && !keeps_body {
            headers.remove(http::header::CONTENT_TYPE);
        }
        let method = if keeps_method { self.method } else { Method::Get };
        let body = self.body.clone().filter(|_| keeps_body);
        let own = self.own.clone();
        Ok(Some(Self { method, url, headers, own, body, redirects: self.redirects + 1 }))
    }
}

/// Whether a redirect with this status is followed with the same method, as browsers do; else with GET.
fn keeps_method(method: Method, status: u16) -> bool {
    match (status, method) {
        (303, Method::Get | Method::Head) => true,
        (303, _) | (301 | 302, Method::Post) => false,
        _ => true,
    }
}

/// Reads the answer, as far as it may go.
async fn answer(hop: Hop, response: Response) -> Result<HttpAnswer, HttpFailure> {
    let status = response.status().as_u16();
    let headers = response.headers().iter().take(HEADERS_MAX).map(|(name, value)| {
        let text = String::from_utf8_lossy(value.as_bytes());
        (name.as_str().to_owned(), text.chars().take(HEADER_BYTES_MAX).collect())
    });
    let headers = headers.collect();
    if response.content_length().is_some_and(|length| length > ANSWER_BYTES_MAX as u64)
        && hop.method != Method::Head
    {
        return Err(HttpFailure::TooLarge);
    }
    let mut body = Vec::new();
    let mut pieces = response.bytes_stream();
    while let Some(piece) = pieces.next().await {
        let piece = piece.map_err(|error| failure(&error))?;
        if body.len() + piece.len() > ANSWER_BYTES_MAX {
            return Err(HttpFailure::TooLarge);
        }
        body.extend_from_slice(&piece);
    }
    Ok(HttpAnswer { status, url: hop.url.into(), redirects: hop.redirects, headers, body })
}

/// Returns an error and what caused it, outermost first.
fn chain<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |error| (*error).source())
}

fn failure(error: &(dyn Error + 'static)) -> HttpFailure {
    if let Some(blocked) = chain(error).find_map(|cause| cause.downcast_ref::<Blocked>()) {
        return HttpFailure::Blocked { reason: blocked.to_string() };
    }
    let mut of_hyper = chain(error).filter_map(|cause| cause.downcast_ref::<hyper::Error>());
    if of_hyper.any(hyper::Error::is_parse_too_large) {
        return HttpFailure::TooLarge;
    }
    // The innermost says what happened; those around it say only that it did, and name the address.
    let reason = chain(error).last().map(ToString::to_string).unwrap_or_default();
    HttpFailure::Unreachable { reason }
}

fn method(method: Method) -> reqwest::Method {
    match method {
        Method::Get => reqwest::Method::GET,
        Method::Head => reqwest::Method::HEAD,
        Method::Post => reqwest::Method::POST,
        Method::Put => reqwest::Method::PUT,
        Method::Patch => reqwest::Method::PATCH,
        Method::Delete => reqwest::Method::DELETE,
    }
}

fn header_name(name: &str) -> Result<HeaderName, HttpFailure> {
    let reason = || HttpFailure::Blocked { reason: "a header has no name".to_owned() };
    HeaderName::try_from(name).map_err(|_| reason())
}

fn header_value(value: &str) -> Result<HeaderValue, HttpFailure> {
    let reason = || HttpFailure::Blocked { reason: "a header's value cannot be sent".to_owned() };
    HeaderValue::try_from(value).map_err(|_| reason())
}

fn without_fragment(mut url: Url) -> Url {
    url.set_fragment(None);
    url
}

/// Returns what a redirect names, short enough to be told.
fn shown(location: &str) -> String {
    let text: String = location.chars().filter(|character| !character.is_control()).take(200).collect();
    redact_secrets(&text).text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hop(url: &str, method: Method) -> Hop {
        let call = HttpCall {
            method,
            url: url.to_owned(),
            headers: vec![("Content-Type".to_owned(), "text/plain".to_owned())],
            own_headers: Vec::new(),
            body: method.takes_body().then(|| "x".to_owned()),
            timeout: Duration::from_secs(1),
        };
        Hop::first(call, &Egress::default(), None).expect("a hop")
    }

    fn next(hop: &Hop, status: u16, to: &str) -> Result<Option<Hop>, HttpFailure> {
        let answer = http::Response::builder().status(status).header(LOCATION, to).body("");
        hop.next(&Response::from(answer.expect("an answer")), &Egress::default(), None)
    }

    #[test]
    fn row_28_nothing_leads_from_https_to_http() {
        let secure = hop("https://example.com/", Method::Get);
        let refused = next(&secure, 302, "http://example.com/");
        assert!(matches!(refused, Err(HttpFailure::Redirect { .. })));
        let upgraded = next(&hop("http://example.com/", Method::Get), 301, "https://example.com/");
        assert!(matches!(upgraded, Ok(Some(_))));
        for inner in
            ["https://10.0.0.1/", "//[::1]/", "https://u:p@example.com/", "https://example.com:6379/"]
        {
            assert!(matches!(next(&secure, 302, inner), Err(HttpFailure::Refused(_))), "{inner}");
        }
    }

    #[test]
    fn a_redirect_is_followed_with_the_method_that_browsers_take() {
        let table = [
            (301, Method::Get, Method::Get),
            (301, Method::Post, Method::Get),
            (302, Method::Post, Method::Get),
            (302, Method::Put, Method::Put),
            (302, Method::Delete, Method::Delete),
            (303, Method::Delete, Method::Get),
            (303, Method::Head, Method::Head),
            (307, Method::Post, Method::Post),
            (308, Method::Patch, Method::Patch),
        ];
        for (status, method, expected) in table {
            let followed = next(&hop("https://example.com/a", method), status, "/b").expect("it is followed");
            let followed = followed.expect("a redirect");
            assert_eq!((followed.method, followed.url.path()), (expected, "/b"), "{status} {method:?}");
            let keeps_body = followed.body.is_some();
            assert_eq!(keeps_body, expected.takes_body(), "{status} {method:?}");
            assert_eq!(
                followed.headers.contains_key(http::header::CONTENT_TYPE),
                keeps_body || !method.takes_body()
            );
        }
        for status in [200, 300, 304, 305] {
            let kept = next(&hop("https://example.com/a", Method::Get), status, "/b");
            assert!(matches!(kept, Ok(None)), "{status} is an answer");
        }
    }
}
