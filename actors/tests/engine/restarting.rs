//! What a restart finds, after a soft stop or a sudden end.

use std::time::Duration;

use dateline_core::execution::{AttemptOutcome, ExecutionStatus, FailureClass, Outcome};
use dateline_core::job::JobStatus;
use dateline_core::platform::Platform;
use dateline_core::policy::Policy;

use crate::world::{Mood, World, outcome, patient, quick_retries, step_names};

const BOTH: [Platform; 2] = [Platform::Devto, Platform::Mastodon];
const COMPLETED: Option<Outcome> = Some(Outcome::Completed);

#[test]
fn a_restart_goes_on_after_the_last_recorded_step() {
    let world = World::new();
    world.writer.next(Platform::Mastodon, [Mood::Deaf]);
    let id = world.life(async |life| {
        let (_, id) = life.started(&BOTH, Policy::default()).await;
        life.world.writer.moods.called("MASTODON", 1).await;
        id
    });
    let heads = world.source.moods.calls("head/lantern");
    world.clock.pass(Duration::from_secs(60));
    world.life(async |life| {
        let ended = life.ended(id).await;
        assert_eq!(outcome(&ended), COMPLETED);
        let ends: Vec<_> = ended.attempts.iter().map(|attempt| (attempt.number, attempt.end)).collect();
        let expected = [(1, Some(AttemptOutcome::Interrupted)), (2, Some(AttemptOutcome::Succeeded))];
        assert_eq!(ends, expected);
        assert_eq!(ended.rescues, 1);
        assert_eq!(ended.failures(), 0, "an interruption spends no try");
        let steps = life.detail(id).await;
        let attempts: Vec<_> = steps.steps.iter().map(|step| step.attempt).collect();
        assert_eq!(attempts, [1, 1, 1, 2, 2]);
        assert_eq!(life.drafts(id).await.len(), 2);
    });
    assert_eq!(world.source.moods.calls("head/lantern"), heads, "fetch_project is done");
    assert_eq!(world.source.scans("lantern"), 1);
    assert_eq!((world.writer.calls(Platform::Devto), world.writer.calls(Platform::Mastodon)), (1, 2));
}

#[test]
fn attempts_are_numbered_without_holes_over_many_sudden_ends() {
    let world = World::new();
    world.source.next_scans("lantern", [Mood::Deaf; 2]);
    world.writer.next(Platform::Mastodon, [Mood::Deaf; 2]);
    let id = world.life(async |life| {
        let (_, id) = life.started(&BOTH, Policy::default()).await;
        life.world.source.scanned("lantern", 1).await;
        id
    });
    world.life(async |life| life.world.source.scanned("lantern", 2).await);
    for calls in 1..=2 {
        world.life(async |life| life.world.writer.moods.called("MASTODON", calls).await);
    }
    world.life(async |life| {
        let ended = life.ended(id).await;
        let numbers: Vec<_> = ended.attempts.iter().map(|attempt| attempt.number).collect();
        assert_eq!(numbers, [1, 2, 3, 4, 5]);
        assert_eq!(outcome(&ended), COMPLETED);
        assert_eq!(ended.rescues, 4);
    });
}

#[test]
fn what_kills_its_process_three_times_in_one_step_is_not_tried_again() {
    let world = World::new();
    world.source.next_scans("lantern", [Mood::Deaf; 5]);
    let (job, id) = world.life(async |life| {
        let started = life.started(&BOTH, patient()).await;
        life.world.source.scanned("lantern", 1).await;
        started
    });
    for scans in 2..=3 {
        world.life(async |life| life.world.source.scanned("lantern", scans).await);
    }
    world.life(async |life| {
        let ended = life.ended(id).await;
        assert_eq!((outcome(&ended), ended.rescues), (Some(Outcome::Failed), 3));
        let error = ended.error.expect("why");
        assert_eq!(error.class, FailureClass::Quarantined);
        assert_eq!(error.chain, ["its worker died 3 times in the step after `fetch_project`"]);
        let ends: Vec<_> = ended.attempts.iter().map(|attempt| attempt.end).collect();
        assert_eq!(ends, [Some(AttemptOutcome::Interrupted); 3]);
        assert_eq!(life.view(job).await.status, JobStatus::Failed);
        life.pass(Duration::from_secs(300)).await;
    });
    assert_eq!(world.source.scans("lantern"), 3, "it is no crash loop");
}

#[test]
fn what_is_cancelled_is_never_quarantined() {
    let world = World::new();
    world.source.next_scans("lantern", [Mood::Deaf; 3]);
    let id = world.life(async |life| {
        let (_, id) = life.started(&BOTH, patient()).await;
        life.world.source.scanned("lantern", 1).await;
        id
    });
    world.life(async |life| life.world.source.scanned("lantern", 2).await);
    world.life(async |life| {
        life.world.source.scanned("lantern", 3).await;
        life.dateline.cancel_execution(id).await.expect("cancelling");
    });
    world.life(async |life| {
        let ended = life.ended(id).await;
        assert_eq!((outcome(&ended), ended.error), (Some(Outcome::Cancelled), None));
    });
}

