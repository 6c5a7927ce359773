//! What happened in a repository since a cursor: values only, no git and no network.

use serde::{Deserialize, Serialize};

use crate::time::Timestamp;

/// Everything a source found between a cursor and a head, newest commit first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Activity {
    /// Where it was found.
    pub repository: Repository,
    /// From where to where.
    pub window: Window,
    /// Commits, newest first; merges and the commits they brought in included.
    pub commits: Vec<Commit>,
    /// Release tags whose commit lies in the window, newest first.
    pub releases: Vec<Release>,
    /// Files by number of changes, most changed first, at most 20.
    pub hot_files: Vec<HotFile>,
    /// Issues closed as completed in the window, newest first; a local history knows of none.
    #[serde(default)]
    pub issues: Vec<ClosedIssue>,
    /// What the reader of this activity must know about its completeness.
    pub notes: Vec<ScanNote>,
}

/// An issue that was closed as completed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ClosedIssue {
    /// Its number.
    pub number: u64,
    /// Its title as written.
    pub title: String,
    /// When it was closed.
    pub at: Timestamp,
}

/// The repository an activity was read from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Repository {
    /// Its name as people say it: the last part of the remote's path, else the folder's name.
    pub name: String,
    /// The branch that was read, short; `None` when the head is detached.
    pub branch: Option<String>,
    /// How to link into its web pages; `None` without a known remote: then texts carry no links.
    pub links: Option<LinkBase>,
}

/// The web address of a repository and the path pattern its host uses.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LinkBase {
    /// Which path pattern applies.
    pub host: LinkHost,
    /// `https://host/owner/name`, without a trailing slash, user or password.
    pub base: String,
}

/// A hosting software whose path patterns are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum LinkHost {
    /// `…/commit/{sha}`, `…/pull/{n}`, `…/issues/{n}`, `…/compare/{a}...{b}`, `…/releases/tag/{tag}`.
    GitHub,
    /// `…/-/commit/{sha}`, `…/-/merge_requests/{n}`, `…/-/issues/{n}`, `…/-/compare/{a}...{b}`, `…/-/releases/{tag}`.
    GitLab,
    /// `…/commit/{sha}`, `…/pulls/{n}`, `…/issues/{n}`, `…/compare/{a}...{b}`, `…/releases/tag/{tag}`.
    Gitea,
    /// `…/commits/{sha}`, `…/pull-requests/{n}`, `…/issues/{n}`, `…/branches/compare/{b}..{a}`, `…/src/{tag}`.
    Bitbucket,
}

/// The part of a history an activity covers: after `after`, up to and including `head`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Window {
    /// The commit up to which everything was covered before; `None` on a first scan.
    pub after: Option<String>,
    /// The commit the window ends with: what a cursor moves to.
    pub head: String,
    /// Earliest committer time in the window.
    pub from: Timestamp,
    /// Latest committer time in the window.
    pub to: Timestamp,
    /// Why the window begins where it does.
    pub start: WindowStart,
}

/// Why a window begins where it does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "SCREAMING_SNAKE_CASE", rename_all_fields = "camelCase")]
pub enum WindowStart {
    /// The cursor of an earlier run.
    Cursor,
    /// The last release tag reachable from the head.
    LastRelease {
        /// The tag's short name.
        tag: String,
    },
    /// Thirty days before now.
    ThirtyDays,
    /// The newest fifty commits.
    FiftyCommits,
    /// Dates somebody asked for.
    Dates,
    /// The cursor's commit is gone (history was rewritten): commits since the cursor's date.
    CursorLost,
}

/// What limits an activity's completeness.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "SCREAMING_SNAKE_CASE", rename_all_fields = "camelCase")]
pub enum ScanNote {
    /// The repository is shallow: history ends before the cursor or the window's start.
    Shallow,
    /// More than `limit` commits: the newest `limit` were read.
    Truncated {
        /// How many were read.
        limit: usize,
    },
    /// More files changed than are listed.
    FilesTruncated {
        /// The commit concerned, or the one that stands for the pull request.
        sha: String,
        /// So many are listed.
        listed: u32,
        /// Of so many; `None` when the server does not say.
        of: Option<u32>,
    },
    /// Changed files were read for the newest commits and pull requests only.
    FilesOmitted {
        /// So many have no files.
        commits: usize,
    },
    /// A list of the server was longer than is read.
    ListCut {
        /// Which: `pulls`, `issues`, `releases`.
        list: String,
        /// So many entries were read.
        read: usize,
    },
    /// An object could not be read (shallow or partial clone, corruption); its file counts are missing.
    Unreadable {
        /// The commit concerned.
        sha: String,
    },
}

