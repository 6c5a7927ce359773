//! The trait behind which a text goes out.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use crate::content::Content;
use crate::id::{DraftId, PublicationId};
use crate::platform::Platform;
use crate::time::Timestamp;

/// Where approved drafts of a platform are published, as the project's owner wrote it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    tag = "kind",
    rename_all = "SCREAMING_SNAKE_CASE",
    rename_all_fields = "camelCase",
    deny_unknown_fields
)]
pub enum Target {
    /// A file in the content folder of a static site.
    Folder {
        /// Absolute path of the folder that receives the files; it must exist.
        path: String,
        /// Whose front matter to write.
        site: SiteKind,
    },
    /// An entry of an Atom feed kept as one file.
    Feed {
        /// Absolute path of the feed file; its folder must exist.
        path: String,
        /// The feed's title.
        title: String,
        /// The web address of the site the feed belongs to, absolute http or https.
        site_url: String,
    },
}

/// A static site generator whose front matter is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum SiteKind {
    /// `{slug}.md` with Hugo's YAML front matter.
    Hugo,
    /// `YYYY-MM-DD-{slug}.md` with Jekyll's.
    Jekyll,
    /// `{slug}.md` with the fields of Astro's blog starter.
    Astro,
    /// `{slug}.md` with Zola's TOML front matter.
    Zola,
}

/// What is to go out, and under which name it can be found again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublishRequest {
    /// The intent that was recorded before; the same in every try.
    pub publication: PublicationId,
    /// The draft.
    pub draft: DraftId,
    /// The revision that was approved.
    pub revision: u32,
    /// What it was written for.
    pub platform: Platform,
    /// The project's name.
    pub project: String,
    /// People to name as authors, at most 20.
    pub authors: Vec<String>,
    /// The text.
    pub content: Content,
    /// Where to.
    pub target: Target,
    /// The instant the text is dated with: the approval's.
    pub dated_at: Timestamp,
    /// `dated_at`'s offset in the project's zone, seconds east of UTC.
    pub offset_seconds: i32,
}

/// Proof that a text is out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Published {
    /// The place's own name for it: a file's path, a feed entry's id.
    pub remote_id: String,
    /// Its address, when it has one.
    pub url: Option<String>,
}

/// A place texts go out to.
#[async_trait]
pub trait Publisher: Send + Sync {
    /// Puts the text out, or finds that this publication already is: calling it again changes nothing.
    async fn publish(&self, request: &PublishRequest) -> Result<Published, PublishError>;
}

/// Why a text did not go out.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// The place will never take it as it is.
    #[error("{reason}")]
    Rejected {
        /// What must change, and where.
        reason: String,
    },
    /// It may work later.
    #[error("{reason}")]
    Unavailable {
        /// What failed.
        reason: String,
    },
}
