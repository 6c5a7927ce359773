//! The part of the store that remembers requests.

use std::sync::Arc;

use async_trait::async_trait;
use dateline_core::id::UserId;
use dateline_core::secret::SealedSecret;
use dateline_core::store::{RecordedRequest, RequestKey, RequestStore, StoreError, Terms, Work};
use dateline_core::time::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::RedbStore;
use crate::fault::Fault;
use crate::transaction::Transaction;
use crate::verbs::Target;

tokio::task_local! {
    /// On what terms the present task changes things for somebody.
    static TERMS: Arc<Terms>;
}

impl RedbStore {
    /// Hands a person's change of `target` to the writer, under the terms of the present task.
    pub(super) async fn change<T: Serialize + DeserializeOwned + Send + 'static>(
        &self,
        target: Target,
        mut verb: impl FnMut(&Transaction<'_>) -> Result<T, Fault> + Send + 'static,
    ) -> Result<T, StoreError> {
        match TERMS.try_with(Arc::clone) {
            Ok(terms) => self.write(move |t| t.under(&terms, target, &mut verb)).await,
            Err(_) => self.write(verb).await,
        }
    }
}

#[async_trait]
impl RequestStore for RedbStore {
    async fn under(&self, terms: Terms, work: Work<'_>) {
        TERMS.scope(Arc::new(terms), work).await;
    }

    async fn request(
        &self,
        user: UserId,
        name: [u8; 32],
        now: Timestamp,
    ) -> Result<Option<RecordedRequest>, StoreError> {
        self.read(move |s| s.request(user, name, now)).await
    }

    async fn record_answer(&self, key: RequestKey, answer: SealedSecret) -> Result<(), StoreError> {
        self.write(move |t| t.record_answer(&key, &answer)).await
    }
}
