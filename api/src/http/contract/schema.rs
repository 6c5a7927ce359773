//! The part of JSON Schema that the contract uses, compiled once and applied to every request.

use std::collections::BTreeMap;

use chrono::DateTime;
use regex::Regex;
use serde_json::Value;

use super::json::escaped;
use crate::http::problem::FieldFault;

/// The most faults one answer names.
const FAULTS_MAX: usize = 20;

/// What a value must be.
#[derive(Debug, Clone)]
pub(super) struct Schema {
    kind: Kind,
    allowed: Vec<String>,
    is_nullable: bool,
}

#[derive(Debug, Clone)]
enum Kind {
    Any,
    Boolean,
    Number,
    Integer { min: Option<i64>, max: Option<i64> },
    Text(Text),
    List { items: Box<Schema>, len_min: usize, len_max: Option<usize>, unique: bool },
    Object { properties: BTreeMap<String, Schema>, required: Vec<String>, is_open: bool },
    Union { property: String, variants: BTreeMap<String, Schema> },
}

#[derive(Debug, Clone)]
struct Text {
    chars_min: usize,
    chars_max: Option<usize>,
    pattern: Option<Regex>,
    is_instant: bool,
    is_secret: bool,
    example: Option<String>,
}

/// A document that uses what this reader does not know; a fault of the program, found when the server starts.
#[derive(Debug, thiserror::Error)]
#[error("the contract cannot be read at `{place}`")]
pub struct ContractError {
    /// What could not be read.
    pub place: String,
}

impl Schema {
    /// Returns the schema `value` spells; references are followed into `document`.
    pub(super) fn compile(document: &Value, value: &Value) -> Result<Self, ContractError> {
        if let Some(reference) = value.get("$ref").and_then(Value::as_str) {
            let target = reference.strip_prefix('#').and_then(|pointer| document.pointer(pointer));
            return Self::compile(document, target.ok_or_else(|| unreadable(reference))?);
        }
        let is_nullable = value.get("nullable").and_then(Value::as_bool).unwrap_or_default();
        if let Some(parts) = value.get("allOf").and_then(Value::as_array) {
            // A reference with a description of its own beside it; only the reference says what is right.
            let part = parts.iter().find(|part| part.get("$ref").is_some());
            let target = Self::compile(document, part.ok_or_else(|| unreadable("allOf"))?)?;
            return Ok(Self { is_nullable, ..target });
        }
        let allowed =
            value.get("enum").and_then(Value::as_array).map(|words| words.iter().map(plain).collect());
        Ok(Self { kind: Kind::compile(document, value)?, allowed: allowed.unwrap_or_default(), is_nullable })
    }

    /// Returns what is wrong with a query or path parameter.
    pub(super) fn check_text(&self, pointer: &str, text: &str) -> Vec<FieldFault> {
        let value = match self.kind {
            Kind::Integer { .. } => text.parse().map_or_else(|_| text.into(), |number: i64| number.into()),
            Kind::Boolean => text.parse().map_or_else(|_| text.into(), Value::Bool),
            _ => text.into(),
        };
        self.check(pointer, &value)
    }

    /// Returns what is wrong with `value`, which stands at `pointer`.
    pub(super) fn check(&self, pointer: &str, value: &Value) -> Vec<FieldFault> {
        let mut faults = Vec::new();
        self.collect(pointer, value, &mut faults);
        faults.truncate(FAULTS_MAX);
        faults
    }

