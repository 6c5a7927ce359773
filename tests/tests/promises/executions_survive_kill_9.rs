//! However often and wherever the program is killed, every acknowledged trigger ends in its one execution.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Duration;

use dateline_tests::chance::Chance;
use dateline_tests::history;
use dateline_tests::scene::{ENDED, Scene, text};
use dateline_tests::waiting::{pause, until};
use serde_json::{Value, json};

const ROUNDS: usize = 12;
const COMMITS: usize = 2_000;
const LONGEST_LIFE: Duration = Duration::from_millis(1_500);
const WRITTEN: [&str; 3] = ["DEVTO", "MASTODON", "RELEASE_NOTES"];

/// What the driver knows: the answers that reached it whole.
#[derive(Debug, Default)]
struct Ledger {
    /// Execution by trigger, with the job it was for.
    acknowledged: BTreeMap<String, String>,
    /// Triggers whose answer was cut off; each may or may not have happened.
    unknown: usize,
}

#[test]
fn killed_at_random_points_nothing_is_lost_and_nothing_is_done_twice() {
    let mut chance = Chance::announced();
    let mut scene = Scene::new();
    let repository = history::long(COMMITS);
    let jobs: Vec<String> = (0..4).map(|_| scene.work(repository.path(), &WRITTEN).1).collect();
    let mut ledger = Ledger::default();
    for round in 0..ROUNDS {
        let life = chance.time_below(LONGEST_LIFE);
        let client = scene.client();
        for job in jobs.iter().skip(round % 3).take(2) {
            trigger(&client, job, &mut ledger);
        }
        pause(life);
        trigger(&client, &jobs[round % jobs.len()], &mut ledger);
        scene.server.kill9();
        eprintln!("round {round}: killed after {life:?}");
        scene.server.restart();
    }
    let all = until(Duration::from_secs(120), "every execution to end", || {
        let all = scene.client().all("/api/cron/executions", 100);
        all.iter().all(|one| ENDED.contains(&text(&one["status"]).as_str())).then_some(all)
    });
    check(&scene, &ledger, &jobs, &all);
    scene.server.stop();
    sound(scene.server.data());
}

#[test]
fn what_is_killed_three_times_in_one_step_is_quarantined() {
    let mut scene = Scene::new();
    let repository = history::long(20_000);
    let (_, job) = scene.work(repository.path(), &WRITTEN);
    let execution = scene.trigger(&job);
    let path = format!("/api/cron/executions/{execution}");
    for attempt in 1..=3 {
        until(Duration::from_secs(30), "its history to be read", || {
            let found = scene.client().get(&path).expect(200);
            assert!(!ENDED.contains(&text(&found["status"]).as_str()), "it was too quick: {found:#}");
            let is_scanning = found["steps"].as_array().map(Vec::len) == Some(1);
            let attempts = found["attempts"].as_array().map(Vec::len);
            (is_scanning && attempts == Some(attempt) && found["status"] == "RUNNING").then_some(())
        });
        scene.server.kill9();
        scene.server.restart();
    }
    let ended = scene.ended(&execution);
    assert_eq!((&ended["status"], &ended["rescues"]), (&json!("FAILED"), &json!(3)), "{ended:#}");
    assert_eq!(ended["error"]["class"], "QUARANTINED", "{ended:#}");
    assert_eq!(ended["deadLetter"]["state"], "OPEN", "{ended:#}");
    let dead = scene.client().all("/api/cron/executions?deadLetter=true", 10);
    assert_eq!(dead.len(), 1, "{dead:#?}");
    let again =
        scene.client().post(&format!("{path}/replay"), &json!({ "fromFailedStep": true })).expect(202);
    let again = scene.ended(&text(&again["executionId"]));
    assert_eq!(again["status"], "COMPLETED", "left alone it ends well: {again:#}");
    let settled = scene.client().get(&path).expect(200);
    assert_eq!(settled["deadLetter"]["replayedBy"], again["id"], "{settled:#}");
}

