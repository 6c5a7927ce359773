//! Drafts: read, edited, decided, published.

use dateline_core::caller::Access;
use dateline_core::content::Finding;
use dateline_core::draft::{Draft, DraftEvent, Publication};
use dateline_core::id::DraftId;
use dateline_core::people::AuditAction;
use dateline_core::store::{DraftDecision, DraftEdit, DraftFilter, Page, PageRequest, StoreError};

use super::Dateline;
use super::check::Faults;
use crate::request::{DraftDetail, DraftText, RequestError};
use crate::{publishing, review};

impl Dateline {
    /// Returns drafts' newest revisions, newest draft first.
    ///
    /// # Errors
    /// [`RequestError::Store`] when the store cannot be read.
    pub async fn drafts(&self, filter: DraftFilter, page: PageRequest) -> Result<Page<Draft>, RequestError> {
        let filter = DraftFilter { within: self.reach().await?, ..filter };
        Ok(self.store().drafts(filter, page).await?)
    }

    /// Returns a draft with the brief it rests on and its publications.
    ///
    /// # Errors
    /// Not found for a draft that is not there.
    pub async fn draft(&self, id: DraftId) -> Result<DraftDetail, RequestError> {
        let draft = self.draft_for(id, Access::View).await?;
        let brief = self.store().brief(draft.brief.clone()).await?;
        let publications = self.store().publications(id).await?;
        Ok(DraftDetail { draft, brief, publications })
    }

    /// Stores a person's text as a new revision of the draft, with what the lint says of it. Evidence stays with
    /// statements that still stand word for word.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when `revision` is not the newest; [`RequestError::Invalid`] for a text that cannot
    /// be stored.
    pub async fn edit_draft(
        &self,
        id: DraftId,
        revision: u32,
        text: DraftText,
    ) -> Result<Draft, RequestError> {
        let mut faults = Faults::default();
        faults.draft_text(&text);
        faults.into_result()?;
        let draft = self.newest(id, revision, Access::Edit).await?;
        let about = draft.project;
        let brief = self.store().brief(draft.brief.clone()).await?;
        let project = self.store().project(draft.project).await.ok();
        let reviewed = review::of_edit(draft, brief, project, text).await?;
        let edit = DraftEdit {
            id,
            revision,
            content: reviewed.content,
            evidence: reviewed.evidence,
            findings: reviewed.findings,
            note: reviewed.note,
            now: self.now(),
        };
        Ok(self.noting(AuditAction::DraftEdited, id, Some(about.into()), None).edit_draft(edit).await?)
    }

    /// Approves the revision a person has read.
    ///
    /// # Errors
    /// [`RequestError::Blocked`] while the lint finds errors in it; [`StoreError::Conflict`] when it is not the newest.
    pub async fn approve_draft(&self, id: DraftId, revision: u32) -> Result<Draft, RequestError> {
        let draft = self.newest(id, revision, Access::Approve).await?;
        refuse_blocked(&draft)?;
        self.decide(&draft, DraftEvent::Approved, AuditAction::DraftApproved).await
    }

    /// Rejects the revision a person has read.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when it is not the newest.
    pub async fn reject_draft(
        &self,
        id: DraftId,
        revision: u32,
        reason: Option<String>,
    ) -> Result<Draft, RequestError> {
        let mut faults = Faults::default();
        faults.reason(reason.as_deref());
        faults.into_result()?;
        let draft = self.newest(id, revision, Access::Approve).await?;
        self.decide(&draft, DraftEvent::Rejected { reason }, AuditAction::DraftRejected).await
    }

    /// Publishes an approved draft to its project's target, once: asked again it finds what is already out.
    ///
    /// Goes on to its end also when the asker leaves. The publication's outcome says whether it is out.
    ///
    /// # Errors
    /// [`RequestError::NoTarget`] without a target, [`RequestError::Blocked`] while the lint finds errors, refused for a
    /// draft that is not approved.
    pub async fn publish_draft(&self, id: DraftId) -> Result<Publication, RequestError> {
        let project = self.draft_for(id, Access::Approve).await?.project;
        let shared = self.shared.clone();
        let store = self.noting(AuditAction::DraftPublished, id, Some(project.into()), None);
        let task = tokio::spawn(async move { publishing::publish(&shared, &*store, id).await });
        task.await.map_err(|_| RequestError::Stopping)?
    }

    async fn decide(
        &self,
        draft: &Draft,
        event: DraftEvent,
        action: AuditAction,
    ) -> Result<Draft, RequestError> {
        let decision = DraftDecision { id: draft.id, revision: draft.revision, event, now: self.now() };
        let store = self.noting(action, draft.id, Some(draft.project.into()), None);
        Ok(store.decide_draft(decision).await?)
    }

    async fn newest(&self, id: DraftId, revision: u32, needed: Access) -> Result<Draft, RequestError> {
        let draft = self.draft_for(id, needed).await?;
        if draft.revision == revision {
            Ok(draft)
        } else {
            Err(StoreError::Conflict { version: u64::from(draft.revision) }.into())
        }
    }
}

/// Refuses a draft in which the lint found errors.
pub(crate) fn refuse_blocked(draft: &Draft) -> Result<(), RequestError> {
    let findings: Vec<Finding> = draft.blocking().cloned().collect();
    if findings.is_empty() { Ok(()) } else { Err(RequestError::Blocked { findings }) }
}
