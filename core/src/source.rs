//! The trait behind which a repository lives.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use std::sync::Arc;

use crate::activity::Activity;
use crate::execution::FailureClass;
use crate::id::SecretId;
use crate::secret::Secret;
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
    /// A repository on GitHub, or on a GitHub Enterprise server.
    Github {
        /// The user or organisation it belongs to.
        owner: String,
        /// Its name.
        repo: String,
        /// The branch to read; the repository's default one when absent.
        branch: Option<String>,
        /// Where its interface answers; `https://api.github.com` when absent.
        api_url: Option<String>,
        /// The project's own token, sealed elsewhere.
        token: Option<TokenRef>,
    },
}

/// Where GitHub's own interface answers.
pub const GITHUB_API: &str = "https://api.github.com";

/// A sealed token: which, and what people may know of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TokenRef {
    /// The secret that hides it.
    pub secret: SecretId,
    /// Its last four characters, when it is long enough not to be given away by them.
    pub hint: Option<String>,
}

impl Source {
    /// Returns the token that belongs to it.
    pub fn token(&self) -> Option<&TokenRef> {
        match self {
            Self::Git { .. } => None,
            Self::Github { token, .. } => token.as_ref(),
        }
    }

    /// Returns the source without its token: for records that outlive it.
    #[must_use]
    pub fn without_token(mut self) -> Self {
        if let Self::Github { token, .. } = &mut self {
            *token = None;
        }
        self
    }

    /// Whether a token given for `other` may be shown to this one: the same repository on the same server.
    pub fn may_share_token(&self, other: &Self) -> bool {
        match (self, other) {
            (
                Self::Github { owner, repo, api_url, .. },
                Self::Github { owner: other_owner, repo: other_repo, api_url: other_url, .. },
            ) => {
                owner.eq_ignore_ascii_case(other_owner)
                    && repo.eq_ignore_ascii_case(other_repo)
                    && api_root(api_url.as_deref()) == api_root(other_url.as_deref())
            }
            (Self::Git { .. }, _) | (_, Self::Git { .. }) => false,
        }
    }

    /// Returns what names the activity that is read, whatever token reads it.
    pub fn identity(&self) -> String {
        match self {
            Self::Git { path, branch } => format!("{path} {}", branch.as_deref().unwrap_or_default()),
            Self::Github { owner, repo, branch, api_url, .. } => format!(
                "{} {}/{} {}",
                api_root(api_url.as_deref()),
                owner.to_lowercase(),
                repo.to_lowercase(),
                branch.as_deref().unwrap_or_default()
            ),
        }
    }
}

fn api_root(api_url: Option<&str>) -> &str {
    api_url.unwrap_or(GITHUB_API).trim_end_matches('/')
}

/// What a source may use for one call; opened for it and kept by nobody.
#[derive(Clone)]
pub struct SourceAccess {
    /// The token to show, when there is one.
    pub token: Option<Secret>,
    /// Answers of earlier calls.
    pub answers: Arc<dyn AnswerCache>,
    /// The present.
    pub now: Timestamp,
}

impl SourceAccess {
    /// Returns access without a token and without memory, as a local folder needs.
    pub fn bare(now: Timestamp) -> Self {
        Self { token: None, answers: Arc::new(Forgetful), now }
    }
}

/// An answer that a server allows to be asked about again for nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CachedAnswer {
    /// What the server calls this state of the answer.
    pub etag: String,
    /// Whether another page follows.
    pub has_next: bool,
    /// The body.
    pub body: String,
}

/// Answers of earlier calls by their address. Losing one costs a request and nothing else.
#[async_trait]
pub trait AnswerCache: Send + Sync {
    /// Returns what `url` answered before.
    async fn answer(&self, url: &str) -> Option<CachedAnswer>;

    /// Keeps what `url` answered.
    async fn keep(&self, url: &str, answer: CachedAnswer);
}

/// Keeps nothing.
struct Forgetful;

#[async_trait]
impl AnswerCache for Forgetful {
    async fn answer(&self, _url: &str) -> Option<CachedAnswer> {
        None
    }

