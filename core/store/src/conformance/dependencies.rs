//! Jobs that run when others have ended.

use dateline_core::dependency::{Dependencies, DependencyMode, DependencyOn, DependencyRefusal};
use dateline_core::execution::{
    AttemptEnd, AttemptOutcome, Execution, ExecutionEvent, ExecutionState, ExecutionStatus, Outcome,
    SkipReason, Trigger, TriggerKind,
};
use dateline_core::id::{ExecutionId, JobId, UserId};
use dateline_core::pause::{Pause, PauseChange, PausedBy};
use dateline_core::policy::OverlapPolicy;
use dateline_core::store::{ExecutionFilter, SecretChanges, Store, StoreError};

use super::samples::{all, at, claim, clock, job, manual, project, report};

fn id(n: u128) -> JobId {
    JobId::from_bits(n)
}

/// Returns what a job depends on.
fn after(jobs: &[u128], mode: DependencyMode, on: DependencyOn) -> Option<Dependencies> {
    Some(Dependencies { jobs: jobs.iter().copied().map(id).collect(), mode, on })
}

/// Creates jobs 1 to `upstream`, each in a project of its own, and job 9 in project 9, which depends on them.
async fn set_up(store: &dyn Store, upstream: u128, mode: DependencyMode, on: DependencyOn) {
    for n in (1..=upstream).chain([9]) {
        store.create_project(project(n), SecretChanges::default()).await.expect("a project is stored");
        let mut job = job(n, n);
        job.policy.overlap = OverlapPolicy::Skip;
        if n == 9 {
            job.depends_on = after(&(1..=upstream).collect::<Vec<_>>(), mode, on);
        }
        store.create_job(job, clock(0, 1_000)).await.expect("a job is stored");
    }
}

/// Runs job `n` as execution `execution` until it ends with `outcome`.
async fn run(store: &dyn Store, execution: u128, n: u128, outcome: Outcome, now: i64) {
    store.create_execution(manual(execution, n, now)).await.expect("it is queued");
    let claimed = store.claim(claim(7, 100, now)).await.expect("work is given");
    let mine = claimed.iter().find(|it| it.execution.id == ExecutionId::from_bits(execution));
    let lease = mine.expect("it is its turn").lease;
    let end = report(lease, AttemptEnd::Done(outcome), AttemptOutcome::Succeeded, now);
    store.finish(end).await.expect("it ends");
}

/// Returns the executions of job 9, oldest first.
async fn followers(store: &dyn Store) -> Vec<Execution> {
    let filter = ExecutionFilter { job: Some(id(9)), ..ExecutionFilter::default() };
    let mut found = store.executions(filter, all()).await.expect("a page").items;
    found.reverse();
    found
}

fn dependency(of: &[u128]) -> Trigger {
    Trigger::Dependency { of: of.iter().copied().map(ExecutionId::from_bits).collect() }
}

/// Ends whatever of job 9 is open.
async fn clear(store: &dyn Store, now: i64) {
    for open in followers(store).await.iter().filter(|it| it.state.is_open()) {
        store.steer(open.id, ExecutionEvent::CancelRequested, at(now)).await.expect("it stops");
    }
}

pub(super) async fn an_end_starts_what_depends_on_it(store: &dyn Store) {
    set_up(store, 2, DependencyMode::Any, DependencyOn::Success).await;
    run(store, 1, 1, Outcome::Completed, 10).await;
    let [first] = &followers(store).await[..] else { panic!("one follows") };
    assert_eq!((&first.trigger, first.state.status()), (&dependency(&[1]), ExecutionStatus::Queued));
    assert_eq!((first.home, first.due.as_ref()), (project(9).id.into(), None));
    let found = store.followers(ExecutionId::from_bits(1)).await.expect("a list");
    assert_eq!(found, [first.id]);
    let given = store.claim(claim(7, 1, 11)).await.expect("work is given");
    assert_eq!(given[0].execution.id, first.id);
    // What runs already is joined as its overlap policy says.
    run(store, 2, 2, Outcome::Completed, 12).await;
    let found = followers(store).await;
    let skipped = ExecutionState::Finished { outcome: Outcome::Skipped(SkipReason::Overlap), at: at(12) };
    assert_eq!((found.len(), &found[1].trigger, &found[1].state), (2, &dependency(&[2]), &skipped));
    let filter = ExecutionFilter { trigger: Some(TriggerKind::Dependency), ..ExecutionFilter::default() };
    let stats = store.execution_stats(filter).await.expect("counts");
    assert_eq!((stats.total, stats.skipped), (2, 1));
}

pub(super) async fn all_it_depends_on_must_have_ended(store: &dyn Store) {
    set_up(store, 2, DependencyMode::All, DependencyOn::Success).await;
    run(store, 1, 1, Outcome::Completed, 10).await;
    run(store, 2, 1, Outcome::Completed, 11).await;
    run(store, 3, 2, Outcome::Failed, 12).await;
    assert_eq!(followers(store).await, []);
    let links = store.job_links(id(9)).await.expect("they are there");
    let noted: Vec<_> = links.upstream.iter().map(|it| (it.job, it.noted)).collect();
    assert_eq!(noted, [(id(1), Some(ExecutionId::from_bits(2))), (id(2), None)]);
    run(store, 4, 2, Outcome::Completed, 13).await;
    let [first] = &followers(store).await[..] else { panic!("one follows") };
    assert_eq!(first.trigger, dependency(&[2, 4]), "the newest end of each counts");
    for end in [2, 4] {
        let found = store.followers(ExecutionId::from_bits(end)).await.expect("a list");
        assert_eq!(found, [first.id]);
    }
    clear(store, 14).await;
    run(store, 5, 2, Outcome::Completed, 15).await;
    assert_eq!(followers(store).await.len(), 1, "waiting for all begins anew");
    run(store, 6, 1, Outcome::Completed, 16).await;
    assert_eq!(followers(store).await[1].trigger, dependency(&[6, 5]));
}

