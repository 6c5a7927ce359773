//! The Rust client's types and calls as text, made from the OpenAPI document.
//!
//! It is a `mod.rs` because the test of its freshness includes it by its path.
//!
//! What this does not know it refuses: a document it half understands would give a client that is half right.

mod calls;
mod types;

use std::fmt::Write;

use serde_json::Value;

/// A document that uses what this generator does not know.
#[derive(Debug)]
pub(crate) struct Unknown(String);

impl std::fmt::Display for Unknown {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "the generator does not know {}", self.0)
    }
}

impl std::error::Error for Unknown {}

impl From<serde_json::Error> for Unknown {
    fn from(error: serde_json::Error) -> Self {
        Self(error.to_string())
    }
}

const HEAD: &str = "// Generated from `openapi/dateline.json` by `bash script/generate`. Do not edit.\n";

/// Returns each generated file by its name.
pub(crate) fn files(document: &str) -> Result<[(&'static str, String); 2], Unknown> {
    let document: Value = serde_json::from_str(document)?;
    Ok([("types.rs", types::file(&document)?), ("calls.rs", calls::file(&document)?)])
}

/// Returns how Rust spells the type that `schema` describes.
fn spelled(schema: &Value, place: &str) -> Result<String, Unknown> {
    if let Some(reference) = schema["$ref"].as_str() {
        return type_name(reference);
    }
    if let Some(parts) = schema["allOf"].as_array() {
        return match &parts[..] {
            [only] => spelled(only, place),
            _ => Err(Unknown(format!("an allOf of several parts at {place}"))),
        };
    }
    Ok(match schema["type"].as_str() {
        None => "serde_json::Value".into(),
        Some("boolean") => "bool".into(),
        Some("number") => "f64".into(),
        Some("integer") if schema["minimum"].as_i64().is_some_and(|least| least >= 0) => "u64".into(),
        Some("integer") => "i64".into(),
        Some("string") if schema["format"] == "date-time" => "Instant".into(),
        Some("string") => "String".into(),
        Some("array") => format!("Vec<{}>", spelled(&schema["items"], place)?),
        Some("object") if schema["additionalProperties"].is_object() => {
            format!("BTreeMap<String, {}>", spelled(&schema["additionalProperties"], place)?)
        }
        Some("object") => "serde_json::Value".into(),
        Some(other) => return Err(Unknown(format!("the type {other} at {place}"))),
    })
}

/// Returns the Rust name of a schema: `List_Job` is a list of jobs, `Target_Feed` the variant of a union.
fn type_name(reference: &str) -> Result<String, Unknown> {
    let name = reference.rsplit('/').next().unwrap_or_default();
    match name.split_once('_') {
        None => Ok(name.into()),
        Some(("List", item)) => Ok(format!("List<{item}>")),
        Some((_, variant)) if !variant.contains('_') => Ok(variant.into()),
        Some(_) => Err(Unknown(format!("the name {name}"))),
    }
}

/// Returns a field's name, `camelCase` or `Header-Case` in and `snake_case` out; a word of the language is told apart.
fn field_name(name: &str) -> String {
    let mut snake = String::new();
    for character in name.chars() {
        if character.is_uppercase() && !snake.is_empty() && !snake.ends_with('_') {
            snake.push('_');
        }
        snake.extend(character.to_lowercase().map(|it| if it == '-' { '_' } else { it }));
    }
    match snake.as_str() {
        "type" | "ref" | "move" | "match" | "use" | "for" | "in" => format!("r#{snake}"),
        _ => snake,
    }
}

/// Returns a word as the name of a variant: `AFTER_GAP` is `AfterGap`.
fn variant_name(word: &str) -> String {
    let parts = word.split(['_', '-', '.', '/', ' ']);
    let capital = |part: &str| {
        let mut chars = part.chars();
        let first = chars.next().map(|it| it.to_ascii_uppercase());
        let rest = chars.as_str();
        let rest = if part.chars().any(char::is_lowercase) { rest.to_owned() } else { rest.to_lowercase() };
        first.into_iter().chain(rest.chars()).collect::<String>()
    };
    parts.map(capital).collect()
}

/// Writes `text` as a doc comment; what has none says at least its name.
fn document(out: &mut String, indent: &str, text: Option<&str>, name: &str) {
    let text =
        text.filter(|text| !text.trim().is_empty()).map_or_else(|| format!("`{name}`."), str::to_owned);
    for line in text.lines() {
        let line = line.trim_end();
        // What looks like a tag or a link to rustdoc is meant as it stands.
        let line = line.replace('<', "\\<").replace('[', "\\[");
        // Writing to a string cannot fail.
        let _ =
            if line.is_empty() { writeln!(out, "{indent}///") } else { writeln!(out, "{indent}/// {line}") };
    }
}
