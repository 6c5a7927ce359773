//! What is sent: fields from flags, and any further ones as JSON.

use std::io::Read;

use clap::Args;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::output::CommandError;

/// Fields that have no flag of their own.
#[derive(Debug, Clone, Args)]
pub(super) struct WithArgs {
    /// Further fields of the request as JSON, over those of the flags; `-` reads them from standard input
    #[arg(long, value_name = "JSON")]
    with: Option<String>,
}

impl WithArgs {
    /// Whether there are any.
    pub(super) fn is_empty(&self) -> bool {
        self.with.is_none()
    }

    /// Returns `fields` with the further ones over them.
    ///
    /// # Errors
    /// [`CommandError::Usage`] when they are no JSON, or the result is not what the interface takes.
    pub(super) fn over<T: Serialize + DeserializeOwned>(&self, mut fields: Value) -> Result<T, CommandError> {
        let text = match self.with.as_deref() {
            None => "{}".to_owned(),
            Some("-") => {
                let mut text = String::new();
                let read = std::io::stdin().lock().read_to_string(&mut text);
                read.map_err(|error| CommandError::Failed(format!("standard input: {error}")))?;
                text
            }
            Some(text) => text.to_owned(),
        };
        let more: Value = serde_json::from_str(&text)
            .map_err(|error| CommandError::argument("--with", &text, &format!("a JSON object ({error})")))?;
        if !more.is_object() {
            return Err(CommandError::argument("--with", &text, "a JSON object"));
        }
        merge(&mut fields, more);
        let wrong = |why: String| CommandError::Usage(format!("these fields cannot be sent: {why}"));
        let body: T = serde_json::from_value(fields.clone()).map_err(|error| wrong(error.to_string()))?;
        // A field the types do not know would be left out silently.
        let sent = serde_json::to_value(&body).map_err(|error| wrong(error.to_string()))?;
        match lost(&fields, &sent, "") {
            Some(pointer) => Err(wrong(format!("{pointer} is no field that takes this"))),
            None => Ok(body),
        }
    }
}

/// Puts `more` over `fields`, object by object.
fn merge(fields: &mut Value, more: Value) {
    match (fields, more) {
        (Value::Object(fields), Value::Object(more)) => {
            for (name, value) in more {
                merge(fields.entry(name).or_insert(Value::Null), value);
            }
        }
        (fields, more) => *fields = more,
    }
}

/// Returns where `asked` has a field that `sent` has not.
fn lost(asked: &Value, sent: &Value, place: &str) -> Option<String> {
    match (asked, sent) {
        (Value::Object(asked), Value::Object(sent)) => asked.iter().find_map(|(name, value)| {
            let place = format!("{place}/{name}");
            match sent.get(name) {
                None => Some(place),
                Some(sent) => lost(value, sent, &place),
            }
        }),
        (Value::Array(asked), Value::Array(sent)) => {
            let pairs = asked.iter().zip(sent).enumerate();
            pairs
                .into_iter()
                .find_map(|(index, (asked, sent))| lost(asked, sent, &format!("{place}/{index}")))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use dateline_openapi::types::ProjectPatch;
    use serde_json::json;

    use super::*;

    fn over(fields: Value, with: &str) -> Result<Value, CommandError> {
        let args = WithArgs { with: Some(with.into()) };
        args.over::<ProjectPatch>(fields).map(|body| serde_json::to_value(body).expect("JSON"))
    }

    #[test]
    fn further_fields_go_over_the_flags() {
        let fields = json!({ "name": "a", "style": { "tags": ["x"] } });
        let body = over(fields, r#"{"name": "b", "style": {"bots": ["robot"]}}"#).expect("fields");
        assert_eq!(body, json!({ "name": "b", "style": { "tags": ["x"], "bots": ["robot"] } }));
    }

    #[test]
    fn a_field_that_is_none_is_named() {
        for (with, named) in [
            (r#"{"nmae": "b"}"#, "/nmae"),
            (r#"{"style": {"tag": []}}"#, "/style/tag"),
            ("[]", "object"),
            ("{", "JSON"),
        ] {
            let error = over(json!({}), with).expect_err(with);
            assert!(error.exit_code() == 2 && error.to_string().contains(named), "{error}");
        }
    }
}
