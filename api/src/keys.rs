//! The keys that seal stored secrets: where they are kept, and how one takes another's place.
//!
//! ```text
//!  settings (DATELINE_SECRET_KEY) ──▶ keyring (when asked for and there) ──▶ key file (0600)
//! ```
//!
//! A place holds the current key and, while secrets are sealed anew, the one it replaces. A key is replaced in three
//! steps: both are kept, everything is sealed anew, the old one goes. Whoever is cut off between two of them is taken
//! up at the next start, since a place with two keys says that there is work left.

mod keyring;
mod place;

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::Duration;

use async_trait::async_trait;
use dateline_actors::{Dateline, Resealed, reseal_all, unknown_keys};
use dateline_core::entropy::Entropy;
use dateline_core::secret::{KeyRing, SecretKey};
use dateline_core::store::{Store, StoreError};
use tokio::sync::Mutex;

pub use self::keyring::{Keyring, OsKeyring};
pub use self::place::{Held, Place};

use crate::config::Config;
use crate::config::value::KeySource;
use crate::folder::DataFolder;

/// How long a secret that was sealed a moment before the key changed may take until it is stored.
const STALE_SEAL_MAX: Duration = Duration::from_secs(1);

/// Why keys cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// Others can read the key.
    #[error("`{}` can be read by others (mode {mode:o}): run `chmod 600 '{}'`, and `dateline rotate-key` if somebody may have read it", path.display(), path.display())]
    Exposed {
        /// The key file.
        path: PathBuf,
        /// Its permissions.
        mode: u32,
    },
    /// The place holds something else.
    #[error(
        "{place} holds no key: expected 64 hexadecimal digits; without the key the stored secrets cannot be read"
    )]
    NoKey {
        /// The place.
        place: String,
    },
    /// The place cannot be used.
    #[error("{place}: {reason}")]
    Io {
        /// The place.
        place: String,
        /// What the system says.
        reason: String,
    },
    /// Secrets are stored and their key is not at hand.
    #[error(
        "secrets are stored that key {} sealed, and {found}: put that key back, or restore a backup of it",
        names(sealed_by)
    )]
    Lost {
        /// The names of the keys that sealed them.
        sealed_by: BTreeSet<String>,
        /// What is there instead.
        found: String,
    },
    /// The key is a setting: only who sets it can replace it.
    #[error(
        "the key is set by DATELINE_SECRET_KEY: set that to a new key, and DATELINE_SECRET_KEY_EARLIER to the present \
         one, and start again: everything is then sealed anew"
    )]
    IsASetting,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

fn names(keys: &BTreeSet<String>) -> String {
    keys.iter().map(String::as_str).collect::<Vec<_>>().join(" and ")
}

/// Somebody who can seal everything anew: a running engine, or a store that nobody else has open.
#[async_trait]
pub trait Reseal: Send + Sync {
    /// Seals every secret anew that is not under the current key of `ring`.
    async fn reseal(&self, ring: &KeyRing) -> Result<Resealed, StoreError>;
}

#[async_trait]
impl Reseal for Dateline {
    async fn reseal(&self, _ring: &KeyRing) -> Result<Resealed, StoreError> {
        // The engine holds a clone of the same ring.
        self.reseal_secrets().await
    }
}

/// A store without an engine.
pub struct StoreAlone<'s>(pub &'s dyn Store, pub &'s dyn Entropy);

#[async_trait]
impl Reseal for StoreAlone<'_> {
    async fn reseal(&self, ring: &KeyRing) -> Result<Resealed, StoreError> {
        reseal_all(self.0, ring, self.1).await
    }
}

/// What a replaced key came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rotated {
    /// The new key's name.
    pub key: String,
    /// How many secrets were sealed anew.
    pub resealed: Resealed,
}

/// Where the keys are, without the keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sighting {
    /// The place, in words.
    pub place: String,
    /// The name of the key that seals; `None` while there is none.
    pub key: Option<String>,
    /// Whether one it replaces is still kept.
    pub has_earlier: bool,
}

/// The keys in use, and the place they are kept in.
pub struct KeyChest {
    ring: KeyRing,
    place: Place,
    /// Held by whoever replaces the key.
    rotating: Mutex<()>,
}

impl KeyChest {
    /// Finds the keys, makes one when there never was any, and ends a replacement that was cut off.
    ///
    /// # Errors
    /// [`KeyError`] when a key is exposed or damaged, or stored secrets were sealed by one that is not at hand: a new
    /// key is never made then.
    pub async fn open(
        config: &Config,
        folder: &DataFolder,
        keyring: impl Keyring,
        store: &dyn Store,
        entropy: &dyn Entropy,
    ) -> Result<Self, KeyError> {
        let (place, held) = Self::find(config, folder, keyring).await?;
        let held = match held {
            Some(held) => held,
            None => {
                let sealed_by = unknown_keys(store, None).await?;
                if !sealed_by.is_empty() {
                    return Err(KeyError::Lost { sealed_by, found: format!("{place} is gone") });
                }
                let fresh = Held { current: SecretKey::fresh(entropy), earlier: Vec::new() };
                place.keep(&fresh).await?;
                fresh
            }
        };
        let ring = KeyRing::new(held.current.clone(), held.earlier.clone());
        let sealed_by = unknown_keys(store, Some(&ring)).await?;
        if !sealed_by.is_empty() {
            let found = format!("{place} holds key {}", held.current.name());
            return Err(KeyError::Lost { sealed_by, found });
        }
        let chest = Self { ring, place, rotating: Mutex::new(()) };
        if !held.earlier.is_empty() {
            let resealed = reseal_all(store, &chest.ring, entropy).await?;
            chest.retire(&held).await?;
            let (key, resealed) = (held.current.name(), resealed.count);
            tracing::info!(key, resealed, "every stored secret is under the current key");
        }
        Ok(chest)
    }

