//! Drafts: stored, edited, decided.

use dateline_core::draft::{Draft, DraftEvent, DraftRefusal};
use dateline_core::event::EventKind;
use dateline_core::id::DraftId;
use dateline_core::store::{DraftDecision, DraftEdit, DraftWrite, Missing, StoreError};
use dateline_core::time::Timestamp;

use crate::fault::Fault;
use crate::record::{draft_status_code, platform_code};
use crate::tables::{
    ALL, BRIEFS, BY_EXECUTION, BY_PLATFORM, BY_PROJECT, BY_STATUS, DRAFT_INDEX, DRAFTS, REVISIONS,
};
use crate::transaction::{Rows, Transaction};

/// Who writes an edit.
const PERSON: &str = "person";

/// Returns the keys of a draft's index rows.
pub(crate) fn draft_keys(draft: &Draft) -> [(u8, u128, u128); 5] {
    let id = draft.id.bits();
    [
        (ALL, 0, id),
        (BY_PROJECT, draft.project.bits(), id),
        (BY_EXECUTION, draft.execution.bits(), id),
        (BY_STATUS, u128::from(draft_status_code(draft.state.status())), id),
        (BY_PLATFORM, u128::from(platform_code(draft.platform)), id),
    ]
}

/// Returns what a draft's index rows hold.
pub(crate) fn draft_row(draft: &Draft) -> (u8, u8) {
    (draft_status_code(draft.state.status()), platform_code(draft.platform))
}

impl Transaction<'_> {
    /// Stores a new draft, and its brief unless that is there already.
    pub(crate) fn insert_draft(&self, write: &DraftWrite, now: Timestamp) -> Result<(), Fault> {
        let draft = &write.draft;
        if let Some(stored) = self.get(&DRAFTS, draft.id.bits())? {
            return Err(StoreError::Conflict { version: u64::from(stored.revision) }.into());
        }
        if !self.has(BRIEFS.table, draft.brief.0.as_str())? {
            self.put(&BRIEFS, draft.brief.0.as_str(), write.brief.as_ref())?;
        }
        self.write_draft(draft, now)?;
        self.tell_of_draft(draft, now)
    }

    pub(crate) fn edit_draft(&self, edit: &DraftEdit) -> Result<Draft, Fault> {
        let before = self.read_draft(edit.id, edit.revision)?;
        let state = before.state.clone().after(DraftEvent::Edited, edit.now).map_err(StoreError::from)?;
        let after = Draft {
            state,
            revision: before.revision + 1,
            content: edit.content.clone(),
            evidence: edit.evidence.clone(),
            findings: edit.findings.clone(),
            composition: None,
            writer: PERSON.to_owned(),
            note: edit.note.clone(),
            version: before.version + 1,
            updated_at: edit.now,
            ..before.clone()
        };
        self.put(&REVISIONS, (before.id.bits(), before.revision), &before)?;
        self.replace_draft(&before, after, edit.now)
    }

    pub(crate) fn decide_draft(&self, decision: &DraftDecision) -> Result<Draft, Fault> {
        let before = self.read_draft(decision.id, decision.revision)?;
        match &decision.event {
            DraftEvent::Approved | DraftEvent::Rejected { .. } => {}
            DraftEvent::Edited | DraftEvent::Published | DraftEvent::PublishFailed { .. } => {
                let refusal = DraftRefusal { status: before.state.status(), event: "decided that way" };
                return Err(StoreError::from(refusal).into());
            }
        }
        self.move_draft(before, decision.event.clone(), decision.now)
    }

    /// Stores what becomes of a draft by `event`, or refuses.
    pub(crate) fn move_draft(
        &self,
        before: Draft,
        event: DraftEvent,
        now: Timestamp,
    ) -> Result<Draft, Fault> {
        let state = before.state.clone().after(event, now).map_err(StoreError::from)?;
        if state == before.state {
            return Ok(before);
        }
        let after = Draft { state, version: before.version + 1, updated_at: now, ..before.clone() };
        self.replace_draft(&before, after, now)
    }

    fn replace_draft(&self, before: &Draft, after: Draft, now: Timestamp) -> Result<Draft, Fault> {
        let kept = draft_keys(&after);
        for key in draft_keys(before).into_iter().filter(|key| !kept.contains(key)) {
            self.remove(DRAFT_INDEX, key)?;
        }
        self.write_draft(&after, now)?;
        Ok(after)
    }

    fn write_draft(&self, draft: &Draft, now: Timestamp) -> Result<(), Fault> {
        for key in draft_keys(draft) {
            self.set(DRAFT_INDEX, key, draft_row(draft))?;
        }
        self.put(&DRAFTS, draft.id.bits(), draft)?;
        self.emit(EventKind::Draft, draft.id.to_string(), draft.project.into(), draft.version, now)
    }

    /// Returns a draft, or refuses.
    pub(crate) fn found_draft(&self, id: DraftId) -> Result<Draft, Fault> {
        self.get(&DRAFTS, id.bits())?.ok_or(Fault::Refused(StoreError::NotFound(Missing::Draft)))
    }

    /// Returns a draft whose newest revision is the one that was read, or refuses.
    fn read_draft(&self, id: DraftId, revision: u32) -> Result<Draft, Fault> {
        let draft = self.found_draft(id)?;
        if draft.revision == revision {
            Ok(draft)
        } else {
            Err(StoreError::Conflict { version: u64::from(draft.revision) }.into())
        }
    }
}