/// One commit, with what its message says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Commit {
    /// Full object id, lower-case hex.
    pub sha: String,
    /// When its author wrote it.
    pub authored_at: Timestamp,
    /// When it entered this history.
    pub committed_at: Timestamp,
    /// Its author after `.mailmap`.
    pub author: Person,
    /// `Co-authored-by` trailers, after `.mailmap`, without the author.
    pub co_authors: Vec<Person>,
    /// First line of the message, invalid bytes replaced, otherwise as written.
    pub subject: String,
    /// The message after the subject without trailers, as written but for line ends; cut at 8 KiB on a character
    /// boundary.
    pub body: String,
    /// Trailers of the last paragraph, in order.
    pub trailers: Vec<Trailer>,
    /// Present when the commit has two or more parents.
    pub merge: Option<Merge>,
    /// The first-parent merge commit that brought it in; `None` for commits on the first-parent line.
    pub merged_in: Option<String>,
    /// A pull request number the message names: `(#123)` at the end of the subject, or a merge subject.
    pub pull_request: Option<u64>,
    /// Issues of this repository the message closes: `closes #9`, `Fixes: #12`, full URLs of the own remote.
    pub closes: Vec<u64>,
    /// Totals over all its files.
    pub stats: FileStats,
    /// Changed files, largest change first, at most 50; totals above count all.
    pub files: Vec<FileChange>,
    /// Whether the author has no earlier commit in this history; `None` when that is not certain.
    pub first_time: Option<bool>,
}

/// A person as a history names them; e-mail addresses stay behind.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Person {
    /// Display name, controls removed.
    pub name: String,
    /// A stable digest of the mapped e-mail address: equal for the same person, not reversible by reading.
    pub key: String,
    /// Whether the name or address is that of a robot (`…[bot]`, `dependabot`, `renovate`, …).
    pub is_bot: bool,
}

/// One `Token: value` line at the end of a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Trailer {
    /// The token as written.
    pub token: String,
    /// The value, joined when it spans lines; e-mail addresses removed.
    pub value: String,
}

/// What a merge commit brought in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Merge {
    /// The branch it names, when it names one.
    pub branch: Option<String>,
    /// The pull or merge request's title, when the message carries one.
    pub title: Option<String>,
    /// Commits it brought in, newest first.
    pub commits: Vec<String>,
}

/// Totals of a change.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FileStats {
    /// Files touched.
    pub files: u32,
    /// Lines added in text files.
    pub insertions: u64,
    /// Lines removed in text files.
    pub deletions: u64,
}

/// One changed file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FileChange {
    /// Its path after the change, `/`-separated, invalid bytes replaced.
    pub path: String,
    /// Its path before, when it was renamed or copied.
    pub previous: Option<String>,
    /// What happened to it.
    pub kind: FileChangeKind,
    /// Lines added and removed; `None` for binary files and when counts were not asked for.
    pub lines: Option<LineCounts>,
}

/// What happened to a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum FileChangeKind {
    /// It is new.
    Added,
    /// Its content or mode changed.
    Modified,
    /// It is gone.
    Deleted,
    /// It moved, perhaps with changes.
    Renamed,
}

/// Lines of one file's change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LineCounts {
    /// Lines added.
    pub insertions: u32,
    /// Lines removed.
    pub deletions: u32,
}

/// A tag that names a release.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Release {
    /// Short tag name.
    pub tag: String,
    /// The commit it points to.
    pub sha: String,
    /// The tagger's time, else the commit's.
    pub at: Timestamp,
    /// An annotated tag's message without signature; empty for a plain tag. Cut at 8 KiB.
    pub message: String,
}

/// A file and how often it changed in the window.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HotFile {
    /// Its path at the head.
    pub path: String,
    /// Commits that touched it.
    pub commits: u32,
    /// Lines added and removed, summed.
    pub lines: u64,
}
