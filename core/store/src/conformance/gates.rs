//! Concurrency keys: who holds them, who waits for them, and who makes way; and rates of starts.

use std::time::Duration;

use dateline_core::execution::{
    AttemptEnd, AttemptOutcome, ExecutionEvent, ExecutionState, ExecutionStatus, Outcome, SkipReason, Wait,
    WaitReason,
};
use dateline_core::id::{ExecutionId, JobId, UserId};
use dateline_core::job::{GenerateContent, Job, Payload};
use dateline_core::platform::Platform;
use dateline_core::project::Project;
use dateline_core::queue::{Concurrency, Obstacle, OnLimit, RateLimit};
use dateline_core::store::{
    ClaimRequest, Claimed, NewExecution, ObstacleQuery, Rescue, SecretChanges, Store,
};

use super::samples::{at, claim, clock, done, job, manual, project, report};

fn keyed(n: u128, project: u128, key: &str, limit: u32, on_limit: OnLimit) -> Job {
    let mut job = job(n, project);
    job.policy.concurrency = Some(Concurrency { key: key.to_owned().into(), limit, on_limit });
    job
}

/// Stores projects 1 to `projects`, each of which lets many run.
async fn projects(store: &dyn Store, projects: u128) {
    for n in 1..=projects {
        let project = Project { executions_max: 100, ..project(n) };
        store.create_project(project, SecretChanges::default()).await.expect("a project is stored");
    }
}

async fn create(store: &dyn Store, job: Job) {
    store.create_job(job, clock(0, 10)).await.expect("a job is stored");
}

async fn trigger(store: &dyn Store, id: u128, job: u128, now: i64) -> ExecutionStatus {
    store.create_execution(manual(id, job, now)).await.expect("an execution is stored").state.status()
}

async fn given(store: &dyn Store, now: i64) -> Vec<Claimed> {
    store.claim(claim(7, 1_000, now)).await.expect("an answer")
}

fn ids(claimed: &[Claimed]) -> Vec<u128> {
    claimed.iter().map(|work| work.execution.id.bits()).collect()
}

async fn state(store: &dyn Store, id: u128) -> ExecutionState {
    store.execution(ExecutionId::from_bits(id)).await.expect("it is there").state
}

pub(super) async fn a_key_lets_so_many_run_over_projects_and_jobs(store: &dyn Store) {
    projects(store, 3).await;
    for n in 1..=3 {
        create(store, keyed(n, n, "model", 2, OnLimit::Queue)).await;
    }
    for (id, job) in [(1, 1), (2, 2), (3, 3), (4, 1)] {
        trigger(store, id, job, 0).await;
    }
    let first = given(store, 1).await;
    assert_eq!(ids(&first), [1, 2]);
    assert!(given(store, 2).await.is_empty());
    let held = first[0].execution.concurrency.as_ref().expect("it is bound");
    assert_eq!((held.key.as_str(), held.limit, held.owner), ("model", 2, UserId::OWNER));
    store.finish(done(first[1].lease, 3)).await.expect("the lease holds");
    assert_eq!(ids(&given(store, 3).await), [3], "first come, first served");
    store.finish(done(first[0].lease, 4)).await.expect("the lease holds");
    assert_eq!(ids(&given(store, 4).await), [4]);
}

pub(super) async fn a_slot_is_free_with_the_commit_that_ends_or_rescues_its_run(store: &dyn Store) {
    projects(store, 1).await;
    create(store, keyed(1, 1, "model", 1, OnLimit::Queue)).await;
    for id in 1..=5 {
        trigger(store, id, 1, i64::try_from(id).expect("small")).await;
    }
    let first = given(store, 10).await;
    assert_eq!(ids(&first), [1]);
    let wait = Wait { reason: WaitReason::RateLimit, until: at(60) };
    let waits = report(first[0].lease, AttemptEnd::Wait(wait), AttemptOutcome::Waited, 11);
    store.finish(waits).await.expect("the lease holds");
    let second = given(store, 11).await;
    assert_eq!(ids(&second), [2], "what waits holds nothing");
    assert_eq!(store.rescue(Rescue::Expired, at(26)).await.expect("a list"), [second[0].execution.id]);
    let third = given(store, 26).await;
    assert_eq!(ids(&third), [3], "what was rescued stands at the end of the line");
    let id = third[0].execution.id;
    store.steer(id, ExecutionEvent::CancelRequested, at(27)).await.expect("it can be cancelled");
    assert!(given(store, 27).await.is_empty(), "it is held until its worker lets go");
    store.finish(done(third[0].lease, 28)).await.expect("the lease holds");
    store
        .steer(ExecutionId::from_bits(4), ExecutionEvent::PauseRequested, at(28))
        .await
        .expect("it can be paused");
    let fifth = given(store, 28).await;
    assert_eq!(ids(&fifth), [5], "one that rests lets the next in");
    store
        .steer(ExecutionId::from_bits(4), ExecutionEvent::ResumeRequested, at(29))
        .await
        .expect("it can be resumed");
    store.finish(done(fifth[0].lease, 30)).await.expect("the lease holds");
    let sixth = given(store, 30).await;
    assert_eq!(ids(&sixth), [2]);
    store.finish(done(sixth[0].lease, 31)).await.expect("the lease holds");
    assert_eq!(ids(&given(store, 31).await), [4]);
}

