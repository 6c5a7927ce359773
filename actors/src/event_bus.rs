//! Fans committed events out to live listeners.
//!
//! The bus reads each event once, however many listen, and hands it to bounded channels. A listener that does not keep
//! up is let go; [`crate::EventStream`] then reads what it missed from the store and registers again, so nobody ever
//! misses an event and nobody can make the bus wait.

mod message;
mod state;

use std::sync::Arc;
use std::time::Duration;

use ractor::{Actor, ActorProcessingErr, ActorRef};

pub(crate) use message::{EventBusMessage, Listener};
use state::EventBusState;

use crate::shared::Shared;

const SWEEP: Duration = Duration::from_secs(1);

pub(crate) struct EventBus;

impl Actor for EventBus {
    type Msg = EventBusMessage;
    type State = EventBusState;
    type Arguments = Arc<Shared>;

    async fn pre_start(
        &self,
        me: ActorRef<EventBusMessage>,
        shared: Arc<Shared>,
    ) -> Result<EventBusState, ActorProcessingErr> {
        // A lost hint costs a second.
        me.send_interval(SWEEP, || EventBusMessage::EventsCommitted);
        Ok(EventBusState::open(shared).await?)
    }

    async fn handle(
        &self,
        me: ActorRef<EventBusMessage>,
        message: EventBusMessage,
        state: &mut EventBusState,
    ) -> Result<(), ActorProcessingErr> {
        match message {
            EventBusMessage::EventsCommitted => state.pass_on(&me).await,
            EventBusMessage::ListenerCame(listener) => state.register(listener, &me).await,
        }
        Ok(())
    }
}
