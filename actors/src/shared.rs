//! What every part of the engine holds: its parts, its settings and the way to the actors.

use dateline_core::time::Timestamp;

use crate::engine::{Parts, Settings};
use crate::hints::Hints;

pub(crate) struct Shared {
    pub(crate) parts: Parts,
    pub(crate) settings: Settings,
    pub(crate) hints: Hints,
}

impl Shared {
    pub(crate) fn new(parts: Parts, settings: Settings) -> Self {
        Self { parts, settings, hints: Hints::default() }
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.parts.clock.now()
    }
}
