//! Turns due occurrences into executions.
//!
//! The wall clock decides; timers only wake. The scheduler sleeps until the next due time but at most one second, then
//! asks the store what is due *now*. A suspended machine, a clock that was set, a restart and a slow start are ordinary
//! cases of that one path: what passed meanwhile is due like anything else, and [`dateline_core::misfire`] says what
//! becomes of it.

mod message;
mod state;

use std::sync::Arc;

use ractor::{Actor, ActorProcessingErr, ActorRef};

pub(crate) use message::SchedulerMessage;
use state::SchedulerState;

use crate::shared::Shared;

pub(crate) struct Scheduler;

impl Actor for Scheduler {
    type Msg = SchedulerMessage;
    type State = SchedulerState;
    type Arguments = Arc<Shared>;

    async fn pre_start(
        &self,
        me: ActorRef<SchedulerMessage>,
        shared: Arc<Shared>,
    ) -> Result<SchedulerState, ActorProcessingErr> {
        me.cast(SchedulerMessage::JobsChanged)?;
        me.cast(SchedulerMessage::RulesPageDue { after: None })?;
        Ok(SchedulerState::new(shared))
    }

    async fn handle(
        &self,
        me: ActorRef<SchedulerMessage>,
        message: SchedulerMessage,
        state: &mut SchedulerState,
    ) -> Result<(), ActorProcessingErr> {
        match message {
            SchedulerMessage::JobsChanged => state.take_turn(&me).await,
            SchedulerMessage::TimerElapsed { turn } if state.is_armed_for(turn) => state.take_turn(&me).await,
            SchedulerMessage::TimerElapsed { turn: _ } => {}
            SchedulerMessage::RulesPageDue { after } => state.apply_rules(after, &me).await,
        }
        Ok(())
    }
}
