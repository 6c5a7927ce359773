//! What each job type does with an attempt.

mod cleanup;
mod generate_content;
mod http_request;
mod reading;
mod sync_github;

use std::sync::Arc;

use dateline_core::execution::{Failure, FailureClass, Items};
use dateline_core::job::{Cleanup, Payload, SyncGithub};
use serde_json::Value;

use crate::attempt::{Ending, Run};
use generate_content::Work;

/// Runs the steps of the execution's job type.
pub(crate) async fn perform(run: Arc<Run>) -> Ending {
    match (&run.claimed.execution.payload, &run.claimed.project) {
        (Payload::GenerateContent(told), Some(project)) => {
            generate_content::perform(Work { run: &run, told, project }).await
        }
        (Payload::SyncGithub(SyncGithub {}), Some(project)) => sync_github::perform(&run, project.id).await,
        (Payload::Cleanup(Cleanup {}), _) => cleanup::perform(&run).await,
        (Payload::HttpRequest(told), _) => http_request::perform(&run, told).await,
        (Payload::GenerateContent(_) | Payload::SyncGithub(_), None) => without_project(),
    }
}

/// Ends what works for a project and has none: nothing that is asked for comes to this.
fn without_project() -> Ending {
    let chain = vec!["it works for a project and has none".to_owned()];
    let failure = Failure { class: FailureClass::Permanent, step: None, chain, retry_after: None };
    Ending::Failed { failure, items: Items::default(), output: Value::Null }
}
