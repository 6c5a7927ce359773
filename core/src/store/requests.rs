//! Requests that happen once however often they are sent, and changes made only to what was read.

use std::pin::Pin;
use std::time::Duration;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use super::StoreError;
use crate::id::UserId;
use crate::secret::SealedSecret;
use crate::time::Timestamp;

/// How long a request is remembered by its key.
pub const REQUEST_KEPT: Duration = Duration::from_secs(24 * 60 * 60);

/// What a caller does under [`Terms`].
pub type Work<'w> = Pin<Box<dyn Future<Output = ()> + Send + 'w>>;

/// Names a request, so that sent again it is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestKey {
    /// Whose request it is: everybody has names of their own.
    pub user: UserId,
    /// BLAKE3 of the name the user gave it.
    pub name: [u8; 32],
    /// BLAKE3 of what is asked, as hexadecimal digits.
    pub digest: String,
    /// The present.
    pub at: Timestamp,
}

/// On what terms a change is made.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Terms {
    /// The change happens once for this key, and is recorded with it in one commit.
    pub key: Option<RequestKey>,
    /// The change is made only to one of these versions; to any when absent.
    pub versions: Option<Vec<u64>>,
}

/// A request that was done.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RecordedRequest {
    /// What was asked.
    pub digest: String,
    /// When.
    pub at: Timestamp,
    /// What the change came to, as the verb returned it; recorded in the commit that made it.
    pub effect: Option<serde_json::Value>,
    /// What the caller was told, where that does not follow from the effect; recorded after it.
    pub answer: Option<SealedSecret>,
}

/// The part of the store that remembers requests.
#[async_trait]
pub trait RequestStore: Send + Sync {
    /// Runs `work`. What people change in it, directly and not in tasks it spawns, is changed under `terms`: a verb
    /// whose key is recorded returns what it came to the first time ([`StoreError::KeyTaken`] when the key names another
    /// request), and one that finds another version than asked for refuses with [`StoreError::OtherVersion`].
    async fn under(&self, terms: Terms, work: Work<'_>);

    /// Returns the request of `user` with this name, unless it is older than [`REQUEST_KEPT`].
    async fn request(
        &self,
        user: UserId,
        name: [u8; 32],
        now: Timestamp,
    ) -> Result<Option<RecordedRequest>, StoreError>;

    /// Records what the caller was told, beside the effect when there is one.
    async fn record_answer(&self, key: RequestKey, answer: SealedSecret) -> Result<(), StoreError>;
}
