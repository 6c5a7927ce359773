//! Bad input gets a clear answer that names the field, changes nothing, and never harms the server.

use dateline_tests::client::{Answer, Client};
use dateline_tests::scene::Scene;
use serde_json::Value;

mod bytes;
mod lists;
mod projects;
mod schedules;

/// What a refusal is expected to say.
#[derive(Debug, Clone, Copy)]
struct Refusal {
    status: u16,
    code: &'static str,
    pointer: &'static str,
}

const fn invalid(pointer: &'static str) -> Refusal {
    Refusal { status: 422, code: "INVALID_REQUEST", pointer }
}

/// Sends `body` and checks the refusal: status, code, and that a fault names the field, its value and what is right.
#[track_caller]
fn refused(client: &Client, method: &str, path: &str, body: &Value, expected: Refusal) -> Answer {
    let answer = client.send(method, path, &[], Some(body.to_string().as_bytes()));
    let shown: String = body.to_string().chars().take(300).collect();
    assert_eq!(answer.status, expected.status, "{method} {path} {shown}: {}", answer.text);
    let problem = answer.problem(expected.status);
    assert_eq!(problem["code"], expected.code, "{method} {path} {shown}: {problem:#}");
    let faults = problem["errors"].as_array().cloned().unwrap_or_default();
    let named = faults.iter().find(|fault| fault["pointer"] == expected.pointer);
    let Some(fault) = named else {
        panic!("{method} {path} {shown}: {} is not named: {problem:#}", expected.pointer)
    };
    assert!(
        fault["expected"].as_str().is_some_and(|words| words.len() >= 3),
        "what is right is said: {problem:#}"
    );
    assert!(answer.text.len() < 4_096, "a refusal is short: {} bytes", answer.text.len());
    answer
}

/// Nothing was made by all the refused requests, and the server answers.
#[track_caller]
fn nothing_happened(scene: &Scene, projects: usize, jobs: usize) {
    assert_eq!(scene.client().all("/api/projects", 100).len(), projects);
    assert_eq!(scene.client().all("/api/cron/schedules", 100).len(), jobs);
    scene.client().get("/readyz").expect(200);
    assert!(!scene.server.said().contains("panicked"), "{}", scene.server.said());
}
