//! What follows the end of an execution in a store of plain maps.

use dateline_core::dependency::{DependencyMode, DependencyRefusal, JobLinks, LinkedJob, refuse_cycle};
use dateline_core::execution::{Execution, ExecutionState, Outcome, SkipReason, Trigger};
use dateline_core::id::{ExecutionId, JobId};
use dateline_core::job::Job;
use dateline_core::store::StoreError;
use dateline_core::time::Timestamp;

use super::{Model, Res, fresh};

impl Model {
    pub(super) fn check_dependencies(&self, stored: Option<&Job>, job: &Job) -> Res<()> {
        let known = stored.and_then(|stored| stored.depends_on.clone());
        let Some(wanted) = job.depends_on.clone().filter(|_| job.depends_on != known) else { return Ok(()) };
        for upstream in &wanted.jobs {
            let is_known = known.as_ref().is_some_and(|known| known.jobs.contains(upstream));
            let is_there = self.jobs.get(upstream).is_some_and(|it| it.job.cancelled_at.is_none());
            if !is_known && !is_there {
                return Err(DependencyRefusal::Gone { job: *upstream }.into());
            }
        }
        let above = |id: JobId| Ok::<_, StoreError>(self.above(id));
        refuse_cycle(job.id, &wanted.jobs, above)?.map_or(Ok(()), |refusal| Err(refusal.into()))
    }

    fn above(&self, id: JobId) -> Vec<JobId> {
        let depends_on = self.jobs.get(&id).and_then(|entry| entry.job.depends_on.clone());
        depends_on.map(|it| it.jobs).unwrap_or_default()
    }

    pub(super) fn forget_noted(&mut self, job: JobId) {
        self.noted.retain(|(of, _), _| *of != job);
    }

    pub(super) fn follow(&mut self, ended: &Execution) {
        let ExecutionState::Finished { outcome, at: now } = ended.state else { return };
        let jobs: Vec<Job> = self.jobs.values().map(|entry| entry.job.clone()).collect();
        for job in jobs {
            let Some(depends_on) = job.depends_on.clone().filter(|it| it.jobs.contains(&ended.job)) else {
                continue;
            };
            if !job.is_live() || !depends_on.on.counts(outcome) {
                continue;
            }
            let ends = match depends_on.mode {
                DependencyMode::Any => vec![ended.id],
                DependencyMode::All => {
                    self.noted.insert((job.id, ended.job), ended.id);
                    let ends = depends_on.jobs.iter().map(|it| self.noted.get(&(job.id, *it)).copied());
                    let Some(ends) = ends.collect::<Option<Vec<ExecutionId>>>() else { continue };
                    self.forget_noted(job.id);
                    ends
                }
            };
            self.start_follower(&job, ends, now);
        }
    }

    fn start_follower(&mut self, job: &Job, ends: Vec<ExecutionId>, now: Timestamp) {
        let id = ExecutionId::following(now, job.id, &ends);
        let trigger = Trigger::Dependency { of: ends };
        let queued = ExecutionState::Queued { since: now, ready_at: now };
        let mut follower = fresh(job, id, trigger, None, queued, now);
        let skipped = |outcome| ExecutionState::Finished { outcome, at: now };
        if self.pauses(job).in_force(now).next().is_some() {
            follower.state = skipped(Outcome::Skipped(SkipReason::Paused));
        } else {
            let admission = self.admission(job, job.policy.overlap);
            follower.concurrency = self.bound(job, &job.payload);
            if let Some(outcome) = self.refusal(job, admission, &job.payload) {
                follower.state = skipped(outcome);
            } else {
                self.make_way_for_key(job, &job.payload, id, now).expect("open ones can make way");
                self.make_way(job.id, admission, id, now).expect("open ones can make way");
            }
        }
        self.executions.insert(id, follower);
        self.settle_gates();
        self.events += 1;
    }

    /// Returns the jobs next to one.
    pub(crate) fn links(&self, id: JobId) -> JobLinks {
        let linked = |other: JobId| {
            let view = self.view(other);
            LinkedJob {
                job: other,
                name: view.job.name,
                home: view.job.home,
                status: view.status,
                cancelled_at: view.job.cancelled_at,
                noted: self.noted.get(&(id, other)).copied(),
            }
        };
        let is_below =
            |other: &JobId| self.jobs[other].job.cancelled_at.is_none() && self.above(*other).contains(&id);
        JobLinks {
            // What was cancelled long ago is forgotten, also by those that name it.
            upstream: self
                .above(id)
                .into_iter()
                .filter(|it| self.jobs.contains_key(it))
                .map(linked)
                .collect(),
            downstream: self.jobs.keys().copied().filter(is_below).map(linked).collect(),
        }
    }
}
