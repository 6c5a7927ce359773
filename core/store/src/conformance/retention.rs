//! What is over goes, batch by batch; what is to stay stays.

use std::collections::BTreeMap;

use dateline_core::dependency::{Dependencies, DependencyMode, DependencyOn};
use dateline_core::execution::{Execution, ExecutionEvent};
use dateline_core::id::{ExecutionId, JobId, ProjectId, UserId};
use dateline_core::job::Job;
use dateline_core::notification::DeliveryOutcome;
use dateline_core::people::{AuditAction, AuditEntry, Means};
use dateline_core::platform::Platform;
use dateline_core::retention::{RecordKind, Retention};
use dateline_core::store::{
    ExecutionFilter, Missing, NotificationFilter, PurgeRequest, SecretChanges, Store, StoreError,
};

use super::expect_conflict;
use super::samples::{all, at, claim, clock, commit, done, fire, job, manual, project, write_step};

const DAY: i64 = 86_400;
const OWNER: UserId = UserId::OWNER;

/// Keeps everything for a day, and two executions of each job.
fn a_day() -> Retention {
    Retention {
        succeeded_days: 1,
        failed_days: 1,
        skipped_days: 1,
        logs_days: 1,
        steps_days: 1,
        activity_days: 1,
        notifications_days: 1,
        audit_days: 1,
        runs_min: 2,
    }
}

/// Purges a kind in batches of `limit` until nothing of it is over; returns how much is gone.
async fn purge(store: &dyn Store, kind: RecordKind, retention: Retention, limit: usize, now: i64) -> u64 {
    let (mut removed, mut rounds) = (0, 0);
    for _ in 0..10_000 {
        let request = PurgeRequest { kind, retention, limit, now: at(now) };
        let batch = store.purge(request).await.expect("a batch");
        assert!(batch.removed <= limit as u64, "{batch:?} of {limit}");
        removed += batch.removed;
        rounds += u32::from(batch.is_done);
        // The first round may be the end of one that an earlier purge began.
        if rounds == 2 {
            return removed;
        }
    }
    panic!("{kind:?} comes to no end");
}

/// Purges everything; returns what went.
async fn purge_all(store: &dyn Store, limit: usize, now: i64) -> BTreeMap<RecordKind, u64> {
    let mut gone = BTreeMap::new();
    for kind in RecordKind::ALL {
        let removed = purge(store, kind, a_day(), limit, now).await;
        if removed > 0 {
            gone.insert(kind, removed);
        }
    }
    gone
}

#[track_caller]
fn expect_missing<T: std::fmt::Debug>(result: Result<T, StoreError>, what: Missing) {
    assert!(matches!(&result, Err(StoreError::NotFound(missing)) if *missing == what), "{result:?}");
}

async fn prepared(store: &dyn Store) {
    store.create_project(project(1), SecretChanges::default()).await.expect("a project is stored");
    store.create_job(job(1, 1), clock(0, 10)).await.expect("a job is stored");
}

/// Runs job 1 as execution `id`, with a step and a line in its log.
async fn ran(store: &dyn Store, id: u128, now: i64) -> Execution {
    store.create_execution(manual(id, 1, now)).await.expect("an execution is stored");
    let work = store.claim(claim(7, 1, now)).await.expect("work is given").remove(0);
    store.record_step(commit(work.lease, "scan", now)).await.expect("the lease holds");
    store.finish(done(work.lease, now)).await.expect("the lease holds")
}

async fn ids(store: &dyn Store) -> Vec<u128> {
    let page = store.executions(ExecutionFilter::default(), all()).await.expect("a page");
    page.items.iter().map(|execution| execution.id.bits()).collect()
}

