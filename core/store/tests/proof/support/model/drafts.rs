//! Drafts and publications, in plain maps.

use dateline_core::draft::{Draft, DraftEvent, Publication, PublicationOutcome};
use dateline_core::id::{DraftId, PublicationId};
use dateline_core::notification::NotificationEvent;
use dateline_core::store::{DraftDecision, DraftEdit, Missing, StoreError};
use dateline_core::time::Timestamp;

use super::{Model, Res};

impl Model {
    fn newest(&self, id: DraftId) -> Res<Draft> {
        let revisions = self.drafts.get(&id).ok_or(StoreError::NotFound(Missing::Draft))?;
        Ok(revisions.last().expect("a revision").clone())
    }

    fn read(&self, id: DraftId, revision: u32) -> Res<Draft> {
        let draft = self.newest(id)?;
        if draft.revision == revision {
            Ok(draft)
        } else {
            Err(StoreError::Conflict { version: u64::from(draft.revision) })
        }
    }

    pub(super) fn edit_draft(&mut self, edit: DraftEdit) -> Res<Draft> {
        let draft = self.read(edit.id, edit.revision)?;
        let state = draft.state.clone().after(DraftEvent::Edited, edit.now)?;
        let next = Draft {
            state,
            revision: draft.revision + 1,
            content: edit.content,
            evidence: edit.evidence,
            findings: edit.findings,
            composition: None,
            writer: "person".to_owned(),
            note: edit.note,
            version: draft.version + 1,
            updated_at: edit.now,
            ..draft
        };
        self.drafts.get_mut(&edit.id).expect("it was there").push(next.clone());
        self.events += 1;
        Ok(next)
    }

    fn move_draft(&mut self, draft: Draft, event: DraftEvent, now: Timestamp) -> Res<Draft> {
        let state = draft.state.clone().after(event, now)?;
        if state == draft.state {
            return Ok(draft);
        }
        let next = Draft { state, version: draft.version + 1, updated_at: now, ..draft };
        *self.drafts.get_mut(&next.id).and_then(|all| all.last_mut()).expect("it was there") = next.clone();
        self.events += 1;
        Ok(next)
    }

    pub(super) fn decide_draft(&mut self, decision: DraftDecision) -> Res<Draft> {
        let draft = self.read(decision.id, decision.revision)?;
        self.move_draft(draft, decision.event, decision.now)
    }

    pub(super) fn begin_publication(&mut self, publication: Publication) -> Res<Publication> {
        let same = |p: &&mut Publication| {
            (p.draft, p.revision, &p.target) == (publication.draft, publication.revision, &publication.target)
        };
        let draft = self.newest(publication.draft);
        let may_go = |draft: Draft, at| -> Res<()> {
            if draft.revision != publication.revision {
                return Err(StoreError::Conflict { version: u64::from(draft.revision) });
            }
            draft.state.after(DraftEvent::Published, at)?;
            Ok(())
        };
        if let Some(recorded) = self.publications.values_mut().find(same) {
            if let Some(PublicationOutcome::Failed { at, .. }) = recorded.outcome {
                may_go(draft?, at)?;
                recorded.outcome = None;
            }
            return Ok(recorded.clone());
        }
        may_go(draft?, publication.intended_at)?;
        self.publications.insert(publication.id, publication.clone());
        Ok(publication)
    }

    pub(super) fn finish_publication(
        &mut self,
        id: PublicationId,
        outcome: PublicationOutcome,
    ) -> Res<Publication> {
        let mut recorded =
            self.publications.get(&id).cloned().ok_or(StoreError::NotFound(Missing::Publication))?;
        if matches!(recorded.outcome, Some(PublicationOutcome::Published { .. })) {
            return Ok(recorded);
        }
        let (at, event) = match &outcome {
            PublicationOutcome::Published { at, .. } => (*at, DraftEvent::Published),
            PublicationOutcome::Failed { at, reason } => {
                (*at, DraftEvent::PublishFailed { reason: reason.clone() })
            }
        };
        let draft = self.newest(recorded.draft)?;
        if draft.revision == recorded.revision && draft.state.clone().after(event.clone(), at).is_ok() {
            self.move_draft(draft, event, at)?;
        }
        if matches!(outcome, PublicationOutcome::Failed { .. }) {
            self.tell(NotificationEvent::PublicationFailed, id.bits());
        }
        recorded.outcome = Some(outcome);
        self.publications.insert(id, recorded.clone());
        Ok(recorded)
    }
}
