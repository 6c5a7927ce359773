//! A request under an idempotency key happens once, whenever the program is killed and however often it is sent.

use std::collections::BTreeSet;
use std::time::Duration;

use dateline_tests::chance::Chance;
use dateline_tests::client::{Answer, Client};
use dateline_tests::history;
use dateline_tests::scene::{SELDOM, Scene, job, text};
use dateline_tests::waiting::pause;
use serde_json::{Value, json};

const ROUNDS: u64 = 12;

fn send(client: &Client, key: &str, method: &str, path: &str, body: &Value) -> Result<Answer, String> {
    client.try_send(method, path, &[("Idempotency-Key", key)], Some(body.to_string().as_bytes()))
}

#[track_caller]
fn sent(client: &Client, key: &str, method: &str, path: &str, body: &Value) -> Answer {
    send(client, key, method, path, body).unwrap_or_else(|error| panic!("{method} {path}: {error}"))
}

#[test]
fn killed_at_any_moment_a_request_sent_again_is_done_once() {
    let mut chance = Chance::announced();
    let mut scene = Scene::new();
    let repository = history::sentences();
    let (project, id) = scene.work(repository.path(), &["DEVTO"]);
    for round in 0..ROUNDS {
        let client = scene.client();
        let delay = chance.time_below(Duration::from_millis(12));
        let body = json!({ "jobId": id });
        // The answers of this round race with the end of the process.
        let racing = std::thread::spawn({
            let (client, body, project) = (client.clone(), body.clone(), project.clone());
            move || {
                let triggered = send(&client, &format!("run-{round}"), "POST", "/api/cron/trigger", &body);
                let created = send(
                    &client,
                    &format!("job-{round}"),
                    "POST",
                    "/api/cron/schedule",
                    &job(&project, SELDOM),
                );
                (triggered, created)
            }
        });
        pause(delay);
        scene.server.kill9();
        let (triggered, created) = racing.join().expect("the racer ends");
        scene.server.restart();
        let client = scene.client();
        let run = sent(&client, &format!("run-{round}"), "POST", "/api/cron/trigger", &body);
        let again = sent(&client, &format!("run-{round}"), "POST", "/api/cron/trigger", &body);
        assert_eq!((run.expect(202), again.header("idempotency-replayed")), (again.expect(202), "true"));
        if let Ok(first) = triggered {
            assert_eq!(first.expect(202), again.expect(202), "round {round}: what was acknowledged stands");
        }
        let made =
            sent(&client, &format!("job-{round}"), "POST", "/api/cron/schedule", &job(&project, SELDOM));
        if let Ok(first) = created {
            assert_eq!(first.expect(201), made.expect(201), "round {round}");
        }
    }
    let client = scene.client();
    assert_eq!(client.all("/api/cron/executions", 100).len() as u64, ROUNDS);
    assert_eq!(client.all("/api/cron/schedules", 100).len() as u64, ROUNDS + 1);
}

#[test]
fn reviews_sent_again_after_a_restart_give_their_first_answer() {
    let mut scene = Scene::new();
    let repository = history::conventional();
    let drafts = scene.written(repository.path(), &["DEVTO", "LINKEDIN"]);
    let paths: Vec<String> =
        drafts.iter().map(|draft| format!("/api/drafts/{}", text(&draft["id"]))).collect();
    let edit = json!({ "revision": 1, "body": "What a person wrote." });
    let asked = [
        ("PATCH", paths[1].clone(), edit),
        ("POST", format!("{}/reject", paths[1]), json!({ "revision": 2, "reason": "not now" })),
        ("POST", format!("{}/approve", paths[0]), json!({ "revision": 1 })),
    ];
    let key = |index: usize| format!("review-{index}");
    let mut first = Vec::new();
    for (index, (method, path, body)) in asked.iter().enumerate() {
        first.push(sent(&scene.client(), &key(index), method, path, body).expect(200));
    }
    let seen: Vec<Value> = paths.iter().map(|path| scene.client().get(path).expect(200)).collect();
    scene.server.kill9();
    scene.server.restart();
    for (index, (method, path, body)) in asked.iter().enumerate() {
        let again = sent(&scene.client(), &key(index), method, path, body);
        assert_eq!((again.expect(200), again.header("idempotency-replayed")), (first[index].clone(), "true"));
    }
    for (path, seen) in paths.iter().zip(seen) {
        assert_eq!(scene.client().get(path).expect(200), seen, "nothing was done twice");
    }
    let other =
        sent(&scene.client(), &key(2), "POST", &format!("{}/approve", paths[0]), &json!({ "revision": 2 }));
    assert_eq!(other.problem(409)["code"], "IDEMPOTENCY_CONFLICT");
}

#[test]
fn fifty_connections_with_one_key_make_one() {
    let scene = Scene::new();
    let repository = history::sentences();
    let (_, id) = scene.work(repository.path(), &["DEVTO"]);
    let body = json!({ "jobId": id });
    let racing: Vec<_> = (0..50)
        .map(|_| {
            let (client, body) = (scene.client(), body.clone());
            std::thread::spawn(move || sent(&client, "race", "POST", "/api/cron/trigger", &body))
        })
        .collect();
    let answers: Vec<Answer> = racing.into_iter().map(|one| one.join().expect("an answer")).collect();
    let ids: BTreeSet<String> =
        answers.iter().map(|answer| text(&answer.expect(202)["executionId"])).collect();
    let replayed = answers.iter().filter(|answer| answer.header("idempotency-replayed") == "true").count();
    assert_eq!((ids.len(), replayed), (1, 49));
    assert_eq!(scene.client().all("/api/cron/executions", 100).len(), 1);
}
