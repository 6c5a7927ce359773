//! What is somebody else's is answered as what is not there: ids beyond projects, versions, keys of requests.

use std::time::Duration;

use dateline_core::project::Project;
use dateline_core::source::Source;
use dateline_core::store::SecretChanges;
use dateline_store::conformance::samples;
use poem::http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::harness::{Answer, Api, bare, job_of};
use crate::people::{Person, join};

const UNKNOWN: &str = "01KAR6V8G0M3N9T5X7Y2B4C6D8";

fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}

async fn with_header(
    api: &Api,
    who: &Person,
    (method, path): (Method, &str),
    header: (&str, &str),
    body: Option<Value>,
) -> Answer {
    let request = bare(method, path).header("authorization", format!("Bearer {}", who.token));
    let request = request.header(header.0, header.1);
    api.send(match body {
        Some(body) => request.content_type("application/json").body(body.to_string()),
        None => request.finish(),
    })
    .await
}

#[tokio::test]
async fn a_token_of_another_is_not_there_unless_one_manages_them() {
    let api = Api::new().await;
    let (ana, bob) = (join(&api, "ana", "MEMBER").await, join(&api, "bob", "MEMBER").await);
    let id = text(&ana.get(&api, "/api/tokens").await.json["items"][0]["id"]);
    let revoke =
        async |who: &str, id: &str| api.ask(who, Method::DELETE, &format!("/api/tokens/{id}"), None).await;
    let (other, unknown) =
        (revoke(&bob.token, &id).await, revoke(&bob.token, &format!("tok_{UNKNOWN}")).await);
    assert_eq!((other.status, &other.json), (StatusCode::NOT_FOUND, &unknown.json));
    assert_eq!(ana.is_let_in(&api).await, (true, true));
    let listed = async |user: &str| bob.get(&api, &format!("/api/tokens?userId={user}")).await;
    let (other, unknown) = (listed(&ana.id).await, listed(&format!("usr_{UNKNOWN}")).await);
    assert_eq!((other.status, &other.json), (StatusCode::FORBIDDEN, &unknown.json));
    // An admin does not reach an owner's.
    let cleo = join(&api, "cleo", "ADMIN").await;
    let owners = text(&api.get("/api/tokens").await.json["items"][0]["id"]);
    assert_eq!(revoke(&cleo.token, &owners).await.json, revoke(&bob.token, &owners).await.json);
    assert_eq!(revoke(&cleo.token, &id).await.status, StatusCode::NO_CONTENT);
    assert_eq!(ana.is_let_in(&api).await, (true, false));
}

