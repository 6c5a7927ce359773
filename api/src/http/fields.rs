//! The scalar types of the interface: how ids, instants, durations and words are spelled, read and described.

use std::borrow::Cow;
use std::time::Duration;

use dateline_core::notification::{ClockTime, ParseClockTimeError};
use dateline_core::secret::Secret;
use dateline_core::time::{Timestamp, from_unix_ms, rfc3339};
use poem_openapi::registry::{MetaSchema, MetaSchemaRef, Registry};
use poem_openapi::types::{
    MaybeUndefined, ParseError, ParseFromJSON, ParseFromParameter, ParseResult, ToJSON, Type,
};
use serde_json::Value;

/// A scalar as the interface spells it.
pub trait Scalar: Sized + Send + Sync {
    /// What the schema is called.
    const NAME: &'static str;

    /// Describes every value.
    fn schema() -> MetaSchema;

    /// Returns the value `json` spells, or what is wrong with it.
    fn read(json: &Value) -> Result<Self, String>;

    /// Returns the spelling.
    fn spell(&self) -> Value;

    /// Whether the schema stands among the components, under its name.
    fn is_component() -> bool {
        false
    }
}

/// Gives a [`Scalar`] the traits that poem-openapi asks of every type.
macro_rules! api_type {
    ($name:ty $(, $($generics:tt)+)?) => {
        impl$(<$($generics)+>)? Type for $name {
            const IS_REQUIRED: bool = true;
            type RawValueType = Self;
            type RawElementValueType = Self;

            fn name() -> Cow<'static, str> {
                <Self as Scalar>::NAME.into()
            }

            fn schema_ref() -> MetaSchemaRef {
                if <Self as Scalar>::is_component() {
                    MetaSchemaRef::Reference(<Self as Scalar>::NAME.into())
                } else {
                    MetaSchemaRef::Inline(Box::new(<Self as Scalar>::schema()))
                }
            }

            fn register(registry: &mut Registry) {
                if <Self as Scalar>::is_component() {
                    registry.create_schema::<Self, _>(<Self as Scalar>::NAME.into(), |_| {
                        <Self as Scalar>::schema()
                    });
                }
            }

            fn as_raw_value(&self) -> Option<&Self> {
                Some(self)
            }

            fn raw_element_iter<'a>(&'a self) -> Box<dyn Iterator<Item = &'a Self> + 'a> {
                Box::new(std::iter::once(self))
            }
        }

        impl$(<$($generics)+>)? ParseFromJSON for $name {
            fn parse_from_json(value: Option<Value>) -> ParseResult<Self> {
                <Self as Scalar>::read(&value.unwrap_or_default()).map_err(ParseError::custom)
            }
        }

        impl$(<$($generics)+>)? ParseFromParameter for $name {
            fn parse_from_parameter(text: &str) -> ParseResult<Self> {
                <Self as Scalar>::read(&text.into()).map_err(ParseError::custom)
            }
        }

        impl$(<$($generics)+>)? ToJSON for $name {
            fn to_json(&self) -> Option<Value> {
                Some(<Self as Scalar>::spell(self))
            }
        }
    };
}

/// An instant: RFC 3339, written in UTC with milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Instant(pub Timestamp);

impl Scalar for Instant {
    const NAME: &'static str = "Instant";

    fn schema() -> MetaSchema {
        let example = Some(Value::from("2026-11-23T17:00:00.000Z"));
        MetaSchema { example, ..MetaSchema::new_with_format("string", "date-time") }
    }

    fn read(json: &Value) -> Result<Self, String> {
        let text = json.as_str().ok_or("expected an instant")?;
        let at = chrono::DateTime::parse_from_rfc3339(text).map_err(|error| error.to_string())?;
        Ok(Self(from_unix_ms(at.timestamp_millis())))
    }

    fn spell(&self) -> Value {
        rfc3339(self.0).into()
    }
}

api_type!(Instant);

mod calendar;

pub use calendar::{DateRange, HourRange, Weekday};

/// A duration in whole milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Millis(pub Duration);

impl Scalar for Millis {
    const NAME: &'static str = "Milliseconds";

