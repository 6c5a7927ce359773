//! The part of the store that keeps sealed secrets.

use async_trait::async_trait;
use dateline_core::id::SecretId;
use dateline_core::secret::SealedSecret;
use dateline_core::store::{Page, PageRequest, SecretStore, StoreError};

use super::RedbStore;

#[async_trait]
impl SecretStore for RedbStore {
    async fn put_secret(&self, secret: SealedSecret) -> Result<(), StoreError> {
        self.write(move |t| t.put_secret(&secret)).await
    }

    async fn secret(&self, id: SecretId) -> Result<SealedSecret, StoreError> {
        self.read(move |s| s.secret(id)).await
    }

    async fn remove_secret(&self, id: SecretId) -> Result<(), StoreError> {
        self.write(move |t| t.remove_secret(id)).await
    }

    async fn reseal_secrets(&self, pairs: Vec<(SealedSecret, SealedSecret)>) -> Result<usize, StoreError> {
        self.write(move |t| t.reseal_secrets(&pairs)).await
    }

    async fn secrets(&self, page: PageRequest) -> Result<Page<SealedSecret>, StoreError> {
        self.read(move |s| s.secrets(&page)).await
    }
}
