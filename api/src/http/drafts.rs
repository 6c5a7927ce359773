//! `/api/drafts`: texts under review, what proves them, and their way out.

mod detail;
mod text;

use std::sync::Arc;

use dateline_actors::request::DraftText;
use dateline_core::draft::{DraftState, DraftStatus};
use dateline_core::id::{DraftId, ExecutionId, JobId, ProjectId};
use dateline_core::platform::Platform;
use dateline_core::store::DraftFilter;
use poem::web::Data;
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Json;
use poem_openapi::{Object, OpenApi};

pub use self::detail::{DraftDetail, DroppedBody, PublicationBody, SourceItemBody};
pub use self::text::{ContentBody, EvidenceBody, FindingBody};
use super::access::Signed;
use super::fields::{Id, Instant, Limit, Line, Word, words};
use super::page::{self, List};
use super::problem::Problem;
use super::{QueryScope, Shared};

words!(DraftStatus as DraftStatus ("Where a draft stands."): Draft, Approved, Rejected, Published, Failed);

/// A text for one platform made from one activity.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct Draft {
    /// Its identity through all revisions.
    pub id: Id<DraftId>,
    /// The project it is about.
    pub project_id: Id<ProjectId>,
    /// The job that wrote it.
    pub job_id: Id<JobId>,
    /// The execution that wrote it.
    pub execution_id: Id<ExecutionId>,
    /// What it is written for.
    pub platform: Word<Platform>,
    /// Where it stands.
    pub status: Word<DraftStatus>,
    /// When it came there; null while it waits for review.
    pub status_at: Option<Instant>,
    /// Why it was rejected or failed.
    pub reason: Option<String>,
    /// Counts edits from 1.
    pub revision: u32,
    /// The text of this revision.
    pub content: ContentBody,
    /// What the lint says of this revision; an ERROR blocks approval and publication.
    pub findings: Vec<FindingBody>,
    /// Who wrote it: `template/1`, or `person` after an edit.
    pub writer: String,
    /// Why a person's edit may stand although the lint doubts its words.
    pub note: Option<String>,
    /// Grows with every change: edits, decisions, publication.
    pub version: u64,
    /// When it was first written.
    pub created_at: Instant,
    /// When it last changed.
    pub updated_at: Instant,
}

impl From<dateline_core::draft::Draft> for Draft {
    fn from(draft: dateline_core::draft::Draft) -> Self {
        let status = Word(draft.state.status());
        let (status_at, reason) = match draft.state {
            DraftState::Draft => (None, None),
            DraftState::Approved { at } | DraftState::Published { at } => (Some(Instant(at)), None),
            DraftState::Rejected { at, reason } => (Some(Instant(at)), reason),
            DraftState::Failed { at, reason } => (Some(Instant(at)), Some(reason)),
        };
        Self {
            id: Id(draft.id),
            project_id: Id(draft.project),
            job_id: Id(draft.job),
            execution_id: Id(draft.execution),
            platform: Word(draft.platform),
            status,
            status_at,
            reason,
            revision: draft.revision,
            content: draft.content.into(),
            findings: draft.findings.into_iter().map(Into::into).collect(),
            writer: draft.writer,
            note: draft.note,
            version: draft.version,
            created_at: Instant(draft.created_at),
            updated_at: Instant(draft.updated_at),
        }
    }
}

/// A person's text.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct DraftPatch {
    /// The revision that was read; when it is no longer the newest, the edit is refused with 409.
    #[oai(validator(minimum(value = "1")))]
    pub revision: u32,
    /// The title, for platforms that have one.
    pub title: Option<Line<300>>,
    /// The text in the platform's own markup.
    #[oai(validator(min_length = 1, max_length = 500000, pattern = r"^[^\x00-\x08\x0b-\x1f\x7f-\x9f]*$"))]
    pub body: String,
    /// Tags, most fitting first; the present ones when absent.
    #[oai(validator(max_items = 20))]
    pub tags: Option<Vec<Line<60>>>,
    /// Why the words may stand although the lint doubts them.
    #[oai(validator(max_length = 2000, pattern = r"^[^\x00-\x08\x0b-\x1f\x7f-\x9f]*$"))]
    pub note: Option<String>,
}

/// The revision a decision is about.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct ApproveBody {
    /// The revision that was read; when it is no longer the newest, the decision is refused with 409.
    #[oai(validator(minimum(value = "1")))]
    pub revision: u32,
}

/// The revision a rejection is about, and why.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct RejectBody {
    /// The revision that was read; when it is no longer the newest, the decision is refused with 409.
    #[oai(validator(minimum(value = "1")))]
    pub revision: u32,
    /// Why.
    #[oai(validator(max_length = 2000, pattern = r"^[^\x00-\x08\x0b-\x1f\x7f-\x9f]*$"))]
    pub reason: Option<String>,
}

/// The drafts' part of the interface.
pub struct Drafts;

