//! What is over goes: a cleanup is there from the first start on, says what it did, and people decide about it.

use std::time::Duration;

use dateline_tests::client::Client;
use dateline_tests::server::Server;
use dateline_tests::waiting::until;
use serde_json::{Value, json};

const WITH_A_CLEANUP: [(&str, &str); 1] = [("DATELINE_CLEANUP_TIME", "02:30")];

fn jobs(client: &Client) -> Vec<Value> {
    client.all("/api/cron/schedules", 50)
}

#[test]
fn a_cleanup_is_there_from_the_first_start_on_and_is_a_job_like_any_other() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    let server = Server::try_start_with(&data, &WITH_A_CLEANUP).expect("it starts");
    let client = server.client();
    let found = jobs(&client);
    assert_eq!(found.len(), 1, "{found:#?}");
    assert_eq!((&found[0]["type"], &found[0]["isEnabled"]), (&json!("CLEANUP"), &json!(true)));
    let id = found[0]["id"].as_str().expect("an id").to_owned();
    assert_eq!(client.get("/api/storage").expect(200)["isCleanedUp"], true);
    let run = client.post("/api/cron/trigger", &json!({ "jobId": id })).expect(202);
    let run = run["executionId"].as_str().expect("an id").to_owned();
    let ended = until(Duration::from_secs(30), "the cleanup to end", || {
        let ended = client.get(&format!("/api/cron/executions/{run}")).expect(200);
        (ended["finishedAt"].is_string()).then_some(ended)
    });
    assert_eq!(ended["status"], "COMPLETED", "{ended:#}");
    assert_eq!(ended["output"]["removed"]["executions"], 0, "{ended:#}");
    assert!(ended["output"]["storage"]["fileBytes"].as_u64() > Some(0), "{ended:#}");
    let steps: Vec<_> =
        ended["steps"].as_array().expect("steps").iter().map(|it| it["name"].clone()).collect();
    assert!(steps.contains(&json!("purge/executions")) && steps.contains(&json!("compact")), "{steps:?}");
    client.patch(&format!("/api/cron/schedules/{id}"), &json!({ "isEnabled": false })).expect(200);
    assert_eq!(client.get("/api/storage").expect(200)["isCleanedUp"], false);
    drop(server);
    let server = Server::try_start_with(&data, &WITH_A_CLEANUP).expect("it starts");
    assert_eq!(jobs(&server.client())[0]["isEnabled"], false, "a start changes nothing");
}

#[test]
fn what_is_kept_is_set_within_bounds_and_a_run_is_pinned() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Server::try_start_with(&folder.path().join("data"), &WITH_A_CLEANUP).expect("it starts");
    let client = server.client();
    let set = client.patch("/api/settings", &json!({ "retention": { "failedDays": 180 } })).expect(200);
    assert_eq!((&set["retention"]["failedDays"], &set["retention"]["logsDays"]), (&json!(180), &json!(14)));
    for (field, value) in [("failedDays", 0), ("logsDays", 3_651), ("runsMin", 1_001)] {
        let refused = client.patch("/api/settings", &json!({ "retention": { field: value } })).expect(422);
        assert_eq!(refused["errors"][0]["pointer"], format!("/retention/{field}"), "{refused:#}");
    }
    let id = jobs(&client)[0]["id"].clone();
    let run = client.post("/api/cron/trigger", &json!({ "jobId": id })).expect(202);
    let path = format!("/api/cron/executions/{}", run["executionId"].as_str().expect("an id"));
    let pinned = client.post(&format!("{path}/pin"), &Value::Null).expect(200);
    assert!(pinned["pinnedAt"].is_string(), "{pinned:#}");
    assert_eq!(client.get(&path).expect(200)["pinnedAt"], pinned["pinnedAt"]);
    assert!(client.post(&format!("{path}/unpin"), &Value::Null).expect(200)["pinnedAt"].is_null());
    let compacted = client.post("/api/storage/compact", &Value::Null).expect(200);
    assert!(compacted["bytesAfter"].as_u64() <= compacted["bytesBefore"].as_u64(), "{compacted:#}");
}
