//! What a client reads when a request is refused: `application/problem+json` (RFC 9457) with a stable code.

use std::fmt::Write;
use std::time::Duration;

use poem::Response;
use poem::http::{HeaderValue, StatusCode, header};
use serde::Serialize;

/// The media type of every refusal.
pub const MEDIA_TYPE: &str = "application/problem+json";

const VALUE_CHARS_MAX: usize = 80;

macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident = $status:literal $name:literal, $title:literal;)*) => {
        /// Why a request was refused, for programs: these words never change.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Code { $($(#[$doc])* $variant,)* }

        impl Code {
            /// Every code, in the order of their statuses.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// Returns the HTTP status that goes with it.
            pub fn status(self) -> StatusCode {
                let status: u16 = match self { $(Self::$variant => $status,)* };
                StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
            }

            /// Returns the word in the answer.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// Returns the short sentence that is the same for every problem of this code.
            pub const fn title(self) -> &'static str {
                match self { $(Self::$variant => $title,)* }
            }
        }
    };
}

codes! {
    /// The bytes are not JSON, not UTF-8, or not HTTP.
    Malformed = 400 "MALFORMED_REQUEST", "The request cannot be parsed.";
    /// No valid token.
    Unauthorized = 401 "UNAUTHORIZED", "A valid token or session is needed.";
    /// The caller sees what it is about and may not do this.
    Forbidden = 403 "FORBIDDEN", "The caller may not do this.";
    /// The token's scopes do not cover it.
    ScopeMissing = 403 "SCOPE_MISSING", "The token does not allow this.";
    /// A browser sent it on behalf of another site.
    ForeignOrigin = 403 "FOREIGN_ORIGIN", "Requests on behalf of other sites are refused.";
    /// There is no such thing.
    NotFound = 404 "NOT_FOUND", "There is no such thing.";
    /// The resource has no such method.
    MethodNotAllowed = 405 "METHOD_NOT_ALLOWED", "The resource does not take this method.";
    /// The caller takes no form it answers in.
    NotAcceptable = 406 "NOT_ACCEPTABLE", "The resource does not answer in a form that was asked for.";
    /// The body came too slowly.
    Timeout = 408 "REQUEST_TIMEOUT", "The request took too long to arrive.";
    /// It changed since it was read.
    Conflict = 409 "CONFLICT", "It was changed meanwhile.";
    /// Its state has no answer to this.
    InvalidState = 409 "INVALID_STATE", "Its state does not allow this.";
    /// The job is cancelled for good.
    JobCancelled = 409 "JOB_CANCELLED", "The job is cancelled for good.";
    /// People do not allow it.
    PeopleConflict = 409 "PEOPLE_CONFLICT", "The people here do not allow this.";
    /// The lint holds the draft back.
    DraftBlocked = 409 "DRAFT_BLOCKED", "The lint holds the draft back.";
    /// The idempotency key names another request.
    IdempotencyConflict = 409 "IDEMPOTENCY_CONFLICT", "The idempotency key names another request.";
    /// The resource is not in the version of `If-Match`.
    PreconditionFailed = 412 "PRECONDITION_FAILED", "It is not in the version that was asked for.";
    /// The body is too long.
    TooLarge = 413 "BODY_TOO_LARGE", "The body is too long.";
    /// The URL is too long.
    UriTooLong = 414 "URI_TOO_LONG", "The URL is too long.";
    /// The body is not plain JSON.
    MediaType = 415 "UNSUPPORTED_MEDIA_TYPE", "The body must be application/json, uncompressed.";
    /// The `Host` names another server.
    Misdirected = 421 "MISDIRECTED_REQUEST", "This server does not answer for that host.";
    /// A field is not what it should be.
    Invalid = 422 "INVALID_REQUEST", "The request does not say what it should.";
    /// A schedule fires more often than is allowed.
    TooDense = 422 "SCHEDULE_TOO_DENSE", "The schedule fires more often than is allowed.";
    /// A schedule never fires.
    NeverFires = 422 "NEVER_FIRES", "The schedule never fires.";
    /// Too many requests of this kind, or too many that failed.
    RateLimited = 429 "RATE_LIMITED", "Too many of these at once; try again later.";
    /// The headers are too long.
    HeadersTooLarge = 431 "HEADERS_TOO_LARGE", "The headers are too long or too many.";
    /// The program itself was wrong.
    Internal = 500 "INTERNAL_ERROR", "Something went wrong on this side.";
    /// The store refuses at present, or the server is stopping.
    Unavailable = 503 "UNAVAILABLE", "Not at present; try again later.";
    /// The version of HTTP is not 1.1.
    HttpVersion = 505 "HTTP_VERSION_NOT_SUPPORTED", "Only HTTP/1.1 is spoken here.";
    /// The disk is full.
    Full = 507 "DISK_FULL", "The disk is full; nothing was changed.";
}

/// A refusal on its way to the client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Why, for programs.
    pub code: Code,
    /// Why, for people.
    pub detail: String,
    /// What is wrong with which field.
    pub errors: Vec<FieldFault>,
    /// The methods a resource takes, for 405.
    pub allow: Option<String>,
    /// After how many seconds to ask again, for 429.
    pub retry_after: Option<u64>,
}

