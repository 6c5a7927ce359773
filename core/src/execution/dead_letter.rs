//! What becomes of an execution that failed, its tries spent: it is a dead letter until somebody has it run again or
//! decides that nothing is to be done.

use serde::{Deserialize, Serialize};

use crate::id::ExecutionId;
use crate::time::Timestamp;

/// What becomes of an execution that failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "SCREAMING_SNAKE_CASE", rename_all_fields = "camelCase")]
pub enum DeadLetter {
    /// It waits for somebody.
    Open,
    /// It was run again.
    Replayed {
        /// As this one; the first, should there be more.
        by: ExecutionId,
        /// When.
        at: Timestamp,
    },
    /// Somebody decided that nothing is to be done.
    Dismissed {
        /// When.
        at: Timestamp,
    },
}

/// What became of a dead letter, as a bare name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum DeadLetterState {
    /// It waits for somebody.
    Open,
    /// It was run again.
    Replayed,
    /// Somebody decided that nothing is to be done.
    Dismissed,
}

impl DeadLetter {
    /// Returns the bare name.
    pub fn state(self) -> DeadLetterState {
        match self {
            Self::Open => DeadLetterState::Open,
            Self::Replayed { .. } => DeadLetterState::Replayed,
            Self::Dismissed { .. } => DeadLetterState::Dismissed,
        }
    }

    /// Returns what it is once it was run again. What was settled before stays as it was.
    #[must_use]
    pub fn replayed(self, by: ExecutionId, at: Timestamp) -> Self {
        match self {
            Self::Open => Self::Replayed { by, at },
            Self::Replayed { .. } | Self::Dismissed { .. } => self,
        }
    }

    /// Returns what it is once nothing is to be done. What was settled before stays as it was.
    #[must_use]
    pub fn dismissed(self, at: Timestamp) -> Self {
        match self {
            Self::Open => Self::Dismissed { at },
            Self::Replayed { .. } | Self::Dismissed { .. } => self,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::from_unix_ms;

    #[test]
    fn a_dead_letter_is_settled_once() {
        let (one, two) = (from_unix_ms(1), from_unix_ms(2));
        let by = ExecutionId::from_bits(7);
        let replayed = DeadLetter::Open.replayed(by, one);
        let dismissed = DeadLetter::Open.dismissed(one);
        assert_eq!(replayed, DeadLetter::Replayed { by, at: one });
        assert_eq!(dismissed, DeadLetter::Dismissed { at: one });
        for settled in [replayed, dismissed] {
            assert_eq!(settled.dismissed(two), settled);
            assert_eq!(settled.replayed(ExecutionId::from_bits(8), two), settled);
        }
    }
}
