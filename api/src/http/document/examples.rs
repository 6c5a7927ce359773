//! Puts a worked example beside each request and each answer. A test holds every example to its schema.

use serde_json::Value;

use super::for_each_operation;

/// By operation: `request`, and `answer` for the status that means success.
const EXAMPLES: &str = include_str!("examples.json");

/// Adds the examples to the document.
pub(super) fn add(document: &mut Value) {
    let examples: Value = serde_json::from_str(EXAMPLES).unwrap_or_default();
    for_each_operation(document, |_, _, operation| {
        let id = operation["operationId"].as_str().unwrap_or_default().to_owned();
        let example = &examples[id.as_str()];
        let request = operation.pointer_mut("/requestBody/content/application~1json");
        if let (Some(content), Some(value)) = (request, example.get("request")) {
            content["example"] = value.clone();
        }
        let answers = operation.get_mut("responses").and_then(Value::as_object_mut);
        for (_, answer) in answers.into_iter().flatten().filter(|(status, _)| status.starts_with('2')) {
            if let (Some(content), Some(value)) =
                (answer.pointer_mut("/content/application~1json"), example.get("answer"))
            {
                content["example"] = value.clone();
            }
        }
    });
}
