//! A place texts go out to, which remembers them.

use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use dateline_core::publisher::{PublishError, PublishRequest, Published, Publisher};

use super::mood::{Mood, Moods};

/// Remembers what went out. Calls are named `publish`.
#[derive(Default)]
pub(crate) struct FakePublisher {
    pub(crate) moods: Moods,
    out: Mutex<Vec<PublishRequest>>,
}

impl FakePublisher {
    /// Returns every request, in order.
    pub(crate) fn requests(&self) -> Vec<PublishRequest> {
        self.out.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

#[async_trait]
impl Publisher for FakePublisher {
    async fn publish(&self, request: &PublishRequest) -> Result<Published, PublishError> {
        self.out.lock().unwrap_or_else(PoisonError::into_inner).push(request.clone());
        match self.moods.take("publish") {
            Mood::Well => Ok(Published { remote_id: request.publication.to_string(), url: None }),
            Mood::Slow(time) => {
                tokio::time::sleep(time).await;
                Ok(Published { remote_id: request.publication.to_string(), url: None })
            }
            Mood::Fail | Mood::Limited(_) | Mood::Away(_) => {
                Err(PublishError::Unavailable { reason: "the folder is away".to_owned() })
            }
            Mood::Refuse => Err(PublishError::Rejected { reason: "the folder is a file".to_owned() }),
            Mood::Panic => panic!("the publisher is wrong"),
            Mood::Long | Mood::Deaf => std::future::pending().await,
        }
    }
}
