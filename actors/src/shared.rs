//! What every part of the engine holds: its parts, its settings and the way to the actors.

use std::collections::BTreeMap;
use std::sync::atomic::AtomicUsize;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use dateline_core::id::UserId;
use dateline_core::store::StorageUse;
use dateline_core::time::Timestamp;
use tokio::sync::watch;

use crate::backup_keeper::BackupStatus;
use crate::engine::{Parts, Settings};
use crate::hints::Hints;
use crate::origins::Origins;
use crate::people::People;

/// Held by the handle and by every actor; nothing in it needs to survive.
pub(crate) struct Shared {
    pub(crate) parts: Parts,
    pub(crate) settings: Settings,
    pub(crate) hints: Hints,
    pub(crate) people: People,
    /// When this process began to watch schedules: what was due before passed because nothing ran.
    pub(crate) watching_since: Timestamp,
    /// Why supervision gave up, once it has.
    pub(crate) failure: watch::Sender<Option<String>>,
    /// What the keeper of backups has done and will do.
    pub(crate) backups: Mutex<BackupStatus>,
    /// How large the store was when somebody last asked.
    pub(crate) storage: Mutex<Option<StorageUse>>,
    /// Which traces asked for executions.
    pub(crate) origins: Origins,
    /// How many streams of events are open.
    pub(crate) streams: AtomicUsize,
    /// When people last sent themselves a test mail, by the monotonic clock.
    pub(crate) tested_at: Mutex<BTreeMap<UserId, Duration>>,
}

impl Shared {
    pub(crate) fn new(parts: Parts, settings: Settings) -> Self {
        let watching_since = parts.clock.now();
        let failure = watch::Sender::new(None);
        let backups = Mutex::default();
        let people = People::new(settings.password_cost);
        Self {
            parts,
            settings,
            hints: Hints::default(),
            people,
            tested_at: Mutex::default(),
            watching_since,
            failure,
            backups,
            storage: Mutex::default(),
            origins: Origins::default(),
            streams: AtomicUsize::new(0),
        }
    }

    /// Remembers how large the store is, for whoever watches.
    pub(crate) fn saw_storage(&self, size: StorageUse) {
        *self.storage.lock().unwrap_or_else(PoisonError::into_inner) = Some(size);
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.parts.clock.now()
    }
}

/// Returns the instant `delay` after `at`, or the last instant there is.
pub(crate) fn later(at: Timestamp, delay: Duration) -> Timestamp {
    let delay = chrono::Duration::from_std(delay).unwrap_or(chrono::Duration::MAX);
    at.checked_add_signed(delay).unwrap_or(Timestamp::MAX_UTC)
}
