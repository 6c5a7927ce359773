//! What conditions are asked of: gathered from the store, the same for a run and for a trial before a job is saved.

use dateline_core::condition::{
    ActivityFacts, EventFacts, Facts, LastRun, TriggerFacts, UpstreamFacts, WallTime,
};
use dateline_core::execution::{Execution, ExecutionState, ExecutionStatus, Trigger};
use dateline_core::id::JobId;
use dateline_core::store::{ExecutionFilter, PageRequest, Store, StoreError};
use dateline_core::time::Timestamp;

use crate::request::Told;

/// How a run ends that did something or failed to.
const ENDS: [ExecutionStatus; 3] =
    [ExecutionStatus::Completed, ExecutionStatus::Partial, ExecutionStatus::Failed];

/// The run that a condition is about.
pub(crate) struct Subject<'a> {
    /// The job; `None` for one that is not saved yet.
    pub(crate) job: Option<JobId>,
    /// The zone whose clocks tell the time.
    pub(crate) timezone: Option<&'a str>,
    /// What the run is told.
    pub(crate) told: Told,
    /// Why it exists.
    pub(crate) trigger: &'a Trigger,
    /// The occurrence it stands for.
    pub(crate) due_at: Option<Timestamp>,
    /// What happened in the project.
    pub(crate) activity: ActivityFacts,
}

/// Returns all that a condition can name.
pub(crate) async fn facts(
    store: &dyn Store,
    subject: Subject<'_>,
    now: Timestamp,
) -> Result<Facts, StoreError> {
    let (last, failures_in_row) = match subject.job {
        Some(job) => (last_run(store, job).await?, store.job(job).await?.failures_in_row),
        None => (None, 0),
    };
    let mut upstream = Vec::new();
    for ended in subject.trigger.upstream() {
        upstream.push(UpstreamFacts::of(&store.execution(*ended).await?));
    }
    let mut payload = subject.told;
    // Where secrets lie is nobody's business, their names are of no use here.
    payload.remove("secretHeaders");
    let event = match subject.trigger {
        Trigger::Event(event) => Some(EventFacts {
            event_type: event.topic.event_type.name().to_owned(),
            name: event.topic.name.clone().unwrap_or_default(),
            data: event.data.clone(),
        }),
        Trigger::Scheduled
        | Trigger::Manual
        | Trigger::Replay { .. }
        | Trigger::Dependency { .. }
        | Trigger::Backfill(_) => None,
    };
    Ok(Facts {
        activity: subject.activity,
        last: LastRun::of(last.as_ref(), failures_in_row, now),
        payload,
        trigger: TriggerFacts { kind: subject.trigger.kind(), event },
        upstream,
        due: WallTime::of(subject.due_at.unwrap_or(now), subject.timezone),
        now: WallTime::of(now, subject.timezone),
    })
}

/// Returns the job's execution that ended last of those that did something or failed to.
async fn last_run(store: &dyn Store, job: JobId) -> Result<Option<Execution>, StoreError> {
    let mut last: Option<(Timestamp, Execution)> = None;
    for status in ENDS {
        let filter = ExecutionFilter { job: Some(job), status: Some(status), ..ExecutionFilter::default() };
        let newest = store.executions(filter, PageRequest { limit: 1, after: None }).await?;
        for execution in newest.items {
            let ExecutionState::Finished { at, .. } = execution.state else { continue };
            if last.as_ref().is_none_or(|(before, _)| *before < at) {
                last = Some((at, execution));
            }
        }
    }
    Ok(last.map(|(_, execution)| execution))
}