    fn collect(&self, pointer: &str, value: &Value, faults: &mut Vec<FieldFault>) {
        if faults.len() >= FAULTS_MAX {
            return;
        }
        match (&self.kind, value) {
            (Kind::Object { properties, required, is_open }, Value::Object(fields)) => {
                for name in required.iter().filter(|name| !fields.contains_key(*name)) {
                    let expected = properties.get(name).map_or_else(|| "a value".into(), Self::expected);
                    faults.push(FieldFault::new(&format!("{pointer}/{}", escaped(name)), "", expected));
                }
                for (name, field) in fields {
                    let place = format!("{pointer}/{}", escaped(name));
                    match properties.get(name) {
                        Some(schema) => schema.collect(&place, field, faults),
                        None if *is_open => {}
                        None => {
                            // It may be a secret whose name was mistyped.
                            let has_secrets = properties.values().any(Self::is_secret);
                            let shown = if has_secrets { String::new() } else { plain(field) };
                            faults.push(FieldFault::new(&place, &shown, no_such_field(properties)))
                        }
                    }
                }
            }
            (Kind::Union { property, variants }, Value::Object(fields)) => {
                let name = fields.get(property).and_then(Value::as_str);
                match name.and_then(|name| variants.get(name)) {
                    Some(schema) => schema.collect(pointer, value, faults),
                    None => {
                        let shown = fields.get(property).map(plain).unwrap_or_default();
                        let place = format!("{pointer}/{property}");
                        faults.push(FieldFault::new(&place, &shown, one_of(variants.keys())));
                    }
                }
            }
            (Kind::List { items, len_min, len_max, unique }, Value::Array(list))
                if (*len_min..=len_max.unwrap_or(usize::MAX)).contains(&list.len()) =>
            {
                for (index, item) in list.iter().enumerate() {
                    let place = format!("{pointer}/{index}");
                    items.collect(&place, item, faults);
                    if *unique && list[..index].contains(item) {
                        faults.push(FieldFault::new(&place, &plain(item), "each value only once"));
                    }
                }
            }
            _ if self.holds(value) => {}
            _ if self.is_secret() => faults.push(FieldFault::new(pointer, "", self.expected())),
            _ => faults.push(FieldFault::new(pointer, &plain(value), self.expected())),
        }
    }

    /// Whether its values are nobody's to see.
    fn is_secret(&self) -> bool {
        matches!(&self.kind, Kind::Text(text) if text.is_secret)
    }

    /// Whether a value without parts is right.
    fn holds(&self, value: &Value) -> bool {
        if value.is_null() && self.is_nullable {
            return true;
        }
        let is_allowed = self.allowed.is_empty() || self.allowed.contains(&plain(value));
        is_allowed
            && match (&self.kind, value) {
                (Kind::Any, _) | (Kind::Boolean, Value::Bool(_)) | (Kind::Number, Value::Number(_)) => true,
                (Kind::Integer { min, max }, Value::Number(number)) => {
                    number.as_i64().is_some_and(|number| {
                        min.is_none_or(|min| number >= min) && max.is_none_or(|max| number <= max)
                    })
                }
                (Kind::Text(text), Value::String(value)) => text.holds(value),
                _ => false,
            }
    }

    /// Returns what would be right, as a phrase that follows the word "expected".
    fn expected(&self) -> String {
        if !self.allowed.is_empty() {
            return one_of(self.allowed.iter());
        }
        match &self.kind {
            Kind::Any => "a value".into(),
            Kind::Boolean => "true or false".into(),
            Kind::Number => "a number".into(),
            Kind::Integer { min: Some(min), max: Some(max) } => format!("an integer from {min} to {max}"),
            Kind::Integer { min: Some(min), max: None } => format!("an integer, at least {min}"),
            Kind::Integer { .. } => "an integer".into(),
            Kind::Text(text) => text.expected(),
            Kind::List { len_min: 0, len_max: Some(max), .. } => format!("a list of at most {max}"),
            Kind::List { len_min, len_max: Some(max), .. } => format!("a list of {len_min} to {max}"),
            Kind::List { .. } => "a list".into(),
            Kind::Object { properties, .. } => {
                let names: Vec<_> = properties.keys().map(String::as_str).collect();
                format!("an object with {}", names.join(", "))
            }
            Kind::Union { property, variants } => {
                format!("an object whose {property} is {}", one_of(variants.keys()))
            }
        }
    }
}

impl Kind {
    fn compile(document: &Value, value: &Value) -> Result<Self, ContractError> {
        let size = |name: &str| value.get(name).and_then(Value::as_u64).and_then(|n| usize::try_from(n).ok());
        if value.get("oneOf").is_some() {
            return Self::union(document, value);
        }
        Ok(match value.get("type").and_then(Value::as_str) {
            None => Self::Any,
            Some("boolean") => Self::Boolean,
            Some("number") => Self::Number,
            Some("integer") => Self::Integer { min: whole(value, "minimum"), max: whole(value, "maximum") },
            Some("string") => Self::Text(Text::compile(value)?),
            Some("array") => {
                let items = value.get("items").ok_or_else(|| unreadable("array"))?;
                let unique = value.get("uniqueItems").and_then(Value::as_bool).unwrap_or_default();
                let items = Box::new(Schema::compile(document, items)?);
                let len_min = size("minItems").unwrap_or_default();
                Self::List { items, len_min, len_max: size("maxItems"), unique }
            }
            Some("object") => Self::object(document, value)?,
            Some(other) => return Err(unreadable(other)),
        })
    }

