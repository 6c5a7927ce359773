//! What people ask of executions: cancel, pause, resume, replay.

use std::time::Duration;

use dateline_actors::RequestError;
use dateline_core::execution::{AttemptOutcome, ExecutionStatus, Outcome, SkipReason};
use dateline_core::platform::Platform;
use dateline_core::policy::Policy;
use dateline_core::store::StoreError;

use crate::world::{Mood, World, outcome, patient, quick_retries, step_names, told};

const BOTH: [Platform; 2] = [Platform::Devto, Platform::Mastodon];
const CANCELLED: Option<Outcome> = Some(Outcome::Cancelled);
const COMPLETED: Option<Outcome> = Some(Outcome::Completed);

#[test]
fn a_queued_execution_is_cancelled_at_once() {
    let world = World::new();
    world.source.next_scans("lantern", [Mood::Slow(Duration::from_secs(60))]);
    world.life(async |life| {
        let (job, _) = life.started(&BOTH, Policy::default()).await;
        life.world.source.scanned("lantern", 1).await;
        let queued = life.dateline.trigger(job, None).await.expect("an execution").id;
        let cancelled = life.dateline.cancel_execution(queued).await.expect("cancelled");
        assert_eq!(outcome(&cancelled), CANCELLED);
        life.pass(Duration::from_secs(120)).await;
        assert!(life.execution(queued).await.attempts.is_empty());
        assert_eq!(life.world.source.scans("lantern"), 1);
    });
}

#[test]
fn a_running_scan_is_told_to_stop() {
    let world = World::new();
    world.source.next_scans("lantern", [Mood::Long]);
    world.life(async |life| {
        let (_, id) = life.started(&BOTH, patient()).await;
        life.world.source.scanned("lantern", 1).await;
        life.pass(Duration::from_secs(20)).await;
        let asked = life.dateline.now();
        let cancelling = life.dateline.cancel_execution(id).await.expect("cancelling");
        assert_eq!(cancelling.state.status(), ExecutionStatus::Cancelling);
        let ended = life.ended(id).await;
        assert_eq!(outcome(&ended), CANCELLED);
        assert_eq!(ended.attempts[0].end, Some(AttemptOutcome::Cancelled));
        assert!(life.dateline.now() - asked < chrono::Duration::seconds(1));
        assert_eq!(step_names(&life.detail(id).await), ["fetch_project"], "what was stopped has not failed");
    });
}

#[test]
fn a_step_that_hears_nothing_is_cut_off_half_a_minute_after_its_cancellation() {
    let world = World::new();
    world.source.next_scans("lantern", [Mood::Deaf]);
    world.life(async |life| {
        let (job, id) = life.started(&BOTH, patient()).await;
        life.world.source.scanned("lantern", 1).await;
        let asked = life.dateline.now();
        life.dateline.cancel_execution(id).await.expect("cancelling");
        assert_eq!(outcome(&life.ended(id).await), CANCELLED);
        let took = life.dateline.now() - asked;
        assert!(took < chrono::Duration::seconds(32), "{took}");
        let next = life.dateline.trigger(job, None).await.expect("an execution").id;
        assert_eq!(outcome(&life.ended(next).await), COMPLETED, "its place is free");
    });
}

#[test]
fn an_execution_that_waits_for_its_next_try_is_cancelled_at_once() {
    let world = World::new();
    world.source.next_scans("lantern", [Mood::Fail]);
    world.life(async |life| {
        let (_, id) = life.started(&BOTH, quick_retries()).await;
        life.reaches(id, ExecutionStatus::Retrying).await;
        let cancelled = life.dateline.cancel_execution(id).await.expect("cancelled");
        assert_eq!(outcome(&cancelled), CANCELLED);
        life.pass(Duration::from_secs(60)).await;
        assert_eq!(life.world.source.scans("lantern"), 1);
    });
}

