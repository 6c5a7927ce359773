//! What nobody may set: fields that say whose a thing is, what somebody is, or when it was made, in every body there is.

use std::collections::BTreeSet;

use poem::http::StatusCode;
use serde_json::{Value, json};

use crate::harness::{Api, bare};

/// Fields that no caller may set, in both spellings.
const FOREIGN: [(&str, &str); 19] = [
    ("id", "prj_01KAR6V8G0M3N9T5X7Y2B4C6D8"),
    ("projectId", "prj_01KAR6V8G0M3N9T5X7Y2B4C6D8"),
    ("project_id", "prj_01KAR6V8G0M3N9T5X7Y2B4C6D8"),
    ("ownerId", "usr_01KAR6V8G0M3N9T5X7Y2B4C6D8"),
    ("owner_id", "usr_01KAR6V8G0M3N9T5X7Y2B4C6D8"),
    ("owner", "usr_01KAR6V8G0M3N9T5X7Y2B4C6D8"),
    ("userId", "usr_01KAR6V8G0M3N9T5X7Y2B4C6D8"),
    ("user_id", "usr_01KAR6V8G0M3N9T5X7Y2B4C6D8"),
    ("role", "OWNER"),
    ("status", "ACTIVE"),
    ("isAdmin", "true"),
    ("is_admin", "true"),
    ("isConfined", "false"),
    ("scopes", "ADMIN"),
    ("generation", "9"),
    ("version", "9"),
    ("createdAt", "2026-01-01T00:00:00Z"),
    ("created_at", "2026-01-01T00:00:00Z"),
    ("__proto__", "x"),
];

/// Where one of these is what the operation is about; the matrix of roles and scopes holds who may say it, and
/// `others.rs` where a schedule may go.
const MEANT: [(&str, &str); 10] = [
    ("sendEvent", "/projectId"),
    ("changeSchedule", "/id"),
    ("changeSchedule", "/projectId"),
    ("changeUser", "/role"),
    ("changeUser", "/status"),
    ("createInvitation", "/role"),
    ("createPasswordReset", "/userId"),
    ("createSchedule", "/projectId"),
    ("createToken", "/scopes"),
    ("createToken", "/scopes/0"),
];

/// Returns the pointers of `value` and of every object within it.
fn objects(value: &Value, at: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            found.push(at.to_owned());
            fields.iter().for_each(|(name, value)| objects(value, &format!("{at}/{name}"), found));
        }
        Value::Array(items) => {
            (0..).zip(items).for_each(|(index, item): (usize, _)| {
                objects(item, &format!("{at}/{index}"), found);
            });
        }
        _ => {}
    }
}

#[tokio::test]
async fn no_body_moves_raises_or_backdates_anything() {
    let api = Api::new().await;
    let document: Value = serde_json::from_str(dateline_openapi::DOCUMENT).expect("a document");
    let mut asked = 0;
    let mut meant: BTreeSet<&(&str, &str)> = BTreeSet::new();
    for (path, item) in document["paths"].as_object().expect("paths") {
        for (method, operation) in item.as_object().expect("operations") {
            let example = operation.pointer("/requestBody/content/application~1json/example");
            let Some(example) = example else { continue };
            let id = operation["operationId"].as_str().expect("an id");
            let kind = ["projects", "schedules", "executions", "drafts", "users"].into_iter();
            let kind = kind.zip(["prj", "job", "exe", "dft", "usr"]).find(|(part, _)| path.contains(part));
            let unknown = format!("{}_01KAR6V8G0M3N9T5X7Y2B4C6D8", kind.map_or("prj", |(_, kind)| kind));
            let path = path.replace("{id}", &unknown).replace("{userId}", "usr_01KAR6V8G0M3N9T5X7Y2B4C6D8");
            let mut places = Vec::new();
            objects(example, "", &mut places);
            for (place, (field, value)) in places.iter().flat_map(|it| FOREIGN.iter().map(move |f| (it, f))) {
                let pointer = format!("{place}/{field}");
                let mut body = example.clone();
                let object = body.pointer_mut(place).and_then(Value::as_object_mut).expect("an object");
                object.insert((*field).to_owned(), json!(value));
                let method = method.to_uppercase().parse().expect("a method");
                let request = match operation.get("security") {
                    Some(_) => api.request(method, &path),
                    None => bare(method, &path),
                };
                let answer = api.send(request.content_type("application/json").body(body.to_string())).await;
                let is_refused = answer.status == StatusCode::UNPROCESSABLE_ENTITY
                    && answer.pointers().iter().any(|told| *told == pointer);
                let is_meant = MEANT.iter().find(|it| (it.0, it.1) == (id, pointer.as_str()));
                assert!(is_refused || is_meant.is_some(), "{id} takes {pointer}: {answer:?}");
                meant.extend(is_meant);
                asked += 1;
            }
        }
    }
    assert!(asked > 400, "only {asked} bodies");
    let unused: Vec<_> = MEANT.iter().filter(|it| !meant.contains(it) && !it.1.ends_with("/0")).collect();
    assert!(unused.is_empty(), "{unused:?}");
}
