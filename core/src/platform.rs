//! The places a text can be written for, and what a project says about each.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A place with rules of its own for length, markup and tags.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Platform {
    /// An article on DEV.
    Devto,
    /// An article on Hashnode.
    Hashnode,
    /// A post on LinkedIn.
    Linkedin,
    /// A post on Mastodon.
    Mastodon,
    /// A post on Bluesky.
    Bluesky,
    /// Release notes in the manner of Keep a Changelog.
    ReleaseNotes,
    /// An e-mail to people who follow the project.
    Email,
    /// An article as a Markdown file.
    Markdown,
}

impl Platform {
    /// Every platform, in the order of the API's documentation.
    pub const ALL: [Self; 8] = [
        Self::Devto,
        Self::Hashnode,
        Self::Linkedin,
        Self::Mastodon,
        Self::Bluesky,
        Self::ReleaseNotes,
        Self::Email,
        Self::Markdown,
    ];

    /// Returns the name the API uses: `RELEASE_NOTES`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Devto => "DEVTO",
            Self::Hashnode => "HASHNODE",
            Self::Linkedin => "LINKEDIN",
            Self::Mastodon => "MASTODON",
            Self::Bluesky => "BLUESKY",
            Self::ReleaseNotes => "RELEASE_NOTES",
            Self::Email => "EMAIL",
            Self::Markdown => "MARKDOWN",
        }
    }

    /// Returns the name a recorded step uses: `release_notes` in `write/release_notes`.
    pub fn step_name(self) -> String {
        self.name().to_lowercase()
    }
}

impl fmt::Display for Platform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A text that names no platform.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected one of DEVTO, HASHNODE, LINKEDIN, MASTODON, BLUESKY, RELEASE_NOTES, EMAIL, MARKDOWN")]
pub struct ParsePlatformError;

impl FromStr for Platform {
    type Err = ParsePlatformError;

    fn from_str(text: &str) -> Result<Self, ParsePlatformError> {
        Self::ALL.into_iter().find(|platform| platform.name() == text).ok_or(ParsePlatformError)
    }
}
