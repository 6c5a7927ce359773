//! Hands messages to people: drains what the store's verbs put into deliveries.
//!
//! A try is recorded as SENDING before anything leaves and its outcome afterwards. Whatever the store still holds as
//! SENDING when a notifier starts may have been sent by one that is gone: it becomes UNKNOWN, is told to its person,
//! and is not sent again.

mod message;
mod sending;
mod state;

use std::sync::Arc;

use ractor::{Actor, ActorProcessingErr, ActorRef};

pub(crate) use message::NotifierMessage;
pub(crate) use sending::handed_over;
use state::NotifierState;

use crate::shared::Shared;

pub(crate) struct Notifier;

impl Actor for Notifier {
    type Msg = NotifierMessage;
    type State = NotifierState;
    type Arguments = Arc<Shared>;

    async fn pre_start(
        &self,
        me: ActorRef<NotifierMessage>,
        shared: Arc<Shared>,
    ) -> Result<NotifierState, ActorProcessingErr> {
        let state = NotifierState::open(shared).await?;
        me.cast(NotifierMessage::DeliveriesChanged)?;
        Ok(state)
    }

    async fn handle(
        &self,
        me: ActorRef<NotifierMessage>,
        message: NotifierMessage,
        state: &mut NotifierState,
    ) -> Result<(), ActorProcessingErr> {
        match message {
            NotifierMessage::DeliveriesChanged => state.take_turn(&me).await,
            NotifierMessage::TimerElapsed { turn } if state.is_armed_for(turn) => state.take_turn(&me).await,
            NotifierMessage::TimerElapsed { turn: _ } => {}
            NotifierMessage::TryEnded => state.take_turn(&me).await,
            NotifierMessage::StopRequested { done } => state.stop(done, &me),
        }
        Ok(())
    }
}
