//! What the calls do, seen from outside.

use poem::http::{Method, StatusCode};
use serde_json::json;

use crate::harness::{Api, job_of};

#[tokio::test]
async fn a_project_is_created_read_changed_and_removed() {
    let api = Api::new().await;
    let id = api.project().await;
    let path = format!("/api/projects/{id}");
    let read = api.get(&path).await;
    assert_eq!(read.json["timezone"], "UTC");
    assert_eq!(
        read.json["platforms"],
        json!([{ "platform": "MARKDOWN", "isEnabled": true, "settings": {} }])
    );
    let target = json!({ "kind": "FOLDER", "path": "/site/posts", "site": "HUGO" });
    let platforms = json!([{ "platform": "MARKDOWN", "isEnabled": true, "settings": { "target": target } }]);
    let changed = api.patch(&path, json!({ "name": "New", "platforms": platforms })).await;
    assert_eq!((changed.status, &changed.json["platforms"]), (StatusCode::OK, &platforms));
    assert_eq!((&changed.json["name"], &changed.json["version"]), (&json!("New"), &json!(2)));
    assert_eq!(changed.json["source"], json!({ "kind": "GIT", "path": "/repository" }));
    assert_eq!(api.delete(&path).await.status, StatusCode::NO_CONTENT);
    assert_eq!(api.get(&path).await.status, StatusCode::NOT_FOUND);
    assert_eq!(api.delete(&path).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_job_is_created_changed_toggled_and_cancelled() {
    let api = Api::new().await;
    let created = api.post("/api/cron/schedule", job_of(&api.project().await)).await;
    assert_eq!(created.json["description"], "Every day at 09:30 (Europe/Berlin)");
    assert!(created.json["nextRunAt"].is_string() && created.json["status"] == "IDLE");
    let id = created.json["id"].as_str().expect("an id");
    let config = json!({ "cronExpression": "0 9 * * 1-5", "timezone": "UTC" });
    let change =
        json!({ "id": id, "frequency": "CUSTOM", "timeConfig": config, "policy": { "priority": 9 } });
    let changed = api.patch("/api/cron/schedule", change).await;
    assert_eq!((changed.status, &changed.json["frequency"]), (StatusCode::OK, &json!("CUSTOM")));
    assert_eq!(changed.json["policy"]["priority"], 9);
    assert_eq!(changed.json["policy"]["retry"]["attemptsMax"], 3);
    let path = format!("/api/cron/schedules/{id}");
    let off = api.send(api.request(Method::PATCH, &path).finish()).await;
    assert_eq!((&off.json["isEnabled"], &off.json["nextRunAt"]), (&json!(false), &json!(null)));
    let still_off = api.patch(&path, json!({ "isEnabled": false })).await;
    assert_eq!(still_off.json["isEnabled"], false);
    let on = api.patch(&path, json!({})).await;
    assert_eq!(on.json["isEnabled"], true);
    assert_eq!(api.delete(&path).await.status, StatusCode::NO_CONTENT);
    assert!(api.get(&path).await.json["cancelledAt"].is_string());
    assert_eq!(api.post("/api/cron/trigger", json!({ "jobId": id })).await.code(), "JOB_CANCELLED");
    assert_eq!(api.get("/api/cron/schedules").await.json["items"], json!([]));
}

#[tokio::test]
async fn a_frequency_alone_needs_its_own_times() {
    let api = Api::new().await;
    let id = api.job().await;
    let answer = api.patch("/api/cron/schedule", json!({ "id": id, "frequency": "WEEKLY" })).await;
    assert_eq!(answer.pointers(), ["/timeConfig/dayOfWeek"]);
    let stranger = json!({ "id": "job_01KAR6V8G0M3N9T5X7Y2B4C6D8", "name": "x" });
    assert_eq!(api.patch("/api/cron/schedule", stranger).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_triggered_execution_is_there_at_once() {
    let api = Api::new().await;
    let id = api.job().await;
    let triggered = api.post("/api/cron/trigger", json!({ "jobId": id })).await;
    assert_eq!(triggered.status, StatusCode::ACCEPTED);
    let execution = triggered.json["executionId"].as_str().expect("an id");
    let path = format!("/api/cron/executions/{execution}");
    let read = api.get(&path).await;
    assert_eq!((&read.json["trigger"], &read.json["jobId"]), (&json!("MANUAL"), &json!(id)));
    assert!(read.json["steps"].is_array());
    assert_eq!(api.get(&format!("{path}/logs")).await.status, StatusCode::OK);
    let unknown = json!({ "jobId": "job_01KAR6V8G0M3N9T5X7Y2B4C6D8" });
    assert_eq!(api.post("/api/cron/trigger", unknown).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_preview_shows_what_the_clocks_do() {
    let api = Api::new().await;
    let config = json!({ "hour": 2, "minute": 30, "timezone": "Europe/Paris" });
    let ask =
        json!({ "frequency": "DAILY", "timeConfig": config, "from": "2027-03-27T12:00:00Z", "count": 2 });
    let answer = api.post("/api/cron/preview", ask).await;
    let occurrences = &answer.json["occurrences"];
    assert_eq!(occurrences[0]["dueAt"], "2027-03-28T01:00:00.000Z");
    assert_eq!(occurrences[0]["local"], "2027-03-28T03:00:00+02:00");
    assert_eq!(occurrences[0]["note"], "SKIPPED");
    assert_eq!(
        (&occurrences[1]["local"], &occurrences[1]["note"]),
        (&json!("2027-03-29T02:30:00+02:00"), &json!(null))
    );
    assert_eq!(answer.json["description"], "Every day at 02:30 (Europe/Paris)");
}

#[tokio::test]
async fn coming_occurrences_are_listed_with_their_job() {
    let api = Api::new().await;
    let id = api.job().await;
    let answer = api.get(&format!("/api/cron/schedules/{id}/occurrences?limit=3")).await;
    let items = answer.json["items"].as_array().expect("items");
    assert!(!items.is_empty() && items.iter().all(|item| item["status"] == "PLANNED"), "{answer:?}");
}

#[tokio::test]
async fn every_zone_is_listed_with_its_present_offset() {
    let api = Api::new().await;
    let answer = api.get("/api/timezones").await;
    let items = answer.json["items"].as_array().expect("items");
    assert!(items.len() > 500, "{}", items.len());
    let utc = items.iter().find(|zone| zone["name"] == "UTC").expect("UTC");
    assert_eq!(*utc, json!({ "name": "UTC", "offset": "+00:00", "offsetSeconds": 0 }));
}

#[tokio::test]
async fn a_backup_is_a_store() {
    let api = Api::new().await;
    api.project().await;
    let answer = api.send(api.request(Method::POST, "/api/backups").finish()).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{answer:?}");
    let path = std::path::PathBuf::from(answer.json["path"].as_str().expect("a path"));
    let report = dateline_store::check(&path).expect("a store");
    assert!(report.is_sound());
    let bytes = std::fs::read(&path).expect("it is there");
    assert_eq!(answer.json["bytes"], bytes.len());
    let token = api.token.text().as_bytes();
    assert!(!bytes.windows(token.len()).any(|window| window == token));
}

#[tokio::test]
async fn drafts_that_are_not_there_are_not_found() {
    let api = Api::new().await;
    assert_eq!(api.get("/api/drafts?platform=MARKDOWN&status=DRAFT").await.json["items"], json!([]));
    let path = "/api/drafts/dft_01KAR6V8G0M3N9T5X7Y2B4C6D8";
    assert_eq!(api.get(path).await.status, StatusCode::NOT_FOUND);
    assert_eq!(api.patch(path, json!({ "revision": 1, "body": "x" })).await.status, StatusCode::NOT_FOUND);
    for (verb, body) in
        [("approve", json!({ "revision": 1 })), ("reject", json!({ "revision": 1 })), ("publish", json!({}))]
    {
        assert_eq!(api.post(&format!("{path}/{verb}"), body).await.status, StatusCode::NOT_FOUND, "{verb}");
    }
    assert_eq!(
        api.post(&format!("{path}/approve"), json!({ "revision": 0 })).await.pointers(),
        ["/revision"]
    );
}

#[tokio::test]
async fn a_token_goes_in_and_never_comes_out() {
    let api = Api::new().await;
    let canary = "ghp_canary0123456789abcd";
    let source = json!({ "kind": "GITHUB", "owner": "example", "repo": "lantern", "token": canary });
    let created = api.post("/api/projects", json!({ "name": "Lantern", "source": source })).await;
    assert_eq!(created.status, StatusCode::CREATED, "{created:?}");
    let shown = json!({
        "kind": "GITHUB", "owner": "example", "repo": "lantern", "hasToken": true, "tokenHint": "abcd"
    });
    assert_eq!(created.json["source"], shown);
    let path = format!("/api/projects/{}", created.json["id"].as_str().expect("an id"));
    let kept = json!({ "kind": "GITHUB", "owner": "example", "repo": "lantern", "branch": "next" });
    let changed = api.patch(&path, json!({ "source": kept })).await;
    assert_eq!(
        (&changed.json["source"]["hasToken"], &changed.json["source"]["branch"]),
        (&json!(true), &json!("next"))
    );
    let elsewhere = json!({ "kind": "GITHUB", "owner": "example", "repo": "lantern", "apiUrl": "https://ghe.example.com" });
    let refused = api.patch(&path, json!({ "source": elsewhere })).await;
    assert_eq!(
        (refused.status, &refused.json["errors"][0]["pointer"]),
        (StatusCode::UNPROCESSABLE_ENTITY, &json!("/source/token"))
    );
    for bad in [format!("{canary} {canary}"), canary.repeat(20)] {
        let bad = json!({ "kind": "GITHUB", "owner": "example", "repo": "lantern", "token": bad });
        let refused = api.patch(&path, json!({ "source": bad })).await;
        assert_eq!(refused.json["errors"][0]["pointer"], "/source/token", "{refused:?}");
        assert!(!refused.json.to_string().contains("canary"), "{refused:?}");
    }
    let removed = json!({ "kind": "GITHUB", "owner": "example", "repo": "lantern", "token": "" });
    let removed = api.patch(&path, json!({ "source": removed })).await;
    assert_eq!(
        (&removed.json["source"]["hasToken"], &removed.json["source"]["tokenHint"]),
        (&json!(false), &json!(null))
    );
    for answer in [created, changed, refused, removed, api.get("/api/projects").await, api.get(&path).await] {
        assert!(!answer.json.to_string().contains("canary"), "{answer:?}");
    }
}
