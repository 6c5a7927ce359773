//! What a job type sees of its attempt: recorded steps, a log, and orders from outside.

use std::any::Any;
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Poll;
use std::time::Duration;

use dateline_core::execution::{
    Failure, FailureClass, Items, LogLevel, StepRecord, StepResult, WAITING_MAX, Wait,
};
use dateline_core::mistake::{Mistake, is_made};
use dateline_core::retry::Failed;
use dateline_core::store::{Claimed, CursorMove, DraftWrite, StepCommit, StoreError, SyncCommit};
use dateline_core::time::{Timestamp, rfc3339};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::sync::watch;
use tracing::Instrument;

use super::ending::Halt;
use super::journal::Journal;
use super::order::Order;
use super::recording::{Recorded, record};
use crate::shared::Shared;

/// An attempt under way. Steps that are recorded as done are never run again: their results are read instead.
pub(crate) struct Run {
    pub(crate) shared: Arc<Shared>,
    pub(crate) claimed: Claimed,
    pub(crate) journal: Journal,
    pub(super) orders: watch::Receiver<Order>,
    recorded: Mutex<BTreeMap<String, StepResult>>,
    reached: Mutex<Reached>,
    /// Set when the attempt is cut off: blocking work asks for it.
    pub(super) is_cut_off: AtomicBool,
    /// Counts the signs of life of the step under way.
    beats: AtomicU64,
}

/// What an execution has come to so far: what counts when its attempt is cut off.
#[derive(Debug, Clone)]
pub(crate) struct Reached {
    pub(crate) items: Items,
    pub(crate) output: serde_json::Value,
}

/// What a step came to, with what is committed along with it.
pub(crate) struct Done<T> {
    pub(crate) output: T,
    pub(crate) draft: Option<DraftWrite>,
    pub(crate) cursors: Vec<CursorMove>,
    pub(crate) sync: Option<SyncCommit>,
}

impl<T> Done<T> {
    pub(crate) fn of(output: T) -> Self {
        Self { output, draft: None, cursors: Vec::new(), sync: None }
    }
}

/// Why a step failed: whether trying again can help, and the error with its causes, outermost first.
#[derive(Debug)]
pub(crate) struct Fault {
    pub(crate) class: FailureClass,
    pub(crate) chain: Vec<String>,
    /// When the server that was asked takes requests again, if it said so.
    pub(crate) asked_until: Option<Timestamp>,
}

impl Fault {
    /// Describes `error` with its causes.
    pub(crate) fn new(class: FailureClass, error: &dyn std::error::Error) -> Self {
        let causes = std::iter::successors(Some(error), |error| error.source());
        let chain = causes.map(|error| super::journal::one_line(&error.to_string())).collect();
        Self { class, chain, asked_until: None }
    }

    /// Describes something that has no error of its own.
    pub(crate) fn said(class: FailureClass, what: &str) -> Self {
        Self { class, chain: vec![super::journal::one_line(what)], asked_until: None }
    }

    /// Describes a panic.
    pub(crate) fn panicked(panic: &(dyn Any + Send)) -> Self {
        let text = panic.downcast_ref::<&str>().copied();
        let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or_default();
        Self::said(FailureClass::Panic, &format!("the program itself failed: {text}"))
    }
}

impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Self {
        let class = match error {
            StoreError::NotFound(_) | StoreError::Damaged { .. } => FailureClass::Permanent,
            _ => FailureClass::Transient,
        };
        Self::new(class, &error)
    }
}

impl Run {
    /// Reads what earlier attempts recorded.
    pub(super) async fn open(
        shared: Arc<Shared>,
        claimed: Claimed,
        orders: watch::Receiver<Order>,
    ) -> Result<Self, StoreError> {
        let steps = shared.parts.store.steps(claimed.execution.id).await?;
        let is_forgotten = is_made(Mistake::DoneStepRunAgain);
        let steps = steps.into_iter().filter(|_| !is_forgotten);
        let recorded = steps.map(|step| (step.name, step.result)).collect();
        let execution = &claimed.execution;
        let attempt = execution.attempts.last().map_or(1, |attempt| attempt.number);
        let reached = Reached { items: execution.items, output: execution.output.clone() };
        Ok(Self {
            shared,
            journal: Journal::new(attempt),
            claimed,
            orders,
            recorded: Mutex::new(recorded),
            reached: Mutex::new(reached),
            is_cut_off: AtomicBool::new(false),
            beats: AtomicU64::new(0),
        })
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.shared.now()
    }

    /// The number of this attempt.
    pub(crate) fn attempt(&self) -> u32 {
        self.claimed.execution.attempts.last().map_or(1, |attempt| attempt.number)
    }

    pub(crate) fn info(&self, message: &str) {
        self.journal.say(self.now(), LogLevel::Info, message);
    }

    pub(crate) fn warn(&self, message: &str) {
        self.journal.say(self.now(), LogLevel::Warn, message);
    }

    pub(crate) fn error(&self, message: &str) {
        self.journal.say(self.now(), LogLevel::Error, message);
    }

