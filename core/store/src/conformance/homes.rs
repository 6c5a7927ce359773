//! Jobs without a project: whose they are, what runs beside what, and who finds them.

use std::collections::BTreeSet;

use dateline_core::event::EventKind;
use dateline_core::execution::{Execution, ExecutionStatus};
use dateline_core::home::Home;
use dateline_core::id::{ExecutionId, JobId, ProjectId, UserId};
use dateline_core::job::{Job, Payload, SyncGithub};
use dateline_core::store::{
    ExecutionFilter, JobFilter, Missing, NewExecution, NotificationFilter, SecretChanges, Store, StoreError,
};

use super::expect_conflict;
use super::people::people;
use super::samples::{all, at, claim, clock, done, job, manual, own_job, project};

/// People, a project with job 1, and jobs without one: 12 and 13 of user 3, 14 of user 2.
async fn set_up(store: &dyn Store) {
    people(store).await;
    store.create_project(project(11), SecretChanges::default()).await.expect("a project is stored");
    store.create_job(job(11, 11), clock(0, 10)).await.expect("a job is stored");
    for (n, person) in [(12, 3), (13, 3), (14, 2)] {
        store.create_job(own_job(n, person), clock(0, 10)).await.expect("a job is stored");
    }
}

fn person(n: u128) -> Home {
    Home::Person(UserId::from_bits(n))
}

fn numbers(executions: &[Execution]) -> Vec<u128> {
    executions.iter().map(|execution| execution.id.bits()).collect()
}

/// Runs execution `n` of job `job` to its end.
async fn run(store: &dyn Store, n: u128, job: u128) {
    store.create_execution(manual(n, job, 1)).await.expect("an execution is stored");
    let work = store.claim(claim(7, 1, 2)).await.expect("work is given").remove(0);
    store.finish(done(work.lease, 3)).await.expect("the lease holds");
}

pub(super) async fn a_job_without_a_project_is_a_persons_own(store: &dyn Store) {
    set_up(store).await;
    let view = store.job(JobId::from_bits(12)).await.expect("it is there");
    assert_eq!((view.job.home, view.job.home.project()), (person(3), None));
    let missing = store.create_job(own_job(15, 9), clock(0, 10)).await;
    assert!(matches!(missing, Err(StoreError::NotFound(Missing::User))), "{missing:?}");
    run(store, 1, 12).await;
    assert_eq!(store.execution(ExecutionId::from_bits(1)).await.expect("there").home, person(3));
    let events = store.events_after(0, 1_000).await.expect("events");
    let homes: BTreeSet<_> = events
        .iter()
        .filter(|event| event.kind == EventKind::Execution || event.kind == EventKind::Notification)
        .map(|event| event.home)
        .collect();
    assert_eq!(homes, BTreeSet::from([Some(person(3))]));
}

pub(super) async fn each_job_without_a_project_runs_beside_the_others(store: &dyn Store) {
    set_up(store).await;
    for (n, job) in [(1, 12), (2, 12), (3, 13), (4, 11), (5, 11)] {
        store.create_execution(manual(n, job, 0)).await.expect("an execution is stored");
    }
    let claimed = store.claim(claim(7, 10, 1)).await.expect("work is given");
    let given: Vec<_> =
        claimed.iter().map(|work| (work.execution.id.bits(), work.project.is_some())).collect();
    assert_eq!(given, [(1, false), (3, false), (4, true)]);
    store.finish(done(claimed[0].lease, 2)).await.expect("the lease holds");
    let next = store.claim(claim(7, 10, 3)).await.expect("work is given");
    assert_eq!(next.iter().map(|work| work.execution.id.bits()).collect::<Vec<_>>(), [2]);
}

