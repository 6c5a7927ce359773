//! The fake's answers, held against GitHub's own description.
//!
//! Skipped, visibly, where the description is absent; a failure there under `CI`.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::{Map, Value, json};

use super::fake;
use super::scene::{Scene, issue, pull, sha};

/// What we ask GitHub.
pub(crate) const OPERATIONS: [&str; 12] = [
    fake::REPO,
    fake::REF,
    fake::COMPARE,
    fake::COMMITS,
    fake::COMMIT,
    fake::COMMIT_PULLS,
    fake::PULLS,
    fake::PULL,
    fake::PULL_FILES,
    fake::ISSUES,
    fake::RELEASES,
    fake::SEARCH,
];

/// Returns GitHub's description of what we ask, from beside the repository or from the npm package that `script/test`
/// installs.
pub(crate) fn description() -> Option<Value> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let places = [
        root.join("../shared/contracts/github/openapi.json"),
        root.join("tests/contracts/node_modules/@octokit/openapi/generated/api.github.com.json"),
    ];
    let Some(text) = places.iter().find_map(|place| std::fs::read_to_string(place).ok()) else {
        assert!(std::env::var_os("CI").is_none(), "GitHub's description is in none of {places:?}");
        println!("SKIPPED 1 contract test: GitHub's description is in none of {places:?}");
        return None;
    };
    Some(reduced(&serde_json::from_str(&text).expect("the description is JSON")))
}

/// Keeps the operations we ask and what they refer to. GitHub answers both media types alike; a mock server goes by
/// the letter, so each answer is described under both.
fn reduced(whole: &Value) -> Value {
    let mut paths = Map::new();
    for operation in OPERATIONS {
        let mut get = whole["paths"][operation]["get"].clone();
        for answer in get["responses"].as_object_mut().expect("answers").values_mut() {
            if let Some(content) = answer.get_mut("content").and_then(Value::as_object_mut)
                && let Some(json) = content.get("application/json").cloned()
            {
                content.insert("application/vnd.github+json".to_owned(), json);
            }
        }
        paths.insert(operation.to_owned(), json!({ "get": get }));
    }
    let mut components = json!({});
    let mut open = references(&Value::Object(paths.clone()));
    while let Some(reference) = open.pop() {
        let [kind, name] = reference.trim_start_matches("#/components/").split('/').collect::<Vec<_>>()[..]
        else {
            panic!("{reference} names no component");
        };
        if components[kind].get(name).is_none() {
            let found = whole["components"][kind][name].clone();
            open.extend(references(&found));
            components[kind][name] = found;
        }
    }
    json!({ "openapi": whole["openapi"], "info": whole["info"], "paths": paths, "components": components })
}

fn references(value: &Value) -> Vec<String> {
    match value {
        Value::Array(all) => all.iter().flat_map(references).collect(),
        Value::Object(all) => {
            let own = all.get("$ref").and_then(Value::as_str).map(str::to_owned);
            own.into_iter().chain(all.values().flat_map(references)).collect()
        }
        _ => Vec::new(),
    }
}

/// Spells `nullable` the way JSON Schema does.
fn nullable(value: Value) -> Value {
    match value {
        Value::Array(all) => all.into_iter().map(nullable).collect(),
        Value::Object(all) => {
            let mut all: Map<String, Value> =
                all.into_iter().map(|(key, value)| (key, nullable(value))).collect();
            if all.shift_remove("nullable") != Some(Value::Bool(true)) {
                return all.into();
            }
            if let Some(choices) = all.get_mut("enum").and_then(Value::as_array_mut) {
                choices.push(Value::Null);
            }
            match all.get("type").cloned() {
                Some(kind) => {
                    all.insert("type".to_owned(), json!([kind, "null"]));
                    all.into()
                }
                None => json!({ "anyOf": [all, { "type": "null" }] }),
            }
        }
        other => other,
    }
}

#[tokio::test]
async fn the_fake_answers_as_github_describes() {
    let Some(description) = description().map(nullable) else { return };
    let scene = Scene::with(4).await;
    {
        let mut state = scene.fake.state();
        state.commits[2].login = None;
        state.pulls.push(pull(7, "feat: tabs", "Fixes #9", &sha(4), &[sha(4)]));
        state.issues.push(issue(9, Some("completed")));
        state.issues.push(super::fake::FakeIssue { is_pull: true, ..issue(7, None) });
        state.releases.push(("v1".to_owned(), sha(4), "2026-11-23T11:00:10Z".to_owned()));
    }
    scene.since(1).await;
    scene
        .scan(dateline_core::source::ScanFrom::Date(super::scene::at("2026-11-01T00:00:00Z")))
        .await
        .expect("readable");
    let answered = std::mem::take(&mut scene.fake.state().answered);
    let asked: BTreeSet<&str> = answered.iter().map(|(operation, _)| *operation).collect();
    assert_eq!(asked, BTreeSet::from(OPERATIONS), "every operation is asked");
    let mut wrong = Vec::new();
    for operation in OPERATIONS {
        let answer = &description["paths"][operation]["get"]["responses"]["200"];
        let answer = match answer["$ref"].as_str() {
            Some(reference) => &description.pointer(&reference[1..]).expect("a component")["content"],
            None => &answer["content"],
        };
        let schema = json!({
            "allOf": [answer["application/json"]["schema"]],
            "components": description["components"],
        });
        let validator =
            jsonschema::options().with_draft(jsonschema::Draft::Draft4).build(&schema).expect("a schema");
        for (_, body) in answered.iter().filter(|(of, _)| *of == operation) {
            wrong.extend(validator.iter_errors(body).map(|error| {
                let told: String = error.to_string().chars().take(160).collect();
                format!("{operation} {}: {told}", error.instance_path())
            }));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
