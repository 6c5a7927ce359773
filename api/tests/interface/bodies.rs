//! What bad bodies get: 400 when the bytes cannot be parsed, 415 when they are no plain JSON, 413 when there are too
//! many, 408 when they do not come, and 422 with every fault for all else.

use poem::http::{Method, StatusCode};
use poem::{Body, Request};
use serde_json::{Value, json};

use crate::harness::{Api, bare, job_of};

#[tokio::test]
async fn types_are_strict_and_every_fault_is_named() {
    let api = Api::new().await;
    let project = api.project().await;
    let check = async |change: Value, pointers: &[&str]| {
        let mut body = job_of(&project);
        merge(&mut body, &change);
        let answer = api.post("/api/cron/schedule", body).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{change} {answer:?}");
        assert_eq!(answer.pointers(), pointers, "{change}");
    };
    check(json!({ "name": 5 }), &["/name"]).await;
    check(json!({ "name": null }), &["/name"]).await;
    check(json!({ "name": "" }), &["/name"]).await;
    check(json!({ "name": "a\u{0}b" }), &["/name"]).await;
    check(json!({ "name": "x".repeat(1_000_000) }), &["/name"]).await;
    check(json!({ "isEnabled": "true" }), &["/isEnabled"]).await;
    check(json!({ "isEnabled": 1 }), &["/isEnabled"]).await;
    check(json!({ "type": "generate_content" }), &["/type"]).await;
    check(json!({ "type": "PUBLISH" }), &["/type"]).await;
    check(json!({ "frequency": "HOURLY" }), &["/frequency"]).await;
    check(json!({ "owner": "me" }), &["/owner"]).await;
    check(json!({ "id": "job_01KAR6V8G0M3N9T5X7Y2B4C6D8" }), &["/id"]).await;
    check(json!({ "project_id": "x", "createdAt": 1 }), &["/project_id", "/createdAt"]).await;
    check(json!({ "projectId": "prj_x" }), &["/projectId"]).await;
    check(json!({ "timeConfig": { "hour": "9" } }), &["/timeConfig/hour"]).await;
    check(json!({ "timeConfig": { "hour": 9.5 } }), &["/timeConfig/hour"]).await;
    check(json!({ "timeConfig": { "hour": 24, "minute": -1 } }), &["/timeConfig/hour", "/timeConfig/minute"])
        .await;
    check(json!({ "timeConfig": { "hour": 18_446_744_073_709_551_615u64 } }), &["/timeConfig/hour"]).await;
    check(json!({ "timeConfig": { "startAt": "tomorrow" } }), &["/timeConfig/startAt"]).await;
    check(json!({ "timeConfig": { "dayOfWeek": 1 } }), &["/timeConfig/dayOfWeek"]).await;
    check(json!({ "policy": { "misfire": "LATER" } }), &["/policy/misfire"]).await;
    check(json!({ "policy": { "overlap": "ALLOW_SOME" } }), &["/policy/overlap"]).await;
    check(json!({ "policy": { "retry": { "kind": "SOMETIMES" } } }), &["/policy/retry/kind"]).await;
    check(json!({ "policy": { "priority": 10 } }), &["/policy/priority"]).await;
    check(json!({ "policy": { "priority": -1 } }), &["/policy/priority"]).await;
    check(json!({ "policy": { "retry": { "baseMs": 1 } } }), &["/policy/retry/baseMs"]).await;
    check(json!({ "payload": { "platforms": ["X"] } }), &["/payload/platforms/0"]).await;
    check(json!({ "payload": { "platforms": ["MARKDOWN", "MARKDOWN"] } }), &["/payload/platforms/1"]).await;
    check(json!({ "payload": { "platforms": ["DEVTO"] } }), &["/payload/platforms/0"]).await;
    check(json!({ "payload": [] }), &["/payload"]).await;
}

#[tokio::test]
async fn schedules_that_make_no_sense_say_why() {
    let api = Api::new().await;
    let check = async |pattern: &str, zone: &str, code: &str, pointer: &str| {
        let config = json!({ "cronExpression": pattern, "timezone": zone });
        let answer =
            api.post("/api/cron/preview", json!({ "frequency": "CUSTOM", "timeConfig": config })).await;
        assert_eq!((answer.status.as_u16(), answer.code()), (422, code), "{pattern} {zone}: {answer:?}");
        assert_eq!(answer.pointers(), [pointer], "{pattern} {zone}");
    };
    let cron = "/timeConfig/cronExpression";
    check("* * * * * *", "UTC", "SCHEDULE_TOO_DENSE", cron).await;
    check("0 0 30 2 *", "UTC", "NEVER_FIRES", cron).await;
    for pattern in
        [", * * * *", "@reboot", "a", "* * * *", "61 * * * *", "\u{0} * * * *", "0 0 1 1 * 5000 1 1"]
    {
        check(pattern, "UTC", "INVALID_REQUEST", cron).await;
    }
    check(&"*".repeat(100_000), "UTC", "INVALID_REQUEST", cron).await;
    for zone in ["../../etc/passwd", "posixrules", "EST5EDT,M3.2.0", "america/new_york", "Mars/Olympus"] {
        check("0 9 * * *", zone, "INVALID_REQUEST", "/timeConfig/timezone").await;
    }
    check("0 9 * * *", &"x".repeat(1_000), "INVALID_REQUEST", "/timeConfig/timezone").await;
    let config = json!({ "cronExpression": "0 9 * * *", "timezone": "america/new_york" });
    let answer = api.post("/api/cron/preview", json!({ "frequency": "CUSTOM", "timeConfig": config })).await;
    assert!(answer.json["detail"].as_str().is_some_and(|it| it.contains("`America/New_York`")), "{answer:?}");
}

