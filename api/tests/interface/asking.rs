//! HTTP_REQUEST jobs through the interface: told whole, shown without secrets, one's own without a project.

use poem::http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::harness::Api;
use crate::people::join;

fn asking(payload: Value) -> Value {
    json!({
        "type": "HTTP_REQUEST",
        "name": "Ping",
        "frequency": "DAILY",
        "timeConfig": { "hour": 9, "minute": 30, "timezone": "Europe/Berlin" },
        "payload": payload,
    })
}

async fn check(api: &Api, payload: Value, pointer: &str) {
    let refused = api.post("/api/cron/schedule", asking(payload)).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{refused:?}");
    assert_eq!(refused.json["errors"][0]["pointer"], pointer, "{refused:?}");
    assert!(!refused.json.to_string().contains("c4n4ry"), "{refused:?}");
}

#[tokio::test]
async fn a_request_is_told_whole_and_shown_without_its_secrets() {
    let api = Api::new().await;
    let payload = json!({
        "method": "POST",
        "url": "https://example.com/hook?x=1",
        "headers": [{ "name": "Accept", "value": "application/json" }],
        "secretHeaders": [{ "name": "Authorization", "value": "Bearer c4n4ry-00112233" }],
        "body": "{}",
        "expectedStatuses": [200, 202],
        "timeoutMs": 5_000,
    });
    let made = api.post("/api/cron/schedule", asking(payload.clone())).await;
    assert_eq!(made.status, StatusCode::CREATED, "{made:?}");
    let mut shown = payload;
    shown["secretHeaders"] = json!([{ "name": "Authorization", "hint": "2233" }]);
    assert_eq!((&made.json["payload"], &made.json["projectId"]), (&shown, &Value::Null));
    assert!(made.json["ownerId"].as_str().is_some_and(|id| id.starts_with("usr_")), "{made:?}");
    let id = made.json["id"].as_str().expect("an id");
    let named = json!({ "url": "https://example.com/", "secretHeaders": [{ "name": "Authorization" }] });
    let changed = api.patch("/api/cron/schedule", json!({ "id": id, "payload": named })).await;
    assert_eq!(changed.json["payload"]["secretHeaders"][0]["hint"], "2233", "the value stays: {changed:?}");
    assert_eq!(changed.json["payload"]["method"], "GET");
    let valued = json!({ "url": "https://example.com/", "secretHeaders": [{ "name": "Authorization", "value": "c4n4ry" }] });
    let refused = api.post("/api/cron/trigger", json!({ "jobId": id, "payload": valued })).await;
    assert_eq!(refused.json["errors"][0]["pointer"], "/payload/secretHeaders/0/value", "{refused:?}");
    for path in [format!("/api/cron/schedules/{id}"), "/api/cron/schedules".into(), "/api/audit".into()] {
        let answer = api.get(&path).await;
        assert!(!answer.json.to_string().contains("c4n4ry"), "{answer:?}");
    }
    let run = api.post("/api/cron/trigger", json!({ "jobId": id })).await;
    assert_eq!(run.status, StatusCode::ACCEPTED, "{run:?}");
    let execution =
        api.get(&format!("/api/cron/executions/{}", run.json["executionId"].as_str().expect("one"))).await;
    assert_eq!(
        (&execution.json["type"], &execution.json["projectId"]),
        (&json!("HTTP_REQUEST"), &Value::Null)
    );
}

#[tokio::test]
async fn what_may_not_be_asked_is_refused_with_the_field_at_fault() {
    let api = Api::new().await;
    for url in ["http://169.254.169.254/", "http://[::1]/", "ftp://example.com/", "https://a:b@example.com/"]
    {
        check(&api, json!({ "url": url }), "/payload/url").await;
    }
    check(&api, json!({ "url": "https://example.com", "platforms": ["DEVTO"] }), "/payload/platforms").await;
    check(&api, json!({ "url": "https://example.com", "timeoutMs": 60_000 }), "/payload/timeoutMs").await;
    let host = json!([{ "name": "Host", "value": "x" }]);
    check(&api, json!({ "url": "https://example.com", "headers": host }), "/payload/headers/0/name").await;
    let lost = json!([{ "name": "X-Key" }]);
    let pointer = "/payload/secretHeaders/0/value";
    check(&api, json!({ "url": "https://example.com", "secretHeaders": lost }), pointer).await;
    let odd = json!([{ "name": "X-Key", "value": "c4n4ry\r\nX: y" }]);
    check(&api, json!({ "url": "https://example.com", "secretHeaders": odd }), pointer).await;
}

#[tokio::test]
async fn a_job_of_ones_own_is_there_for_its_maker_and_for_owners() {
    let api = Api::new().await;
    let (ana, bob) = (join(&api, "ana", "MEMBER").await, join(&api, "bob", "ADMIN").await);
    let body = asking(json!({ "url": "https://example.com" }));
    let made = api.ask(&ana.token, Method::POST, "/api/cron/schedule", Some(body)).await;
    assert_eq!(made.status, StatusCode::CREATED, "{made:?}");
    let path = format!("/api/cron/schedules/{}", made.json["id"].as_str().expect("an id"));
    assert_eq!(bob.get(&api, &path).await.status, StatusCode::NOT_FOUND);
    assert_eq!(bob.get(&api, "/api/cron/schedules").await.json["items"], json!([]));
    assert_eq!(api.get(&path).await.json["ownerId"], made.json["ownerId"], "the owner sees whose it is");
}
