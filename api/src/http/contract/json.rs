//! JSON read without mercy: what a lenient parser passes over in silence is found here.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use crate::http::problem::{Code, FieldFault, Problem};

/// Returns the value `bytes` spell.
///
/// Nesting is bounded by the parser (128 levels), so hostile depth costs nothing.
///
/// # Errors
/// 400 when the bytes are not JSON in UTF-8, 422 when an object names a field twice.
pub(super) fn parse(bytes: &[u8]) -> Result<Value, Problem> {
    let mut doubles = Vec::new();
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let seed = Strict { pointer: String::new(), doubles: &mut doubles };
    let value = seed
        .deserialize(&mut deserializer)
        .and_then(|value| deserializer.end().map(|()| value))
        .map_err(|error| Problem::new(Code::Malformed, format!("the body is not valid JSON: {error}")))?;
    if doubles.is_empty() {
        return Ok(value);
    }
    Err(Problem::invalid(
        doubles.iter().map(|pointer| FieldFault::new(pointer, "", "the field only once")).collect(),
    ))
}

/// Returns `token` as it stands in a JSON pointer.
pub(super) fn escaped(token: &str) -> String {
    token.replace('~', "~0").replace('/', "~1")
}

struct Strict<'a> {
    pointer: String,
    doubles: &'a mut Vec<String>,
}

impl<'de> DeserializeSeed<'de> for Strict<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        Number::from_f64(value).map(Value::Number).ok_or_else(|| E::custom("number out of range"))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        loop {
            let pointer = format!("{}/{}", self.pointer, items.len());
            match access.next_element_seed(Strict { pointer, doubles: self.doubles })? {
                Some(item) => items.push(item),
                None => return Ok(Value::Array(items)),
            }
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let mut fields = Map::new();
        while let Some(name) = access.next_key::<String>()? {
            let pointer = format!("{}/{}", self.pointer, escaped(&name));
            if fields.contains_key(&name) {
                self.doubles.push(pointer.clone());
            }
            let value = access.next_value_seed(Strict { pointer, doubles: self.doubles })?;
            fields.insert(name, value);
        }
        Ok(Value::Object(fields))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_that_are_no_json_are_400() {
        let deep = "[".repeat(100_000);
        let long = "9".repeat(10_000);
        for text in ["", "{", "{} {}", "\u{feff}{}", "{'a':1}", "\"\\ud800\"", "1e400", "NaN", &deep, &long] {
            assert_eq!(
                parse(text.as_bytes()).map_err(|p| p.code),
                Err(Code::Malformed),
                "{}",
                &text[..9.min(text.len())]
            );
        }
        assert_eq!(parse(b"\"\xff\"").map_err(|p| p.code), Err(Code::Malformed));
    }

    #[test]
    fn a_field_named_twice_is_422_wherever_it_stands() {
        let problem = parse(br#"{"a":[{"b/c":1,"b/c":2}],"a":0}"#).expect_err("two doubles");
        assert_eq!(problem.code, Code::Invalid);
        let pointers: Vec<_> = problem.errors.iter().map(|fault| fault.pointer.as_str()).collect();
        assert_eq!(pointers, ["/a/0/b~1c", "/a"]);
    }
}
