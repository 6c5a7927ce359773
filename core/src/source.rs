//! The trait behind which a repository lives.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use crate::activity::Activity;
use crate::time::Timestamp;

/// Where a project's activity comes from, as its owner wrote it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "SCREAMING_SNAKE_CASE", rename_all_fields = "camelCase")]
pub enum Source {
    /// A git repository in a local folder.
    Git {
        /// Absolute path of the repository, its work tree or a folder inside.
        path: String,
        /// The branch to read; the checked-out one when absent.
        branch: Option<String>,
    },
}

/// What to read from a source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScanRequest {
    /// Where the window begins.
    pub from: ScanFrom,
    /// Ignore commits later than this (committer time).
    pub until: Option<Timestamp>,
    /// The present, for windows counted back from it.
    pub now: Timestamp,
    /// Whether to diff trees for file counts, the costly part.
    pub files: FileDetail,
}

/// Where a scan begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ScanFrom {
    /// After this commit, and, should it be gone, at this date.
    Cursor {
        /// The last head that was covered.
        sha: String,
        /// When that head was covered.
        at: Timestamp,
    },
    /// Back to the last release tag, else thirty days, else fifty commits.
    First,
    /// At this instant (committer time).
    Date(Timestamp),
}

/// How much is read of each commit's files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileDetail {
    /// Paths, renames and line counts.
    Counted,
    /// Nothing.
    Omitted,
}

/// The state of a source before a scan: what `fetch_project` records.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SourceHead {
    /// The name of what is read, such as `refs/heads/main` or `HEAD`: the stream a cursor belongs to.
    pub stream: String,
    /// The newest commit; `None` for a repository without commits.
    pub head: Option<String>,
}

/// Told how far a long scan has come.
pub trait ScanProgress: Send + Sync {
    /// `read` commits have been read so far.
    fn commits_read(&self, read: usize);

    /// Whether the asker has gone: the scan then ends with [`SourceError::Stopped`].
    fn is_stopped(&self) -> bool {
        false
    }
}

/// A place activity is read from.
#[async_trait]
pub trait ActivitySource: Send + Sync {
    /// Returns what is there now, cheaply.
    async fn head(&self, source: &Source) -> Result<SourceHead, SourceError>;

    /// Returns what happened in the window `request` names, up to the present head.
    ///
    /// `None` when nothing lies in the window. Blocking work never runs on the caller's thread.
    async fn scan(
        &self,
        source: &Source,
        request: ScanRequest,
        progress: std::sync::Arc<dyn ScanProgress>,
    ) -> Result<Option<Activity>, SourceError>;
}

/// Why a source could not be read.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// Nothing is at the path.
    #[error("no such folder: `{path}`")]
    Missing {
        /// The path as given.
        path: String,
    },
    /// Something is there that is not a git repository.
    #[error("`{path}` is not a git repository")]
    NotARepository {
        /// The path as given.
        path: String,
    },
    /// The operating system refuses.
    #[error("`{path}` cannot be read: {reason}")]
    Unreadable {
        /// The path as given.
        path: String,
        /// What the system said.
        reason: String,
    },
    /// The repository uses a format this build cannot read.
    #[error("`{path}` cannot be read here: {reason}")]
    Unsupported {
        /// The path as given.
        path: String,
        /// Which format.
        reason: String,
    },
    /// The branch asked for does not exist.
    #[error("`{path}` has no branch `{branch}`")]
    NoSuchBranch {
        /// The path as given.
        path: String,
        /// The branch as given.
        branch: String,
    },
    /// Objects are damaged or missing.
    #[error("the repository at `{path}` is damaged: {reason}")]
    Corrupt {
        /// The path as given.
        path: String,
        /// What could not be read.
        reason: String,
    },
    /// The asker went away.
    #[error("the scan was stopped")]
    Stopped,
}

impl SourceError {
    /// Whether the same call may succeed later without anybody changing the project.
    pub fn may_pass(&self) -> bool {
        match self {
            Self::Unreadable { .. } | Self::Corrupt { .. } | Self::Stopped => true,
            Self::Missing { .. }
            | Self::NotARepository { .. }
            | Self::Unsupported { .. }
            | Self::NoSuchBranch { .. } => false,
        }
    }
}
