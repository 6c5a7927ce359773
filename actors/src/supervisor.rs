//! Keeps the other actors alive, and gives up with a reason when that does not help.
//!
//! It restarts whatever ends, after a back-off that doubles, five times a minute at most; a service manager is the
//! supervisor after it. It also knows where its children live at present, so hints go through it: a reference to an
//! actor that was restarted is dead.

mod message;
mod state;

use std::sync::Arc;

use ractor::{Actor, ActorProcessingErr, ActorRef, SupervisionEvent};

pub(crate) use message::{Child, SupervisorMessage};
use state::SupervisorState;

use crate::shared::Shared;

pub(crate) struct Supervisor;

impl Actor for Supervisor {
    type Msg = SupervisorMessage;
    type State = SupervisorState;
    type Arguments = Arc<Shared>;

    async fn pre_start(
        &self,
        me: ActorRef<SupervisorMessage>,
        shared: Arc<Shared>,
    ) -> Result<SupervisorState, ActorProcessingErr> {
        shared.hints.attach(me.clone());
        let mut state = SupervisorState::new(shared);
        for child in Child::ALL {
            state.spawn(child, &me).await?;
        }
        Ok(state)
    }

    async fn handle(
        &self,
        me: ActorRef<SupervisorMessage>,
        message: SupervisorMessage,
        state: &mut SupervisorState,
    ) -> Result<(), ActorProcessingErr> {
        match message {
            SupervisorMessage::Hinted(hint) => state.pass_on(hint),
            SupervisorMessage::ListenerCame(listener) => state.introduce(listener),
            SupervisorMessage::RespawnDue(child) => {
                // A child that fails while it starts raises no event: only this result tells.
                if let Err(refused) = state.spawn(child, &me).await {
                    state.restart(child, &chain(&refused), &me);
                }
            }
            SupervisorMessage::StopRequested { done, told } => state.stop(done, told),
        }
        Ok(())
    }

    /// The default would stop the supervisor, and with it everything, as soon as one child ends.
    async fn handle_supervisor_evt(
        &self,
        me: ActorRef<SupervisorMessage>,
        event: SupervisionEvent,
        state: &mut SupervisorState,
    ) -> Result<(), ActorProcessingErr> {
        let (who, why) = match event {
            SupervisionEvent::ActorFailed(who, error) => (who, error.to_string()),
            SupervisionEvent::ActorTerminated(who, _, why) => (who, why.unwrap_or_default()),
            SupervisionEvent::ActorStarted(_) | SupervisionEvent::ProcessGroupChanged(_) => return Ok(()),
        };
        if let Some(child) = state.take(&who) {
            state.restart(child, &why, &me);
        }
        Ok(())
    }
}

/// Returns an error and its causes in one line.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}