    /// Notes what the execution has come to so far.
    pub(crate) fn reach(&self, reached: Reached) {
        *self.reached.lock().unwrap_or_else(PoisonError::into_inner) = reached;
    }

    /// Returns what the execution has come to so far.
    pub(super) fn reached(&self) -> Reached {
        self.reached.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Whether work that cannot be kept in parts should end now.
    pub(crate) fn is_stopped(&self) -> bool {
        self.is_cut_off.load(Ordering::Relaxed) || self.orders.borrow().is_urgent()
    }

    /// Resolves when somebody wants the attempt to stop at once, whatever it does.
    pub(crate) async fn cancelled(&self) {
        let mut orders = self.orders.clone();
        let is_over = |order: &Order| matches!(order, Order::Cancel | Order::Lost);
        // Without anybody to give orders the attempt is about to be dropped.
        if orders.wait_for(is_over).await.is_err() {
            std::future::pending().await
        }
    }

    /// Returns why a step failed for good in an earlier attempt: trying it again cannot help.
    pub(crate) fn given_up(&self, name: &str) -> Option<Failure> {
        match self.recorded().get(name) {
            Some(StepResult::Failed { failure }) if !failure.class.can_retry() => Some(failure.clone()),
            Some(StepResult::Failed { .. } | StepResult::Done { .. }) | None => None,
        }
    }

    /// Returns when another attempt follows if this one fails so; `None` when none can help or none is left.
    pub(crate) fn next_try(&self, failure: &Failure, now: Timestamp) -> Option<Timestamp> {
        let execution = &self.claimed.execution;
        let failed = Failed {
            failures: execution.failures() + 1,
            first_started_at: execution.started_at.unwrap_or(now),
            retry_after: failure.retry_after,
            now,
        };
        let retry = &self.claimed.job.policy.retry;
        retry.next_at(&failed, &*self.shared.parts.entropy).filter(|_| failure.class.can_retry())
    }

    /// Gives a sign of life of a step that [declared](Run::step_with_heartbeat) to give some.
    pub(crate) fn beat(&self) {
        self.beats.fetch_add(1, Ordering::Relaxed);
    }

    /// Returns what step `name` came to: from its record when it is done, else by doing `work` and recording it.
    pub(crate) async fn step<T, W>(&self, name: &str, work: W) -> Result<T, Halt>
    where
        T: Serialize + DeserializeOwned,
        W: Future<Output = Result<Done<T>, Fault>>,
    {
        self.boundary()?;
        if let Some(output) = self.take_done(name) {
            return output;
        }
        self.journal.enter(Some(name));
        let started_at = self.now();
        let result =
            self.within_timeout(name, work).instrument(tracing::info_span!("step", step = name)).await;
        let halt = match result {
            Ok(done) => self.record_done(name, started_at, done).await,
            // What ended because it was told to has not failed.
            Err(_) if self.is_stopped() => Err(self.boundary().err().unwrap_or(Halt::Yielded)),
            Err(fault) => match self.wait_for(&fault) {
                Some(wait) => Err(Halt::Waiting(wait)),
                None => Err(self.record_failed(name, started_at, fault).await),
            },
        };
        self.journal.enter(None);
        halt
    }

    /// As [`Run::step`], for work that [gives signs of life](Run::beat) while it runs: when none comes for longer than
    /// the job allows, the step has stalled.
    pub(crate) async fn step_with_heartbeat<T, W>(&self, name: &str, work: W) -> Result<T, Halt>
    where
        T: Serialize + DeserializeOwned,
        W: Future<Output = Result<Done<T>, Fault>>,
    {
        self.step(name, self.while_alive(name, work)).await
    }

    /// Returns how long to wait when that is all a failed step needs; `None` when waiting has gone on for too long.
    fn wait_for(&self, fault: &Fault) -> Option<Wait> {
        if fault.class != FailureClass::RateLimited {
            return None;
        }
        let (now, mut waits) = (self.now(), self.claimed.execution.waits());
        let earlier = u32::try_from(waits.len()).unwrap_or(u32::MAX);
        let since = waits.next().and_then(|first| first.ended_at);
        if since.is_some_and(|since| (now - since).to_std().unwrap_or_default() >= WAITING_MAX) {
            return None;
        }
        let wait = Wait::for_rate_limit(fault.asked_until, earlier, now);
        self.warn(&format!("{}; waits until {}", fault.chain.join(": "), rfc3339(wait.until)));
        Some(wait)
    }

    /// Whether the attempt may go on to its next step.
    fn boundary(&self) -> Result<(), Halt> {
        match *self.orders.borrow() {
            Order::GoOn => Ok(()),
            Order::Pause | Order::Cancel | Order::Stop => Err(Halt::Yielded),
            Order::Lost => Err(Halt::Lost),
        }
    }

    async fn within_timeout<T>(
        &self,
        name: &str,
        work: impl Future<Output = Result<Done<T>, Fault>>,
    ) -> Result<Done<T>, Fault> {
        let limit = self.claimed.job.policy.timeouts.step;
        tokio::time::timeout(limit, caught(work)).await.unwrap_or_else(|_| {
            let what = format!("step `{name}` took longer than {} s", limit.as_secs_f64());
            Err(Fault::said(FailureClass::TimeoutStep, &what))
        })
    }

    /// Does `work` for as long as it gives signs of life.
    async fn while_alive<T>(
        &self,
        name: &str,
        work: impl Future<Output = Result<Done<T>, Fault>>,
    ) -> Result<Done<T>, Fault> {
        let limit = self.claimed.job.policy.timeouts.heartbeat;
        tokio::select! {
            biased;
            result = work => result,
            () = self.silence(limit) => {
                let what = format!("step `{name}` gave no sign of life for {} s", limit.as_secs_f64());
                Err(Fault::said(FailureClass::Stalled, &what))
            }
        }
    }

    /// Resolves when no sign of life has come for `limit`, or an eighth of it longer: signs are counted, not waited for,
    /// since a scan gives one for each commit.
    async fn silence(&self, limit: Duration) {
        let look = limit / 8;
        let (mut seen, mut silent) = (self.beats.load(Ordering::Relaxed), Duration::ZERO);
        while silent < limit {
            tokio::time::sleep(look).await;
            let beats = self.beats.load(Ordering::Relaxed);
            silent = if beats == seen { silent + look } else { Duration::ZERO };
            seen = beats;
        }
    }

    async fn record_done<T: Serialize + DeserializeOwned>(
        &self,
        name: &str,
        started_at: Timestamp,
        done: Done<T>,
    ) -> Result<T, Halt> {
        let Done { output, draft, cursors, sync } = done;
        let value = match serde_json::to_value(&output) {
            Ok(value) => value,
            Err(error) => {
                let fault = Fault::new(FailureClass::Permanent, &error);
                return Err(self.record_failed(name, started_at, fault).await);
            }
        };
        let mut commit = self.commit(name, started_at, StepResult::Done { output: value });
        (commit.draft, commit.cursors, commit.sync) = (draft, cursors, sync);
        match record(&self.shared, commit).await {
            Ok(Recorded::Now) => Ok(output),
            Ok(Recorded::Before(earlier)) => self.read(name, &earlier),
            Err(StoreError::StaleLease) => Err(Halt::Lost),
            // The next attempt takes this step up again and finds that its window is written.
            Err(StoreError::CursorMoved { .. }) => {
                self.info("another execution wrote this window at the same time");
                Err(Halt::Yielded)
            }
            Err(error) => Err(Halt::Failed(self.failure(name, Fault::from(error)))),
        }
    }

    async fn record_failed(&self, name: &str, started_at: Timestamp, fault: Fault) -> Halt {
        let failure = self.failure(name, fault);
        self.error(&failure.chain.join(": "));
        let commit = self.commit(name, started_at, StepResult::Failed { failure: failure.clone() });
        match record(&self.shared, commit).await {
            Ok(_) => Halt::Failed(failure),
            Err(StoreError::StaleLease) => Halt::Lost,
            Err(error) => Halt::Failed(self.failure(name, Fault::from(error))),
        }
    }

    fn commit(&self, name: &str, started_at: Timestamp, result: StepResult) -> StepCommit {
        let now = self.now();
        StepCommit {
            lease: self.claimed.lease,
            step: StepRecord {
                name: name.to_owned(),
                attempt: self.attempt(),
                started_at,
                // The wall clock may have been set back meanwhile.
                finished_at: now.max(started_at),
                result,
                copied_from: None,
            },
            logs: self.journal.take(),
            draft: None,
            cursors: Vec::new(),
            sync: None,
            now,
        }
    }

    fn take_done<T: DeserializeOwned>(&self, name: &str) -> Option<Result<T, Halt>> {
        let mut recorded = self.recorded();
        if !matches!(recorded.get(name), Some(StepResult::Done { .. })) {
            return None;
        }
        // Each result is read once; a large one then is not kept twice.
        let result = recorded.remove(name);
        drop(recorded);
        match result {
            Some(StepResult::Done { output }) => Some(self.read(name, &output)),
            Some(StepResult::Failed { .. }) | None => None,
        }
    }

    fn read<T: DeserializeOwned>(&self, name: &str, output: &serde_json::Value) -> Result<T, Halt> {
        T::deserialize(output).map_err(|error| {
            let fault = Fault::new(FailureClass::Permanent, &error);
            Halt::Failed(self.failure(name, fault))
        })
    }

    fn failure(&self, name: &str, fault: Fault) -> Failure {
        let Fault { class, chain, asked_until: retry_after } = fault;
        Failure { class, step: Some(name.to_owned()), chain, retry_after }
    }

    fn recorded(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, StepResult>> {
        self.recorded.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Makes a failure of a panic, so that it costs its step and not the attempt. What panicked is not polled again.
async fn caught<T>(work: impl Future<Output = Result<Done<T>, Fault>>) -> Result<Done<T>, Fault> {
    let mut work = std::pin::pin!(work);
    std::future::poll_fn(|context| {
        let polled = catch_unwind(AssertUnwindSafe(|| work.as_mut().poll(context)));
        polled.unwrap_or_else(|panic| Poll::Ready(Err(Fault::panicked(&*panic))))
    })
    .await
}