/// What is wrong with one field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FieldFault {
    /// The field as a JSON pointer into the body, or into the query as if it were an object.
    pub pointer: String,
    /// The refused value, shortened, controls escaped; empty when the field is missing.
    pub value: String,
    /// What would be right, as a phrase that follows the word "expected".
    pub expected: String,
}

#[derive(Serialize)]
struct Document<'a> {
    r#type: &'static str,
    title: &'static str,
    status: u16,
    code: &'static str,
    detail: &'a str,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    errors: &'a [FieldFault],
}

impl Problem {
    /// Returns a refusal with this code and explanation.
    pub fn new(code: Code, detail: impl Into<String>) -> Self {
        Self { code, detail: detail.into(), errors: Vec::new(), allow: None, retry_after: None }
    }

    /// Returns the refusal of what came too often, with the time after which it may come again.
    pub fn rate_limited(wait: Duration, detail: impl Into<String>) -> Self {
        let retry_after = Some(wait.as_millis().div_ceil(1000).max(1).try_into().unwrap_or(u64::MAX));
        Self { retry_after, ..Self::new(Code::RateLimited, detail) }
    }

    /// Returns the refusal of fields, at least one.
    pub fn invalid(errors: Vec<FieldFault>) -> Self {
        let detail = errors.iter().map(FieldFault::sentence).collect::<Vec<_>>().join("; ");
        Self { errors, ..Self::new(Code::Invalid, detail) }
    }

    /// Returns the refusal of one field.
    pub fn field(pointer: &str, value: &str, expected: impl Into<String>) -> Self {
        Self::invalid(vec![FieldFault::new(pointer, value, expected)])
    }

    /// Returns the answer that carries it.
    pub fn response(&self) -> Response {
        let status = self.code.status();
        let document = Document {
            r#type: "about:blank",
            title: self.code.title(),
            status: status.as_u16(),
            code: self.code.name(),
            detail: &self.detail,
            errors: &self.errors,
        };
        let body = serde_json::to_vec(&document).unwrap_or_default();
        let mut response = Response::builder().status(status).content_type(MEDIA_TYPE).body(body);
        let headers = response.headers_mut();
        if self.code == Code::Unauthorized {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"dateline\""));
        }
        let retry_after = self.retry_after.or((self.code == Code::Unavailable).then_some(5));
        if let Some(seconds) = retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if let Some(allow) = self.allow.as_deref().and_then(|allow| HeaderValue::from_str(allow).ok()) {
            headers.insert(header::ALLOW, allow);
        }
        response
    }
}

impl From<Problem> for poem::Error {
    fn from(problem: Problem) -> Self {
        Self::from_response(problem.response())
    }
}

impl FieldFault {
    /// Returns the fault of the field at `pointer`; `value` is shortened and made harmless, and that of a secret is not
    /// repeated, however wrong it is.
    pub fn new(pointer: &str, value: &str, expected: impl Into<String>) -> Self {
        let value = if hides_a_secret(pointer) { "" } else { value };
        Self { pointer: shown(pointer), value: shown(value), expected: expected.into() }
    }

    fn sentence(&self) -> String {
        let Self { pointer, value, expected } = self;
        let place = if pointer.is_empty() { "the body" } else { pointer };
        match value.as_str() {
            "" => format!("{place}: expected {expected}"),
            _ => format!("{place} is `{value}`: expected {expected}"),
        }
    }
}

/// Whether the field at `pointer` takes what nobody may see again.
fn hides_a_secret(pointer: &str) -> bool {
    let field = pointer.rsplit('/').next().unwrap_or_default();
    matches!(field, "token" | "password" | "newPassword" | "secret" | "apiKey")
}

/// Returns text that is safe to show and to log: short, without anything that moves or hides what stands around it.
pub fn shown(text: &str) -> String {
    let mut safe = String::new();
    for (index, character) in text.chars().enumerate() {
        if index == VALUE_CHARS_MAX {
            safe.push('…');
            break;
        }
        if is_hidden(character) {
            // Writing to a string cannot fail.
            let _ = write!(safe, "\\u{{{:x}}}", u32::from(character));
        } else {
            safe.push(character);
        }
    }
    safe
}

/// Whether a character has no sign of its own: it would steer a terminal, or turn the words around it.
pub fn is_hidden(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_codes_are_unique_and_fit_their_status() {
        for (index, code) in Code::ALL.iter().enumerate() {
            assert!(code.status().is_client_error() || code.status().is_server_error());
            assert!(!Code::ALL[..index].iter().any(|other| other.name() == code.name()), "{}", code.name());
        }
    }

    #[test]
    fn a_refused_value_is_shown_short_and_harmless() {
        let problem = Problem::field("/name", "a\u{202e}\n", "a name");
        assert_eq!(problem.detail, r"/name is `a\u{202e}\u{a}`: expected a name");
        assert_eq!(shown(&"x".repeat(1_000_000)).chars().count(), 81);
    }
}
