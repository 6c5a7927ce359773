//! What an execution does when all goes well.

use std::time::Duration;

use dateline_core::execution::{ExecutionStatus, Outcome, SkipReason};
use dateline_core::platform::Platform;
use dateline_core::policy::Policy;

use crate::world::{World, at, cron, every_minute, outcome, step_names};

#[test]
fn a_due_schedule_fires_once_and_not_early() {
    World::new().life(async |life| {
        let project = life.project("lantern", &[Platform::Devto, Platform::Mastodon]).await;
        let job = life.job(project.id, cron("0 9 * * *"), Policy::default()).await.job.id;
        life.pass(Duration::from_millis(9_500)).await;
        assert!(life.executions(job).await.is_empty(), "nothing is due before nine");
        let ended = life.all_ended(job, 1).await;
        assert_eq!(ended.len(), 1);
        assert_eq!(outcome(&ended[0]), Some(Outcome::Completed));
        let due = ended[0].due.as_ref().expect("an occurrence").key();
        assert_eq!(due, at("2026-11-23T09:00:00Z"));
        let late = ended[0].started_at.expect("it ran") - due;
        assert!(late >= chrono::Duration::zero() && late < chrono::Duration::seconds(1), "{late}");
        life.pass(Duration::from_secs(300)).await;
        assert_eq!(life.executions(job).await.len(), 1);
    });
}

#[test]
fn an_execution_records_its_steps_and_stores_a_draft_for_each_platform() {
    World::new().life(async |life| {
        let platforms = [Platform::Devto, Platform::Mastodon];
        let (job, id) = life.started(&platforms, Policy::default()).await;
        let ended = life.ended(id).await;
        assert_eq!(outcome(&ended), Some(Outcome::Completed));
        assert_eq!((ended.items.processed, ended.items.succeeded, ended.items.failed), (2, 2, 0));
        let detail = life.detail(id).await;
        let steps = ["fetch_project", "scan", "write/devto", "write/mastodon", "advance_cursor"];
        assert_eq!(step_names(&detail), steps);
        let drafts = life.drafts(id).await;
        assert_eq!(drafts.len(), 2);
        assert!(drafts.iter().all(|draft| draft.content.body.contains("tabs") && !draft.evidence.is_empty()));
        assert_eq!(life.view(job).await.status, dateline_core::job::JobStatus::Completed);
    });
}

#[test]
fn a_cursor_moves_to_the_head_that_scan_recorded() {
    let world = World::new();
    world.writer.next(Platform::Devto, [crate::world::Mood::Slow(Duration::from_secs(5))]);
    world.life(async |life| {
        let (job, id) = life.started(&[Platform::Devto], Policy::default()).await;
        life.world.writer.moods.called("DEVTO", 1).await;
        // Somebody commits while the text is written.
        let newer = life.world.source.commit("lantern", "fix: keep blank lines");
        life.ended(id).await;
        let cursors = life.view(job).await.cursors;
        assert_eq!(cursors.len(), 1);
        assert_ne!(cursors[0].sha, newer);
        assert_eq!(cursors[0].execution, id);
        let next = life.dateline.trigger(job, None).await.expect("an execution").id;
        assert_eq!(outcome(&life.ended(next).await), Some(Outcome::Completed));
        assert_eq!(life.view(job).await.cursors[0].sha, newer);
        let body = &life.drafts(next).await[0].content.body;
        assert!(body.contains("blank lines") && !body.contains("tabs"), "{body}");
    });
}

#[test]
fn a_run_without_new_commits_is_skipped() {
    World::new().life(async |life| {
        let (job, first) = life.started(&[Platform::Devto], Policy::default()).await;
        life.ended(first).await;
        let second = life.dateline.trigger(job, None).await.expect("an execution").id;
        let ended = life.ended(second).await;
        assert_eq!(outcome(&ended), Some(Outcome::Skipped(SkipReason::NoActivity)));
        assert_eq!(life.world.writer.calls(Platform::Devto), 1);
        assert!(life.drafts(second).await.is_empty());
    });
}

#[test]
fn activity_with_nothing_to_tell_is_skipped_and_not_read_again() {
    World::new().life(async |life| {
        let (job, first) = life.started(&[Platform::Devto], Policy::default()).await;
        life.ended(first).await;
        let quiet = life.world.source.commit("lantern", "chore: tidy up");
        let second = life.dateline.trigger(job, None).await.expect("an execution").id;
        assert_eq!(outcome(&life.ended(second).await), Some(Outcome::Skipped(SkipReason::NoActivity)));
        assert_eq!(life.view(job).await.cursors[0].sha, quiet);
        assert!(step_names(&life.detail(second).await).contains(&"advance_cursor"));
    });
}

#[test]
fn a_repository_without_commits_is_skipped() {
    World::new().life(async |life| {
        let project = life.project("lantern", &[Platform::Devto]).await;
        life.world.source.forget_commits("lantern");
        let job = life.job(project.id, every_minute(), Policy::default()).await.job.id;
        let ended = life.all_ended(job, 1).await;
        assert_eq!(outcome(&ended[0]), Some(Outcome::Skipped(SkipReason::NoActivity)));
    });
}

#[test]
fn a_disabled_job_runs_only_when_asked() {
    World::new().life(async |life| {
        let project = life.project("lantern", &[Platform::Devto]).await;
        let job = life.job(project.id, every_minute(), Policy::default()).await.job.id;
        life.dateline.toggle_job(job, Some(false)).await.expect("disabled");
        life.pass(Duration::from_secs(200)).await;
        assert!(life.executions(job).await.is_empty());
        let id = life.dateline.trigger(job, None).await.expect("an execution").id;
        life.reaches(id, ExecutionStatus::Completed).await;
    });
}

#[test]
fn a_job_enabled_again_looks_forward_only() {
    World::new().life(async |life| {
        let project = life.project("lantern", &[Platform::Devto]).await;
        let job = life.job(project.id, every_minute(), Policy::default()).await.job.id;
        life.dateline.toggle_job(job, None).await.expect("disabled");
        life.pass(Duration::from_secs(600)).await;
        life.dateline.toggle_job(job, None).await.expect("enabled");
        let ended = life.all_ended(job, 1).await;
        assert_eq!(ended.len(), 1);
        let due = ended[0].due.as_ref().expect("an occurrence").key();
        assert_eq!(due, at("2026-11-23T09:10:00Z"));
    });
}
