//! What HTTP_REQUEST is told: what to ask of which server, and which answers are right.

use std::collections::BTreeSet;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use url::Url;

use super::payload::Around;
use crate::egress::vet_request;
use crate::execution::FailureClass;
use crate::http_call::{HttpAnswer, Method};
use crate::id::SecretId;
use crate::schedule::{Fault, FaultCode};
use crate::time::Timestamp;

/// The most headers, secret ones included.
const HEADERS_MAX: usize = 50;
const NAME_BYTES_MAX: usize = 100;
const VALUE_BYTES_MAX: usize = 8 * 1024;
const BODY_BYTES_MAX: usize = 256 * 1024;
const STATUSES_MAX: usize = 50;
/// How long a request may take, and takes at most when nothing is said.
const TIMEOUT_MAX: Duration = Duration::from_secs(30);
const TIMEOUT_MIN: Duration = Duration::from_millis(100);

/// Headers that are ours, or the connection's.
const OURS: [&str; 11] = [
    "accept-encoding",
    "connection",
    "content-length",
    "expect",
    "host",
    "idempotency-key",
    "keep-alive",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// A request to a server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct HttpRequest {
    /// What is done; GET when absent.
    #[serde(default)]
    pub method: Method,
    /// Where.
    pub url: String,
    /// What is sent beside the body.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub headers: Vec<Header>,
    /// The same, with values that are stored sealed and never shown.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub secret_headers: Vec<SecretHeader>,
    /// The body.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    /// The statuses of a right answer; 200 to 299 when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected_statuses: Option<Vec<u16>>,
    /// How long all of it may take; 30 s when absent.
    #[serde(default = "timeout_max", rename = "timeoutMs", with = "crate::time::millis")]
    pub timeout: Duration,
}

fn timeout_max() -> Duration {
    TIMEOUT_MAX
}

/// Something that is sent beside the body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Header {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: String,
}

/// A header whose value is stored sealed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SecretHeader {
    /// Its name.
    pub name: String,
    /// Where the value is stored; absent in what people send.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<SecretId>,
    /// Its last four characters, where these do not give it away.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
}

/// What an answer means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It is right.
    Right,
    /// The server takes no more requests, until then when it says so.
    Limited {
        /// When it does again.
        until: Option<Timestamp>,
    },
    /// It is wrong.
    Wrong {
        /// Whether trying again can help.
        class: FailureClass,
        /// Before when the server does not want to be asked again, when it says so.
        until: Option<Timestamp>,
    },
}

impl HttpRequest {
    pub(super) const FIELDS: &[&str] =
        &["method", "url", "headers", "secretHeaders", "body", "expectedStatuses", "timeoutMs"];
    pub(super) const NEEDS: &[(&str, &str)] = &[("url", "an address such as `https://example.com/hook`")];

    /// Returns what an answer means: an expected status is right; 429, and 503 with a time, is a limit; 401 and 403 want a
    /// person; 408, 425 and another 5xx may pass; the rest will not.
    pub fn judge(&self, answer: &HttpAnswer, now: Timestamp) -> Verdict {
        let is_expected = match &self.expected_statuses {
            Some(expected) => expected.contains(&answer.status),
            None => (200..300).contains(&answer.status),
        };
        match (answer.status, answer.retry_after(now)) {
            _ if is_expected => Verdict::Right,
            (429, until) | (503, until @ Some(_)) => Verdict::Limited { until },
            (401 | 403, until) => Verdict::Wrong { class: FailureClass::Auth, until },
            (408 | 425 | 500.., until) => Verdict::Wrong { class: FailureClass::Transient, until },
            (_, until) => Verdict::Wrong { class: FailureClass::Permanent, until },
        }
    }

    /// Returns which server is asked: scheme, host and port.
    pub(super) fn server(&self) -> Option<String> {
        Url::parse(&self.url).ok().map(|url| url.origin().ascii_serialization())
    }

