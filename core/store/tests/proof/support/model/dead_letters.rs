//! Dead letters in a store of plain maps.

use dateline_core::execution::{
    DeadLetter, Execution, ExecutionState, ExecutionStatus, StepRecord, StepResult, Trigger,
};
use dateline_core::store::{DeadLettersOf, ReplayDead, SettledDead};
use dateline_core::time::Timestamp;

use super::{Model, Res, fresh};

impl Model {
    /// Lays an execution aside that has failed for good.
    pub(super) fn lay_aside(before: &Execution, after: &mut Execution) {
        if before.state.is_open() && after.state.status() == ExecutionStatus::Failed {
            after.dead_letter = Some(DeadLetter::Open);
        }
    }

    /// Settles what `newer` runs again.
    pub(super) fn settle(&mut self, newer: &Execution, now: Timestamp) -> Res<()> {
        let Trigger::Replay { of } = newer.trigger else { return Ok(()) };
        let earlier = self.found(of)?;
        if earlier.dead_letter == Some(DeadLetter::Open) {
            let dead_letter = Some(DeadLetter::Replayed { by: newer.id, at: now });
            self.change(Execution { dead_letter, ..earlier });
        }
        Ok(())
    }

    /// Returns dead letters, the oldest first.
    pub(crate) fn dead_letters(&self) -> Vec<Execution> {
        let open = self.executions.values().filter(|one| one.dead_letter == Some(DeadLetter::Open));
        let mut open: Vec<Execution> = open.cloned().collect();
        open.sort_by_key(|one| (one.created_at, one.id));
        open
    }

    fn dead_letters_of(&self, of: DeadLettersOf) -> Vec<Execution> {
        let mut open = self.dead_letters();
        open.retain(|one| match of {
            DeadLettersOf::Job(job) => one.job == job,
            DeadLettersOf::Home(home) => one.home == home,
        });
        open
    }

    pub(super) fn replay_dead(&mut self, request: &ReplayDead) -> Res<SettledDead> {
        let mut settled = SettledDead::default();
        let mut letters = self.dead_letters_of(request.of);
        letters.retain(|one| self.jobs[&one.job].job.cancelled_at.is_none());
        settled.has_more = letters.len() > request.ids.len();
        for (earlier, id) in letters.into_iter().zip(&request.ids) {
            let job = self.jobs[&earlier.job].job.clone();
            let state = ExecutionState::Queued { since: request.now, ready_at: request.now };
            let trigger = Trigger::Replay { of: earlier.id };
            let mut execution = fresh(&job, *id, trigger, None, state, request.now);
            execution.payload = earlier.payload.clone();
            self.executions.insert(*id, execution.clone());
            self.events += 1;
            if request.from_failed_step {
                let steps = self.steps.get(&earlier.id).cloned().unwrap_or_default();
                let done = steps.into_iter().filter(|step| matches!(step.result, StepResult::Done { .. }));
                let copied = done.map(|step| StepRecord { copied_from: Some(earlier.id), ..step });
                self.steps.insert(*id, copied.collect());
            }
            self.settle(&execution, request.now)?;
            settled.executions.push(execution);
        }
        Ok(settled)
    }

    pub(super) fn dismiss_dead(
        &mut self,
        of: DeadLettersOf,
        limit: usize,
        now: Timestamp,
    ) -> Res<SettledDead> {
        if let DeadLettersOf::Job(job) = of {
            self.entry(job)?;
        }
        let letters = self.dead_letters_of(of);
        let has_more = letters.len() > limit;
        let dismissed = letters.into_iter().take(limit).map(|one| {
            let dead_letter = Some(DeadLetter::Dismissed { at: now });
            self.change(Execution { dead_letter, ..one })
        });
        Ok(SettledDead { executions: dismissed.collect(), has_more })
    }
}
