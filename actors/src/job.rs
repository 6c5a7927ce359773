//! What each job type does with an attempt.

mod cleanup;
mod condition;
mod generate_content;
mod http_request;
mod reading;
mod sync_github;

use std::sync::Arc;

use dateline_core::condition::ActivityFacts;
use dateline_core::execution::{Failure, FailureClass, Items};
use dateline_core::job::{Cleanup, Payload, SyncGithub};
use serde_json::Value;

use crate::attempt::{Ending, Run};
use generate_content::Work;

/// Runs the steps of the execution's job type, once its job's condition holds. What is to be written is asked of it, so that
/// a job that writes scans before.
pub(crate) async fn perform(run: Arc<Run>) -> Ending {
    if let (Payload::GenerateContent(told), Some(project)) =
        (&run.claimed.execution.payload, &run.claimed.project)
    {
        return generate_content::perform(Work { run: &run, told, project }).await;
    }
    match condition::refusal(&run, ActivityFacts::default()).await {
        Ok(None) => {}
        Ok(Some(ending)) => return ending,
        Err(halt) => return halt.ending(Items::default(), Value::Null),
    }
    match (&run.claimed.execution.payload, &run.claimed.project) {
        (Payload::SyncGithub(SyncGithub {}), Some(project)) => sync_github::perform(&run, project.id).await,
        (Payload::Cleanup(Cleanup {}), _) => cleanup::perform(&run).await,
        (Payload::HttpRequest(told), _) => http_request::perform(&run, told).await,
        (Payload::GenerateContent(_), _) | (Payload::SyncGithub(_), None) => without_project(),
    }
}

/// Ends what works for a project and has none: nothing that is asked for comes to this.
fn without_project() -> Ending {
    let chain = vec!["it works for a project and has none".to_owned()];
    let failure = Failure { class: FailureClass::Permanent, step: None, chain, retry_after: None };
    Ending::Failed { failure, items: Items::default(), output: Value::Null }
}