fn trigger(client: &dateline_tests::client::Client, job: &str, ledger: &mut Ledger) {
    let body = json!({ "jobId": job }).to_string();
    match client.try_send("POST", "/api/cron/trigger", &[], Some(body.as_bytes())) {
        Ok(answer) => {
            let execution = text(&answer.expect(202)["executionId"]);
            let before = ledger.acknowledged.insert(execution.clone(), job.to_owned());
            assert_eq!(before, None, "{execution} answers two triggers");
        }
        Err(_) => ledger.unknown += 1,
    }
}

fn check(scene: &Scene, ledger: &Ledger, jobs: &[String], all: &[Value]) {
    let client = scene.client();
    let known: BTreeSet<String> = all.iter().map(|one| text(&one["id"])).collect();
    assert_eq!(known.len(), all.len(), "no execution is listed twice");
    for (execution, job) in &ledger.acknowledged {
        assert!(known.contains(execution), "{execution} was acknowledged and is gone");
        let found = client.get(&format!("/api/cron/executions/{execution}")).expect(200);
        assert_eq!(found["jobId"], job.as_str(), "{found:#}");
        let is_done = ["COMPLETED", "SKIPPED"].contains(&text(&found["status"]).as_str());
        assert!(is_done || is_quarantined(&found), "{found:#}");
    }
    assert!(known.len() <= ledger.acknowledged.len() + ledger.unknown, "more executions than triggers");
    let mut interrupted = 0;
    for execution in &known {
        let found = client.get(&format!("/api/cron/executions/{execution}")).expect(200);
        steps_are_done_once(&found);
        interrupted += attempts_have_no_holes(&found) - 1;
    }
    eprintln!("{} executions, {interrupted} attempts cut short", known.len());
    for job in jobs {
        drafts_are_not_doubled(scene, job, all);
    }
}

/// Whether chance killed it three times in one step: then it is given up, and says so.
fn is_quarantined(execution: &Value) -> bool {
    execution["error"]["class"] == "QUARANTINED" && execution["rescues"].as_u64() >= Some(3)
}

#[track_caller]
fn steps_are_done_once(execution: &Value) {
    let mut done = BTreeSet::new();
    for step in execution["steps"].as_array().expect("steps") {
        assert!(done.insert(text(&step["name"])), "a step is recorded twice: {execution:#}");
    }
    if execution["status"] == "COMPLETED" {
        // An execution killed between two platforms may leave the rest to the next one.
        for name in ["fetch_project", "scan", "advance_cursor"] {
            assert!(done.contains(name), "{name} is missing: {execution:#}");
        }
        assert!(done.iter().any(|name| name.starts_with("write/")), "it wrote: {execution:#}");
    }
}

#[track_caller]
fn attempts_have_no_holes(execution: &Value) -> usize {
    let attempts = execution["attempts"].as_array().expect("attempts");
    for (index, attempt) in attempts.iter().enumerate() {
        assert_eq!(attempt["number"], index + 1, "{execution:#}");
        assert!(!attempt["endedAt"].is_null(), "an ended execution has ended attempts: {execution:#}");
    }
    assert!(!attempts.is_empty(), "an execution that ended was tried: {execution:#}");
    attempts.len()
}

/// One window was never written twice: nobody added a commit, so each job wrote each platform once.
#[track_caller]
fn drafts_are_not_doubled(scene: &Scene, job: &str, all: &[Value]) {
    let executions: Vec<String> =
        all.iter().filter(|one| one["jobId"] == job).map(|one| text(&one["id"])).collect();
    let mut platforms: BTreeMap<String, usize> = BTreeMap::new();
    for execution in &executions {
        for draft in scene.drafts_of(execution) {
            *platforms.entry(text(&draft["platform"])).or_default() += 1;
        }
    }
    let once: BTreeMap<String, usize> = WRITTEN.iter().map(|name| ((*name).to_owned(), 1)).collect();
    if all.iter().any(|one| one["jobId"] == job && is_quarantined(one)) {
        assert!(platforms.values().all(|count| *count == 1), "{job} wrote {platforms:?} in {executions:?}");
        return;
    }
    assert!(executions.is_empty() || platforms == once, "{job} wrote {platforms:?} in {executions:?}");
}

#[track_caller]
fn sound(data: &Path) {
    dateline_tests::command::dateline(["check".as_ref(), "--data".as_ref(), data.as_os_str()]).done();
}
