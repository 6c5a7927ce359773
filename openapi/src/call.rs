//! An operation of the interface as a value: what is asked, and the type of the answer.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::Instant;

/// One operation with its parameters. Every one of them is in [`calls`](crate::calls).
pub trait Call: Sync {
    /// What a success answers with.
    type Answer: DeserializeOwned;
    /// Its `operationId` in the document.
    const ID: &'static str;

    /// Returns the request.
    fn request(&self) -> Request;
}

/// An operation that answers a list page by page.
pub trait Pages: Call + Clone {
    /// What the list holds.
    type Item: DeserializeOwned;

    /// Asks for the page that begins at `cursor`, the `nextCursor` of the page before.
    fn go_on_at(&mut self, cursor: String);
}

/// The methods the interface uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "named after what they are")]
pub enum Method {
    Get,
    Post,
    Put,
    Patch,
    Delete,
}

impl Method {
    /// Whether doing it twice is the same as doing it once, whatever the resource.
    pub(crate) fn is_repeatable(self) -> bool {
        match self {
            Self::Get | Self::Put | Self::Delete => true,
            Self::Post | Self::Patch => false,
        }
    }
}

/// A request before it is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    pub(crate) method: Method,
    pub(crate) segments: Vec<String>,
    pub(crate) query: Vec<(&'static str, String)>,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Option<Vec<u8>>,
    pub(crate) is_keyed: bool,
}

impl Request {
    /// Returns a request for the path with these segments, which may hold any text.
    pub fn new(method: Method, segments: &[&str]) -> Self {
        let segments = segments.iter().map(|part| (*part).to_owned()).collect();
        Self { method, segments, query: Vec::new(), headers: Vec::new(), body: None, is_keyed: false }
    }

    /// Adds a query parameter, when it has a value.
    #[must_use]
    pub fn query(mut self, name: &'static str, value: &impl Parameter) -> Self {
        self.query.extend(value.text().map(|text| (name, text)));
        self
    }

    /// Adds a header, when it has a value.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: &impl Parameter) -> Self {
        self.headers.extend(value.text().map(|text| (name, text)));
        self
    }

    /// Sends `body` as JSON, when there is one.
    #[must_use]
    pub fn body(mut self, body: &impl Serialize) -> Self {
        // The types of the contract have texts as keys and finite numbers: they always become JSON.
        let json = serde_json::to_vec(body).unwrap_or_default();
        self.body = (json != b"null").then_some(json);
        self
    }

    /// Says that the server knows a repeated request by its `Idempotency-Key`.
    #[must_use]
    pub fn keyed(mut self) -> Self {
        self.is_keyed = true;
        self
    }

    /// Whether it may be sent again when it is not known whether it arrived.
    pub(crate) fn is_repeatable(&self) -> bool {
        self.is_keyed || self.method.is_repeatable()
    }
}

/// What can stand in a query or a header.
pub trait Parameter {
    /// Returns its text; `None` when there is nothing to send.
    fn text(&self) -> Option<String>;
}

impl Parameter for String {
    fn text(&self) -> Option<String> {
        Some(self.clone())
    }
}

impl Parameter for Instant {
    fn text(&self) -> Option<String> {
        Some(self.to_rfc3339_opts(chrono::SecondsFormat::Millis, true))
    }
}

impl<T: Parameter> Parameter for Option<T> {
    fn text(&self) -> Option<String> {
        self.as_ref().and_then(Parameter::text)
    }
}

macro_rules! plain_parameters {
    ($($of:ty),*) => {
        $(impl Parameter for $of {
            fn text(&self) -> Option<String> {
                Some(self.to_string())
            }
        })*
    };
}

plain_parameters!(bool, i64, u64, f64);

/// Reads a field that may be absent, null or a value: absent is `None`, null is `Some(None)`.
///
/// # Errors
/// What the value's own type refuses.
pub fn present<'de, T, D>(deserializer: D) -> Result<Option<Option<T>>, D::Error>
where
    T: serde::Deserialize<'de>,
    D: serde::Deserializer<'de>,
{
    serde::Deserialize::deserialize(deserializer).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_no_value_is_not_sent() {
        let request = Request::new(Method::Get, &["api", "a/b"])
            .query("limit", &Some(5_u64))
            .query("cursor", &None::<String>)
            .body(&None::<String>);
        assert_eq!(request.query, [("limit", "5".to_owned())]);
        assert_eq!(request.body, None);
        assert_eq!(request.segments, ["api", "a/b"]);
    }

    #[test]
    fn absent_null_and_a_value_are_three_things() {
        #[derive(serde::Deserialize)]
        struct Change {
            #[serde(default, deserialize_with = "present")]
            name: Option<Option<String>>,
        }
        let read = |json: &str| serde_json::from_str::<Change>(json).expect("JSON").name;
        assert_eq!(read("{}"), None);
        assert_eq!(read(r#"{"name":null}"#), Some(None));
        assert_eq!(read(r#"{"name":"a"}"#), Some(Some("a".into())));
    }

    #[test]
    fn only_what_the_server_knows_again_is_repeated() {
        let of = |method| Request::new(method, &[]);
        assert!(of(Method::Get).is_repeatable() && of(Method::Delete).is_repeatable());
        assert!(!of(Method::Post).is_repeatable() && !of(Method::Patch).is_repeatable());
        assert!(of(Method::Post).keyed().is_repeatable());
    }
}
