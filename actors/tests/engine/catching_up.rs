//! Jobs that make up for everything they missed, one after the other.

use std::time::Duration;

use dateline_actors::request::JobChange;
use dateline_core::execution::{MissReason, Outcome, SkipReason};
use dateline_core::id::JobId;
use dateline_core::platform::Platform;
use dateline_core::policy::{MisfirePolicy, Policy};

use crate::world::{Life, World, at, cron, every_minute};

const HOUR: Duration = Duration::from_secs(3600);
const MINUTE: Duration = Duration::from_secs(60);
const COALESCED: Option<Outcome> = Some(Outcome::Missed(MissReason::Coalesced));
const COMPLETED: Option<Outcome> = Some(Outcome::Completed);
const QUIET: Option<Outcome> = Some(Outcome::Skipped(SkipReason::NoActivity));

fn run_all() -> Policy {
    Policy { misfire: MisfirePolicy::RunAll, ..Policy::default() }
}

/// Creates a job that runs all it missed, and lets its first occurrence run.
async fn hourly(life: &Life<'_>) -> JobId {
    let project = life.project("lantern", &[Platform::Mastodon]).await;
    let job = life.job(project.id, cron("0 * * * *"), run_all()).await.job.id;
    life.all_ended(job, 1).await;
    life.world.source.commit("lantern", "fix: keep blank lines");
    job
}

/// Checks that a job's scheduled executions started in the order in which they were due, each after the one before.
async fn started_in_order(life: &Life<'_>, job: JobId, apart: Duration) {
    let executions = life.executions(job).await;
    let starts: Vec<_> = executions.iter().filter_map(|one| one.started_at).collect();
    assert!(starts.is_sorted(), "{starts:?}");
    for pair in starts.windows(2).skip(1) {
        let between = (pair[1] - pair[0]).to_std().unwrap_or_default();
        assert!(between >= apart, "{between:?}");
    }
}

#[test]
fn after_a_restart_all_run_oldest_first_and_paced() {
    let world = World::new();
    let job = world.life(async |life| hourly(life).await);
    world.clock.pass(HOUR * 4 + HOUR / 2);
    world.life(async |life| {
        life.all_ended(job, 5).await;
        // The first of them tells what happened; the overlap policy has nothing to skip.
        assert_eq!(life.outcomes(job).await, [COMPLETED, COMPLETED, QUIET, QUIET, QUIET]);
        started_in_order(life, job, Duration::from_millis(900)).await;
    });
}

#[test]
fn after_sleep_all_run_and_the_punctual_one_comes_last() {
    World::new().life(async |life| {
        let job = hourly(life).await;
        life.world.clock.set_forward(HOUR * 3);
        life.all_ended(job, 4).await;
        assert_eq!(life.outcomes(job).await, [COMPLETED, COMPLETED, QUIET, QUIET]);
        started_in_order(life, job, Duration::ZERO).await;
    });
}

#[test]
fn a_long_gap_runs_the_newest_twenty_four() {
    let world = World::new();
    let job = world.life(async |life| {
        let project = life.project("lantern", &[Platform::Mastodon]).await;
        let job = life.job(project.id, every_minute(), run_all()).await.job.id;
        life.all_ended(job, 1).await;
        job
    });
    world.clock.pass(MINUTE * 40);
    world.life(async |life| {
        life.pass(Duration::from_secs(5)).await;
        let outcomes = life.outcomes(job).await;
        let coalesced = outcomes.iter().filter(|one| **one == COALESCED).count();
        assert_eq!((outcomes.len(), coalesced), (41, 16), "forty were missed");
    });
}

#[test]
fn a_clock_set_back_repeats_none_of_them() {
    let world = World::new();
    let job = world.life(async |life| hourly(life).await);
    world.clock.pass(HOUR * 2 + HOUR / 2);
    world.life(async |life| {
        life.all_ended(job, 3).await;
        life.world.clock.set_back(HOUR * 2);
        life.pass(HOUR * 2 + HOUR / 4).await;
        assert_eq!(life.executions(job).await.len(), 3);
    });
}

#[test]
fn being_enabled_again_makes_up_for_nothing() {
    World::new().life(async |life| {
        let job = hourly(life).await;
        life.dateline.toggle_job(job, Some(false)).await.expect("disabled");
        life.pass(HOUR * 3 + HOUR / 2).await;
        life.dateline.toggle_job(job, Some(true)).await.expect("enabled");
        let next = life.all_ended(job, 2).await.pop().expect("a record");
        assert_eq!(
            next.due.expect("an occurrence").key(),
            at("2026-11-23T13:00:00Z"),
            "a disabled job has none"
        );
    });
}

#[test]
fn an_edit_makes_up_for_what_the_old_schedule_missed_and_for_nothing_else() {
    let world = World::new();
    let job = world.life(async |life| hourly(life).await);
    world.clock.pass(HOUR * 2 + HOUR / 2);
    world.life(async |life| {
        let change = JobChange { schedule: Some(cron("45 * * * *")), ..JobChange::default() };
        life.dateline.change_job(job, change).await.expect("changed");
        let ended = life.all_ended(job, 4).await;
        let dues: Vec<_> = ended
            .iter()
            .filter_map(|one| one.due.as_ref())
            .map(|due| due.key().format("%H:%M").to_string())
            .collect();
        assert_eq!(dues, ["09:00", "10:00", "11:00", "11:45"]);
        started_in_order(life, job, Duration::ZERO).await;
    });
}

#[test]
fn what_a_pause_kept_back_is_not_among_them() {
    let world = World::new();
    let job = world.life(async |life| {
        let job = hourly(life).await;
        let until = Some(at("2026-11-23T11:30:00Z"));
        let asked = dateline_actors::request::PauseRequest { reason: None, until };
        life.dateline.pause_job(job, asked).await.expect("paused");
        job
    });
    world.clock.pass(HOUR * 4 + HOUR / 2);
    world.life(async |life| {
        let paused = Some(Outcome::Skipped(SkipReason::Paused));
        life.all_ended(job, 5).await;
        assert_eq!(life.outcomes(job).await, [COMPLETED, paused, paused, COMPLETED, QUIET]);
    });
}
