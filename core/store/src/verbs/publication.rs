//! Publications: the intent before, the outcome after.

use dateline_core::draft::{DraftEvent, Publication, PublicationOutcome};
use dateline_core::id::PublicationId;
use dateline_core::publisher::Target;
use dateline_core::store::{Missing, StoreError};

use crate::fault::Fault;
use crate::record::encode;
use crate::tables::{DRAFT_PUBLICATIONS, OPEN_PUBLICATIONS, PUBLICATION_KEYS, PUBLICATIONS};
use crate::transaction::{Rows, Transaction};

/// Returns what makes a publication unique.
pub(crate) fn publication_key(publication: &Publication) -> Result<(u128, u32, [u8; 32]), Fault> {
    let target: &Target = &publication.target;
    let digest = blake3::hash(&encode(target)?);
    Ok((publication.draft.bits(), publication.revision, *digest.as_bytes()))
}

impl Transaction<'_> {
    /// Records an intent. The recorded one is returned for the same revision and target; when that had failed it is
    /// open again, since another try follows.
    pub(crate) fn begin_publication(&self, publication: &Publication) -> Result<Publication, Fault> {
        let key = publication_key(publication)?;
        if let Some(recorded) = self.look(PUBLICATION_KEYS, key)? {
            return self.begin_again(recorded);
        }
        let draft = self.found_draft(publication.draft)?;
        if draft.revision != publication.revision {
            return Err(StoreError::Conflict { version: u64::from(draft.revision) }.into());
        }
        // Asked before anything goes out: may this draft be published at all?
        draft.state.after(DraftEvent::Published, publication.intended_at).map_err(StoreError::from)?;
        if self.has(PUBLICATIONS.table, publication.id.bits())? {
            return Err(StoreError::Conflict { version: u64::from(draft.revision) }.into());
        }
        let recorded = Publication { outcome: None, ..publication.clone() };
        let id = recorded.id.bits();
        self.put(&PUBLICATIONS, id, &recorded)?;
        self.set(DRAFT_PUBLICATIONS, (recorded.draft.bits(), id), ())?;
        self.set(PUBLICATION_KEYS, key, id)?;
        self.set(OPEN_PUBLICATIONS, id, ())?;
        Ok(recorded)
    }

    fn begin_again(&self, id: u128) -> Result<Publication, Fault> {
        let recorded = self.found_publication(PublicationId::from_bits(id))?;
        match recorded.outcome {
            None | Some(PublicationOutcome::Published { .. }) => Ok(recorded),
            Some(PublicationOutcome::Failed { at, .. }) => {
                let draft = self.found_draft(recorded.draft)?;
                if draft.revision != recorded.revision {
                    return Err(StoreError::Conflict { version: u64::from(draft.revision) }.into());
                }
                draft.state.after(DraftEvent::Published, at).map_err(StoreError::from)?;
                let open = Publication { outcome: None, ..recorded };
                self.put(&PUBLICATIONS, id, &open)?;
                self.set(OPEN_PUBLICATIONS, id, ())?;
                Ok(open)
            }
        }
    }

    /// Records an outcome and moves the draft by it. A draft that was edited or rejected meanwhile stays as it is:
    /// what went out is recorded all the same. What is out stays out.
    pub(crate) fn finish_publication(
        &self,
        id: PublicationId,
        outcome: &PublicationOutcome,
    ) -> Result<Publication, Fault> {
        let recorded = self.found_publication(id)?;
        if let Some(PublicationOutcome::Published { .. }) = recorded.outcome {
            return Ok(recorded);
        }
        let (at, event) = match outcome {
            PublicationOutcome::Published { at, .. } => (*at, DraftEvent::Published),
            PublicationOutcome::Failed { at, reason } => {
                (*at, DraftEvent::PublishFailed { reason: reason.clone() })
            }
        };
        let draft = self.found_draft(recorded.draft)?;
        let is_lawful = draft.state.clone().after(event.clone(), at).is_ok();
        if draft.revision == recorded.revision && is_lawful {
            self.move_draft(draft.clone(), event, at)?;
        }
        let ended = Publication { outcome: Some(outcome.clone()), ..recorded };
        self.put(&PUBLICATIONS, id.bits(), &ended)?;
        self.remove(OPEN_PUBLICATIONS, id.bits())?;
        self.tell_of_publication(&ended, &draft, at)?;
        Ok(ended)
    }

    fn found_publication(&self, id: PublicationId) -> Result<Publication, Fault> {
        let missing = Fault::Refused(StoreError::NotFound(Missing::Publication));
        self.get(&PUBLICATIONS, id.bits())?.ok_or(missing)
    }
}
