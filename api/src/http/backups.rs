//! `/api/backups`: a verified copy of the store, made while it is in use.

use std::sync::Arc;

use poem::web::Data;
use poem_openapi::payload::Json;
use poem_openapi::{ApiResponse, Object, OpenApi};

use super::Shared;
use super::access::Owner;
use super::fields::Instant;
use super::problem::{Code, Problem};
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
    async fn create(&self, shared: Data<&Arc<Shared>>, _owner: Owner) -> poem::Result<BackupCreated> {
        let created_at = shared.clock.now();
        let path = shared.backups.join(backup_name(created_at));
        tokio::fs::create_dir_all(&shared.backups).await.map_err(|error| {
            tracing::error!(%error, "the folder for backups cannot be made");
            Problem::new(Code::Unavailable, "the folder for backups cannot be written")
        })?;
        let bytes = shared.dateline.backup(&path).await.map_err(Problem::from)?;
        let path = path.display().to_string();
        Ok(BackupCreated::Backup(Json(Backup { path, bytes, created_at: Instant(created_at) })))
    }
}
