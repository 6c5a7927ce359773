//! What is paused and resumed by command, and what a run by hand does to others.

use dateline_tests::history;
use serde_json::{Value, json};

use super::Operator;

#[test]
fn jobs_projects_and_everything_are_paused_and_resumed() {
    let operator = Operator::new();
    let repository = history::conventional();
    operator.set_up(repository.path());
    let paused = operator.json(&["job", "pause", "friday", "--reason", "holidays", "--until", "2099-01-04"]);
    let pause = &paused["pauses"][0];
    assert_eq!((&pause["level"], &pause["reason"]), (&json!("JOB"), &json!("holidays")));
    assert_eq!(pause["until"], "2099-01-04T00:00:00.000Z");
    assert!(paused["nextRunAt"].as_str().is_some_and(|next| next >= "2099-01-04"), "{paused}");
    let shown = operator.done(&["job", "show", "friday"]);
    assert!(shown.contains("2099-01-04") && shown.contains(": holidays"), "{shown}");
    assert_eq!(operator.json(&["job", "resume", "friday", "--run-latest"])["pauses"], json!([]));

    let project = operator.json(&["project", "pause", "App", "--until", "7d"]);
    assert_eq!(project["pause"]["level"], "PROJECT");
    operator.done(&["pause", "--reason", "the server moves"]);
    let job = operator.json(&["job", "show", "friday"]);
    let levels: Vec<_> = job["pauses"].as_array().expect("a list").iter().map(|it| &it["level"]).collect();
    assert_eq!(levels, ["PROJECT", "ENGINE"]);
    assert_eq!(job["nextRunAt"], Value::Null);
    let engine = operator.scene.client().get("/api/engine").json();
    assert_eq!((&engine["isPaused"], &engine["pause"]["reason"]), (&json!(true), &json!("the server moves")));
    let list = operator.done(&["job", "list"]);
    assert!(list.contains("paused"), "{list}");
    let member = operator.joined("Ana", "member");
    assert_eq!(operator.ran_as(&member, &["resume"]).code, Some(4), "admins resume everything");
    let told = operator.done(&["resume"]);
    assert!(told.contains("Nothing is paused as a whole"), "{told}");
    assert_eq!(operator.json(&["project", "resume", "App"])["pause"], Value::Null);
    let log = operator.done(&["audit"]);
    for action in ["JOB_PAUSED", "JOB_RESUMED", "PROJECT_PAUSED", "ENGINE_PAUSED", "ENGINE_RESUMED"] {
        assert!(log.contains(action), "{action}: {log}");
    }
    for arguments in [
        &["job", "pause", "friday", "--until", "yesterday"][..],
        &["job", "pause", "friday", "--until", "2020-01-01"],
        &["project", "pause", "App", "--until", "0d"],
    ] {
        operator.refused(arguments, 2);
    }
}

#[test]
fn a_request_to_pause_that_is_sent_again_is_told_the_first_answer() {
    let operator = Operator::new();
    let repository = history::conventional();
    let (project, job) = operator.set_up(repository.path());
    let client = operator.scene.client();
    for path in [
        format!("/api/cron/schedules/{job}/pause"),
        format!("/api/projects/{project}/pause"),
        "/api/engine/pause".to_owned(),
    ] {
        let body = json!({ "reason": "frozen" }).to_string();
        let ask = || {
            let headers = [("Idempotency-Key", path.as_str())];
            client.send("POST", &path, &headers, Some(body.as_bytes())).expect(200)
        };
        assert_eq!(ask(), ask(), "{path}");
    }
}

#[test]
fn a_run_by_hand_says_what_becomes_of_the_others() {
    let operator = Operator::new();
    let repository = history::conventional();
    operator.set_up(repository.path());
    // While everything is paused nothing starts: what is asked for waits.
    operator.done(&["pause"]);
    let first = operator.json(&["trigger", "friday"]);
    assert_eq!(first["status"], "QUEUED");
    assert_eq!(operator.json(&["trigger", "friday", "--overlap", "skip"])["status"], "SKIPPED");
    let newest = operator.json(&["trigger", "friday", "--overlap", "cancel-other"]);
    let first = operator.json(&["run", "show", first["executionId"].as_str().expect("an id")]);
    assert_eq!((&first["status"], &first["reason"]), (&json!("CANCELLED"), &json!("SUPERSEDED")));
    assert_eq!(first["supersededBy"], newest["executionId"]);
    operator.refused(&["trigger", "friday", "--overlap", "sometimes"], 2);
}
