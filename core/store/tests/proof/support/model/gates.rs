//! Concurrency keys in a store of plain maps.

use dateline_core::execution::{Execution, ExecutionEvent, ExecutionState, Outcome, SkipReason};
use dateline_core::home::Home;
use dateline_core::id::ExecutionId;
use dateline_core::job::{Job, Payload};
use dateline_core::overlap::Admission;
use dateline_core::queue::{BoundConcurrency, KeyVariables, OnLimit};
use dateline_core::store::{Entry, Fired, PlannedRun};
use dateline_core::time::Timestamp;

use super::{Model, Res};

impl Model {
    pub(super) fn bound(&self, job: &Job, payload: &Payload) -> Option<BoundConcurrency> {
        let owner = match job.home {
            Home::Project(id) => self.projects.get(&id)?.owner,
            Home::Person(user) => user,
        };
        let told = serde_json::to_value(payload).expect("JSON");
        let (home, job_type) = (job.home, job.job_type().name());
        let variables = KeyVariables { home, job: job.id, job_type, payload: &told["payload"] };
        Some(job.policy.concurrency.as_ref()?.bind(owner, &variables))
    }

    /// Lets a planned run in, with those who make way for it; returns how it ends when it is not let in.
    pub(super) fn let_in(
        &mut self,
        job: &Job,
        run: &PlannedRun,
        fired: &mut Fired,
        now: Timestamp,
    ) -> Res<Option<Outcome>> {
        let admission = match run.entry {
            Entry::ByPolicy => self.admission(job, job.policy.overlap),
            Entry::InLine => Admission::Queue,
            Entry::Ask { .. } => {
                self.cover_questions(job.id, run.id, now)?;
                return Ok(None);
            }
        };
        if let Some(outcome) = self.refusal(job, admission, &job.payload) {
            return Ok(Some(outcome));
        }
        fired.has_replaced |= self.make_way_for_key(job, &job.payload, run.id, now)?;
        fired.has_replaced |= matches!(admission, Admission::Replace(_));
        self.make_way(job.id, admission, run.id, now)?;
        self.cover_questions(job.id, run.id, now)?;
        fired.queued.push(run.id);
        Ok(None)
    }

    /// Returns why a new execution is skipped, if it is.
    pub(super) fn refusal(&self, job: &Job, admission: Admission, payload: &Payload) -> Option<Outcome> {
        if admission == Admission::Skip {
            return Some(Outcome::Skipped(SkipReason::Overlap));
        }
        let policy = job.policy.concurrency.as_ref().filter(|policy| policy.on_limit == OnLimit::Drop)?;
        let is_taken = self.with_key(&self.bound(job, payload)?).count() >= policy.limit as usize;
        is_taken.then_some(Outcome::Skipped(SkipReason::Concurrency))
    }

    /// Cancels the oldest of the job's project with its key that are too many; says whether there were any.
    pub(super) fn make_way_for_key(
        &mut self,
        job: &Job,
        payload: &Payload,
        newer: ExecutionId,
        now: Timestamp,
    ) -> Res<bool> {
        let policy = job.policy.concurrency.as_ref().filter(|policy| policy.on_limit == OnLimit::Replace);
        let (Some(policy), Some(bound)) = (policy, self.bound(job, payload)) else { return Ok(false) };
        let is_leaving = |one: &&Execution| matches!(one.state, ExecutionState::Cancelling { .. });
        let all: Vec<Execution> = self.with_key(&bound).filter(|one| !is_leaving(one)).cloned().collect();
        let beyond = (all.len() + 1).saturating_sub(policy.limit as usize);
        let own: Vec<_> = all.into_iter().filter(|one| one.lane() == job.lane()).take(beyond).collect();
        let has_replaced = !own.is_empty();
        for mut execution in own {
            execution.state = execution.state.after(ExecutionEvent::CancelRequested, now)?;
            execution.superseded_by = Some(newer);
            self.change(execution);
        }
        Ok(has_replaced)
    }

    /// Returns what runs or is in line with a key, in the order of ids.
    fn with_key(&self, bound: &BoundConcurrency) -> impl Iterator<Item = &Execution> {
        let same = |one: &Execution| {
            one.concurrency
                .as_ref()
                .is_some_and(|other| (&other.owner, &other.key) == (&bound.owner, &bound.key))
        };
        self.executions.values().filter(move |one| {
            let is_there = one.state.lease().is_some() || self.in_line(one).is_some();
            is_there && same(one)
        })
    }

    /// Returns since when an execution is ready, when it is.
    pub(super) fn in_line(&self, execution: &Execution) -> Option<Timestamp> {
        match execution.state {
            ExecutionState::Queued { since, ready_at } if !self.paced.contains(&execution.id) => {
                Some(since.max(ready_at))
            }
            _ => None,
        }
    }

    /// Lets through whoever may pass now: of each key the first in line, as long as too few run.
    pub(super) fn settle_gates(&mut self) {
        while let Some(id) = self.next_through() {
            self.offered.insert(id);
        }
    }

    fn next_through(&self) -> Option<ExecutionId> {
        let waits = |one: &&Execution| one.concurrency.is_some() && !self.offered.contains(&one.id);
        let waiting =
            self.executions.values().filter(waits).filter_map(|one| Some((self.in_line(one)?, one)));
        let mut waiting: Vec<_> = waiting.collect();
        waiting.sort_by_key(|(since, one)| (*since, one.id));
        let is_first = |index: usize, one: &Execution| {
            !waiting[..index].iter().any(|(_, other)| key_of(other) == key_of(one))
        };
        let passes = |one: &Execution| {
            let bound = one.concurrency.as_ref().expect("it has one");
            let through = self
                .with_key(bound)
                .filter(|other| other.state.lease().is_some() || self.offered.contains(&other.id));
            through.count() < bound.limit as usize
        };
        let first = waiting.iter().enumerate().find(|(index, (_, one))| is_first(*index, one) && passes(one));
        first.map(|(_, (_, one))| one.id)
    }
}

fn key_of(execution: &Execution) -> Option<(u128, &str)> {
    execution.concurrency.as_ref().map(|bound| (bound.owner.bits(), bound.key.as_str()))
}
