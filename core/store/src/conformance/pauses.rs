//! Pauses begin, end and keep things back.

use dateline_core::execution::{
    AttemptEnd, AttemptOutcome, ExecutionStatus, Failure, FailureClass, MissReason, Outcome, SkipReason,
    Trigger,
};
use dateline_core::id::{ExecutionId, UserId};
use dateline_core::job::{Job, JobView};
use dateline_core::misfire::Absence;
use dateline_core::notification::NotificationEvent;
use dateline_core::pause::{JobPauses, Pause, PauseChange, PausedBy};
use dateline_core::project::Project;
use dateline_core::store::{FireDue, NotificationFilter, SecretChanges, Store, StoreError};

use super::expect_conflict;
use super::samples::{all, at, claim, clock, fire, job, manual, occurrence, project, report};

fn begin(since: i64, until: Option<i64>) -> PauseChange {
    let by = PausedBy::Person { user: UserId::OWNER };
    PauseChange::Begin(Pause { since: at(since), until: until.map(at), reason: Some("a holiday".into()), by })
}

fn end(now: i64) -> PauseChange {
    PauseChange::End { at: at(now), run_latest: None }
}

async fn a_job(store: &dyn Store) -> JobView {
    store.create_project(project(1), SecretChanges::default()).await.expect("a project is stored");
    store.create_job(job(1, 1), clock(0, 10)).await.expect("a job is stored")
}

pub(super) async fn a_pause_is_seen_by_each_job_it_concerns(store: &dyn Store) {
    let id = a_job(store).await.job.id;
    let project_id = project(1).id;
    store.create_project(project(2), SecretChanges::default()).await.expect("a project is stored");
    store.create_job(job(2, 2), clock(0, 10)).await.expect("a job is stored");
    let of_job = store.pause_job(id, begin(1, Some(30))).await.expect("paused");
    assert_eq!((of_job.job.version, of_job.pauses.job.in_force(at(2)).is_some()), (2, true));
    let of_project = store.pause_project(project_id, begin(2, None)).await.expect("paused");
    assert_eq!((of_project.version, of_project.updated_at), (2, at(2)));
    let of_engine = store.pause_engine(begin(3, None)).await.expect("paused");
    assert_eq!(store.engine_pauses().await.expect("they are read"), of_engine);
    let view = store.job(id).await.expect("it is there");
    assert_eq!((view.pauses.project, view.pauses.engine), (of_project.pauses, of_engine.clone()));
    let other = store.job(job(2, 2).id).await.expect("it is there");
    assert_eq!(other.pauses, JobPauses { engine: of_engine, ..JobPauses::default() });
    let before = store.newest_event().await.expect("a number");
    store.pause_job(id, end(40)).await.expect("it is over by itself");
    assert_eq!(store.newest_event().await.expect("a number"), before, "nothing changed");
    store.pause_engine(end(40)).await.expect("resumed");
    assert!(store.engine_pauses().await.expect("they are read").in_force(at(40)).is_none());
    let renamed = Project { name: "renamed".into(), version: 2, ..project(1) };
    let renamed = store.replace_project(renamed, SecretChanges::default()).await.expect("replaced");
    assert!(renamed.pauses.in_force(at(50)).is_some(), "an edit resumes nothing");
    let edited = store.replace_job(Job { name: "renamed".into(), ..view.job }, None).await.expect("replaced");
    assert!(!edited.job.pauses.is_empty());
}

