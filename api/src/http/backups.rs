//! `/api/backups`: a verified copy of the store, made while it is in use.

use std::sync::Arc;

use dateline_actors::BackupStatus;
use poem::web::Data;
use poem_openapi::payload::Json;
use poem_openapi::{ApiResponse, Object, OpenApi};

use super::Shared;
use super::access::Signed;
use super::fields::Instant;
use super::problem::{Code, Problem, shown};
use crate::folder::backup_name;

/// A backup that was made.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct Backup {
    /// Where it is, on the server's machine.
    pub path: String,
    /// Its size.
    pub bytes: u64,
    /// When the snapshot was taken.
    pub created_at: Instant,
}

/// What becomes of the nightly backups.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct NightlyBackups {
    /// Whether one is made every night.
    pub is_enabled: bool,
    /// When the next one is made.
    pub next_at: Option<Instant>,
    /// When the newest was made.
    pub made_at: Option<Instant>,
    /// Where the newest is, on the server's machine.
    pub made_path: Option<String>,
    /// When the last try failed, unless one succeeded since.
    pub failed_at: Option<Instant>,
    /// Why it failed.
    pub failure: Option<String>,
}

/// The backup that was made.
#[derive(ApiResponse)]
pub enum BackupCreated {
    /// It is on the disk and was read back.
    #[oai(status = 201)]
    Backup(Json<Backup>),
}

/// The backups' part of the interface.
pub struct Backups;

#[OpenApi(prefix_path = "/api/backups", tag = "super::document::Group::Operation")]
impl Backups {
    /// Make a backup
    ///
    /// Writes a verified copy of a consistent snapshot into the data folder's `backups`. The owner's token is not in
    /// it.
    #[oai(path = "/", method = "post", operation_id = "createBackup")]
    async fn create(&self, shared: Data<&Arc<Shared>>, caller: Signed) -> poem::Result<BackupCreated> {
        let created_at = shared.clock.now();
        let folder = shared.folder.backups();
        let path = folder.join(backup_name(created_at));
        tokio::fs::create_dir_all(&folder).await.map_err(|error| {
            tracing::error!(%error, "the folder for backups cannot be made");
            Problem::new(Code::Unavailable, "the folder for backups cannot be written")
        })?;
        let bytes = shared.as_caller(&caller).backup(&path).await.map_err(Problem::from)?;
        let path = path.display().to_string();
        Ok(BackupCreated::Backup(Json(Backup { path, bytes, created_at: Instant(created_at) })))
    }

    /// Show the nightly backups
    ///
    /// Says when the next one is made, which was the last, and why one was not made.
    #[oai(path = "/nightly", method = "get", operation_id = "getNightlyBackups")]
    async fn nightly(
        &self,
        shared: Data<&Arc<Shared>>,
        _caller: Signed,
    ) -> poem::Result<Json<NightlyBackups>> {
        let BackupStatus { next_at, made, failed, .. } = shared.dateline.backup_status();
        let (made_path, made_at) = made.map(|made| (made.path.display().to_string(), made.at)).unzip();
        let (failure, failed_at) = failed.map(|failed| (shown(&failed.reason), failed.at)).unzip();
        Ok(Json(NightlyBackups {
            is_enabled: next_at.is_some(),
            next_at: next_at.map(Instant),
            made_at: made_at.map(Instant),
            made_path,
            failed_at: failed_at.map(Instant),
            failure,
        }))
    }
}
