//! What a project's worker knows: the attempts it runs, and what waits for one of them to end.

use std::collections::VecDeque;
use std::sync::Arc;

use dateline_core::execution::LeaseKey;
use dateline_core::home::Lane;
use dateline_core::store::Claimed;
use ractor::ActorRef;
use tokio::sync::watch;
use tokio_util::task::AbortOnDropHandle;

use super::message::ProjectWorkerMessage;
use crate::attempt::{self, Order};
use crate::dispatcher::DispatcherMessage;
use crate::shared::Shared;

/// What a worker is started with.
pub(crate) struct WorkerArguments {
    pub(crate) shared: Arc<Shared>,
    pub(crate) lane: Lane,
    pub(crate) dispatcher: ActorRef<DispatcherMessage>,
}

pub(crate) struct ProjectWorkerState {
    arguments: WorkerArguments,
    running: Vec<Running>,
    /// Claimed before the worker heard that an attempt before is over; each with the last order for it.
    next: VecDeque<(Claimed, Order)>,
    /// How many attempts were started.
    started: u64,
}

struct Running {
    lease: LeaseKey,
    orders: watch::Sender<Order>,
    /// Dropped with the worker: an attempt never outlives who watches it.
    _task: AbortOnDropHandle<()>,
}

impl ProjectWorkerState {
    pub(super) fn new(arguments: WorkerArguments) -> Self {
        Self { arguments, running: Vec::new(), next: VecDeque::new(), started: 0 }
    }

    /// Starts an attempt, or keeps it until there is room: the store knows of an end before this actor does.
    pub(super) fn start(&mut self, claimed: Claimed, me: &ActorRef<ProjectWorkerMessage>) {
        self.next.push_back((claimed, Order::GoOn));
        self.fill(me);
    }

    /// Starts what has room, in the order in which it was claimed.
    fn fill(&mut self, me: &ActorRef<ProjectWorkerMessage>) {
        while let Some((claimed, order)) =
            self.next.pop_front_if(|(claimed, _)| has_room(&self.running, claimed))
        {
            self.launch(claimed, order, me);
        }
    }

    /// Runs an attempt in a task of its own, so that this actor stays free to pass orders on.
    fn launch(&mut self, claimed: Claimed, order: Order, me: &ActorRef<ProjectWorkerMessage>) {
        self.started += 1;
        let (lease, shared, me) = (claimed.lease, self.arguments.shared.clone(), me.clone());
        let orders = watch::Sender::new(order);
        let heard = orders.subscribe();
        let task = tokio::spawn(async move {
            let attempt = AbortOnDropHandle::new(tokio::spawn(attempt::perform(shared, claimed, heard)));
            if let Err(error) = attempt.await {
                tracing::error!(%error, execution = %lease.execution, "an attempt was cut off; its lease will lapse");
            }
            // A worker that has ended meanwhile needs no telling.
            let _ = me.cast(ProjectWorkerMessage::AttemptEnded { lease });
        });
        self.running.push(Running { lease, orders, _task: AbortOnDropHandle::new(task) });
    }

    pub(super) fn order(&mut self, lease: LeaseKey, order: Order) {
        if let Some((_, waiting)) = self.next.iter_mut().find(|(claimed, _)| claimed.lease == lease) {
            *waiting = order;
        }
        if let Some(running) = self.running.iter().find(|running| running.lease == lease) {
            running.orders.send_if_modified(|current| {
                // Once the engine stops nothing turns an attempt back; a lost lease still ends it at once, for good.
                let is_new = *current != order
                    && *current != Order::Lost
                    && (*current != Order::Stop || order == Order::Lost);
                if is_new {
                    *current = order;
                }
                is_new
            });
        }
    }

    pub(super) fn end(&mut self, lease: LeaseKey, me: &ActorRef<ProjectWorkerMessage>) {
        // Only the attempt that ended is let go; dropping another one would cut it off.
        self.running.retain(|running| running.lease != lease);
        let lane = self.arguments.lane;
        // Without a dispatcher this worker is about to end too.
        let _ = self.arguments.dispatcher.cast(DispatcherMessage::ExecutionEnded { lane, lease });
        self.fill(me);
        if !self.running.is_empty() {
            return;
        }
        let since = self.started;
        me.send_after(self.arguments.shared.settings.worker_idle, move || {
            ProjectWorkerMessage::IdleElapsed { since }
        });
    }

    pub(super) fn offer_to_leave(&self, since: u64) {
        if self.running.is_empty() && self.started == since {
            let lane = self.arguments.lane;
            let _ = self.arguments.dispatcher.cast(DispatcherMessage::WorkerIdled { lane });
        }
    }
}

/// Whether an attempt may start beside those that run: as many as its lane lets, and never two of one execution.
fn has_room(running: &[Running], claimed: &Claimed) -> bool {
    let is_other = |running: &Running| running.lease.execution != claimed.lease.execution;
    running.len() < claimed.at_once() && running.iter().all(is_other)
}