pub(super) async fn who_waits_at_a_key_is_in_nobody_elses_way(store: &dyn Store) {
    store.create_project(project(1), SecretChanges::default()).await.expect("a project is stored");
    create(store, keyed(1, 1, "model", 1, OnLimit::Queue)).await;
    create(store, job(2, 1)).await;
    store.create_project(project(2), SecretChanges::default()).await.expect("a project is stored");
    create(store, keyed(3, 2, "model", 1, OnLimit::Queue)).await;
    trigger(store, 1, 3, 0).await;
    let holder = given(store, 1).await;
    for id in 2..=500 {
        trigger(store, id, 1, 2).await;
    }
    trigger(store, 501, 2, 3).await;
    let other = given(store, 4).await;
    assert_eq!(ids(&other), [501], "its project's line holds nobody who waits for the key");
    store.finish(done(holder[0].lease, 5)).await.expect("the lease holds");
    assert!(given(store, 5).await.is_empty(), "the next of the key waits for its project");
    store.finish(done(other[0].lease, 6)).await.expect("the lease holds");
    assert_eq!(ids(&given(store, 6).await), [2]);
}

pub(super) async fn a_dropping_key_skips_what_finds_it_taken(store: &dyn Store) {
    projects(store, 1).await;
    create(store, keyed(1, 1, "{payload.platforms.0}", 1, OnLimit::Drop)).await;
    let skipped = ExecutionState::Finished { outcome: Outcome::Skipped(SkipReason::Concurrency), at: at(1) };
    let ask = async |id: u128, platform: Platform| {
        let told = GenerateContent { platforms: Some(vec![platform]) };
        let payload = Some(Payload::GenerateContent(told));
        let new = NewExecution { payload, ..manual(id, 1, 1) };
        store.create_execution(new).await.expect("an execution is stored")
    };
    assert!(ask(1, Platform::Devto).await.state.is_open());
    assert_eq!(ask(2, Platform::Devto).await.state, skipped, "the first is in line");
    assert!(ask(3, Platform::Email).await.state.is_open(), "another key");
    let first = given(store, 2).await;
    assert_eq!(ids(&first), [1, 3]);
    assert_eq!(ask(4, Platform::Devto).await.state, skipped, "the first is at work");
    store.finish(done(first[0].lease, 3)).await.expect("the lease holds");
    assert!(ask(5, Platform::Devto).await.state.is_open());
}

pub(super) async fn a_replacing_key_cancels_the_oldest_of_its_project(store: &dyn Store) {
    projects(store, 2).await;
    create(store, keyed(1, 1, "model", 2, OnLimit::Replace)).await;
    create(store, keyed(2, 2, "model", 2, OnLimit::Queue)).await;
    trigger(store, 1, 2, 0).await;
    trigger(store, 2, 1, 1).await;
    let first = given(store, 2).await;
    assert_eq!(ids(&first), [1, 2]);
    trigger(store, 3, 1, 3).await;
    let replaced = store.execution(ExecutionId::from_bits(2)).await.expect("it is there");
    assert_eq!(replaced.state.status(), ExecutionStatus::Cancelling);
    assert_eq!(replaced.superseded_by, Some(ExecutionId::from_bits(3)));
    assert_eq!(
        state(store, 1).await.status(),
        ExecutionStatus::Running,
        "another project's run is not touched"
    );
    assert!(given(store, 4).await.is_empty(), "who makes way holds its place until it is gone");
    trigger(store, 4, 1, 5).await;
    assert_eq!(state(store, 3).await.status(), ExecutionStatus::Cancelled);
    store.finish(done(first[1].lease, 6)).await.expect("the lease holds");
    assert_eq!(ids(&given(store, 6).await), [4]);
}

pub(super) async fn keys_of_two_people_are_two_keys(store: &dyn Store) {
    projects(store, 1).await;
    let other = Project { owner: UserId::from_bits(77), ..project(2) };
    store.create_project(other, SecretChanges::default()).await.expect("a project is stored");
    for n in 1..=2 {
        create(store, keyed(n, n, "model", 1, OnLimit::Queue)).await;
        trigger(store, n, n, 0).await;
    }
    assert_eq!(ids(&given(store, 1).await), [1, 2]);
}

