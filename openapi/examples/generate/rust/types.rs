//! One Rust type a schema.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use serde_json::{Map, Value};

use super::{HEAD, Unknown, document, field_name, spelled, type_name, variant_name};

/// What the file may need; what it does not is left out.
const OPENING: &str = "\
#![allow(clippy::all, reason = \"nobody reads or edits this by hand\")]

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::words::words;
use crate::Instant;
use crate::List;

";

/// Returns the file with every type, in the order of their names.
pub(super) fn file(document: &Value) -> Result<String, Unknown> {
    let schemas =
        document["components"]["schemas"].as_object().ok_or_else(|| Unknown("no schemas".into()))?;
    let tags = tags(schemas);
    let mut types = BTreeMap::new();
    for (name, schema) in schemas.iter().filter(|(name, _)| !name.starts_with("List_")) {
        let rust = type_name(name)?;
        let text = one(&rust, name, schema, tags.get(name.as_str()))?;
        if types.insert(rust.clone(), text).is_some() {
            return Err(Unknown(format!("two types called {rust}")));
        }
    }
    let body: Vec<String> = types.into_values().collect();
    let all = body.join("\n");
    let mut opening = OPENING.to_owned();
    for (line, word) in [
        ("use std::collections::BTreeMap;\n\n", "BTreeMap<"),
        ("use crate::words::words;\n", "words!"),
        ("use crate::Instant;\n", "Instant"),
        ("use crate::List;\n", "List<"),
    ] {
        if !all.contains(word) {
            opening = opening.replace(line, "");
        }
    }
    Ok(format!("{HEAD}{opening}{all}"))
}

/// Returns the property that tells the variants of a union apart, by the name of the variant's schema.
fn tags(schemas: &Map<String, Value>) -> BTreeMap<&str, &str> {
    let mut tags = BTreeMap::new();
    for schema in schemas.values() {
        let Some(property) = schema.pointer("/discriminator/propertyName").and_then(Value::as_str) else {
            continue;
        };
        for reference in schema["oneOf"].as_array().into_iter().flatten().filter_map(|it| it["$ref"].as_str())
        {
            tags.insert(reference.rsplit('/').next().unwrap_or_default(), property);
        }
    }
    tags
}

fn one(rust: &str, name: &str, schema: &Value, tag: Option<&&str>) -> Result<String, Unknown> {
    if schema["oneOf"].is_array() {
        return union(rust, schema);
    }
    if let Some(words) = schema["enum"].as_array() {
        return Ok(words_of(rust, schema["description"].as_str(), words));
    }
    match schema["type"].as_str() {
        Some("object") => structure(rust, schema, tag),
        Some("string" | "integer" | "number" | "boolean" | "array") => {
            let mut out = String::new();
            document(&mut out, "", schema["description"].as_str(), rust);
            let _ = writeln!(out, "pub type {rust} = {};", spelled(schema, name)?);
            Ok(out)
        }
        other => Err(Unknown(format!("the schema {name} of type {other:?}"))),
    }
}

fn union(rust: &str, schema: &Value) -> Result<String, Unknown> {
    let mapping = schema["discriminator"]["mapping"].as_object();
    let mapping = mapping.ok_or_else(|| Unknown(format!("the union {rust} without a mapping")))?;
    let tag = schema["discriminator"]["propertyName"].as_str().unwrap_or_default();
    let mut out = String::new();
    document(&mut out, "", schema["description"].as_str(), rust);
    let _ = writeln!(
        out,
        "#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]\n#[serde(tag = \"{tag}\")]"
    );
    let _ = writeln!(out, "pub enum {rust} {{");
    for (word, reference) in mapping {
        let of = type_name(reference.as_str().unwrap_or_default())?;
        let variant = variant_name(word);
        let _ = writeln!(out, "    /// `{word}`.\n    #[serde(rename = \"{word}\")]\n    {variant}({of}),");
    }
    let _ = writeln!(out, "    /// One this version does not know.\n    #[serde(other)]\n    Unlisted,\n}}");
    Ok(out)
}

fn words_of(rust: &str, about: Option<&str>, words: &[Value]) -> String {
    let mut out = String::from("words! {\n");
    document(&mut out, "    ", about, rust);
    let _ = writeln!(out, "    {rust} {{");
    for word in words.iter().filter_map(Value::as_str) {
        let _ = writeln!(out, "        {} = \"{word}\",", variant_name(word));
    }
    out.push_str("    }\n}\n");
    out
}

fn structure(rust: &str, schema: &Value, tag: Option<&&str>) -> Result<String, Unknown> {
    let required: BTreeSet<&str> =
        schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let mut fields = String::new();
    let mut words = String::new();
    let mut is_all_optional = true;
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        if tag.is_some_and(|tag| *tag == name) {
            continue;
        }
        let mut of = spelled(property, &format!("{rust}.{name}"))?;
        if let Some(several) = property["enum"].as_array().filter(|it| it.len() > 1 && of == "String") {
            of = format!("{rust}{}", variant_name(name));
            words.push('\n');
            words.push_str(&words_of(&of, property["description"].as_str(), several));
        }
        let is_required = required.contains(name.as_str());
        let is_nullable = property["nullable"] == true;
        document(&mut fields, "    ", property["description"].as_str(), name);
        let field = field_name(name);
        if field.trim_start_matches("r#") != *name && camel(&field) != *name {
            let _ = writeln!(fields, "    #[serde(rename = \"{name}\")]");
        }
        let skipped = "skip_serializing_if = \"Option::is_none\"";
        let (kept, attribute) = match (is_required, is_nullable) {
            (true, false) => (of, None),
            (true, true) => (format!("Option<{of}>"), None),
            (false, false) => (format!("Option<{of}>"), Some(format!("default, {skipped}"))),
            // Absent leaves it as it is, null takes it away.
            (false, true) => {
                let read = "deserialize_with = \"crate::call::present\"";
                (format!("Option<Option<{of}>>"), Some(format!("default, {read}, {skipped}")))
            }
        };
        is_all_optional &= !is_required || is_nullable;
        if let Some(attribute) = attribute {
            let _ = writeln!(fields, "    #[serde({attribute})]");
        }
        let _ = writeln!(fields, "    pub {field}: {kept},");
    }
    let mut out = String::new();
    document(&mut out, "", schema["description"].as_str(), rust);
    let default = if is_all_optional { ", Default" } else { "" };
    let _ = writeln!(out, "#[derive(Debug, Clone, PartialEq{default}, Serialize, Deserialize)]");
    let _ = writeln!(out, "#[serde(rename_all = \"camelCase\")]\npub struct {rust} {{\n{fields}}}");
    Ok(out + &words)
}

fn camel(snake: &str) -> String {
    let mut parts = snake.trim_start_matches("r#").split('_');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |camel, part| {
        let mut chars = part.chars();
        let head: String = chars.next().into_iter().flat_map(char::to_uppercase).collect();
        camel + &head + chars.as_str()
    })
}
