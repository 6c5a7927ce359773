//! One scan: the window, then everything that happened in it.

use std::collections::HashSet;

use dateline_core::activity::{Activity, Commit, ScanNote, Window};
use dateline_core::source::{FileDetail, ScanRequest, SourceError};

use super::client::Client;
use super::commits::{self, Found};
use super::files::Files;
use super::head;
use super::{files, issues, lineage, newcomers, releases, requests};

/// Returns what happened in the window `request` names; `None` when no commit lies in it.
pub(super) async fn scan(client: &Client, request: &ScanRequest) -> Result<Option<Activity>, SourceError> {
    let head = head::read(client).await?;
    let Some(sha) = head.sha.clone() else { return Ok(None) };
    let published = releases::published(client).await?;
    let Some(found) = commits::find(client, request, &sha, &published).await? else { return Ok(None) };
    let Some(found) = until(found, request) else { return Ok(None) };
    client.commits_read(found.commits.len());
    // The end of the window is fixed now; what happens while it is read belongs to the next one.
    let to = request.until.unwrap_or(request.now);
    let mut told: Vec<Commit> =
        found.commits.iter().map(|answer| commits::commit(answer, &head.links)).collect();
    let newest = found.commits.first().map_or(sha, |answer| answer.sha.clone());
    lineage::relate(&mut told, &found.commits, &newest);
    let mut merged = requests::merged(client, &head.branch, found.since, to).await?;
    requests::assign(client, &mut told, &mut merged).await?;
    requests::tell(&mut told, &merged, &head.links);
    let changed = match request.files {
        FileDetail::Counted => files::read(client, &mut told, &merged).await?,
        FileDetail::Omitted => Files::default(),
    };
    let closed = issues::closed(client, found.since, to).await?;
    for commit in &mut told {
        commit.closes.retain(|issue| !closed.discarded.contains(issue));
    }
    newcomers::mark(client, &mut told, &found.commits, &newest).await?;
    let shas: HashSet<&str> = told.iter().map(|commit| commit.sha.as_str()).collect();
    let releases = releases::within(client, published, &shas, found.since, to).await?;
    let notes = notes(&found, [merged.notes, changed.notes, closed.notes].concat());
    Ok(Some(Activity {
        window: window(&found, &told, newest),
        repository: head.repository,
        commits: told,
        releases,
        hot_files: changed.hot,
        issues: closed.completed,
        notes,
    }))
}

/// Leaves out what is later than asked for.
fn until(mut found: Found, request: &ScanRequest) -> Option<Found> {
    if let Some(until) = request.until {
        found.commits.retain(|answer| commits::committed_at(answer) <= until);
    }
    (!found.commits.is_empty()).then_some(found)
}

fn window(found: &Found, told: &[Commit], head: String) -> Window {
    let times = || told.iter().map(|commit| commit.committed_at);
    Window {
        after: found.after.clone(),
        head,
        from: times().min().unwrap_or(found.since),
        to: times().max().unwrap_or(found.since),
        start: found.start.clone(),
    }
}

fn notes(found: &Found, others: Vec<ScanNote>) -> Vec<ScanNote> {
    let truncated = found.is_truncated.then_some(ScanNote::Truncated { limit: found.commits.len() });
    truncated.into_iter().chain(others).collect()
}
