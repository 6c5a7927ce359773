//! The store agrees with plain maps after any sequence of verbs, with closing and opening in between.

use std::sync::Arc;

use crate::support::model::Model;
use crate::support::script::{self, Dice};
use dateline_core::execution::{Execution, ExecutionState, ExecutionStatus};
use dateline_core::id::JobId;
use dateline_core::store::{DraftFilter, ExecutionFilter, JobFilter, Store};
use dateline_store::conformance::samples;
use dateline_store::{MemoryMedium, OpenOptions, RedbStore, WriterPlace};
use proptest::prelude::*;

fn open(medium: &MemoryMedium) -> RedbStore {
    let options = OpenOptions { now: samples::at(0), writer: WriterPlace::Task };
    RedbStore::open_on(Arc::new(medium.clone()), options).expect("a store")
}

/// Compares everything that can be asked.
async fn compare(store: &dyn Store, model: &Model) {
    let projects = store.projects(samples::all()).await.expect("a page").items;
    assert!(projects.iter().eq(model.projects.values().rev()));
    let jobs = store.jobs(JobFilter::default(), samples::all()).await.expect("a page").items;
    let alive = model.jobs.values().rev().filter(|entry| entry.job.cancelled_at.is_none());
    assert_eq!(jobs, alive.map(|entry| model.view(entry.job.id)).collect::<Vec<_>>());
    for id in model.jobs.keys() {
        assert_eq!(store.job(*id).await.expect("it is there"), model.view(*id));
        assert_eq!(store.job_links(*id).await.expect("they are there"), model.links(*id));
        compare_job(store, model, *id).await;
    }
    let mut executions: Vec<&Execution> = model.executions.values().collect();
    executions.sort_by_key(|execution| std::cmp::Reverse((execution.created_at, execution.id)));
    let found = store.executions(ExecutionFilter::default(), samples::all()).await.expect("a page").items;
    assert!(found.iter().eq(executions.iter().copied()));
    let filter = ExecutionFilter { is_dead_letter: true, ..ExecutionFilter::default() };
    let dead = store.executions(filter, samples::all()).await.expect("a page").items;
    assert!(dead.iter().rev().eq(model.dead_letters().iter()));
    for id in model.executions.keys() {
        let steps = store.steps(*id).await.expect("a list");
        assert_eq!(&steps, model.steps.get(id).unwrap_or(&Vec::new()));
        let logs = store.logs(*id, samples::all()).await.expect("a page").items;
        assert_eq!(&logs, model.logs.get(id).unwrap_or(&Vec::new()));
    }
    let drafts = store.drafts(DraftFilter::default(), samples::all()).await.expect("a page").items;
    assert!(drafts.iter().eq(model.drafts.values().rev().filter_map(|revisions| revisions.last())));
    for (id, revisions) in &model.drafts {
        assert_eq!(&store.revisions(*id).await.expect("a list"), revisions);
        let found = store.publications(*id).await.expect("a list");
        assert!(found.iter().eq(model.publications.values().rev().filter(|p| p.draft == *id)));
    }
    let open = store.open_publications().await.expect("a list");
    assert!(open.iter().eq(model.publications.values().filter(|publication| publication.outcome.is_none())));
    let events = store.events_after(0, usize::MAX).await.expect("events");
    assert!(events.iter().map(|event| event.seq).eq(1..=model.events), "events have gaps");
}

