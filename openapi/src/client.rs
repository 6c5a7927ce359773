//! Sends calls: who is asked, as whom, how long it may take, and what is tried again.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::time::Duration;

use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue, RETRY_AFTER};
use reqwest::{Response, Url, redirect};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::call::{Call, Method, Pages, Request};
use crate::problem::{ClientError, Problem};
use crate::{List, types};

/// How often a request is sent in all when the connection fails and sending again is safe.
const TRIES_MAX: u32 = 4;

/// The pause before the second try; it doubles with each.
const FIRST_PAUSE: Duration = Duration::from_millis(100);

/// Who is asked, and how.
#[derive(Clone)]
pub struct Settings {
    /// The server, such as `http://127.0.0.1:8377`.
    pub base: String,
    /// The bearer token.
    pub token: Option<String>,
    /// How long a connection may take to stand.
    pub connect_timeout: Duration,
    /// How long a whole answer may take.
    pub answer_timeout: Duration,
    /// Certificates to trust besides the system's, as PEM.
    pub trusted_pem: Option<Vec<u8>>,
}

impl Settings {
    /// Returns the settings for the server at `base`: no token, 5 s to connect, 60 s for an answer.
    pub fn new(base: impl Into<String>) -> Self {
        Self {
            base: base.into(),
            token: None,
            connect_timeout: Duration::from_secs(5),
            answer_timeout: Duration::from_secs(60),
            trusted_pem: None,
        }
    }
}

/// What the server answered: the value, and the JSON it came as.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer<T> {
    /// The answer as a type of the contract.
    pub value: T,
    /// The answer as it was sent, also with what this version does not know; empty when there is none.
    pub json: String,
    /// The version of the resource, for `If-Match`.
    pub etag: Option<String>,
}

/// Speaks to one server as one caller. Cheap to clone.
#[derive(Clone)]
pub struct Client {
    pub(crate) http: reqwest::Client,
    pub(crate) base: Url,
    pub(crate) authorization: Option<HeaderValue>,
    answer_timeout: Duration,
}