pub(super) async fn what_is_over_goes_and_the_newest_stay(store: &dyn Store) {
    prepared(store).await;
    for id in 1..=9 {
        ran(store, id, i64::try_from(id).unwrap_or_default()).await;
    }
    let before = store.execution_stats(ExecutionFilter::default()).await.expect("counts");
    assert_eq!(purge(store, RecordKind::Executions, a_day(), 2, DAY).await, 0, "a day is not over");
    assert_eq!(ids(store).await.len(), 9);
    // The fifth and what came before it are older than a day.
    assert_eq!(purge(store, RecordKind::Executions, a_day(), 2, DAY + 6).await, 5);
    assert_eq!(ids(store).await, [9, 8, 7, 6]);
    assert_eq!(purge(store, RecordKind::Executions, a_day(), 2, 9 * DAY).await, 2);
    assert_eq!(ids(store).await, [9, 8], "the two newest stay, whatever their age");
    let gone = ExecutionId::from_bits(7);
    expect_missing(store.execution(gone).await, Missing::Execution);
    expect_missing(store.steps(gone).await, Missing::Execution);
    expect_missing(store.logs(gone, all()).await, Missing::Execution);
    let after = store.execution_stats(ExecutionFilter::default()).await.expect("counts");
    assert_eq!(before, after, "statistics stay");
}

pub(super) async fn a_purged_occurrence_never_runs_again(store: &dyn Store) {
    prepared(store).await;
    let job = store.job(JobId::from_bits(1)).await.expect("a job").job;
    for id in 1..=3_u8 {
        let (due, n) = (i64::from(id) * 10, u128::from(id));
        store.fire_due(fire(&job, due - 10, n, due, due + 10)).await.expect("the plan holds");
        let work = store.claim(claim(7, 1, due)).await.expect("work is given").remove(0);
        store.finish(done(work.lease, due)).await.expect("the lease holds");
    }
    if store.job(job.id).await.expect("a job").clock.recorded_through != at(30) {
        panic!("the job has recorded through its third occurrence");
    }
    assert_eq!(purge(store, RecordKind::Executions, a_day(), 500, 2 * DAY).await, 1);
    let left = store.occurrences(job.id, None, None, all()).await.expect("a page").items;
    assert_eq!(left.iter().map(|it| it.execution.bits()).collect::<Vec<_>>(), [3, 2]);
    // Neither a plan from before the purge nor one that goes back to what is gone.
    expect_conflict(store.fire_due(fire(&job, 0, 9, 10, 20)).await);
    expect_conflict(store.fire_due(fire(&job, 30, 9, 10, 20)).await);
    assert_eq!(store.job(job.id).await.expect("a job").clock.recorded_through, at(30));
    store.fire_due(fire(&job, 30, 9, 40, 50)).await.expect("what comes next runs");
}

pub(super) async fn a_pinned_execution_stays_with_all_that_is_its_own(store: &dyn Store) {
    prepared(store).await;
    for id in 1..=4 {
        ran(store, id, 1).await;
    }
    let pinned = store.pin_execution(ExecutionId::from_bits(1), at(2)).await.expect("pinned");
    assert_eq!((pinned.pinned_at, pinned.version), (Some(at(2)), 5));
    let again = store.pin_execution(pinned.id, at(3)).await.expect("pinned");
    assert_eq!(again, pinned, "again changes nothing");
    purge_all(store, 500, 9 * DAY).await;
    assert_eq!(ids(store).await, [4, 3, 1]);
    assert_eq!(store.steps(pinned.id).await.expect("a list").len(), 1);
    assert_eq!(store.logs(pinned.id, all()).await.expect("a page").items.len(), 2);
    assert_eq!(
        store.steps(ExecutionId::from_bits(4)).await.expect("a list"),
        [],
        "others keep their record only"
    );
    let free = store.unpin_execution(pinned.id, at(9 * DAY)).await.expect("unpinned");
    assert_eq!((free.pinned_at, free.version), (None, 6));
    let gone = purge_all(store, 500, 9 * DAY).await;
    assert_eq!(ids(store).await, [4, 3]);
    assert_eq!(gone.get(&RecordKind::Executions), Some(&1));
    expect_missing(store.pin_execution(pinned.id, at(9 * DAY)).await, Missing::Execution);
}

pub(super) async fn what_was_held_goes_when_newer_ones_come(store: &dyn Store) {
    prepared(store).await;
    ran(store, 1, 1).await;
    ran(store, 2, 2).await;
    assert_eq!(purge(store, RecordKind::Executions, a_day(), 1, 3 * DAY).await, 0);
    ran(store, 3, 3 * DAY).await;
    assert_eq!(purge(store, RecordKind::Executions, a_day(), 1, 3 * DAY).await, 1);
    assert_eq!(ids(store).await, [3, 2]);
    // Fewer are to be kept.
    let one = Retention { runs_min: 1, ..a_day() };
    assert_eq!(purge(store, RecordKind::Executions, one, 1, 3 * DAY).await, 1);
    assert_eq!(ids(store).await, [3]);
    // A job that never runs again keeps none.
    assert_eq!(purge(store, RecordKind::Executions, one, 1, 9 * DAY).await, 0);
    store.cancel_job(JobId::from_bits(1), at(9 * DAY)).await.expect("cancelled");
    assert_eq!(purge(store, RecordKind::Executions, one, 1, 9 * DAY).await, 1);
    assert_eq!(ids(store).await, [0_u128; 0]);
}

