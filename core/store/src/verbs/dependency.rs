//! What follows the end of an execution: the jobs that depend on its own, in the very commit that ends it.

use dateline_core::dependency::{
    DOWNSTREAM_MAX, Dependencies, DependencyMode, DependencyRefusal, refuse_cycle,
};
use dateline_core::execution::{Execution, ExecutionState, Outcome, SkipReason, Trigger};
use dateline_core::id::{ExecutionId, JobId};
use dateline_core::job::Job;
use dateline_core::store::StoreError;
use dateline_core::time::Timestamp;

use super::fire::{new_execution, state_of};
use crate::fault::Fault;
use crate::queries::job_pauses;
use crate::tables::{DOWNSTREAM, FOLLOWERS, JOBS, NOTED};
use crate::transaction::{Rows, Transaction};

/// A row of the graph of jobs.
pub(crate) type DownstreamKey = (u128, u128);

/// A row of [`NOTED`]: the job that waits and the one it waits for; the end.
type NotedRow = ((u128, u128), u128);

/// Returns the rows that say what a job depends on: none once it is cancelled.
pub(crate) fn downstream_keys(job: &Job) -> impl Iterator<Item = DownstreamKey> {
    let depends_on = job.depends_on.as_ref().filter(|_| job.cancelled_at.is_none());
    let upstream = depends_on.map(|depends_on| depends_on.jobs.clone()).unwrap_or_default();
    let id = job.id.bits();
    upstream.into_iter().map(move |upstream| (upstream.bits(), id))
}

/// Returns the rows that say which ends an execution follows.
pub(crate) fn follower_keys(execution: &Execution) -> impl Iterator<Item = (u128, u128)> {
    let job = execution.job.bits();
    execution.trigger.upstream().iter().map(move |upstream| (upstream.bits(), job))
}

impl Transaction<'_> {
    /// Refuses what a job may not depend on. Only what changes can make a cycle, so only that is looked at.
    pub(super) fn check_dependencies(&self, stored: Option<&Job>, job: &Job) -> Result<(), Fault> {
        let known = stored.and_then(|stored| stored.depends_on.as_ref());
        let Some(depends_on) = job.depends_on.as_ref().filter(|wanted| Some(*wanted) != known) else {
            return Ok(());
        };
        let refuse = |refusal: DependencyRefusal| Err(StoreError::from(refusal).into());
        for upstream in &depends_on.jobs {
            if known.is_some_and(|known| known.jobs.contains(upstream)) {
                continue;
            }
            let is_there = self.get(&JOBS, upstream.bits())?.is_some_and(|it| it.cancelled_at.is_none());
            if !is_there {
                return refuse(DependencyRefusal::Gone { job: *upstream });
            }
            if self.downstream_of(*upstream, DOWNSTREAM_MAX)?.len() >= DOWNSTREAM_MAX {
                return refuse(DependencyRefusal::Crowded { job: *upstream });
            }
        }
        let above = |id: JobId| {
            let job = self.get(&JOBS, id.bits())?;
            Ok::<_, Fault>(job.and_then(|job| job.depends_on).map(|it| it.jobs).unwrap_or_default())
        };
        refuse_cycle(job.id, &depends_on.jobs, above)?.map_or(Ok(()), refuse)
    }

    /// Forgets what a job has noted of ends so far: it waits for all of them anew.
    pub(super) fn forget_noted(&self, job: JobId) -> Result<(), Fault> {
        for (key, _) in self.noted(job)? {
            self.remove(NOTED, key)?;
        }
        Ok(())
    }

    /// Starts what depends on the job of an execution that has just ended.
    pub(super) fn follow(&self, ended: &Execution, now: Timestamp) -> Result<(), Fault> {
        let ExecutionState::Finished { outcome, .. } = ended.state else { return Ok(()) };
        // What belongs to a backfill is of the past, and nothing of today waits for it.
        if ended.backfilled().is_some() {
            return Ok(());
        }
        for job in self.downstream_of(ended.job, usize::MAX)? {
            self.follow_with(job, ended, outcome, now)?;
        }
        Ok(())
    }

    fn follow_with(
        &self,
        id: JobId,
        ended: &Execution,
        outcome: Outcome,
        now: Timestamp,
    ) -> Result<(), Fault> {
        let (job, _) = self.found_job(id)?;
        let Some(depends_on) = job.depends_on.as_ref().filter(|it| job.is_live() && it.on.counts(outcome))
        else {
            return Ok(());
        };
        let upstream = match depends_on.mode {
            DependencyMode::Any => vec![ended.id],
            DependencyMode::All => match self.join(&job, depends_on, ended)? {
                Some(upstream) => upstream,
                None => return Ok(()),
            },
        };
        self.start_follower(&job, upstream, now)
    }

    /// Notes an end for a job that waits for all. Once all are noted, returns them and begins anew.
    fn join(
        &self,
        job: &Job,
        depends_on: &Dependencies,
        ended: &Execution,
    ) -> Result<Option<Vec<ExecutionId>>, Fault> {
        self.set(NOTED, (job.id.bits(), ended.job.bits()), ended.id.bits())?;
        let noted = self.noted(job.id)?;
        let end_of = |upstream: &JobId| {
            let row = noted.iter().find(|((_, of), _)| *of == upstream.bits());
            row.map(|(_, execution)| ExecutionId::from_bits(*execution))
        };
        let all: Option<Vec<ExecutionId>> = depends_on.jobs.iter().map(end_of).collect();
        if all.is_some() {
            self.forget_noted(job.id)?;
        }
        Ok(all)
    }

    /// Records the execution that follows these ends, unless one does already.
    fn start_follower(&self, job: &Job, upstream: Vec<ExecutionId>, now: Timestamp) -> Result<(), Fault> {
        for end in &upstream {
            if self.has(FOLLOWERS, (end.bits(), job.id.bits()))? {
                return Ok(());
            }
        }
        let id = ExecutionId::following(now, job.id, &upstream);
        let trigger = Trigger::Dependency { of: upstream };
        if job_pauses(self, job)?.in_force(now).next().is_some() {
            let state = ExecutionState::Finished { outcome: Outcome::Skipped(SkipReason::Paused), at: now };
            return self.insert_execution(&new_execution(job, id, trigger, None, state, now), now);
        }
        let admission = self.admission(job, job.policy.overlap)?;
        let state = state_of(admission, now, now);
        self.admit(job, new_execution(job, id, trigger, None, state, now), admission, now).map(drop)
    }

    fn downstream_of(&self, upstream: JobId, limit: usize) -> Result<Vec<JobId>, Fault> {
        let upstream = upstream.bits();
        let rows = self.rows(DOWNSTREAM, (upstream, 0)..=(upstream, u128::MAX), limit)?;
        Ok(rows.into_iter().map(|((_, job), ())| JobId::from_bits(job)).collect())
    }

    fn noted(&self, job: JobId) -> Result<Vec<NotedRow>, Fault> {
        self.rows(NOTED, (job.bits(), 0)..=(job.bits(), u128::MAX), usize::MAX)
    }
}
