//! Claims, and the attempts under them, in a store of plain maps.

use dateline_core::execution::{
    Attempt, AttemptEnd, AttemptOutcome, Execution, ExecutionEvent, ExecutionState, ExecutionStatus, Failure,
    FailureClass, Lease, LeaseKey, StepRecord, StepResult,
};
use dateline_core::id::ExecutionId;
use dateline_core::job::Cursor;
use dateline_core::notification::NotificationEvent;
use dateline_core::store::{AttemptReport, ClaimRequest, Claimed, Rescue, Steering, StepCommit, StoreError};
use dateline_core::time::Timestamp;

use super::{Model, Res};

impl Model {
    pub(super) fn claim(&mut self, request: ClaimRequest) -> Res<Vec<Claimed>> {
        let now = request.now;
        self.wake(now)?;
        let mut claimed = Vec::new();
        if self.pauses.in_force(now).is_some() {
            return Ok(claimed);
        }
        while claimed.len() < request.limit {
            let Some((execution, waited)) = self.next_ready(&request) else { break };
            let job = self.jobs[&execution.job].job.clone();
            let mut after = execution.clone();
            if waited > job.policy.timeouts.start {
                after.state = after.state.after(ExecutionEvent::StartTimedOut, now)?;
                let chain = vec![format!(
                    "waited {} s to be started, longer than the {} s allowed",
                    waited.as_secs(),
                    job.policy.timeouts.start.as_secs()
                )];
                let class = FailureClass::TimeoutStart;
                after.error = Some(Failure { class, step: None, chain, retry_after: None });
                self.change(after);
                continue;
            }
            after.epoch += 1;
            let lease = Lease { holder: request.holder, epoch: after.epoch, expires_at: request.expires_at };
            let number = u32::try_from(after.attempts.len()).expect("few") + 1;
            after.state = after.state.after(ExecutionEvent::Claimed { attempt: number, lease }, now)?;
            let started_at = match &execution.state {
                ExecutionState::Queued { since, ready_at } => now.max(*since).max(*ready_at),
                _ => now,
            };
            after.started_at = after.started_at.or(Some(started_at));
            let holder = request.holder;
            let attempt = Attempt { number, holder, started_at, ended_at: None, end: None, error: None };
            after.attempts.push(attempt);
            self.turns.insert(after.lane(), now);
            let execution = self.change(after);
            let lease = LeaseKey { execution: execution.id, epoch: execution.epoch };
            let project = execution.home.project().map(|id| self.projects[&id].clone());
            claimed.push(Claimed { lease, execution, job, project });
        }
        Ok(claimed)
    }

    pub(super) fn renew(
        &mut self,
        keys: &[LeaseKey],
        until: Timestamp,
        now: Timestamp,
    ) -> Res<Vec<(LeaseKey, Steering)>> {
        let mut answers = Vec::new();
        for key in keys {
            let held = self.held(*key);
            let steering = match held {
                Err(_) => Steering::Lost,
                Ok(mut execution) => {
                    let steering = match execution.state {
                        ExecutionState::Cancelling { .. } => Steering::Cancel,
                        ExecutionState::Running { is_pausing: true, .. } => Steering::Pause,
                        _ => Steering::Continue,
                    };
                    let renewed = ExecutionEvent::Renewed { expires_at: until };
                    execution.state = execution.state.after(renewed, now)?;
                    self.executions.insert(execution.id, execution);
                    steering
                }
            };
            answers.push((*key, steering));
        }
        Ok(answers)
    }

    pub(super) fn held(&self, key: LeaseKey) -> Res<Execution> {
        let execution = self.found(key.execution)?;
        match execution.state.lease() {
            Some(lease) if lease.epoch == key.epoch => Ok(execution),
            _ => Err(StoreError::StaleLease),
        }
    }

