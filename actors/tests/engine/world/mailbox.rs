//! A mail server, which remembers what it was handed.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use dateline_core::channel::{Channel, ChannelError, Message, Sent};

use super::mood::{Mood, Moods};

/// Remembers what came in. Calls are named `send`.
#[derive(Default)]
pub(crate) struct FakeMailbox {
    pub(crate) moods: Moods,
    taken: Mutex<Vec<Message>>,
}

impl FakeMailbox {
    /// Returns every message that was handed over, in order.
    pub(crate) fn messages(&self) -> Vec<Message> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Returns the subjects of what was handed over.
    pub(crate) fn subjects(&self) -> Vec<String> {
        self.messages().into_iter().map(|message| message.subject).collect()
    }
}

#[async_trait]
impl Channel for FakeMailbox {
    async fn send(&self, message: &Message) -> Result<Sent, ChannelError> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner).push(message.clone());
        match self.moods.take("send") {
            Mood::Well => Ok(Sent { reference: Some("queued".to_owned()) }),
            Mood::Slow(time) => {
                tokio::time::sleep(time).await;
                Ok(Sent { reference: None })
            }
            Mood::Fail | Mood::Limited(_) | Mood::Away(_) => Err(ChannelError::Transient {
                reason: "the mail server is away".to_owned(),
                retry_after: Some(Duration::from_secs(60)),
            }),
            Mood::Refuse => Err(ChannelError::Permanent { reason: "no such person".to_owned() }),
            Mood::Panic => panic!("the channel is wrong"),
            Mood::Long | Mood::Deaf => std::future::pending().await,
        }
    }
}
