//! Executions and jobs do as they are told, and keep their history.

use std::time::Duration;

use dateline_tests::history::{self, Repository};
use dateline_tests::scene::{ENDED, PLATFORMS, SELDOM, Scene, text};
use dateline_tests::waiting::until;
use serde_json::{Value, json};

fn ask(scene: &Scene, execution: &str, verb: &str) -> dateline_tests::client::Answer {
    scene.client().send("POST", &format!("/api/cron/executions/{execution}/{verb}"), &[], None)
}

fn status(scene: &Scene, execution: &str) -> String {
    text(&scene.client().get(&format!("/api/cron/executions/{execution}")).expect(200)["status"])
}

#[track_caller]
fn until_status(scene: &Scene, execution: &str, wanted: &[&str]) -> String {
    until(Duration::from_secs(30), &format!("{execution} to be one of {wanted:?}"), || {
        let found = status(scene, execution);
        wanted.contains(&found.as_str()).then_some(found)
    })
}

/// Queues executions of one project, of which one at a time can run; the last ones wait.
fn crowd(scene: &Scene, repository: &Repository, count: usize) -> Vec<String> {
    let project = scene.project(repository.path(), &PLATFORMS);
    let jobs: Vec<String> = (0..count).map(|_| scene.job(&project, SELDOM)).collect();
    jobs.iter().map(|job| scene.trigger(job)).collect()
}

#[test]
fn a_waiting_execution_is_cancelled_at_once() {
    let scene = Scene::new();
    let repository = history::long(3_000);
    let crowd = crowd(&scene, &repository, 4);
    let last = &crowd[3];
    let answer = ask(&scene, last, "cancel").expect(200);
    assert_eq!(answer["status"], "CANCELLED", "{answer:#}");
    assert_eq!(ask(&scene, last, "cancel").expect(200)["status"], "CANCELLED", "again changes nothing");
    assert_eq!(scene.ended(&crowd[0])["status"], "COMPLETED");
    assert_eq!(status(&scene, last), "CANCELLED");
    assert!(scene.drafts_of(last).is_empty());
}

#[test]
fn a_running_execution_is_cancelled_soon_and_stays_so() {
    let mut scene = Scene::new();
    let repository = history::long(20_000);
    let execution = crowd(&scene, &repository, 1).remove(0);
    until_status(&scene, &execution, &["RUNNING", "COMPLETED"]);
    let answer = ask(&scene, &execution, "cancel");
    if answer.status == 409 {
        eprintln!("it had ended before it could be cancelled");
        assert_eq!(status(&scene, &execution), "COMPLETED");
        return;
    }
    answer.expect(200);
    until_status(&scene, &execution, &["CANCELLED"]);
    scene.server.restart();
    assert_eq!(status(&scene, &execution), "CANCELLED");
}

#[test]
fn what_has_ended_is_not_cancelled_paused_or_resumed() {
    let scene = Scene::new();
    let repository = history::sentences();
    let (_, job) = scene.work(repository.path(), &["DEVTO"]);
    let execution = text(&scene.run(&job)["id"]);
    for verb in ["cancel", "pause", "resume"] {
        assert_eq!(ask(&scene, &execution, verb).problem(409)["code"], "INVALID_STATE", "{verb}");
    }
    assert_eq!(status(&scene, &execution), "COMPLETED");
}

#[test]
fn a_paused_execution_rests_also_through_a_restart() {
    let mut scene = Scene::new();
    let repository = history::long(3_000);
    let crowd = crowd(&scene, &repository, 3);
    let last = &crowd[2];
    ask(&scene, last, "pause").expect(200);
    until_status(&scene, last, &["PAUSED"]);
    scene.ended(&crowd[1]);
    assert_eq!(status(&scene, last), "PAUSED", "its turn came and it rests");
    scene.server.restart();
    assert_eq!(status(&scene, last), "PAUSED");
    ask(&scene, last, "resume").expect(200);
    let ended = scene.ended(last);
    assert_eq!(ended["status"], "COMPLETED", "{ended:#}");
}

#[test]
fn a_window_is_written_once_though_another_execution_came_between() {
    let scene = Scene::new();
    let repository = history::long(3_000);
    let (project, job) = scene.work(repository.path(), &PLATFORMS);
    let first = scene.trigger(&job);
    let client = scene.client();
    until(Duration::from_secs(30), "the history to be scanned", || {
        let found = client.get(&format!("/api/cron/executions/{first}")).expect(200);
        let has_scanned = found["steps"].as_array().is_some_and(|steps| steps.len() >= 2);
        has_scanned.then_some(())
    });
    // It rests between its scan and its last write, or was too quick to be stopped.
    let paused = ask(&scene, &first, "pause").status == 200
        && until_status(&scene, &first, &["PAUSED", "COMPLETED"]) == "PAUSED";
    let second = scene.run(&job);
    assert!(["COMPLETED", "SKIPPED"].contains(&text(&second["status"]).as_str()), "{second:#}");
    if paused {
        ask(&scene, &first, "resume").expect(200);
    }
    scene.ended(&first);
    let drafts = client.all(&format!("/api/drafts?projectId={project}"), 100);
    let mut platforms: Vec<String> = drafts.iter().map(|draft| text(&draft["platform"])).collect();
    platforms.sort();
    let mut once = PLATFORMS.to_vec();
    once.sort_unstable();
    assert_eq!(platforms, once, "paused: {paused}");
}