pub(super) async fn a_plan_that_knew_other_pauses_is_a_conflict(store: &dyn Store) {
    let view = a_job(store).await;
    let plan = fire(&view.job, 0, 1, 10, 20);
    store.pause_project(view.job.home.project().expect("one"), begin(5, None)).await.expect("paused");
    expect_conflict(store.fire_due(plan.clone()).await);
    let pauses = store.job(view.job.id).await.expect("it is there").pauses;
    let passed = vec![(ExecutionId::from_bits(1), occurrence(10), Absence::Paused)];
    let plan = FireDue { runs: Vec::new(), passed, pauses: pauses.clone(), ..plan };
    store.fire_due(plan).await.expect("this plan knows");
    let page = store.occurrences(view.job.id, None, None, all()).await.expect("a page");
    assert_eq!(page.items[0].outcome, Some(Outcome::Skipped(SkipReason::Paused)));
    store.pause_engine(begin(15, None)).await.expect("paused");
    expect_conflict(store.fire_due(FireDue { pauses, ..fire(&view.job, 10, 2, 20, 30) }).await);
}

pub(super) async fn while_everything_is_paused_nothing_is_claimed_and_nothing_grows_old(store: &dyn Store) {
    a_job(store).await;
    let id = store.create_execution(manual(1, 1, 5)).await.expect("it is queued").id;
    let day = 24 * 3_600;
    store.pause_engine(begin(6, Some(3 * day))).await.expect("paused");
    assert!(store.claim(claim(7, 1, 2 * day)).await.expect("an answer").is_empty());
    let work = store.claim(claim(7, 1, 3 * day + 1)).await.expect("work is given");
    assert_eq!(work[0].execution.id, id, "it was not made to wait too long");
}

pub(super) async fn resuming_may_run_the_latest_that_was_kept_back(store: &dyn Store) {
    let view = a_job(store).await;
    let id = view.job.id;
    let run = |n, now| PauseChange::End { at: at(now), run_latest: Some(ExecutionId::from_bits(n)) };
    store.pause_job(id, begin(1, None)).await.expect("paused");
    store.pause_job(id, run(50, 5)).await.expect("resumed");
    assert!(store.execution(ExecutionId::from_bits(50)).await.is_err(), "nothing was kept back");
    let paused = store.pause_job(id, begin(6, None)).await.expect("paused");
    let passed = vec![(ExecutionId::from_bits(1), occurrence(10), Absence::Paused)];
    let plan = FireDue { runs: Vec::new(), passed, pauses: paused.pauses, ..fire(&paused.job, 0, 1, 10, 20) };
    store.fire_due(plan).await.expect("the plan holds");
    store.pause_job(id, run(51, 15)).await.expect("resumed");
    let latest = store.execution(ExecutionId::from_bits(51)).await.expect("it is recorded");
    assert_eq!((latest.trigger, latest.state.status()), (Trigger::Manual, ExecutionStatus::Queued));
    store.pause_job(id, run(52, 16)).await.expect("it is not paused");
    assert!(store.execution(ExecutionId::from_bits(52)).await.is_err());
    store.cancel_job(id, at(17)).await.expect("cancelled");
    let refused = store.pause_job(id, begin(18, None)).await;
    assert!(matches!(refused, Err(StoreError::JobCancelled)), "{refused:?}");
}

/// Runs execution `id` of job 1 to this end.
async fn ran(store: &dyn Store, id: u128, outcome: Outcome, now: i64) {
    store.create_execution(manual(id, 1, now)).await.expect("an execution is stored");
    let work = store.claim(claim(7, 1, now)).await.expect("work is given").remove(0);
    let chain = vec!["the server at token=ghp_0123456789abcdefghijABCDEFGHIJ012345 said no".to_owned()];
    let failure = Failure { class: FailureClass::Permanent, step: None, chain, retry_after: None };
    let mut end = report(work.lease, AttemptEnd::Done(outcome), AttemptOutcome::Failed, now);
    end.error = (outcome == Outcome::Failed).then_some(failure);
    store.finish(end).await.expect("the lease holds");
}

/// Returns how often people were told that a job was paused.
async fn told_of_pauses(store: &dyn Store) -> usize {
    let filter = NotificationFilter {
        event: Some(NotificationEvent::JobPaused),
        ..NotificationFilter::of(UserId::OWNER)
    };
    store.notifications(filter, all()).await.expect("a page").items.len()
}

