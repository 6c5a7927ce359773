//! What the dispatcher knows: its workers and the leases they hold.
//!
//! How many may run is for the store to judge, in the transaction that gives work: what is known here may be older.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use dateline_core::execution::LeaseKey;
use dateline_core::home::Lane;
use dateline_core::id::HolderId;
use dateline_core::mistake::{Mistake, is_made};
use dateline_core::store::{ClaimRequest, Claimed, Rescue, StoreError};
use dateline_core::time::Timestamp;
use ractor::{Actor, ActorCell, ActorRef};
use tokio::sync::oneshot;

use super::message::DispatcherMessage;
use crate::attempt::Order;
use crate::hints::Hint;
use crate::project_worker::{ProjectWorker, ProjectWorkerMessage, WorkerArguments};
use crate::shared::{Shared, later};

pub(super) const SWEEP: Duration = Duration::from_secs(1);

/// The most executions one claim takes: a bound on one commit. Where there are more, the next follows at once.
const CLAIMS_MAX: usize = 256;

pub(crate) struct DispatcherState {
    shared: Arc<Shared>,
    holder: HolderId,
    workers: BTreeMap<Lane, ActorRef<ProjectWorkerMessage>>,
    /// What is held; no lane stands here without a lease.
    held: BTreeMap<Lane, Vec<LeaseKey>>,
    /// When work was last asked for.
    claimed_at: Option<Timestamp>,
    /// The clocks at the last renewal.
    renewed: (Timestamp, Duration),
    /// The clocks when lapsed leases were last looked for.
    rescued: (Timestamp, Duration),
    /// Told when nothing is held any more; also closes the intake.
    stopping: Option<oneshot::Sender<()>>,
    is_closed: bool,
    is_store_failing: bool,
}

impl DispatcherState {
    /// Takes over from whoever held leases before.
    pub(super) async fn open(shared: Arc<Shared>) -> Result<Self, StoreError> {
        let clock = &shared.parts.clock;
        let (now, mono) = (clock.now(), clock.monotonic());
        let holder = HolderId::fresh(now, &*shared.parts.entropy);
        shared.hints.take(Hint::WorkQueued);
        shared.hints.take(Hint::LeasesChanged);
        let rescued = shared.parts.store.rescue(Rescue::AllButHolder(holder), now).await?;
        if !rescued.is_empty() {
            tracing::info!(executions = rescued.len(), "interrupted executions go on");
        }
        Ok(Self {
            shared,
            holder,
            workers: BTreeMap::new(),
            held: BTreeMap::new(),
            claimed_at: None,
            renewed: (now, mono),
            rescued: (now, mono),
            stopping: None,
            is_closed: false,
            is_store_failing: false,
        })
    }

    /// Does what messages should have told: renews, rescues and claims.
    pub(super) async fn sweep(&mut self, me: &ActorRef<DispatcherMessage>) {
        let ttl = self.shared.settings.lease_ttl;
        if self.has_passed(self.renewed, ttl / 3) {
            self.renew().await;
        }
        // Often enough for what lost its worker to go on within a lease and a third.
        if self.has_passed(self.rescued, ttl / 5) {
            self.rescued = (self.shared.now(), self.shared.parts.clock.monotonic());
            let rescued = self.shared.parts.store.rescue(Rescue::Expired, self.shared.now()).await;
            if let Some(rescued) = self.noted(rescued) {
                for execution in rescued {
                    tracing::warn!(%execution, "its lease lapsed; it goes on, or ends if that happens again and again");
                }
            }
        }
        if !is_made(Mistake::NoSweep) {
            self.claim(me).await;
        }
    }

    /// Claims as much as there are free places.
    pub(super) async fn claim(&mut self, me: &ActorRef<DispatcherMessage>) {
        self.shared.hints.take(Hint::WorkQueued);
        if self.is_closed {
            return;
        }
        let now = self.shared.now();
        let expires_at = later(now, self.shared.settings.lease_ttl);
        let projects_max = self.shared.settings.projects_max;
        // At the start it may have been set back while nothing ran.
        let is_clock_back = self.claimed_at.replace(now).is_none_or(|before| now < before);
        let (holder, limit) = (self.holder, CLAIMS_MAX);
        let request = ClaimRequest { holder, limit, projects_max, is_clock_back, expires_at, now };
        let claimed = self.shared.parts.store.claim(request).await;
        let claimed = self.noted(claimed).unwrap_or_default();
        if claimed.len() == CLAIMS_MAX {
            self.shared.hints.work_queued();
        }
        for claimed in claimed {
            self.hand_over(claimed, me).await;
        }
    }

    async fn hand_over(&mut self, claimed: Claimed, me: &ActorRef<DispatcherMessage>) {
        let (lane, lease) = (claimed.execution.lane(), claimed.lease);
        self.tell_of_losses(&claimed).await;
        let worker = match self.workers.get(&lane) {
            Some(worker) => worker.clone(),
            None => {
                let arguments = WorkerArguments { shared: self.shared.clone(), lane, dispatcher: me.clone() };
                match Actor::spawn_linked(None, ProjectWorker, arguments, me.get_cell()).await {
                    Ok((worker, _)) => {
                        self.workers.insert(lane, worker.clone());
                        worker
                    }
                    Err(error) => {
                        tracing::error!(%error, execution = %lease.execution, "no worker; its lease will lapse");
                        return;
                    }
                }
            }
        };
        match worker.cast(ProjectWorkerMessage::ExecutionClaimed(Box::new(claimed))) {
            Ok(()) => {
                self.held.entry(lane).or_default().push(lease);
            }
            // The worker has just died; its end is still to be told. The lease lapses and is rescued.
            Err(_) => {
                self.workers.remove(&lane);
            }
        }
    }

