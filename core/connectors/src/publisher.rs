//! Where texts go out: a static site's folder, an Atom feed.

mod feed;
mod folder;
mod place;
mod text;

use async_trait::async_trait;
use dateline_core::publisher::{PublishError, PublishRequest, Published, Publisher, Target};

pub use feed::FeedPublisher;
pub use folder::FolderPublisher;

/// Publishes to whatever kind of place a request names.
#[derive(Debug, Clone, Copy, Default)]
pub struct Publishers {
    folder: FolderPublisher,
    feed: FeedPublisher,
}

#[async_trait]
impl Publisher for Publishers {
    async fn publish(&self, request: &PublishRequest) -> Result<Published, PublishError> {
        match request.target {
            Target::Folder { .. } => self.folder.publish(request).await,
            Target::Feed { .. } => self.feed.publish(request).await,
        }
    }
}

/// Runs `work`, which waits for files, where waiting harms nobody.
async fn off_thread<F>(work: F) -> Result<Published, PublishError>
where
    F: FnOnce() -> Result<Published, PublishError> + Send + 'static,
{
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result,
        Err(error) => Err(PublishError::Unavailable { reason: format!("publishing stopped: {error}") }),
    }
}

/// Refuses a request that reached the wrong publisher.
fn wrong_target(expected: &str) -> PublishError {
    PublishError::Rejected { reason: format!("this target is not {expected}") }
}
