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
    assert!(is_same, "run `bash script/generate` and read the difference");
}

#[test]
fn every_operation_needs_a_credential_but_five() {
    let mut open = BTreeSet::new();
    each_operation(|path, _, operation| {
        let needs = ["x-scope", "x-role"].iter().all(|name| operation[*name].is_string());
        if !needs || operation["security"] != serde_json::json!([{ "token": [] }, { "session": [] }]) {
            open.insert(path.to_owned());
        }
    });
    // What is shown there instead: a password, a code, the token of a link in a mail.
    let known = [
        "/api/invitations/accept",
        "/api/notifications/unsubscribe",
        "/api/password-resets/accept",
        "/api/sessions",
        "/healthz",
        "/readyz",
    ];
    assert_eq!(open, BTreeSet::from(known.map(str::to_owned)));
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
fn every_link_leads_to_what_takes_it() {
    let mut operations = std::collections::BTreeMap::new();
    each_operation(|_, _, operation| {
        operations.insert(operation["operationId"].as_str().expect("an id").to_owned(), operation.clone());
    });
    let mut count = 0;
    for operation in operations.values() {
        for answer in operation["responses"].as_object().expect("answers").values() {
            for link in answer["links"].as_object().into_iter().flatten().map(|(_, link)| link) {
                count += 1;
                let target = &operations[link["operationId"].as_str().expect("an id")];
                let takes = target["parameters"].as_array().cloned().unwrap_or_default();
                for name in link["parameters"].as_object().into_iter().flatten().map(|(name, _)| name) {
                    assert!(takes.iter().any(|it| it["name"] == name.as_str()), "{link}");
                }
                assert!(link.get("requestBody").is_none() || target.get("requestBody").is_some(), "{link}");
            }
        }
    }
    assert!(count > 30, "the links are there: {count}");
}

#[test]
fn every_example_fits_its_schema() {
    let document = document();
    let contract = Contract::compile(&published()).expect("it can be read");
    let json = HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static("application/json"))]);
    each_operation(|path, method, operation| {
        let method: Method = method.to_uppercase().parse().expect("a method");
        let place = format!("{method} {path}");
        let path =
            path.replace("{id}", example_id(path)).replace("{userId}", "usr_01KAR6V8G0M3N9T5X7Y2B4C6D8");
        let known = contract.operation(&method, &path).expect("it is in the contract");
        if let Some(body) = operation.pointer("/requestBody/content/application~1json") {
            let example = body.get("example").unwrap_or_else(|| panic!("{place}: no example"));
            known.check_body(&json, example.to_string().as_bytes()).expect(&place);
        }
        let answers = operation["responses"].as_object().expect("answers").clone();
        for (status, answer) in
            answers.iter().filter(|(status, _)| status.starts_with('2') && *status != "204")
        {
            // What is no JSON is for programs that have a format of their own.
            if answer.pointer("/content/application~1json").is_none() {
                let has_example = answer.pointer("/content/text~1event-stream/example").is_some();
                let is_text =
                    path == "/metrics" || answer.pointer("/content/text~1html; charset=utf-8").is_some();
                assert!(has_example || is_text, "{place}: no example for {status}");
                continue;
            }
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
        path if path.starts_with("/api/tokens") => "tok_01KAR6V8G0M3N9T5X7Y2B4C6D8",
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
