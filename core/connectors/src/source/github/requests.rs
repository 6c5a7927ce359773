//! Pull requests merged in the window, each told by the commit that merged it.

use std::collections::HashMap;

use chrono::TimeDelta;
use dateline_core::activity::{Commit, LinkBase, Merge, ScanNote};
use dateline_core::message::Message;
use dateline_core::source::SourceError;
use dateline_core::time::Timestamp;

use super::answers::PullAnswer;
use super::client::{Client, segment};
use super::failure::Failure;

/// Lists are read from a day before the window: clocks differ, and a request is updated after it was merged.
pub(super) const OVERLAP: TimeDelta = TimeDelta::hours(24);

/// Merged requests by number, and what was cut.
#[derive(Default)]
pub(super) struct Requests {
    pub(super) by_number: HashMap<u64, PullAnswer>,
    pub(super) notes: Vec<ScanNote>,
}

/// Returns requests into `branch` merged between `since`, less a day, and `to`.
pub(super) async fn merged(
    client: &Client,
    branch: &str,
    since: Timestamp,
    to: Timestamp,
) -> Result<Requests, SourceError> {
    let from = since - OVERLAP;
    let base = segment(branch);
    let route = format!("/pulls?state=closed&sort=updated&direction=desc&base={base}");
    let is_recent = |pull: &PullAnswer| pull.updated_at.is_none_or(|at| at >= from);
    let (pulls, is_cut) = match client.list(&client.repo.route(&route), client.limits.pages, is_recent).await
    {
        Ok(found) => found,
        // Requests can be switched off.
        Err(Failure::NotFound | Failure::Empty) => return Ok(Requests::default()),
        Err(Failure::Source(error)) => return Err(error),
    };
    let notes = is_cut
        .then(|| ScanNote::ListCut { list: "pulls".to_owned(), read: pulls.len() })
        .into_iter()
        .collect();
    let is_merged = |pull: &PullAnswer| pull.merged_at.is_some_and(|at| at >= from && at < to);
    let by_number = pulls.into_iter().filter(is_merged).map(|pull| (pull.number, pull)).collect();
    Ok(Requests { by_number, notes })
}

/// Tells each commit which request it came through: by the sha that merged it, by its own words, else by asking.
pub(super) async fn assign(
    client: &Client,
    commits: &mut [Commit],
    requests: &mut Requests,
) -> Result<(), SourceError> {
    let by_sha: HashMap<String, u64> = requests
        .by_number
        .values()
        .filter_map(|pull| Some((pull.merge_commit_sha.clone()?, pull.number)))
        .collect();
    let mut asked = 0;
    for commit in commits.iter_mut().filter(|commit| commit.merged_in.is_none()) {
        if let Some(number) = by_sha.get(&commit.sha) {
            commit.pull_request = Some(*number);
        } else if commit.pull_request.is_none() && commit.merge.is_none() && asked < client.limits.look_ups {
            asked += 1;
            if let Some(pull) = of_commit(client, &commit.sha).await? {
                commit.pull_request = Some(pull.number);
                requests.by_number.entry(pull.number).or_insert(pull);
            }
        }
    }
    Ok(())
}

async fn of_commit(client: &Client, sha: &str) -> Result<Option<PullAnswer>, SourceError> {
    let route = client.repo.route(&format!("/commits/{}/pulls", segment(sha)));
    match client.get::<Vec<PullAnswer>>(&route).await {
        Ok(pulls) => Ok(pulls.into_iter().find(|pull| pull.merged_at.is_some())),
        Err(Failure::NotFound | Failure::Empty) => Ok(None),
        Err(Failure::Source(error)) => Err(error),
    }
}

/// Gives commits the words of their requests: title, what they close, and the description where they have none.
///
/// Commits of one request that stand side by side on the line (merged by rebasing) become one: the newest stands for
/// them, as a merge would.
pub(super) fn tell(commits: &mut [Commit], requests: &Requests, links: &LinkBase) {
    let mut standing: HashMap<u64, usize> = HashMap::new();
    for at in 0..commits.len() {
        let Some(number) = commits[at].pull_request.filter(|_| commits[at].merged_in.is_none()) else {
            continue;
        };
        let Some(pull) = requests.by_number.get(&number) else { continue };
        if let Some(newest) = standing.get(&number).copied() {
            join(commits, newest, at, pull);
        } else {
            standing.insert(number, at);
            describe(&mut commits[at], pull, links);
        }
    }
}

fn describe(commit: &mut Commit, pull: &PullAnswer, links: &LinkBase) {
    let text = format!("{}\n\n{}", pull.title, pull.body.as_deref().unwrap_or_default());
    let words = Message::parse(&text, Some(links));
    for issue in words.closes {
        if !commit.closes.contains(&issue) {
            commit.closes.push(issue);
        }
    }
    if commit.body.trim().is_empty() {
        commit.body = words.body;
    }
    if let Some(merge) = &mut commit.merge {
        merge.title = Some(pull.title.clone());
        merge.branch = pull.head.as_ref().and_then(|head| head.name.clone()).or(merge.branch.take());
    }
}

fn join(commits: &mut [Commit], newest: usize, older: usize, pull: &PullAnswer) {
    let (stands, sha) = (commits[newest].sha.clone(), commits[older].sha.clone());
    // A second merge of the same request is told by itself.
    if commits[older].merge.is_some() {
        return;
    }
    commits[older].merged_in = Some(stands);
    let branch = pull.head.as_ref().and_then(|head| head.name.clone());
    let title = Some(pull.title.clone());
    let merge = commits[newest].merge.get_or_insert(Merge { branch, title, commits: Vec::new() });
    merge.commits.push(sha);
}
