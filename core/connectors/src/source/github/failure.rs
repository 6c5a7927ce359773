//! What went wrong, in the words of [`SourceError`].

use std::time::Duration;

use dateline_core::hygiene::clean_line;
use dateline_core::source::SourceError;
use dateline_core::time::{Timestamp, from_unix_ms};
use http::{HeaderMap, StatusCode};

use super::answers::RefusalAnswer;
use crate::egress::Blocked;

/// The most characters of a server's own words that are handed on.
const WORDS_MAX: usize = 200;
/// A server that asks for more than this is not believed; the engine bounds waits further.
const WAIT_BELIEVED_MAX: u64 = 24 * 60 * 60;

/// Why a call came to nothing.
#[derive(Debug)]
pub(super) enum Failure {
    /// There is no such thing, or the token cannot see it.
    NotFound,
    /// The repository has no commits.
    Empty,
    /// Anything else.
    Source(SourceError),
}

impl From<SourceError> for Failure {
    fn from(error: SourceError) -> Self {
        Self::Source(error)
    }
}

/// Where a call went, for messages.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    pub(super) host: String,
    pub(super) repository: String,
    pub(super) has_token: bool,
}

impl Asked {
    /// Returns the error for an answer that refuses.
    pub(super) fn refused(
        &self,
        status: StatusCode,
        headers: &HeaderMap,
        body: &str,
        now: Timestamp,
    ) -> Failure {
        let words = serde_json::from_str::<RefusalAnswer>(body).unwrap_or_default().message;
        let words = few(&words);
        match status {
            StatusCode::UNAUTHORIZED => {
                self.auth("refused the token: it is wrong, expired or revoked", &words).into()
            }
            StatusCode::FORBIDDEN | StatusCode::TOO_MANY_REQUESTS if is_limit(status, headers, &words) => {
                let until = asked_until(headers, now);
                SourceError::RateLimited { host: self.host.clone(), until }.into()
            }
            StatusCode::FORBIDDEN => self.auth("says that the token lacks a right", &words).into(),
            StatusCode::NOT_FOUND | StatusCode::GONE => Failure::NotFound,
            StatusCode::CONFLICT => Failure::Empty,
            status if status.is_server_error() => {
                let reason = format!("it answered {}", status.as_u16());
                let until = asked_until(headers, now);
                SourceError::Unreachable { host: self.host.clone(), reason, until }.into()
            }
            status => self.malformed(format!("{} {words}", status.as_u16())).into(),
        }
    }

    fn auth(&self, what: &str, words: &str) -> SourceError {
        let Self { host, repository, has_token } = self;
        let hint = if *has_token { "" } else { "; no token was shown: give the project one" };
        let words = if words.is_empty() { String::new() } else { format!(" (\u{201C}{words}\u{201D})") };
        SourceError::Auth { reason: format!("`{host}` {what} for `{repository}`{words}{hint}") }
    }

    /// Returns the error for a repository that is not there for us.
    pub(super) fn unseen(&self) -> SourceError {
        let Self { host, repository, has_token } = self;
        let reason = if *has_token {
            format!("`{repository}` on `{host}`: the token cannot see it, or it does not exist")
        } else {
            format!("`{repository}` on `{host}` does not exist, or is private and needs a token")
        };
        SourceError::Auth { reason }
    }

    /// Returns the error for an answer that is not what was asked for; `reason` may quote it, as readers of JSON do.
    pub(super) fn malformed(&self, reason: impl AsRef<str>) -> SourceError {
        SourceError::Malformed { host: self.host.clone(), reason: few(reason.as_ref()) }
    }

    pub(super) fn unreachable(&self, reason: impl Into<String>) -> SourceError {
        SourceError::Unreachable { host: self.host.clone(), reason: reason.into(), until: None }
    }

