//! Declares the headers that mean the same on every operation: keys, tags and places in the stream.

use serde_json::{Value, json};

use super::for_each_operation;
use crate::http::conditions;

/// Adds the headers each operation takes and sends.
pub(super) fn add(document: &mut Value) {
    let schemas = document["components"]["schemas"].clone();
    for_each_operation(document, |_, method, operation| {
        let id = operation["operationId"].as_str().unwrap_or_default().to_owned();
        if method == "get" && has_version(&schemas, operation) {
            take(operation, if_none_match());
            send(operation, "ETag", "The version, and a digest of what is shown: `\"v<version>.<digest>\"`.");
            operation["responses"]["304"] = json!({ "description": "It is what `If-None-Match` names." });
        }
        if method != "get" && operation.get("security").is_some() {
            take(operation, idempotency_key());
            let about = "`true` when the answer was given before, to the same request under the same key.";
            send(operation, "Idempotency-Replayed", about);
        }
        if conditions::is_change(&id) {
            take(operation, if_match());
        }
        if id == "streamEvents" {
            take(operation, last_event_id());
            operation["responses"]["200"]["content"]["text/event-stream"]["example"] = EVENTS.into();
        }
    });
}

const EVENTS: &str = "id: 41\nevent: execution.changed\ndata: {\"at\":\"2026-11-23T17:00:00.000Z\",\
    \"kind\":\"execution.changed\",\"id\":\"exe_01KAR6V8G0M3N9T5X7Y2B4C6D8\",\
    \"projectId\":\"prj_01KAR6V8G0M3N9T5X7Y2B4C6D8\",\"version\":3}\n\n:\nid: 41\n\n";

fn has_version(schemas: &Value, operation: &Value) -> bool {
    let schema = &operation["responses"]["200"]["content"]["application/json"]["schema"];
    let name = schema["$ref"].as_str().and_then(|it| it.strip_prefix("#/components/schemas/"));
    name.is_some_and(|name| schemas[name]["properties"]["version"]["type"] == "integer")
}

fn take(operation: &mut Value, parameter: Value) {
    match operation["parameters"].as_array_mut() {
        Some(parameters) => parameters.push(parameter),
        None => operation["parameters"] = json!([parameter]),
    }
}

fn send(operation: &mut Value, name: &str, about: &str) {
    let answers = operation["responses"].as_object_mut().into_iter().flatten();
    for (_, answer) in answers.filter(|(status, _)| status.starts_with('2')) {
        answer["headers"][name] = json!({ "description": about, "schema": { "type": "string" } });
    }
}

fn header(name: &str, about: &str, schema: Value) -> Value {
    json!({ "name": name, "in": "header", "description": about, "required": false, "schema": schema })
}

fn idempotency_key() -> Value {
    let about = "Names this request. Sent again within 24 hours it is not done again: the first answer is given again. \
        Another request under the same key is refused with 409 `IDEMPOTENCY_CONFLICT`. A refusal leaves the key free.";
    let schema = json!({ "type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$" });
    header("Idempotency-Key", about, schema)
}

fn if_match() -> Value {
    let about = "Change it only in this version: an `ETag`, or `\"v<version>\"`. Otherwise 412 `PRECONDITION_FAILED`.";
    header("If-Match", about, json!({ "type": "string", "example": "\"v3\"" }))
}

fn if_none_match() -> Value {
    let about = "An `ETag` that is known already: answered with 304 while nothing has changed.";
    header("If-None-Match", about, json!({ "type": "string", "example": "\"v3.0f1e2d3c4b5a6978\"" }))
}

fn last_event_id() -> Value {
    let about = "The `id` of the last event that was seen. What came after it is told first; when the server no longer \
        has it, `reset` is told instead.";
    header("Last-Event-ID", about, json!({ "type": "string", "example": "41" }))
}
