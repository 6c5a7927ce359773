//! Dependencies: a job that runs when others have ended.
//!
//! ```text
//!  upstream ends as asked ──▶ ANY: the job runs
//!                        └──▶ ALL: noted, until every upstream is; then the job runs, and noting begins anew
//! ```
//!
//! They are a further reason to run beside the schedule, never a condition on it. Jobs and what they depend on form a
//! graph without cycles, so that an end never comes round to itself.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::execution::{Outcome, SkipReason};
use crate::home::Home;
use crate::id::{ExecutionId, JobId, derived};
use crate::job::JobStatus;
use crate::time::Timestamp;

/// So many jobs one job may depend on.
pub const UPSTREAM_MAX: usize = 32;
/// So many jobs may depend on one job: they all start in the commit of its end.
pub const DOWNSTREAM_MAX: usize = 500;
/// So many jobs may stand above one job, so that looking for a cycle has an end.
pub const ABOVE_MAX: usize = 10_000;

/// What a job depends on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Dependencies {
    /// Its upstream jobs, 1 to [`UPSTREAM_MAX`] different ones.
    pub jobs: Vec<JobId>,
    /// Whether all of them must have ended, or one is enough.
    #[serde(default)]
    pub mode: DependencyMode,
    /// How they must have ended.
    #[serde(default)]
    pub on: DependencyOn,
}

/// How many upstream jobs must have ended.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum DependencyMode {
    /// Each, since the job last ran for them.
    #[default]
    All,
    /// One: each end that counts starts an execution of its own.
    Any,
}

/// Which ends count.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum DependencyOn {
    /// COMPLETED.
    #[default]
    Success,
    /// FAILED, for whatever reason.
    Failure,
    /// PARTIAL.
    Partial,
    /// Each of these, and SKIPPED for want of activity: it ran, whatever came of it.
    Any,
}

impl DependencyOn {
    /// Whether an execution that ended as `outcome` counts. What a person cancelled and what never ran counts for nothing.
    pub fn counts(self, outcome: Outcome) -> bool {
        match outcome {
            Outcome::Completed => matches!(self, Self::Success | Self::Any),
            Outcome::Partial => matches!(self, Self::Partial | Self::Any),
            Outcome::Failed => matches!(self, Self::Failure | Self::Any),
            Outcome::Skipped(SkipReason::NoActivity) => self == Self::Any,
            Outcome::Skipped(
                SkipReason::Overlap
                | SkipReason::Paused
                | SkipReason::Concurrency
                | SkipReason::Excluded
                | SkipReason::Condition,
            )
            | Outcome::Missed(_)
            | Outcome::Cancelled => false,
        }
    }
}

/// Why a job cannot depend on what it was asked to depend on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DependencyRefusal {
    /// It would depend on itself.
    #[error("the job would depend on itself: {}", way(path))]
    Cycle {
        /// The job, what it would depend on, what that depends on, and so on up to the job again.
        path: Vec<JobId>,
    },
    /// An upstream job is not there, or cancelled for good.
    #[error("{job} is not there, or cancelled for good")]
    Gone {
        /// The upstream job.
        job: JobId,
    },
    /// Too many jobs depend on one already.
    #[error("{DOWNSTREAM_MAX} jobs depend on {job} already")]
    Crowded {
        /// The upstream job.
        job: JobId,
    },
    /// Too many jobs stand above it.
    #[error("more than {ABOVE_MAX} jobs stand above the job")]
    TooLarge,
}

fn way(path: &[JobId]) -> String {
    path.iter().map(JobId::to_string).collect::<Vec<_>>().join(" → ")
}

/// Looks for a way from `upstream` up to `job`, which would then depend on itself.
///
/// # Errors
/// What `upstream_of` returns.
pub fn refuse_cycle<E>(
    job: JobId,
    upstream: &[JobId],
    mut upstream_of: impl FnMut(JobId) -> Result<Vec<JobId>, E>,
) -> Result<Option<DependencyRefusal>, E> {
    // Each job above, with the one below it by which it was found.
    let mut below: BTreeMap<JobId, JobId> = BTreeMap::new();
    let mut open: Vec<(JobId, JobId)> = upstream.iter().rev().map(|above| (*above, job)).collect();
    while let Some((above, under)) = open.pop() {
        if above == job {
            let mut path = vec![job];
            // The way back down ends at the job, which nothing was found below.
            path.extend(std::iter::successors(Some(under), |at| below.get(at).copied()));
            path.reverse();
            return Ok(Some(DependencyRefusal::Cycle { path }));
        }
        if below.contains_key(&above) {
            continue;
        }
        below.insert(above, under);
        if below.len() > ABOVE_MAX {
            return Ok(Some(DependencyRefusal::TooLarge));
        }
        open.extend(upstream_of(above)?.into_iter().rev().map(|next| (next, above)));
    }
    Ok(None)
}

