//! Policies for what fails, and dead letters, as JSON spells them.

use poem::http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::harness::{Api, job_of};

/// Returns a job whose executions fail: its project writes for no platform.
async fn failing_job(api: &Api) -> String {
    let project = api.project().await;
    let none = json!({ "platforms": [{ "platform": "MARKDOWN", "isEnabled": false }] });
    assert_eq!(api.patch(&format!("/api/projects/{project}"), none).await.status, StatusCode::OK);
    let job = api.post("/api/cron/schedule", job_of(&project)).await;
    job.json["id"].as_str().expect("an id").to_owned()
}

/// Runs a job, and returns its execution once it has ended.
async fn ran(api: &Api, job: &str) -> Value {
    let run = api.post("/api/cron/trigger", json!({ "jobId": job })).await;
    let path = format!("/api/cron/executions/{}", run.json["executionId"].as_str().expect("an id"));
    loop {
        let execution = api.get(&path).await.json;
        if !execution["finishedAt"].is_null() {
            return execution;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
}

#[tokio::test]
async fn a_policy_says_how_failures_are_met_and_keeps_what_a_change_does_not_name() {
    let api = Api::new().await;
    let project = api.project().await;
    let mut body = job_of(&project);
    body["policy"] = json!({
        "retry": { "kind": "TABLE", "attemptsMax": 4, "delaysMs": [60_000, 600_000, 3_600_000], "untilMs": 86_400_000 },
        "timeouts": { "heartbeatMs": 90_000 },
        "autoPauseAfter": 0
    });
    let job = api.post("/api/cron/schedule", body).await;
    assert_eq!(job.status, StatusCode::CREATED, "{job:?}");
    let retry = &job.json["policy"]["retry"];
    assert_eq!((&retry["kind"], &retry["delaysMs"][2]), (&json!("TABLE"), &json!(3_600_000)));
    assert_eq!((&retry["untilMs"], &retry["baseMs"]), (&json!(86_400_000), &json!(15_000)));
    assert_eq!(job.json["policy"]["timeouts"]["heartbeatMs"], 90_000);
    assert_eq!(job.json["policy"]["autoPauseAfter"], 0);
    let change =
        json!({ "id": job.json["id"], "policy": { "retry": { "untilMs": 0 }, "autoPauseAfter": 3 } });
    let changed = api.patch("/api/cron/schedule", change).await;
    let retry = &changed.json["policy"]["retry"];
    assert_eq!((&retry["untilMs"], &retry["delaysMs"][0]), (&json!(0), &json!(60_000)));
    assert_eq!(changed.json["policy"]["autoPauseAfter"], 3);
}

#[tokio::test]
async fn what_a_policy_cannot_mean_is_refused_by_its_field() {
    let api = Api::new().await;
    let project = api.project().await;
    let cases = [
        (json!({ "retry": { "kind": "TABLE" } }), "/policy/retry/delaysMs"),
        (json!({ "retry": { "kind": "TABLE", "delaysMs": [] } }), "/policy/retry/delaysMs"),
        (
            json!({ "retry": { "kind": "TABLE", "delaysMs": [1_000, 1_000, 1_000] } }),
            "/policy/retry/delaysMs",
        ),
        (json!({ "retry": { "kind": "TABLE", "delaysMs": [1_000, 99] } }), "/policy/retry/delaysMs/1"),
        (json!({ "retry": { "kind": "TABLE", "delaysMs": [86_400_001] } }), "/policy/retry/delaysMs/0"),
        (json!({ "retry": { "kind": "SOMETIMES" } }), "/policy/retry/kind"),
        (json!({ "retry": { "untilMs": 999 } }), "/policy/retry/untilMs"),
        (json!({ "timeouts": { "heartbeatMs": 999 } }), "/policy/timeouts/heartbeatMs"),
        (json!({ "autoPauseAfter": 1_001 }), "/policy/autoPauseAfter"),
        (json!({ "autoPauseAfter": -1 }), "/policy/autoPauseAfter"),
    ];
    for (policy, pointer) in cases {
        let mut body = job_of(&project);
        body["policy"] = policy.clone();
        let refused = api.post("/api/cron/schedule", body).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{policy}");
        assert_eq!(refused.pointers(), [pointer], "{policy}");
    }
}

#[tokio::test]
async fn dead_letters_are_listed_run_again_and_dismissed() {
    let api = Api::new().await;
    let job = failing_job(&api).await;
    let mut all = Vec::new();
    for _ in 0..3 {
        let ended = ran(&api, &job).await;
        assert_eq!(ended["status"], "FAILED", "{ended:#}");
        let open = json!({ "state": "OPEN", "replayedBy": null, "settledAt": null });
        assert_eq!(ended["deadLetter"], open);
        all.push(ended["id"].as_str().expect("an id").to_owned());
    }
    let listed = async || {
        let found = api.get(&format!("/api/cron/executions?deadLetter=true&jobId={job}")).await;
        found.json["items"].as_array().expect("items").len()
    };
    assert_eq!(listed().await, 3);
    let dismissed = api.post(&format!("/api/cron/executions/{}/dismiss", all[0]), json!({})).await;
    assert_eq!(dismissed.json["deadLetter"]["state"], "DISMISSED", "{dismissed:?}");
    let replay = format!("/api/cron/executions/{}/replay", all[1]);
    let replayed = api.post(&replay, json!({ "fromFailedStep": true })).await;
    assert_eq!(replayed.status, StatusCode::ACCEPTED, "{replayed:?}");
    let settled = api.get(&format!("/api/cron/executions/{}", all[1])).await.json;
    assert_eq!(settled["deadLetter"]["replayedBy"], replayed.json["executionId"]);
    let both = api.post(&replay, json!({ "fromFailedStep": true, "fromStep": "scan" })).await;
    assert_eq!((both.status.as_u16(), both.pointers()), (422, vec!["/fromStep"]));
    let stats = api.get("/api/cron/executions?deadLetter=true&stats=true").await;
    assert_eq!((stats.status.as_u16(), stats.pointers()), (422, vec!["/stats"]));
}

#[tokio::test]
async fn dead_letters_of_a_job_or_a_project_are_settled_together_and_once() {
    let api = Api::new().await;
    let job = failing_job(&api).await;
    for _ in 0..2 {
        ran(&api, &job).await;
    }
    let replay = Some(json!({ "jobId": job, "limit": 1 }));
    let first = api.keyed("k", Method::POST, "/api/cron/dead-letters/replay", replay.as_ref()).await;
    assert_eq!(
        (&first.json["hasMore"], first.json["executionIds"].as_array().map(Vec::len)),
        (&json!(true), Some(1))
    );
    let again = api.keyed("k", Method::POST, "/api/cron/dead-letters/replay", replay.as_ref()).await;
    assert_eq!(again.json, first.json, "once for a key");
    let project = api.get(&format!("/api/cron/schedules/{job}")).await.json["projectId"].clone();
    for (body, pointer) in [
        (json!({}), "/jobId"),
        (json!({ "jobId": job, "projectId": project }), "/projectId"),
        (json!({ "jobId": job, "limit": 101 }), "/limit"),
    ] {
        for verb in ["replay", "dismiss"] {
            let refused = api.post(&format!("/api/cron/dead-letters/{verb}"), body.clone()).await;
            assert_eq!((refused.status.as_u16(), refused.pointers()), (422, vec![pointer]), "{verb} {body}");
        }
    }
    let unknown = json!({ "jobId": "job_01KAR6W1H2N4P6Q8R0S2T4V6W8" });
    for verb in ["replay", "dismiss"] {
        let refused = api.post(&format!("/api/cron/dead-letters/{verb}"), unknown.clone()).await;
        assert_eq!(refused.status, StatusCode::NOT_FOUND, "{verb}");
    }
    let dismissed = api.post("/api/cron/dead-letters/dismiss", json!({ "projectId": project })).await;
    assert_eq!(dismissed.status, StatusCode::OK, "{dismissed:?}");
    assert!(!dismissed.json["executionIds"].as_array().expect("ids").is_empty());
}

#[tokio::test]
async fn a_job_paused_by_its_failures_says_so_and_is_resumed_by_one_call() {
    let api = Api::new().await;
    let job = failing_job(&api).await;
    let change = json!({ "id": job, "policy": { "autoPauseAfter": 2 } });
    assert_eq!(api.patch("/api/cron/schedule", change).await.status, StatusCode::OK);
    for _ in 0..2 {
        ran(&api, &job).await;
    }
    let path = format!("/api/cron/schedules/{job}");
    let paused = api.get(&path).await.json;
    let pause = &paused["pauses"][0];
    assert_eq!((&pause["failures"], &pause["pausedBy"]), (&json!(2), &Value::Null), "{paused:#}");
    assert!(pause["reason"].as_str().expect("why").contains("no enabled platform"), "{pause:#}");
    assert_eq!(paused["nextRunAt"], Value::Null);
    let told = api.get("/api/notifications?event=job_paused").await.json;
    assert_eq!(told["items"].as_array().map(Vec::len), Some(1), "{told:#}");
    let resumed = api.post(&format!("{path}/resume"), json!({})).await;
    assert_eq!((resumed.status, &resumed.json["pauses"]), (StatusCode::OK, &json!([])));
    assert!(resumed.json["nextRunAt"].is_string());
}
