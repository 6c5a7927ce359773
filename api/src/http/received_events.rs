//! What `POST /api/events` takes and answers: something happened elsewhere, and the jobs that listen answer.

use dateline_actors::request::{NewEvent, Received};
use dateline_core::execution::ExecutionStatus;
use dateline_core::id::{ExecutionId, JobId, ProjectId, ReceivedEventId};
use dateline_core::received_event::{EventType, Topic};
use poem_openapi::payload::Json;
use poem_openapi::types::ToJSON;
use poem_openapi::{ApiResponse, Object, Union};
use serde_json::{Map, Value};

use super::fields::{Fields, Id, Line, Word};

/// An event: what happened, and what its sender says of it.
#[derive(Debug, Union)]
#[oai(discriminator_name = "type", one_of = true)]
pub enum EventBody {
    /// Commits arrived on a branch.
    #[oai(mapping = "CODE_PUSHED")]
    CodePushed(CodePushed),
    /// A release was published.
    #[oai(mapping = "RELEASE_PUBLISHED")]
    ReleasePublished(ReleasePublished),
    /// A pull request was merged.
    #[oai(mapping = "PULL_REQUEST_MERGED")]
    PullRequestMerged(PullRequestMerged),
    /// An issue was closed.
    #[oai(mapping = "ISSUE_CLOSED")]
    IssueClosed(IssueClosed),
    /// A version went into service somewhere.
    #[oai(mapping = "DEPLOYED")]
    Deployed(Deployed),
    /// What its name says.
    #[oai(mapping = "CUSTOM")]
    Custom(CustomEvent),
}

/// Commits arrived on a branch.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", skip_serializing_if_is_none)]
pub struct CodePushed {
    /// The project whose jobs answer; without one, those that are the sender's own.
    pub project_id: Option<Id<ProjectId>>,
    /// Which commits, and where.
    pub data: CodePushedData,
}

/// Which commits arrived, and where.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", skip_serializing_if_is_none)]
pub struct CodePushedData {
    /// The branch or tag, such as `refs/heads/main`.
    #[oai(rename = "ref")]
    pub reference: Line<255>,
    /// The newest commit.
    pub head: Option<Line<64>>,
}

/// A release was published.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", skip_serializing_if_is_none)]
pub struct ReleasePublished {
    /// The project whose jobs answer; without one, those that are the sender's own.
    pub project_id: Option<Id<ProjectId>>,
    /// Which release.
    pub data: ReleaseData,
}

/// A release.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", skip_serializing_if_is_none)]
pub struct ReleaseData {
    /// Its tag.
    pub tag: Line<255>,
    /// What it is called.
    pub name: Option<Line<255>>,
    /// Its page.
    pub url: Option<Line<2000>>,
}

/// A pull request was merged.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", skip_serializing_if_is_none)]
pub struct PullRequestMerged {
    /// The project whose jobs answer; without one, those that are the sender's own.
    pub project_id: Option<Id<ProjectId>>,
    /// Which pull request.
    pub data: NumberedData,
}

/// An issue was closed.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", skip_serializing_if_is_none)]
pub struct IssueClosed {
    /// The project whose jobs answer; without one, those that are the sender's own.
    pub project_id: Option<Id<ProjectId>>,
    /// Which issue.
    pub data: NumberedData,
}

/// A pull request or an issue.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", skip_serializing_if_is_none)]
pub struct NumberedData {
    /// Its number.
    #[oai(validator(minimum(value = "1")))]
    pub number: u32,
    /// Its title.
    pub title: Option<Line<300>>,
    /// Its page.
    pub url: Option<Line<2000>>,
}

/// A version went into service somewhere.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", skip_serializing_if_is_none)]
pub struct Deployed {
    /// The project whose jobs answer; without one, those that are the sender's own.
    pub project_id: Option<Id<ProjectId>>,
    /// What, and where.
    pub data: DeployedData,
}

/// What went into service, and where.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", skip_serializing_if_is_none)]
pub struct DeployedData {
    /// Where, such as `production`.
    pub environment: Line<120>,
    /// Which version.
    pub version: Option<Line<120>>,
    /// Its page.
    pub url: Option<Line<2000>>,
}

/// What its sender calls it.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", skip_serializing_if_is_none)]
pub struct CustomEvent {
    /// The project whose jobs answer; without one, those that are the sender's own.
    pub project_id: Option<Id<ProjectId>>,
    /// What its sender calls it, such as `build.finished`: letters, digits, `.`, `-`, `_` or `/`.
    pub name: Line<100>,
    /// What its sender says of it: at most 16 KiB of JSON.
    pub data: Option<Fields>,
}

/// An event as it was received, and what it started.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct ReceivedBody {
    /// Its id.
    pub event_id: Id<ReceivedEventId>,
    /// The executions that answer it, oldest job first; none when nothing listens.
    pub executions: Vec<AnsweringBody>,
}

/// An execution that answers an event.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct AnsweringBody {
    /// The job that listens.
    pub job_id: Id<JobId>,
    /// The execution; of triggers that wait for each other, the one that stands for them all.
    pub execution_id: Id<ExecutionId>,
    /// Where it stands.
    pub status: Word<ExecutionStatus>,
}

/// What an event started.
#[derive(ApiResponse)]
pub enum EventReceived {
    /// What answers it is on the disk and will run.
    #[oai(status = 202)]
    Received(Json<ReceivedBody>),
}

impl From<EventBody> for NewEvent {
    fn from(body: EventBody) -> Self {
        use EventType as E;
        let plain = |event_type, project: Option<Id<ProjectId>>, data: Option<Value>| Self {
            project: project.map(|id| id.0),
            topic: Topic { event_type, name: None },
            data: data.unwrap_or_default(),
        };
        match body {
            EventBody::CodePushed(it) => plain(E::CodePushed, it.project_id, it.data.to_json()),
            EventBody::ReleasePublished(it) => plain(E::ReleasePublished, it.project_id, it.data.to_json()),
            EventBody::PullRequestMerged(it) => plain(E::PullRequestMerged, it.project_id, it.data.to_json()),
            EventBody::IssueClosed(it) => plain(E::IssueClosed, it.project_id, it.data.to_json()),
            EventBody::Deployed(it) => plain(E::Deployed, it.project_id, it.data.to_json()),
            EventBody::Custom(it) => Self {
                project: it.project_id.map(|id| id.0),
                topic: Topic { event_type: E::Custom, name: Some(it.name.0) },
                data: Value::Object(it.data.map_or_else(Map::new, |fields| fields.0)),
            },
        }
    }
}

impl From<Received> for ReceivedBody {
    fn from(received: Received) -> Self {
        let answering = received.executions.into_iter().map(|execution| AnsweringBody {
            job_id: Id(execution.job),
            execution_id: Id(execution.id),
            status: Word(execution.state.status()),
        });
        Self { event_id: Id(received.event), executions: answering.collect() }
    }
}
