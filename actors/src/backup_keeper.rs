//! Makes the nightly backup, and keeps the newest ones.
//!
//! The backups' names are its memory: the newest one says whether a night was missed, so that a restart is like any
//! other start. What was missed while nothing ran is made some minutes after the start; what failed is tried again
//! after an hour. Backups that people made are never touched.

mod files;
mod message;
mod state;

use std::path::PathBuf;
use std::sync::Arc;

use chrono::NaiveTime;
use dateline_core::time::Timestamp;
use ractor::{Actor, ActorProcessingErr, ActorRef};

pub use files::is_nightly_backup;
pub(crate) use message::BackupKeeperMessage;
use state::BackupKeeperState;

use crate::shared::Shared;

/// When backups are made and how many stay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackupPlan {
    /// The folder that receives them.
    pub folder: PathBuf,
    /// The time of day.
    pub at: NaiveTime,
    /// The zone of that time, by its IANA name.
    pub timezone: String,
    /// How many are kept, at least 1.
    pub keep: usize,
}

/// What the keeper has done and will do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BackupStatus {
    /// When the next one is made; `None` when none will be.
    pub next_at: Option<Timestamp>,
    /// The newest that was made.
    pub made: Option<BackupMade>,
    /// Why the last try failed; `None` once one succeeded.
    pub failed: Option<BackupFailure>,
    /// How many this process has made.
    pub successes: u64,
    /// How many tries of this process failed.
    pub failures: u64,
}

/// A nightly backup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackupMade {
    /// The file.
    pub path: PathBuf,
    /// When its snapshot was taken.
    pub at: Timestamp,
}

/// A backup that was not made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackupFailure {
    /// When it was tried.
    pub at: Timestamp,
    /// What stood in the way.
    pub reason: String,
}

pub(crate) struct BackupKeeper;

impl Actor for BackupKeeper {
    type Msg = BackupKeeperMessage;
    type State = BackupKeeperState;
    type Arguments = Arc<Shared>;

    async fn pre_start(
        &self,
        me: ActorRef<BackupKeeperMessage>,
        shared: Arc<Shared>,
    ) -> Result<BackupKeeperState, ActorProcessingErr> {
        if shared.settings.backups.is_some() {
            me.cast(BackupKeeperMessage::Started)?;
        }
        Ok(BackupKeeperState::new(shared))
    }

    async fn handle(
        &self,
        me: ActorRef<BackupKeeperMessage>,
        message: BackupKeeperMessage,
        state: &mut BackupKeeperState,
    ) -> Result<(), ActorProcessingErr> {
        match message {
            BackupKeeperMessage::Started => state.look_back(&me).await,
            BackupKeeperMessage::TimerElapsed => state.take_turn(&me),
            BackupKeeperMessage::BackupEnded { at, result } => state.note(at, result, &me).await,
        }
        Ok(())
    }
}