async fn a_job_paused_after(store: &dyn Store, failures: u32) -> JobView {
    store.create_project(project(1), SecretChanges::default()).await.expect("a project is stored");
    let mut job = job(1, 1);
    job.policy.auto_pause_after = failures;
    store.create_job(job, clock(0, 10)).await.expect("a job is stored")
}

pub(super) async fn a_job_that_fails_too_often_in_a_row_is_paused_and_told_of_once(store: &dyn Store) {
    let id = a_job_paused_after(store, 3).await.job.id;
    for n in 1..=2 {
        ran(store, n, Outcome::Failed, 1).await;
    }
    let view = store.job(id).await.expect("it is there");
    assert_eq!((view.failures_in_row, view.job.version), (2, 1));
    assert!(view.job.pauses.in_force(at(2)).is_none());
    ran(store, 3, Outcome::Failed, 3).await;
    let view = store.job(id).await.expect("it is there");
    let pause = view.job.pauses.in_force(at(4)).expect("it is paused");
    assert_eq!((pause.by, pause.since, pause.until), (PausedBy::Failures { count: 3 }, at(3), None));
    let reason = pause.reason.clone().expect("why");
    assert!(reason.starts_with("3 runs in a row failed, the last one with: the server"), "{reason}");
    assert!(!reason.contains("ghp_"), "{reason}");
    assert_eq!(view.job.version, 2);
    assert_eq!(told_of_pauses(store).await, 1);
    ran(store, 4, Outcome::Failed, 5).await;
    let same = store.job(id).await.expect("it is there");
    assert_eq!((same.job.pauses, told_of_pauses(store).await), (view.job.pauses, 1), "it is paused already");
    let resumed = store.pause_job(id, end(6)).await.expect("resumed");
    assert_eq!((resumed.failures_in_row, resumed.job.pauses.in_force(at(7)).is_some()), (0, false));
    for n in 5..=7 {
        ran(store, n, Outcome::Failed, 8).await;
    }
    let again = store.job(id).await.expect("it is there");
    assert!(again.job.pauses.in_force(at(9)).is_some());
    assert_eq!(told_of_pauses(store).await, 2);
}

pub(super) async fn only_failures_in_a_row_pause_a_job(store: &dyn Store) {
    let view = a_job_paused_after(store, 2).await;
    let id = view.job.id;
    let outcomes = [
        (Outcome::Failed, 1),
        (Outcome::Partial, 0),
        (Outcome::Failed, 1),
        (Outcome::Skipped(SkipReason::NoActivity), 0),
        (Outcome::Failed, 1),
        (Outcome::Completed, 0),
        (Outcome::Failed, 1),
    ];
    for (n, (outcome, failures)) in (1..).zip(outcomes) {
        ran(store, n, outcome, 1).await;
        assert_eq!(store.job(id).await.expect("it is there").failures_in_row, failures, "{outcome:?}");
    }
    let missed = Absence::Missed(MissReason::Down);
    let passed =
        [(51, 21), (52, 22), (53, 23)].map(|(id, due)| (ExecutionId::from_bits(id), occurrence(due), missed));
    let plan = FireDue { runs: Vec::new(), passed: passed.to_vec(), ..fire(&view.job, 0, 50, 30, 90) };
    store.fire_due(plan).await.expect("the plan holds");
    let after = store.job(id).await.expect("it is there");
    assert_eq!(after.failures_in_row, 1, "what was missed has not failed");
    assert!(after.job.pauses.is_empty());
    let mut never = job(2, 1);
    never.policy.auto_pause_after = 0;
    let edited = Job { policy: never.policy, ..after.job };
    store.replace_job(edited, None).await.expect("replaced");
    for n in 61..=63 {
        ran(store, n, Outcome::Failed, 40).await;
    }
    let after = store.job(id).await.expect("it is there");
    assert_eq!((after.failures_in_row, after.job.pauses.is_empty()), (4, true), "0 is never");
}
