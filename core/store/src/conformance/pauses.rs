//! Pauses begin, end and keep things back.

use dateline_core::execution::{ExecutionStatus, Outcome, SkipReason, Trigger};
use dateline_core::id::{ExecutionId, UserId};
use dateline_core::job::{Job, JobView};
use dateline_core::misfire::Absence;
use dateline_core::pause::{JobPauses, Pause, PauseChange, PausedBy};
use dateline_core::project::Project;
use dateline_core::store::{FireDue, SecretChanges, Store, StoreError};

use super::expect_conflict;
use super::samples::{all, at, claim, clock, fire, job, manual, occurrence, project};

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