    /// Returns the error for a call that got no answer.
    pub(super) fn unanswered(&self, error: &(dyn std::error::Error + 'static)) -> SourceError {
        let mut causes = std::iter::successors(Some(error), |error| error.source());
        if let Some(blocked) = causes.clone().find_map(|cause| cause.downcast_ref::<Blocked>()) {
            return SourceError::Blocked { host: self.host.clone(), reason: blocked.to_string() };
        }
        if causes
            .clone()
            .filter_map(|cause| cause.downcast_ref::<reqwest::Error>())
            .any(reqwest::Error::is_timeout)
        {
            return self.unreachable("no answer in time");
        }
        // The innermost cause says what happened; those around it repeat the address.
        let innermost = causes.by_ref().last().map(ToString::to_string).unwrap_or_default();
        self.unreachable(few(&innermost))
    }
}

/// Returns the beginning of what a server said, in one line.
fn few(words: &str) -> String {
    clean_line(words).chars().take(WORDS_MAX).collect()
}

/// Whether a refusal is a rate limit, of the first kind (nothing remains) or the second (too much at once).
fn is_limit(status: StatusCode, headers: &HeaderMap, words: &str) -> bool {
    status == StatusCode::TOO_MANY_REQUESTS
        || headers.contains_key("retry-after")
        || number(headers, "x-ratelimit-remaining") == Some(0)
        || words.to_lowercase().contains("rate limit")
}

/// Returns when the server takes requests again: `retry-after` first, else when its budget is full again.
fn asked_until(headers: &HeaderMap, now: Timestamp) -> Option<Timestamp> {
    if let Some(value) = headers.get("retry-after").and_then(|value| value.to_str().ok()) {
        let digits = value.trim();
        if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) {
            let seconds = digits.parse().unwrap_or(u64::MAX).min(WAIT_BELIEVED_MAX);
            return Some(now + Duration::from_secs(seconds));
        }
        let at = chrono::DateTime::parse_from_rfc2822(digits).ok();
        return at.map(|at| from_unix_ms(at.timestamp_millis()));
    }
    let is_spent = number(headers, "x-ratelimit-remaining") == Some(0);
    let resets = number(headers, "x-ratelimit-reset").filter(|_| is_spent)?;
    let ms = i64::try_from(resets).unwrap_or(i64::MAX).saturating_mul(1_000);
    Some(from_unix_ms(ms).min(now + Duration::from_secs(WAIT_BELIEVED_MAX)))
}

/// Returns the number a header holds.
pub(super) fn number(headers: &HeaderMap, name: &str) -> Option<u64> {
    headers.get(name)?.to_str().ok()?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(status: u16, headers: &[(&'static str, &str)], body: &str, expected: &str) {
        let asked =
            Asked { host: "api.github.com".into(), repository: "example/lantern".into(), has_token: true };
        let headers: HeaderMap = headers
            .iter()
            .map(|(name, value)| ((*name).parse().expect("a name"), value.parse().expect("a value")))
            .collect();
        let status = StatusCode::from_u16(status).expect("a status");
        let now = from_unix_ms(1_800_000_000_000);
        let found = match asked.refused(status, &headers, body, now) {
            Failure::Source(SourceError::RateLimited { until, .. }) => {
                format!("limited {:?}", until.map(|until| (until - now).num_seconds()))
            }
            Failure::Source(SourceError::Auth { .. }) => "auth".to_owned(),
            Failure::Source(SourceError::Unreachable { .. }) => "unreachable".to_owned(),
            Failure::Source(SourceError::Malformed { .. }) => "malformed".to_owned(),
            other => format!("{other:?}"),
        };
        assert_eq!(found, expected, "{status} {headers:?}");
    }

    #[test]
    fn refusals_are_told_apart() {
        check(401, &[], r#"{"message":"Bad credentials"}"#, "auth");
        check(403, &[], r#"{"message":"Resource not accessible by personal access token"}"#, "auth");
        check(403, &[("retry-after", "30")], "{}", "limited Some(30)");
        check(429, &[], "", "limited None");
        check(403, &[], r#"{"message":"You have exceeded a secondary rate limit"}"#, "limited None");
        check(
            403,
            &[("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "1800000090")],
            "",
            "limited Some(90)",
        );
        check(404, &[], "", "NotFound");
        check(409, &[], r#"{"message":"Git Repository is empty."}"#, "Empty");
        check(502, &[], "<html>", "unreachable");
        check(422, &[], r#"{"message":"Validation Failed"}"#, "malformed");
    }

    #[test]
    fn row_47_an_absurd_wait_is_not_believed() {
        check(403, &[("retry-after", "1000000000000000000")], "", "limited Some(86400)");
        check(403, &[("retry-after", "99999999999999999999999999")], "", "limited Some(86400)");
        let reset = ("x-ratelimit-reset", "18446744073709551615");
        check(403, &[("x-ratelimit-remaining", "0"), reset], "", "limited Some(86400)");
        check(403, &[("retry-after", "soon")], "", "limited None");
    }
}