    pub(super) fn faults(&self, around: &Around<'_>) -> Vec<Fault> {
        let mut faults = Faults::default();
        match vet_request(&self.url, around.private_hosts, around.own_port) {
            Err(refusal) => faults.add("url", &self.url, refusal.to_string()),
            Ok(url) => {
                let is_allowed = url.host_str().is_some_and(|host| around.private_hosts.names(host));
                if url.scheme() == "http" && !is_allowed && !self.secret_headers.is_empty() {
                    let expected = "https: secret headers are not sent unencrypted to a public server";
                    faults.add("url", &self.url, expected);
                }
            }
        }
        self.check_headers(&mut faults);
        self.check_body(&mut faults);
        if let Some(expected) = &self.expected_statuses {
            let is_right = |status: &u16| (100..600).contains(status);
            if expected.is_empty() || expected.len() > STATUSES_MAX || !expected.iter().all(is_right) {
                faults.add("expectedStatuses", "", "1 to 50 statuses from 100 to 599");
            }
        }
        if self.timeout < TIMEOUT_MIN || self.timeout > TIMEOUT_MAX {
            let expected = "100 to 30000 milliseconds";
            faults.add("timeoutMs", &self.timeout.as_millis().to_string(), expected);
        }
        faults.0
    }

    fn check_headers(&self, faults: &mut Faults) {
        if self.headers.len() + self.secret_headers.len() > HEADERS_MAX {
            faults.add("headers", "", format!("at most {HEADERS_MAX} headers, secret ones included"));
        }
        let mut seen = BTreeSet::new();
        for (index, header) in self.headers.iter().enumerate() {
            let pointer = format!("headers/{index}");
            faults.name(&format!("{pointer}/name"), &header.name, &mut seen);
            if !is_value(&header.value) {
                faults.add(format!("{pointer}/value"), "", VALUE_TAKES);
            }
        }
        for (index, header) in self.secret_headers.iter().enumerate() {
            faults.name(&format!("secretHeaders/{index}/name"), &header.name, &mut seen);
        }
    }

    fn check_body(&self, faults: &mut Faults) {
        let Some(body) = &self.body else { return };
        if !self.method.takes_body() {
            faults.add("body", "", format!("no body: {} has none", self.method.name()));
        } else if body.len() > BODY_BYTES_MAX || body.contains('\0') {
            faults.add("body", "", format!("at most {BODY_BYTES_MAX} bytes without NUL"));
        }
    }
}

/// What is expected of the value of a header.
pub const VALUE_TAKES: &str = "1 to 8192 visible ASCII characters and spaces";

/// Whether `text` may be the value of a header.
pub fn is_value(text: &str) -> bool {
    let is_visible = |byte: u8| (0x20..0x7f).contains(&byte);
    (1..=VALUE_BYTES_MAX).contains(&text.len()) && text.trim() == text && text.bytes().all(is_visible)
}

/// Returns why `name` cannot be that of a header people set; it is told in lower case.
fn name_fault(name: &str) -> Option<&'static str> {
    let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    if !(1..=NAME_BYTES_MAX).contains(&name.len()) || !name.bytes().all(is_token) {
        return Some("a header's name such as `Accept`: letters, digits and `-`");
    }
    let name = name.to_ascii_lowercase();
    let is_ours = OURS.contains(&name.as_str())
        || ["proxy-", "dateline-", "sec-"].iter().any(|prefix| name.starts_with(prefix));
    is_ours.then_some("a header of your own: this one is set by Dateline or belongs to the connection")
}

#[derive(Default)]
struct Faults(Vec<Fault>);

impl Faults {
    fn add(&mut self, field: impl AsRef<str>, value: &str, expected: impl Into<String>) {
        let pointer = format!("/payload/{}", field.as_ref());
        self.0.push(Fault::at(pointer, FaultCode::InvalidField, value, expected));
    }

    fn name(&mut self, field: &str, name: &str, seen: &mut BTreeSet<String>) {
        if let Some(expected) = name_fault(name) {
            self.add(field, name, expected);
        } else if !seen.insert(name.to_ascii_lowercase()) {
            self.add(field, name, "each header once");
        }
    }
}

#[cfg(test)]
#[path = "http_request_tests.rs"]
mod tests;