    fn schema() -> MetaSchema {
        // A year and a day bounds every duration of the interface.
        let (minimum, maximum) = (Some(0.0), Some(31_622_400_000.0));
        MetaSchema { minimum, maximum, ..MetaSchema::new_with_format("integer", "int64") }
    }

    fn read(json: &Value) -> Result<Self, String> {
        Ok(Self(Duration::from_millis(json.as_u64().ok_or("expected milliseconds")?)))
    }

    fn spell(&self) -> Value {
        u64::try_from(self.0.as_millis()).unwrap_or(u64::MAX).into()
    }
}

api_type!(Millis);

/// A local time of day: `07:30`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TimeOfDay(pub ClockTime);

impl Scalar for TimeOfDay {
    const NAME: &'static str = "TimeOfDay";

    fn schema() -> MetaSchema {
        let pattern = Some("^([01][0-9]|2[0-3]):[0-5][0-9]$".into());
        MetaSchema { pattern, example: Some("07:30".into()), ..MetaSchema::new("string") }
    }

    fn read(json: &Value) -> Result<Self, String> {
        let text = json.as_str().ok_or("expected a time of day")?;
        text.parse().map(Self).map_err(|error: ParseClockTimeError| error.to_string())
    }

    fn spell(&self) -> Value {
        self.0.to_string().into()
    }
}

api_type!(TimeOfDay);

/// A kind of id that the interface shows.
pub trait Identity: std::str::FromStr + std::fmt::Display + Copy + Send + Sync {
    /// The name of its schema.
    const NAME: &'static str;
    /// What every id of this kind begins with.
    const PREFIX: &'static str;
}

macro_rules! identities {
    ($($id:ident),*) => {
        $(impl Identity for dateline_core::id::$id {
            const NAME: &'static str = stringify!($id);
            const PREFIX: &'static str = dateline_core::id::$id::PREFIX;
        })*
    };
}

identities!(
    ProjectId,
    JobId,
    ExecutionId,
    BackfillId,
    ReceivedEventId,
    DraftId,
    PublicationId,
    HolderId,
    UserId,
    TokenId,
    InvitationId,
    AuditId,
    NotificationId,
    DeliveryId
);

/// An id, spelled as a prefixed ULID.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Id<T>(pub T);

impl<T: Identity> Scalar for Id<T> {
    const NAME: &'static str = T::NAME;

    fn schema() -> MetaSchema {
        let pattern = Some(format!("^{}_[0-7][0-9A-HJKMNP-TV-Z]{{25}}$", T::PREFIX));
        let example = Some(Value::from(format!("{}_01KAR6V8G0M3N9T5X7Y2B4C6D8", T::PREFIX)));
        MetaSchema { pattern, example, ..MetaSchema::new("string") }
    }

    fn read(json: &Value) -> Result<Self, String> {
        let refused = || format!("expected an id that begins with {}_", T::PREFIX);
        json.as_str().and_then(|text| text.parse().ok()).map(Self).ok_or_else(refused)
    }

    fn spell(&self) -> Value {
        self.0.to_string().into()
    }
}

api_type!(Id<T>, T: Identity);

/// A core enum whose values the interface spells as words.
pub trait Words: serde::Serialize + serde::de::DeserializeOwned + Copy + Send + Sync + 'static {
    /// The name of its schema.
    const NAME: &'static str;
    /// Every value.
    const ALL: &'static [Self];
    /// What the words stand for.
    const ABOUT: &'static str;
}

/// Names the values of a core enum; a value that is missing here does not compile.
macro_rules! words {
    ($type:path as $name:ident ($about:literal): $($variant:ident),* $(,)?) => {
        impl $crate::http::fields::Words for $type {
            const NAME: &'static str = stringify!($name);
            const ALL: &'static [Self] = {
                const fn covers_all(value: $type) {
                    match value { $(<$type>::$variant)|* => {} }
                }
                let _ = covers_all;
                &[$(<$type>::$variant),*]
            };
            const ABOUT: &'static str = $about;
        }
    };
}
pub(crate) use words;

/// Returns `None` for what is absent, and `Some(None)` for what is null.
pub(crate) fn given<T>(value: MaybeUndefined<T>) -> Option<Option<T>> {
    match value {
        MaybeUndefined::Undefined => None,
        MaybeUndefined::Null => Some(None),
        MaybeUndefined::Value(value) => Some(Some(value)),
    }
}

