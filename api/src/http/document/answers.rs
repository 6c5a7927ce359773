//! Declares on every operation how it can refuse: the same words for the same status everywhere.

use serde_json::{Map, Value, json};

use super::for_each_operation;
use crate::http::problem::{Code, MEDIA_TYPE};

/// Operations that refuse to be asked too often.
const PACED: [&str; 1] = ["testNotification"];

const UPKEEP: [u16; 7] = [400, 403, 406, 414, 421, 422, 431];

/// Operations that one caller may not ask too often.
const LIMITED: [&str; 2] = ["previewSchedule", "streamEvents"];

/// Adds the refusals to each operation, and the answers they share to the components.
pub(super) fn add_refusals(document: &mut Value) {
    for_each_operation(document, |path, method, operation| {
        let statuses = refusals_of(path, method, operation);
        let answers = operation.get_mut("responses").and_then(Value::as_object_mut);
        if let Some(answers) = answers {
            for status in &statuses {
                let name = format!("#/components/responses/Refused{status}");
                answers.insert(status.to_string(), json!({ "$ref": name }));
            }
        }
    });
    let mut shared = Map::new();
    for code in Code::ALL {
        let status = code.status().as_u16();
        shared.entry(format!("Refused{status}")).or_insert_with(|| answer(status));
    }
    document["components"]["responses"] = Value::Object(shared);
    document["components"]["schemas"]["FieldFault"] = field_fault();
    document["components"]["schemas"]["Problem"] = problem();
}

fn refusals_of(path: &str, method: &str, operation: &Value) -> Vec<u16> {
    let mut statuses = UPKEEP.to_vec();
    statuses.extend([500, 503]);
    if operation.get("security").is_some() {
        statuses.extend([401, 429]);
    }
    // Where a password or a code is shown instead of a token, it is refused alike.
    if operation.get("security").is_none() && method == "post" {
        statuses.extend([401, 429]);
    }
    if path.contains('{')
        || operation.get("requestBody").is_some()
        || operation["operationId"] == "listTokens"
    {
        statuses.push(404);
    }
    if operation.get("requestBody").is_some() {
        statuses.extend([408, 413, 415]);
    }
    if method != "get" {
        statuses.extend([409, 412, 507]);
    }
    if LIMITED.iter().any(|id| operation["operationId"] == *id) {
        statuses.push(429);
    }
    if PACED.iter().any(|id| operation["operationId"] == *id) {
        statuses.push(429);
    }
    statuses.sort_unstable();
    statuses.dedup();
    statuses
}

/// Returns the answer with one status; its example is the first code that has it.
fn answer(status: u16) -> Value {
    let codes: Vec<_> = Code::ALL.iter().filter(|code| code.status().as_u16() == status).collect();
    let examples = codes.iter().map(|code| (code.name().to_owned(), json!({ "value": example(**code) })));
    let titles: Vec<_> = codes.iter().map(|code| format!("`{}`: {}", code.name(), code.title())).collect();
    let mut answer = json!({
        "description": titles.join(" "),
        "content": { MEDIA_TYPE: {
            "schema": { "$ref": "#/components/schemas/Problem" },
            "examples": Value::Object(examples.collect()),
        }},
    });
    let header = match status {
        401 => Some("WWW-Authenticate"),
        405 => Some("Allow"),
        429 | 503 => Some("Retry-After"),
        _ => None,
    };
    if let Some(header) = header {
        answer["headers"] = json!({ header: { "schema": { "type": "string" } } });
    }
    answer
}

fn example(code: Code) -> Value {
    let mut example = json!({
        "type": "about:blank",
        "title": code.title(),
        "status": code.status().as_u16(),
        "code": code.name(),
        "detail": code.title(),
    });
    if code == Code::Invalid {
        example["detail"] = json!("/timeConfig/hour is `24`: expected an integer from 0 to 23");
        example["errors"] = json!([
            { "pointer": "/timeConfig/hour", "value": "24", "expected": "an integer from 0 to 23" }
        ]);
    }
    example
}

fn problem() -> Value {
    let codes: Vec<_> = Code::ALL.iter().map(|code| code.name()).collect();
    json!({
        "type": "object",
        "description": "Why a request was refused (RFC 9457).",
        "required": ["type", "title", "status", "code", "detail"],
        "properties": {
            "type": { "type": "string", "description": "Always `about:blank`: the code says it all." },
            "title": { "type": "string", "description": "The same for every problem with this code." },
            "status": { "type": "integer", "format": "int32", "description": "The HTTP status." },
            "code": { "type": "string", "enum": codes, "description": "For programs: these words never change." },
            "detail": { "type": "string", "description": "What is wrong this time." },
            "errors": {
                "type": "array",
                "description": "Every faulty field.",
                "items": { "$ref": "#/components/schemas/FieldFault" }
            }
        }
    })
}

fn field_fault() -> Value {
    json!({
        "type": "object",
        "description": "What is wrong with one field.",
        "required": ["pointer", "value", "expected"],
        "properties": {
            "pointer": {
                "type": "string",
                "description": "The field as a JSON pointer into the body, or into the query as if it were an object."
            },
            "value": {
                "type": "string",
                "description": "The refused value, shortened, controls escaped; empty when the field is missing."
            },
            "expected": {
                "type": "string",
                "description": "What would be right, as a phrase that follows the word \"expected\"."
            }
        }
    })
}