/// A job that is above or below another one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkedJob {
    /// The job.
    pub job: JobId,
    /// What people call it.
    pub name: String,
    /// Where it is at home.
    pub home: Home,
    /// Its own status.
    pub status: JobStatus,
    /// When it was cancelled for good: it then never ends again.
    pub cancelled_at: Option<Timestamp>,
    /// Above a job that waits for all: the end that is noted for the next execution.
    pub noted: Option<ExecutionId>,
}

/// The jobs next to one in the graph.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct JobLinks {
    /// What it depends on, in the order it names them.
    pub upstream: Vec<LinkedJob>,
    /// What depends on it, oldest first; cancelled jobs depend on nothing.
    pub downstream: Vec<LinkedJob>,
}

impl ExecutionId {
    /// Returns the id of the execution of `job` that follows the ends of `upstream`: the same ends give the same one.
    pub fn following(now: Timestamp, job: JobId, upstream: &[Self]) -> Self {
        let ids = std::iter::once(job.bits()).chain(upstream.iter().map(|id| id.bits()));
        let parts: Vec<u8> = ids.flat_map(u128::to_be_bytes).collect();
        Self::from_bits(derived(now, "dependency", &parts))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::execution::MissReason;

    #[test]
    fn an_end_counts_for_what_it_is() {
        use DependencyOn as On;
        // The outcome, and whether it counts for SUCCESS, FAILURE, PARTIAL and ANY.
        let cases = [
            (Outcome::Completed, [true, false, false, true]),
            (Outcome::Partial, [false, false, true, true]),
            (Outcome::Failed, [false, true, false, true]),
            (Outcome::Skipped(SkipReason::NoActivity), [false, false, false, true]),
            (Outcome::Skipped(SkipReason::Overlap), [false; 4]),
            (Outcome::Skipped(SkipReason::Paused), [false; 4]),
            (Outcome::Missed(MissReason::Down), [false; 4]),
            (Outcome::Cancelled, [false; 4]),
        ];
        for (outcome, counts) in cases {
            let found = [On::Success, On::Failure, On::Partial, On::Any].map(|on| on.counts(outcome));
            assert_eq!(found, counts, "{outcome:?}");
        }
    }

    fn id(n: u128) -> JobId {
        JobId::from_bits(n)
    }

    /// Checks what is found when `job` is to depend on `upstream`, where each pair of `edges` is a job and what it depends on.
    #[track_caller]
    fn check(edges: &[(u128, u128)], job: u128, upstream: &[u128], path: Option<&[u128]>) {
        let above = |of: JobId| {
            let found = edges.iter().filter(|(below, _)| id(*below) == of).map(|(_, above)| id(*above));
            Ok::<_, ()>(found.collect())
        };
        let upstream: Vec<JobId> = upstream.iter().copied().map(id).collect();
        let found = refuse_cycle(id(job), &upstream, above).expect("nothing fails");
        let wanted =
            path.map(|path| DependencyRefusal::Cycle { path: path.iter().copied().map(id).collect() });
        assert_eq!(found, wanted);
    }

    #[test]
    fn a_cycle_is_found_with_its_way() {
        check(&[], 1, &[2], None);
        check(&[], 1, &[1], Some(&[1, 1]));
        check(&[(2, 1)], 1, &[2], Some(&[1, 2, 1]));
        check(&[(2, 3), (3, 1)], 1, &[4, 2], Some(&[1, 2, 3, 1]));
        // A diamond is no cycle.
        check(&[(2, 4), (3, 4)], 1, &[2, 3], None);
        check(&[(2, 4), (3, 4), (4, 5), (5, 1)], 1, &[2, 3], Some(&[1, 2, 4, 5, 1]));
        // A cycle that does not hold the job cannot have been stored; the search ends all the same.
        check(&[(2, 3), (3, 2)], 1, &[2], None);
    }

    #[test]
    fn looking_has_an_end() {
        let above = |of: JobId| Ok::<_, ()>(vec![id(of.bits() + 1)]);
        let found = refuse_cycle(id(0), &[id(1)], above);
        assert_eq!(found, Ok(Some(DependencyRefusal::TooLarge)));
    }

    #[test]
    fn the_same_ends_have_the_same_execution() {
        let at = crate::time::from_unix_ms(1_800_000_000_000);
        let (one, other) = (ExecutionId::from_bits(1), ExecutionId::from_bits(2));
        let made = ExecutionId::following(at, id(7), &[one, other]);
        assert_eq!(made, ExecutionId::following(at, id(7), &[one, other]));
        assert_ne!(made, ExecutionId::following(at, id(8), &[one, other]));
        assert_ne!(made, ExecutionId::following(at, id(7), &[one]));
    }
}
