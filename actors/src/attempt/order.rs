//! What an attempt is told while it runs.

use dateline_core::store::Steering;

/// What an attempt is told while it runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    /// Go on.
    GoOn,
    /// Let go at the next step boundary; the execution then rests.
    Pause,
    /// Let go as soon as possible; the execution then is cancelled.
    Cancel,
    /// Let go at the next step boundary; the execution is queued for the next start.
    Stop,
    /// The lease is gone: end, and write nothing more.
    Lost,
}

impl Order {
    /// Whether work that cannot be kept in parts, such as a scan, should end now.
    pub(crate) fn is_urgent(self) -> bool {
        match self {
            Self::GoOn | Self::Pause => false,
            Self::Cancel | Self::Stop | Self::Lost => true,
        }
    }
}

impl From<Steering> for Order {
    fn from(steering: Steering) -> Self {
        match steering {
            Steering::Continue => Self::GoOn,
            Steering::Pause => Self::Pause,
            Steering::Cancel => Self::Cancel,
            Steering::Lost => Self::Lost,
        }
    }
}
