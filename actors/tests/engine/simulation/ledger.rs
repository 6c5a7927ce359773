//! What the engine acknowledged: kept apart from it, as its callers would.

use std::collections::{BTreeMap, BTreeSet};

use dateline_core::id::{ExecutionId, JobId, ProjectId};
use dateline_core::job::Job;
use dateline_core::store::RequestKey;
use dateline_core::time::Timestamp;

use super::rule::Rule;

/// All that was acknowledged, and what nobody knows.
#[derive(Default)]
pub(super) struct Ledger {
    /// By their names, which are those of their repositories.
    pub(super) projects: BTreeMap<ProjectId, String>,
    pub(super) jobs: BTreeMap<JobId, Known>,
    /// Executions somebody asked for.
    pub(super) manual: BTreeMap<ExecutionId, JobId>,
    /// How many were asked for without an answer.
    pub(super) unsure_manual: BTreeMap<JobId, u64>,
    /// Jobs whose creation had no answer.
    pub(super) unsure_jobs: Vec<Rule>,
    /// Requests under keys that had no answer and are sent again.
    pub(super) unsure_keys: Vec<Keyed>,
    /// Executions that were acknowledged as ended.
    pub(super) ended: BTreeSet<ExecutionId>,
    /// The latest the wall clock ever showed.
    pub(super) high: Timestamp,
}

/// A request under a key.
#[derive(Clone)]
pub(super) struct Keyed {
    pub(super) key: RequestKey,
    pub(super) job: JobId,
}

/// A job as it was last acknowledged.
pub(super) struct Known {
    pub(super) job: Job,
    pub(super) rule: Rule,
    /// When which rule named occurrences.
    pub(super) spans: Vec<Span>,
    /// A change had no answer; with the rule it would have brought.
    pub(super) unsure: Option<Rule>,
}

/// A time in which a rule names occurrences: after `from`, up to `to`.
#[derive(Debug, Clone)]
pub(super) struct Span {
    pub(super) rule: Rule,
    pub(super) from: Timestamp,
    /// What is due later than this must have a record; what is due before may, since the clock was set back.
    pub(super) sure_from: Timestamp,
    /// What is due up to the first must have a record, up to the second may; open at present without.
    pub(super) to: Option<(Timestamp, Timestamp)>,
}

impl Ledger {
    /// The wall clock shows `now`.
    pub(super) fn see(&mut self, now: Timestamp) {
        self.high = self.high.max(now);
    }

    /// A job was created.
    pub(super) fn created(&mut self, job: Job, rule: Rule) {
        let from = job.created_at;
        let spans = if job.is_live() {
            vec![Span { rule: rule.clone(), from, sure_from: from, to: None }]
        } else {
            Vec::new()
        };
        self.jobs.insert(job.id, Known { job, rule, spans, unsure: None });
    }

    /// A job is found so at `now`; `rule` is what its schedule may have become.
    pub(super) fn changed(&mut self, job: Job, rule: &Rule, now: Timestamp) {
        // The change may have been on its way for a while, and the schedule before it served meanwhile.
        self.see(now);
        let high = self.high;
        let Some(known) = self.jobs.get_mut(&job.id) else { return };
        let before = &known.job;
        known.unsure = None;
        if job.schedule == rule.schedule() {
            known.rule = rule.clone();
        }
        if job.schedule != before.schedule || job.is_live() != before.is_live() {
            let at = job.cancelled_at.unwrap_or(job.updated_at);
            if let Some(last) = known.spans.last_mut().filter(|span| span.to.is_none()) {
                last.to = Some((at, at.max(high)));
            }
            if job.is_live() {
                let span = Span { rule: known.rule.clone(), from: at, sure_from: at.max(high), to: None };
                known.spans.push(span);
            }
        }
        known.job = job;
    }

    /// Returns what is wrong with a job as it is stored.
    pub(super) fn judge(&self, stored: &Job) -> Option<String> {
        let known = self.jobs.get(&stored.id)?;
        let told = &known.job;
        if known.unsure.is_some() {
            return None;
        }
        let is_same = stored.version >= told.version
            && stored.schedule == told.schedule
            && stored.is_enabled == told.is_enabled
            && stored.cancelled_at == told.cancelled_at
            && stored.policy == told.policy
            && stored.name == told.name;
        (!is_same).then(|| format!("{} was acknowledged as {told:?} and is {stored:?}", stored.id))
    }
}