#[tokio::test]
async fn sources_and_targets_are_judged_by_their_kind() {
    let api = Api::new().await;
    let check = async |source: Value, pointers: &[&str]| {
        let answer = api.post("/api/projects", json!({ "name": "a", "source": source })).await;
        assert_eq!((answer.status.as_u16(), answer.pointers()), (422, pointers.to_vec()), "{source}");
    };
    check(json!({ "kind": "SVN", "owner": "a", "repo": "b" }), &["/source/kind"]).await;
    check(json!({ "path": "/repository" }), &["/source/kind"]).await;
    check(json!({ "kind": "GIT" }), &["/source/path"]).await;
    check(json!({ "kind": "GIT", "path": "/repository", "token": "x" }), &["/source/token"]).await;
    check(json!({ "kind": "GIT", "path": "relative" }), &["/source/path"]).await;
    check(json!({ "kind": "GIT", "path": "/missing" }), &["/source/path"]).await;
    check(json!({ "kind": "GIT", "path": "/repository", "branch": "gone" }), &["/source/branch"]).await;
    check(json!("git"), &["/source"]).await;
}

#[tokio::test]
async fn bytes_that_cannot_be_parsed_are_400() {
    let api = Api::new().await;
    let deep = "[".repeat(100_000);
    let bodies: [&[u8]; 9] = [
        b"",
        b"{",
        b"\xff",
        b"\xef\xbb\xbf{}",
        b"{} {}",
        b"\"\\ud800\"",
        b"{\"a\":1e400}",
        deep.as_bytes(),
        b"nil",
    ];
    for body in bodies {
        let answer = api.send_json(Method::POST, "/api/projects", body.to_vec()).await;
        let shown = &body[..body.len().min(20)];
        assert_eq!((answer.status.as_u16(), answer.code()), (400, "MALFORMED_REQUEST"), "{shown:?}");
    }
    let twice = br#"{"name":"a","name":"b","source":{"kind":"GIT","path":"/r","path":"/s"}}"#;
    let answer = api.send_json(Method::POST, "/api/projects", twice.to_vec()).await;
    assert_eq!((answer.status.as_u16(), answer.pointers()), (422, vec!["/name", "/source/path"]));
}

#[tokio::test]
async fn only_plain_json_is_read() {
    let api = Api::new().await;
    let send = async |request: Request| api.send(request).await.status.as_u16();
    let to = || api.request(Method::POST, "/api/projects");
    assert_eq!(send(to().body("{}")).await, 415);
    assert_eq!(send(to().content_type("text/plain").body("{}")).await, 415);
    assert_eq!(send(to().content_type("application/x-www-form-urlencoded").body("a=b")).await, 415);
    let gzip =
        to().content_type("application/json").header("content-encoding", "gzip").body(vec![0x1f, 0x8b]);
    assert_eq!(send(gzip).await, 415);
    assert_eq!(send(to().content_type("application/json; charset=utf-8").body("{}")).await, 422);
}

#[tokio::test]
async fn long_bodies_are_refused_before_they_are_read() {
    let api = Api::new().await;
    let declared = api
        .request(Method::POST, "/api/projects")
        .content_type("application/json")
        .header("content-length", "67108864")
        .body(Body::from_bytes_stream(futures::stream::pending::<Result<Vec<u8>, std::io::Error>>()));
    assert_eq!(api.send(declared).await.code(), "BODY_TOO_LARGE");
    let endless = futures::stream::repeat_with(|| Ok::<_, std::io::Error>(vec![b' '; 64 * 1024]));
    let chunked = Body::from_bytes_stream(endless);
    assert_eq!(api.send_json(Method::POST, "/api/projects", chunked).await.code(), "BODY_TOO_LARGE");
    let unknown = bare(Method::POST, "/api/projects")
        .body(Body::from_bytes_stream(futures::stream::pending::<Result<Vec<u8>, std::io::Error>>()));
    assert_eq!(api.send(unknown).await.code(), "UNAUTHORIZED");
}

#[tokio::test]
async fn a_body_that_does_not_come_is_given_up() {
    let api = Api::new().await;
    tokio::time::pause();
    let silent = Body::from_bytes_stream(futures::stream::pending::<Result<Vec<u8>, std::io::Error>>());
    let answer = api.send_json(Method::POST, "/api/projects", silent).await;
    assert_eq!((answer.status.as_u16(), answer.code()), (408, "REQUEST_TIMEOUT"));
}

#[tokio::test]
async fn odd_but_lawful_texts_come_back_as_they_were() {
    let api = Api::new().await;
    for name in
        ["__proto__", "{{7*7}}", "${jndi:ldap://x}", "' OR 1=1--", "<script>", "日本語 🎉", "\u{202e}evil"]
    {
        let body = json!({ "name": name, "source": { "kind": "GIT", "path": "/repository" } });
        let answer = api.post("/api/projects", body).await;
        if answer.status == StatusCode::CREATED {
            assert_eq!(answer.json["name"], name);
        } else {
            assert_eq!(answer.pointers(), ["/name"], "{name}");
        }
    }
}

fn merge(body: &mut Value, change: &Value) {
    match (body, change) {
        (Value::Object(fields), Value::Object(changes)) => {
            for (name, value) in changes {
                merge(fields.entry(name.clone()).or_insert(Value::Null), value);
            }
        }
        (body, change) => *body = change.clone(),
    }
}
