//! How far a job has written, and that it never goes back.

use std::time::Duration;

use dateline_core::execution::{ExecutionStatus, Outcome, SkipReason};
use dateline_core::id::JobId;
use dateline_core::platform::Platform;
use dateline_core::policy::Policy;

use crate::world::{Life, Mood, World, outcome};

const NOTHING: Option<Outcome> = Some(Outcome::Skipped(SkipReason::NoActivity));
const COMPLETED: Option<Outcome> = Some(Outcome::Completed);

/// Runs the job once more and returns how that ended.
async fn run(life: &Life<'_>, job: JobId) -> Option<Outcome> {
    let id = life.dateline.trigger(job, None).await.expect("an execution").id;
    outcome(&life.ended(id).await)
}

#[test]
fn a_replay_of_an_old_execution_does_not_take_the_cursor_back() {
    World::new().life(async |life| {
        let (job, first) = life.started(&[Platform::Devto], Policy::default()).await;
        life.ended(first).await;
        let newest = life.world.source.commit("lantern", "fix: keep blank lines");
        assert_eq!(run(life, job).await, COMPLETED);
        let again =
            life.dateline.replay(first, Some("write/devto".to_owned()), None).await.expect("a replay");
        assert_eq!(outcome(&life.ended(again.id).await), COMPLETED);
        assert_eq!(life.view(job).await.cursors[0].sha, newest);
        assert_eq!(run(life, job).await, NOTHING, "nothing is told twice");
    });
}

#[test]
fn an_execution_that_rested_does_not_take_the_cursor_back() {
    let world = World::new();
    world.source.next_scans("lantern", [Mood::Slow(Duration::from_secs(5))]);
    world.life(async |life| {
        let (job, first) = life.started(&[Platform::Devto], Policy::default()).await;
        life.world.source.scanned("lantern", 1).await;
        life.dateline.pause_execution(first).await.expect("pausing");
        life.reaches(first, ExecutionStatus::Paused).await;
        let newest = life.world.source.commit("lantern", "fix: keep blank lines");
        assert_eq!(run(life, job).await, COMPLETED);
        life.dateline.resume_execution(first).await.expect("resumed");
        assert_eq!(outcome(&life.ended(first).await), NOTHING, "the newer run wrote its window");
        assert_eq!(life.view(job).await.cursors[0].sha, newest);
        assert_eq!(run(life, job).await, NOTHING);
    });
}

#[test]
fn a_replay_of_quiet_activity_does_not_take_the_cursor_back() {
    World::new().life(async |life| {
        let (job, first) = life.started(&[Platform::Devto], Policy::default()).await;
        life.ended(first).await;
        life.world.source.commit("lantern", "chore: tidy up");
        let quiet = life.dateline.trigger(job, None).await.expect("an execution").id;
        assert_eq!(outcome(&life.ended(quiet).await), NOTHING);
        let newest = life.world.source.commit("lantern", "fix: keep blank lines");
        assert_eq!(run(life, job).await, COMPLETED);
        let again =
            life.dateline.replay(quiet, Some("advance_cursor".to_owned()), None).await.expect("a replay");
        life.ended(again.id).await;
        assert_eq!(life.view(job).await.cursors[0].sha, newest);
    });
}

#[test]
fn each_job_has_cursors_of_its_own() {
    World::new().life(async |life| {
        let (job, first) = life.started(&[Platform::Devto], Policy::default()).await;
        life.ended(first).await;
        let project = life.view(job).await.job.home.project().expect("one");
        let other = life.job(project, crate::world::cron("0 0 1 1 *"), Policy::default()).await.job.id;
        assert_eq!(run(life, other).await, COMPLETED);
        assert_eq!(run(life, job).await, NOTHING);
    });
}
