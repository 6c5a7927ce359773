//! Sealed secrets: the store never sees what they hide.

use async_trait::async_trait;

use super::{Page, PageRequest, StoreError};
use crate::id::SecretId;
use crate::secret::SealedSecret;

/// Secrets that change with the record they belong to, in one commit: neither is ever there without the other.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SecretChanges {
    /// Stored, in place of what was there.
    pub put: Vec<SealedSecret>,
    /// Removed.
    pub remove: Vec<SecretId>,
}

/// Sealed secrets by id.
#[async_trait]
pub trait SecretStore {
    /// Stores a secret under its id, in place of what was there.
    async fn put_secret(&self, secret: SealedSecret) -> Result<(), StoreError>;

    /// Returns a secret.
    async fn secret(&self, id: SecretId) -> Result<SealedSecret, StoreError>;

    /// Removes a secret. Again changes nothing.
    async fn remove_secret(&self, id: SecretId) -> Result<(), StoreError>;

    /// Puts the second of each pair in the place of the first, all in one transaction; returns how many were. Where
    /// the first no longer stands, somebody was quicker, and what they put stays.
    async fn reseal_secrets(&self, pairs: Vec<(SealedSecret, SealedSecret)>) -> Result<usize, StoreError>;

    /// Returns secrets, oldest first: for sealing all of them anew.
    async fn secrets(&self, page: PageRequest) -> Result<Page<SealedSecret>, StoreError>;
}
