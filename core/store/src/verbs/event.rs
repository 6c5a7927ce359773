//! Events from outside: every job that listens answers, in the commit that records its execution.

use dateline_core::execution::{Execution, ExecutionState, Outcome, SkipReason, Trigger};
use dateline_core::home::Home;
use dateline_core::id::{ExecutionId, JobId};
use dateline_core::job::Job;
use dateline_core::received_event::{ReceivedEvent, Topic};
use dateline_core::store::StoreError;
use dateline_core::time::Timestamp;

use super::fire::{new_execution, state_of};
use crate::fault::Fault;
use crate::queries::job_pauses;
use crate::tables::{EXECUTIONS, LISTENERS, scope_of};
use crate::transaction::{Rows, Transaction};

/// A row of what jobs listen to: (facet; scope; topic; job).
pub(crate) type ListenerKey = (u8, u128, u128, u128);

/// Returns the rows that say what a job listens to: none while it is not live.
pub(crate) fn listener_keys(job: &Job) -> impl Iterator<Item = ListenerKey> {
    let (facet, scope) = scope_of(job.home);
    let id = job.id.bits();
    let topics: Vec<u128> =
        if job.is_live() { job.listens_to.iter().map(Topic::bits).collect() } else { Vec::new() };
    topics.into_iter().map(move |topic| (facet, scope, topic, id))
}

/// Returns the rows of all jobs of a home that listen to a topic.
pub(crate) fn listeners_of(home: Home, topic: &Topic) -> std::ops::RangeInclusive<ListenerKey> {
    let (facet, scope) = scope_of(home);
    (facet, scope, topic.bits(), 0)..=(facet, scope, topic.bits(), u128::MAX)
}

impl Transaction<'_> {
    /// Records an execution for each job that listens, oldest job first, and returns them.
    pub(crate) fn receive_event(&self, event: &ReceivedEvent) -> Result<Vec<Execution>, Fault> {
        self.found_home(event.home)?;
        let listeners = self.rows(LISTENERS, listeners_of(event.home, &event.topic), usize::MAX)?;
        let mut answering = Vec::with_capacity(listeners.len());
        for ((.., job), ()) in listeners {
            answering.push(self.answer_event(JobId::from_bits(job), event)?);
        }
        Ok(answering)
    }

    fn answer_event(&self, job: JobId, event: &ReceivedEvent) -> Result<Execution, Fault> {
        let (job, _) = self.found_job(job)?;
        let now = event.at;
        let id = ExecutionId::answering(now, job.id, event.id);
        if let Some(stored) = self.get(&EXECUTIONS, id.bits())? {
            return Err(StoreError::Conflict { version: stored.version }.into());
        }
        let trigger = Trigger::Event(Box::new(event.clone()));
        if job_pauses(self, &job)?.in_force(now).next().is_some() {
            let state = ExecutionState::Finished { outcome: Outcome::Skipped(SkipReason::Paused), at: now };
            let skipped = new_execution(&job, id, trigger, None, state, now);
            self.insert_execution(&skipped, now)?;
            return Ok(skipped);
        }
        self.answer_triggers(&job, id, trigger, now)
    }

    /// Records an execution that answers `trigger`, or lets one that waits for others like it stand for it too.
    fn answer_triggers(
        &self,
        job: &Job,
        id: ExecutionId,
        trigger: Trigger,
        now: Timestamp,
    ) -> Result<Execution, Fault> {
        let debounced = self.debounced(job, &job.payload, &trigger, now)?;
        if let Some((debounce, bound)) = &debounced
            && let Some(joined) =
                self.join_triggers(job, debounce, bound, (&job.payload, Some(&trigger)), now)?
        {
            return Ok(joined);
        }
        let admission = self.admission(job, job.policy.overlap)?;
        let ready_at = debounced.as_ref().map_or(now, |(policy, _)| policy.ready_at(now, now));
        let mut execution = new_execution(job, id, trigger, None, state_of(admission, ready_at, now), now);
        execution.debounce = debounced.map(|(_, bound)| bound);
        Ok(self.admit(job, execution, admission, now)?.0)
    }
}