impl Client {
    /// Returns a client. Nothing is sent yet.
    ///
    /// # Errors
    /// [`ClientError::Settings`] when the address, the token or the certificates cannot be used.
    pub fn new(settings: Settings) -> Result<Self, ClientError> {
        let refused = |why: String| ClientError::Settings(why);
        let base = base_of(&settings.base)?;
        let authorization = settings.token.as_deref().map(authorization).transpose()?;
        // The first provider stays; a second installation is refused and changes nothing.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut builder = reqwest::Client::builder()
            .user_agent(concat!("dateline/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(settings.connect_timeout)
            // A redirect would carry the token to wherever it points.
            .redirect(redirect::Policy::none());
        if base.scheme() == "http" {
            // Without TLS no certificate is looked at: the system's need not be read, nor be there.
            builder = builder.tls_certs_only([]);
        } else if let Some(pem) = &settings.trusted_pem {
            let certificates = reqwest::Certificate::from_pem_bundle(pem)
                .map_err(|error| refused(format!("the certificates to trust: {}", told(&error))))?;
            builder = builder.tls_certs_merge(certificates);
        }
        if is_here(&base) {
            builder = builder.no_proxy();
        }
        let http = builder.build().map_err(|error| refused(told(&error)))?;
        Ok(Self { http, base, authorization, answer_timeout: settings.answer_timeout })
    }

    /// Returns the server's address, without a slash at its end.
    pub fn base(&self) -> &str {
        self.base.as_str().trim_end_matches('/')
    }

    /// Sends `call`.
    ///
    /// A lost connection is tried again where that is safe: reads, deletions, and what carries an `Idempotency-Key`,
    /// which is the same in every try of one `send` and another in the next.
    ///
    /// # Errors
    /// [`ClientError`]: the server's refusal, or why there is no answer.
    pub async fn send<C: Call>(&self, call: &C) -> Result<Answer<C::Answer>, ClientError> {
        self.read(self.response(&call.request()).await?).await
    }

    /// Sends `call` for one page after the other, and returns them as one list; its `json` has the shape of a page.
    ///
    /// # Errors
    /// As [`Client::send`].
    pub async fn all<C: Pages>(&self, mut call: C) -> Result<Answer<List<C::Item>>, ClientError> {
        let mut items = Vec::new();
        loop {
            let mut page: Answer<Value> = self.read(self.response(&call.request()).await?).await?;
            if let Some(Value::Array(more)) = page.value.get_mut("items").map(Value::take) {
                items.extend(more);
            }
            match page.value["nextCursor"].as_str() {
                Some(cursor) => call.go_on_at(cursor.to_owned()),
                None => break,
            }
        }
        let json = serde_json::json!({ "items": items, "nextCursor": null }).to_string();
        let value = serde_json::from_str(&json).map_err(|error| self.foreign(200, &error))?;
        Ok(Answer { value, json, etag: None })
    }

    async fn response(&self, request: &Request) -> Result<Response, ClientError> {
        let key = request.is_keyed.then(fresh_key);
        let mut pause = FIRST_PAUSE;
        for tried in 1.. {
            let mut built = self.built(request)?;
            if let Some(key) = key.as_deref().and_then(|key| HeaderValue::from_str(key).ok()) {
                built.headers_mut().insert("idempotency-key", key);
            }
            match self.http.execute(built).await {
                Ok(response) => return Ok(response),
                Err(error) => {
                    // A connection that never stood carried nothing.
                    let is_safe = error.is_connect() || (request.is_repeatable() && !error.is_timeout());
                    if !is_safe || tried >= TRIES_MAX {
                        return Err(self.lost(&error));
                    }
                }
            }
            tokio::time::sleep(pause).await;
            pause *= 2;
        }
        unreachable!("the last try returns")
    }

    fn built(&self, request: &Request) -> Result<reqwest::Request, ClientError> {
        let mut url = self.base.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(&request.segments);
        }
        if !request.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&request.query);
        }
        let method = match request.method {
            Method::Get => reqwest::Method::GET,
            Method::Post => reqwest::Method::POST,
            Method::Put => reqwest::Method::PUT,
            Method::Patch => reqwest::Method::PATCH,
            Method::Delete => reqwest::Method::DELETE,
        };
        let mut built = reqwest::Request::new(method, url);
        *built.timeout_mut() = Some(self.answer_timeout);
        let headers = built.headers_mut();
        if let Some(value) = &self.authorization {
            headers.insert(AUTHORIZATION, value.clone());
        }
        for (name, value) in &request.headers {
            let value = HeaderValue::from_str(value)
                .map_err(|_| ClientError::Settings(format!("{name} cannot hold {value:?}")))?;
            headers.insert(*name, value);
        }
        if let Some(body) = &request.body {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
            *built.body_mut() = Some(body.clone().into());
        }
        Ok(built)
    }

    /// Reads an answer to its end: the value of a success, else the refusal.
    async fn read<T: DeserializeOwned>(&self, response: Response) -> Result<Answer<T>, ClientError> {
        let status = response.status();
        let headers = response.headers().clone();
        let json = response.text().await.map_err(|error| self.lost(&error))?;
        if !status.is_success() {
            return Err(self.refusal(status.as_u16(), &headers, &json));
        }
        let text = if json.is_empty() { "null" } else { &json };
        let value = serde_json::from_str(text).map_err(|error| self.foreign(status.as_u16(), &error))?;
        Ok(Answer { value, etag: header(&headers, "etag"), json })
    }

    pub(crate) fn refusal(&self, status: u16, headers: &HeaderMap, text: &str) -> ClientError {
        let problem: types::Problem = match serde_json::from_str(text) {
            Ok(problem) => problem,
            Err(error) => return self.foreign(status, &error),
        };
        let retry_after = header(headers, RETRY_AFTER.as_str()).and_then(|text| text.parse().ok());
        ClientError::Refused(Box::new(Problem {
            status,
            code: problem.code,
            title: problem.title,
            detail: problem.detail,
            errors: problem.errors.unwrap_or_default(),
            request_id: header(headers, "x-request-id"),
            retry_after: retry_after.map(Duration::from_secs),
        }))
    }

    fn foreign(&self, status: u16, error: &serde_json::Error) -> ClientError {
        ClientError::Foreign { base: self.base().to_owned(), status, reason: error.to_string() }
    }

    pub(crate) fn lost(&self, error: &reqwest::Error) -> ClientError {
        let (base, reason) = (self.base().to_owned(), told(error));
        if error.is_connect() {
            ClientError::Unreachable { base, reason }
        } else {
            ClientError::Lost { base, reason }
        }
    }
}

fn base_of(text: &str) -> Result<Url, ClientError> {
    let refused =
        || ClientError::Settings(format!("`{text}`: expected an address such as http://127.0.0.1:8377"));
    let url = Url::parse(text).map_err(|_| refused())?;
    let is_plain = url.query().is_none() && url.fragment().is_none();
    // A password in an address ends in logs; the token has a place of its own.
    let is_nameless = url.username().is_empty() && url.password().is_none();
    let is_http = matches!(url.scheme(), "http" | "https");
    if is_http && url.has_host() && is_plain && is_nameless { Ok(url) } else { Err(refused()) }
}

fn authorization(token: &str) -> Result<HeaderValue, ClientError> {
    let value = HeaderValue::from_str(&format!("Bearer {}", token.trim()));
    let mut value =
        value.map_err(|_| ClientError::Settings("the token holds characters no token has".into()))?;
    value.set_sensitive(true);
    Ok(value)
}

/// Whether the server is on this machine, where no proxy stands between.
fn is_here(base: &Url) -> bool {
    base.host_str().is_some_and(|host| {
        let host = host.trim_matches(['[', ']']);
        host == "localhost" || host.parse().is_ok_and(|ip: std::net::IpAddr| ip.is_loopback())
    })
}

fn header(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name)?.to_str().ok().map(str::to_owned)
}

/// Returns the innermost cause: what wraps it only repeats the address.
fn told(error: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    if error.is_timeout() { "it took too long".into() } else { cause.to_string() }
}

/// Returns 128 bits nobody can guess, in hexadecimal: the hash function's key is drawn from the system.
fn fresh_key() -> String {
    let half = || RandomState::new().build_hasher().finish();
    format!("{:016x}{:016x}", half(), half())
}

#[cfg(test)]
#[path = "client_tests.rs"]
mod tests;
