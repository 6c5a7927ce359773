//! Weekdays, days and hours of a calendar as the interface spells them.

use poem_openapi::registry::{MetaSchema, MetaSchemaRef, Registry};
use poem_openapi::types::{ParseError, ParseFromJSON, ParseFromParameter, ParseResult, ToJSON, Type};
use serde_json::Value;
use std::borrow::Cow;

use super::Scalar;

/// A weekday, 0 (Sunday) to 6.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Weekday(pub i64);

impl Scalar for Weekday {
    const NAME: &'static str = "Weekday";

    fn schema() -> MetaSchema {
        let (minimum, maximum) = (Some(0.0), Some(6.0));
        MetaSchema { minimum, maximum, ..MetaSchema::new_with_format("integer", "int32") }
    }

    fn read(json: &Value) -> Result<Self, String> {
        json.as_i64().map(Self).ok_or_else(|| "expected a weekday".into())
    }

    fn spell(&self) -> Value {
        self.0.into()
    }
}

api_type!(Weekday);

/// A day, or a range of days with both ends: `2027-12-24`, `2027-12-27/2028-01-02`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DateRange(pub String);

impl Scalar for DateRange {
    const NAME: &'static str = "DateRange";

    fn schema() -> MetaSchema {
        let pattern = Some("^[0-9]{4}-[0-9]{2}-[0-9]{2}(/[0-9]{4}-[0-9]{2}-[0-9]{2})?$".into());
        MetaSchema { pattern, example: Some("2027-12-27/2028-01-02".into()), ..MetaSchema::new("string") }
    }

    fn read(json: &Value) -> Result<Self, String> {
        json.as_str().map(|text| Self(text.into())).ok_or_else(|| "expected a date".into())
    }

    fn spell(&self) -> Value {
        self.0.clone().into()
    }
}

api_type!(DateRange);

/// Hours of a day, the end not included, over midnight when it is not later: `22:00-06:00`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HourRange(pub String);

impl Scalar for HourRange {
    const NAME: &'static str = "HourRange";

    fn schema() -> MetaSchema {
        let time = "([01][0-9]|2[0-3]):[0-5][0-9]";
        let pattern = Some(format!("^{time}-{time}$"));
        MetaSchema { pattern, example: Some("22:00-06:00".into()), ..MetaSchema::new("string") }
    }

    fn read(json: &Value) -> Result<Self, String> {
        json.as_str().map(|text| Self(text.into())).ok_or_else(|| "expected hours".into())
    }

    fn spell(&self) -> Value {
        self.0.clone().into()
    }
}

api_type!(HourRange);