async fn compare_job(store: &dyn Store, model: &Model, job: JobId) {
    let mut due: Vec<&Execution> =
        model.executions.values().filter(|e| e.job == job && e.due.is_some()).collect();
    due.sort_by_key(|execution| std::cmp::Reverse(execution.due.as_ref().map(|due| due.key())));
    let found = store.occurrences(job, None, None, samples::all()).await.expect("a page").items;
    assert!(found.iter().map(|record| record.execution).eq(due.iter().map(|execution| execution.id)));
    let filter = ExecutionFilter { job: Some(job), ..ExecutionFilter::default() };
    let stats = store.execution_stats(filter).await.expect("counts");
    // What is gone stays counted.
    let ever = || model.executions.values().chain(&model.forgotten);
    let of_job = || ever().filter(|execution| execution.job == job);
    let count = |status| of_job().filter(|e| e.state.status() == status).map(stands_for).sum::<u64>();
    assert_eq!(stats.total, of_job().map(stands_for).sum::<u64>());
    assert_eq!(stats.completed, count(ExecutionStatus::Completed));
    assert_eq!(stats.failed, count(ExecutionStatus::Failed));
    assert_eq!(stats.skipped, count(ExecutionStatus::Skipped));
    assert_eq!(stats.missed, count(ExecutionStatus::Missed));
    assert_eq!(stats.cancelled, count(ExecutionStatus::Cancelled));
    let mut took: Vec<u128> = of_job()
        .filter(|e| e.state.status() != ExecutionStatus::Cancelled)
        .filter_map(|execution| Some(execution.duration()?.as_millis()))
        .collect();
    took.sort_unstable();
    let median = took.get(took.len().div_ceil(2).saturating_sub(1)).copied();
    let told = stats.p50_duration_ms.map(u128::from);
    assert_eq!(told.is_some(), median.is_some());
    assert!(
        told.zip(median).is_none_or(|(told, exact)| told.abs_diff(exact) <= exact / 64),
        "{told:?} {median:?}"
    );
}

fn stands_for(execution: &Execution) -> u64 {
    match &execution.due {
        Some(dateline_core::execution::Due::Range { count, .. }) => *count,
        _ => 1,
    }
}

/// What must hold whatever was asked.
fn check_rules(model: &Model) {
    for execution in model.executions.values() {
        let numbers: Vec<u32> = execution.attempts.iter().map(|attempt| attempt.number).collect();
        assert!(numbers.iter().copied().eq(1..=u32::try_from(numbers.len()).expect("few")));
        assert_eq!(execution.epoch, numbers.len() as u64);
    }
    let lanes: std::collections::BTreeSet<_> = model.executions.values().map(Execution::lane).collect();
    for lane in lanes {
        let running = |e: &&Execution| {
            e.lane() == lane
                && matches!(e.state, ExecutionState::Running { .. } | ExecutionState::Cancelling { .. })
        };
        // The script lets three of a project run at once at most.
        assert!(model.executions.values().filter(running).count() <= 3);
    }
}

async fn run(all: Vec<Dice>, reopen_every: usize) {
    let medium = MemoryMedium::default();
    let mut store = open(&medium);
    let mut model = Model::default();
    for (index, call) in script::calls(&all).into_iter().enumerate() {
        let expected = model.apply(&call);
        let found = call.clone().on(&store).await;
        assert_eq!(found, expected, "call {index}: {call:?}");
        check_rules(&model);
        if index % reopen_every == reopen_every - 1 {
            let before = store.contents().expect("contents");
            drop(store);
            store = open(&medium);
            assert_eq!(store.contents().expect("contents"), before);
            compare(&store, &model).await;
        }
    }
    compare(&store, &model).await;
    drop(store);
    let file = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(file.path(), medium.bytes()).expect("written");
    let report = dateline_store::check(file.path()).expect("it can be checked");
    assert!(report.is_sound(), "{:?}", report.problems);
}

/// What a cleanup forgets of a job must not be a project's of the same number that is at work.
#[test]
fn a_project_at_work_keeps_its_turn_whatever_else_is_forgotten() {
    let all = [[0, 0, 0], [151, 166, 45], [243, 20, 43], [157, 17, 0], [0, 0, 0], [113, 0, 17], [139, 53, 0]];
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
    runtime.block_on(run(all.to_vec(), 10));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, max_shrink_iters: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn the_store_agrees_with_plain_maps_after_any_sequence_of_verbs(
        all in prop::collection::vec(any::<Dice>(), 1..120),
        reopen_every in 10_usize..60,
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
        runtime.block_on(run(all, reopen_every));
    }
}
