//! `/api/cron/dead-letters`: executions that failed, run again or dismissed together.

use std::sync::Arc;

use dateline_actors::SETTLED_MAX;
use dateline_core::id::{ExecutionId, JobId, ProjectId};
use dateline_core::store::{DeadLettersOf, SettledDead};
use poem::web::Data;
use poem_openapi::payload::Json;
use poem_openapi::{Object, OpenApi};

use super::Shared;
use super::access::Signed;
use super::fields::Id;
use super::problem::{FieldFault, Problem};

/// Dead letters to run again, the oldest first.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct ReplayDeadBody {
    /// Those of this job; this or `projectId` is needed.
    pub job_id: Option<Id<JobId>>,
    /// Those of this project.
    pub project_id: Option<Id<ProjectId>>,
    /// Take over the results of all steps that are done, and go on from the one that failed; false when absent.
    pub from_failed_step: Option<bool>,
    /// How many at most; 100 when absent.
    #[oai(validator(minimum(value = "1"), maximum(value = "100")))]
    pub limit: Option<u32>,
}

/// Dead letters to dismiss, the oldest first.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct DismissDeadBody {
    /// Those of this job; this or `projectId` is needed.
    pub job_id: Option<Id<JobId>>,
    /// Those of this project.
    pub project_id: Option<Id<ProjectId>>,
    /// How many at most; 100 when absent.
    #[oai(validator(minimum(value = "1"), maximum(value = "100")))]
    pub limit: Option<u32>,
}

/// Dead letters that were settled.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct SettledBody {
    /// The new executions, or those that were dismissed.
    pub execution_ids: Vec<Id<ExecutionId>>,
    /// Whether others are left: ask again for them.
    pub has_more: bool,
}

impl From<SettledDead> for SettledBody {
    fn from(settled: SettledDead) -> Self {
        let execution_ids = settled.executions.iter().map(|execution| Id(execution.id)).collect();
        Self { execution_ids, has_more: settled.has_more }
    }
}

/// The dead letters' part of the interface.
pub struct DeadLetters;

#[OpenApi(prefix_path = "/api/cron/dead-letters", tag = "super::document::Group::Executions")]
impl DeadLetters {
    /// Run dead letters again
    ///
    /// Those of a job or of a project, the oldest first. Those of jobs that are cancelled, or do something else or work for
    /// another project by now, are passed over.
    #[oai(path = "/replay", method = "post", operation_id = "replayDeadLetters")]
    async fn replay(
        &self,
        shared: Data<&Arc<Shared>>,
        caller: Signed,
        body: Json<ReplayDeadBody>,
    ) -> poem::Result<Json<SettledBody>> {
        let ReplayDeadBody { job_id, project_id, from_failed_step, limit } = body.0;
        let (of, from_failed_step) = (of(job_id, project_id)?, from_failed_step.unwrap_or_default());
        let dateline = shared.as_caller(&caller);
        let settled = dateline.replay_dead_letters(of, from_failed_step, at_most(limit)).await;
        Ok(Json(settled.map_err(Problem::from)?.into()))
    }

    /// Dismiss dead letters
    ///
    /// Those of a job or of a project, the oldest first.
    #[oai(path = "/dismiss", method = "post", operation_id = "dismissDeadLetters")]
    async fn dismiss(
        &self,
        shared: Data<&Arc<Shared>>,
        caller: Signed,
        body: Json<DismissDeadBody>,
    ) -> poem::Result<Json<SettledBody>> {
        let DismissDeadBody { job_id, project_id, limit } = body.0;
        let of = of(job_id, project_id)?;
        let settled = shared.as_caller(&caller).dismiss_dead_letters(of, at_most(limit)).await;
        Ok(Json(settled.map_err(Problem::from)?.into()))
    }
}

fn of(job: Option<Id<JobId>>, project: Option<Id<ProjectId>>) -> Result<DeadLettersOf, Problem> {
    let refused =
        |pointer, value: &str, expected| Problem::invalid(vec![FieldFault::new(pointer, value, expected)]);
    match (job, project) {
        (Some(job), None) => Ok(DeadLettersOf::Job(job.0)),
        (None, Some(project)) => Ok(DeadLettersOf::Home(project.0.into())),
        (Some(_), Some(project)) => {
            Err(refused("/projectId", &project.0.to_string(), "no project beside a job"))
        }
        (None, None) => Err(refused("/jobId", "", "a job, or a project in projectId")),
    }
}

fn at_most(limit: Option<u32>) -> usize {
    limit.map_or(SETTLED_MAX, |limit| usize::try_from(limit).unwrap_or(SETTLED_MAX))
}
