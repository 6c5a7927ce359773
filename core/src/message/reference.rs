//! Numbers a message names: the pull request it came through and the issues it closes.

use std::sync::LazyLock;

use regex::Regex;

use crate::activity::LinkBase;

use super::prose::spoken;

/// `(#12)`, or GitLab's `(!12)`, closing a subject.
static SUBJECT_NUMBER: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\([#!]([0-9]{1,10})\)[\s.]*$").expect("a constant pattern"));

/// GitLab's last line of a merge or squash.
static MERGE_REQUEST: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?m)^See merge request (?:\S*)!([0-9]{1,10})\s*$").expect("a constant pattern")
});

const REFERENCE: &str = r"(?:https?://[^\s<>)\],]+|(?:[\w.-]+(?:/[\w.-]+)+)?#[0-9]{1,10}\b|GH-[0-9]{1,10}\b)";

/// A closing keyword and the list of references it governs.
static CLOSING: LazyLock<Regex> = LazyLock::new(|| {
    let pattern = format!(
        r"(?i)(?:^|[^\w-])(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?)(?::\s*|\s+)((?:<?{REFERENCE}>?)(?:\s*(?:,\s*and|,|&|and)\s*<?{REFERENCE}>?)*)"
    );
    Regex::new(&pattern).expect("a constant pattern")
});

static ONE_REFERENCE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(&format!("(?i){REFERENCE}")).expect("a constant pattern"));

/// Returns the request number closing `subject` or named by GitLab's line in `body`.
pub(super) fn pull_request(subject: &str, body: &str) -> Option<u64> {
    number(SUBJECT_NUMBER.captures(subject)).or_else(|| merge_request(body))
}

/// Returns N of a line `See merge request group/project!N`.
pub(super) fn merge_request(body: &str) -> Option<u64> {
    number(MERGE_REQUEST.captures(body))
}

/// Returns the issues of `own` that a closing keyword names outside code and quotations, each once.
pub(super) fn closing(subject: &str, rest: &str, own: Option<&LinkBase>) -> Vec<u64> {
    let mut closed = Vec::new();
    for text in [subject.to_owned(), spoken(rest)] {
        let lists = CLOSING.captures_iter(&text).filter_map(|found| found.get(1));
        for reference in lists.flat_map(|list| ONE_REFERENCE.find_iter(list.as_str())) {
            if let Some(issue) = own_issue(reference.as_str(), own).filter(|issue| !closed.contains(issue)) {
                closed.push(issue);
            }
        }
    }
    closed
}

/// Returns the issue number of a reference when it is one of the own repository's.
fn own_issue(reference: &str, own: Option<&LinkBase>) -> Option<u64> {
    if let Some((repository, number)) = reference.split_once('#').filter(|_| !reference.contains("://")) {
        let is_own =
            repository.is_empty() || own.is_some_and(|own| path_of(own).eq_ignore_ascii_case(repository));
        return number.parse().ok().filter(|issue| is_own && *issue > 0);
    }
    if let Some(number) = reference.get(3..).filter(|_| reference.to_ascii_lowercase().starts_with("gh-")) {
        return number.parse().ok().filter(|issue| *issue > 0);
    }
    let base = own?.base.as_str();
    let after = reference.get(base.len()..).filter(|_| reference[..base.len()].eq_ignore_ascii_case(base))?;
    let number = after.strip_prefix("/-").unwrap_or(after).strip_prefix("/issues/")?;
    let number = number.split(['#', '?', '/']).next()?.trim_end_matches(['.', ';', ':', '!']);
    number.parse().ok().filter(|issue| *issue > 0)
}

/// Returns `owner/name` of `https://host/owner/name`.
fn path_of(own: &LinkBase) -> &str {
    own.base.split_once("://").and_then(|(_, rest)| rest.split_once('/')).map_or("", |(_, path)| path)
}

fn number(found: Option<regex::Captures<'_>>) -> Option<u64> {
    found?.get(1)?.as_str().parse().ok().filter(|number| *number > 0)
}