pub(super) async fn only_an_end_that_counts_starts_anything(store: &dyn Store) {
    set_up(store, 1, DependencyMode::All, DependencyOn::Failure).await;
    run(store, 1, 1, Outcome::Completed, 10).await;
    run(store, 2, 1, Outcome::Partial, 11).await;
    run(store, 3, 1, Outcome::Skipped(SkipReason::NoActivity), 12).await;
    store.create_execution(manual(4, 1, 13)).await.expect("it is queued");
    let cancelled = ExecutionId::from_bits(4);
    store.steer(cancelled, ExecutionEvent::CancelRequested, at(14)).await.expect("it stops");
    assert_eq!(followers(store).await, []);
    // Nobody came to run it: that is a failure too, and found by a claim.
    store.create_execution(manual(5, 1, 15)).await.expect("it is queued");
    let day_later = 15 + 25 * 3_600;
    let given = store.claim(claim(7, 1, day_later)).await.expect("work is given");
    assert_eq!(given[0].execution.trigger, dependency(&[5]), "what follows is given at once");
}

pub(super) async fn a_job_that_is_off_or_paused_follows_nothing(store: &dyn Store) {
    set_up(store, 2, DependencyMode::All, DependencyOn::Any).await;
    let by = PausedBy::Person { user: UserId::OWNER };
    let pause = Pause { since: at(5), until: None, reason: None, by };
    store.pause_job(id(9), PauseChange::Begin(pause)).await.expect("it is paused");
    run(store, 1, 1, Outcome::Completed, 10).await;
    run(store, 2, 2, Outcome::Completed, 11).await;
    let skipped = ExecutionState::Finished { outcome: Outcome::Skipped(SkipReason::Paused), at: at(11) };
    let found = followers(store).await;
    assert_eq!((&found[0].trigger, &found[0].state), (&dependency(&[1, 2]), &skipped));
    let end = PauseChange::End { at: at(12), run_latest: None };
    let view = store.pause_job(id(9), end).await.expect("it is resumed");
    run(store, 3, 1, Outcome::Completed, 13).await;
    let mut off = view.job;
    off.is_enabled = false;
    let view = store.replace_job(off, None).await.expect("it is disabled");
    run(store, 4, 2, Outcome::Completed, 14).await;
    let mut on = view.job;
    on.is_enabled = true;
    store.replace_job(on, None).await.expect("it is enabled");
    run(store, 5, 2, Outcome::Completed, 15).await;
    assert_eq!(followers(store).await.len(), 1, "what ended before or while it was off is forgotten");
    run(store, 6, 1, Outcome::Completed, 16).await;
    assert_eq!(followers(store).await[1].trigger, dependency(&[6, 5]));
    clear(store, 17).await;
    store.cancel_job(id(9), at(18)).await.expect("it is cancelled");
    run(store, 7, 1, Outcome::Completed, 19).await;
    run(store, 8, 2, Outcome::Completed, 20).await;
    assert_eq!(followers(store).await.len(), 2);
    assert_eq!(store.job_links(id(1)).await.expect("they are there").downstream, []);
}

pub(super) async fn what_would_depend_on_itself_is_refused(store: &dyn Store) {
    store.create_project(project(1), SecretChanges::default()).await.expect("a project is stored");
    for n in 1..=3 {
        let mut job = job(n, 1);
        job.depends_on = (n > 1).then(|| after(&[n - 1], DependencyMode::All, DependencyOn::Any)).flatten();
        store.create_job(job, clock(0, 1_000)).await.expect("a job is stored");
    }
    let refused = async |jobs: &[u128]| {
        let stored = store.job(id(1)).await.expect("it is there").job;
        let depends_on = after(jobs, DependencyMode::Any, DependencyOn::Success);
        let job = dateline_core::job::Job { depends_on, ..stored };
        match store.replace_job(job, None).await {
            Err(StoreError::DependencyRefused(refusal)) => refusal,
            other => panic!("{jobs:?}: {other:?}"),
        }
    };
    let path = |path: &[u128]| DependencyRefusal::Cycle { path: path.iter().copied().map(id).collect() };
    assert_eq!(refused(&[3]).await, path(&[1, 3, 2, 1]));
    assert_eq!(refused(&[1]).await, path(&[1, 1]));
    assert_eq!(refused(&[8]).await, DependencyRefusal::Gone { job: id(8) });
    store.cancel_job(id(3), at(5)).await.expect("it is cancelled");
    assert_eq!(refused(&[3]).await, DependencyRefusal::Gone { job: id(3) });
    let links = store.job_links(id(2)).await.expect("they are there");
    assert_eq!((links.upstream[0].job, links.downstream.len()), (id(1), 0));
    store.cancel_job(id(1), at(6)).await.expect("it is cancelled");
    let links = store.job_links(id(2)).await.expect("they are there");
    assert_eq!(links.upstream[0].cancelled_at, Some(at(6)), "it is still named, and seen to be gone");
    let stored = store.job(id(2)).await.expect("it is there").job;
    store.replace_job(stored, None).await.expect("what it named before is no reason to refuse a change");
}