#[test]
fn a_soft_stop_lets_the_step_end_and_queues_the_rest() {
    let world = World::new();
    world.writer.next(Platform::Devto, [Mood::Slow(Duration::from_secs(3))]);
    let id = world.life(async |life| {
        let (_, id) = life.started(&BOTH, Policy::default()).await;
        life.world.writer.moods.called("DEVTO", 1).await;
        life.stop().await;
        let detail = life.detail(id).await;
        assert_eq!(detail.execution.state.status(), ExecutionStatus::Queued);
        assert_eq!(step_names(&detail), ["fetch_project", "scan", "write/devto"]);
        assert_eq!(detail.execution.attempts[0].end, Some(AttemptOutcome::Interrupted));
        id
    });
    world.life(async |life| assert_eq!(outcome(&life.ended(id).await), COMPLETED));
    assert_eq!((world.writer.calls(Platform::Devto), world.writer.calls(Platform::Mastodon)), (1, 1));
}

#[test]
fn a_soft_stop_tells_a_long_scan_and_cuts_off_a_deaf_one_within_ten_seconds() {
    for (mood, longest) in [(Mood::Long, 1), (Mood::Deaf, 10)] {
        let world = World::new();
        world.source.next_scans("lantern", [mood]);
        let id = world.life(async |life| {
            let (_, id) = life.started(&BOTH, patient()).await;
            life.world.source.scanned("lantern", 1).await;
            let before = life.dateline.now();
            life.stop().await;
            let took = life.dateline.now() - before;
            assert!(took <= chrono::Duration::seconds(longest), "{mood:?}: {took}");
            let stored = life.execution(id).await;
            assert_eq!(stored.state.status(), ExecutionStatus::Queued, "{mood:?}");
            assert_eq!(stored.failures(), 0);
            id
        });
        world.life(async |life| assert_eq!(outcome(&life.ended(id).await), COMPLETED, "{mood:?}"));
    }
}

#[test]
fn a_paused_execution_rests_through_a_restart() {
    let world = World::new();
    world.source.next_scans("lantern", [Mood::Slow(Duration::from_secs(2))]);
    let id = world.life(async |life| {
        let (_, id) = life.started(&BOTH, Policy::default()).await;
        life.world.source.scanned("lantern", 1).await;
        life.dateline.pause_execution(id).await.expect("pausing");
        life.reaches(id, ExecutionStatus::Paused).await;
        id
    });
    world.life(async |life| {
        life.pass(Duration::from_secs(60)).await;
        assert_eq!(life.execution(id).await.state.status(), ExecutionStatus::Paused);
        life.dateline.resume_execution(id).await.expect("resumed");
        assert_eq!(outcome(&life.ended(id).await), COMPLETED);
    });
    assert_eq!(world.source.scans("lantern"), 1);
}

#[test]
fn what_is_asked_of_a_running_execution_outlives_a_sudden_end() {
    let world = World::new();
    world.source.next_scans("lantern", [Mood::Deaf, Mood::Deaf]);
    let (cancelled, paused) = world.life(async |life| {
        let (_, cancelled) = life.started(&BOTH, patient()).await;
        let other = life.project("kettle", &BOTH).await;
        life.world.source.next_scans("kettle", [Mood::Deaf]);
        let other = life.job(other.id, crate::world::cron("0 0 1 1 *"), patient()).await.job.id;
        let paused = life.dateline.trigger(other, None).await.expect("an execution").id;
        life.world.source.scanned("lantern", 1).await;
        life.world.source.scanned("kettle", 1).await;
        life.dateline.cancel_execution(cancelled).await.expect("cancelling");
        life.dateline.pause_execution(paused).await.expect("pausing");
        (cancelled, paused)
    });
    world.life(async |life| {
        assert_eq!(outcome(&life.ended(cancelled).await), Some(Outcome::Cancelled));
        life.reaches(paused, ExecutionStatus::Paused).await;
    });
    assert_eq!(world.source.scans("lantern"), 1);
}

#[test]
fn a_retry_waits_through_a_restart() {
    let world = World::new();
    world.source.next_scans("lantern", [Mood::Fail]);
    let id = world.life(async |life| {
        let (_, id) = life.started(&BOTH, quick_retries()).await;
        life.reaches(id, ExecutionStatus::Retrying).await;
        id
    });
    world.life(async |life| {
        let ended = life.ended(id).await;
        assert_eq!(outcome(&ended), COMPLETED);
        assert_eq!(ended.attempts.len(), 2);
        assert_eq!(ended.rescues, 0);
    });
}