    /// Returns where the keys are, for somebody who only looks: none is made, moved or let go.
    ///
    /// # Errors
    /// [`KeyError`] when the place cannot be read, others can read it, or it holds no key.
    pub async fn sighted(
        config: &Config,
        folder: &DataFolder,
        keyring: impl Keyring,
    ) -> Result<Sighting, KeyError> {
        let (place, held) = match config.secret_key_source {
            KeySource::Keyring if config.secret_key.is_none() => {
                let place = Place::keyring(keyring, folder.path());
                match place.held().await? {
                    Some(held) => (place, Some(held)),
                    None => Self::in_file(folder).await?,
                }
            }
            KeySource::Keyring | KeySource::File => Self::find(config, folder, keyring).await?,
        };
        let has_earlier = held.as_ref().is_some_and(|held| !held.earlier.is_empty());
        Ok(Sighting { place: place.to_string(), key: held.map(|held| held.current.name()), has_earlier })
    }

    async fn in_file(folder: &DataFolder) -> Result<(Place, Option<Held>), KeyError> {
        let file = Place::File(folder.secret_key_file());
        let held = file.held().await?;
        Ok((file, held))
    }

    /// Returns where keys are kept and what is kept there.
    async fn find(
        config: &Config,
        folder: &DataFolder,
        keyring: impl Keyring,
    ) -> Result<(Place, Option<Held>), KeyError> {
        if let Some(current) = &config.secret_key {
            let parse = |text: &str| SecretKey::parse(text);
            let current = parse(current.expose()).ok_or_else(|| Place::Settings.holds_no_key())?;
            let earlier = config.secret_key_earlier.as_ref().and_then(|key| parse(key.expose()));
            return Ok((Place::Settings, Some(Held { current, earlier: earlier.into_iter().collect() })));
        }
        if config.secret_key_source == KeySource::Keyring {
            let file = Place::File(folder.secret_key_file());
            let place = Place::keyring(keyring, folder.path());
            match place.held().await {
                Ok(held) => return Self::with_file(place, held, &file).await,
                Err(KeyError::Io { reason, .. }) => {
                    let kept_in = file.to_string();
                    tracing::warn!(reason, kept_in, "there is no keyring; the key is kept in a file instead");
                }
                Err(error) => return Err(error),
            }
        }
        Self::in_file(folder).await
    }

    /// Brings keys of the file into the keyring: after this start the file is not needed.
    async fn with_file(
        keyring: Place,
        held: Option<Held>,
        file: &Place,
    ) -> Result<(Place, Option<Held>), KeyError> {
        let in_file = file.held().await?;
        let held = match (held, in_file) {
            (held, None) => return Ok((keyring, held)),
            (None, Some(in_file)) => in_file,
            (Some(held), Some(in_file)) => held.and(in_file),
        };
        keyring.keep(&held).await?;
        let kept = keyring.held().await?.map(|kept| kept.current.name());
        if kept.as_deref() == Some(held.current.name().as_str()) {
            file.forget().await?;
            tracing::info!("the key that seals secrets moved from its file into the keyring");
        }
        Ok((keyring, Some(held)))
    }

    /// Returns the keys, for everyone who seals and opens.
    pub fn ring(&self) -> KeyRing {
        self.ring.clone()
    }

    /// Returns where the keys are kept, in words.
    pub fn place(&self) -> String {
        self.place.to_string()
    }

    /// Puts a new key in the place of the current one and seals everything anew.
    ///
    /// # Errors
    /// [`KeyError::IsASetting`] when only the operator can; otherwise what was in the way. Cut off at any point, the
    /// next start ends it.
    pub async fn rotate(&self, sealer: &dyn Reseal, entropy: &dyn Entropy) -> Result<Rotated, KeyError> {
        let _alone = self.rotating.lock().await;
        if matches!(self.place, Place::Settings) {
            return Err(KeyError::IsASetting);
        }
        let before = self.place.held().await?.ok_or_else(|| self.place.holds_no_key())?;
        let current = SecretKey::fresh(entropy);
        let earlier = [vec![before.current], before.earlier].concat();
        let held = Held { current: current.clone(), earlier: earlier.clone() };
        self.place.keep(&held).await?;
        self.ring.replace(current.clone(), earlier);
        let mut resealed = sealer.reseal(&self.ring).await?;
        // What was sealed just before the change is stored by now.
        tokio::time::sleep(STALE_SEAL_MAX).await;
        resealed.count += sealer.reseal(&self.ring).await?.count;
        self.retire(&held).await?;
        let key = current.name();
        self.ring.replace(current, Vec::new());
        tracing::info!(key, resealed = resealed.count, "a new key seals secrets");
        Ok(Rotated { key, resealed })
    }

    /// Lets the earlier keys go.
    async fn retire(&self, held: &Held) -> Result<(), KeyError> {
        if matches!(self.place, Place::Settings) {
            tracing::info!("DATELINE_SECRET_KEY_EARLIER is not needed any more");
            return Ok(());
        }
        self.place.keep(&Held { current: held.current.clone(), earlier: Vec::new() }).await
    }
}

#[cfg(test)]
#[path = "keys/keys_tests.rs"]
mod tests;
