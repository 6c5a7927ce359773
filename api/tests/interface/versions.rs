//! ETags, conditional reads and changes, and HEAD.

use poem::http::{Method, StatusCode};
use serde_json::json;

use crate::harness::{Answer, Api};

async fn conditional(
    api: &Api,
    method: Method,
    path: &str,
    header: (&str, &str),
    body: Option<&str>,
) -> Answer {
    let request = api.request(method, path).header(header.0, header.1);
    let request = match body {
        Some(body) => request.content_type("application/json").body(body.to_owned()),
        None => request.finish(),
    };
    api.send(request).await
}

#[tokio::test]
async fn a_resource_is_not_sent_again_while_it_is_the_same() {
    let api = Api::new().await;
    let job = api.job().await;
    let project = api.get("/api/projects").await.json["items"][0]["id"].as_str().expect("an id").to_owned();
    let run = api.post("/api/cron/trigger", json!({ "jobId": job })).await;
    let execution = run.json["executionId"].as_str().expect("an id").to_owned();
    while api.get(&format!("/api/cron/executions/{execution}")).await.json["finishedAt"].is_null() {
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    for path in [
        format!("/api/projects/{project}"),
        format!("/api/cron/schedules/{job}"),
        format!("/api/cron/executions/{execution}"),
    ] {
        let read = api.get(&path).await;
        let tag = read.headers["etag"].to_str().expect("text").to_owned();
        assert!(tag.starts_with(&format!("\"v{}.", read.json["version"])), "{tag}");
        for known in [tag.clone(), format!("W/{tag}"), format!("\"v0\", {tag}"), "*".to_owned()] {
            let same = conditional(&api, Method::GET, &path, ("if-none-match", &known), None).await;
            assert_eq!(
                (same.status, &same.headers["etag"]),
                (StatusCode::NOT_MODIFIED, &read.headers["etag"])
            );
        }
        let other = conditional(&api, Method::GET, &path, ("if-none-match", "\"v0.00\""), None).await;
        assert_eq!((other.status, other.json), (StatusCode::OK, read.json));
    }
    assert!(!api.get("/api/projects").await.headers.contains_key("etag"));
}

#[tokio::test]
async fn a_jobs_tag_tells_that_it_ran_and_its_version_does_not() {
    let api = Api::new().await;
    let path = format!("/api/cron/schedules/{}", api.job().await);
    let before = api.get(&path).await;
    api.post("/api/cron/trigger", json!({ "jobId": before.json["id"] })).await;
    let after = api.get(&path).await;
    assert_ne!(before.headers["etag"], after.headers["etag"]);
    let tag = before.headers["etag"].to_str().expect("text");
    let changed = conditional(&api, Method::PATCH, &path, ("if-match", tag), Some("{}")).await;
    assert_eq!(changed.status, StatusCode::OK, "nobody changed it: {changed:?}");
}

#[tokio::test]
async fn the_second_of_two_changes_to_one_version_is_refused() {
    let api = Api::new().await;
    let project = format!("/api/projects/{}", api.project().await);
    let tag = api.get(&project).await.headers["etag"].to_str().expect("text").to_owned();
    let rename = async |tag: &str, name: &str| {
        let body = json!({ "name": name }).to_string();
        conditional(&api, Method::PATCH, &project, ("if-match", tag), Some(&body)).await
    };
    let (one, two) = tokio::join!(rename(&tag, "One"), rename(&tag, "Two"));
    let mut statuses = [one.status.as_u16(), two.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 412]);
    let refused = rename(&tag, "Three").await;
    assert_eq!((refused.status.as_u16(), refused.code()), (412, "PRECONDITION_FAILED"));
    for foreign in ["\"v1\"", "W/\"v2\"", "\"2\"", "v2"] {
        assert_eq!(rename(foreign, "Four").await.status.as_u16(), 412, "{foreign}");
    }
    assert_eq!(rename("\"v2\"", "Five").await.json["name"], "Five");
    assert_eq!(rename("*", "Six").await.json["name"], "Six");
    assert_eq!(api.patch(&project, json!({ "name": "Seven" })).await.json["version"], 5);
    let removed = async |tag| conditional(&api, Method::DELETE, &project, ("if-match", tag), None).await;
    assert_eq!(removed("\"v4\"").await.status.as_u16(), 412);
    assert_eq!(removed("\"v5\"").await.status.as_u16(), 204);
    assert_eq!(removed("\"v5\"").await.status.as_u16(), 404);
}

#[tokio::test]
async fn a_job_is_changed_and_cancelled_only_in_the_version_that_was_read() {
    let api = Api::new().await;
    let id = api.job().await;
    let path = format!("/api/cron/schedules/{id}");
    let body = json!({ "id": id, "name": "Other" }).to_string();
    let change = async |tag| {
        conditional(&api, Method::PATCH, "/api/cron/schedule", ("if-match", tag), Some(&body)).await.status
    };
    assert_eq!(change("\"v2\"").await.as_u16(), 412);
    assert_eq!(change("\"v1\"").await.as_u16(), 200);
    let toggle = conditional(&api, Method::PATCH, &path, ("if-match", "\"v1\""), None).await;
    assert_eq!(toggle.status.as_u16(), 412);
    let cancel = async |tag| conditional(&api, Method::DELETE, &path, ("if-match", tag), None).await.status;
    assert_eq!((cancel("\"v1\"").await.as_u16(), cancel("\"v2\"").await.as_u16()), (412, 204));
    let pointless = conditional(&api, Method::POST, "/api/backups", ("if-match", "\"v1\""), None).await;
    assert_eq!(pointless.status.as_u16(), 412);
}

#[tokio::test]
async fn head_is_get_without_the_body() {
    let api = Api::new().await;
    let project = format!("/api/projects/{}", api.project().await);
    for path in [project.as_str(), "/api/projects", "/healthz", "/openapi.json"] {
        let get = api.send(api.request(Method::GET, path).finish()).await;
        let head = api.send(api.request(Method::HEAD, path).finish()).await;
        assert_eq!((head.status, head.json), (StatusCode::OK, serde_json::Value::Null));
        assert_eq!(head.headers.get("etag"), get.headers.get("etag"));
        assert!(
            head.headers["content-length"].to_str().expect("text").parse::<usize>().expect("a length") > 0
        );
    }
    let stream = api.send(api.request(Method::HEAD, "/api/events").finish()).await;
    assert_eq!(
        (stream.status, &stream.headers["content-type"]),
        (StatusCode::OK, &"text/event-stream".parse().expect("a value"))
    );
}
