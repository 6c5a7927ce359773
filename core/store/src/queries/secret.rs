//! Sealed secrets.

use std::ops::Bound;

use dateline_core::id::SecretId;
use dateline_core::secret::SealedSecret;
use dateline_core::store::{Missing, Page, PageRequest, StoreError};

use super::{page_of, resume_id};
use crate::fault::Fault;
use crate::tables::SECRETS;
use crate::transaction::{Rows, Snapshot};

impl Snapshot {
    pub(crate) fn secret(&self, id: SecretId) -> Result<SealedSecret, Fault> {
        self.get(&SECRETS, id.bits())?.ok_or(Fault::Refused(StoreError::NotFound(Missing::Secret)))
    }

    pub(crate) fn secrets(&self, page: &PageRequest) -> Result<Page<SealedSecret>, Fault> {
        let start = resume_id(page)?.map_or(Bound::Unbounded, Bound::Excluded);
        let found = self.list(&SECRETS, (start, Bound::Unbounded), page.limit + 1)?;
        let found = found.into_iter().map(|(_, secret)| secret).collect();
        Ok(page_of(found, page.limit, |secret: &SealedSecret| secret.id.bits().to_be_bytes().to_vec()))
    }
}