pub(super) async fn what_ended_late_goes_by_its_end(store: &dyn Store) {
    prepared(store).await;
    store.create_execution(manual(1, 1, 0)).await.expect("an execution is stored");
    let long = ExecutionId::from_bits(1);
    store.steer(long, ExecutionEvent::PauseRequested, at(1)).await.expect("it rests");
    for id in 2..=5 {
        ran(store, id, 2).await;
    }
    assert_eq!(purge(store, RecordKind::Executions, a_day(), 500, 3 * DAY).await, 2);
    assert_eq!(ids(store).await, [5, 4, 1], "what is open stays");
    store.steer(long, ExecutionEvent::CancelRequested, at(3 * DAY)).await.expect("it ends");
    assert_eq!(purge(store, RecordKind::Executions, a_day(), 500, 4 * DAY).await, 0);
    assert_eq!(purge(store, RecordKind::Executions, a_day(), 500, 4 * DAY + 1).await, 1);
    assert_eq!(ids(store).await, [5, 4]);
}

pub(super) async fn logs_and_steps_go_before_their_execution(store: &dyn Store) {
    prepared(store).await;
    for id in 1..=3 {
        ran(store, id, 1).await;
    }
    let longer = Retention { succeeded_days: 9, steps_days: 5, ..a_day() };
    let id = ExecutionId::from_bits(1);
    assert_eq!(purge(store, RecordKind::Logs, longer, 2, 3 * DAY).await, 3);
    assert_eq!(store.logs(id, all()).await.expect("a page").items, []);
    assert_eq!(purge(store, RecordKind::Steps, longer, 2, 3 * DAY).await, 0);
    assert_eq!(store.steps(id).await.expect("a list").len(), 1);
    assert_eq!(purge(store, RecordKind::Steps, longer, 2, 6 * DAY).await, 3);
    assert_eq!(store.steps(id).await.expect("a list"), []);
    assert_eq!(purge(store, RecordKind::Executions, longer, 2, 6 * DAY).await, 0);
}

pub(super) async fn a_cancelled_job_goes_with_the_last_of_its_history(store: &dyn Store) {
    prepared(store).await;
    store.create_job(job(2, 1), clock(0, 10)).await.expect("a job is stored");
    ran(store, 1, 1).await;
    store.cancel_job(JobId::from_bits(1), at(2)).await.expect("cancelled");
    store.cancel_job(JobId::from_bits(2), at(2)).await.expect("cancelled");
    let gone = purge_all(store, 1, 10).await;
    assert_eq!(gone.get(&RecordKind::Jobs), Some(&1), "the one that never ran");
    store.job(JobId::from_bits(1)).await.expect("its history is there");
    let gone = purge_all(store, 1, 2 * DAY).await;
    assert_eq!(gone.get(&RecordKind::Jobs), Some(&1));
    expect_missing(store.job(JobId::from_bits(1)).await, Missing::Job);
    let stats = store.execution_stats(ExecutionFilter::default()).await.expect("counts");
    assert_eq!(stats.completed, 1, "what it did stays counted");
}

pub(super) async fn what_followed_goes_with_its_job(store: &dyn Store) {
    prepared(store).await;
    let jobs = vec![JobId::from_bits(1)];
    let depends_on = Some(Dependencies { jobs, mode: DependencyMode::Any, on: DependencyOn::Any });
    store.create_job(Job { depends_on, ..job(2, 1) }, clock(0, 10)).await.expect("a job is stored");
    ran(store, 1, 1).await;
    let first = ExecutionId::from_bits(1);
    let [follower] = store.followers(first).await.expect("a list")[..] else { panic!("one follows") };
    store.cancel_job(JobId::from_bits(1), at(2)).await.expect("cancelled");
    purge_all(store, 1, 2 * DAY).await;
    expect_missing(store.job(JobId::from_bits(1)).await, Missing::Job);
    let links = store.job_links(JobId::from_bits(2)).await.expect("links");
    assert_eq!((links.upstream.len(), links.downstream.len()), (0, 0), "what is gone is not told of");
    assert_eq!(store.followers(first).await.expect("a list"), [follower], "what it began is there");
    store.cancel_job(JobId::from_bits(2), at(2 * DAY)).await.expect("cancelled");
    purge_all(store, 1, 4 * DAY).await;
    assert_eq!(store.followers(first).await.expect("a list"), []);
}

