//! What we read of GitHub's answers: nothing is required that we do not need, and what we do not know is passed over.

use dateline_core::time::Timestamp;
use serde::Deserialize;

#[derive(Debug, Deserialize)]
pub(super) struct RepoAnswer {
    pub(super) full_name: String,
    pub(super) default_branch: String,
    pub(super) html_url: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct RefAnswer {
    pub(super) object: ObjectAnswer,
}

#[derive(Debug, Deserialize)]
pub(super) struct ObjectAnswer {
    pub(super) sha: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct CompareAnswer {
    #[serde(default)]
    pub(super) total_commits: usize,
    pub(super) commits: Vec<CommitAnswer>,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct CommitAnswer {
    pub(super) sha: String,
    pub(super) commit: CommitText,
    /// The account behind the author, when there is one.
    #[serde(default)]
    pub(super) author: Option<UserAnswer>,
    #[serde(default)]
    pub(super) parents: Vec<ParentAnswer>,
    #[serde(default)]
    pub(super) stats: Option<StatsAnswer>,
    #[serde(default)]
    pub(super) files: Option<Vec<FileAnswer>>,
}

/// A parent; its address and page are not needed.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct ParentAnswer {
    pub(super) sha: String,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct CommitText {
    #[serde(default)]
    pub(super) message: String,
    #[serde(default)]
    pub(super) author: Option<SignatureAnswer>,
    #[serde(default)]
    pub(super) committer: Option<SignatureAnswer>,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct SignatureAnswer {
    #[serde(default)]
    pub(super) name: Option<String>,
    #[serde(default)]
    pub(super) email: Option<String>,
    #[serde(default)]
    pub(super) date: Option<Timestamp>,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct UserAnswer {
    /// An account that was deleted has none.
    #[serde(default)]
    pub(super) login: Option<String>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
pub(super) struct StatsAnswer {
    #[serde(default)]
    pub(super) additions: u64,
    #[serde(default)]
    pub(super) deletions: u64,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct FileAnswer {
    pub(super) filename: String,
    #[serde(default)]
    pub(super) previous_filename: Option<String>,
    #[serde(default)]
    pub(super) status: String,
    #[serde(default)]
    pub(super) additions: u32,
    #[serde(default)]
    pub(super) deletions: u32,
    /// Absent for binary files and for very large changes.
    #[serde(default)]
    pub(super) patch: Option<serde::de::IgnoredAny>,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct PullAnswer {
    pub(super) number: u64,
    #[serde(default)]
    pub(super) title: String,
    #[serde(default)]
    pub(super) body: Option<String>,
    #[serde(default)]
    pub(super) merged_at: Option<Timestamp>,
    #[serde(default)]
    pub(super) updated_at: Option<Timestamp>,
    #[serde(default)]
    pub(super) merge_commit_sha: Option<String>,
    #[serde(default)]
    pub(super) head: Option<BranchAnswer>,
    #[serde(default)]
    pub(super) additions: Option<u64>,
    #[serde(default)]
    pub(super) deletions: Option<u64>,
    #[serde(default)]
    pub(super) changed_files: Option<u32>,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct BranchAnswer {
    #[serde(default, rename = "ref")]
    pub(super) name: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct IssueAnswer {
    pub(super) number: u64,
    #[serde(default)]
    pub(super) title: String,
    #[serde(default)]
    pub(super) closed_at: Option<Timestamp>,
    #[serde(default)]
    pub(super) updated_at: Option<Timestamp>,
    #[serde(default)]
    pub(super) state_reason: Option<String>,
    /// Present when it is a pull request.
    #[serde(default)]
    pub(super) pull_request: Option<serde::de::IgnoredAny>,
}

#[derive(Debug, Deserialize)]
pub(super) struct ReleaseAnswer {
    pub(super) tag_name: String,
    #[serde(default)]
    pub(super) body: Option<String>,
    #[serde(default)]
    pub(super) draft: bool,
    #[serde(default)]
    pub(super) published_at: Option<Timestamp>,
}

#[derive(Debug, Deserialize)]
pub(super) struct SearchAnswer {
    #[serde(default)]
    pub(super) total_count: u64,
    #[serde(default)]
    pub(super) incomplete_results: bool,
}

/// What a refusal says.
#[derive(Debug, Default, Deserialize)]
pub(super) struct RefusalAnswer {
    #[serde(default)]
    pub(super) message: String,
}
