//! What changed: the files of requests and of commits that came without one, for the newest of them.

use std::collections::HashMap;

use dateline_core::activity::{Commit, FileChange, FileChangeKind, FileStats, HotFile, LineCounts, ScanNote};
use dateline_core::source::SourceError;

use super::answers::{CommitAnswer, FileAnswer, PullAnswer};
use super::client::{Client, segment};
use super::failure::Failure;
use super::requests::Requests;

/// Files of one commit that are kept by name.
const FILES_MAX: usize = 50;
/// Pages of a request's files that are read.
const FILE_PAGES_MAX: u32 = 3;
/// A commit names no more files than this at once.
const COMMIT_FILES_MAX: usize = 300;
const HOT_FILES_MAX: usize = 20;

/// Everything known of changed files beside the commits themselves.
#[derive(Default)]
pub(super) struct Files {
    pub(super) hot: Vec<HotFile>,
    pub(super) notes: Vec<ScanNote>,
}

/// Files of one change, and how many there are beyond them.
struct Changed {
    files: Vec<FileAnswer>,
    stats: FileStats,
    truncated: Option<ScanNote>,
}

/// Reads the files of `commits`, newest first, up to the limit.
pub(super) async fn read(
    client: &Client,
    commits: &mut [Commit],
    requests: &Requests,
) -> Result<Files, SourceError> {
    let mut hot: HashMap<String, (u32, u64)> = HashMap::new();
    let mut notes = Vec::new();
    let (mut read, mut omitted) = (0, 0);
    // What a merge brought in is counted with it.
    for commit in commits.iter_mut().filter(|commit| commit.merged_in.is_none()) {
        if read >= client.limits.details {
            omitted += 1;
            continue;
        }
        read += 1;
        let request = commit.pull_request.and_then(|number| requests.by_number.get(&number));
        let Some(changed) = changed(client, &commit.sha, request).await? else { continue };
        for file in &changed.files {
            let count = hot.entry(file.filename.clone()).or_default();
            *count = (count.0 + 1, count.1 + u64::from(file.additions) + u64::from(file.deletions));
        }
        notes.extend(changed.truncated);
        commit.stats = changed.stats;
        commit.files = largest(changed.files);
    }
    if omitted > 0 {
        notes.push(ScanNote::FilesOmitted { commits: omitted });
    }
    let mut hot: Vec<HotFile> =
        hot.into_iter().map(|(path, (commits, lines))| HotFile { path, commits, lines }).collect();
    hot.sort_unstable_by(|a, b| {
        (b.commits, b.lines).cmp(&(a.commits, a.lines)).then_with(|| a.path.cmp(&b.path))
    });
    hot.truncate(HOT_FILES_MAX);
    Ok(Files { hot, notes })
}

async fn changed(
    client: &Client,
    sha: &str,
    request: Option<&PullAnswer>,
) -> Result<Option<Changed>, SourceError> {
    let found = match request {
        Some(pull) => of_request(client, sha, pull.number).await,
        None => of_commit(client, sha).await,
    };
    match found {
        Ok(changed) => Ok(Some(changed)),
        Err(Failure::NotFound | Failure::Empty) => Ok(None),
        Err(Failure::Source(error)) => Err(error),
    }
}

async fn of_request(client: &Client, sha: &str, number: u64) -> Result<Changed, Failure> {
    let detail: PullAnswer = client.get(&client.repo.route(&format!("/pulls/{number}"))).await?;
    let route = client.repo.route(&format!("/pulls/{number}/files"));
    let (files, is_cut): (Vec<FileAnswer>, bool) = client.list(&route, FILE_PAGES_MAX, |_| true).await?;
    let listed = u32::try_from(files.len()).unwrap_or(u32::MAX);
    let count = detail.changed_files.unwrap_or(listed);
    let is_short = is_cut || count > listed;
    let truncated =
        is_short.then(|| ScanNote::FilesTruncated { sha: sha.to_owned(), listed, of: detail.changed_files });
    let sum = sum(&files);
    let stats = FileStats {
        files: count,
        insertions: detail.additions.unwrap_or(sum.insertions),
        deletions: detail.deletions.unwrap_or(sum.deletions),
    };
    Ok(Changed { files, stats, truncated })
}

async fn of_commit(client: &Client, sha: &str) -> Result<Changed, Failure> {
    let detail: CommitAnswer = client.get(&client.repo.route(&format!("/commits/{}", segment(sha)))).await?;
    let files = detail.files.unwrap_or_default();
    let mut stats = sum(&files);
    if let Some(total) = detail.stats {
        (stats.insertions, stats.deletions) = (total.additions, total.deletions);
    }
    let truncated = (files.len() >= COMMIT_FILES_MAX).then(|| ScanNote::FilesTruncated {
        sha: sha.to_owned(),
        listed: stats.files,
        of: None,
    });
    Ok(Changed { files, stats, truncated })
}

fn sum(files: &[FileAnswer]) -> FileStats {
    FileStats {
        files: u32::try_from(files.len()).unwrap_or(u32::MAX),
        insertions: files.iter().map(|file| u64::from(file.additions)).sum(),
        deletions: files.iter().map(|file| u64::from(file.deletions)).sum(),
    }
}

/// Returns the largest changes, largest first.
fn largest(mut files: Vec<FileAnswer>) -> Vec<FileChange> {
    let size = |file: &FileAnswer| u64::from(file.additions) + u64::from(file.deletions);
    files.sort_by(|a, b| size(b).cmp(&size(a)).then_with(|| a.filename.cmp(&b.filename)));
    files.into_iter().take(FILES_MAX).map(change).collect()
}

fn change(file: FileAnswer) -> FileChange {
    let kind = match file.status.as_str() {
        "added" | "copied" => FileChangeKind::Added,
        "removed" => FileChangeKind::Deleted,
        "renamed" => FileChangeKind::Renamed,
        _ => FileChangeKind::Modified,
    };
    // A binary file has no patch and no lines.
    let has_lines = file.patch.is_some() || file.additions > 0 || file.deletions > 0;
    let lines = has_lines.then_some(LineCounts { insertions: file.additions, deletions: file.deletions });
    FileChange { path: file.filename, previous: file.previous_filename, kind, lines }
}
