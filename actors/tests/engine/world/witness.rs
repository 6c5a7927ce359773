//! Sees what passes between the engine and its store, and says what must never be.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use dateline_actors::ManualClock;
use dateline_core::clock::Clock;
use dateline_core::execution::{Due, Execution, ExecutionStatus, LeaseKey};
use dateline_core::home::Lane;
use dateline_core::id::{ExecutionId, JobId};
use dateline_core::misfire::ON_TIME_TOLERANCE;
use dateline_core::overlap::BUFFER_MAX;
use dateline_core::policy::OverlapPolicy;
use dateline_core::store::{
    Claimed, CommitListener, Entry, ExecutionFilter, FireDue, Fired, PageRequest, Store,
};
use dateline_core::time::Timestamp;
use futures::FutureExt as _;

/// Watches every call, and remembers what it was told.
pub(crate) struct Witness {
    clock: Arc<ManualClock>,
    seen: Mutex<Seen>,
    is_traced: bool,
}

#[derive(Default)]
struct Seen {
    /// A hash of all calls, in their order and at their times.
    trace: u64,
    /// The newest epoch that was handed out.
    epochs: BTreeMap<ExecutionId, u64>,
    /// Steps that were acknowledged as done, and under which epoch.
    done: BTreeMap<(ExecutionId, String), u64>,
    /// When the last late run was planned, and when it might start.
    late: Option<(Timestamp, Timestamp)>,
    /// Whether the wall clock was ever set back: then a start may seem early.
    was_set_back: bool,
    /// Whether late runs must follow one another: nothing but the scheduler plans.
    is_paced: bool,
    /// Whether people pause and resume executions: one that is resumed need not wait for its spread.
    is_steered: bool,
    /// How many may run at most, when that is watched.
    limits: Option<Limits>,
    broken: Vec<String>,
}

/// How many may run at once.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    pub(crate) projects_max: u32,
    pub(crate) executions_max: u32,
}

impl Witness {
    pub(crate) fn new(clock: Arc<ManualClock>) -> Self {
        let is_traced = std::env::var_os("DATELINE_SIMULATION_TRACE").is_some();
        Self { clock, seen: Mutex::default(), is_traced }
    }

    /// From now on late runs must follow one another.
    pub(crate) fn expect_pace(&self) {
        self.with(|seen| seen.is_paced = true);
    }

    /// From now on people steer executions.
    pub(crate) fn expect_steering(&self) {
        self.with(|seen| seen.is_steered = true);
    }

    /// From now on no more may run at once, and overlap policies must be kept.
    pub(crate) fn expect_limits(&self, limits: Limits) {
        self.with(|seen| seen.limits = Some(limits));
    }

    /// A new process: it knows nothing of the pace of the one before.
    pub(crate) fn begin_life(&self) {
        self.with(|seen| seen.late = None);
    }

    /// The wall clock was set back.
    pub(crate) fn set_back(&self) {
        self.with(|seen| {
            seen.was_set_back = true;
            seen.late = None;
        });
    }

    /// Returns the hash of all that was seen.
    pub(crate) fn trace(&self) -> u64 {
        self.with(|seen| seen.trace)
    }

    /// Returns what must never have been.
    pub(crate) fn broken(&self) -> Vec<String> {
        self.with(|seen| seen.broken.clone())
    }

    pub(super) fn called(&self, verb: &str, is_ok: bool) {
        let now = self.clock.now().timestamp_millis();
        if self.is_traced {
            println!("{} {verb} {is_ok}", self.clock.now());
        }
        self.with(|seen| {
            let bytes = verb.bytes().chain(now.to_le_bytes()).chain([u8::from(is_ok)]);
            // FNV-1a.
            seen.trace = bytes.fold(seen.trace, |hash, byte| {
                (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3).wrapping_add(1)
            });
        });
    }

    pub(super) fn fired(&self, plan: &FireDue) {
        self.with(|seen| {
            for run in &plan.runs {
                let effective_at = run.occurrence.effective_at;
                if run.ready_at < effective_at {
                    seen.broken.push(format!("{} may start before it is due", run.id));
                }
                let late_by = (plan.now - effective_at).to_std().unwrap_or_default();
                if !seen.is_paced || late_by <= ON_TIME_TOLERANCE {
                    continue;
                }
                if let Some((_, ready_at)) = seen.late
                    && run.ready_at - ready_at < chrono::TimeDelta::seconds(1)
                {
                    let after = run.ready_at - ready_at;
                    seen.broken.push(format!("{} starts {after} after another late one", run.id));
                }
                seen.late = Some((plan.now, run.ready_at));
            }
        });
    }

    pub(super) fn claimed(&self, claimed: &[Claimed]) {
        let now = self.clock.now();
        self.with(|seen| {
            for Claimed { lease, execution, .. } in claimed {
                let newest = seen.epochs.insert(lease.execution, lease.epoch);
                if newest.is_some_and(|newest| newest >= lease.epoch) {
                    seen.broken.push(format!("{} was claimed twice under one epoch", lease.execution));
                }
                if !execution.attempts.iter().map(|attempt| attempt.number).eq(1..=execution.epoch as u32) {
                    seen.broken.push(format!("the attempts of {} have holes", lease.execution));
                }
                let (_, earlier) = execution.attempts.split_last().expect("an attempt is under way");
                if earlier.iter().any(|attempt| attempt.ended_at.is_none()) {
                    seen.broken.push(format!("{} has two attempts under way", lease.execution));
                }
                let due = execution.due.as_ref();
                if let (Some(Due::Once(due)), Some(started_at)) = (due, execution.started_at)
                    && started_at.min(now) < (if seen.is_steered { due.due_at } else { due.effective_at })
                    && !seen.was_set_back
                {
                    seen.broken.push(format!("{} started before it was due", lease.execution));
                }
            }
        });
    }

