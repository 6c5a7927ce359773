//! Statistics are those of the executions that the same filter lists.

use std::collections::BTreeSet;

use dateline_core::execution::{
    AttemptEnd, AttemptOutcome, Due, Execution, ExecutionEvent, ExecutionStatus, Outcome, SkipReason,
    Trigger, TriggerKind,
};
use dateline_core::home::Home;
use dateline_core::id::{ExecutionId, JobId, ProjectId};
use dateline_core::job::Job;
use dateline_core::store::{ExecutionFilter, NewExecution, SecretChanges, Store};

use super::samples::{all, at, claim, clock, fire, job, manual, project, report};

const EXECUTIONS: i64 = 120;
/// A little less than a day, so that days hold none, one or two.
const EVERY: i64 = 70_001;

/// Fills an empty store with executions of 97 days: two projects, a job that moves from one to the other, every way to
/// end, every trigger, and some that do not end.
pub(crate) async fn a_long_history(store: &dyn Store) {
    for n in 1..=2 {
        store.create_project(project(n), SecretChanges::default()).await.expect("a project is stored");
    }
    for (n, of) in [(1, 1), (2, 2), (3, 1)] {
        store.create_job(job(n, of), clock(0, 10)).await.expect("a job is stored");
    }
    let mut due = 0;
    for n in 1..=EXECUTIONS {
        let (now, id) = (n * EVERY, n.unsigned_abs().into());
        if n == EXECUTIONS / 2 {
            let moved = store.job(JobId::from_bits(1)).await.expect("it is there").job;
            let moved = Job { home: ProjectId::from_bits(2).into(), ..moved };
            store.replace_job(moved, None).await.expect("the version holds");
        }
        if n % 6 == 0 {
            store.fire_due(fire(&job(3, 1), due, id, now, now + 1)).await.expect("the plan holds");
            due = now;
        } else {
            let new = manual(id, 1 + id % 2, now);
            let of = ExecutionId::from_bits(1);
            let trigger = if n % 4 == 1 { Trigger::Replay { of } } else { Trigger::Manual };
            store.create_execution(NewExecution { trigger, ..new }).await.expect("an execution is stored");
        }
        end(store, ExecutionId::from_bits(id), n).await;
    }
}

async fn end(store: &dyn Store, id: ExecutionId, n: i64) {
    let now = n * EVERY;
    // Where the one before rests, an occurrence is passed over.
    if !store.execution(id).await.expect("it is there").state.is_open() {
        return;
    }
    let outcome = match n % 7 {
        0 => Outcome::Partial,
        1 => Outcome::Failed,
        2 => Outcome::Skipped(SkipReason::NoActivity),
        3 if n % 2 == 0 => {
            store.steer(id, ExecutionEvent::PauseRequested, at(now)).await.expect("it may rest");
            return;
        }
        3 => {
            store.steer(id, ExecutionEvent::CancelRequested, at(now)).await.expect("it may end");
            return;
        }
        _ => Outcome::Completed,
    };
    let work = store.claim(claim(7, 1, now)).await.expect("work is given").remove(0);
    let end = now + n * n % 613;
    let report = report(work.lease, AttemptEnd::Done(outcome), AttemptOutcome::Succeeded, end);
    store.finish(report).await.expect("the lease holds");
}

