//! `/api/storage`: how large the store is, where that leads, and making it smaller.

use std::sync::Arc;

use dateline_actors::request::StorageReport;
use dateline_core::growth;
use poem::web::Data;
use poem_openapi::payload::Json;
use poem_openapi::{Object, OpenApi};

use super::Shared;
use super::access::Signed;
use super::fields::Millis;
use super::problem::Problem;

/// How large the store is.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct Storage {
    /// The file's length.
    pub file_bytes: u64,
    /// What of it holds something.
    pub used_bytes: u64,
    /// What of it is free: new records fill it, and compacting gives it back.
    pub free_bytes: u64,
    /// Executions that are kept.
    pub executions: u64,
    /// Drafts.
    pub drafts: u64,
    /// Whether a live job of type CLEANUP removes what is over; without one the store grows for ever.
    pub is_cleaned_up: bool,
    /// What becomes of it when everything goes on as it did; null before a whole day was seen.
    pub growth: Option<Growth>,
}

/// What becomes of the store's size when everything goes on as it did.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct Growth {
    /// Over how many days that was seen, 30 at most.
    pub observed_days: u32,
    /// What a day adds.
    pub bytes_per_day: u64,
    /// Where the executions and what belongs to them come to rest, when what is over is removed.
    pub settles_at_bytes: u64,
}

impl From<growth::Growth> for Growth {
    fn from(growth: growth::Growth) -> Self {
        let growth::Growth { observed_days, bytes_per_day, settles_at_bytes } = growth;
        Self { observed_days, bytes_per_day, settles_at_bytes }
    }
}

impl From<StorageReport> for Storage {
    fn from(report: StorageReport) -> Self {
        Self {
            file_bytes: report.size.file_bytes,
            used_bytes: report.size.used_bytes,
            free_bytes: report.size.free_bytes(),
            executions: report.executions,
            drafts: report.drafts,
            is_cleaned_up: report.is_cleaned_up,
            growth: report.growth.map(Into::into),
        }
    }
}

/// What compacting came to.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct Compaction {
    /// The file's length before.
    pub bytes_before: u64,
    /// Its length now.
    pub bytes_after: u64,
    /// How long everything else waited.
    pub took_ms: Millis,
}

/// The storage's part of the interface.
pub struct StorageApi;

#[OpenApi(prefix_path = "/api/storage", tag = "super::document::Group::Operation")]
impl StorageApi {
    /// See how large the store is
    ///
    /// Looks at the whole file while others go on.
    #[oai(path = "/", method = "get", operation_id = "getStorage")]
    async fn read(&self, shared: Data<&Arc<Shared>>, caller: Signed) -> poem::Result<Json<Storage>> {
        Ok(Json(shared.as_caller(&caller).storage().await.map_err(Problem::from)?.into()))
    }

    /// Make the store's file smaller
    ///
    /// Gives back what is free. Everything else waits meanwhile, the longer the larger the file is; a crash loses nothing. The
    /// nightly cleanup does it by itself when more than three tenths of the file are free.
    #[oai(path = "/compact", method = "post", operation_id = "compactStorage")]
    async fn compact(&self, shared: Data<&Arc<Shared>>, caller: Signed) -> poem::Result<Json<Compaction>> {
        let (done, took) = shared.as_caller(&caller).compact_storage().await.map_err(Problem::from)?;
        let (bytes_before, bytes_after) = (done.bytes_before, done.bytes_after);
        Ok(Json(Compaction { bytes_before, bytes_after, took_ms: Millis(took) }))
    }
}