/// One of the words of a core enum.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Word<T>(pub T);

impl<T: Words> Scalar for Word<T> {
    const NAME: &'static str = T::NAME;

    fn schema() -> MetaSchema {
        let spelled = T::ALL.iter().map(|value| serde_json::to_value(value).unwrap_or_default());
        let enum_items = spelled.collect();
        MetaSchema { enum_items, description: Some(T::ABOUT), ..MetaSchema::new("string") }
    }

    fn read(json: &Value) -> Result<Self, String> {
        serde_json::from_value(json.clone()).map(Self).map_err(|error| error.to_string())
    }

    fn spell(&self) -> Value {
        serde_json::to_value(self.0).unwrap_or_default()
    }

    fn is_component() -> bool {
        true
    }
}

api_type!(Word<T>, T: Words);

/// An object whose fields are its sender's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fields(pub serde_json::Map<String, Value>);

impl Scalar for Fields {
    const NAME: &'static str = "Fields";

    fn schema() -> MetaSchema {
        let anything = Some(Box::new(MetaSchemaRef::Inline(Box::new(MetaSchema::ANY))));
        MetaSchema { additional_properties: anything, ..MetaSchema::new("object") }
    }

    fn read(json: &Value) -> Result<Self, String> {
        json.as_object().cloned().map(Self).ok_or_else(|| "expected an object".to_owned())
    }

    fn spell(&self) -> Value {
        Value::Object(self.0.clone())
    }
}

api_type!(Fields);

/// How many items a page holds: 1 to 200, 50 unless asked otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit(pub usize);

impl Default for Limit {
    fn default() -> Self {
        Self(50)
    }
}

impl Scalar for Limit {
    const NAME: &'static str = "Limit";

    fn schema() -> MetaSchema {
        let (minimum, maximum, default) = (Some(1.0), Some(200.0), Some(50.into()));
        MetaSchema { minimum, maximum, default, ..MetaSchema::new_with_format("integer", "int32") }
    }

    fn read(json: &Value) -> Result<Self, String> {
        let limit = json.as_str().and_then(|text| text.parse().ok()).ok_or("expected a number")?;
        if (1..=200).contains(&limit) { Ok(Self(limit)) } else { Err("expected 1 to 200".into()) }
    }

    fn spell(&self) -> Value {
        self.0.into()
    }
}

api_type!(Limit);

/// One line of text: something to see, no control characters, at most `MAX` characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line<const MAX: usize>(pub String);

impl<const MAX: usize> Scalar for Line<MAX> {
    const NAME: &'static str = "Line";

    fn schema() -> MetaSchema {
        let pattern = Some(r"^[^\x00-\x1f\x7f-\x9f]*$".into());
        let (min_length, max_length) = (Some(1), Some(MAX));
        MetaSchema { pattern, min_length, max_length, ..MetaSchema::new("string") }
    }

    fn read(json: &Value) -> Result<Self, String> {
        json.as_str().map(|text| Self(text.into())).ok_or_else(|| "expected a text".into())
    }

    fn spell(&self) -> Value {
        self.0.clone().into()
    }
}

api_type!(Line<MAX>, const MAX: usize);

/// A text that is nobody's to see: it is taken, and never given back or named in a refusal.
#[derive(Debug, Clone)]
pub struct SecretText<const MIN: usize, const MAX: usize>(pub Secret);

impl<const MIN: usize, const MAX: usize> Scalar for SecretText<MIN, MAX> {
    const NAME: &'static str = "SecretText";

    fn schema() -> MetaSchema {
        let (min_length, max_length) = (Some(MIN), Some(MAX));
        MetaSchema { min_length, max_length, ..MetaSchema::new_with_format("string", "password") }
    }

    fn read(json: &Value) -> Result<Self, String> {
        json.as_str().map(|text| Self(Secret::new(text))).ok_or_else(|| "expected a text".into())
    }

    fn spell(&self) -> Value {
        Value::Null
    }
}

api_type!(SecretText<MIN, MAX>, const MIN: usize, const MAX: usize);
