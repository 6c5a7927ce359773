//! What was acknowledged before the program was killed is there after.

use dateline_tests::chance::Chance;
use dateline_tests::history;
use dateline_tests::scene::{SELDOM, Scene, job, project, text};
use dateline_tests::waiting::pause;
use serde_json::{Value, json};
use std::time::Duration;

const ROUNDS: u64 = 8;

#[test]
fn creates_and_changes_and_deletions_are_there_after_a_kill() {
    let mut chance = Chance::announced();
    let mut scene = Scene::new();
    let repository = history::sentences();
    let home = scene.project(repository.path(), &["DEVTO"]);
    let mut expected: Vec<Value> = Vec::new();
    let mut gone: Vec<String> = Vec::new();
    for round in 0..ROUNDS {
        let client = scene.client();
        for number in 0..5 {
            let mut body = job(&home, SELDOM);
            body["name"] = json!(format!("job {round}.{number}"));
            expected.push(client.post("/api/cron/schedule", &body).expect(201));
        }
        let changed = usize::try_from(chance.below(expected.len() as u64)).expect("an index");
        let id = text(&expected[changed]["id"]);
        let name = format!("renamed in round {round}");
        expected[changed] =
            client.patch("/api/cron/schedule", &json!({ "id": id, "name": name })).expect(200);
        let removed = usize::try_from(chance.below(expected.len() as u64)).expect("an index");
        let removed = text(&expected.remove(removed)["id"]);
        client.delete(&format!("/api/cron/schedules/{removed}")).expect(204);
        gone.push(removed);
        pause(chance.time_below(Duration::from_millis(30)));
        scene.server.kill9();
        scene.server.restart();
        check(&scene, &expected, &gone);
    }
}

#[track_caller]
fn check(scene: &Scene, expected: &[Value], gone: &[String]) {
    let client = scene.client();
    for job in expected {
        let found = client.get(&format!("/api/cron/schedules/{}", text(&job["id"]))).expect(200);
        for field in ["name", "frequency", "timeConfig", "isEnabled", "nextRunAt", "projectId", "createdAt"] {
            assert_eq!(found[field], job[field], "{field} of {job:#}");
        }
    }
    for id in gone {
        let answer = client.get(&format!("/api/cron/schedules/{id}"));
        let is_over = answer.status == 404 || !answer.json()["nextRunAt"].is_string();
        assert!(is_over, "{id} was cancelled for good: {answer:?}");
    }
}

#[test]
fn a_project_and_its_changes_are_there_after_a_kill() {
    let mut scene = Scene::new();
    let repository = history::sentences();
    let created = scene.client().post("/api/projects", &project(repository.path(), &["DEVTO"])).expect(201);
    let path = format!("/api/projects/{}", text(&created["id"]));
    let changed = scene.client().patch(&path, &json!({ "name": "Renamed" })).expect(200);
    scene.server.kill9();
    scene.server.restart();
    let found = scene.client().get(&path).expect(200);
    assert_eq!(found, changed);
    assert_eq!(found["name"], "Renamed");
}

#[test]
fn reviews_are_there_after_a_kill() {
    let mut scene = Scene::new();
    let repository = history::conventional();
    let drafts = scene.written(repository.path(), &["DEVTO", "LINKEDIN"]);
    let (approved, rejected) = (text(&drafts[0]["id"]), text(&drafts[1]["id"]));
    let client = scene.client();
    client.post(&format!("/api/drafts/{approved}/approve"), &json!({ "revision": 1 })).expect(200);
    client.post(&format!("/api/drafts/{rejected}/reject"), &json!({ "revision": 1 })).expect(200);
    scene.server.kill9();
    scene.server.restart();
    for (id, status) in [(approved, "APPROVED"), (rejected, "REJECTED")] {
        assert_eq!(scene.client().get(&format!("/api/drafts/{id}")).expect(200)["status"], status);
    }
}
