//! Which commits lie in the window: those between the cursor and the head, else those since a date.

use std::time::Duration;

use chrono::SecondsFormat;
use dateline_core::activity::{Commit, FileStats, LinkBase, Merge, WindowStart};
use dateline_core::message::Message;
use dateline_core::source::{ScanFrom, ScanRequest, SourceError};
use dateline_core::time::{Timestamp, from_unix_ms};

use super::answers::{CommitAnswer, CompareAnswer, ReleaseAnswer, SignatureAnswer};
use super::client::{Client, segment};
use super::failure::Failure;
use crate::source::person::person;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// How far a first window reaches back without a release.
const FIRST_WINDOW: Duration = Duration::from_secs(30 * 24 * 60 * 60);
/// How many commits a first window holds when nothing happened lately.
const FIRST_COMMITS: usize = 50;
/// So many releases are tried as the beginning of a first window.
const RELEASES_TRIED: usize = 5;

/// The commits of a window, newest first; never empty.
pub(super) struct Found {
    pub(super) commits: Vec<CommitAnswer>,
    pub(super) start: WindowStart,
    pub(super) after: Option<String>,
    /// From when on requests, issues and releases belong to the window.
    pub(super) since: Timestamp,
    pub(super) is_truncated: bool,
}

/// Returns the commits of `request`'s window up to `head`; `None` when there are none.
pub(super) async fn find(
    client: &Client,
    request: &ScanRequest,
    head: &str,
    releases: &[ReleaseAnswer],
) -> Result<Option<Found>, SourceError> {
    match &request.from {
        ScanFrom::Cursor { sha, .. } if sha == head => Ok(None),
        ScanFrom::Cursor { sha, at } => since_cursor(client, sha, *at, head).await,
        ScanFrom::Date(from) => since_date(client, head, *from, WindowStart::Dates).await,
        ScanFrom::First => first(client, request.now, head, releases).await,
    }
}

async fn since_cursor(
    client: &Client,
    sha: &str,
    at: Timestamp,
    head: &str,
) -> Result<Option<Found>, SourceError> {
    match between(client, sha, head).await {
        Ok((commits, is_truncated)) => {
            Ok(found(commits, WindowStart::Cursor, Some(sha.to_owned()), at, is_truncated))
        }
        // History was rewritten and the cursor's commit is gone: its date is when it was read, so a day is added.
        Err(Failure::NotFound) => {
            let lost = since_date(client, head, at - DAY, WindowStart::CursorLost).await?;
            Ok(lost.and_then(|lost| {
                let commits = lost.commits.into_iter().filter(|commit| commit.sha != sha).collect();
                found(commits, WindowStart::CursorLost, None, lost.since, lost.is_truncated)
            }))
        }
        Err(failure) => Err(told(client, failure)),
    }
}

/// Returns the commits reachable from `head` and not from `base`, newest first, and whether older ones were left out.
async fn between(client: &Client, base: &str, head: &str) -> Result<(Vec<CommitAnswer>, bool), Failure> {
    let route = client.repo.route(&format!("/compare/{}...{}", segment(base), segment(head)));
    let page = |number: usize| format!("{route}?per_page=100&page={number}");
    let (first, mut has_next): (CompareAnswer, bool) = client.page(&page(1)).await?;
    let total = first.total_commits.max(first.commits.len());
    // Pages come oldest first: of too many, the newest are read.
    let skipped = total.saturating_sub(client.limits.commits) / 100;
    let pages_max = client.limits.commits.div_ceil(100) + 1;
    let mut commits = if skipped == 0 { first.commits } else { Vec::new() };
    let mut number = if skipped == 0 { 2 } else { skipped + 1 };
    let last = number + pages_max;
    while has_next && number < last {
        let (next, more): (CompareAnswer, bool) = client.page(&page(number)).await?;
        has_next = more && !next.commits.is_empty();
        commits.extend(next.commits);
        client.commits_read(commits.len());
        number += 1;
    }
    commits.reverse();
    let is_truncated = has_next || commits.len() > client.limits.commits || skipped > 0;
    commits.truncate(client.limits.commits);
    Ok((commits, is_truncated))
}