/// Returns every kind of question about [`a_long_history`].
pub(crate) fn filters() -> Vec<ExecutionFilter> {
    let none = ExecutionFilter::default();
    let (one, two) = (ProjectId::from_bits(1), ProjectId::from_bits(2));
    let homes = |ids: &[ProjectId]| Some(ids.iter().copied().map(Home::Project).collect::<BTreeSet<_>>());
    let mut filters = vec![none.clone()];
    for n in 1..=4 {
        let of_job = ExecutionFilter { job: Some(JobId::from_bits(n)), ..none.clone() };
        filters.push(ExecutionFilter { project: Some(one), ..of_job.clone() });
        filters.push(ExecutionFilter { within: homes(&[two]), ..of_job.clone() });
        filters.push(of_job);
    }
    for within in [homes(&[]), homes(&[one]), homes(&[one, two])] {
        filters.push(ExecutionFilter { project: Some(two), within: within.clone(), ..none.clone() });
        filters.push(ExecutionFilter { within, ..none.clone() });
    }
    use ExecutionStatus::{Cancelled, Completed, Failed, Missed, Partial, Paused, Queued, Skipped};
    for status in [Cancelled, Completed, Failed, Missed, Partial, Paused, Queued, Skipped] {
        filters.push(ExecutionFilter { status: Some(status), ..none.clone() });
        let trigger = Some(TriggerKind::Manual);
        filters.push(ExecutionFilter { status: Some(status), trigger, project: Some(two), ..none.clone() });
    }
    for trigger in [TriggerKind::Scheduled, TriggerKind::Manual, TriggerKind::Replay, TriggerKind::Backfill] {
        filters.push(ExecutionFilter { trigger: Some(trigger), ..none.clone() });
    }
    let spans = [
        (Some(at(40 * EVERY)), None),
        (None, Some(at(40 * EVERY))),
        (Some(at(30 * EVERY + 7)), Some(at(100 * EVERY))),
        (Some(at(30 * EVERY)), Some(at(31 * EVERY))),
        (Some(at(30 * EVERY)), Some(at(30 * EVERY))),
        (Some(at(31 * EVERY)), Some(at(30 * EVERY))),
    ];
    let timed: Vec<_> = spans
        .into_iter()
        .flat_map(|(from, to)| {
            filters.iter().map(move |filter| ExecutionFilter { from, to, ..filter.clone() })
        })
        .collect();
    filters.extend(timed);
    filters
}

pub(super) async fn statistics_are_those_of_what_is_listed(store: &dyn Store) {
    a_long_history(store).await;
    let mut seen = BTreeSet::new();
    for filter in filters() {
        let listed = store.executions(filter.clone(), all()).await.expect("a page").items;
        let stats = store.execution_stats(filter.clone()).await.expect("counts");
        seen.insert(stats.total);
        let stands_for = |execution: &Execution| match &execution.due {
            Some(Due::Range { count, .. }) => *count,
            Some(Due::Once(_)) | None => 1,
        };
        let count = |status: ExecutionStatus| {
            listed.iter().filter(|it| it.state.status() == status).map(stands_for).sum::<u64>()
        };
        assert_eq!(stats.total, listed.iter().map(stands_for).sum::<u64>(), "{filter:?}");
        let told =
            [stats.completed, stats.partial, stats.failed, stats.skipped, stats.missed, stats.cancelled];
        use ExecutionStatus::{Cancelled, Completed, Failed, Missed, Partial, Skipped};
        assert_eq!(told, [Completed, Partial, Failed, Skipped, Missed, Cancelled].map(count), "{filter:?}");
        let ran = listed.iter().filter(|it| it.state.status() != Cancelled);
        let mut took: Vec<u128> = ran.filter_map(|it| Some(it.duration()?.as_millis())).collect();
        took.sort_unstable();
        let mean = took.iter().sum::<u128>().checked_div(took.len() as u128);
        assert_eq!(stats.average_duration_ms.map(u128::from), mean, "{filter:?}");
        for (percent, told) in [(50, stats.p50_duration_ms), (95, stats.p95_duration_ms)] {
            let rank = (took.len() * percent).div_ceil(100).max(1);
            let (told, exact) = (told.map(u128::from), took.get(rank - 1).copied());
            let is_close = match (told, exact) {
                (Some(told), Some(exact)) => told.abs_diff(exact) <= exact / 64,
                (told, exact) => told == exact,
            };
            assert!(is_close, "{told:?} for {exact:?}: {filter:?}");
        }
    }
    assert!(seen.len() > 15, "the questions differ: {seen:?}");
}
