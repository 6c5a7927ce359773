//! `openapi/dateline.json` is what the server serves, and it says all a client must know.

use dateline_tests::repository;
use dateline_tests::scene::Scene;
use serde_json::Value;

/// Calls `check` with method, path and operation of every operation.
fn each_operation(contract: &Value, mut check: impl FnMut(&str, &str, &Value)) {
    for (path, item) in contract["paths"].as_object().expect("paths") {
        for (method, operation) in item.as_object().expect("operations") {
            if method != "parameters" {
                check(method, path, operation);
            }
        }
    }
}

#[test]
fn the_committed_contract_is_the_served_one() {
    let scene = Scene::new();
    let served = scene.server.stranger().get("/openapi.json");
    assert_eq!(served.header("content-type").split(';').next(), Some("application/json"));
    let committed =
        std::fs::read_to_string(repository::root().join("openapi/dateline.json")).expect("it is read");
    let committed: Value = serde_json::from_str(&committed).expect("JSON");
    assert!(served.expect(200) == committed, "openapi/dateline.json is not what is served");
    let page = scene.server.stranger().get("/docs");
    assert!(page.status == 200 && page.text.contains("<html"), "{}", page.status);
}

#[test]
fn every_call_of_the_design_is_there() {
    let contract = Scene::new().client().get("/openapi.json").expect(200);
    let calls = [
        "post /api/cron/schedule",
        "patch /api/cron/schedule",
        "get /api/cron/schedules",
        "get /api/cron/schedules/{id}",
        "patch /api/cron/schedules/{id}",
        "delete /api/cron/schedules/{id}",
        "get /api/cron/schedules/{id}/occurrences",
        "post /api/cron/trigger",
        "post /api/cron/preview",
        "get /api/cron/executions",
        "get /api/cron/executions/{id}",
        "get /api/cron/executions/{id}/logs",
        "post /api/cron/executions/{id}/cancel",
        "post /api/cron/executions/{id}/pause",
        "post /api/cron/executions/{id}/resume",
        "post /api/cron/executions/{id}/replay",
        "post /api/projects",
        "get /api/projects",
        "get /api/projects/{id}",
        "get /api/drafts",
        "get /api/drafts/{id}",
        "get /api/timezones",
        "post /api/backups",
        "get /healthz",
        "get /readyz",
    ];
    for call in calls {
        let (method, path) = call.split_once(' ').expect("two words");
        assert!(contract["paths"][path][method].is_object(), "{call} is missing");
    }
}

#[test]
fn every_operation_has_an_id_examples_and_its_refusals() {
    let contract = Scene::new().client().get("/openapi.json").expect(200);
    let mut ids = std::collections::BTreeSet::new();
    let mut lacking = Vec::new();
    each_operation(&contract, |method, path, operation| {
        let id = operation["operationId"].as_str().unwrap_or_default();
        if id.is_empty() || !ids.insert(id.to_owned()) {
            lacking.push(format!("{method} {path}: an id of its own"));
        }
        if operation["summary"].as_str().is_none_or(str::is_empty) {
            lacking.push(format!("{method} {path}: a summary"));
        }
        let is_open = ["/healthz", "/readyz", "/docs", "/openapi.json", "/api/notifications/unsubscribe"]
            .contains(&path);
        if !is_open && operation["responses"]["401"].is_null() {
            lacking.push(format!("{method} {path}: 401"));
        }
        let body = &operation["requestBody"]["content"]["application/json"];
        if body.is_object() {
            let has_example = [&body["example"], &body["examples"]].iter().any(|example| !example.is_null());
            if !has_example && resolved(&contract, &body["schema"])["example"].is_null() {
                lacking.push(format!("{method} {path}: an example of its body"));
            }
            for status in ["400", "413", "415", "422"] {
                if operation["responses"][status].is_null() {
                    lacking.push(format!("{method} {path}: {status}"));
                }
            }
        }
        for (status, response) in operation["responses"].as_object().expect("responses") {
            let is_problem = status.starts_with(['4', '5']) && path != "/readyz";
            if is_problem && resolved(&contract, response)["content"]["application/problem+json"].is_null() {
                lacking.push(format!("{method} {path}: {status} as problem+json"));
            }
        }
    });
    assert!(lacking.is_empty(), "{} lacking: {lacking:#?}", lacking.len());
    assert!(ids.len() >= 25, "{ids:?}");
}

/// Follows a reference within the document.
fn resolved<'a>(contract: &'a Value, node: &'a Value) -> &'a Value {
    match node["$ref"].as_str() {
        Some(reference) => contract.pointer(reference.trim_start_matches('#')).unwrap_or(node),
        None => node,
    }
}

#[test]
fn zones_are_listed_with_their_present_offset() {
    let scene = Scene::new();
    let told = scene.client().get("/api/timezones").expect(200);
    let zones = told["items"].as_array().expect("zones");
    assert!(zones.len() >= 590, "{}", zones.len());
    let kolkata =
        zones.iter().find(|zone| zone.to_string().contains("\"Asia/Kolkata\"")).expect("Asia/Kolkata");
    assert!(kolkata.to_string().contains("05:30") || kolkata.to_string().contains("19800"), "{kolkata}");
}