    /// Some were claimed just now: no more may run than are allowed.
    pub(super) async fn check_limits(&self, store: &dyn Store) {
        let Some(limits) = self.with(|seen| seen.limits) else { return };
        let mut running: BTreeMap<Lane, u32> = BTreeMap::new();
        for status in [ExecutionStatus::Running, ExecutionStatus::Cancelling] {
            for execution in found(store, None, status).await {
                *running.entry(execution.lane()).or_default() += 1;
            }
        }
        let most = running.values().copied().max().unwrap_or(0);
        if running.len() as u32 > limits.projects_max || most > limits.executions_max {
            let broken = format!("{running:?} run at once, where {limits:?} hold");
            self.with(|seen| seen.broken.push(broken));
        }
    }

    /// A plan was carried out: what it queued was let in by the job's policy.
    pub(super) async fn check_overlap(&self, store: &dyn Store, plan: &FireDue, fired: &Fired) {
        let (is_watched, was_set_back) = self.with(|seen| (seen.limits.is_some(), seen.was_set_back));
        // Who is older is not to be told after the clock was set back, nor what held once the job has changed.
        if !is_watched || was_set_back {
            return;
        }
        let Ok(view) = store.job(plan.job).await else { return };
        if view.job.version != plan.version {
            return;
        }
        let admitted = plan.runs.iter().filter(|run| run.entry == Entry::ByPolicy);
        for run in admitted.filter(|run| fired.queued.contains(&run.id)) {
            let mut open = Vec::new();
            for status in OPEN {
                open.extend(found(store, Some(plan.job), status).await);
            }
            open.retain(|other| other.id != run.id && other.created_at < plan.now);
            let waiting = open.iter().filter(|other| other.attempts.is_empty()).count();
            let is_kept = match view.job.policy.overlap {
                OverlapPolicy::Skip | OverlapPolicy::TerminateOther => open.is_empty(),
                OverlapPolicy::BufferOne => waiting == 0,
                OverlapPolicy::BufferAll => waiting < BUFFER_MAX,
                OverlapPolicy::CancelOther => {
                    open.iter().all(|other| other.state.status() == ExecutionStatus::Cancelling)
                }
                OverlapPolicy::AllowAll => true,
            };
            if !is_kept {
                let policy = view.job.policy.overlap;
                let others: Vec<_> = open.iter().map(|other| (other.id, other.state.status())).collect();
                let broken = format!("{} was let in under {policy:?} beside {others:?}", run.id);
                self.with(|seen| seen.broken.push(broken));
            }
        }
    }

    /// A worker has run a step and is about to say so.
    pub(super) fn step_ran(&self, lease: LeaseKey, name: &str, is_done: bool) {
        self.with(|seen| {
            let earlier = seen.done.get(&(lease.execution, name.to_owned())).copied();
            if is_done && earlier.is_some_and(|epoch| epoch < lease.epoch) {
                seen.broken.push(format!("`{name}` of {} was done and ran again", lease.execution));
            }
        });
    }

    pub(super) fn step_recorded(&self, lease: LeaseKey, name: String) {
        self.with(|seen| seen.done.insert((lease.execution, name), lease.epoch));
    }

    /// A worker's write was answered; `is_held` says whether its lease was in force just before.
    pub(super) fn wrote(&self, verb: &str, lease: LeaseKey, is_held: Option<bool>, is_ok: bool) {
        if is_ok && is_held == Some(false) {
            self.with(|seen| {
                let LeaseKey { execution, epoch } = lease;
                seen.broken.push(format!("{verb} under the lost epoch {epoch} of {execution} was taken"));
            });
        }
    }

    /// Returns a listener that also looks whether what it is told of can be read.
    pub(super) fn beside(
        self: &Arc<Self>,
        listener: Arc<dyn CommitListener>,
        store: &Arc<dyn Store>,
    ) -> Arc<dyn CommitListener> {
        Arc::new(Beside { witness: self.clone(), listener, store: Arc::downgrade(store) })
    }

    fn with<T>(&self, act: impl FnOnce(&mut Seen) -> T) -> T {
        act(&mut self.seen.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

const OPEN: [ExecutionStatus; 6] = [
    ExecutionStatus::Queued,
    ExecutionStatus::Running,
    ExecutionStatus::Retrying,
    ExecutionStatus::Waiting,
    ExecutionStatus::Paused,
    ExecutionStatus::Cancelling,
];

/// Returns the executions in a status, of one job or of all; none when the store cannot be read.
async fn found(store: &dyn Store, job: Option<JobId>, status: ExecutionStatus) -> Vec<Execution> {
    let filter = ExecutionFilter { job, status: Some(status), ..ExecutionFilter::default() };
    let page = PageRequest { limit: 1_000, after: None };
    store.executions(filter, page).await.map(|page| page.items).unwrap_or_default()
}

struct Beside {
    witness: Arc<Witness>,
    listener: Arc<dyn CommitListener>,
    /// It holds its listeners, and is to close with its life.
    store: Weak<dyn Store>,
}

impl CommitListener for Beside {
    fn committed(&self, newest: u64) {
        // Questions are answered at once where one thread does everything.
        if let Some(store) = self.store.upgrade()
            && let Some(Ok(readable)) = store.newest_event().now_or_never()
            && readable < newest
        {
            self.witness.with(|seen| seen.broken.push(format!("event {newest} was told before its commit")));
        }
        self.listener.committed(newest);
    }
}