#[test]
fn a_replay_takes_over_the_steps_before_the_named_one() {
    let scene = Scene::new();
    let repository = history::conventional();
    let (_, job) = scene.work(repository.path(), &["DEVTO", "MASTODON"]);
    let first = scene.run(&job);
    let id = text(&first["id"]);
    let path = format!("/api/cron/executions/{id}/replay");
    let replay = scene.client().post(&path, &json!({ "fromStep": "write/devto" })).expect(202);
    let replay = scene.ended(&text(&replay["executionId"]));
    assert_eq!(replay["status"], "COMPLETED", "{replay:#}");
    assert_eq!((&replay["trigger"], &replay["replayOf"]), (&json!("REPLAY"), &json!(id)), "{replay:#}");
    let copied = |name: &str| {
        let steps = replay["steps"].as_array().expect("steps");
        let step =
            steps.iter().find(|step| step["name"] == name).unwrap_or_else(|| panic!("{name}: {replay:#}"));
        step["copiedFrom"] == id.as_str()
    };
    assert!(copied("scan") && !copied("write/devto"), "{replay:#}");
    assert_eq!(scene.drafts_of(&text(&replay["id"])).len(), 2, "the same window is written again, as asked");
    assert_eq!(
        scene.client().get(&format!("/api/cron/executions/{id}")).expect(200),
        first,
        "the first stays"
    );
    let unknown = scene.client().post(&path, &json!({ "fromStep": "write/novel" })).problem(422);
    assert_eq!(unknown["errors"][0]["pointer"], "/fromStep", "{unknown:#}");
}

#[test]
fn a_job_is_switched_off_and_on() {
    let scene = Scene::new();
    let repository = history::sentences();
    let project = scene.project(repository.path(), &["DEVTO"]);
    let job = scene.job(&project, SELDOM);
    let path = format!("/api/cron/schedules/{job}");
    let client = scene.client();
    let off = client.patch(&path, &json!({})).expect(200);
    assert_eq!(
        (&off["isEnabled"], &off["nextRunAt"]),
        (&json!(false), &Value::Null),
        "absent flips: {off:#}"
    );
    let off = client.patch(&path, &json!({ "isEnabled": false })).expect(200);
    assert_eq!(off["isEnabled"], false);
    let on = client.patch(&path, &json!({ "isEnabled": true })).expect(200);
    assert!(on["nextRunAt"].is_string(), "{on:#}");
    let listed = |query: &str| client.all(&format!("/api/cron/schedules?{query}"), 10).len();
    assert_eq!((listed("isEnabled=true"), listed("isEnabled=false")), (1, 0));
    assert_eq!((listed("search=weekly"), listed("search=nothing")), (1, 0));
}

#[test]
fn a_cancelled_job_keeps_its_history_and_nothing_else() {
    let scene = Scene::new();
    let repository = history::sentences();
    let (_, job) = scene.work(repository.path(), &["DEVTO"]);
    let execution = text(&scene.run(&job)["id"]);
    let client = scene.client();
    client.delete(&format!("/api/cron/schedules/{job}")).expect(204);
    let history = client.all(&format!("/api/cron/executions?jobId={job}"), 10);
    assert_eq!(history.len(), 1);
    assert_eq!(client.get(&format!("/api/cron/executions/{execution}")).expect(200)["status"], "COMPLETED");
    assert_eq!(scene.drafts_of(&execution).len(), 1);
    let refused = client.post("/api/cron/trigger", &json!({ "jobId": job }));
    assert_eq!(refused.problem(409)["code"], "JOB_CANCELLED");
    assert_eq!(client.patch("/api/cron/schedule", &json!({ "id": job, "name": "x" })).status, 409);
}

#[test]
fn cancelling_a_job_cancels_its_open_executions() {
    let scene = Scene::new();
    let repository = history::long(3_000);
    let project = scene.project(repository.path(), &PLATFORMS);
    let (first, second) = (scene.job(&project, SELDOM), scene.job(&project, SELDOM));
    let running = scene.trigger(&first);
    let waiting = scene.trigger(&second);
    scene.client().delete(&format!("/api/cron/schedules/{second}")).expect(204);
    until_status(&scene, &waiting, &["CANCELLED"]);
    assert!(ENDED.contains(&text(&scene.ended(&running)["status"]).as_str()));
}

#[test]
fn an_edit_takes_effect_from_now_on() {
    let scene = Scene::new();
    let repository = history::sentences();
    let project = scene.project(repository.path(), &["DEVTO"]);
    let job = scene.job(&project, SELDOM);
    let client = scene.client();
    let time = json!({ "hour": 9, "minute": 0, "dayOfWeek": 1, "timezone": "America/New_York" });
    let change = json!({ "id": job, "frequency": "WEEKLY", "timeConfig": time });
    let changed = client.patch("/api/cron/schedule", &change).expect(200);
    assert_eq!(changed["frequency"], "WEEKLY");
    let said = text(&changed["description"]);
    assert!(said.contains("Monday") && said.contains("09:00"), "{said}");
    let preview = json!({ "frequency": "WEEKLY", "timeConfig": time });
    let preview = client.post("/api/cron/preview", &preview).expect(200);
    assert_eq!(preview["description"], changed["description"]);
    assert_eq!(preview["occurrences"][0]["dueAt"], changed["nextRunAt"], "{preview:#}");
    assert!(client.all(&format!("/api/cron/executions?jobId={job}"), 10).is_empty(), "an edit runs nothing");
}