#[test]
fn cancelling_twice_changes_nothing_and_cancelling_what_has_ended_is_refused() {
    let world = World::new();
    world.source.next_scans("lantern", [Mood::Slow(Duration::from_secs(5))]);
    world.life(async |life| {
        let (job, id) = life.started(&BOTH, Policy::default()).await;
        life.world.source.scanned("lantern", 1).await;
        let once = life.dateline.cancel_execution(id).await.expect("cancelling");
        let twice = life.dateline.cancel_execution(id).await.expect("cancelling");
        assert_eq!(once.state, twice.state);
        let ended = life.ended(id).await;
        let again = life.dateline.cancel_execution(id).await.expect("cancelled");
        assert_eq!(ended.state, again.state);
        let next = life.dateline.trigger(job, None).await.expect("an execution").id;
        life.ended(next).await;
        let refused = life.dateline.cancel_execution(next).await.expect_err("it has ended");
        assert!(matches!(refused, RequestError::Store(StoreError::Refused(_))), "{refused}");
    });
}

#[test]
fn a_cancelled_execution_keeps_what_it_has_written() {
    let world = World::new();
    world.writer.next(Platform::Mastodon, [Mood::Slow(Duration::from_secs(5))]);
    world.life(async |life| {
        let (job, id) = life.started(&BOTH, Policy::default()).await;
        life.world.writer.moods.called("MASTODON", 1).await;
        life.dateline.cancel_execution(id).await.expect("cancelling");
        let ended = life.ended(id).await;
        assert_eq!(outcome(&ended), CANCELLED);
        let drafts = life.drafts(id).await.len();
        assert_eq!(drafts, life.view(job).await.cursors.len(), "each draft moved its cursor");
        assert!((1..=2).contains(&drafts));
        assert_eq!(ended.items.succeeded as usize, drafts);
    });
}

#[test]
fn a_paused_execution_rests_at_a_step_boundary_and_goes_on_from_there() {
    let world = World::new();
    world.source.next_scans("lantern", [Mood::Slow(Duration::from_secs(5))]);
    world.life(async |life| {
        let (_, id) = life.started(&BOTH, Policy::default()).await;
        life.world.source.scanned("lantern", 1).await;
        let asked = life.dateline.pause_execution(id).await.expect("pausing");
        assert_eq!(asked.state.status(), ExecutionStatus::Running, "the step goes on to its end");
        life.reaches(id, ExecutionStatus::Paused).await;
        assert_eq!(step_names(&life.detail(id).await), ["fetch_project", "scan"]);
        life.pass(Duration::from_secs(300)).await;
        assert_eq!(life.execution(id).await.state.status(), ExecutionStatus::Paused);
        life.dateline.resume_execution(id).await.expect("resumed");
        let ended = life.ended(id).await;
        assert_eq!(outcome(&ended), COMPLETED);
        assert_eq!(ended.attempts.iter().map(|attempt| attempt.number).collect::<Vec<_>>(), [1, 2]);
        assert_eq!(life.world.source.scans("lantern"), 1);
    });
}

#[test]
fn a_pause_taken_back_in_time_changes_nothing() {
    let world = World::new();
    world.source.next_scans("lantern", [Mood::Slow(Duration::from_secs(5))]);
    world.life(async |life| {
        let (_, id) = life.started(&BOTH, Policy::default()).await;
        life.world.source.scanned("lantern", 1).await;
        life.dateline.pause_execution(id).await.expect("pausing");
        life.pass(Duration::from_secs(1)).await;
        life.dateline.resume_execution(id).await.expect("going on");
        let ended = life.ended(id).await;
        assert_eq!((outcome(&ended), ended.attempts.len()), (COMPLETED, 1));
    });
}

#[test]
fn a_paused_execution_can_be_cancelled() {
    let world = World::new();
    world.source.next_scans("lantern", [Mood::Slow(Duration::from_secs(5))]);
    world.life(async |life| {
        let (_, id) = life.started(&BOTH, Policy::default()).await;
        life.world.source.scanned("lantern", 1).await;
        life.dateline.pause_execution(id).await.expect("pausing");
        life.reaches(id, ExecutionStatus::Paused).await;
        let cancelled = life.dateline.cancel_execution(id).await.expect("cancelled");
        assert_eq!(outcome(&cancelled), CANCELLED);
    });
}

