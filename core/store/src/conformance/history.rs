//! History, statistics, events and logs.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use dateline_core::event::EventKind;
use dateline_core::execution::{AttemptEnd, AttemptOutcome, ExecutionStatus, Outcome, TriggerKind};
use dateline_core::id::{JobId, ProjectId};
use dateline_core::store::{
    CommitListener, ExecutionFilter, ExecutionStats, PageRequest, SecretChanges, Store,
};

use super::samples::{all, at, claim, clock, commit, done, fire, job, line, manual, project, report};

/// Runs executions 1 to 6 of two projects to different ends, one after another, each `10 · id` seconds long.
async fn a_history(store: &dyn Store) {
    for n in 1..=2 {
        store.create_project(project(n), SecretChanges::default()).await.expect("a project is stored");
        store.create_job(job(n, n), clock(0, 10)).await.expect("a job is stored");
    }
    let outcomes = [
        Outcome::Completed,
        Outcome::Partial,
        Outcome::Failed,
        Outcome::Completed,
        Outcome::Completed,
        Outcome::Skipped(dateline_core::execution::SkipReason::NoActivity),
    ];
    for (id, outcome) in (1_u32..).zip(outcomes) {
        let now = i64::from(id) * 100;
        let id = u128::from(id);
        store.create_execution(manual(id, 1 + id % 2, now)).await.expect("an execution is stored");
        let work = store.claim(claim(7, 1, now)).await.expect("work is given").remove(0);
        let end = now + i64::try_from(id).unwrap_or_default() * 10;
        let report = report(work.lease, AttemptEnd::Done(outcome), AttemptOutcome::Succeeded, end);
        store.finish(report).await.expect("the lease holds");
    }
    store.fire_due(fire(&job(1, 1), 0, 7, 700, 800)).await.expect("the plan holds");
}

