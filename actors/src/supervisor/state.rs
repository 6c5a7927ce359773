//! What the supervisor knows: where its children live, and how often they had to be started again.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use ractor::{Actor, ActorCell, ActorId, ActorRef, SpawnErr};
use tokio::sync::oneshot;

use super::message::{Child, SupervisorMessage};
use crate::backup_keeper::{BackupKeeper, BackupKeeperMessage};
use crate::dispatcher::{Dispatcher, DispatcherMessage};
use crate::event_bus::{EventBus, EventBusMessage};
use crate::hints::Hint;
use crate::notifier::{Notifier, NotifierMessage};
use crate::scheduler::{Scheduler, SchedulerMessage};
use crate::shared::Shared;

/// More restarts than this within [`BUDGET_WINDOW`] mean that restarting does not mend it.
const RESTARTS_MAX: usize = 5;
const BUDGET_WINDOW: Duration = Duration::from_secs(60);
const BACK_OFF_FIRST: Duration = Duration::from_millis(50);

pub(crate) struct SupervisorState {
    shared: Arc<Shared>,
    event_bus: Option<ActorRef<EventBusMessage>>,
    dispatcher: Option<ActorRef<DispatcherMessage>>,
    scheduler: Option<ActorRef<SchedulerMessage>>,
    backup_keeper: Option<ActorRef<BackupKeeperMessage>>,
    notifier: Option<ActorRef<NotifierMessage>>,
    /// When children ended lately, by the monotonic clock.
    ended_at: VecDeque<Duration>,
    is_stopping: bool,
}

impl SupervisorState {
    pub(super) fn new(shared: Arc<Shared>) -> Self {
        Self {
            shared,
            event_bus: None,
            dispatcher: None,
            scheduler: None,
            backup_keeper: None,
            notifier: None,
            ended_at: VecDeque::new(),
            is_stopping: false,
        }
    }

    pub(super) async fn spawn(
        &mut self,
        child: Child,
        me: &ActorRef<SupervisorMessage>,
    ) -> Result<(), SpawnErr> {
        let (shared, cell) = (self.shared.clone(), me.get_cell());
        match child {
            Child::EventBus => {
                self.event_bus = Some(Actor::spawn_linked(None, EventBus, shared, cell).await?.0);
            }
            Child::Dispatcher => {
                self.dispatcher = Some(Actor::spawn_linked(None, Dispatcher, shared, cell).await?.0);
            }
            Child::Scheduler => {
                self.scheduler = Some(Actor::spawn_linked(None, Scheduler, shared, cell).await?.0);
            }
            Child::BackupKeeper => {
                self.backup_keeper = Some(Actor::spawn_linked(None, BackupKeeper, shared, cell).await?.0);
            }
            Child::Notifier => {
                self.notifier = Some(Actor::spawn_linked(None, Notifier, shared, cell).await?.0);
            }
        }
        Ok(())
    }

    /// Passes a hint on to the child it concerns. While that one is down the hint is lost: it looks when it starts.
    pub(super) fn pass_on(&self, hint: Hint) {
        match hint {
            Hint::WorkQueued => cast(self.dispatcher.as_ref(), DispatcherMessage::WorkQueued),
            Hint::LeasesChanged => cast(self.dispatcher.as_ref(), DispatcherMessage::LeasesChanged),
            Hint::JobsChanged => cast(self.scheduler.as_ref(), SchedulerMessage::JobsChanged),
            Hint::EventsCommitted => cast(self.event_bus.as_ref(), EventBusMessage::EventsCommitted),
            Hint::DeliveriesChanged => cast(self.notifier.as_ref(), NotifierMessage::DeliveriesChanged),
        }
    }

    pub(super) fn introduce(&self, listener: crate::event_bus::Listener) {
        cast(self.event_bus.as_ref(), EventBusMessage::ListenerCame(listener));
    }

    /// Returns which child `who` is, and forgets it.
    pub(super) fn take(&mut self, who: &ActorCell) -> Option<Child> {
        let id = who.get_id();
        if has_id(self.event_bus.as_ref(), id) {
            self.event_bus = None;
            Some(Child::EventBus)
        } else if has_id(self.dispatcher.as_ref(), id) {
            self.dispatcher = None;
            Some(Child::Dispatcher)
        } else if has_id(self.scheduler.as_ref(), id) {
            self.scheduler = None;
            Some(Child::Scheduler)
        } else if has_id(self.backup_keeper.as_ref(), id) {
            self.backup_keeper = None;
            Some(Child::BackupKeeper)
        } else if has_id(self.notifier.as_ref(), id) {
            self.notifier = None;
            Some(Child::Notifier)
        } else {
            None
        }
    }

    /// Plans to start a child again after a back-off, or gives up when that was tried too often.
    pub(super) fn restart(&mut self, child: Child, why: &str, me: &ActorRef<SupervisorMessage>) {
        if self.is_stopping {
            return;
        }
        tracing::error!(?child, why, "an actor ended; it is started again");
        let now = self.shared.parts.clock.monotonic();
        self.ended_at.push_back(now);
        while self.ended_at.front().is_some_and(|at| now.saturating_sub(*at) > BUDGET_WINDOW) {
            self.ended_at.pop_front();
        }
        let recent = self.ended_at.len();
        if recent > RESTARTS_MAX {
            let reason =
                format!("{child:?} ended again after {RESTARTS_MAX} restarts within a minute: {why}");
            self.shared.failure.send_replace(Some(reason.clone()));
            me.stop(Some(reason));
            return;
        }
        let doublings = u32::try_from(recent.saturating_sub(1)).unwrap_or(0);
        me.send_after(BACK_OFF_FIRST * 2_u32.pow(doublings), move || SupervisorMessage::RespawnDue(child));
    }

    /// Closes the intake: nothing new is planned, claimed or sent, and running attempts are asked to let go.
    pub(super) fn stop(&mut self, done: oneshot::Sender<()>, told: oneshot::Sender<()>) {
        self.is_stopping = true;
        if let Some(scheduler) = self.scheduler.take() {
            scheduler.stop(None);
        }
        if let Some(keeper) = self.backup_keeper.take() {
            keeper.stop(None);
        }
        // Without a dispatcher nothing runs: dropping `done` answers.
        cast(self.dispatcher.as_ref(), DispatcherMessage::StopRequested { done });
        cast(self.notifier.as_ref(), NotifierMessage::StopRequested { done: told });
    }
}

fn cast<M: ractor::Message>(child: Option<&ActorRef<M>>, message: M) {
    if let Some(child) = child {
        // A child that has just ended is started again and looks for itself.
        let _ = child.cast(message);
    }
}

fn has_id<M>(child: Option<&ActorRef<M>>, id: ActorId) -> bool {
    child.is_some_and(|child| child.get_id() == id)
}
