//! Sealing stored secrets anew, after a key has been replaced.

use std::collections::BTreeSet;

use dateline_core::entropy::Entropy;
use dateline_core::secret::{KeyRing, SealedSecret};
use dateline_core::store::{PageRequest, Store, StoreError};

/// How many secrets one transaction takes.
const BATCH: usize = 100;

/// What sealing anew came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Resealed {
    /// Secrets that are now under the current key.
    pub count: usize,
    /// Secrets that no key opens: they were damaged before, and stay as they are.
    pub damaged: usize,
}

/// Seals every secret anew that is not under the current key, some in each transaction. Cut short, it goes on where
/// it was when it is called again.
///
/// # Errors
/// [`StoreError`] when secrets cannot be read or written; those done so far stay done.
pub async fn reseal_all(
    store: &dyn Store,
    keys: &KeyRing,
    entropy: &dyn Entropy,
) -> Result<Resealed, StoreError> {
    let mut done = Resealed::default();
    let mut after = None;
    loop {
        let page = store.secrets(PageRequest { limit: BATCH, after }).await?;
        let current = keys.current();
        let mut pairs: Vec<(SealedSecret, SealedSecret)> = Vec::new();
        for old in page.items.into_iter().filter(|secret| secret.key != current) {
            match keys.open(&old) {
                Ok(secret) => {
                    let new = keys.seal(old.id, &secret, entropy);
                    pairs.push((old, new));
                }
                Err(error) => {
                    tracing::error!(%error, "a stored secret cannot be opened; it must be set again");
                    done.damaged += 1;
                }
            }
        }
        if !pairs.is_empty() {
            done.count += store.reseal_secrets(pairs).await?;
        }
        after = page.next;
        if after.is_none() {
            return Ok(done);
        }
    }
}

/// Returns the names of the keys that sealed stored secrets and are not at hand.
///
/// # Errors
/// [`StoreError`] when secrets cannot be read.
pub async fn unknown_keys(store: &dyn Store, keys: Option<&KeyRing>) -> Result<BTreeSet<String>, StoreError> {
    let mut unknown = BTreeSet::new();
    let mut after = None;
    loop {
        let page = store.secrets(PageRequest { limit: BATCH, after }).await?;
        let names = page.items.into_iter().map(|secret| secret.key);
        unknown.extend(names.filter(|name| keys.is_none_or(|keys| !keys.has(name))));
        after = page.next;
        if after.is_none() {
            return Ok(unknown);
        }
    }
}
