//! Backfills: which occurrences of the past are run, and the executions that run them.

use std::collections::BTreeMap;

use chrono::Duration;
use dateline_core::backfill::{BACKFILL_MAX, BackfillMode, Backfilled, Served};
use dateline_core::caller::Access;
use dateline_core::execution::{Due, ExecutionState, TriggerKind};
use dateline_core::id::{BackfillId, ExecutionId, JobId};
use dateline_core::job::{JobType, JobView};
use dateline_core::people::AuditAction;
use dateline_core::schedule::{CompiledSchedule, Occurrence};
use dateline_core::store::{ExecutionFilter, NewBackfill, PageRequest};
use dateline_core::time::{Timestamp, rfc3339};

use super::Dateline;
use super::check::Faults;
use crate::planning;
use crate::request::{BackfillPlan, BackfillRequest, BackfillRun, RequestError};

/// More occurrences are not looked through in one request.
const LOOKED_AT_MAX: usize = 100_000;
/// So far back the occurrence before the first one is looked for.
const BEFORE_MAX: Duration = Duration::days(8 * 366);
const PAGE: usize = 1_000;

impl Dateline {
    /// Returns which occurrences of `[from, to)` a backfill runs, oldest first, and records their executions unless only
    /// the list is asked for. What a rule of the schedule excludes is left out.
    ///
    /// # Errors
    /// [`RequestError::Invalid`] for a range that is not in the past, holds no schedule's time or too many occurrences;
    /// refused for a cancelled job.
    pub async fn backfill(&self, job: JobId, ask: BackfillRequest) -> Result<BackfillPlan, RequestError> {
        let view = self.job_for(job, Access::Edit).await?;
        self.check_backfill(&view, &ask)?;
        let compiled = planning::compile_job(&view.job)?;
        // What is due and not recorded yet is the scheduler's to run.
        let last = view.clock.recorded_through;
        let (from, to) = (ask.from, ask.to);
        let listed = tokio::task::spawn_blocking(move || occurrences(&compiled, from, to, last)).await;
        let listed = listed.map_err(|_| RequestError::Stopping)?;
        if listed.len() > LOOKED_AT_MAX {
            return Err(too_many(&ask, LOOKED_AT_MAX));
        }
        let served = self.served(job, &ask).await?;
        let run = |(occurrence, since): (Occurrence, Timestamp)| {
            let served = served.get(&occurrence.due_at).copied().unwrap_or(Served::Never);
            ask.mode.wants(served).then_some(BackfillRun { occurrence, since, served, execution: None })
        };
        let runs: Vec<_> = listed.into_iter().filter_map(run).collect();
        if runs.len() > BACKFILL_MAX {
            return Err(too_many(&ask, BACKFILL_MAX));
        }
        if ask.is_dry_run || runs.is_empty() {
            return Ok(BackfillPlan { backfill: None, runs });
        }
        self.record_backfill(&view, runs, &ask).await
    }

    async fn record_backfill(
        &self,
        view: &JobView,
        mut runs: Vec<BackfillRun>,
        ask: &BackfillRequest,
    ) -> Result<BackfillPlan, RequestError> {
        let (now, entropy) = (self.now(), &*self.shared.parts.entropy);
        let backfill = BackfillId::fresh(now, entropy);
        let mut new = NewBackfill { job: view.job.id, runs: Vec::with_capacity(runs.len()), now };
        for run in &mut runs {
            let id = ExecutionId::fresh(now, entropy);
            run.execution = Some(id);
            let of = Backfilled { backfill, scheduled_for: run.occurrence.due_at, since: run.since };
            new.runs.push((id, of));
        }
        let detail =
            format!("{backfill}: {} runs from {} to {}", runs.len(), rfc3339(ask.from), rfc3339(ask.to));
        let action = AuditAction::BackfillCreated;
        let store = self.noting(action, view.job.id, Some(view.job.home), Some(detail));
        store.create_backfill(new).await?;
        self.shared.hints.work_queued();
        Ok(BackfillPlan { backfill: Some(backfill), runs })
    }

    /// Cancels what is still open of a job's backfill, or of all its backfills, and returns how many executions. Again
    /// changes nothing.
    ///
    /// # Errors
    /// Not found for a job that is not there.
    pub async fn cancel_backfill(
        &self,
        job: JobId,
        backfill: Option<BackfillId>,
    ) -> Result<usize, RequestError> {
        let home = self.job_for(job, Access::Edit).await?.job.home;
        let detail = backfill.map(|id| id.to_string());
        let store = self.noting(AuditAction::BackfillCancelled, job, Some(home), detail);
        let cancelled = store.cancel_backfill(job, backfill, self.now()).await?;
        self.shared.hints.leases_changed();
        self.shared.hints.work_queued();
        Ok(cancelled)
    }

