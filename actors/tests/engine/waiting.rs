//! An execution that waits for a rate limit holds nothing, spends nothing and comes back.

use std::time::Duration;

use dateline_core::execution::{
    AttemptOutcome, ExecutionState, ExecutionStatus, FailureClass, Outcome, SkipReason, WaitReason,
};
use dateline_core::platform::Platform;

use crate::world::{BEGIN, Mood, World, at, cron, outcome, quick_retries};

const MINUTE: Duration = Duration::from_secs(60);

#[test]
fn a_rate_limit_holds_no_slot_and_spends_no_attempt() {
    let world = World::new();
    world.life(async |life| {
        let until = life.dateline.now() + 5 * MINUTE;
        world.source.next_scans("lantern", [Mood::Limited(Some(until)), Mood::Limited(None)]);
        let (job, id) = life.started(&[Platform::Devto], quick_retries()).await;
        let waiting = life.reaches(id, ExecutionStatus::Waiting).await;
        let ExecutionState::Waiting { wait, .. } = waiting.state else { unreachable!() };
        assert_eq!((wait.reason, wait.until), (WaitReason::RateLimit, until));
        assert!(waiting.state.lease().is_none());
        // Its project's lane is free: another execution of the job runs meanwhile.
        let other = life.dateline.trigger(job, None).await.expect("an execution").id;
        let second = life.reaches(other, ExecutionStatus::Waiting).await;
        assert!(second.state.lease().is_none());
        let ended = life.ended(id).await;
        // The other had less to wait and wrote the window.
        assert_eq!(outcome(&ended), Some(Outcome::Skipped(SkipReason::NoActivity)));
        assert_eq!((ended.failures(), ended.error), (0, None));
        let ends: Vec<_> = ended.attempts.iter().map(|attempt| attempt.end).collect();
        assert_eq!(ends, [Some(AttemptOutcome::Waited), Some(AttemptOutcome::Succeeded)]);
        assert!(life.dateline.now() >= until, "the server's word is a floor");
    });
}

#[test]
fn a_wait_survives_a_restart() {
    let world = World::new();
    let until = at(BEGIN) + 10 * MINUTE;
    world.source.next_scans("lantern", [Mood::Limited(Some(until))]);
    let id = world.life(async |life| {
        let (_, id) = life.started(&[Platform::Devto], quick_retries()).await;
        life.reaches(id, ExecutionStatus::Waiting).await;
        id
    });
    world.life(async |life| {
        let waiting = life.execution(id).await;
        assert_eq!(waiting.state.status(), ExecutionStatus::Waiting);
        assert_eq!(outcome(&life.ended(id).await), Some(Outcome::Completed));
        assert_eq!(world.source.scans("lantern"), 2, "nothing is asked before its time");
    });
}

#[test]
fn a_waiting_execution_can_be_paused_and_cancelled() {
    let world = World::new();
    world.life(async |life| {
        let far = Some(life.dateline.now() + 14 * MINUTE);
        world.source.next_scans("lantern", [Mood::Limited(far)]);
        let (_, id) = life.started(&[Platform::Devto], quick_retries()).await;
        life.reaches(id, ExecutionStatus::Waiting).await;
        life.dateline.pause_execution(id).await.expect("paused");
        life.pass(20 * MINUTE).await;
        assert_eq!(life.execution(id).await.state.status(), ExecutionStatus::Paused);
        life.dateline.cancel_execution(id).await.expect("cancelled");
        assert_eq!(life.execution(id).await.state.status(), ExecutionStatus::Cancelled);
    });
}

#[test]
fn a_limit_that_never_passes_is_given_up_after_a_day() {
    let world = World::new();
    world.life(async |life| {
        world.source.next_scans("lantern", std::iter::repeat_n(Mood::Limited(None), 200));
        let project = life.project("lantern", &[Platform::Devto]).await;
        let job = life.job(project.id, cron("0 0 1 1 *"), quick_retries()).await.job.id;
        let begun_at = life.dateline.now();
        let id = life.dateline.trigger(job, None).await.expect("an execution").id;
        life.pass(26 * 60 * MINUTE).await;
        let ended = life.execution(id).await;
        assert_eq!(outcome(&ended), Some(Outcome::Failed));
        assert_eq!(ended.error.map(|error| error.class), Some(FailureClass::RateLimited));
        let ExecutionState::Finished { at, .. } = ended.state else { unreachable!() };
        let hours = (at - begun_at).num_hours();
        assert!((24..=25).contains(&hours), "{hours} hours");
        assert!(ended.attempts.len() < 120, "{} attempts", ended.attempts.len());
    });
}