    pub(super) fn record_step(&mut self, commit: StepCommit) -> Res<()> {
        let execution = self.held(commit.lease)?;
        let steps = self.steps.entry(execution.id).or_default();
        let is_done = |step: &StepRecord| matches!(step.result, StepResult::Done { .. });
        if steps.iter().any(|step| step.name == commit.step.name && is_done(step)) {
            return Err(StoreError::StepDone { name: commit.step.name });
        }
        for to in &commit.cursors {
            let cursors = &self.jobs[&execution.job].cursors;
            let stands_at =
                cursors.get(&(to.platform.name(), to.stream.clone())).map(|cursor| cursor.sha.clone());
            if stands_at != to.from {
                return Err(StoreError::CursorMoved { platform: to.platform });
            }
        }
        if let Some(write) = commit.draft {
            if let Some(there) = self.drafts.get(&write.draft.id) {
                let revision = there.last().expect("a revision").revision;
                return Err(StoreError::Conflict { version: u64::from(revision) });
            }
            let id = write.draft.id.bits();
            self.drafts.insert(write.draft.id, vec![write.draft]);
            self.events += 1;
            self.tell(NotificationEvent::DraftReady, id);
        }
        self.steps.entry(execution.id).or_default().push(commit.step);
        self.logs.entry(execution.id).or_default().extend(commit.logs);
        for to in commit.cursors {
            let cursor = Cursor {
                platform: to.platform,
                stream: to.stream.clone(),
                sha: to.sha,
                at: commit.now,
                execution: execution.id,
            };
            let entry = self.jobs.get_mut(&execution.job).expect("it was there");
            entry.cursors.insert((to.platform.name(), to.stream), cursor);
        }
        self.change(execution);
        Ok(())
    }

    pub(super) fn finish(&mut self, report: AttemptReport) -> Res<Execution> {
        let mut execution = self.held(report.lease)?;
        execution.state = execution.state.after(ExecutionEvent::Ended(report.end), report.now)?;
        let waits = matches!(report.end, AttemptEnd::Wait(_));
        let is_yielded = waits || report.end == AttemptEnd::Yielded;
        let attempt = execution.attempts.last_mut().expect("it runs");
        attempt.ended_at = Some(report.now);
        attempt.error = report.error.clone();
        attempt.end = Some(match execution.state.status() {
            ExecutionStatus::Cancelled if is_yielded => AttemptOutcome::Cancelled,
            _ if waits => AttemptOutcome::Waited,
            _ if is_yielded => AttemptOutcome::Interrupted,
            _ => report.outcome,
        });
        if !is_yielded {
            execution.error = report.error;
        }
        execution.items = report.items;
        execution.output = report.output;
        self.logs.entry(execution.id).or_default().extend(report.logs);
        Ok(self.change(execution))
    }

    pub(super) fn rescue(&mut self, which: Rescue, now: Timestamp) -> Res<Vec<ExecutionId>> {
        let mut lapsed: Vec<(Timestamp, ExecutionId)> = self
            .executions
            .values()
            .filter_map(|execution| Some((execution.id, execution.state.lease()?)))
            .filter(|(id, lease)| match which {
                Rescue::Expired => lease.expires_at <= now,
                Rescue::AllButHolder(holder) => lease.holder != holder,
                Rescue::Of(key) => key.execution == *id && key.epoch == lease.epoch,
            })
            .map(|(id, lease)| (lease.expires_at, id))
            .collect();
        lapsed.sort();
        for (_, id) in &lapsed {
            let mut execution = self.found(*id)?;
            let steps = self.steps.get(id).map(Vec::as_slice).unwrap_or_default();
            execution.stuck = execution.stuck.rescued(u32::try_from(steps.len()).expect("few"));
            if execution.stuck.rescues < 3 {
                execution.state = execution.state.after(ExecutionEvent::LeaseLapsed, now)?;
            } else {
                execution.state = execution.state.after(ExecutionEvent::Quarantined, now)?;
                if execution.state.status() == ExecutionStatus::Failed {
                    let place = steps.last().map_or("its first step".to_owned(), |step| {
                        format!("the step after `{}`", step.name)
                    });
                    let chain = vec![format!("its worker died 3 times in {place}")];
                    let class = FailureClass::Quarantined;
                    execution.error = Some(Failure { class, step: None, chain, retry_after: None });
                }
            }
            execution.rescues += 1;
            let attempt = execution.attempts.last_mut().expect("it runs");
            attempt.ended_at = Some(now);
            attempt.end = Some(AttemptOutcome::Interrupted);
            self.change(execution);
        }
        Ok(lapsed.into_iter().map(|(_, id)| id).collect())
    }
}
