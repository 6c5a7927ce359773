//! Changes that were taken back within the window: neither they nor their reverts are news.

use std::collections::{BTreeMap, BTreeSet};

use crate::activity::Commit;

/// Returns the object ids of commits that were reverted within `commits` (newest first), and of their reverts.
///
/// A revert that was itself reverted takes nothing back.
pub(super) fn reverted(commits: &[Commit]) -> BTreeSet<&str> {
    let by_sha: BTreeMap<&str, usize> =
        commits.iter().enumerate().map(|(index, commit)| (commit.sha.as_str(), index)).collect();
    let mut gone = BTreeSet::new();
    for (index, commit) in commits.iter().enumerate() {
        if gone.contains(commit.sha.as_str()) {
            continue;
        }
        let Some(target) = target(commit, index, commits, &by_sha).filter(|target| *target > index) else {
            // `Reapply "X"` after `Revert "X"`: the revert is taken back and X stands.
            continue;
        };
        let target = &commits[target];
        if gone.contains(target.sha.as_str()) {
            continue;
        }
        gone.insert(commit.sha.as_str());
        gone.insert(target.sha.as_str());
        if let Some(merge) = &target.merge {
            gone.extend(merge.commits.iter().map(String::as_str));
        }
    }
    gone
}

/// Returns the index of the commit that `commit` takes back.
fn target(
    commit: &Commit,
    index: usize,
    commits: &[Commit],
    by_sha: &BTreeMap<&str, usize>,
) -> Option<usize> {
    let quoted = quoted_subject(&commit.subject);
    let named = reverted_sha(&commit.body);
    if quoted.is_none() && named.is_none() {
        return None;
    }
    if let Some(sha) = named {
        return by_sha
            .range(sha..)
            .next()
            .filter(|(found, _)| found.starts_with(sha))
            .map(|(_, index)| *index);
    }
    let quoted = quoted?;
    let older = &commits[index + 1..];
    older.iter().position(|older| older.subject == quoted).map(|position| position + index + 1)
}

/// Returns `X` of `Revert "X"`, with or without a number behind it; of `Reapply "X"`, the `Revert "X"` it undoes.
fn quoted_subject(subject: &str) -> Option<String> {
    let inside = |prefix: &str| {
        let rest = subject.strip_prefix(prefix)?;
        rest.rfind('"').map(|end| rest[..end].to_owned())
    };
    inside("Revert \"").or_else(|| inside("Reapply \"").map(|inner| format!("Revert \"{inner}\"")))
}

/// Returns the object id of `This reverts commit <sha>`.
fn reverted_sha(body: &str) -> Option<&str> {
    let (_, rest) = body.split_once("This reverts commit ")?;
    let end = rest.find(|letter: char| !letter.is_ascii_hexdigit()).unwrap_or(rest.len());
    (end >= 7).then(|| &rest[..end])
}