#[test]
fn a_replay_from_a_step_takes_over_the_steps_before() {
    World::new().life(async |life| {
        let (_, id) = life.started(&BOTH, Policy::default()).await;
        life.ended(id).await;
        let from = Some("write/mastodon".to_owned());
        let replay = life.dateline.replay(id, from, None).await.expect("a replay").id;
        assert_eq!(outcome(&life.ended(replay).await), COMPLETED);
        let detail = life.detail(replay).await;
        let copied: Vec<_> =
            detail.steps.iter().map(|step| (step.name.as_str(), step.copied_from == Some(id))).collect();
        let expected = [
            ("fetch_project", true),
            ("scan", true),
            ("write/devto", true),
            ("write/mastodon", false),
            ("advance_cursor", false),
        ];
        assert_eq!(copied, expected);
        let writer = &life.world.writer;
        assert_eq!((writer.calls(Platform::Devto), writer.calls(Platform::Mastodon)), (1, 2));
        assert_eq!(life.world.source.scans("lantern"), 1);
    });
}

#[test]
fn a_replay_from_a_step_writes_only_for_the_platforms_it_is_asked_for() {
    World::new().life(async |life| {
        let (_, id) = life.started(&BOTH, Policy::default()).await;
        life.ended(id).await;
        let payload = Some(told(&[Platform::Mastodon]));
        let from = Some("write/devto".to_owned());
        let replay = life.dateline.replay(id, from, payload).await.expect("a replay").id;
        let ended = life.ended(replay).await;
        assert_eq!((outcome(&ended), ended.items.processed), (COMPLETED, 1));
        let writer = &life.world.writer;
        assert_eq!((writer.calls(Platform::Devto), writer.calls(Platform::Mastodon)), (1, 2));
    });
}

#[test]
fn a_replay_of_all_of_it_reads_the_present() {
    World::new().life(async |life| {
        let (_, id) = life.started(&BOTH, Policy::default()).await;
        life.ended(id).await;
        let replay = life.dateline.replay(id, None, None).await.expect("a replay").id;
        assert_eq!(outcome(&life.ended(replay).await), Some(Outcome::Skipped(SkipReason::NoActivity)));
    });
}

#[test]
fn only_an_ended_execution_is_replayed_and_only_from_a_step_it_has() {
    let world = World::new();
    world.source.next_scans("lantern", [Mood::Slow(Duration::from_secs(5))]);
    world.life(async |life| {
        let (_, id) = life.started(&BOTH, Policy::default()).await;
        let open = life.dateline.replay(id, None, None).await.expect_err("it is open");
        assert!(matches!(open, RequestError::StillOpen), "{open}");
        life.ended(id).await;
        let unknown =
            life.dateline.replay(id, Some("bake".to_owned()), None).await.expect_err("no such step");
        let RequestError::Invalid { faults } = unknown else { panic!("{unknown}") };
        assert_eq!(faults[0].pointer, "/fromStep");
    });
}

#[test]
fn a_cancelled_job_cancels_what_it_has_open() {
    let world = World::new();
    world.source.next_scans("lantern", [Mood::Long]);
    world.life(async |life| {
        let (job, running) = life.started(&BOTH, patient()).await;
        life.world.source.scanned("lantern", 1).await;
        let queued = life.dateline.trigger(job, None).await.expect("an execution").id;
        life.dateline.cancel_job(job).await.expect("cancelled");
        assert_eq!(outcome(&life.ended(running).await), CANCELLED);
        assert_eq!(outcome(&life.ended(queued).await), CANCELLED);
        let refused = life.dateline.trigger(job, None).await.expect_err("the job is cancelled");
        assert!(matches!(refused, RequestError::Store(StoreError::JobCancelled)), "{refused}");
        life.dateline.cancel_job(job).await.expect("again changes nothing");
    });
}

#[test]
fn a_removed_project_takes_its_jobs_and_executions_along() {
    let world = World::new();
    world.source.next_scans("lantern", [Mood::Long]);
    world.life(async |life| {
        let (job, id) = life.started(&BOTH, patient()).await;
        life.world.source.scanned("lantern", 1).await;
        let project = life.view(job).await.job.home.project().expect("one");
        life.dateline.remove_project(project).await.expect("removed");
        assert_eq!(outcome(&life.ended(id).await), CANCELLED);
        assert!(life.view(job).await.job.cancelled_at.is_some());
    });
}
