//! Issues closed in the window: which were completed, and which were closed for another reason.

use std::collections::HashSet;

use dateline_core::activity::{ClosedIssue, ScanNote};
use dateline_core::hygiene::clean_line;
use dateline_core::source::SourceError;
use dateline_core::time::Timestamp;

use super::answers::IssueAnswer;
use super::client::Client;
use super::failure::Failure;
use super::requests::OVERLAP;

/// What became of issues.
#[derive(Default)]
pub(super) struct Issues {
    /// Closed as completed in the window, newest first.
    pub(super) completed: Vec<ClosedIssue>,
    /// Closed as not planned or as duplicates: nothing closed them by doing what they ask.
    pub(super) discarded: HashSet<u64>,
    pub(super) notes: Vec<ScanNote>,
}

/// Returns issues closed between `since` and `to`.
pub(super) async fn closed(client: &Client, since: Timestamp, to: Timestamp) -> Result<Issues, SourceError> {
    let from = (since - OVERLAP).to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
    let route = format!("/issues?state=closed&sort=updated&direction=desc&since={from}");
    let is_recent = |issue: &IssueAnswer| issue.updated_at.is_none_or(|at| at >= since - OVERLAP);
    let (found, is_cut) = match client.list(&client.repo.route(&route), client.limits.pages, is_recent).await
    {
        Ok(found) => found,
        // Issues can be switched off.
        Err(Failure::NotFound | Failure::Empty) => return Ok(Issues::default()),
        Err(Failure::Source(error)) => return Err(error),
    };
    let mut issues = Issues::default();
    issues.notes.extend(is_cut.then(|| ScanNote::ListCut { list: "issues".to_owned(), read: found.len() }));
    for issue in found.into_iter().filter(|issue| issue.pull_request.is_none()) {
        match (issue.state_reason.as_deref(), issue.closed_at) {
            (Some("completed"), Some(at)) if at >= since && at < to => issues.completed.push(ClosedIssue {
                number: issue.number,
                title: clean_line(&issue.title),
                at,
            }),
            (Some("not_planned" | "duplicate"), _) => {
                issues.discarded.insert(issue.number);
            }
            _ => {}
        }
    }
    issues.completed.sort_by(|a, b| b.at.cmp(&a.at).then(b.number.cmp(&a.number)));
    Ok(issues)
}
