//! The subjects git and its hosts write for merges.

use std::sync::LazyLock;

use regex::Regex;

use super::reference::merge_request;

/// What a merge subject, with the body below it, says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MergeText {
    /// The branch that was merged, without the owner GitHub puts before it.
    pub branch: Option<String>,
    /// The pull or merge request's title.
    pub title: Option<String>,
    /// Its number.
    pub pull_request: Option<u64>,
}

/// Where a host puts the request's title.
#[derive(Clone, Copy)]
enum Title {
    /// In the subject, as group `title`.
    Subject,
    /// In the body's first line.
    Body,
    /// In the body's first line, if a line `See merge request` follows.
    BodyOfMergeRequest,
    /// Nowhere.
    Nowhere,
}

/// One subject form a line; the first that matches wins. Groups: `branch`, `title`, `n`.
static FORMS: LazyLock<Vec<(Regex, Title)>> = LazyLock::new(|| {
    [
        // Gitea and Forgejo.
        (
            r"^Merge pull request '(?<title>.*)' \([#!](?<n>[0-9]{1,10})\) from (?<branch>\S+) into \S+$",
            Title::Subject,
        ),
        // Bitbucket Server.
        (r"^Merge pull request #(?<n>[0-9]{1,10}) in \S+ from (?<branch>\S+) to \S+$", Title::Nowhere),
        // GitHub.
        (r"^Merge pull request #(?<n>[0-9]{1,10}) from (?:[^/\s]+/)?(?<branch>\S+)$", Title::Body),
        // Bitbucket Cloud.
        (r"^Merged in (?<branch>\S+) \(pull request #(?<n>[0-9]{1,10})\)$", Title::Body),
        // Azure DevOps.
        (r"^Merged PR (?<n>[0-9]{1,10}): (?<title>.+)$", Title::Subject),
        // git itself, and GitLab.
        (
            r"^Merge (?:remote-tracking )?branch '(?<branch>[^']+)'(?: of \S+)?(?: into \S+)?$",
            Title::BodyOfMergeRequest,
        ),
        (r"^Merge (?:remote-tracking )?branches '(?<branch>[^']+)'.*$", Title::Nowhere),
        (r"^Merge (?:tag|commit) '[^']+'.*$", Title::Nowhere),
        (r"^Merge (?<branch>\S+) into \S+$", Title::Nowhere),
    ]
    .into_iter()
    .map(|(pattern, title)| (Regex::new(pattern).expect("a constant pattern"), title))
    .collect()
});

/// Returns what `subject` and `body` say about a merge; `None` when the subject is not of a known form.
pub(super) fn merge_text(subject: &str, body: &str) -> Option<MergeText> {
    let (found, place) = FORMS.iter().find_map(|(form, title)| Some((form.captures(subject)?, *title)))?;
    let group =
        |name| found.name(name).map(|part| part.as_str().trim().to_owned()).filter(|part| !part.is_empty());
    let number = group("n").and_then(|digits| digits.parse().ok()).filter(|number| *number > 0);
    let merge_request = merge_request(body);
    Some(MergeText {
        branch: group("branch"),
        title: match place {
            Title::Subject => group("title"),
            Title::Body => title_line(body),
            Title::BodyOfMergeRequest if merge_request.is_some() => title_line(body),
            Title::BodyOfMergeRequest | Title::Nowhere => None,
        },
        pull_request: match place {
            Title::BodyOfMergeRequest => merge_request,
            Title::Subject | Title::Body | Title::Nowhere => number,
        },
    })
}

/// Returns the body's first line with text, unless that is already the line naming the request.
fn title_line(body: &str) -> Option<String> {
    let line = body.lines().map(str::trim).find(|line| !line.is_empty())?;
    (!line.starts_with("See merge request")).then(|| line.to_owned())
}