pub(super) async fn executions_are_found_by_every_filter(store: &dyn Store) {
    a_history(store).await;
    let none = ExecutionFilter::default();
    let cases: [(ExecutionFilter, &[u128]); 9] = [
        (none.clone(), &[7, 6, 5, 4, 3, 2, 1]),
        (ExecutionFilter { job: Some(JobId::from_bits(1)), ..none.clone() }, &[7, 6, 4, 2]),
        (ExecutionFilter { project: Some(ProjectId::from_bits(2)), ..none.clone() }, &[5, 3, 1]),
        (
            ExecutionFilter {
                project: Some(ProjectId::from_bits(2)),
                job: Some(JobId::from_bits(1)),
                ..none.clone()
            },
            &[],
        ),
        (ExecutionFilter { status: Some(ExecutionStatus::Completed), ..none.clone() }, &[5, 4, 1]),
        (ExecutionFilter { trigger: Some(TriggerKind::Scheduled), ..none.clone() }, &[7]),
        (ExecutionFilter { from: Some(at(300)), to: Some(at(600)), ..none.clone() }, &[5, 4, 3]),
        (ExecutionFilter { from: Some(at(600)), to: Some(at(300)), ..none.clone() }, &[]),
        (ExecutionFilter { from: Some(at(650)), ..none.clone() }, &[7]),
    ];
    for (filter, expected) in cases {
        let page = store.executions(filter.clone(), all()).await.expect("a page");
        let found: Vec<u128> = page.items.iter().map(|execution| execution.id.bits()).collect();
        assert_eq!(found, expected, "{filter:?}");
        assert_eq!(page.next, None);
    }
    let mut found = Vec::new();
    let mut after = None;
    loop {
        let page = store.executions(none.clone(), PageRequest { limit: 3, after }).await.expect("a page");
        found.extend(page.items.iter().map(|execution| execution.id.bits()));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(found, [7, 6, 5, 4, 3, 2, 1]);
}

pub(super) async fn statistics_agree_with_history(store: &dyn Store) {
    assert_eq!(
        store.execution_stats(ExecutionFilter::default()).await.expect("counts"),
        ExecutionStats::default()
    );
    a_history(store).await;
    let stats = store.execution_stats(ExecutionFilter::default()).await.expect("counts");
    assert_eq!((stats.total, stats.completed, stats.partial, stats.failed, stats.skipped), (7, 3, 1, 1, 1));
    assert_eq!(stats.average_duration_ms, Some(35_000));
    assert_eq!((stats.p50_duration_ms, stats.p95_duration_ms), (Some(30_000), Some(60_000)));
    let filter = ExecutionFilter { job: Some(JobId::from_bits(2)), ..ExecutionFilter::default() };
    let stats = store.execution_stats(filter).await.expect("counts");
    assert_eq!((stats.total, stats.completed, stats.failed), (3, 2, 1));
    let filter = ExecutionFilter { to: Some(at(300)), ..ExecutionFilter::default() };
    assert_eq!(store.execution_stats(filter).await.expect("counts").total, 2);
}

pub(super) async fn occurrences_come_newest_first_within_bounds(store: &dyn Store) {
    store.create_project(project(1), SecretChanges::default()).await.expect("a project is stored");
    let job = store.create_job(job(1, 1), clock(0, 10)).await.expect("a job is stored").job;
    for n in 1..=6 {
        store
            .fire_due(fire(&job, (n - 1) * 10, u128::try_from(n).unwrap_or_default(), n * 10, n * 10 + 10))
            .await
            .expect("the plan holds");
    }
    let keys = |from: Option<i64>, to: Option<i64>, limit| {
        let id = job.id;
        async move {
            let mut found = Vec::new();
            let mut after = None;
            loop {
                let request = PageRequest { limit, after };
                let page = store.occurrences(id, from.map(at), to.map(at), request).await.expect("a page");
                found.extend(page.items.iter().map(|record| record.execution.bits()));
                after = page.next;
                if after.is_none() {
                    return found;
                }
            }
        }
    };
    assert_eq!(keys(None, None, 4).await, [6, 5, 4, 3, 2, 1]);
    assert_eq!(keys(Some(20), Some(50), 1).await, [4, 3, 2]);
    assert_eq!(keys(Some(50), Some(20), 9).await, [0_u128; 0]);
}

#[derive(Default)]
struct Heard(AtomicU64);

impl CommitListener for Heard {
    fn committed(&self, newest: u64) {
        self.0.fetch_max(newest, Ordering::SeqCst);
    }
}

pub(super) async fn events_have_no_gaps_and_listeners_hear_of_them(store: &dyn Store) {
    let heard = Arc::new(Heard::default());
    store.listen(Arc::<Heard>::clone(&heard));
    store.create_project(project(1), SecretChanges::default()).await.expect("a project is stored");
    store.create_job(job(1, 1), clock(0, 10)).await.expect("a job is stored");
    store.create_execution(manual(1, 1, 1)).await.expect("an execution is stored");
    let work = store.claim(claim(7, 1, 2)).await.expect("work is given").remove(0);
    store.record_step(commit(work.lease, "scan", 3)).await.expect("the lease holds");
    let ended = store.finish(done(work.lease, 4)).await.expect("the lease holds");
    let events = store.events_after(0, 100).await.expect("events");
    let kinds: Vec<_> = events.iter().map(|event| (event.seq, event.kind, event.version)).collect();
    assert_eq!(
        kinds,
        [
            (1, EventKind::Project, 1),
            (2, EventKind::Job, 1),
            (3, EventKind::Execution, 1),
            (4, EventKind::Execution, 2),
            (5, EventKind::Execution, 3),
            (6, EventKind::Execution, 4),
            (7, EventKind::Notification, 1),
        ]
    );
    assert_eq!((ended.version, events[5].id.clone()), (4, ended.id.to_string()));
    assert_eq!(store.newest_event().await.expect("a number"), 7);
    assert_eq!(store.events_after(3, 1).await.expect("events"), events[3..4]);
    // The listener is told after the answer; the next answer comes after that.
    let _ = store.remove_project(project(2).id, super::samples::at(5)).await;
    assert_eq!(heard.0.load(Ordering::SeqCst), 7);
}

pub(super) async fn a_log_is_bounded_and_says_so(store: &dyn Store) {
    store.create_project(project(1), SecretChanges::default()).await.expect("a project is stored");
    store.create_job(job(1, 1), clock(0, 10)).await.expect("a job is stored");
    store.create_execution(manual(1, 1, 1)).await.expect("an execution is stored");
    let work = store.claim(claim(7, 1, 2)).await.expect("work is given").remove(0);
    let long = "x".repeat(2_000);
    for batch in 0..8_u32 {
        let mut step = commit(work.lease, &format!("step {batch}"), 3);
        step.logs = (0..100).map(|n| line(&format!("{} {long}", batch * 100 + n), 3)).collect();
        store.record_step(step).await.expect("the lease holds");
    }
    let id = work.execution.id;
    let log = store.logs(id, all()).await.expect("a page").items;
    let bytes: usize = log.iter().map(|line| line.message.len()).sum();
    assert!(bytes <= 1 << 20 && bytes > 1 << 19, "{bytes}");
    assert!(log[0].message.contains("older lines were dropped"), "{}", log[0].message);
    assert!(log.last().is_some_and(|line| line.message.starts_with("799 ")));
    let page = store.logs(id, PageRequest { limit: 2, after: None }).await.expect("a page");
    let rest = store.logs(id, PageRequest { limit: 10_000, after: page.next }).await.expect("a page");
    let paged: Vec<_> = page.items.into_iter().chain(rest.items).collect();
    assert_eq!(paged, log);
}
