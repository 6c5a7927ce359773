//! A disk that has its moments, and actors that fail: nothing is lost and nothing is done twice.

use std::time::Duration;

use dateline_core::execution::{AttemptOutcome, Outcome, StepResult};
use dateline_core::platform::Platform;
use dateline_core::policy::Policy;

use crate::world::{Mood, Trouble, World, cron, outcome, step_names};

const BOTH: [Platform; 2] = [Platform::Devto, Platform::Mastodon];
const COMPLETED: Option<Outcome> = Some(Outcome::Completed);

/// Runs an execution whose calls of `verb` meet these troubles; it must not show.
fn check(verb: &str, troubles: &[Trouble]) {
    let world = World::new();
    world.life(async |life| {
        let project = life.project("lantern", &BOTH).await;
        let job = life.job(project.id, cron("0 9 * * *"), Policy::default()).await.job.id;
        life.world.troubles.next(verb, troubles.iter().copied());
        let case = format!("{verb} {troubles:?}");
        let ended = life.all_ended(job, 1).await;
        assert_eq!(ended.len(), 1, "{case}");
        let ended = &ended[0];
        assert_eq!(outcome(ended), COMPLETED, "{case}: {:?}", ended.error);
        let detail = life.detail(ended.id).await;
        let steps = ["fetch_project", "scan", "write/devto", "write/mastodon", "advance_cursor"];
        assert_eq!(step_names(&detail), steps, "{case}");
        assert!(detail.steps.iter().all(|step| matches!(step.result, StepResult::Done { .. })), "{case}");
        assert_eq!(life.drafts(ended.id).await.len(), 2, "{case}");
        let writer = &life.world.writer;
        assert_eq!((writer.calls(Platform::Devto), writer.calls(Platform::Mastodon)), (1, 1), "{case}");
        assert_eq!(life.world.source.scans("lantern"), 1, "{case}");
    });
}

#[test]
fn a_moment_of_trouble_repeats_no_step_and_loses_none() {
    for trouble in [Trouble::Before, Trouble::After] {
        for verb in ["record_step", "finish", "fire_due", "due_jobs", "live_jobs", "rescue", "events_after"] {
            check(verb, &[trouble; 3]);
        }
    }
    check("record_step", &[Trouble::Before, Trouble::After, Trouble::After]);
    check("finish", &[Trouble::After, Trouble::Before]);
    check("steps", &[Trouble::Before]);
}

#[test]
fn a_claim_that_was_not_made_is_made_a_second_later() {
    let world = World::new();
    world.life(async |life| {
        world.troubles.next("claim", [Trouble::Before; 3]);
        let (_, id) = life.started(&BOTH, Policy::default()).await;
        let ended = life.ended(id).await;
        assert_eq!((outcome(&ended), ended.attempts.len()), (COMPLETED, 1));
        let waited = ended.started_at.expect("it ran") - ended.created_at;
        assert!(waited <= chrono::Duration::seconds(4), "{waited}");
    });
}

#[test]
fn a_claim_whose_answer_was_lost_is_made_good_when_its_lease_lapses() {
    let world = World::new();
    world.life(async |life| {
        // The first claim finds nothing; the next is the one that `trigger` hints at.
        let project = life.project("lantern", &BOTH).await;
        let job = life.job(project.id, cron("0 0 1 1 *"), Policy::default()).await.job.id;
        life.pass(Duration::from_millis(500)).await;
        world.troubles.next("claim", [Trouble::After]);
        let id = life.dateline.trigger(job, None).await.expect("an execution").id;
        let ended = life.ended(id).await;
        assert_eq!((outcome(&ended), ended.rescues), (COMPLETED, 1));
        let ends: Vec<_> = ended.attempts.iter().map(|attempt| attempt.end).collect();
        assert_eq!(ends, [Some(AttemptOutcome::Interrupted), Some(AttemptOutcome::Succeeded)]);
        let took = life.dateline.now() - ended.created_at;
        assert!(took <= chrono::Duration::seconds(20), "a lease and a sweep: {took}");
    });
}

#[test]
fn a_renewal_that_fails_once_costs_nothing() {
    for trouble in [Trouble::Before, Trouble::After] {
        let world = World::new();
        world.source.next_scans("lantern", [Mood::Slow(Duration::from_secs(40))]);
        world.troubles.next("renew", [trouble]);
        world.life(async |life| {
            let (_, id) = life.started(&BOTH, Policy::default()).await;
            let ended = life.ended(id).await;
            assert_eq!((outcome(&ended), ended.attempts.len()), (COMPLETED, 1), "{trouble:?}");
        });
    }
}

#[test]
fn an_attempt_whose_lease_was_lost_ends_and_writes_nothing() {
    let world = World::new();
    world.source.next_scans("lantern", [Mood::Slow(Duration::from_secs(40))]);
    world.troubles.next("renew", [Trouble::Before; 4]);
    world.life(async |life| {
        let (_, id) = life.started(&BOTH, Policy::default()).await;
        let ended = life.ended(id).await;
        assert_eq!((outcome(&ended), ended.attempts.len(), ended.rescues), (COMPLETED, 2, 1));
        let steps = life.detail(id).await;
        let attempts: Vec<_> = steps.steps.iter().map(|step| step.attempt).collect();
        assert_eq!(attempts, [1, 2, 2, 2, 2]);
        assert_eq!(life.world.source.scans("lantern"), 2);
        assert_eq!(life.world.source.most_scans(), (1, 1), "never two workers of one project");
    });
}

#[test]
fn a_scheduler_that_fails_is_started_again() {
    World::new().life(async |life| {
        let project = life.project("lantern", &BOTH).await;
        let job = life.job(project.id, cron("0 9 * * *"), Policy::default()).await.job.id;
        life.world.panic_next_draws(2);
        let ended = life.all_ended(job, 1).await;
        assert_eq!((ended.len(), outcome(&ended[0])), (1, COMPLETED));
    });
}

#[test]
fn an_actor_that_fails_again_and_again_ends_the_engine_with_a_reason() {
    World::new().life(async |life| {
        let project = life.project("lantern", &BOTH).await;
        life.job(project.id, cron("0 9 * * *"), Policy::default()).await;
        life.world.panic_next_draws(usize::MAX);
        let reason = life.failed().await;
        assert!(reason.contains("Scheduler ended again after 5 restarts"), "{reason}");
        assert!(life.dateline.now() < crate::world::at("2026-11-23T09:01:00Z"));
    });
}