pub(super) async fn limits_that_differ_hold_for_those_who_have_them(store: &dyn Store) {
    projects(store, 2).await;
    create(store, keyed(1, 1, "model", 3, OnLimit::Queue)).await;
    create(store, keyed(2, 2, "model", 1, OnLimit::Queue)).await;
    for (id, job) in [(1, 2), (2, 1), (3, 1)] {
        trigger(store, id, job, 0).await;
    }
    // The first goes in alone; it is let through first, and those behind it may run beside others.
    let first = given(store, 1).await;
    assert_eq!(ids(&first), [1, 2, 3]);
    trigger(store, 4, 2, 2).await;
    store.finish(done(first[0].lease, 3)).await.expect("the lease holds");
    store.finish(done(first[1].lease, 3)).await.expect("the lease holds");
    assert!(given(store, 4).await.is_empty(), "one other still runs");
    trigger(store, 5, 1, 5).await;
    assert!(given(store, 6).await.is_empty(), "nobody overtakes in the line of a key");
    store.finish(done(first[2].lease, 7)).await.expect("the lease holds");
    assert_eq!(ids(&given(store, 8).await), [4, 5]);
}

fn limited(n: u128, project: u128, max: u32, seconds: u64) -> Job {
    let mut job = job(n, project);
    job.policy.rate_limit = Some(RateLimit { max, per: Duration::from_secs(seconds), key: None });
    job
}

pub(super) async fn so_many_start_in_any_window_and_the_others_wait(store: &dyn Store) {
    projects(store, 1).await;
    create(store, limited(1, 1, 2, 60)).await;
    create(store, job(2, 1)).await;
    for id in 1..=5 {
        trigger(store, id, 1, 0).await;
    }
    trigger(store, 6, 2, 0).await;
    let first = given(store, 10).await;
    assert_eq!(ids(&first), [1, 2, 6], "another job is not limited");
    for work in first {
        store.finish(done(work.lease, 11)).await.expect("the lease holds");
    }
    let asked = ObstacleQuery { executions: vec![ExecutionId::from_bits(3)], ..waiting_at(12) };
    let found = store.obstacles(asked).await.expect("an answer").remove(0);
    let key = JobId::from_bits(1).to_string();
    assert_eq!(found, Some(Obstacle::RateLimit { key, until: Some(at(70)), ahead: 0 }));
    assert!(given(store, 69).await.is_empty());
    let events = store.newest_event().await.expect("a number");
    let second = given(store, 70).await;
    assert_eq!(ids(&second), [3, 4]);
    assert_eq!(store.newest_event().await.expect("a number"), events + 2, "who still waits does not change");
    let retry = report(second[0].lease, AttemptEnd::RetryAt(at(75)), AttemptOutcome::Failed, 71);
    store.finish(retry).await.expect("the lease holds");
    assert_eq!(ids(&given(store, 75).await), [3], "another attempt is not another start");
    assert_eq!(ids(&given(store, 130).await), [5]);
}

pub(super) async fn a_rate_outlives_a_clock_that_is_set_back(store: &dyn Store) {
    projects(store, 1).await;
    create(store, limited(1, 1, 1, 60)).await;
    trigger(store, 1, 1, 7_200).await;
    trigger(store, 2, 1, 7_200).await;
    let first = given(store, 7_201).await;
    assert_eq!(ids(&first), [1]);
    store.finish(done(first[0].lease, 7_202)).await.expect("the lease holds");
    // Two hours back: the start counts as just now, and what waits does so for one window at most.
    let back = |now| ClaimRequest { is_clock_back: true, ..claim(7, 9, now) };
    assert!(store.claim(back(0)).await.expect("an answer").is_empty());
    assert!(given(store, 59).await.is_empty());
    assert_eq!(ids(&given(store, 60).await), [2]);
}

pub(super) async fn a_rate_counts_starts_and_not_those_who_leave_the_line(store: &dyn Store) {
    projects(store, 1).await;
    create(store, limited(1, 1, 1, 60)).await;
    for id in 1..=3 {
        trigger(store, id, 1, 0).await;
    }
    let id = ExecutionId::from_bits(1);
    store.steer(id, ExecutionEvent::CancelRequested, at(1)).await.expect("it can be cancelled");
    let first = given(store, 2).await;
    assert_eq!(ids(&first), [2], "one that was let through and left took nothing");
    store.finish(done(first[0].lease, 3)).await.expect("the lease holds");
    assert_eq!(ids(&given(store, 62).await), [3]);
    // Nothing is kept of a limit that nobody waits for and that no longer counts.
    assert!(given(store, 200).await.is_empty());
    trigger(store, 4, 1, 201).await;
    assert_eq!(ids(&given(store, 202).await), [4]);
}

fn waiting_at(now: i64) -> ObstacleQuery {
    ObstacleQuery { executions: Vec::new(), within: None, projects_max: 5, now: at(now) }
}