    async fn keep(&self, _url: &str, _answer: CachedAnswer) {}
}

/// How many requests a server still takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RateBudget {
    /// So many are left.
    pub remaining: u64,
    /// Of so many.
    pub limit: u64,
    /// Until it is full again.
    pub resets_at: Timestamp,
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

    /// The server takes so many more requests.
    fn budget_left(&self, _budget: RateBudget) {}
}

/// A place activity is read from.
#[async_trait]
pub trait ActivitySource: Send + Sync {
    /// Returns what is there now, cheaply.
    async fn head(&self, source: &Source, access: &SourceAccess) -> Result<SourceHead, SourceError>;

    /// Returns every local folder that is read for `source`; none when it lies elsewhere.
    async fn places(&self, source: &Source) -> Result<Vec<std::path::PathBuf>, SourceError>;

    /// Returns what happened in the window `request` names, up to the present head.
    ///
    /// `None` when nothing lies in the window. Blocking work never runs on the caller's thread.
    async fn scan(
        &self,
        source: &Source,
        access: &SourceAccess,
        request: ScanRequest,
        progress: Arc<dyn ScanProgress>,
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
    /// The server takes no more requests for a while.
    #[error("`{host}` takes no more requests at present")]
    RateLimited {
        /// The server.
        host: String,
        /// When to ask again; `None` when it did not say.
        until: Option<Timestamp>,
    },
    /// The token is missing, wrong, or lacks a right.
    #[error("{reason}")]
    Auth {
        /// What was refused, and what would be accepted.
        reason: String,
    },
    /// The server could not be reached, or failed.
    #[error("`{host}` could not be asked: {reason}")]
    Unreachable {
        /// The server.
        host: String,
        /// What happened.
        reason: String,
        /// When to ask again, if it said so.
        until: Option<Timestamp>,
    },
    /// The server's answer is not what its interface promises.
    #[error("`{host}` answered something that cannot be read: {reason}")]
    Malformed {
        /// The server.
        host: String,
        /// What was found.
        reason: String,
    },
    /// The repository has gone where we may not follow.
    #[error("`{repository}` has moved to `{to}`; the project must say so itself")]
    Moved {
        /// The repository as given.
        repository: String,
        /// Where the server points.
        to: String,
    },
    /// The server's address may not be connected to.
    #[error("`{host}` may not be connected to: {reason}")]
    Blocked {
        /// The server.
        host: String,
        /// Which rule refuses it.
        reason: String,
    },
    /// The asker went away.
    #[error("the scan was stopped")]
    Stopped,
}

impl SourceError {
    /// Returns whether the same call may succeed later, and what must happen first.
    pub fn class(&self) -> FailureClass {
        match self {
            Self::Unreadable { .. }
            | Self::Corrupt { .. }
            | Self::Unreachable { .. }
            | Self::Malformed { .. }
            | Self::Stopped => FailureClass::Transient,
            Self::RateLimited { .. } => FailureClass::RateLimited,
            Self::Auth { .. } => FailureClass::Auth,
            Self::Missing { .. }
            | Self::NotARepository { .. }
            | Self::Unsupported { .. }
            | Self::NoSuchBranch { .. }
            | Self::Moved { .. }
            | Self::Blocked { .. } => FailureClass::Permanent,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn github(owner: &str, api_url: Option<&str>) -> Source {
        let (repo, api_url) = ("lantern".to_owned(), api_url.map(str::to_owned));
        Source::Github { owner: owner.to_owned(), repo, branch: None, api_url, token: None }
    }

    #[test]
    fn a_token_stays_with_its_repository_and_server() {
        let own = github("Example", None);
        assert!(own.may_share_token(&github("example", Some("https://api.github.com/"))));
        assert!(!own.may_share_token(&github("example", Some("https://evil.example"))));
        assert!(!own.may_share_token(&github("other", None)));
        let local = Source::Git { path: "/x".to_owned(), branch: None };
        assert!(!own.may_share_token(&local) && !local.may_share_token(&local));
    }
}
