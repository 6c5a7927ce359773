//! Runs the executions of one project, as many at once as it lets, and leaves when there is nothing to do.

mod message;
mod state;

use ractor::{Actor, ActorProcessingErr, ActorRef};

pub(crate) use message::ProjectWorkerMessage;
use state::ProjectWorkerState;
pub(crate) use state::WorkerArguments;

pub(crate) struct ProjectWorker;

impl Actor for ProjectWorker {
    type Msg = ProjectWorkerMessage;
    type State = ProjectWorkerState;
    type Arguments = WorkerArguments;

    async fn pre_start(
        &self,
        _me: ActorRef<ProjectWorkerMessage>,
        arguments: WorkerArguments,
    ) -> Result<ProjectWorkerState, ActorProcessingErr> {
        Ok(ProjectWorkerState::new(arguments))
    }

    async fn handle(
        &self,
        me: ActorRef<ProjectWorkerMessage>,
        message: ProjectWorkerMessage,
        state: &mut ProjectWorkerState,
    ) -> Result<(), ActorProcessingErr> {
        match message {
            ProjectWorkerMessage::ExecutionClaimed(claimed) => state.start(*claimed, &me),
            ProjectWorkerMessage::Ordered { lease, order } => state.order(lease, order),
            ProjectWorkerMessage::AttemptEnded { lease } => state.end(lease, &me),
            ProjectWorkerMessage::IdleElapsed { since } => state.offer_to_leave(since),
        }
        Ok(())
    }
}
