//! What the store tells the world after a commit: that something changed, never what it is now.

use serde::{Deserialize, Serialize};

use crate::home::Home;
use crate::id::UserId;
use crate::time::Timestamp;

/// One change, numbered in the commit that made it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Event {
    /// Counts all changes of the store from 1 without holes.
    pub seq: u64,
    /// When.
    pub at: Timestamp,
    /// What changed.
    pub kind: EventKind,
    /// The id of what changed.
    pub id: String,
    /// Whose it is; whoever may see that may see the event. `None` for what spans projects. Older records name a project.
    #[serde(alias = "project")]
    pub home: Option<Home>,
    /// The only person who may see it, when it is somebody's own: a notification.
    #[serde(default)]
    pub audience: Option<UserId>,
    /// Its version after the change.
    pub version: u64,
}

impl Event {
    /// Whether `user` may see it, as far as that does not depend on its project.
    pub fn is_for(&self, user: UserId) -> bool {
        self.audience.is_none_or(|audience| audience == user)
    }
}

/// What changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum EventKind {
    /// An execution.
    #[serde(rename = "execution.changed")]
    Execution,
    /// A job.
    #[serde(rename = "job.changed")]
    Job,
    /// A draft.
    #[serde(rename = "draft.changed")]
    Draft,
    /// A notification; with a person's own id instead of one, many of theirs.
    #[serde(rename = "notification.changed")]
    Notification,
    /// A project.
    #[serde(rename = "project.changed")]
    Project,
    /// Whether everything is paused.
    #[serde(rename = "engine.changed")]
    Engine,
}
