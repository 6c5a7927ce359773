//! Says what poem-openapi leaves out: which objects take no other fields, and which values may be null.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::for_each_operation;

/// Properties of answers that are left out rather than null.
const LEFT_OUT: [&str; 11] = [
    "steps",
    "stats",
    "branch",
    "apiUrl",
    "tokenHint",
    "upstream",
    "downstream",
    "followers",
    "waitingFor",
    "concurrency",
    "triggers",
];

/// Objects in answers whose fields are left out rather than null: which there are depends on the type of a job.
const PARTIAL: [&str; 2] = ["PayloadView", "SecretFieldView"];

/// Operations whose body may be left out: all its fields are optional.
const BODY_OPTIONAL: [&str; 6] =
    ["toggleSchedule", "replayExecution", "pauseSchedule", "resumeSchedule", "pauseProject", "pauseEngine"];

/// Properties of requests that null clears.
const CLEARED_BY_NULL: [(&str, &str); 10] = [
    ("PreferencesPatch", "emailAddress"),
    ("PreferencesPatch", "quietHours"),
    ("SettingsPatch", "projectsMax"),
    ("JobPatch", "dependsOn"),
    ("JobPatch", "condition"),
    ("PolicyBody", "concurrency"),
    ("PolicyBody", "rateLimit"),
    ("PolicyBody", "debounceMs"),
    ("PolicyBody", "debounceMaxMs"),
    ("PolicyBody", "debounceKey"),
];

/// Makes schemas, media types and paths say exactly what is sent and taken.
pub(super) fn refine(document: &mut Value) {
    tidy(document);
    for_each_operation(document, |_, _, operation| {
        if BODY_OPTIONAL.iter().any(|id| operation["operationId"] == *id) {
            operation["requestBody"]["required"] = json!(false);
        }
    });
    merge_variants(document);
    let taken = reachable(document, "requestBody");
    let sent = reachable(document, "responses");
    let schemas = document.pointer_mut("/components/schemas").and_then(Value::as_object_mut);
    for (name, schema) in schemas.into_iter().flatten() {
        if taken.contains(name) || PARTIAL.contains(&name.as_str()) {
            close(schema);
        } else if sent.contains(name) {
            complete(schema);
        }
    }
    for (schema, property) in CLEARED_BY_NULL {
        if let Some(property) = document["components"]["schemas"][schema]["properties"].get_mut(property) {
            allow_null(property);
        }
    }
    // Where the server listens is its operator's choice: an address here would be wrong for everybody else.
    if let Some(fields) = document.as_object_mut() {
        fields.remove("servers");
    }
}

/// Rewrites values that readers of the document stumble over: the character set of JSON, whole numbers written as
/// fractions, formats nobody knows, and settings that are the default.
fn tidy(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            if let Some(content) = fields.shift_remove("application/json; charset=utf-8") {
                fields.insert("application/json".into(), content);
            }
            let bits = fields.get("format").and_then(|it| it.as_str()?.strip_prefix("uint"));
            if let Some(bits) = bits.and_then(|bits| bits.parse::<u32>().ok()) {
                fields.insert("format".into(), "int64".into());
                fields.entry("minimum").or_insert(json!(0));
                // A larger number would pass the contract and then not fit its type.
                if bits < 64 {
                    fields.entry("maximum").or_insert(json!((1_u64 << bits) - 1));
                }
            }
            if let Some(Value::Array(parts)) = fields.get_mut("allOf") {
                // The half of a described reference that only repeats the description.
                parts.retain(|part| part.as_object().is_none_or(|part| part.keys().ne(["description"])));
            }
            for name in ["deprecated", "explode"] {
                fields.shift_remove(name);
            }
            fields.values_mut().for_each(tidy);
        }
        Value::Array(items) => items.iter_mut().for_each(tidy),
        #[expect(clippy::cast_possible_truncation, reason = "bounds in the document are far below 2^52")]
        Value::Number(number) => {
            if let Some(fraction) = number.as_f64().filter(|number| number.fract() == 0.0) {
                *value = json!(fraction as i64);
            }
        }
        Value::Null | Value::Bool(_) | Value::String(_) => {}
    }
}

/// Replaces the two halves of a union's variant, its kind and its fields, by one object with both.
fn merge_variants(document: &mut Value) {
    let Some(schemas) = document.pointer_mut("/components/schemas").and_then(Value::as_object_mut) else {
        return;
    };
    let known = schemas.clone();
    let mut merged = BTreeSet::new();
    for schema in schemas.values_mut() {
        let Some(parts) = schema.get("allOf").and_then(Value::as_array) else { continue };
        let mut whole = Map::new();
        for part in parts {
            let target = part["$ref"].as_str().and_then(|reference| reference.rsplit('/').next());
            merged.extend(target.map(str::to_owned));
            let part = target.and_then(|name| known.get(name)).unwrap_or(part);
            join(&mut whole, part);
        }
        *schema = Value::Object(whole);
    }
    schemas.retain(|name, _| !merged.contains(name));
}

fn join(whole: &mut Map<String, Value>, part: &Value) {
    for (name, value) in part.as_object().into_iter().flatten() {
        match (whole.get_mut(name), value) {
            (Some(Value::Object(fields)), Value::Object(more)) => fields.extend(more.clone()),
            (Some(Value::Array(items)), Value::Array(more)) => items.extend(more.iter().cloned()),
            (Some(_), _) => {}
            (None, _) => {
                whole.insert(name.clone(), value.clone());
            }
        }
    }
}

/// Returns the names of the schemas that the part of each operation under `key` leads to.
fn reachable(document: &Value, key: &str) -> BTreeSet<String> {
    let mut open = Vec::new();
    for item in document["paths"].as_object().into_iter().flatten() {
        for operation in item.1.as_object().into_iter().flatten() {
            references(&operation.1[key], &mut open);
        }
    }
    let mut found = BTreeSet::new();
    while let Some(name) = open.pop() {
        if found.insert(name.clone()) {
            references(&document["components"]["schemas"][&name], &mut open);
        }
    }
    found
}

fn references(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(fields) => fields.values().for_each(|value| references(value, found)),
        Value::Array(items) => items.iter().for_each(|value| references(value, found)),
        Value::String(text) => found.extend(text.strip_prefix("#/components/schemas/").map(str::to_owned)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn close(schema: &mut Value) {
    if schema["type"] == "object" && schema.get("oneOf").is_none() {
        schema["additionalProperties"] = json!(false);
        // poem leaves an empty object without properties; say that there are none.
        schema.as_object_mut().map(|fields| fields.entry("properties").or_insert(json!({})));
    }
}

/// Every field of an answer is there; one without a value is null.
fn complete(schema: &mut Value) {
    let required: BTreeSet<String> = schema["required"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|it| Some(it.as_str()?.into()))
        .collect();
    let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) else { return };
    for (name, property) in properties.iter_mut() {
        if !required.contains(name) && !LEFT_OUT.contains(&name.as_str()) {
            allow_null(property);
        }
    }
    let all: Vec<_> = properties.keys().filter(|name| !LEFT_OUT.contains(&name.as_str())).cloned().collect();
    schema["required"] = json!(all);
}

fn allow_null(property: &mut Value) {
    if property.get("$ref").is_some() {
        *property = json!({ "allOf": [property.clone()] });
    }
    // A value that may be anything may be null anyway, and null says nothing without a type.
    if let Some(fields) =
        property.as_object_mut().filter(|it| it.contains_key("type") || it.contains_key("allOf"))
    {
        fields.insert("nullable".into(), json!(true));
    }
}
