//! A project's activity becomes drafts, on schedule, step by recorded step, each commit once.

use std::time::Duration;

use dateline_tests::history;
use dateline_tests::scene::{ENDED, PLATFORMS, Scene, text};
use dateline_tests::waiting::{Stopwatch, until};
use serde_json::{Value, json};

fn step_names(execution: &Value) -> Vec<String> {
    execution["steps"].as_array().expect("steps").iter().map(|step| text(&step["name"])).collect()
}

#[test]
fn an_execution_writes_a_draft_for_each_platform_in_recorded_steps() {
    let scene = Scene::new();
    let repository = history::conventional();
    let (project, job) = scene.work(repository.path(), &PLATFORMS);
    let execution = scene.run(&job);
    assert_eq!(execution["status"], "COMPLETED", "{execution:#}");
    assert_eq!(execution["trigger"], "MANUAL");
    assert_eq!(execution["projectId"], project, "{execution:#}");
    let mut expected = vec!["fetch_project".to_owned(), "scan".to_owned()];
    expected.extend(PLATFORMS.map(|platform| format!("write/{}", platform.to_lowercase())));
    expected.push("advance_cursor".to_owned());
    let mut steps = step_names(&execution);
    assert_eq!(steps[..2], expected[..2], "{steps:?}");
    assert_eq!(steps.last(), expected.last(), "{steps:?}");
    steps.sort();
    expected.sort();
    assert_eq!(steps, expected);
    assert_eq!(execution["items"], json!({ "processed": 8, "succeeded": 8, "failed": 0 }));
    assert_eq!(execution["attempts"].as_array().expect("attempts").len(), 1, "{execution:#}");
    let mut written: Vec<String> =
        scene.drafts_of(&text(&execution["id"])).iter().map(|draft| text(&draft["platform"])).collect();
    written.sort();
    let mut platforms = PLATFORMS.to_vec();
    platforms.sort_unstable();
    assert_eq!(written, platforms);
    let logs =
        scene.client().get(&format!("/api/cron/executions/{}/logs", text(&execution["id"]))).expect(200);
    assert!(logs["items"].as_array().is_some_and(|lines| !lines.is_empty()), "{logs}");
}

#[test]
fn every_statement_rests_on_commits_of_the_repository() {
    let scene = Scene::new();
    let repository = history::conventional();
    let shas = repository.shas();
    for draft in scene.written(repository.path(), &["DEVTO", "RELEASE_NOTES", "BLUESKY"]) {
        let draft = scene.client().get(&format!("/api/drafts/{}", text(&draft["id"]))).expect(200);
        let evidence = draft["evidence"].as_array().expect("evidence");
        assert!(!evidence.is_empty(), "{draft:#}");
        let body = text(&draft["content"]["body"]);
        let mut cited = 0;
        for link in evidence {
            let part = if link["part"] == "TITLE" { text(&draft["content"]["title"]) } else { body.clone() };
            let span =
                |field: &str| usize::try_from(link[field].as_u64().expect("an offset")).expect("a size");
            assert_eq!(part.get(span("start")..span("end")), link["statement"].as_str(), "{link:#}");
            for source in link["sources"].as_array().expect("sources") {
                let items = draft["sources"].as_array().expect("sources");
                let item = items.iter().find(|item| item["id"] == *source);
                let sha = text(&item.unwrap_or_else(|| panic!("{source} is a source: {draft:#}"))["sha"]);
                assert!(shas.contains(&sha), "{sha} is a commit of the repository: {link:#}");
                cited += 1;
            }
        }
        assert!(cited > 0, "something is cited: {draft:#}");
        assert!(
            draft["findings"].as_array().is_some_and(|all| all.iter().all(|one| one["severity"] != "ERROR"))
        );
    }
}

