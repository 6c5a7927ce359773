//! Jobs that run when others have ended, seen from outside.

use poem::http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::harness::Api;

/// Creates a job that no clock wakes.
async fn unscheduled(api: &Api, project: &str, name: &str, depends_on: Value) -> Value {
    let mut body = json!({
        "projectId": project,
        "type": "GENERATE_CONTENT",
        "name": name,
        "frequency": "NONE",
        "timeConfig": { "timezone": "Europe/Berlin" },
    });
    if !depends_on.is_null() {
        body["dependsOn"] = depends_on;
    }
    let answer = api.post("/api/cron/schedule", body).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{answer:?}");
    answer.json
}

#[tokio::test]
async fn a_job_shows_what_stands_above_and_below_it() {
    let api = Api::new().await;
    let project = api.project().await;
    let first = unscheduled(&api, &project, "First", Value::Null).await;
    assert_eq!((&first["nextRunAt"], &first["dependsOn"]), (&json!(null), &json!(null)));
    assert_eq!(first["description"], "Not by the clock (Europe/Berlin)");
    let second = unscheduled(&api, &project, "Second", json!({ "jobs": [first["id"]] })).await;
    let whole = json!({ "jobs": [first["id"]], "mode": "ALL", "on": "SUCCESS" });
    assert_eq!((&second["dependsOn"], second.get("upstream")), (&whole, None));
    let path = |job: &Value| format!("/api/cron/schedules/{}", job["id"].as_str().expect("an id"));
    let above = api.get(&path(&second)).await.json;
    assert_eq!((&above["upstream"][0]["name"], &above["downstream"]), (&json!("First"), &json!([])));
    assert_eq!(above["upstream"][0]["noted"], json!(null));
    let below = api.get(&path(&first)).await.json;
    assert_eq!((&below["upstream"], &below["downstream"][0]["name"]), (&json!([]), &json!("Second")));
    let listed = api.get("/api/cron/schedules").await.json;
    assert!(listed["items"][0].get("upstream").is_none());

    let change = |depends_on: Value| json!({ "id": second["id"], "dependsOn": depends_on });
    let any = json!({ "jobs": [first["id"]], "mode": "ANY", "on": "FAILURE" });
    let changed = api.patch("/api/cron/schedule", change(any.clone())).await;
    assert_eq!(changed.json["dependsOn"], any);
    let renamed = api.patch("/api/cron/schedule", json!({ "id": second["id"], "name": "Other" })).await;
    assert_eq!(renamed.json["dependsOn"], any);
    let none = api.patch("/api/cron/schedule", change(Value::Null)).await;
    assert_eq!((none.status, &none.json["dependsOn"]), (StatusCode::OK, &json!(null)));
    assert_eq!(api.get(&path(&first)).await.json["downstream"], json!([]));
}

#[tokio::test]
async fn what_cannot_be_depended_on_is_named() {
    let api = Api::new().await;
    let project = api.project().await;
    let first = unscheduled(&api, &project, "First", Value::Null).await;
    let second = unscheduled(&api, &project, "Second", json!({ "jobs": [first["id"]] })).await;
    let refused = async |depends_on: Value| {
        let change = json!({ "id": first["id"], "dependsOn": depends_on });
        let answer = api.patch("/api/cron/schedule", change).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{answer:?}");
        let fault = &answer.json["errors"][0];
        (fault["pointer"].as_str().unwrap_or_default().to_owned(), fault["expected"].to_string())
    };
    let (pointer, expected) = refused(json!({ "jobs": [second["id"]] })).await;
    assert_eq!(pointer, "/dependsOn/jobs/0");
    assert!(expected.contains("`First` → `Second` → `First`"), "{expected}");
    let stranger = "job_01KAR6V8G0M3N9T5X7Y2B4C6D8";
    for (depends_on, wanted) in [
        (json!({ "jobs": [stranger] }), "/dependsOn/jobs/0"),
        (json!({ "jobs": [] }), "/dependsOn/jobs"),
        (json!({ "jobs": "all" }), "/dependsOn/jobs"),
        (json!({ "jobs": [second["id"], second["id"]] }), "/dependsOn/jobs/1"),
        (json!({ "jobs": [second["id"]], "mode": "SOME" }), "/dependsOn/mode"),
        (json!({ "jobs": [second["id"]], "on": "COMPLETED" }), "/dependsOn/on"),
        (json!({ "jobs": [second["id"]], "after": 1 }), "/dependsOn/after"),
        (json!({}), "/dependsOn/jobs"),
    ] {
        assert_eq!(refused(depends_on.clone()).await.0, wanted, "{depends_on}");
    }
    let times = json!({ "id": first["id"], "timeConfig": { "hour": 9, "timezone": "UTC" } });
    assert_eq!(api.patch("/api/cron/schedule", times).await.pointers(), ["/timeConfig/hour"]);
}

#[tokio::test]
async fn what_follows_names_what_it_follows() {
    let api = Api::new().await;
    let project = api.project().await;
    let first = unscheduled(&api, &project, "First", Value::Null).await;
    let depends_on = json!({ "jobs": [first["id"]], "mode": "ANY", "on": "ANY" });
    let second = unscheduled(&api, &project, "Second", depends_on).await;
    let triggered = api.post("/api/cron/trigger", json!({ "jobId": first["id"] })).await;
    let id = triggered.json["executionId"].as_str().expect("an id").to_owned();
    let path = format!("/api/cron/executions/{id}");
    let follower = loop {
        let read = api.get(&path).await.json;
        if let Some(follower) = read["followers"].get(0) {
            assert_eq!(read["follows"], json!([]));
            break follower.clone();
        }
        tokio::task::yield_now().await;
    };
    let read = api.get(&format!("/api/cron/executions/{}", follower.as_str().expect("an id"))).await.json;
    assert_eq!((&read["trigger"], &read["follows"]), (&json!("DEPENDENCY"), &json!([id])));
    assert_eq!(read["jobId"], second["id"]);
    let listed = api.get("/api/cron/executions?trigger=DEPENDENCY").await.json;
    assert_eq!((&listed["items"][0]["id"], listed["items"].as_array().map(Vec::len)), (&follower, Some(1)));
    let taken = api.send_json(Method::GET, "/api/cron/executions?trigger=DEPENDENCIES", "").await;
    assert_eq!(taken.status, StatusCode::UNPROCESSABLE_ENTITY);
}
