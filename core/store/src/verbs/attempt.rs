//! What workers report under their lease, and what becomes of those who fall silent.

use dateline_core::execution::{
    AttemptEnd, AttemptOutcome, Execution, ExecutionEvent, ExecutionState, Failure, FailureClass, LeaseKey,
    Outcome,
};
use dateline_core::id::ExecutionId;
use dateline_core::job::Cursor;
use dateline_core::mistake::{Mistake, is_made};
use dateline_core::store::{AttemptReport, CursorMove, Rescue, Steering, StepCommit, StoreError};
use dateline_core::time::Timestamp;

use crate::fault::Fault;
use crate::tables::{CURSORS, DONE_STEPS, EXECUTIONS, LANES, LEASES};
use crate::transaction::{Rows, Transaction};

impl Transaction<'_> {
    /// Extends leases. A renewal is not a change people can see: it makes no version and no event.
    pub(crate) fn renew(
        &self,
        keys: &[LeaseKey],
        expires_at: Timestamp,
        now: Timestamp,
    ) -> Result<Vec<(LeaseKey, Steering)>, Fault> {
        keys.iter().map(|key| Ok((*key, self.renew_one(*key, expires_at, now)?))).collect()
    }

    fn renew_one(&self, key: LeaseKey, expires_at: Timestamp, now: Timestamp) -> Result<Steering, Fault> {
        let Some(mut execution) = self.get(&EXECUTIONS, key.execution.bits())? else {
            return Ok(Steering::Lost);
        };
        let Some(lease) = execution.state.lease().filter(|lease| lease.epoch == key.epoch) else {
            return Ok(Steering::Lost);
        };
        let steering = match &execution.state {
            ExecutionState::Cancelling { .. } => Steering::Cancel,
            ExecutionState::Running { is_pausing: true, .. } => Steering::Pause,
            ExecutionState::Running { is_pausing: false, .. }
            | ExecutionState::Queued { .. }
            | ExecutionState::Retrying { .. }
            | ExecutionState::Waiting { .. }
            | ExecutionState::Paused { .. }
            | ExecutionState::Finished { .. } => Steering::Continue,
        };
        let renewed = ExecutionEvent::Renewed { expires_at };
        execution.state = execution.state.after(renewed, now).map_err(StoreError::from)?;
        let id = execution.id.bits();
        self.remove(LEASES, (lease.expires_at.timestamp_millis(), id))?;
        self.set(LEASES, (expires_at.timestamp_millis(), id), lease.holder.bits())?;
        self.put(&EXECUTIONS, id, &execution)?;
        Ok(steering)
    }

    pub(crate) fn record_step(&self, commit: &StepCommit) -> Result<(), Fault> {
        let execution = self.held(commit.lease)?;
        let (id, name) = (execution.id, commit.step.name.as_str());
        if self.has(DONE_STEPS, (id.bits(), name))? {
            return Err(StoreError::StepDone { name: name.to_owned() }.into());
        }
        for cursor in &commit.cursors {
            let stands_at = self.get(&CURSORS, cursor_key(&execution, cursor))?.map(|cursor| cursor.sha);
            if stands_at != cursor.from {
                return Err(StoreError::CursorMoved { platform: cursor.platform }.into());
            }
        }
        if let Some(write) = &commit.draft {
            self.insert_draft(write, commit.now)?;
        }
        for cursor in &commit.cursors {
            self.move_cursor(&execution, cursor, commit.now)?;
        }
        if let Some(sync) = &commit.sync {
            let project = execution.home.project().ok_or_else(|| {
                Fault::Damaged(format!("{id} reads a project's activity and has no project"))
            })?;
            self.commit_sync(project, sync, commit.now)?;
        }
        self.append_step(id, &commit.step)?;
        self.append_logs(id, &commit.logs)?;
        self.change_execution(&execution, execution.clone(), commit.now).map(drop)
    }

    fn move_cursor(&self, execution: &Execution, to: &CursorMove, now: Timestamp) -> Result<(), Fault> {
        let cursor = Cursor {
            platform: to.platform,
            stream: to.stream.clone(),
            sha: to.sha.clone(),
            at: now,
            execution: execution.id,
        };
        self.put(&CURSORS, cursor_key(execution, to), &cursor)
    }

    pub(crate) fn finish(&self, report: &AttemptReport) -> Result<Execution, Fault> {
        let before = self.held(report.lease)?;
        let ended = ExecutionEvent::Ended(report.end);
        let mut after = before.clone();
        after.state = after.state.after(ended, report.now).map_err(StoreError::from)?;
        let is_cancelled = is_cancelled(&after.state);
        if let Some(attempt) = after.attempts.last_mut() {
            attempt.ended_at = Some(report.now);
            attempt.error.clone_from(&report.error);
            attempt.end = Some(match report.end {
                AttemptEnd::Yielded if is_cancelled => AttemptOutcome::Cancelled,
                AttemptEnd::Yielded => AttemptOutcome::Interrupted,
                AttemptEnd::Wait(_) if is_cancelled => AttemptOutcome::Cancelled,
                AttemptEnd::Wait(_) => AttemptOutcome::Waited,
                AttemptEnd::Done(_) | AttemptEnd::RetryAt(_) => report.outcome,
            });
        }
        after.items = report.items;
        after.output.clone_from(&report.output);
        // Letting go and waiting say nothing about what failed before.
        if !matches!(report.end, AttemptEnd::Yielded | AttemptEnd::Wait(_)) {
            after.error.clone_from(&report.error);
        }
        self.append_logs(after.id, &report.logs)?;
        self.change_execution(&before, after, report.now)
    }

    /// Takes executions back from workers that are gone.
    pub(crate) fn rescue(&self, which: Rescue, now: Timestamp) -> Result<Vec<ExecutionId>, Fault> {
        if is_made(Mistake::QueueForgotten) && matches!(which, Rescue::AllButHolder(_)) {
            self.forget_queue()?;
        }
        let lapsed = match which {
            Rescue::Expired => self.rows(LEASES, ..=(now.timestamp_millis(), u128::MAX), usize::MAX)?,
            Rescue::AllButHolder(holder) => {
                let mut leases = self.rows(LEASES, .., usize::MAX)?;
                leases.retain(|(_, by)| *by != holder.bits());
                leases
            }
            Rescue::Of(key) => {
                let is_held = match self.held(key) {
                    Ok(_) => true,
                    Err(Fault::Refused(_)) => false,
                    Err(fault) => return Err(fault),
                };
                return if is_held {
                    Ok(vec![self.take_back(key.execution.bits(), now)?])
                } else {
                    Ok(Vec::new())
                };
            }
        };
        lapsed.into_iter().map(|((_, id), _)| self.take_back(id, now)).collect()
    }

    /// What [`Mistake::QueueForgotten`] does.
    fn forget_queue(&self) -> Result<(), Fault> {
        let lanes = self.rows(LANES, .., usize::MAX)?;
        lanes.into_iter().try_for_each(|(lane, ())| self.remove(LANES, lane).map(drop))
    }

    fn take_back(&self, id: u128, now: Timestamp) -> Result<ExecutionId, Fault> {
        let before = self.indexed_execution(id)?;
        let mut after = before.clone();
        after.stuck = before.stuck.rescued(self.count_steps(before.id)?);
        let is_hopeless = after.stuck.is_hopeless();
        let event = if is_hopeless { ExecutionEvent::Quarantined } else { ExecutionEvent::LeaseLapsed };
        after.state = after.state.after(event, now).map_err(StoreError::from)?;
        if is_hopeless && !is_cancelled(&after.state) {
            after.error = Some(self.quarantine(&after)?);
        }
        after.rescues += 1;
        if let Some(attempt) = after.attempts.last_mut() {
            attempt.ended_at = Some(now);
            attempt.end = Some(AttemptOutcome::Interrupted);
        }
        Ok(self.change_execution(&before, after, now)?.id)
    }

    /// Says why an execution is not tried again.
    fn quarantine(&self, execution: &Execution) -> Result<Failure, Fault> {
        let last = self.last_step(execution.id)?;
        let place =
            last.map_or("its first step".to_owned(), |step| format!("the step after `{}`", step.name));
        let reason = format!("its worker died {} times in {place}", execution.stuck.rescues);
        Ok(Failure { class: FailureClass::Quarantined, step: None, chain: vec![reason], retry_after: None })
    }

    /// Returns the execution while `key` is the claim on it, or refuses.
    fn held(&self, key: LeaseKey) -> Result<Execution, Fault> {
        let execution = self.found_execution(key.execution)?;
        match execution.state.lease() {
            Some(lease) if lease.epoch == key.epoch => Ok(execution),
            _ if is_made(Mistake::NoFencing) => Ok(execution),
            Some(_) | None => Err(StoreError::StaleLease.into()),
        }
    }
}

fn cursor_key<'a>(execution: &Execution, to: &'a CursorMove) -> (u128, &'a str, &'a str) {
    (execution.job.bits(), to.platform.name(), to.stream.as_str())
}

fn is_cancelled(state: &ExecutionState) -> bool {
    matches!(state, ExecutionState::Finished { outcome: Outcome::Cancelled, .. })
}
