//! Events that start jobs and conditions that hold them back, seen from outside.

use poem::http::StatusCode;
use serde_json::{Value, json};

use crate::harness::Api;

async fn listening(api: &Api, project: &str, more: Value) -> Value {
    let mut body = json!({
        "projectId": project,
        "type": "GENERATE_CONTENT",
        "name": "Release notes",
        "frequency": "NONE",
        "timeConfig": { "timezone": "Europe/Berlin" },
        "listensTo": [{ "type": "RELEASE_PUBLISHED" }, { "type": "CUSTOM", "name": "build.finished" }],
    });
    for (name, value) in more.as_object().expect("fields") {
        body[name] = value.clone();
    }
    let answer = api.post("/api/cron/schedule", body).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{answer:?}");
    answer.json
}

#[tokio::test]
async fn an_event_is_answered_by_the_jobs_of_its_project_that_listen() {
    let api = Api::new().await;
    let project = api.project().await;
    let job = listening(&api, &project, json!({})).await;
    assert_eq!(job["listensTo"][1], json!({ "type": "CUSTOM", "name": "build.finished" }));
    let sent = api
        .post(
            "/api/events",
            json!({ "type": "RELEASE_PUBLISHED", "projectId": project, "data": { "tag": "v1" } }),
        )
        .await;
    assert_eq!(sent.status, StatusCode::ACCEPTED, "{sent:?}");
    assert_eq!(sent.json["executions"][0]["jobId"], job["id"]);
    let id = sent.json["executions"][0]["executionId"].as_str().expect("an id");
    let execution = api.get(&format!("/api/cron/executions/{id}")).await.json;
    assert_eq!(
        (&execution["trigger"], &execution["event"]["eventId"]),
        (&json!("EVENT"), &sent.json["eventId"])
    );
    assert_eq!(execution["event"]["data"], json!({ "tag": "v1" }));
    let listed = api.get("/api/cron/executions?trigger=EVENT").await.json;
    assert_eq!(listed["items"].as_array().map(Vec::len), Some(1));

    let custom = json!({ "type": "CUSTOM", "projectId": project, "name": "build.finished", "data": { "a": [1, null] } });
    assert_eq!(api.post("/api/events", custom).await.json["executions"].as_array().map(Vec::len), Some(1));
    let unheard =
        json!({ "type": "DEPLOYED", "projectId": project, "data": { "environment": "production" } });
    assert_eq!(api.post("/api/events", unheard).await.json["executions"], json!([]));
    let own = json!({ "type": "RELEASE_PUBLISHED", "data": { "tag": "v1" } });
    assert_eq!(
        api.post("/api/events", own).await.json["executions"],
        json!([]),
        "of the caller's own, none listens"
    );
}

#[tokio::test]
async fn what_is_no_event_is_refused_with_its_field() {
    let api = Api::new().await;
    let project = api.project().await;
    let refused = async |body: Value, pointer: &str| {
        let answer = api.post("/api/events", body).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{answer:?}");
        assert_eq!(answer.json["errors"][0]["pointer"], pointer);
    };
    refused(json!({ "type": "EARTHQUAKE", "data": {} }), "/type").await;
    refused(json!({ "type": "RELEASE_PUBLISHED", "data": {} }), "/data/tag").await;
    refused(json!({ "type": "RELEASE_PUBLISHED", "data": { "tag": "v1", "more": 1 } }), "/data/more").await;
    refused(json!({ "type": "CUSTOM", "name": "a b" }), "/name").await;
    let large = json!({ "type": "CUSTOM", "name": "big", "data": { "text": "x".repeat(20_000) } });
    refused(large, "/data").await;
    let nobody = format!("{}Z", &project[..project.len() - 1]);
    let elsewhere = json!({ "type": "RELEASE_PUBLISHED", "projectId": nobody, "data": { "tag": "v1" } });
    assert_eq!(api.post("/api/events", elsewhere).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_condition_is_shown_tried_changed_and_taken_away() {
    let api = Api::new().await;
    let project = api.project().await;
    let job = listening(&api, &project, json!({ "condition": " activity.items >= 5 " })).await;
    assert_eq!(job["condition"], "activity.items >= 5");
    let trial =
        json!({ "expression": "activity.items >= 5", "jobId": job["id"], "activity": { "items": 7 } });
    let tried = api.post("/api/cron/condition", trial).await;
    assert_eq!(
        (tried.status, &tried.json),
        (StatusCode::OK, &json!({ "holds": true, "values": { "activity.items": 7 } }))
    );
    let faulty = api.post("/api/cron/condition", json!({ "expression": "activity.items >=" })).await;
    assert_eq!(
        (faulty.status, &faulty.json["errors"][0]["pointer"]),
        (StatusCode::UNPROCESSABLE_ENTITY, &json!("/expression"))
    );
    let change = async |condition: Value| {
        api.patch("/api/cron/schedule", json!({ "id": job["id"], "condition": condition })).await
    };
    let wrong = change(json!("activity.pulls > 1")).await;
    assert_eq!(
        (wrong.status, &wrong.json["errors"][0]["pointer"]),
        (StatusCode::UNPROCESSABLE_ENTITY, &json!("/condition"))
    );
    assert_eq!(change(json!("last.hoursAgo > 3")).await.json["condition"], "last.hoursAgo > 3");
    assert_eq!(change(Value::Null).await.json["condition"], Value::Null);
    let deaf = api.patch("/api/cron/schedule", json!({ "id": job["id"], "listensTo": [] })).await;
    assert_eq!(deaf.json["listensTo"], json!([]));
}
