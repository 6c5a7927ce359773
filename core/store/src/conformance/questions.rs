//! Occurrences that a person is asked about.

use dateline_core::execution::{
    Answer, ExecutionEvent, ExecutionState, ExecutionStatus, MissReason, Outcome, WaitReason,
};
use dateline_core::id::{ExecutionId, UserId};
use dateline_core::job::Job;
use dateline_core::notification::NotificationEvent;
use dateline_core::store::{Entry, FireDue, NotificationFilter, SecretChanges, Store, StoreError};

use super::samples::{all, at, claim, clock, clock_after, done, fire, job, project};

async fn a_job(store: &dyn Store) -> Job {
    store.create_project(project(1), SecretChanges::default()).await.expect("a project is stored");
    store.create_job(job(1, 1), clock(0, 10)).await.expect("a job is stored").job
}

/// Returns a plan that asks about the occurrence at `due` until `until`.
fn ask(job: &Job, through: i64, id: u128, due: i64, until: i64) -> FireDue {
    let mut plan = fire(job, through, id, due, due + 10);
    plan.runs[0].entry = Entry::Ask { until: at(until) };
    plan
}

async fn status(store: &dyn Store, id: u128) -> ExecutionStatus {
    store.execution(ExecutionId::from_bits(id)).await.expect("it is there").state.status()
}

pub(super) async fn a_question_holds_nothing_and_runs_without_an_answer(store: &dyn Store) {
    let job = a_job(store).await;
    let fired = store.fire_due(ask(&job, 0, 1, 10, 100)).await.expect("the plan holds");
    assert!(fired.queued.is_empty(), "nothing is to be claimed");
    let question = store.execution(ExecutionId::from_bits(1)).await.expect("it is there");
    let ExecutionState::Waiting { wait, .. } = &question.state else { panic!("{question:?}") };
    assert_eq!((wait.reason, wait.until), (WaitReason::Ask, at(100)));
    assert_eq!(store.job(job.id).await.expect("it is there").clock, clock_after(0, 10, 20));
    assert!(store.claim(claim(7, 1, 99)).await.expect("an answer").is_empty());
    let work = store.claim(claim(7, 1, 100)).await.expect("work is given");
    assert_eq!(work[0].execution.id, question.id);
    assert_eq!(store.job(job.id).await.expect("it is there").clock.runs, 1, "now it is a run");
    let told = store.notifications(NotificationFilter::of(UserId::OWNER), all()).await.expect("a page");
    let asked = told.items.iter().filter(|one| one.event == NotificationEvent::JobAsks).count();
    assert_eq!(asked, 1);
}

pub(super) async fn a_newer_run_takes_the_place_of_a_question(store: &dyn Store) {
    let job = a_job(store).await;
    store.fire_due(ask(&job, 0, 1, 10, 100)).await.expect("the plan holds");
    store.fire_due(ask(&job, 10, 2, 20, 110)).await.expect("the plan holds");
    assert_eq!(status(store, 1).await, ExecutionStatus::Missed, "one question at a time");
    let fired = store.fire_due(fire(&job, 20, 3, 30, 40)).await.expect("the plan holds");
    assert_eq!(fired.queued, [ExecutionId::from_bits(3)], "a question keeps nothing from running");
    let covered = store.execution(ExecutionId::from_bits(2)).await.expect("it is there");
    let missed = ExecutionState::Finished { outcome: Outcome::Missed(MissReason::Coalesced), at: at(30) };
    assert_eq!((covered.state, covered.superseded_by), (missed, Some(ExecutionId::from_bits(3))));
    // One that is skipped for overlap takes nobody's place.
    store.fire_due(ask(&job, 30, 4, 40, 120)).await.expect("the plan holds");
    let fired = store.fire_due(fire(&job, 40, 5, 50, 60)).await.expect("the plan holds");
    assert!(fired.queued.is_empty());
    assert_eq!(status(store, 4).await, ExecutionStatus::Waiting);
    store.cancel_job(job.id, at(60)).await.expect("cancelled");
    assert_eq!(status(store, 4).await, ExecutionStatus::Cancelled);
}

pub(super) async fn an_answer_is_carried_out_once(store: &dyn Store) {
    let job = a_job(store).await;
    let answer = |id: u128, answer, now| {
        store.steer(ExecutionId::from_bits(id), ExecutionEvent::Answered(answer), at(now))
    };
    store.fire_due(ask(&job, 0, 1, 10, 100)).await.expect("the plan holds");
    let later = answer(1, Answer::RunAt(at(50)), 20).await.expect("it asks");
    assert_eq!(later.state.status(), ExecutionStatus::Waiting);
    let skipped = answer(1, Answer::Skip, 21).await.expect("it still asks");
    let declined = ExecutionState::Finished { outcome: Outcome::Missed(MissReason::Declined), at: at(21) };
    assert_eq!(skipped.state, declined);
    let refused = answer(1, Answer::RunNow, 22).await;
    assert!(matches!(refused, Err(StoreError::Refused(_))), "{refused:?}");
    store.fire_due(ask(&job, 10, 2, 30, 100)).await.expect("the plan holds");
    answer(2, Answer::RunAt(at(50)), 31).await.expect("it asks");
    assert!(store.claim(claim(7, 1, 49)).await.expect("an answer").is_empty());
    let work = store.claim(claim(7, 1, 50)).await.expect("work is given");
    store.finish(done(work[0].lease, 51)).await.expect("the lease holds");
    store.fire_due(ask(&job, 30, 3, 60, 100)).await.expect("the plan holds");
    assert_eq!(answer(3, Answer::RunNow, 61).await.expect("it asks").state.status(), ExecutionStatus::Queued);
    assert_eq!(store.claim(claim(7, 1, 61)).await.expect("work is given").len(), 1);
    assert_eq!(store.job(job.id).await.expect("it is there").clock.runs, 2);
}
