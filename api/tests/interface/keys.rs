//! Requests under an idempotency key: once, whoever sends them again.

use std::time::Duration;

use futures::future::join_all;
use poem::http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::harness::{Answer, Api, job_of};

async fn executions(api: &Api) -> usize {
    api.get("/api/cron/executions?limit=200").await.json["items"].as_array().expect("items").len()
}

/// Sends a request twice under one key, and returns the answer both times gave.
async fn twice(api: &Api, key: &str, method: Method, path: &str, body: Option<Value>) -> Answer {
    let first = api.keyed(key, method.clone(), path, body.as_ref()).await;
    assert!(first.status.is_success(), "{method} {path} {first:?}");
    assert!(!first.headers.contains_key("idempotency-replayed"));
    let again = api.keyed(key, method.clone(), path, body.as_ref()).await;
    assert_eq!((again.status, &again.json), (first.status, &first.json), "{method} {path}");
    assert_eq!(again.headers.get("content-type"), first.headers.get("content-type"), "{method} {path}");
    assert_eq!(again.headers["idempotency-replayed"], "true");
    first
}

#[tokio::test]
async fn every_write_gives_its_first_answer_again() {
    let api = Api::new().await;
    let new = json!({ "name": "Anchor", "source": { "kind": "GIT", "path": "/repository" } });
    let project = twice(&api, "a", Method::POST, "/api/projects", Some(new)).await;
    let id = project.json["id"].as_str().expect("an id");
    let project = format!("/api/projects/{id}");
    let changed = twice(&api, "b", Method::PATCH, &project, Some(json!({ "name": "New" }))).await;
    assert_eq!(changed.json["version"], 2);
    let job = twice(&api, "c", Method::POST, "/api/cron/schedule", Some(job_of(id))).await;
    let id = job.json["id"].as_str().expect("an id");
    let renamed = json!({ "id": id, "name": "Nightly" });
    twice(&api, "d", Method::PATCH, "/api/cron/schedule", Some(renamed)).await;
    let job = format!("/api/cron/schedules/{id}");
    // What flips would flip back if it were done twice.
    assert_eq!(twice(&api, "e", Method::PATCH, &job, None).await.json["isEnabled"], false);
    assert_eq!(api.get(&job).await.json["isEnabled"], false);
    let asked = json!({ "jobId": id });
    let run = twice(&api, "f", Method::POST, "/api/cron/trigger", Some(asked)).await;
    let execution = format!("/api/cron/executions/{}", run.json["executionId"].as_str().expect("an id"));
    let ended = async || api.get(&execution).await.json["finishedAt"].is_string();
    while !ended().await {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    twice(&api, "g", Method::POST, &format!("{execution}/replay"), None).await;
    assert_eq!(executions(&api).await, 2);
    twice(&api, "j", Method::DELETE, &job, None).await;
    twice(&api, "k", Method::DELETE, &project, None).await;
    let config = json!({ "hour": 2, "minute": 30, "timezone": "Europe/Paris" });
    let ask = json!({ "frequency": "DAILY", "timeConfig": config });
    twice(&api, "l", Method::POST, "/api/cron/preview", Some(ask)).await;
    twice(&api, "m", Method::POST, "/api/backups", None).await;
}

#[tokio::test]
async fn a_key_names_one_request_and_no_other() {
    let api = Api::new().await;
    let body = json!({ "jobId": api.job().await });
    api.keyed("k", Method::POST, "/api/cron/trigger", Some(&body)).await;
    let id = body["jobId"].as_str().expect("an id");
    let others = [
        (Method::POST, "/api/cron/trigger".to_owned(), Some(json!({ "jobId": id, "payload": {} }))),
        (Method::PATCH, format!("/api/cron/schedules/{id}"), None),
        (Method::DELETE, format!("/api/cron/schedules/{id}"), None),
    ];
    for (method, path, body) in others {
        let answer = api.keyed("k", method, &path, body.as_ref()).await;
        assert_eq!((answer.status, answer.code()), (StatusCode::CONFLICT, "IDEMPOTENCY_CONFLICT"), "{path}");
    }
    assert_eq!(executions(&api).await, 1);
    assert!(api.keyed("k", Method::GET, "/api/projects", None).await.status.is_success());
}

#[tokio::test]
async fn a_refused_request_leaves_the_key_free() {
    let api = Api::new().await;
    let unknown = json!({ "jobId": "job_01KAR6V8G0M3N9T5X7Y2B4C6D8" });
    let refused = api.keyed("k", Method::POST, "/api/cron/trigger", Some(&unknown)).await;
    assert_eq!(refused.status, StatusCode::NOT_FOUND);
    let faulty = api.keyed("k", Method::POST, "/api/cron/trigger", Some(&json!({ "jobId": 7 }))).await;
    assert_eq!(faulty.status, StatusCode::UNPROCESSABLE_ENTITY);
    let right = json!({ "jobId": api.job().await });
    assert_eq!(
        api.keyed("k", Method::POST, "/api/cron/trigger", Some(&right)).await.status,
        StatusCode::ACCEPTED
    );
}

#[tokio::test]
async fn names_that_are_none_are_refused() {
    let api = Api::new().await;
    let body = json!({ "jobId": api.job().await });
    for name in ["", "a b", &"x".repeat(256), &"x".repeat(300)] {
        let answer = api.keyed(name, Method::POST, "/api/cron/trigger", Some(&body)).await;
        assert_eq!(answer.pointers(), ["/Idempotency-Key"], "{name:?}");
    }
    let binary = poem::http::HeaderValue::from_bytes(b"\xff\xfe").expect("bytes");
    let request = api.request(Method::POST, "/api/cron/trigger").header("idempotency-key", binary);
    let answer = api.send(request.content_type("application/json").body(body.to_string())).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(executions(&api).await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_at_once_make_one_and_get_its_answer() {
    let api = Api::new().await;
    let body = json!({ "jobId": api.job().await });
    let racing = (0..50).map(|_| api.keyed("race", Method::POST, "/api/cron/trigger", Some(&body)));
    let answers = join_all(racing).await;
    assert!(
        answers.iter().all(|answer| answer.status == StatusCode::ACCEPTED && answer.json == answers[0].json)
    );
    let replayed = answers.iter().filter(|answer| answer.headers.contains_key("idempotency-replayed"));
    assert_eq!(replayed.count(), 49);
    assert_eq!(executions(&api).await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_hangs_up_and_asks_again_gets_one() {
    let api = Api::new().await;
    let body = json!({ "jobId": api.job().await });
    for round in 0..30 {
        let key = format!("round-{round}");
        let sent = api.keyed(&key, Method::POST, "/api/cron/trigger", Some(&body));
        // The answer is dropped somewhere between its first poll and its end.
        let _ = tokio::time::timeout(Duration::from_micros(100 * round), sent).await;
        let again = api.keyed(&key, Method::POST, "/api/cron/trigger", Some(&body)).await;
        assert_eq!(again.status, StatusCode::ACCEPTED, "{again:?}");
    }
    assert_eq!(executions(&api).await, 30);
}

#[tokio::test]
async fn signing_out_again_under_its_key_takes_the_cookie_away_again() {
    let api = Api::new().await;
    let first = api.keyed("out", Method::DELETE, "/api/sessions/current", None).await;
    let again = api.keyed("out", Method::DELETE, "/api/sessions/current", None).await;
    assert_eq!((again.status, again.headers.get("idempotency-replayed").is_some()), (first.status, true));
    assert_eq!(again.headers.get("set-cookie"), first.headers.get("set-cookie"));
    assert!(first.headers.contains_key("set-cookie"));
}
