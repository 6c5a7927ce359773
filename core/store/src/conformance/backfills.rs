//! Executions for occurrences of the past.

use dateline_core::backfill::Backfilled;
use dateline_core::execution::{ExecutionStatus, TriggerKind};
use dateline_core::id::{BackfillId, ExecutionId};
use dateline_core::store::{ExecutionFilter, NewBackfill, SecretChanges, Store, StoreError};

use super::samples::{all, at, claim, clock, done, fire, job, manual, project};

/// Returns a backfill of `count` executions from number `first` on.
fn backfill(id: u128, first: u128, count: u32, now: i64) -> NewBackfill {
    let run = |n: u32| {
        let due = i64::from(n) * 10;
        let of =
            Backfilled { backfill: BackfillId::from_bits(id), scheduled_for: at(due), since: at(due - 10) };
        (ExecutionId::from_bits(first + u128::from(n)), of)
    };
    NewBackfill { job: job(1, 1).id, runs: (0..count).map(run).collect(), now: at(now) }
}

pub(super) async fn a_backfill_runs_in_order_behind_everything_else(store: &dyn Store) {
    store.create_project(project(1), SecretChanges::default()).await.expect("a project is stored");
    let job = store.create_job(job(1, 1), clock(500, 600)).await.expect("a job is stored").job;
    store.create_backfill(backfill(9, 100, 3, 500)).await.expect("it is recorded");
    let view = store.job(job.id).await.expect("it is there");
    assert_eq!(view.clock, clock(500, 600), "the schedule does not move");
    assert!(store.occurrences(job.id, None, None, all()).await.expect("a page").items.is_empty());
    store.create_execution(manual(1, 1, 501)).await.expect("it is queued");
    let mut order = Vec::new();
    for n in 0..4 {
        let work = store.claim(claim(7, 5, 502 + n)).await.expect("work is given");
        assert_eq!(work.len(), 1, "one at a time");
        order.push(work[0].execution.id.bits());
        store.finish(done(work[0].lease, 502 + n)).await.expect("the lease holds");
    }
    assert_eq!(order, [1, 100, 101, 102]);
    let filter = ExecutionFilter { trigger: Some(TriggerKind::Backfill), ..ExecutionFilter::default() };
    assert_eq!(store.executions(filter, all()).await.expect("a page").items.len(), 3);
    store.create_backfill(backfill(9, 100, 1, 510)).await.expect_err("these ids are taken");
}

pub(super) async fn a_backfill_is_cancelled_whole_and_never_too_old(store: &dyn Store) {
    store.create_project(project(1), SecretChanges::default()).await.expect("a project is stored");
    let job = store.create_job(job(1, 1), clock(500, 600)).await.expect("a job is stored").job;
    store.create_backfill(backfill(8, 100, 2, 500)).await.expect("it is recorded");
    store.create_backfill(backfill(9, 200, 2, 501)).await.expect("it is recorded");
    let eight = Some(BackfillId::from_bits(8));
    assert_eq!(store.cancel_backfill(job.id, eight, at(502)).await.expect("cancelled"), 2);
    assert_eq!(store.cancel_backfill(job.id, eight, at(503)).await.expect("again"), 0);
    let first = store.execution(ExecutionId::from_bits(100)).await.expect("it is there");
    assert_eq!(first.state.status(), ExecutionStatus::Cancelled);
    let much_later = 500 + 5 * 24 * 3_600;
    let work = store.claim(claim(7, 5, much_later)).await.expect("work is given");
    assert_eq!(work[0].execution.id, ExecutionId::from_bits(200), "waiting in line makes it not too late");
    store.finish(done(work[0].lease, much_later)).await.expect("the lease holds");
    store.fire_due(fire(&job, 500, 1, 600, 700)).await.expect("the plan holds");
    assert_eq!(store.cancel_backfill(job.id, None, at(much_later)).await.expect("cancelled"), 1);
    let scheduled = store.execution(ExecutionId::from_bits(1)).await.expect("it is there");
    assert!(scheduled.state.status() != ExecutionStatus::Cancelled);
    store.cancel_job(job.id, at(much_later)).await.expect("cancelled");
    let refused = store.create_backfill(backfill(10, 300, 1, much_later)).await;
    assert!(matches!(refused, Err(StoreError::JobCancelled)), "{refused:?}");
}
