//! Occurrences that were missed and that a person is asked about.

use std::time::Duration;

use dateline_actors::RequestError;
use dateline_actors::request::JobChange;
use dateline_core::execution::{
    Answer, Execution, ExecutionState, ExecutionStatus, MissReason, Outcome, WaitReason,
};
use dateline_core::id::JobId;
use dateline_core::platform::Platform;
use dateline_core::policy::{MisfirePolicy, Policy};
use dateline_core::store::{PageRequest, StoreError};

use crate::world::{Life, World, at, cron, outcome};

const HOUR: Duration = Duration::from_secs(3600);
const MINUTE: Duration = Duration::from_secs(60);
const COMPLETED: Option<Outcome> = Some(Outcome::Completed);
const COALESCED: Option<Outcome> = Some(Outcome::Missed(MissReason::Coalesced));

fn asking() -> Policy {
    Policy { misfire: MisfirePolicy::Ask, lateness_window: HOUR * 8, ..Policy::default() }
}

/// Creates a daily job that asks, and lets its first occurrence run: 09:00 on the first day.
async fn daily(life: &Life<'_>, policy: Policy) -> JobId {
    let project = life.project("lantern", &[Platform::Mastodon]).await;
    let job = life.job(project.id, cron("0 9 * * *"), policy).await.job.id;
    life.all_ended(job, 1).await;
    life.world.source.commit("lantern", "fix: keep blank lines");
    job
}

/// Waits until a job asks, and returns the execution that does.
async fn question(life: &Life<'_>, job: JobId) -> Execution {
    let look = async || life.executions(job).await.into_iter().find(|one| one.state.is_asking());
    life.until("it asks", look).await
}

#[test]
fn without_an_answer_it_runs_when_the_window_ends_also_over_a_restart() {
    let world = World::new();
    let job = world.life(async |life| daily(life, asking()).await);
    world.clock.pass(HOUR * 49);
    let id = world.life(async |life| {
        let asked = question(life, job).await;
        let ExecutionState::Waiting { wait, .. } = &asked.state else { panic!("{asked:?}") };
        assert_eq!((wait.reason, wait.until), (WaitReason::Ask, at("2026-11-25T17:00:00Z")));
        assert_eq!(life.outcomes(job).await, [COMPLETED, COALESCED, None], "the newest asks for both");
        let page = PageRequest { limit: 10, after: None };
        let listed = life.dateline.occurrences(job, None, None, page).await.expect("occurrences").items;
        let told = "It was missed, and somebody is asked whether it is to run.";
        assert_eq!(listed[0].reason.as_deref(), Some(told));
        asked.id
    });
    world.life(async |life| {
        life.pass(HOUR).await;
        assert!(life.execution(id).await.state.is_asking(), "a restart is no answer");
        life.pass(HOUR * 7).await;
        let ended = life.ended(id).await;
        assert_eq!(outcome(&ended), COMPLETED);
        assert!(ended.started_at.expect("it ran") >= at("2026-11-25T17:00:00Z"));
    });
}

#[test]
fn a_set_time_ends_the_question_before_the_window_does() {
    let world = World::new();
    let policy = Policy { ask_for: Some(MINUTE * 30), ..asking() };
    let job = world.life(async |life| daily(life, policy).await);
    world.clock.pass(HOUR * 25);
    world.life(async |life| {
        let id = question(life, job).await.id;
        life.pass(MINUTE * 29).await;
        assert!(life.execution(id).await.state.is_asking());
        assert_eq!(outcome(&life.ended(id).await), COMPLETED);
    });
}

#[test]
fn an_answer_decides() {
    let world = World::new();
    let job = world.life(async |life| daily(life, asking()).await);
    world.clock.pass(HOUR * 25);
    let id = world.life(async |life| {
        let id = question(life, job).await.id;
        let then = life.dateline.now() + chrono::Duration::hours(2);
        for odd in [life.dateline.now(), then + chrono::Duration::days(40)] {
            let refused = life.dateline.answer_execution(id, Answer::RunAt(odd)).await.expect_err("refused");
            let RequestError::Invalid { faults } = refused else { panic!("{refused}") };
            assert_eq!(faults[0].pointer, "/at");
        }
        life.dateline.answer_execution(id, Answer::RunAt(then)).await.expect("answered");
        life.pass(HOUR).await;
        assert!(life.execution(id).await.started_at.is_none(), "it is not yet time");
        let ended = life.ended(id).await;
        assert_eq!(outcome(&ended), COMPLETED);
        assert!(ended.started_at.expect("it ran") >= then);
        id
    });
    world.clock.pass(HOUR * 24);
    world.life(async |life| {
        let refused = life.dateline.answer_execution(id, Answer::Skip).await.expect_err("refused");
        assert!(matches!(refused, RequestError::Store(StoreError::Refused(_))), "{refused}");
        let id = question(life, job).await.id;
        let skipped = life.dateline.answer_execution(id, Answer::Skip).await.expect("answered");
        assert_eq!(outcome(&skipped), Some(Outcome::Missed(MissReason::Declined)));
    });
    world.clock.pass(HOUR * 24);
    world.life(async |life| {
        let id = question(life, job).await.id;
        let queued = life.dateline.answer_execution(id, Answer::RunNow).await.expect("answered");
        assert_eq!(queued.state.status(), ExecutionStatus::Queued);
        life.ended(id).await;
    });
}

#[test]
fn a_newer_occurrence_runs_on_time_and_takes_its_place() {
    let world = World::new();
    let job = world.life(async |life| daily(life, Policy { lateness_window: HOUR * 48, ..asking() }).await);
    world.clock.pass(HOUR * 25);
    world.life(async |life| {
        let id = question(life, job).await.id;
        life.pass(HOUR * 22).await;
        life.all_ended(job, 3).await;
        let covered = life.execution(id).await;
        assert_eq!(outcome(&covered), COALESCED);
        let newest = life.executions(job).await.pop().expect("a record");
        assert_eq!((outcome(&newest), covered.superseded_by), (COMPLETED, Some(newest.id)));
    });
}

#[test]
fn what_a_sleeping_machine_missed_asks_and_a_clock_set_back_asks_nothing_again() {
    World::new().life(async |life| {
        let job = daily(life, asking()).await;
        life.world.clock.set_forward(HOUR * 25);
        let id = question(life, job).await.id;
        life.world.clock.set_back(HOUR * 5);
        life.pass(HOUR * 2).await;
        assert_eq!(life.executions(job).await.len(), 2);
        assert!(life.execution(id).await.state.is_asking());
    });
}

#[test]
fn an_edit_asks_about_what_the_old_schedule_missed_and_being_enabled_asks_nothing() {
    let world = World::new();
    let job = world.life(async |life| daily(life, asking()).await);
    world.clock.pass(HOUR * 25);
    world.life(async |life| {
        let change = JobChange { schedule: Some(cron("0 12 * * *")), ..JobChange::default() };
        life.dateline.change_job(job, change).await.expect("changed");
        let id = question(life, job).await.id;
        life.dateline.answer_execution(id, Answer::Skip).await.expect("answered");
        life.dateline.toggle_job(job, Some(false)).await.expect("disabled");
        life.pass(HOUR * 30).await;
        life.dateline.toggle_job(job, Some(true)).await.expect("enabled");
        life.pass(HOUR).await;
        assert_eq!(life.executions(job).await.len(), 2, "a disabled job misses nothing");
    });
}
