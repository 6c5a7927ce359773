//! What failed for good is laid aside, found, run again and dismissed.

use dateline_core::execution::{
    AttemptEnd, AttemptOutcome, DeadLetter, DeadLetterState, ExecutionEvent, ExecutionStatus, Outcome,
    Trigger,
};
use dateline_core::id::{ExecutionId, JobId, ProjectId};
use dateline_core::job::{GenerateContent, Payload};
use dateline_core::platform::Platform;
use dateline_core::store::{
    DeadLettersOf, ExecutionFilter, NewExecution, PageRequest, ReplayDead, SecretChanges, Store, StoreError,
};

use super::samples::{all, at, claim, clock, commit, job, manual, project, report};

const JOB: DeadLettersOf = DeadLettersOf::Job(JobId::from_bits(1));

async fn set_up(store: &dyn Store) {
    for n in 1..=2 {
        store.create_project(project(n), SecretChanges::default()).await.expect("a project is stored");
        store.create_job(job(n, n), clock(0, 10)).await.expect("a job is stored");
    }
}

/// Runs execution `id` of job `of` to its failure.
async fn failed(store: &dyn Store, id: u128, of: u128, now: i64) -> ExecutionId {
    store.create_execution(manual(id, of, now)).await.expect("an execution is stored");
    let given = store.claim(claim(7, 9, now)).await.expect("work is given");
    let work = given.into_iter().find(|work| work.execution.id.bits() == id).expect("it is among it");
    store.record_step(commit(work.lease, "scan", now)).await.expect("the lease holds");
    let end = report(work.lease, AttemptEnd::Done(Outcome::Failed), AttemptOutcome::Failed, now);
    store.finish(end).await.expect("the lease holds").id
}

fn dead() -> ExecutionFilter {
    ExecutionFilter { is_dead_letter: true, ..ExecutionFilter::default() }
}

/// Returns the ids of dead letters, newest first.
async fn listed(store: &dyn Store, filter: ExecutionFilter) -> Vec<u128> {
    let found = store.executions(filter, all()).await.expect("a page").items;
    found.iter().map(|execution| execution.id.bits()).collect()
}

pub(super) async fn what_fails_for_good_is_laid_aside_until_somebody_settles_it(store: &dyn Store) {
    set_up(store).await;
    for n in 1..=3 {
        failed(store, n, 1, i64::try_from(n).unwrap_or(0)).await;
    }
    failed(store, 4, 2, 4).await;
    assert_eq!(listed(store, dead()).await, [4, 3, 2, 1]);
    let of_job = ExecutionFilter { job: Some(JobId::from_bits(1)), ..dead() };
    assert_eq!(listed(store, of_job.clone()).await, [3, 2, 1]);
    let page = PageRequest { limit: 2, after: None };
    let first = store.executions(dead(), page).await.expect("a page");
    let rest = PageRequest { limit: 2, after: first.next };
    let rest = store.executions(dead(), rest).await.expect("a page");
    assert_eq!(rest.items.iter().map(|one| one.id.bits()).collect::<Vec<_>>(), [2, 1]);
    let others = ExecutionFilter { status: Some(ExecutionStatus::Completed), ..dead() };
    assert!(listed(store, others).await.is_empty());

    let dismiss = |id| store.steer(ExecutionId::from_bits(id), ExecutionEvent::DismissRequested, at(9));
    let dismissed = dismiss(1).await.expect("it failed");
    assert_eq!(dismissed.dead_letter, Some(DeadLetter::Dismissed { at: at(9) }));
    assert_eq!(dismiss(1).await.expect("again changes nothing"), dismissed);
    let again =
        NewExecution { trigger: Trigger::Replay { of: ExecutionId::from_bits(2) }, ..manual(5, 1, 9) };
    store.create_execution(again).await.expect("an execution is stored");
    let replayed = store.execution(ExecutionId::from_bits(2)).await.expect("it is there");
    let by = ExecutionId::from_bits(5);
    assert_eq!(replayed.dead_letter, Some(DeadLetter::Replayed { by, at: at(9) }));
    assert_eq!(dismiss(2).await.expect("it failed"), replayed, "what is settled stays so");
    assert_eq!(listed(store, of_job).await, [3]);
    let refused = dismiss(5).await;
    assert!(matches!(refused, Err(StoreError::Refused(_))), "it has not failed: {refused:?}");
}

