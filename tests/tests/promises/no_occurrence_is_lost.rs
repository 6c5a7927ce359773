//! What came due while nobody ran is recorded once, with what became of it, and never again.

use std::collections::BTreeSet;
use std::time::Duration;

use dateline_tests::history;
use dateline_tests::scene::{ENDED, Scene, text};
use dateline_tests::waiting::{pause, until};
use serde_json::{Value, json};

/// Longer than the pattern's interval: whatever the second of the start, one occurrence passes at least.
const DOWN: Duration = Duration::from_secs(62);

/// Returns the past occurrences of `job`, oldest first.
fn past(scene: &Scene, job: &str) -> Vec<Value> {
    let all = scene.client().all(&format!("/api/cron/schedules/{job}/occurrences"), 50);
    let mut past: Vec<Value> = all.into_iter().filter(|one| one["status"] != "PLANNED").collect();
    past.sort_by_key(|one| text(&one["dueAt"]));
    past
}

#[test]
fn occurrences_of_a_dead_time_have_one_record_each() {
    let mut scene = Scene::new();
    let repository = history::sentences();
    let project = scene.project(repository.path(), &["BLUESKY"]);
    let late = scene.job(&project, "* * * * *");
    let mut body = dateline_tests::scene::job(&project, "* * * * *");
    body["policy"] = json!({ "misfire": "SKIP" });
    let skipping = text(&scene.client().post("/api/cron/schedule", &body).expect(201)["id"]);
    let due =
        |job: &str| text(&scene.client().get(&format!("/api/cron/schedules/{job}")).expect(200)["nextRunAt"]);
    let (first_late, first_skipping) = (due(&late), due(&skipping));
    scene.server.kill9();
    pause(DOWN);
    scene.server.restart();
    for (job, first) in [(&late, &first_late), (&skipping, &first_skipping)] {
        let recorded = until(Duration::from_secs(5), "what was missed to be recorded", || {
            Some(past(&scene, job)).filter(|past| !past.is_empty())
        });
        assert_eq!(recorded[0]["dueAt"], first.as_str(), "nothing before it, and it is there: {recorded:#?}");
    }
    for one in past(&scene, &skipping).iter().filter(|one| one["status"] == "MISSED") {
        // One that is less than a minute late counts as served in time and runs.
        assert_eq!(one["reason"], "DOWN", "{one:#}");
    }
    let ran = until(Duration::from_secs(30), "the newest missed one to run", || {
        past(&scene, &late).into_iter().find(|one| one["status"] == "COMPLETED")
    });
    assert!(text(&ran["startedAt"]) >= text(&ran["dueAt"]), "{ran:#}");
    scene.server.restart();
    until(Duration::from_secs(10), "what is open to end", || {
        let all = scene.client().all("/api/cron/executions", 100);
        all.iter().all(|one| ENDED.contains(&text(&one["status"]).as_str())).then_some(())
    });
    for job in [&late, &skipping] {
        let past = past(&scene, job);
        let due: BTreeSet<String> = past.iter().map(|one| text(&one["dueAt"])).collect();
        assert_eq!(due.len(), past.len(), "one record an occurrence: {past:#?}");
        let executions =
            scene.client().all(&format!("/api/cron/executions?jobId={job}&trigger=SCHEDULED"), 100);
        assert_eq!(executions.len(), past.len(), "{executions:#?}");
    }
}