pub(super) async fn a_removed_project_goes_unless_there_are_drafts(store: &dyn Store) {
    for n in 1..=2 {
        store.create_project(project(n), SecretChanges::default()).await.expect("a project is stored");
        store.create_job(job(n, n), clock(0, 10)).await.expect("a job is stored");
        store.create_execution(manual(n, n, 0)).await.expect("an execution is stored");
        let work = store.claim(claim(7, 1, 1)).await.expect("work is given").remove(0);
        if n == 2 {
            let step = write_step(&work.execution, work.lease, 1, Platform::Devto, 1);
            store.record_step(step).await.expect("the lease holds");
        }
        store.finish(done(work.lease, 1)).await.expect("the lease holds");
        store.remove_project(ProjectId::from_bits(n), at(2)).await.expect("removed");
    }
    assert_eq!(purge_all(store, 1, 10).await, BTreeMap::new());
    let gone = purge_all(store, 1, 2 * DAY).await;
    assert_eq!(gone.get(&RecordKind::Projects), Some(&1));
    let reach = store.reach(OWNER).await.expect("projects");
    assert_eq!(
        reach.into_iter().filter_map(|home| home.project()).collect::<Vec<_>>(),
        [ProjectId::from_bits(2)]
    );
    let draft = store.draft(dateline_core::id::DraftId::from_bits(1)).await.expect("content stays");
    store.brief(draft.brief).await.expect("and what it rests on");
}

pub(super) async fn notifications_go_with_their_deliveries(store: &dyn Store) {
    let mut wishes = store.preferences(OWNER).await.expect("preferences");
    wishes.email_address = Some("ada@example.org".to_owned());
    store.put_preferences(OWNER, wishes).await.expect("stored");
    prepared(store).await;
    ran(store, 1, 1).await;
    ran(store, 2, 2).await;
    assert_eq!(store.unread_notifications(OWNER).await.expect("a number"), 2);
    assert_eq!(purge(store, RecordKind::Notifications, a_day(), 1, 2 * DAY).await, 0, "mail is under way");
    for claimed in store.claim_deliveries(10, at(DAY)).await.expect("due ones") {
        let sent = DeliveryOutcome::Sent { reference: None };
        store.finish_delivery(claimed.delivery.id, 1, sent, at(DAY)).await.expect("recorded");
    }
    assert_eq!(purge(store, RecordKind::Notifications, a_day(), 1, DAY + 2).await, 1);
    assert_eq!(purge(store, RecordKind::Notifications, a_day(), 1, 2 * DAY).await, 1);
    assert_eq!(store.unread_notifications(OWNER).await.expect("a number"), 0);
    let left = store.notifications(NotificationFilter::of(OWNER), all()).await.expect("a page").items;
    assert_eq!(left, []);
}

pub(super) async fn old_entries_of_the_audit_log_go(store: &dyn Store) {
    for n in 1..=4_u8 {
        let entry = AuditEntry {
            id: dateline_core::id::AuditId::from_bits(n.into()),
            at: at(i64::from(n)),
            actor: OWNER,
            actor_name: String::new(),
            means: Means::Process,
            action: AuditAction::ProjectCreated,
            subject: n.to_string(),
            home: None,
            detail: None,
        };
        let store = store.audited(entry);
        store.create_project(project(n.into()), SecretChanges::default()).await.expect("stored");
    }
    assert_eq!(purge(store, RecordKind::Audit, a_day(), 1, DAY + 3).await, 2);
    let left = store.audit_log(None, all()).await.expect("a page").items;
    assert_eq!(left.iter().map(|entry| entry.id.bits()).collect::<Vec<_>>(), [4, 3]);
}