#[tokio::test]
async fn a_token_is_limited_only_to_projects_one_sees() {
    let api = Api::new().await;
    let ana = join(&api, "ana", "MEMBER").await;
    let project = api.project().await;
    let make = async |id: &str| {
        let new = json!({ "name": "a", "scopes": ["READ"], "projectIds": [id] });
        let made = api.ask(&ana.token, Method::POST, "/api/tokens", Some(new)).await;
        (made.status, made.json.to_string().replace(id, "prj_…"))
    };
    let other = make(&project).await;
    assert_eq!(other.0, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(other, make(&format!("prj_{UNKNOWN}")).await);
}

#[tokio::test]
async fn a_schedule_moves_only_to_projects_one_may_edit() {
    let api = Api::new().await;
    let ana = join(&api, "ana", "MEMBER").await;
    let (mine, other) = (api.project().await, api.project().await);
    let put = async |project: &str, access: &str| {
        let path = format!("/api/projects/{project}/members/{}", ana.id);
        let put = api.send_json(Method::PUT, &path, json!({ "access": access }).to_string()).await;
        assert_eq!(put.status, StatusCode::OK, "{put:?}");
    };
    put(&mine, "EDIT").await;
    let made = api.ask(&ana.token, Method::POST, "/api/cron/schedule", Some(job_of(&mine))).await;
    let job = text(&made.json["id"]);
    let lead = async |project: &str| {
        let change = json!({ "id": job, "projectId": project });
        api.ask(&ana.token, Method::PATCH, "/api/cron/schedule", Some(change)).await
    };
    let (hidden, unknown) = (lead(&other).await, lead(&format!("prj_{UNKNOWN}")).await);
    assert_eq!((hidden.status, &hidden.json), (StatusCode::NOT_FOUND, &unknown.json));
    let begun = api.ask(&ana.token, Method::POST, "/api/cron/schedule", Some(job_of(&other))).await;
    assert_eq!(begun.json, unknown.json);
    put(&other, "VIEW").await;
    assert_eq!(lead(&other).await.code(), "FORBIDDEN");
    assert_eq!(api.get(&format!("/api/cron/schedules/{job}")).await.json["projectId"], mine.as_str());
    put(&other, "EDIT").await;
    assert_eq!(lead(&other).await.json["projectId"], other.as_str());
}

#[tokio::test]
async fn a_version_or_a_key_tells_nothing_about_the_project_of_another() {
    let api = Api::new().await;
    let ana = join(&api, "ana", "MEMBER").await;
    let project = format!("/api/projects/{}", api.project().await);
    let tag = api.get(&project).await.headers["etag"].to_str().expect("text").to_owned();
    let unknown = format!("/api/projects/prj_{UNKNOWN}");
    let rename = json!({ "name": "mine" });
    for (name, value) in [
        ("if-match", tag.as_str()),
        ("if-match", "\"v9\""),
        ("if-match", "*"),
        ("if-none-match", tag.as_str()),
        ("if-none-match", "*"),
        ("idempotency-key", "k"),
    ] {
        let asked = [(Method::GET, None), (Method::PATCH, Some(rename.clone())), (Method::DELETE, None)];
        for (method, body) in asked {
            let other =
                with_header(&api, &ana, (method.clone(), &project), (name, value), body.clone()).await;
            let nobody = with_header(&api, &ana, (method.clone(), &unknown), (name, value), body).await;
            let place = format!("{method} with {name}: {value}");
            assert_eq!((other.status, &other.json), (nobody.status, &nobody.json), "{place}");
            assert!(!other.headers.contains_key("etag"), "{place}");
        }
    }
    assert_eq!(api.get(&project).await.headers["etag"].to_str().expect("text"), tag);
}

#[tokio::test]
async fn a_key_of_one_person_is_free_for_another() {
    let api = Api::new().await;
    let ana = join(&api, "ana", "OWNER").await;
    let job = json!({ "jobId": api.job().await });
    let trigger = (Method::POST, "/api/cron/trigger");
    let mine = api.keyed("one key", Method::POST, trigger.1, Some(&job)).await;
    assert_eq!(mine.pointers(), ["/Idempotency-Key"], "a name without spaces");
    let mine = api.keyed("one-key", Method::POST, trigger.1, Some(&job)).await;
    let key = ("idempotency-key", "one-key");
    let theirs = with_header(&api, &ana, trigger.clone(), key, Some(job.clone())).await;
    assert_eq!((mine.status, theirs.status), (StatusCode::ACCEPTED, StatusCode::ACCEPTED));
    assert_ne!(mine.json["executionId"], theirs.json["executionId"]);
    assert!(!theirs.headers.contains_key("idempotency-replayed"));
    let again = with_header(&api, &ana, trigger, key, Some(job)).await;
    assert_eq!(again.json, theirs.json);
}

#[tokio::test]
async fn a_notification_of_another_is_not_there() {
    let api = Api::new().await;
    let ana = join(&api, "ana", "OWNER").await;
    let source = Source::Git { path: "/missing".into(), branch: None };
    let project = Project { source, ..samples::project(7) };
    let project = api.store.create_project(project, SecretChanges::default()).await.expect("a project");
    let job = api.post("/api/cron/schedule", job_of(&project.id.to_string())).await;
    let run = api.post("/api/cron/trigger", json!({ "jobId": job.json["id"] })).await;
    assert_eq!(run.status, StatusCode::ACCEPTED, "{run:?}");
    let told =
        async || api.get("/api/notifications").await.json["items"][0]["id"].as_str().map(str::to_owned);
    let mut found = None;
    for _ in 0..2_000 {
        found = told().await;
        if found.is_some() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let id = found.expect("the owner was told that it failed");
    for (method, verb) in [(Method::POST, "read"), (Method::GET, "deliveries")] {
        let ask = async |id: &str| {
            api.ask(&ana.token, method.clone(), &format!("/api/notifications/{id}/{verb}"), None).await
        };
        let (other, unknown) = (ask(&id).await, ask(&format!("ntf_{UNKNOWN}")).await);
        assert_eq!((other.status, &other.json), (StatusCode::NOT_FOUND, &unknown.json), "{verb}");
    }
    assert_eq!(ana.get(&api, "/api/notifications").await.json["items"], json!([]));
    let all = api.ask(&ana.token, Method::POST, "/api/notifications/read", None).await;
    assert_eq!(all.json, json!({ "count": 0 }));
    assert_eq!(api.get("/api/notifications").await.json["unreadCount"], 1);
}