    fn object(document: &Value, value: &Value) -> Result<Self, ContractError> {
        let mut properties = BTreeMap::new();
        for (name, property) in value.get("properties").and_then(Value::as_object).into_iter().flatten() {
            properties.insert(name.clone(), Schema::compile(document, property)?);
        }
        let required =
            value.get("required").and_then(Value::as_array).into_iter().flatten().map(plain).collect();
        let is_open = value.get("additionalProperties") != Some(&Value::Bool(false));
        Ok(Self::Object { properties, required, is_open })
    }

    fn union(document: &Value, value: &Value) -> Result<Self, ContractError> {
        let discriminator = value.get("discriminator").ok_or_else(|| unreadable("oneOf"))?;
        let property = discriminator.get("propertyName").map(plain).unwrap_or_default();
        let mut variants = BTreeMap::new();
        for (name, reference) in discriminator.get("mapping").and_then(Value::as_object).into_iter().flatten()
        {
            let reference = serde_json::json!({ "$ref": reference });
            variants.insert(name.clone(), Schema::compile(document, &reference)?);
        }
        Ok(Self::Union { property, variants })
    }
}

impl Text {
    fn compile(value: &Value) -> Result<Self, ContractError> {
        let size = |name: &str| value.get(name).and_then(Value::as_u64).and_then(|n| usize::try_from(n).ok());
        let pattern = value.get("pattern").and_then(Value::as_str).map(Regex::new).transpose();
        Ok(Self {
            chars_min: size("minLength").unwrap_or_default(),
            chars_max: size("maxLength"),
            pattern: pattern.map_err(|error| unreadable(&error.to_string()))?,
            is_instant: value.get("format").and_then(Value::as_str) == Some("date-time"),
            // What is only ever written, such as a source's token, is as secret as a password.
            is_secret: value.get("format").and_then(Value::as_str) == Some("password")
                || value.get("writeOnly") == Some(&Value::Bool(true)),
            example: value.get("example").and_then(Value::as_str).map(str::to_owned),
        })
    }

    fn holds(&self, text: &str) -> bool {
        let chars = text.chars().count();
        chars >= self.chars_min
            && self.chars_max.is_none_or(|max| chars <= max)
            && self.pattern.as_ref().is_none_or(|pattern| pattern.is_match(text))
            && (!self.is_instant || DateTime::parse_from_rfc3339(text).is_ok())
    }

    fn expected(&self) -> String {
        let kind = if self.is_instant { "an instant (RFC 3339)" } else { "a text" };
        let size = match (self.chars_min, self.chars_max) {
            (0, None) => String::new(),
            (min, None) => format!(" of at least {min} characters"),
            (0, Some(max)) => format!(" of at most {max} characters"),
            (min, Some(max)) => format!(" of {min} to {max} characters"),
        };
        let form =
            if self.pattern.is_some() && self.example.is_none() { " without control characters" } else { "" };
        let example =
            self.example.as_ref().map(|example| format!(" such as `{example}`")).unwrap_or_default();
        format!("{kind}{size}{form}{example}")
    }
}

fn unreadable(place: &str) -> ContractError {
    ContractError { place: place.into() }
}

#[expect(clippy::cast_possible_truncation, reason = "poem writes whole bounds as floating point numbers")]
fn whole(value: &Value, name: &str) -> Option<i64> {
    value.get(name).and_then(Value::as_f64).map(|number| number as i64)
}

fn one_of<'a>(words: impl ExactSizeIterator<Item = &'a String>) -> String {
    let only = words.len() == 1;
    let words = words.map(String::as_str).collect::<Vec<_>>().join(", ");
    if only { words } else { format!("one of {words}") }
}

fn no_such_field(properties: &BTreeMap<String, Schema>) -> String {
    if properties.is_empty() {
        return "no fields here".into();
    }
    let names: Vec<_> = properties.keys().map(String::as_str).collect();
    format!("no such field; the fields are {}", names.join(", "))
}

/// Returns a value as a person would say it: a text without quotation marks, all else as JSON.
fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
