//! What the store tells the world after a commit: that something changed, never what it is now.

use serde::{Deserialize, Serialize};

use crate::id::ProjectId;
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
    /// The project it belongs to.
    pub project: ProjectId,
    /// Its version after the change.
    pub version: u64,
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
}