    fn check_backfill(&self, view: &JobView, ask: &BackfillRequest) -> Result<(), RequestError> {
        let mut faults = Faults::default();
        match view.job.job_type() {
            JobType::GenerateContent => {}
            JobType::SyncGithub => {
                faults.add("/from", "SYNC_GITHUB", "a job whose runs have a window: a sync reads up to now");
            }
            JobType::HttpRequest => {
                faults.add(
                    "/from",
                    "HTTP_REQUEST",
                    "a job whose runs have a window: a request is made as of now",
                );
            }
            JobType::Cleanup => {
                faults.add(
                    "/from",
                    "CLEANUP",
                    "a job whose runs have a window: a cleanup looks at what is over now",
                );
            }
        }
        let now = self.now();
        if ask.to > now {
            faults.add(
                "/to",
                &rfc3339(ask.to),
                format!("an instant that is not to come: {} at most", rfc3339(now)),
            );
        }
        if ask.from >= ask.to {
            faults.add("/from", &rfc3339(ask.from), format!("an instant before `to`, {}", rfc3339(ask.to)));
        }
        faults.into_result()
    }

    /// Returns what became of the job's occurrences in the range, by their own records and by earlier backfills.
    async fn served(
        &self,
        job: JobId,
        ask: &BackfillRequest,
    ) -> Result<BTreeMap<Timestamp, Served>, RequestError> {
        let mut served = BTreeMap::new();
        let mut note = |due_at: Timestamp, by: Served| {
            let known = served.entry(due_at).or_insert(by);
            *known = by.max(*known);
        };
        let mut after = None;
        loop {
            let page = PageRequest { limit: PAGE, after };
            let page = self.store().occurrences(job, Some(ask.from), Some(ask.to), page).await?;
            for record in page.items {
                // Of those that share a record none ran.
                if let Due::Once(occurrence) = &record.due {
                    note(occurrence.due_at, Served::by(record.status, record.outcome));
                }
            }
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        let trigger = Some(TriggerKind::Backfill);
        let filter = ExecutionFilter { job: Some(job), trigger, ..ExecutionFilter::default() };
        loop {
            let page = PageRequest { limit: PAGE, after };
            let page = self.store().executions(filter.clone(), page).await?;
            for execution in page.items {
                let Some(of) = execution.backfilled() else { continue };
                let outcome = match &execution.state {
                    ExecutionState::Finished { outcome, .. } => Some(*outcome),
                    _ => None,
                };
                note(of.scheduled_for, Served::by(execution.state.status(), outcome));
            }
            after = page.next;
            if after.is_none() {
                return Ok(served);
            }
        }
    }
}

/// Returns the occurrences of a range that no rule excludes, up to `last`, each with when the one before it was due; one
/// more than are looked at when there are more.
fn occurrences(
    compiled: &CompiledSchedule,
    from: Timestamp,
    to: Timestamp,
    last: Timestamp,
) -> Vec<(Occurrence, Timestamp)> {
    let mut since = before(compiled, from);
    let runs = |occurrence: &Occurrence| occurrence.excluded.is_none();
    compiled
        .occurrences_after(from - Duration::milliseconds(1))
        .map_while(Result::ok)
        .take_while(|occurrence| occurrence.due_at < to && occurrence.due_at <= last)
        .filter(runs)
        .take(LOOKED_AT_MAX + 1)
        .map(|occurrence| {
            let since = since.replace(occurrence.due_at);
            let since = since.unwrap_or_else(|| from.min(occurrence.due_at));
            (occurrence, since)
        })
        .collect()
}

/// Returns when the last occurrence before an instant was due that no rule excludes: looked for in spans that double.
fn before(compiled: &CompiledSchedule, at: Timestamp) -> Option<Timestamp> {
    let mut span = Duration::hours(1);
    while span <= BEFORE_MAX {
        let earlier = compiled.occurrences_after(at - span).map_while(Result::ok);
        let earlier = earlier.take_while(|occurrence| occurrence.due_at < at);
        let found = earlier.filter(|occurrence| occurrence.excluded.is_none()).last();
        if let Some(found) = found {
            return Some(found.due_at);
        }
        span = span * 2;
    }
    None
}

fn too_many(ask: &BackfillRequest, max: usize) -> RequestError {
    let mut faults = Faults::default();
    let what = match ask.mode {
        BackfillMode::Missing => "occurrences that never ran",
        BackfillMode::MissingAndFailed => "occurrences that did not succeed",
        BackfillMode::All => "occurrences",
    };
    faults.add("/to", &rfc3339(ask.to), format!("an earlier instant: at most {max} {what} from `from` on"));
    faults.into_result().err().unwrap_or(RequestError::Stopping)
}
