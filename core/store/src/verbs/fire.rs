//! Due occurrences become records, once.

use dateline_core::event::EventKind;
use dateline_core::execution::{
    Due, Execution, ExecutionEvent, ExecutionState, Items, Outcome, SkipReason, Stuck, Trigger, Wait,
    WaitReason,
};
use dateline_core::id::ExecutionId;
use dateline_core::job::{Job, JobClock};
use dateline_core::misfire::Absence;
use dateline_core::mistake::{Mistake, is_made};
use dateline_core::overlap::{Admission, Ending, Open, admit};
use dateline_core::policy::OverlapPolicy;
use dateline_core::store::{Entry, FireDue, Fired, PlannedRun, StoreError};
use dateline_core::time::Timestamp;

use crate::fault::Fault;
use crate::queries::job_pauses;
use crate::record::JobState;
use crate::tables::{EXECUTIONS, OCCURRENCES, OPEN};
use crate::transaction::{Rows, Transaction};
use crate::verbs::gate::KeyAdmission;
use crate::verbs::place::ASKING;

impl Transaction<'_> {
    pub(crate) fn fire_due(&self, plan: &FireDue) -> Result<Fired, Fault> {
        let (job, state) = self.found_job(plan.job)?;
        self.check_plan(plan, &job, &state)?;
        let now = plan.now;
        let mut passed = Vec::new();
        for (id, range) in &plan.ranges {
            let due = Due::Range {
                first_due_at: range.first_due_at,
                last_due_at: range.last_due_at,
                count: range.count,
                excluded: match range.absence {
                    Absence::Excluded(kind) => Some(kind),
                    Absence::Missed(_) | Absence::Paused => None,
                },
            };
            passed.push(absent(&job, *id, due, range.absence, now));
        }
        for (id, occurrence, absence) in &plan.passed {
            let due = Due::Once(occurrence.clone());
            passed.push(absent(&job, *id, due, *absence, now));
        }
        for execution in &passed {
            self.insert_execution(execution, now)?;
        }
        self.tell_of_missed(&job, &passed, now)?;
        let mut fired = Fired { queued: Vec::new(), has_replaced: false };
        for run in &plan.runs {
            self.fire_run(&job, run, &mut fired, now)?;
        }
        // What was missed and who made way has changed what the job remembers.
        let has_changed = fired.has_replaced || !passed.is_empty();
        let state = if has_changed { self.found_job(plan.job)?.1 } else { state };
        let newest = dues(plan).map(|(_, last)| last).max();
        let recorded_through = plan.clock.recorded_through.max(state.clock.recorded_through);
        let clock = JobClock {
            recorded_through: newest.map_or(recorded_through, |due| recorded_through.max(due)),
            next: plan.clock.next.clone(),
            runs: state.clock.runs.saturating_add(fired.queued.len() as u64),
        };
        self.set_clock(&job, &state, clock.under(&job.schedule))?;
        self.emit(EventKind::Job, job.id.to_string(), job.home, job.version, now)?;
        Ok(fired)
    }

    /// Refuses a plan that was made from another state, or would record an occurrence again.
    fn check_plan(&self, plan: &FireDue, job: &Job, state: &JobState) -> Result<(), Fault> {
        if is_made(Mistake::NoUniqueDueTime) {
            return Ok(());
        }
        let conflict = || Fault::Refused(StoreError::Conflict { version: job.version });
        let through = state.clock.recorded_through;
        let is_new = job.version != plan.version || through != plan.recorded_through || !job.is_live();
        if is_new || job_pauses(self, job)? != plan.pauses {
            return Err(conflict());
        }
        let mut keys = std::collections::BTreeSet::new();
        for (first, last) in dues(plan) {
            let key = last.timestamp_millis();
            let is_new = first.timestamp_millis() > through.timestamp_millis() && keys.insert(key);
            if !is_new || self.has(OCCURRENCES, (job.id.bits(), key))? {
                return Err(conflict());
            }
        }
        for id in ids(plan) {
            if self.has(EXECUTIONS.table, id.bits())? {
                return Err(conflict());
            }
        }
        Ok(())
    }

    fn fire_run(&self, job: &Job, run: &PlannedRun, fired: &mut Fired, now: Timestamp) -> Result<(), Fault> {
        let admission = match run.entry {
            Entry::ByPolicy => self.admission(job, job.policy.overlap)?,
            Entry::InLine | Entry::Ask { .. } => Admission::Queue,
        };
        let due = Some(Due::Once(run.occurrence.clone()));
        if let Entry::Ask { until } = run.entry {
            let wait = Wait { reason: WaitReason::Ask, until };
            let state = ExecutionState::Waiting { wait, since: now };
            let mut question = new_execution(job, run.id, Trigger::Scheduled, due, state, now);
            self.bind(job, &mut question)?;
            self.cover_questions(job, run.id, now)?;
            self.insert_execution(&question, now)?;
            return self.tell_of_question(&question, now);
        }
        let state = state_of(admission, run.ready_at, now);
        let execution = new_execution(job, run.id, Trigger::Scheduled, due, state, now);
        let (execution, has_replaced) = self.admit(job, execution, admission, now)?;
        if execution.state.is_open() {
            self.cover_questions(job, run.id, now)?;
            fired.queued.push(run.id);
        }
        fired.has_replaced |= has_replaced;
        Ok(())
    }

    /// Ends what a person is still asked about: a newer occurrence takes its place.
    fn cover_questions(&self, job: &Job, newer: ExecutionId, now: Timestamp) -> Result<(), Fault> {
        let id = job.id.bits();
        for ((_, _, question), ()) in
            self.rows(OPEN, (id, ASKING, 0)..=(id, ASKING, u128::MAX), usize::MAX)?
        {
            let before = self.indexed_execution(question)?;
            let state = before.state.clone().after(ExecutionEvent::Covered, now).map_err(StoreError::from)?;
            let after = Execution { state, superseded_by: Some(newer), ..before.clone() };
            self.change_execution(&before, after, now)?;
        }
        Ok(())
    }

    /// Decides what one more execution of `job` means for those that are open.
    pub(super) fn admission(&self, job: &Job, policy: OverlapPolicy) -> Result<Admission, Fault> {
        if policy == OverlapPolicy::AllowAll {
            return Ok(Admission::Queue);
        }
        let open = Open { started: self.count_open(job, 1)?, waiting: self.count_open(job, 0)? };
        Ok(admit(policy, open))
    }

    /// Stores a new execution as its job's overlap policy admits it, unless its concurrency key does not; others make way
    /// where they have to, which is also answered.
    pub(super) fn admit(
        &self,
        job: &Job,
        mut execution: Execution,
        admission: Admission,
        now: Timestamp,
    ) -> Result<(Execution, bool), Fault> {
        self.bind(job, &mut execution)?;
        let mut has_replaced = false;
        if execution.state.is_open() {
            match self.key_admission(job, &execution)? {
                KeyAdmission::Enter => {}
                KeyAdmission::Drop => {
                    let outcome = Outcome::Skipped(SkipReason::Concurrency);
                    execution.state = ExecutionState::Finished { outcome, at: now };
                }
                KeyAdmission::Replace(others) => {
                    has_replaced = !others.is_empty();
                    for other in others {
                        self.make_way(other, Ending::Cancel, execution.id, now)?;
                    }
                }
            }
        }
        if let Admission::Replace(ending) = admission
            && execution.state.is_open()
        {
            has_replaced = true;
            for other in self.rivals(execution.job)? {
                self.make_way(other, ending, execution.id, now)?;
            }
        }
        self.insert_execution(&execution, now)?;
        Ok((execution, has_replaced))
    }

    fn count_open(&self, job: &Job, started: u8) -> Result<usize, Fault> {
        let job = job.id.bits();
        Ok(self.rows(OPEN, (job, started, 0)..=(job, started, u128::MAX), Open::LOOK_MAX)?.len())
    }
}

