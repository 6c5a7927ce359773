//! From a job's clock to what is due and what becomes of it: the plan one commit then carries out.

use std::time::Duration;

use dateline_core::entropy::Entropy;
use dateline_core::execution::MissReason;
use dateline_core::id::{ExecutionId, JobId};
use dateline_core::job::{Job, JobClock, JobView, NextDue};
use dateline_core::misfire::{
    Absence, Circumstances, Judgement, ON_TIME_TOLERANCE, Punctuality, Ranges, absence, judge,
};
use dateline_core::mistake::{Mistake, is_made};
use dateline_core::policy::MisfirePolicy;
use dateline_core::schedule::{CompiledSchedule, Occurrence, Rules, Schedule, ScheduleError};
use dateline_core::store::{Entry, FireDue, PlannedRun, StoreError};
use dateline_core::time::Timestamp;

use crate::aside::aside;
use crate::shared::Shared;

/// At most this many occurrences are judged in one turn; a longer gap takes several.
pub(crate) const TURN_MAX: usize = 100_000;
/// Up to here judging is quicker than handing it to another thread.
pub(crate) const INLINE_MAX: usize = 256;

/// When an occurrence counts as due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DueBy {
    /// When its work is to start: its jitter has passed.
    Effective,
    /// When its nominal time has come: asked before its job changes.
    Nominal,
}

/// What is to become of a job's due occurrences.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Plan {
    pub(crate) judgement: Judgement,
    /// Where the job's clock stands afterwards.
    pub(crate) clock: JobClock,
    /// Whether more is due than one turn takes.
    pub(crate) has_more: bool,
}

/// Compiles a schedule that was accepted once: a bound that was raised since does not stop it.
pub(crate) fn compile_stored(schedule: &Schedule) -> Result<CompiledSchedule, ScheduleError> {
    schedule.compile(&Rules { density_min: Duration::from_secs(1) })
}

/// Compiles a stored job's schedule, with the job's own jitter.
pub(crate) fn compile_job(job: &Job) -> Result<CompiledSchedule, ScheduleError> {
    Ok(compile_stored(&job.schedule)?.seeded(&job.id.to_string()))
}

/// Returns what comes strictly after an instant.
pub(crate) fn next_due(compiled: &CompiledSchedule, after: Timestamp) -> NextDue {
    match compiled.next_after(after) {
        Ok(Some(occurrence)) => NextDue::At(occurrence),
        Ok(None) if compiled.names_nothing() => NextDue::Off,
        Ok(None) => NextDue::Ended,
        Err(_) => NextDue::Unsatisfiable,
    }
}

/// Returns what stops a list of occurrences to come after so many that run; never when there is no such number.
pub(crate) fn until_spent<T>(mut left: Option<u64>, runs: impl Fn(&T) -> bool) -> impl FnMut(&T) -> bool {
    move |one| {
        let is_left = left != Some(0);
        left = left.map(|left| left.saturating_sub(u64::from(runs(one))));
        is_left
    }
}

/// Returns the circumstances in which a job's occurrences are judged at `now`.
pub(crate) fn circumstances(shared: &Shared, view: &JobView, now: Timestamp) -> Circumstances {
    Circumstances {
        now,
        watching_since: shared.watching_since,
        policy: view.job.policy.misfire,
        lateness_window: view.job.policy.lateness_window,
        ask_for: view.job.policy.ask_for,
        pauses: view.pauses.clone(),
        runs_left: view.job.schedule.runs_left(view.clock.runs),
    }
}

/// Decides what becomes of everything due after `through`, at most `limit` occurrences; of more, the oldest `limit`
/// are recorded as passed and `has_more` is set.
pub(crate) fn plan(
    compiled: &CompiledSchedule,
    through: Timestamp,
    given: &Circumstances,
    by: DueBy,
    limit: usize,
) -> Plan {
    let mut seen = Ranges::default();
    let is_due = |occurrence: &Occurrence| match by {
        DueBy::Effective => occurrence.effective_at <= given.now,
        DueBy::Nominal => occurrence.due_at <= given.now,
    };
    let mut due = compiled.occurrences_after(through).map_while(Result::ok).take_while(is_due);
    let judged = judge(
        due.by_ref().take(limit).inspect(|occurrence| {
            seen.add(occurrence.due_at, given.keep_back(occurrence));
        }),
        given,
    );
    let through = seen.last().unwrap_or(through);
    // How often it has run is the store's to say.
    let clock = JobClock { recorded_through: through, next: next_due(compiled, through), runs: 0 };
    if seen.last().is_none() || due.next().is_none() {
        return Plan { judgement: judged, clock, has_more: false };
    }
    let why = absence_in_gap(compiled, through, given);
    let judgement = Judgement { ranges: seen.told(|_| why), ..Judgement::default() };
    Plan { judgement, clock, has_more: true }
}

