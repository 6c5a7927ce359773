//! What runs when: limits, keys, rates, debounce, and why something waits.

use poem::http::StatusCode;
use serde_json::{Value, json};

use crate::harness::{Api, job_of};

async fn change_policy(api: &Api, job: &str, policy: Value) -> crate::harness::Answer {
    api.patch("/api/cron/schedule", json!({ "id": job, "policy": policy })).await
}

#[tokio::test]
async fn limits_are_settings_and_null_goes_back() {
    let api = Api::new().await;
    let read = api.get("/api/settings").await;
    assert_eq!((&read.json["projectsMax"], &read.json["projectsMaxAtStart"]), (&json!(5), &json!(5)));
    let set = api.patch("/api/settings", json!({ "projectsMax": 12 })).await;
    assert_eq!((set.status, &set.json["projectsMax"]), (StatusCode::OK, &json!(12)));
    assert_eq!(api.get("/api/settings").await.json["projectsMaxAtStart"], 5);
    assert_eq!(api.patch("/api/settings", json!({ "signInFailuresMax": 9 })).await.json["projectsMax"], 12);
    assert_eq!(api.patch("/api/settings", json!({ "projectsMax": null })).await.json["projectsMax"], 5);
    for wrong in [json!(0), json!(1_001), json!("5")] {
        let refused = api.patch("/api/settings", json!({ "projectsMax": wrong })).await;
        assert_eq!(
            (refused.status, refused.pointers()),
            (StatusCode::UNPROCESSABLE_ENTITY, vec!["/projectsMax"])
        );
    }
    let path = format!("/api/projects/{}", api.project().await);
    assert_eq!(api.get(&path).await.json["executionsMax"], 1);
    assert_eq!(api.patch(&path, json!({ "executionsMax": 3 })).await.json["executionsMax"], 3);
    assert_eq!(api.patch(&path, json!({ "executionsMax": 0 })).await.pointers(), ["/executionsMax"]);
}

#[tokio::test]
async fn a_policy_takes_limits_and_null_removes_them() {
    let api = Api::new().await;
    let job = api.job().await;
    let concurrency = json!({ "key": "model-{projectId}", "limit": 2, "onLimit": "DROP" });
    let rate = json!({ "max": 10, "perMs": 60_000, "key": "{payload.platforms.0}" });
    let policy = json!({
        "concurrency": concurrency, "rateLimit": rate, "debounceMs": 5_000, "debounceMaxMs": 20_000, "debounceKey": "{type}",
    });
    let set = change_policy(&api, &job, policy.clone()).await;
    assert_eq!(set.status, StatusCode::OK, "{:?}", set.json);
    for (name, value) in policy.as_object().expect("fields") {
        assert_eq!(&set.json["policy"][name], value, "{name}");
    }
    let kept = change_policy(&api, &job, json!({ "priority": 7 })).await;
    assert_eq!(
        (&kept.json["policy"]["concurrency"], &kept.json["policy"]["rateLimit"]),
        (&concurrency, &rate)
    );
    let removed =
        change_policy(&api, &job, json!({ "concurrency": null, "rateLimit": null, "debounceMs": null }))
            .await;
    for name in ["concurrency", "rateLimit", "debounceMs", "debounceMaxMs", "debounceKey"] {
        assert_eq!(removed.json["policy"].get(name), None, "{name}");
    }
}

#[tokio::test]
async fn wrong_limits_are_named_with_what_would_be_right() {
    let api = Api::new().await;
    let job = api.job().await;
    let cases = [
        (json!({ "concurrency": { "key": "{nonsense}", "limit": 1 } }), "/policy/concurrency/key"),
        (json!({ "concurrency": { "key": "{jobId", "limit": 1 } }), "/policy/concurrency/key"),
        (json!({ "concurrency": { "key": "a", "limit": 0 } }), "/policy/concurrency/limit"),
        (
            json!({ "concurrency": { "key": "a", "limit": 1, "onLimit": "WAIT" } }),
            "/policy/concurrency/onLimit",
        ),
        (json!({ "rateLimit": { "max": 1, "perMs": 1 } }), "/policy/rateLimit/perMs"),
        (json!({ "rateLimit": { "max": 1, "perMs": 1_000, "key": "}" } }), "/policy/rateLimit/key"),
        (json!({ "debounceMs": 1 }), "/policy/debounceMs"),
        (json!({ "debounceMs": 2_000, "debounceMaxMs": 1_000 }), "/policy/debounceMaxMs"),
        (json!({ "debounceMs": 2_000, "debounceKey": "{payload}" }), "/policy/debounceKey"),
    ];
    for (policy, pointer) in cases {
        let refused = change_policy(&api, &job, policy.clone()).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{policy}");
        assert_eq!(refused.pointers(), [pointer], "{policy}");
    }
}

#[tokio::test]
async fn what_waits_says_why_in_lists_and_alone() {
    let api = Api::new().await;
    assert_eq!(api.post("/api/engine/pause", json!({ "reason": "frozen" })).await.status, StatusCode::OK);
    let job = api.job().await;
    let triggered = api.post("/api/cron/trigger", json!({ "jobId": job })).await;
    let execution = triggered.json["executionId"].as_str().expect("an id");
    let read = api.get(&format!("/api/cron/executions/{execution}")).await;
    let waiting = &read.json["waitingFor"];
    assert_eq!((&waiting["kind"], &waiting["until"]), (&json!("PAUSED_ENGINE"), &json!(null)));
    assert_eq!(waiting["text"], "Everything is paused until somebody resumes it.");
    let listed = api.get("/api/cron/executions").await;
    assert_eq!(&listed.json["items"][0]["waitingFor"], waiting);
}

#[tokio::test]
async fn triggers_that_wait_for_each_other_share_an_execution() {
    let api = Api::new().await;
    let project = api.project().await;
    let mut job = job_of(&project);
    job["policy"] = json!({ "debounceMs": 3_600_000 });
    let job = api.post("/api/cron/schedule", job).await.json["id"].as_str().expect("an id").to_owned();
    let trigger =
        async || api.post("/api/cron/trigger", json!({ "jobId": job })).await.json["executionId"].clone();
    let first = trigger().await;
    assert_eq!(trigger().await, first);
    let read = api.get(&format!("/api/cron/executions/{}", first.as_str().expect("an id"))).await;
    assert_eq!((&read.json["triggers"], &read.json["waitingFor"]["kind"]), (&json!(2), &json!("DEBOUNCED")));
}
