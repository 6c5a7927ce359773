//! Projects: what is written about, and for which platforms.

use serde::{Deserialize, Serialize};

use crate::brief::Style;
use crate::id::{ProjectId, UserId};
use crate::pause::Pauses;
use crate::platform::Platform;
use crate::publisher::Target;
use crate::source::Source;
use crate::time::Timestamp;

/// A source of activity and the platforms it is written for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Project {
    /// Its identity.
    pub id: ProjectId,
    /// Whose it is. Records from before there were users are the owner's.
    #[serde(default = "instance_owner")]
    pub owner: UserId,
    /// Whether its local paths must lie under the instance's roots: somebody other than an owner has set them.
    #[serde(default)]
    pub is_confined: bool,
    /// What texts call it.
    pub name: String,
    /// Where its activity is read.
    pub source: Source,
    /// What is written, one entry a platform.
    pub platforms: Vec<ProjectPlatform>,
    /// The zone dates in its texts are told in, an IANA name.
    pub timezone: String,
    /// How it wants to sound.
    pub style: Style,
    /// How many of its executions may run at once.
    #[serde(default = "one")]
    pub executions_max: u32,
    /// When it was paused. Only the verbs that pause and resume change it.
    #[serde(default)]
    pub pauses: Pauses,
    /// Grows with every change.
    pub version: u64,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

fn one() -> u32 {
    1
}

fn instance_owner() -> UserId {
    UserId::OWNER
}

/// What a project wants from one platform.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ProjectPlatform {
    /// Which.
    pub platform: Platform,
    /// Whether executions write for it.
    pub is_enabled: bool,
    /// How.
    #[serde(default)]
    pub settings: PlatformSettings,
}

/// A platform's settings within a project.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PlatformSettings {
    /// Where approved drafts are published; without one they are kept for copying.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<Target>,
    /// The most characters the platform takes, where an instance sets its own (Mastodon).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body_chars_max: Option<usize>,
}
