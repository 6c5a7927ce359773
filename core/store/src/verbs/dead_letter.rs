//! Dead letters: laid aside when an execution fails for good, and settled by whoever looks.

use dateline_core::execution::{
    DeadLetter, DeadLetterState, Execution, ExecutionState, ExecutionStatus, StepRecord, StepResult, Trigger,
};
use dateline_core::id::ExecutionId;
use dateline_core::job::Job;
use dateline_core::store::{DeadLettersOf, ReplayDead, SettledDead};
use dateline_core::time::Timestamp;

use crate::fault::Fault;
use crate::tables::{BY_JOB, DEAD_LETTERS, HistoryKey, JOBS, STEPS, scope_of};
use crate::transaction::{Rows, Transaction};
use crate::verbs::fire::new_execution;
use crate::verbs::history::history_keys;

/// So many dead letters one commit looks at: those it passes over must not hide the others.
const LOOKED_AT_MAX: usize = 1_000;

/// Returns the rows an execution has among dead letters: none once it is settled.
pub(crate) fn dead_letter_keys(execution: &Execution) -> impl Iterator<Item = HistoryKey> {
    let is_open = execution.dead_letter == Some(DeadLetter::Open);
    history_keys(execution).into_iter().filter(move |_| is_open)
}

/// Lays an execution aside that has just failed for good.
pub(super) fn laid_aside(before: &Execution, after: &Execution) -> Option<DeadLetter> {
    let has_failed = before.state.is_open() && after.state.status() == ExecutionStatus::Failed;
    if has_failed { Some(DeadLetter::Open) } else { after.dead_letter }
}

impl Transaction<'_> {
    /// Brings the rows of dead letters up to what an execution has become.
    pub(super) fn note_dead_letter(&self, before: &Execution, after: &Execution) -> Result<(), Fault> {
        if before.dead_letter == after.dead_letter {
            return Ok(());
        }
        for key in dead_letter_keys(before) {
            self.remove(DEAD_LETTERS, key)?;
        }
        dead_letter_keys(after).try_for_each(|key| self.set(DEAD_LETTERS, key, ()))
    }

    /// Settles a dead letter that `newer` runs again.
    pub(super) fn settle_replayed(&self, newer: &Execution, now: Timestamp) -> Result<(), Fault> {
        let Trigger::Replay { of } = newer.trigger else { return Ok(()) };
        let before = self.found_execution(of)?;
        let Some(letter) = before.dead_letter.filter(|letter| letter.state() == DeadLetterState::Open) else {
            return Ok(());
        };
        let dead_letter = Some(letter.replayed(newer.id, now));
        self.change_execution(&before, Execution { dead_letter, ..before.clone() }, now).map(drop)
    }

    pub(crate) fn replay_dead(&self, request: &ReplayDead) -> Result<SettledDead, Fault> {
        let now = request.now;
        let mut ids = request.ids.iter();
        let mut settled = SettledDead::default();
        for (.., earlier) in self.dead_letters(request.of)? {
            let earlier = self.indexed_execution(earlier)?;
            let job = self.get(&JOBS, earlier.job.bits())?;
            let Some(job) = job.filter(|job| is_its_own(job, &earlier)) else { continue };
            let Some(id) = ids.next() else {
                settled.has_more = true;
                break;
            };
            let state = ExecutionState::Queued { since: now, ready_at: now };
            let trigger = Trigger::Replay { of: earlier.id };
            let mut execution = new_execution(&job, *id, trigger, None, state, now);
            execution.payload = earlier.payload.clone();
            self.insert_execution(&execution, now)?;
            if request.from_failed_step {
                self.take_over_steps(earlier.id, *id)?;
            }
            self.settle_replayed(&execution, now)?;
            settled.executions.push(execution);
        }
        Ok(settled)
    }

    pub(crate) fn dismiss_dead(
        &self,
        of: DeadLettersOf,
        limit: usize,
        now: Timestamp,
    ) -> Result<SettledDead, Fault> {
        let home = match of {
            DeadLettersOf::Job(job) => self.found_job(job)?.0.home,
            DeadLettersOf::Home(home) => home,
        };
        let mut settled = SettledDead::default();
        for (.., id) in self.dead_letters(of)? {
            let before = self.indexed_execution(id)?;
            // What a job did elsewhere, before it moved, is not to be settled here.
            if before.home != home {
                continue;
            }
            if settled.executions.len() >= limit {
                settled.has_more = true;
                break;
            }
            let dead_letter = before.dead_letter.map(|letter| letter.dismissed(now));
            let after = Execution { dead_letter, ..before.clone() };
            settled.executions.push(self.change_execution(&before, after, now)?);
        }
        Ok(settled)
    }

    /// Returns the rows of dead letters, the oldest first.
    fn dead_letters(&self, of: DeadLettersOf) -> Result<Vec<HistoryKey>, Fault> {
        let (facet, scope) = match of {
            DeadLettersOf::Job(job) => (BY_JOB, job.bits()),
            DeadLettersOf::Home(home) => scope_of(home),
        };
        let all = (facet, scope, i64::MIN, 0)..=(facet, scope, i64::MAX, u128::MAX);
        Ok(self.rows(DEAD_LETTERS, all, LOOKED_AT_MAX)?.into_iter().map(|(key, ())| key).collect())
    }

    /// Takes over what an earlier execution has done, so that it is not done again.
    fn take_over_steps(&self, earlier: ExecutionId, to: ExecutionId) -> Result<(), Fault> {
        let id = earlier.bits();
        for (_, step) in self.list(&STEPS, (id, 0)..=(id, u32::MAX), usize::MAX)? {
            match step.result {
                StepResult::Done { .. } => {
                    self.append_step(to, &StepRecord { copied_from: Some(earlier), ..step })?;
                }
                StepResult::Failed { .. } => {}
            }
        }
        Ok(())
    }
}

/// Whether a job can run an earlier execution again: it is there, does the same, and is at home where it was.
fn is_its_own(job: &Job, earlier: &Execution) -> bool {
    let is_same = job.home == earlier.home && job.job_type() == earlier.payload.job_type();
    job.cancelled_at.is_none() && is_same
}