#[OpenApi(prefix_path = "/api/drafts", tag = "super::document::Group::Drafts")]
impl Drafts {
    /// List drafts
    ///
    /// Newest first, each in its newest revision.
    #[oai(path = "/", method = "get", operation_id = "listDrafts")]
    #[expect(
        clippy::too_many_arguments,
        reason = "one argument a query parameter is how the contract is written"
    )]
    async fn list(
        &self,
        shared: Data<&Arc<Shared>>,
        scope: Data<&QueryScope>,
        caller: Signed,
        /// Drafts about this project.
        #[oai(name = "projectId")]
        project_id: Query<Option<Id<ProjectId>>>,
        /// Drafts written by this execution.
        #[oai(name = "executionId")]
        execution_id: Query<Option<Id<ExecutionId>>>,
        /// Drafts for this platform.
        platform: Query<Option<Word<Platform>>>,
        /// Drafts in this state.
        status: Query<Option<Word<DraftStatus>>>,
        /// The most items to return.
        limit: Query<Option<Limit>>,
        /// The `nextCursor` of the previous page.
        cursor: Query<Option<String>>,
    ) -> poem::Result<Json<List<Draft>>> {
        let filter = DraftFilter {
            within: None,
            project: project_id.0.map(|id| id.0),
            execution: execution_id.0.map(|id| id.0),
            platform: platform.0.map(|word| word.0),
            status: status.0.map(|word| word.0),
        };
        let page = page::asked(&shared, &scope, limit.0, cursor.0.as_deref())?;
        let page = shared.as_caller(&caller).drafts(filter, page).await.map_err(Problem::from)?;
        Ok(Json(List::of(&shared, &scope, page, Draft::from)))
    }

    /// Read a draft
    ///
    /// With the evidence of each statement, the items it rests on, what was left out and why, and where it went.
    #[oai(path = "/:id", method = "get", operation_id = "getDraft")]
    async fn read(
        &self,
        shared: Data<&Arc<Shared>>,
        caller: Signed,
        /// The draft.
        id: Path<Id<DraftId>>,
    ) -> poem::Result<Json<DraftDetail>> {
        Ok(Json(shared.as_caller(&caller).draft(id.0.0).await.map_err(Problem::from)?.into()))
    }

    /// Edit a draft
    ///
    /// Makes a new revision in state DRAFT, linted again. Evidence stays with statements that still stand word for
    /// word.
    #[oai(path = "/:id", method = "patch", operation_id = "editDraft")]
    async fn edit(
        &self,
        shared: Data<&Arc<Shared>>,
        caller: Signed,
        /// The draft.
        id: Path<Id<DraftId>>,
        body: Json<DraftPatch>,
    ) -> poem::Result<Json<Draft>> {
        let DraftPatch { revision, title, body, tags, note } = body.0;
        let stored = shared.as_caller(&caller).draft(id.0.0).await.map_err(Problem::from)?.draft.content;
        let text = DraftText {
            title: title.map(|line| line.0).or(stored.title),
            body,
            tags: tags.map_or(stored.tags, |tags| tags.into_iter().map(|line| line.0).collect()),
            note,
        };
        Ok(Json(
            shared.as_caller(&caller).edit_draft(id.0.0, revision, text).await.map_err(Problem::from)?.into(),
        ))
    }

    /// Approve a draft
    ///
    /// Refused with 409 while the lint finds errors in it.
    #[oai(path = "/:id/approve", method = "post", operation_id = "approveDraft")]
    async fn approve(
        &self,
        shared: Data<&Arc<Shared>>,
        caller: Signed,
        /// The draft.
        id: Path<Id<DraftId>>,
        body: Json<ApproveBody>,
    ) -> poem::Result<Json<Draft>> {
        let approved = shared.as_caller(&caller).approve_draft(id.0.0, body.0.revision).await;
        Ok(Json(approved.map_err(Problem::from)?.into()))
    }

    /// Reject a draft
    ///
    /// It stays readable, and an edit brings it back to review.
    #[oai(path = "/:id/reject", method = "post", operation_id = "rejectDraft")]
    async fn reject(
        &self,
        shared: Data<&Arc<Shared>>,
        caller: Signed,
        /// The draft.
        id: Path<Id<DraftId>>,
        body: Json<RejectBody>,
    ) -> poem::Result<Json<Draft>> {
        let RejectBody { revision, reason } = body.0;
        let rejected = shared.as_caller(&caller).reject_draft(id.0.0, revision, reason).await;
        Ok(Json(rejected.map_err(Problem::from)?.into()))
    }

    /// Publish an approved draft
    ///
    /// To the target its project names for the platform. Asked again, it finds what is already out.
    #[oai(path = "/:id/publish", method = "post", operation_id = "publishDraft")]
    async fn publish(
        &self,
        shared: Data<&Arc<Shared>>,
        caller: Signed,
        /// The draft.
        id: Path<Id<DraftId>>,
    ) -> poem::Result<Json<PublicationBody>> {
        Ok(Json(shared.as_caller(&caller).publish_draft(id.0.0).await.map_err(Problem::from)?.into()))
    }
}
