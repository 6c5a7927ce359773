//! What every part of the engine holds: its parts, its settings and the way to the actors.

use std::time::Duration;

use dateline_core::time::Timestamp;
use tokio::sync::watch;

use crate::engine::{Parts, Settings};
use crate::hints::Hints;

/// Held by the handle and by every actor; nothing in it needs to survive.
pub(crate) struct Shared {
    pub(crate) parts: Parts,
    pub(crate) settings: Settings,
    pub(crate) hints: Hints,
    /// When this process began to watch schedules: what was due before passed because nothing ran.
    pub(crate) watching_since: Timestamp,
    /// Why supervision gave up, once it has.
    pub(crate) failure: watch::Sender<Option<String>>,
}

impl Shared {
    pub(crate) fn new(parts: Parts, settings: Settings) -> Self {
        let watching_since = parts.clock.now();
        let failure = watch::Sender::new(None);
        Self { parts, settings, hints: Hints::default(), watching_since, failure }
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