async fn since_date(
    client: &Client,
    head: &str,
    from: Timestamp,
    start: WindowStart,
) -> Result<Option<Found>, SourceError> {
    let since = from.to_rfc3339_opts(SecondsFormat::Secs, true);
    let route = client.repo.route(&format!("/commits?sha={}&since={since}", segment(head)));
    let pages = u32::try_from(client.limits.commits.div_ceil(100)).unwrap_or(u32::MAX);
    match client.list(&route, pages, |_| true).await {
        Ok((commits, is_cut)) => Ok(found(commits, start, None, from, is_cut)),
        Err(Failure::Empty) => Ok(None),
        Err(failure) => Err(told(client, failure)),
    }
}

async fn first(
    client: &Client,
    now: Timestamp,
    head: &str,
    releases: &[ReleaseAnswer],
) -> Result<Option<Found>, SourceError> {
    for release in releases.iter().take(RELEASES_TRIED) {
        let (commits, is_truncated) = match between(client, &release.tag_name, head).await {
            Ok(found) => found,
            Err(Failure::NotFound) => continue,
            Err(failure) => return Err(told(client, failure)),
        };
        // The head's own release is what is told now.
        if !commits.is_empty() {
            let since = release.published_at.unwrap_or(now - FIRST_WINDOW);
            let start = WindowStart::LastRelease { tag: release.tag_name.clone() };
            return Ok(found(commits, start, None, since, is_truncated));
        }
    }
    let lately = since_date(client, head, now - FIRST_WINDOW, WindowStart::ThirtyDays).await?;
    if lately.is_some() {
        return Ok(lately);
    }
    let route = client.repo.route(&format!("/commits?sha={}&per_page={FIRST_COMMITS}", segment(head)));
    let commits: Vec<CommitAnswer> = client.get(&route).await.map_err(|failure| told(client, failure))?;
    let oldest = commits.iter().map(committed_at).min().unwrap_or(now);
    Ok(found(commits, WindowStart::FiftyCommits, None, oldest, false))
}

fn found(
    commits: Vec<CommitAnswer>,
    start: WindowStart,
    after: Option<String>,
    since: Timestamp,
    is_truncated: bool,
) -> Option<Found> {
    (!commits.is_empty()).then_some(Found { commits, start, after, since, is_truncated })
}

fn told(client: &Client, failure: Failure) -> SourceError {
    match failure {
        Failure::Source(error) => error,
        Failure::NotFound | Failure::Empty => client.asked.unseen(),
    }
}

fn at(signature: Option<&SignatureAnswer>) -> Timestamp {
    signature.and_then(|signature| signature.date).unwrap_or(from_unix_ms(0))
}

/// Returns when a commit entered the history.
pub(super) fn committed_at(answer: &CommitAnswer) -> Timestamp {
    at(answer.commit.committer.as_ref().or(answer.commit.author.as_ref()))
}

/// Returns what a commit says about itself; what depends on others is still empty.
pub(super) fn commit(answer: &CommitAnswer, links: &LinkBase) -> Commit {
    let message = Message::parse(&answer.commit.message, Some(links));
    let named = answer.commit.author.as_ref();
    let name = named.and_then(|author| author.name.as_deref()).unwrap_or_default();
    let email = named.and_then(|author| author.email.as_deref()).unwrap_or_default();
    let author = person(name, email);
    let mut co_authors: Vec<_> =
        message.co_authors.iter().map(|named| person(&named.name, &named.email)).collect();
    let mut seen = vec![author.key.clone()];
    co_authors.retain(|other| {
        let is_new = !seen.contains(&other.key);
        seen.push(other.key.clone());
        is_new
    });
    let text = message.merge.unwrap_or_default();
    let is_merge = answer.parents.len() > 1;
    Commit {
        sha: answer.sha.clone(),
        authored_at: at(named),
        committed_at: committed_at(answer),
        author,
        co_authors,
        subject: message.subject,
        body: message.body,
        trailers: message.trailers,
        merge: is_merge.then(|| Merge { branch: text.branch, title: text.title, commits: Vec::new() }),
        merged_in: None,
        pull_request: message.pull_request,
        closes: message.closes,
        stats: FileStats::default(),
        files: Vec::new(),
        first_time: None,
    }
}
