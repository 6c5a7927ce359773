//! What the keeper of backups is told.

use std::path::PathBuf;

use dateline_core::time::Timestamp;

pub(crate) enum BackupKeeperMessage {
    /// The process began: what earlier ones left tells whether a night was missed.
    Started,
    /// It may be time.
    TimerElapsed,
    /// The backup begun at `at` is whole, or was not made for this reason.
    BackupEnded { at: Timestamp, result: Result<PathBuf, String> },
}
