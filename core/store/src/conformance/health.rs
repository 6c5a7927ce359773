//! Whether the runs of a schedule begin and end in time.

use dateline_core::execution::{AttemptEnd, AttemptOutcome, ExecutionStatus, MissReason, Outcome};
use dateline_core::health::Health;
use dateline_core::id::{ExecutionId, UserId};
use dateline_core::misfire::Absence;
use dateline_core::notification::NotificationEvent;
use dateline_core::store::{FireDue, NotificationFilter, SecretChanges, Store};

use super::samples::{all, claim, clock, fire, job, occurrence, project, report};

const HOUR: i64 = 3_600;

async fn a_job(store: &dyn Store) {
    store.create_project(project(1), SecretChanges::default()).await.expect("a project is stored");
    store.create_job(job(1, 1), clock(0, HOUR)).await.expect("a job is stored");
}

/// Records the occurrence of an hour as execution `hour`; the next is an hour later.
async fn fall_due(store: &dyn Store, hour: i64) {
    let id = u128::try_from(hour).expect("a positive hour");
    let through = (hour - 1) * HOUR;
    let plan = fire(&job(1, 1), through, id, hour * HOUR, (hour + 1) * HOUR);
    store.fire_due(plan).await.expect("the plan holds");
}

/// Runs what waits, `waited` seconds after the hour, until `over`.
async fn run(store: &dyn Store, hour: i64, waited: i64, over: i64) {
    let work = store.claim(claim(7, 1, hour * HOUR + waited)).await.expect("work is given").remove(0);
    let end = AttemptEnd::Done(Outcome::Completed);
    let report = report(work.lease, end, AttemptOutcome::Succeeded, over);
    let ended = store.finish(report).await.expect("the lease holds");
    assert_eq!(ended.state.status(), ExecutionStatus::Completed);
}

async fn health(store: &dyn Store) -> Health {
    store.job(job(1, 1).id).await.expect("it is there").health
}

/// Returns the executions of which people were told so, newest first.
async fn told(store: &dyn Store, event: NotificationEvent) -> Vec<u128> {
    let filter = NotificationFilter { event: Some(event), ..NotificationFilter::of(UserId::OWNER) };
    let told = store.notifications(filter, all()).await.expect("a page").items;
    told.iter().filter_map(|one| one.execution.map(ExecutionId::bits)).collect()
}

pub(super) async fn late_starts_are_told_of_once_and_so_is_the_first_in_time(store: &dyn Store) {
    a_job(store).await;
    // A fifth of an hour is twelve minutes.
    for (hour, waited) in [(1, 720), (2, 721), (3, 900), (4, 0), (5, 0)] {
        fall_due(store, hour).await;
        run(store, hour, waited, hour * HOUR + waited).await;
        assert_eq!(health(store).await.is_late, waited > 720, "hour {hour}");
    }
    assert_eq!(told(store, NotificationEvent::JobLate).await, [2]);
    assert_eq!(told(store, NotificationEvent::JobRecovered).await, [4]);
}

pub(super) async fn after_a_missed_occurrence_the_next_in_time_is_told_of(store: &dyn Store) {
    a_job(store).await;
    let missed = Absence::Missed(MissReason::Down);
    let passed = vec![(ExecutionId::from_bits(9), occurrence(HOUR), missed)];
    let plan = fire(&job(1, 1), 0, 1, HOUR, 2 * HOUR);
    store.fire_due(FireDue { runs: Vec::new(), passed, ..plan }).await.expect("the plan holds");
    assert!(health(store).await.is_late);
    fall_due(store, 2).await;
    run(store, 2, 0, 2 * HOUR).await;
    assert!(!health(store).await.is_late);
    assert_eq!(told(store, NotificationEvent::JobMissed).await, [9]);
    assert_eq!(told(store, NotificationEvent::JobRecovered).await, [2]);
}

pub(super) async fn a_run_that_outlasts_its_interval_is_told_of_once(store: &dyn Store) {
    a_job(store).await;
    for (hour, is_long) in [(1, true), (3, true), (5, false), (6, true)] {
        fall_due(store, hour).await;
        let work = store.claim(claim(7, 1, hour * HOUR)).await.expect("work is given").remove(0);
        if is_long {
            fall_due(store, hour + 1).await;
        }
        let (end, succeeded) = (AttemptEnd::Done(Outcome::Completed), AttemptOutcome::Succeeded);
        let over = report(work.lease, end, succeeded, hour * HOUR + 1);
        store.finish(over).await.expect("the lease holds");
        assert_eq!(health(store).await.outlasts, is_long, "hour {hour}");
    }
    assert_eq!(told(store, NotificationEvent::JobOutlasts).await, [6, 1]);
}
