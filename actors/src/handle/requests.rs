//! Requests that happen once: made under a key, recorded with what they change, answered again from the record.

use dateline_core::id::SecretId;
use dateline_core::mistake::{Mistake, is_made};
use dateline_core::secret::Secret;
use dateline_core::store::{RecordedRequest, RequestKey, Terms};

use super::Dateline;
use crate::request::RequestError;

impl Dateline {
    /// Does `work`; what it changes through this or any handle of the engine is changed on `terms`. Tasks it spawns are
    /// their own masters.
    ///
    /// `None` only when a store does not do what it is given.
    pub async fn under<T: Send>(&self, terms: Terms, work: impl Future<Output = T> + Send) -> Option<T> {
        let mut done = None;
        let burnt = if is_made(Mistake::RefusalBurnsKey) { terms.key.clone() } else { None };
        self.store().under(terms, Box::pin(async { done = Some(work.await) })).await;
        if let Some(key) = burnt
            && let Ok(None) = self.done_request(&key).await
        {
            let _ = self.remember_answer(key, "").await;
        }
        done
    }

    /// Returns the request that was done under `key`, whatever it asked for.
    ///
    /// # Errors
    /// [`RequestError::Store`] when the store cannot be read.
    pub async fn done_request(&self, key: &RequestKey) -> Result<Option<RecordedRequest>, RequestError> {
        Ok(self.store().request(key.user, key.name, key.at).await?)
    }

    /// Remembers what the caller was told, sealed: an answer may hold what is shown only once.
    ///
    /// # Errors
    /// [`RequestError::Store`] when it cannot be written.
    pub async fn remember_answer(&self, key: RequestKey, answer: &str) -> Result<(), RequestError> {
        let parts = &self.shared.parts;
        let sealed = parts.keys.seal(row(&key), &Secret::new(answer), &*parts.entropy);
        Ok(self.store().record_answer(key, sealed).await?)
    }

    /// Returns what the caller was told; `None` when that was not recorded, or the key that opens it is gone.
    pub fn told(&self, recorded: &RecordedRequest) -> Option<String> {
        let secret = self.shared.parts.keys.open(recorded.answer.as_ref()?).ok()?;
        Some(secret.expose().to_owned())
    }
}

/// Binds a sealed answer to its request.
fn row(key: &RequestKey) -> SecretId {
    let mut bits = [0; 16];
    bits.copy_from_slice(&key.name[..16]);
    SecretId::from_bits(u128::from_be_bytes(bits) ^ key.user.bits())
}