/// Says why occurrences deep in a gap pass: a newer one runs in their place if one is recent enough to run.
fn absence_in_gap(compiled: &CompiledSchedule, last_due_at: Timestamp, given: &Circumstances) -> Absence {
    let reach = match given.policy {
        MisfirePolicy::RunOnce | MisfirePolicy::RunAll | MisfirePolicy::Ask => {
            given.lateness_window.max(ON_TIME_TOLERANCE)
        }
        MisfirePolicy::Skip => ON_TIME_TOLERANCE,
    };
    let since = chrono::Duration::from_std(reach)
        .ok()
        .and_then(|reach| given.now.checked_sub_signed(reach))
        .unwrap_or(Timestamp::MIN_UTC);
    let mut recent = compiled.occurrences_after(since.max(last_due_at)).map_while(Result::ok);
    let next = recent.find(|next| given.keep_back(next).is_none());
    if next.is_some_and(|next| next.effective_at <= given.now) {
        Absence::Missed(MissReason::Coalesced)
    } else {
        absence(last_due_at, given)
    }
}

/// Makes a plan, on another thread when it is a long one.
pub(crate) async fn plan_at_leisure(
    compiled: &CompiledSchedule,
    through: Timestamp,
    given: &Circumstances,
    by: DueBy,
) -> Result<Plan, tokio::task::JoinError> {
    let short = plan(compiled, through, given, by, INLINE_MAX);
    if !short.has_more {
        return Ok(short);
    }
    let (compiled, given) = (compiled.clone(), given.clone());
    aside(move || plan(&compiled, through, &given, by, TURN_MAX)).await
}

/// Returns the verb that carries out `plan` for the job it was made from. `start` says when a run may start at the
/// earliest; of several each starts after the one before it.
pub(crate) fn fire(
    view: &JobView,
    plan: Plan,
    mut start: impl FnMut(Punctuality) -> Timestamp,
    now: Timestamp,
    entropy: &dyn Entropy,
) -> FireDue {
    let id = || ExecutionId::fresh(now, entropy);
    let Plan { judgement: Judgement { runs, mut passed, mut ranges }, clock, has_more: _ } = plan;
    if is_made(Mistake::MissesNotRecorded) {
        (passed, ranges) = Default::default();
    }
    let is_one_of_many = runs.len() > 1;
    let entry = |punctuality| match punctuality {
        Punctuality::Asked { until } => Entry::Ask { until },
        Punctuality::OnTime | Punctuality::Late if is_one_of_many => Entry::InLine,
        Punctuality::OnTime | Punctuality::Late => Entry::ByPolicy,
    };
    let mut earliest = now;
    let mut planned = |(occurrence, punctuality): (Occurrence, Punctuality)| {
        let ready_at = start(punctuality).max(occurrence.effective_at).max(earliest);
        earliest = ready_at + chrono::Duration::milliseconds(1);
        PlannedRun { id: id(), occurrence, ready_at, entry: entry(punctuality) }
    };
    let runs = runs.into_iter().map(&mut planned).collect();
    FireDue {
        job: view.job.id,
        version: view.job.version,
        recorded_through: view.clock.recorded_through,
        pauses: view.pauses.clone(),
        passed: passed.into_iter().map(|(occurrence, why)| (id(), occurrence, why)).collect(),
        ranges: ranges.into_iter().map(|range| (id(), range)).collect(),
        runs,
        clock,
        now,
    }
}

/// Records everything of one job whose time has come, and returns the job as it then stands, with the instant up to
/// which that is so: what takes over from its schedule does so at this instant, or something could fall due in between.
///
/// Asked before a job changes: the old schedule's occurrences get their records before the new one takes over.
pub(crate) async fn settle(shared: &Shared, id: JobId) -> Result<(JobView, Timestamp), StoreError> {
    let store = &shared.parts.store;
    loop {
        let view = store.job(id).await?;
        let now = shared.now();
        let is_due = matches!(&view.clock.next, NextDue::At(next) if next.due_at <= now);
        let (true, true, Ok(compiled)) = (view.job.is_live(), is_due, compile_job(&view.job)) else {
            return Ok((view, now));
        };
        let given = circumstances(shared, &view, now);
        let through = view.clock.recorded_through;
        let Ok(plan) = plan_at_leisure(&compiled, through, &given, DueBy::Nominal).await else {
            return Ok((view, now));
        };
        match store.fire_due(fire(&view, plan, |_| now, now, &*shared.parts.entropy)).await {
            // The scheduler was quicker, or more is due: look again.
            Ok(_) | Err(StoreError::Conflict { .. }) => {
                shared.hints.leases_changed();
                shared.hints.work_queued();
            }
            Err(error) => return Err(error),
        }
    }
}