    /// Tells a worker what it has lost, when its lane has room although it was full as far as is known here: something has
    /// ended or was taken away, and the news is on its way. The worker begins with `claimed` when it has let go.
    async fn tell_of_losses(&mut self, claimed: &Claimed) {
        let (lane, max) = (claimed.execution.lane(), claimed.at_once());
        let held = self.held.get(&lane).map_or(&[][..], Vec::as_slice);
        if held.len() < max {
            return;
        }
        if max > 1 {
            // Which of them, only the store knows.
            return self.renew().await;
        }
        if let Some(worker) = self.workers.get(&lane) {
            for lease in held.iter().copied() {
                let _ = worker.cast(ProjectWorkerMessage::Ordered { lease, order: Order::Lost });
            }
        }
    }

    /// Extends all leases, and tells each worker what people asked of its execution meanwhile.
    pub(super) async fn renew(&mut self) {
        self.shared.hints.take(Hint::LeasesChanged);
        let clock = &self.shared.parts.clock;
        let (now, mono) = (clock.now(), clock.monotonic());
        self.renewed = (now, mono);
        if self.held.is_empty() {
            return;
        }
        let keys = self.held.values().flatten().copied().collect();
        let expires_at = later(now, self.shared.settings.lease_ttl);
        let answers = self.shared.parts.store.renew(keys, expires_at, now).await;
        for (lease, steering) in self.noted(answers).unwrap_or_default() {
            let holder = self.held.iter().find(|(_, held)| held.contains(&lease));
            if let Some(worker) = holder.and_then(|(lane, _)| self.workers.get(lane)) {
                // A worker that has just ended is past being steered.
                let _ = worker.cast(ProjectWorkerMessage::Ordered { lease, order: Order::from(steering) });
            }
        }
    }

    /// Frees the place of an execution that is over, and fills it.
    pub(super) async fn release(&mut self, lane: Lane, lease: LeaseKey, me: &ActorRef<DispatcherMessage>) {
        if let Some(held) = self.held.get_mut(&lane) {
            held.retain(|other| *other != lease);
            if held.is_empty() {
                self.held.remove(&lane);
            }
        }
        self.answer_when_done();
        self.claim(me).await;
    }

    /// Lets a worker go that has nothing to do. Only here, where work is handed out, is that certain.
    pub(super) fn retire(&mut self, lane: Lane) {
        if self.held.contains_key(&lane) {
            return;
        }
        if let Some(worker) = self.workers.remove(&lane) {
            worker.stop(None);
        }
    }

    /// Forgets a worker that ended, and takes back what it held. Should that fail, its lease lapses.
    pub(super) async fn forget(&mut self, who: &ActorCell, why: &str, me: &ActorRef<DispatcherMessage>) {
        let id = who.get_id();
        let found = self.workers.iter().find(|(_, worker)| worker.get_id() == id).map(|(lane, _)| *lane);
        let Some(lane) = found else { return };
        self.workers.remove(&lane);
        for lease in self.held.remove(&lane).unwrap_or_default() {
            tracing::error!(%lane, execution = %lease.execution, why, "a worker ended at work");
            let rescued = self.shared.parts.store.rescue(Rescue::Of(lease), self.shared.now()).await;
            self.noted(rescued);
        }
        self.answer_when_done();
        self.claim(me).await;
    }

    /// Closes the intake and asks every attempt to let go.
    pub(super) fn stop(&mut self, done: oneshot::Sender<()>) {
        self.is_closed = true;
        self.stopping = Some(done);
        for (lane, leases) in &self.held {
            for lease in leases.iter().copied() {
                if let Some(worker) = self.workers.get(lane) {
                    let _ = worker.cast(ProjectWorkerMessage::Ordered { lease, order: Order::Stop });
                }
            }
        }
        self.answer_when_done();
    }

    fn answer_when_done(&mut self) {
        if self.held.is_empty()
            && let Some(done) = self.stopping.take()
        {
            let _ = done.send(());
        }
    }

    /// Whether `span` has passed `since`, by either clock: the wall clock stands for a machine that slept.
    fn has_passed(&self, (wall, mono): (Timestamp, Duration), span: Duration) -> bool {
        let clock = &self.shared.parts.clock;
        clock.monotonic().saturating_sub(mono) >= span
            || clock.now() >= later(wall, span)
            || clock.now() < wall
    }

    /// Logs the first of a row of failures.
    fn noted<T>(&mut self, result: Result<T, StoreError>) -> Option<T> {
        match result {
            Ok(value) => {
                self.is_store_failing = false;
                Some(value)
            }
            Err(error) => {
                if !self.is_store_failing {
                    tracing::error!(%error, "executions cannot be claimed or kept; trying each second");
                }
                self.is_store_failing = true;
                None
            }
        }
    }
}
