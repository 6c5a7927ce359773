//! Asking a server that somebody named: what is sent, what comes back, and what a refusal means.

use std::time::Duration;

use async_trait::async_trait;
use chrono::DateTime;
use serde::{Deserialize, Serialize};

use crate::egress::EgressRefusal;
use crate::execution::FailureClass;
use crate::secret::Secret;
use crate::time::Timestamp;

/// The most bytes of an answer that are taken.
pub const ANSWER_BYTES_MAX: usize = 1024 * 1024;

/// The most redirects that are followed.
pub const REDIRECTS_MAX: u8 = 3;

/// What is done with what an address names.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
#[expect(missing_docs, reason = "each name is that of the method")]
pub enum Method {
    #[default]
    Get,
    Head,
    Post,
    Put,
    Patch,
    Delete,
}

impl Method {
    /// Returns its spelling.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Head => "HEAD",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }

    /// Whether a request with it may have a body.
    pub const fn takes_body(self) -> bool {
        match self {
            Self::Get | Self::Head => false,
            Self::Post | Self::Put | Self::Patch | Self::Delete => true,
        }
    }
}

/// What is sent.
#[derive(Debug, Clone)]
pub struct HttpCall {
    /// What is done.
    pub method: Method,
    /// Where: an address as [`crate::egress::vet_request`] takes it.
    pub url: String,
    /// Headers that may be seen by any server.
    pub headers: Vec<(String, String)>,
    /// Headers that only the named server may see: they are left out once a redirect leads elsewhere.
    pub own_headers: Vec<(String, Secret)>,
    /// The body.
    pub body: Option<String>,
    /// How long all of it may take, redirects included.
    pub timeout: Duration,
}

/// What a server answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpAnswer {
    /// Its status.
    pub status: u16,
    /// The address that answered, after redirects.
    pub url: String,
    /// How many redirects led there.
    pub redirects: u8,
    /// Its headers in the order in which they came; names in lower case.
    pub headers: Vec<(String, String)>,
    /// Its body as it came, at most [`ANSWER_BYTES_MAX`] bytes.
    pub body: Vec<u8>,
}

impl HttpAnswer {
    /// Returns the first header of this name, which is in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Returns when the server takes requests again, when it says so.
    pub fn retry_after(&self, now: Timestamp) -> Option<Timestamp> {
        let text = self.header("retry-after")?.trim();
        if let Ok(seconds) = text.parse::<u64>() {
            let delay = chrono::Duration::try_seconds(i64::try_from(seconds).unwrap_or(i64::MAX));
            return Some(delay.and_then(|it| now.checked_add_signed(it)).unwrap_or(Timestamp::MAX_UTC));
        }
        DateTime::parse_from_rfc2822(text).ok().map(|at| at.to_utc())
    }
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HttpFailure {
    /// The address, or one that it redirected to, may not be asked.
    #[error("egress_blocked: {0}")]
    Refused(#[from] EgressRefusal),
    /// The name leads inside.
    #[error("egress_blocked: {reason}")]
    Blocked {
        /// What was found.
        reason: String,
    },
    /// A redirect that is not followed.
    #[error("the redirect to `{to}` is not followed: {why}")]
    Redirect {
        /// Where it leads.
        to: String,
        /// Why it is not followed.
        why: &'static str,
    },
    /// The answer is too large.
    #[error("response_too_large: the answer is larger than {} bytes", ANSWER_BYTES_MAX)]
    TooLarge,
    /// It took too long.
    #[error("the server did not answer in full within {} s", timeout.as_secs_f64())]
    TimedOut {
        /// How long it had.
        timeout: Duration,
    },
    /// No connection stood, or it broke.
    #[error("the server could not be reached: {reason}")]
    Unreachable {
        /// What the system said.
        reason: String,
    },
}

impl HttpFailure {
    /// Whether trying again can help.
    pub const fn class(&self) -> FailureClass {
        match self {
            Self::Refused(_) | Self::Blocked { .. } | Self::Redirect { .. } | Self::TooLarge => {
                FailureClass::Permanent
            }
            Self::TimedOut { .. } | Self::Unreachable { .. } => FailureClass::Transient,
        }
    }
}

/// Asks servers. Every address is vetted, also those that redirects name.
#[async_trait]
pub trait HttpCaller: Send + Sync {
    /// Sends `call` and returns the answer, whatever its status.
    async fn send(&self, call: HttpCall) -> Result<HttpAnswer, HttpFailure>;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::from_unix_ms;

    #[test]
    fn a_server_says_when_it_takes_requests_again_in_seconds_or_as_a_date() {
        let now = from_unix_ms(1_800_000_000_000);
        let check = |text: &str, expected: Option<i64>| {
            let headers = vec![("retry-after".to_owned(), text.to_owned())];
            let answer =
                HttpAnswer { status: 429, url: String::new(), redirects: 0, headers, body: Vec::new() };
            let seconds = answer.retry_after(now).map(|at| (at - now).num_seconds());
            assert_eq!(seconds, expected, "{text}");
        };
        check("30", Some(30));
        check(" 0 ", Some(0));
        check("Fri, 15 Jan 2027 08:01:00 GMT", Some(60));
        check("Fri, 15 Jan 2027 07:00:00 GMT", Some(-3_600));
        check("soon", None);
        check("-3", None);
        check(&"9".repeat(400), None);
        let far = (Timestamp::MAX_UTC - now).num_seconds();
        check("18446744073709551615", Some(far));
    }
}
