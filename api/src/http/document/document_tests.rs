use std::collections::BTreeSet;

use poem::http::Method;
use poem::http::header::{CONTENT_TYPE, HeaderMap, HeaderValue};

use super::*;
use crate::http::contract::{Contract, answer_faults};

fn document() -> Value {
    serde_json::from_str(&published()).expect("JSON")
}

fn each_operation(visit: impl FnMut(&str, &str, &mut Value)) {
    let mut document = document();
    for_each_operation(&mut document, visit);
}

#[test]
fn the_committed_document_is_what_the_handlers_say() {
    let is_same = dateline_openapi::DOCUMENT == published();
    assert!(is_same, "run `cargo run -p dateline-api --example write_openapi` and read the difference");
}

#[test]
fn every_operation_needs_the_owner_but_the_probes() {
    let mut open = BTreeSet::new();
    each_operation(|path, _, operation| {
        if operation["security"] != serde_json::json!([{ "ownerToken": [] }]) {
            open.insert(path.to_owned());
        }
    });
    assert_eq!(open, BTreeSet::from(["/healthz".to_owned(), "/readyz".to_owned()]));
}

#[test]
fn every_operation_is_described_whole() {
    let mut ids = BTreeSet::new();
    each_operation(|path, method, operation| {
        let place = format!("{method} {path}");
        let id = operation["operationId"].as_str().expect("an id");
        assert!(ids.insert(id.to_owned()), "{place}: {id} is not the only one");
        for text in ["summary", "description"] {
            assert!(operation[text].as_str().is_some_and(|text| !text.is_empty()), "{place}: {text}");
        }
        for status in ["400", "422", "500", "503"] {
            assert!(operation["responses"].get(status).is_some(), "{place}: {status}");
        }
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            assert!(parameter["description"].is_string(), "{place}: {}", parameter["name"]);
        }
    });
}

#[test]
fn every_example_fits_its_schema() {
    let document = document();
    let contract = Contract::compile(&published()).expect("it can be read");
    let json = HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static("application/json"))]);
    each_operation(|path, method, operation| {
        let method: Method = method.to_uppercase().parse().expect("a method");
        let place = format!("{method} {path}");
        let path = path.replace("{id}", example_id(path));
        let known = contract.operation(&method, &path).expect("it is in the contract");
        if let Some(body) = operation.pointer("/requestBody/content/application~1json") {
            let example = body.get("example").unwrap_or_else(|| panic!("{place}: no example"));
            known.check_body(&json, example.to_string().as_bytes()).expect(&place);
        }
        let answers = operation["responses"].as_object().expect("answers").clone();
        for (status, answer) in
            answers.iter().filter(|(status, _)| status.starts_with('2') && *status != "204")
        {
            let example = answer.pointer("/content/application~1json/example");
            let example = example.unwrap_or_else(|| panic!("{place}: no example for {status}"));
            let status = status.parse().expect("a status");
            let faults = answer_faults(&document, operation, status, "application/json", example);
            assert_eq!(faults.expect(&place), [], "{place}");
        }
    });
}

fn example_id(path: &str) -> &'static str {
    match path {
        path if path.starts_with("/api/projects") => "prj_01KAR6V8G0M3N9T5X7Y2B4C6D8",
        path if path.starts_with("/api/cron/schedules") => "job_01KAR6V8G0M3N9T5X7Y2B4C6D8",
        path if path.starts_with("/api/cron/executions") => "exe_01KAR6V8G0M3N9T5X7Y2B4C6D8",
        _ => "dft_01KAR6V8G0M3N9T5X7Y2B4C6D8",
    }
}

#[test]
fn no_request_takes_fields_that_are_not_named() {
    let document = document();
    for name in
        ["JobCreate", "JobPatch", "TimeConfigBody", "PolicyBody", "ProjectCreate", "TargetBody_FeedTarget"]
    {
        let schema = &document["components"]["schemas"][name];
        assert_eq!(schema["additionalProperties"], Value::Bool(false), "{name}");
    }
}
