//! Claims queued executions and keeps their leases alive.
//!
//! Each dispatcher is a holder of its own: whatever an earlier one held, in this process or in one that died, has
//! lapsed when it starts. What it holds it renews three times per lease; a renewal also brings what people asked of an
//! execution meanwhile. Renewing comes before rescuing, so a machine that slept does not take its own work away.

mod message;
mod state;

use std::sync::Arc;

use ractor::{Actor, ActorProcessingErr, ActorRef, SupervisionEvent};

pub(crate) use message::DispatcherMessage;
use state::{DispatcherState, SWEEP};

use crate::shared::Shared;

pub(crate) struct Dispatcher;

impl Actor for Dispatcher {
    type Msg = DispatcherMessage;
    type State = DispatcherState;
    type Arguments = Arc<Shared>;

    async fn pre_start(
        &self,
        me: ActorRef<DispatcherMessage>,
        shared: Arc<Shared>,
    ) -> Result<DispatcherState, ActorProcessingErr> {
        let state = DispatcherState::open(shared).await?;
        me.cast(DispatcherMessage::SweepDue)?;
        me.send_interval(SWEEP, || DispatcherMessage::SweepDue);
        Ok(state)
    }

    async fn handle(
        &self,
        me: ActorRef<DispatcherMessage>,
        message: DispatcherMessage,
        state: &mut DispatcherState,
    ) -> Result<(), ActorProcessingErr> {
        match message {
            DispatcherMessage::WorkQueued => state.claim(&me).await,
            DispatcherMessage::LeasesChanged => state.renew().await,
            DispatcherMessage::SweepDue => state.sweep(&me).await,
            DispatcherMessage::ExecutionEnded { lane, lease } => state.release(lane, lease, &me).await,
            DispatcherMessage::WorkerIdled { lane } => state.retire(lane),
            DispatcherMessage::StopRequested { done } => state.stop(done),
        }
        Ok(())
    }

    /// Workers end by themselves and may fail; the default would end the dispatcher with the first of them.
    async fn handle_supervisor_evt(
        &self,
        me: ActorRef<DispatcherMessage>,
        event: SupervisionEvent,
        state: &mut DispatcherState,
    ) -> Result<(), ActorProcessingErr> {
        match event {
            SupervisionEvent::ActorFailed(who, error) => state.forget(&who, &error.to_string(), &me).await,
            SupervisionEvent::ActorTerminated(who, _, why) => {
                state.forget(&who, &why.unwrap_or_default(), &me).await;
            }
            SupervisionEvent::ActorStarted(_) | SupervisionEvent::ProcessGroupChanged(_) => {}
        }
        Ok(())
    }
}