pub(super) async fn dead_letters_are_run_again_together_the_oldest_first(store: &dyn Store) {
    set_up(store).await;
    for n in 1..=3 {
        failed(store, n, 1, i64::try_from(n).unwrap_or(0)).await;
    }
    let ids = |ids: &[u128]| ids.iter().map(|id| ExecutionId::from_bits(*id)).collect();
    let request = ReplayDead { of: JOB, from_failed_step: true, ids: ids(&[11, 12]), now: at(9) };
    let settled = store.replay_dead(request).await.expect("they are run again");
    assert!(settled.has_more);
    let of: Vec<_> = settled.executions.iter().map(|one| (one.id.bits(), one.trigger.clone())).collect();
    let replay = |of| Trigger::Replay { of: ExecutionId::from_bits(of) };
    assert_eq!(of, [(11, replay(1)), (12, replay(2))]);
    let steps = store.steps(ExecutionId::from_bits(11)).await.expect("a list");
    assert_eq!((steps.len(), steps[0].copied_from), (1, Some(ExecutionId::from_bits(1))));
    assert_eq!(listed(store, dead()).await, [3]);
    let project = DeadLettersOf::Home(ProjectId::from_bits(1).into());
    let request = ReplayDead { of: project, from_failed_step: false, ids: ids(&[13, 14]), now: at(9) };
    let settled = store.replay_dead(request).await.expect("they are run again");
    assert_eq!((settled.executions.len(), settled.has_more), (1, false));
    assert!(store.steps(ExecutionId::from_bits(13)).await.expect("a list").is_empty());
    assert!(listed(store, dead()).await.is_empty());
    failed(store, 21, 2, 20).await;
    failed(store, 22, 2, 21).await;
    let of = DeadLettersOf::Home(ProjectId::from_bits(2).into());
    let settled = store.dismiss_dead(of, 1, at(30)).await.expect("dismissed");
    let found: Vec<_> = settled.executions.iter().map(|one| (one.id.bits(), one.dead_letter)).collect();
    assert_eq!((found, settled.has_more), (vec![(21, Some(DeadLetter::Dismissed { at: at(30) }))], true));
    let rest = store.dismiss_dead(of, 9, at(31)).await.expect("dismissed");
    assert_eq!((rest.executions.len(), rest.has_more), (1, false));
}

pub(super) async fn what_cannot_be_run_again_hides_no_other_dead_letter(store: &dyn Store) {
    set_up(store).await;
    store.create_job(job(3, 1), clock(0, 10)).await.expect("a job is stored");
    let told = Payload::GenerateContent(GenerateContent { platforms: Some(vec![Platform::Email]) });
    failed(store, 1, 1, 1).await;
    let new = NewExecution { payload: Some(told.clone()), ..manual(2, 3, 2) };
    store.create_execution(new).await.expect("an execution is stored");
    let work = store.claim(claim(7, 1, 2)).await.expect("work is given").remove(0);
    let end = report(work.lease, AttemptEnd::Done(Outcome::Failed), AttemptOutcome::Failed, 2);
    store.finish(end).await.expect("the lease holds");
    store.cancel_job(JobId::from_bits(1), at(3)).await.expect("cancelled");
    let of = DeadLettersOf::Home(ProjectId::from_bits(1).into());
    let request =
        ReplayDead { of, from_failed_step: false, ids: vec![ExecutionId::from_bits(9)], now: at(9) };
    let settled = store.replay_dead(request).await.expect("they are run again");
    assert_eq!((settled.executions.len(), settled.has_more), (1, false));
    assert_eq!(settled.executions[0].payload, told, "it is told what the earlier one was told");
    assert_eq!(listed(store, dead()).await, [1], "its job is cancelled for good");
    let left = store.execution(ExecutionId::from_bits(1)).await.expect("it is there");
    assert_eq!(left.dead_letter.map(DeadLetter::state), Some(DeadLetterState::Open));
}
