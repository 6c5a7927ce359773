//! What an occurrence does to the open executions of its job.

use dateline_core::execution::{AttemptOutcome, ExecutionEvent, ExecutionStatus, Outcome, SkipReason};
use dateline_core::id::ExecutionId;
use dateline_core::job::JobStatus;
use dateline_core::overlap::BUFFER_MAX;
use dateline_core::policy::OverlapPolicy;
use dateline_core::store::{NewExecution, SecretChanges, Store};

use super::expect_stale;
use super::samples::{at, claim, clock, done, fire, job, manual, project};

/// Creates a job with this policy and two manual executions: 1 runs, 2 waits.
async fn one_runs_one_waits(store: &dyn Store, overlap: OverlapPolicy) -> dateline_core::job::Job {
    store.create_project(project(1), SecretChanges::default()).await.expect("a project is stored");
    let mut job = job(1, 1);
    job.policy.overlap = overlap;
    store.create_job(job.clone(), clock(0, 10)).await.expect("a job is stored");
    for n in [1, 2] {
        store.create_execution(manual(n, 1, 0)).await.expect("it is queued");
    }
    job
}

async fn statuses(store: &dyn Store, ids: &[u128]) -> Vec<ExecutionStatus> {
    let mut found = Vec::new();
    for id in ids {
        found.push(store.execution(ExecutionId::from_bits(*id)).await.expect("it is there").state.status());
    }
    found
}

pub(super) async fn others_are_cancelled_for_a_newer_one(store: &dyn Store) {
    let job = one_runs_one_waits(store, OverlapPolicy::CancelOther).await;
    let work = store.claim(claim(7, 1, 1)).await.expect("work is given");
    let fired = store.fire_due(fire(&job, 0, 3, 10, 20)).await.expect("the plan holds");
    assert_eq!((fired.queued, fired.has_replaced), (vec![ExecutionId::from_bits(3)], true));
    let expected = [ExecutionStatus::Cancelling, ExecutionStatus::Cancelled, ExecutionStatus::Queued];
    assert_eq!(statuses(store, &[1, 2, 3]).await, expected);
    store.finish(done(work[0].lease, 11)).await.expect("it lets go");
    let first = store.execution(ExecutionId::from_bits(1)).await.expect("it is there");
    assert_eq!(
        (first.state.status(), first.superseded_by),
        (ExecutionStatus::Cancelled, Some(ExecutionId::from_bits(3)))
    );
    let next = store.claim(claim(7, 1, 12)).await.expect("work is given");
    assert_eq!(next[0].execution.id, ExecutionId::from_bits(3));
}

pub(super) async fn others_are_terminated_at_once_for_a_newer_one(store: &dyn Store) {
    let job = one_runs_one_waits(store, OverlapPolicy::TerminateOther).await;
    let work = store.claim(claim(7, 1, 1)).await.expect("work is given");
    store.fire_due(fire(&job, 0, 3, 10, 20)).await.expect("the plan holds");
    let expected = [ExecutionStatus::Cancelled, ExecutionStatus::Cancelled, ExecutionStatus::Queued];
    assert_eq!(statuses(store, &[1, 2, 3]).await, expected);
    let first = store.execution(ExecutionId::from_bits(1)).await.expect("it is there");
    assert_eq!(
        (first.attempts[0].end, first.attempts[0].ended_at),
        (Some(AttemptOutcome::Cancelled), Some(at(10)))
    );
    expect_stale(store.finish(done(work[0].lease, 11)).await);
    let next = store.claim(claim(7, 1, 12)).await.expect("work is given");
    assert_eq!(next[0].execution.id, ExecutionId::from_bits(3), "its project is free");
}

pub(super) async fn a_job_remembers_that_its_last_run_made_way(store: &dyn Store) {
    let job = one_runs_one_waits(store, OverlapPolicy::TerminateOther).await;
    let first = store.claim(claim(7, 1, 1)).await.expect("work is given").remove(0);
    store.finish(done(first.lease, 2)).await.expect("it ends");
    store.claim(claim(7, 1, 3)).await.expect("work is given");
    store.fire_due(fire(&job, 0, 3, 10, 20)).await.expect("the plan holds");
    let newest = ExecutionId::from_bits(3);
    store.steer(newest, ExecutionEvent::CancelRequested, at(11)).await.expect("it never starts");
    let status = store.job(job.id).await.expect("it is there").status;
    assert_eq!(status, JobStatus::Idle, "the latest that ran was cut off");
}

pub(super) async fn a_bounded_buffer_fills_up(store: &dyn Store) {
    store.create_project(project(1), SecretChanges::default()).await.expect("a project is stored");
    let mut job = job(1, 1);
    job.policy.overlap = OverlapPolicy::BufferAll;
    store.create_job(job.clone(), clock(0, 10)).await.expect("a job is stored");
    for n in 1..=BUFFER_MAX as u128 {
        store.create_execution(manual(n, 1, 0)).await.expect("it is queued");
    }
    let fired = store.fire_due(fire(&job, 0, 1_000, 10, 20)).await.expect("the plan holds");
    assert_eq!((fired.queued, fired.has_replaced), (Vec::new(), false));
    store.claim(claim(7, 1, 11)).await.expect("one starts");
    let fired = store.fire_due(fire(&job, 10, 1_001, 20, 30)).await.expect("the plan holds");
    assert!(!fired.queued.is_empty(), "there is room for one");
    let ask = |n, overlap| NewExecution { overlap: Some(overlap), ..manual(n, 1, 30) };
    let asked = store.create_execution(ask(1_002, OverlapPolicy::Skip)).await.expect("it is recorded");
    let skipped = dateline_core::execution::ExecutionState::Finished {
        outcome: Outcome::Skipped(SkipReason::Overlap),
        at: at(30),
    };
    assert_eq!(asked.state, skipped);
    let asked = store.create_execution(ask(1_003, OverlapPolicy::AllowAll)).await.expect("it is recorded");
    assert_eq!(asked.state.status(), ExecutionStatus::Queued);
}