/// Returns the state an admitted execution begins in.
pub(super) fn state_of(admission: Admission, ready_at: Timestamp, now: Timestamp) -> ExecutionState {
    match admission {
        Admission::Queue | Admission::Replace(_) => ExecutionState::Queued { since: now, ready_at },
        Admission::Skip => {
            ExecutionState::Finished { outcome: Outcome::Skipped(SkipReason::Overlap), at: now }
        }
    }
}

/// Returns the first and last instant each record of the plan stands for.
fn dues(plan: &FireDue) -> impl Iterator<Item = (Timestamp, Timestamp)> {
    let ranges = plan.ranges.iter().map(|(_, range)| (range.first_due_at, range.last_due_at));
    let passed = plan.passed.iter().map(|(_, occurrence, _)| (occurrence.due_at, occurrence.due_at));
    let run = plan.runs.iter().map(|run| (run.occurrence.due_at, run.occurrence.due_at));
    ranges.chain(passed).chain(run)
}

fn ids(plan: &FireDue) -> impl Iterator<Item = ExecutionId> {
    let ranges = plan.ranges.iter().map(|(id, _)| *id);
    ranges.chain(plan.passed.iter().map(|(id, _, _)| *id)).chain(plan.runs.iter().map(|run| run.id))
}

fn absent(job: &Job, id: ExecutionId, due: Due, absence: Absence, now: Timestamp) -> Execution {
    let state = ExecutionState::Finished { outcome: absence.outcome(), at: now };
    new_execution(job, id, Trigger::Scheduled, Some(due), state, now)
}

/// Returns an execution of `job` as it is when it is first recorded.
pub(crate) fn new_execution(
    job: &Job,
    id: ExecutionId,
    trigger: Trigger,
    due: Option<Due>,
    state: ExecutionState,
    now: Timestamp,
) -> Execution {
    Execution {
        id,
        job: job.id,
        home: job.home,
        trigger,
        due,
        payload: job.payload.clone(),
        priority: job.policy.priority,
        state,
        epoch: 0,
        attempts: Vec::new(),
        rescues: 0,
        stuck: Stuck::default(),
        items: Items::default(),
        output: serde_json::Value::Null,
        error: None,
        dead_letter: None,
        superseded_by: None,
        pinned_at: None,
        concurrency: None,
        rate: None,
        debounce: None,
        created_at: now,
        started_at: None,
        version: 1,
    }
}
