//! Sealed secrets: put, sealed anew, removed.

use dateline_core::id::SecretId;
use dateline_core::secret::SealedSecret;
use dateline_core::store::SecretChanges;

use crate::fault::Fault;
use crate::tables::SECRETS;
use crate::transaction::{Rows, Transaction};

impl Transaction<'_> {
    /// Stores and removes the secrets that change with another record.
    pub(crate) fn change_secrets(&self, changes: &SecretChanges) -> Result<(), Fault> {
        changes.put.iter().try_for_each(|secret| self.put_secret(secret))?;
        changes.remove.iter().try_for_each(|id| self.remove_secret(*id))
    }

    pub(crate) fn put_secret(&self, secret: &SealedSecret) -> Result<(), Fault> {
        self.put(&SECRETS, secret.id.bits(), secret)
    }

    pub(crate) fn reseal_secrets(&self, pairs: &[(SealedSecret, SealedSecret)]) -> Result<usize, Fault> {
        let mut resealed = 0;
        for (old, new) in pairs {
            if self.get(&SECRETS, old.id.bits())?.as_ref() == Some(old) {
                self.put(&SECRETS, new.id.bits(), new)?;
                resealed += 1;
            }
        }
        Ok(resealed)
    }

    pub(crate) fn remove_secret(&self, id: SecretId) -> Result<(), Fault> {
        self.remove(SECRETS.table, id.bits()).map(drop)
    }
}
