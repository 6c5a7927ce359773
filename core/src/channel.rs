//! The trait behind which a message reaches a person.

use std::time::Duration;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use crate::id::DeliveryId;

/// A way to a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ChannelKind {
    /// The list of notifications: being recorded is being delivered.
    InApp,
    /// A mail.
    Email,
}

/// What is sent: written once, the same in every try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// The delivery it belongs to; `None` for a test.
    pub delivery: Option<DeliveryId>,
    /// Names the message wherever it goes, such as `execution/exe_…/usr_…/dlv_…`: at most 256 characters.
    pub key: String,
    /// Where to: for mail an address that [`crate::notification::EmailAddress`] accepts.
    pub to: String,
    /// One line without control characters.
    pub subject: String,
    /// The message in plain text.
    pub text: String,
    /// The message as an HTML document.
    pub html: String,
    /// What a program posts to when the person wants no more of these; absent without a public address.
    pub unsubscribe: Option<String>,
}

/// Proof that a message was accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    /// What the other side calls it, in its own words.
    pub reference: Option<String>,
}

/// A way to a person.
///
/// It bounds its own time: a call that is dropped while waiting may have sent the message.
#[async_trait]
pub trait Channel: Send + Sync {
    /// Hands the message over. Sent again, it carries the same name, by which a receiver may know it.
    async fn send(&self, message: &Message) -> Result<Sent, ChannelError>;
}

/// Why a message was not handed over.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChannelError {
    /// It will never be taken as it is.
    #[error("{reason}")]
    Permanent {
        /// What the other side said.
        reason: String,
    },
    /// It was not taken, and may be later.
    #[error("{reason}")]
    Transient {
        /// What failed.
        reason: String,
        /// How long the other side asks us to wait.
        retry_after: Option<Duration>,
    },
    /// It was handed over, and whether it was taken is not known: sending again could double it.
    #[error("{reason}")]
    Unknown {
        /// Where the trace ends.
        reason: String,
    },
}

impl ChannelError {
    /// Returns an error that may pass, without a wait the other side asked for.
    pub fn transient(reason: impl Into<String>) -> Self {
        Self::Transient { reason: reason.into(), retry_after: None }
    }
}