pub(super) async fn what_is_a_persons_own_is_found_by_them_alone(store: &dyn Store) {
    set_up(store).await;
    for (n, job) in [(1, 11), (2, 12), (3, 14)] {
        run(store, n, job).await;
    }
    let project = Home::Project(ProjectId::from_bits(11));
    for (within, jobs, executions) in [
        (vec![person(3)], vec![13, 12], vec![2]),
        (vec![person(2), project], vec![14, 11], vec![3, 1]),
        (vec![person(9)], vec![], vec![]),
    ] {
        let within: Option<BTreeSet<_>> = Some(within.into_iter().collect());
        let filter = JobFilter { within: within.clone(), ..JobFilter::default() };
        let found = store.jobs(filter, all()).await.expect("a page").items;
        assert_eq!(found.iter().map(|view| view.job.id.bits()).collect::<Vec<_>>(), jobs);
        let filter = ExecutionFilter { within: within.clone(), ..ExecutionFilter::default() };
        let found = store.executions(filter.clone(), all()).await.expect("a page").items;
        assert_eq!(numbers(&found), executions);
        let stats = store.execution_stats(filter).await.expect("statistics");
        assert_eq!((stats.total, stats.completed), (executions.len() as u64, executions.len() as u64));
        let of_job =
            ExecutionFilter { job: Some(JobId::from_bits(12)), within, ..ExecutionFilter::default() };
        let seen = u64::from(executions.contains(&2));
        assert_eq!(store.execution_stats(of_job).await.expect("statistics").total, seen);
    }
    let told = async |user: u128| {
        let filter = NotificationFilter::of(UserId::from_bits(user));
        let told = store.notifications(filter, all()).await.expect("a page").items;
        told.iter().map(|one| (one.home, one.title())).collect::<Vec<_>>()
    };
    assert_eq!(told(3).await, [(person(3), "“Job 12” completed".to_owned())]);
    assert_eq!(told(2).await, [(person(2), "“Job 14” completed".to_owned())]);
    assert_eq!(told(1).await, [(project, "project 11: “Job 11” completed".to_owned())]);
}

pub(super) async fn a_job_may_leave_its_project(store: &dyn Store) {
    set_up(store).await;
    run(store, 1, 11).await;
    let stored = store.job(JobId::from_bits(11)).await.expect("it is there").job;
    store.replace_job(Job { home: person(3), ..stored }, None).await.expect("the version holds");
    run(store, 2, 11).await;
    let project = ProjectId::from_bits(11);
    let of_job = ExecutionFilter { job: Some(JobId::from_bits(11)), ..ExecutionFilter::default() };
    let filters = [
        (of_job.clone(), vec![2, 1]),
        (ExecutionFilter { project: Some(project), ..of_job.clone() }, vec![1]),
        (ExecutionFilter { within: Some(BTreeSet::from([person(3)])), ..of_job.clone() }, vec![2]),
        (ExecutionFilter { within: Some(BTreeSet::from([Home::Project(project)])), ..of_job }, vec![]),
    ];
    for (filter, expected) in filters {
        let found = store.executions(filter.clone(), all()).await.expect("a page").items;
        assert_eq!(numbers(&found), expected, "{filter:?}");
        let stats = store.execution_stats(filter.clone()).await.expect("statistics");
        assert_eq!(stats.total, expected.len() as u64, "{filter:?}");
    }
    let listed = JobFilter { project: Some(project), ..JobFilter::default() };
    assert!(store.jobs(listed, all()).await.expect("a page").items.is_empty());
}

pub(super) async fn a_persons_jobs_end_with_them(store: &dyn Store) {
    set_up(store).await;
    store.create_execution(manual(1, 12, 1)).await.expect("an execution is stored");
    store.create_execution(manual(2, 14, 1)).await.expect("an execution is stored");
    store.remove_user(UserId::from_bits(3), None, at(5)).await.expect("they own no project");
    for (n, cancelled_at) in [(11, None), (12, Some(at(5))), (13, Some(at(5))), (14, None)] {
        let job = store.job(JobId::from_bits(n)).await.expect("history stays").job;
        assert_eq!(job.cancelled_at, cancelled_at, "{n}");
    }
    let status =
        async |n| store.execution(ExecutionId::from_bits(n)).await.expect("history stays").state.status();
    assert_eq!((status(1).await, status(2).await), (ExecutionStatus::Cancelled, ExecutionStatus::Queued));
}

pub(super) async fn a_payload_is_of_the_jobs_type(store: &dyn Store) {
    set_up(store).await;
    let other = Some(Payload::SyncGithub(SyncGithub {}));
    expect_conflict(store.create_execution(NewExecution { payload: other, ..manual(1, 11, 1) }).await);
}
