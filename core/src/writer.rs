//! The trait behind which texts are composed.

use async_trait::async_trait;

use crate::brief::Brief;
use crate::composition::Composition;
use crate::platform::Platform;

/// Somebody who puts a brief into words.
#[async_trait]
pub trait Writer: Send + Sync {
    /// Returns the writer's stable name and version, recorded with each draft: `template/1`.
    fn id(&self) -> &str;

    /// Returns statements for `platform` that say only what `brief` holds.
    async fn compose(&self, brief: &Brief, platform: Platform) -> Result<Composition, WriteError>;
}

/// Why nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The brief holds nothing worth telling.
    #[error("nothing worth telling")]
    NothingToTell,
    /// The writer failed; trying again may help.
    #[error("the writer failed: {reason}")]
    Failed {
        /// What went wrong.
        reason: String,
    },
}