#[test]
fn each_commit_is_covered_once() {
    let scene = Scene::new();
    let mut repository = history::conventional();
    let (_, job) = scene.work(repository.path(), &["MARKDOWN"]);
    assert_eq!(scene.run(&job)["status"], "COMPLETED");
    let idle = scene.run(&job);
    assert_eq!(idle["status"], "SKIPPED", "{idle:#}");
    assert_eq!(idle["reason"], "NO_ACTIVITY", "{idle:#}");
    assert!(scene.drafts_of(&text(&idle["id"])).is_empty());
    repository.commit("feat(export): write spreadsheets with a header row", "src/export.rs");
    let fresh = scene.run(&job);
    assert_eq!(fresh["status"], "COMPLETED", "{fresh:#}");
    let drafts = scene.drafts_of(&text(&fresh["id"]));
    let draft = scene.client().get(&format!("/api/drafts/{}", text(&drafts[0]["id"]))).expect(200);
    let body = text(&draft["content"]["body"]);
    assert!(body.contains("spreadsheets") && !body.contains("quoted field names"), "{body}");
    let client = scene.client();
    let view = client.get(&format!("/api/cron/schedules/{job}")).expect(200);
    assert!(view.to_string().contains(&repository.shas()[0]), "the job's cursor is the head: {view:#}");
    assert_eq!(view["status"], "COMPLETED", "{view:#}");
}

#[test]
fn a_job_that_is_not_enabled_runs_when_asked() {
    let scene = Scene::new();
    let repository = history::sentences();
    let project = scene.project(repository.path(), &["LINKEDIN"]);
    let mut body = dateline_tests::scene::job(&project, "* * * * *");
    body["isEnabled"] = json!(false);
    let job = scene.client().post("/api/cron/schedule", &body).expect(201);
    assert!(job["nextRunAt"].is_null(), "{job:#}");
    assert_eq!(scene.run(&text(&job["id"]))["status"], "COMPLETED");
}

#[test]
fn a_repository_that_went_away_fails_with_the_reason() {
    let scene = Scene::new();
    let repository = history::sentences();
    let (_, job) = scene.work(repository.path(), &["LINKEDIN"]);
    let path = repository.path().display().to_string();
    drop(repository);
    let failed = scene.run(&job);
    assert_eq!(failed["status"], "FAILED", "{failed:#}");
    assert_eq!(failed["error"]["class"], "PERMANENT", "{failed:#}");
    assert!(failed["error"]["chain"].to_string().contains(&path), "{failed:#}");
    let stats = scene.client().get(&format!("/api/cron/executions?jobId={job}&stats=true")).expect(200);
    assert_eq!(stats["stats"]["failed"], 1, "{stats:#}");
    assert_eq!(stats["stats"]["successRate"], 0.0, "{stats:#}");
}

#[test]
fn a_schedule_fires_by_itself_once_an_occurrence() {
    let scene = Scene::new();
    let repository = history::sentences();
    let project = scene.project(repository.path(), &["MASTODON"]);
    let watch = Stopwatch::start();
    let job = scene.job(&project, "* * * * *");
    let client = scene.client();
    let due = text(&client.get(&format!("/api/cron/schedules/{job}")).expect(200)["nextRunAt"]);
    let path = format!("/api/cron/executions?jobId={job}");
    let first = until(Duration::from_secs(75), "the schedule to fire", || {
        let mut found = client.all(&path, 10);
        found.retain(|execution| ENDED.contains(&text(&execution["status"]).as_str()));
        found.pop()
    });
    assert_eq!(first["status"], "COMPLETED", "{first:#}");
    let first = client.get(&format!("/api/cron/executions/{}", text(&first["id"]))).expect(200);
    assert_eq!(
        first["trigger"]["kind"].as_str().or(first["trigger"].as_str()),
        Some("SCHEDULED"),
        "{first:#}"
    );
    assert!(first.to_string().contains(&due), "it is the occurrence that was announced, {due}: {first:#}");
    let started = text(&first["startedAt"]);
    assert!(started >= due, "never early: due {due}, started {started}");
    let occurrences = client.get(&format!("/api/cron/schedules/{job}/occurrences")).expect(200);
    let of_due: Vec<&Value> = occurrences["items"]
        .as_array()
        .expect("occurrences")
        .iter()
        .filter(|occurrence| occurrence["dueAt"] == due.as_str())
        .collect();
    assert_eq!(of_due.len(), 1, "one record of {due}: {occurrences:#}");
    assert_eq!(of_due[0]["executionId"], first["id"], "{occurrences:#}");
    assert!(
        occurrences["items"].as_array().expect("items").len() > 1,
        "coming ones are shown: {occurrences:#}"
    );
    if watch.elapsed() < Duration::from_secs(60) {
        assert_eq!(client.all(&path, 10).len(), 1, "one occurrence, one execution");
    }
}
