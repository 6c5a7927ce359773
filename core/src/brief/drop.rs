//! What no reader wants, and why: decided from one commit's own words.

use std::sync::LazyLock;

use regex::Regex;

use crate::activity::Commit;
use crate::brief::DropReason;
use crate::brief::class::sort_of;
use crate::brief::people::is_robot;
use crate::brief::subject::Subject;
use crate::brief::words::Words;

/// What becomes of a commit told on its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It is told.
    Kept,
    /// It is counted as a dependency update.
    Bump,
    /// It is left out.
    Dropped(DropReason),
}

/// Returns what becomes of `commit` with these words; reverts are known to the caller.
pub(super) fn verdict(commit: &Commit, words: &Words, breaks: bool, bots: &[String]) -> Verdict {
    if commit.merge.is_some() {
        return Verdict::Dropped(DropReason::Merge);
    }
    if is_marked(words) || commit.trailers.iter().any(|trailer| asks_to_skip(&trailer.token, &trailer.value))
    {
        return Verdict::Dropped(DropReason::Marked);
    }
    if let Some(reason) = empty_or_unfinished(words) {
        return Verdict::Dropped(reason);
    }
    if breaks {
        return Verdict::Kept;
    }
    if is_release(&words.subject) {
        return Verdict::Dropped(DropReason::ReleaseCommit);
    }
    if is_bump(&words.subject) && !is_about_security(words) {
        return Verdict::Bump;
    }
    if is_robot(&commit.author, bots) {
        return Verdict::Dropped(DropReason::Bot);
    }
    if is_bookkeeping(&words.subject) || sort_of(&words.subject, &words.body, &[commit]).is_hidden {
        return Verdict::Dropped(DropReason::Housekeeping);
    }
    Verdict::Kept
}

/// Returns why words alone, such as a pull request's title, cannot be told.
pub(super) fn untellable(words: &Words) -> Option<DropReason> {
    if is_marked(words) {
        return Some(DropReason::Marked);
    }
    empty_or_unfinished(words).or_else(|| is_release(&words.subject).then_some(DropReason::ReleaseCommit))
}

/// Whether the words carry `[skip changelog]` or the like.
fn is_marked(words: &Words) -> bool {
    let text = format!("{}\n{}", words.title, words.body).to_lowercase();
    [
        "skip changelog",
        "skip-changelog",
        "changelog skip",
        "no changelog",
        "no-changelog",
        "ignore-for-release",
    ]
    .iter()
    .any(|mark| text.contains(&format!("[{mark}]")))
}

fn asks_to_skip(token: &str, value: &str) -> bool {
    let value = value.trim().to_lowercase();
    match token.to_lowercase().as_str() {
        "changelog" => matches!(value.as_str(), "skip" | "none" | "no" | "ignore" | "false"),
        "skip-changelog" => !matches!(value.as_str(), "no" | "false"),
        _ => false,
    }
}

static UNFINISHED: LazyLock<Regex> =
    LazyLock::new(|| regex(r"(?i)^(fixup!|squash!|amend!|wip\b|\[wip\]|draft:)"));

fn empty_or_unfinished(words: &Words) -> Option<DropReason> {
    if UNFINISHED.is_match(&words.title) || words.subject.kind.as_deref() == Some("wip") {
        return Some(DropReason::WorkInProgress);
    }
    let headline = words.subject.headline();
    let letters = headline.chars().filter(|letter| letter.is_alphabetic()).count();
    let is_filler = matches!(
        headline.to_lowercase().trim_end_matches(['.', '!', '…']),
        "update"
            | "updates"
            | "changes"
            | "commit"
            | "fix"
            | "fixes"
            | "stuff"
            | "misc"
            | "tmp"
            | "temp"
            | "test"
            | "save"
            | "work"
            | "progress"
            | "more"
            | "oops"
            | "initial commit"
            | "first commit"
            | "init"
            | "asdf"
            | "minor"
            | "minor changes"
            | "small changes"
            | "cleanup"
    );
    (letters < 2 || is_filler).then_some(DropReason::Empty)
}

static RELEASE: LazyLock<Regex> = LazyLock::new(|| {
    regex(concat!(
        r"(?i)^(v?\d+\.\d+(\.\d+)?\S*$",
        r"|(release|version|releasing|publish|tag)\s+(version\s+)?\S*v?\d+\.\d+\S*(\s.*)?$",
        r"|(\S+\s+)?(bump|update|set|increase|raise)\s+(the\s+)?(\S+\s+)?version(s|\s+number)?\b",
        r"|bump\s+(to\s+)?v?\d+\.\d+",
        r"|version bump",
        r"|(prepare|preparing|cut|start)\s+(for\s+)?(a\s+|the\s+|next\s+|new\s+)*(release|v?\d+\.\d+|version|development))",
    ))
});

fn is_release(subject: &Subject) -> bool {
    let is_release_scope = subject.area.as_deref().is_some_and(|area| area.eq_ignore_ascii_case("release"));
    subject.kind.as_deref() == Some("release")
        || (is_release_scope
            && subject.kind.as_deref().is_none_or(|kind| matches!(kind, "chore" | "build" | "ci")))
        || RELEASE.is_match(&subject.headline())
}

static BOOKKEEPING: LazyLock<Regex> = LazyLock::new(|| {
    regex(concat!(
        r"(?i)^((update|edit|fix|adjust|amend|add to)\s+(the\s+)?change-?log(\.md)?( for .*| entry| entries)?$",
        r"|(run|apply|fix)\s+(cargo\s+)?(rustfmt|fmt|clippy|prettier|black|gofmt|eslint|lints?|formatting)\b.{0,20}$",
        r"|update\s+(agents|claude|contributing|codeowners)(\.md)?$",
        r"|update\s+(\.?gitignore|cargo\.lock)$)",
    ))
});

fn is_bookkeeping(subject: &Subject) -> bool {
    BOOKKEEPING.is_match(&subject.headline())
}

static BUMP: LazyLock<Regex> = LazyLock::new(|| {
    regex(concat!(
        r"(?i)^(bump|update|upgrade|pin|lock)s?\s+(",
        r"\S+(\s+\S+){0,2}\s+from\s+\S+\s+to\s+\S+",
        r"|.*\b(dependency|dependencies|deps|lock\s?-?file|lockfiles?|cargo\.lock|submodules?)\b.*",
        r"|(\S+\s+){1,3}(action\s+)?(to|digest to|in)\s+v?\d+(\.\d+)*\S*(\s+\[\S+\])?$",
        r"|the \S+ group\b.*",
        r")",
    ))
});
static NOT_A_BUMP: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"(?i)\b(msrv|edition|minimum|default|limit|timeout|rust (version )?to|python|node(\.?js)?|java|schema|protocol|api)\b",
    )
});

/// Whether a subject tells of nothing but a newer version of somebody else's work.
fn is_bump(subject: &Subject) -> bool {
    let headline = subject.headline();
    let in_dependencies = subject.kind.as_deref() == Some("deps")
        || subject.kind.as_deref() == Some("dep")
        || subject.area.as_deref().is_some_and(|area| area.to_lowercase().starts_with("deps"));
    let verb = headline.split_whitespace().next().unwrap_or_default().to_lowercase();
    let is_bump_verb = ["bump", "update", "upgrade", "pin", "lock", "bumps"].contains(&verb.as_str());
    (in_dependencies && is_bump_verb) || (BUMP.is_match(&headline) && !NOT_A_BUMP.is_match(&headline))
}

fn is_about_security(words: &Words) -> bool {
    let text = format!("{}\n{}", words.title, words.body);
    ["CVE-", "RUSTSEC-", "GHSA-"].iter().any(|mark| words.title.contains(mark))
        || text
            .to_lowercase()
            .lines()
            .take(3)
            .any(|line| line.contains("security") || line.contains("vulnerabilit"))
}

/// Compiles a pattern that is part of the program; a test compiles every one.
fn regex(pattern: &str) -> Regex {
    Regex::new(pattern).expect("a pattern of the program compiles")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bump(title: &str) -> bool {
        is_bump(&Subject::parse(title))
    }

    fn release(title: &str) -> bool {
        is_release(&Subject::parse(title))
    }

    #[test]
    fn dependency_updates_are_recognised() {
        for title in [
            "chore(deps): bump mislav/bump-homebrew-formula-action from 3.6 to 4.1 (#1470)",
            "chore(deps): bump crate-ci/typos",
            "Update cargo dependencies",
            "Update actions/checkout action to v7.0.1",
            "Update dependency browser-ui-test to v0.25.0",
            "Update elasticlunr-rs to v3.1.0",
            "Bump serde from 1.0.1 to 1.0.2",
            "fix(deps): update rust crate foo to v2",
        ] {
            assert!(bump(title), "{title}");
        }
        for title in [
            "Update the reader to keep order",
            "chore(lib): raise MSRV to 1.87.0",
            "Update MSRV to 1.87",
            "Bump the default timeout to 30",
            "refactor(deps): replace dirs_next with etcetera",
        ] {
            assert!(!bump(title), "{title}");
        }
    }

    #[test]
    fn commits_that_only_name_a_release_are_recognised() {
        for title in [
            "chore(release): prepare for v2.13.1",
            "Bump version to 4.2.0",
            "v1.2.3",
            "Release 1.2.0",
            "Prepare release 0.4",
            "release: 2.0",
            "Update crate versions",
        ] {
            assert!(release(title), "{title}");
        }
        for title in
            ["Release the lock before writing", "Version the record format", "Prepare statements once"]
        {
            assert!(!release(title), "{title}");
        }
    }

    #[test]
    fn every_pattern_compiles() {
        for pattern in [&UNFINISHED, &RELEASE, &BOOKKEEPING, &BUMP, &NOT_A_BUMP] {
            assert!(!pattern.is_match("Keep order"));
        }
    }

    #[test]
    fn marks_and_unfinished_work_are_recognised() {
        assert!(is_marked(&Words::new("Add x [skip changelog]", "")));
        assert!(is_marked(&Words::new("Add x", "[no-changelog]")));
        assert!(asks_to_skip("Changelog", "none"));
        for (title, reason) in [
            ("fixup! Add x", DropReason::WorkInProgress),
            ("WIP: add x", DropReason::WorkInProgress),
            ("...", DropReason::Empty),
            ("update", DropReason::Empty),
        ] {
            assert_eq!(empty_or_unfinished(&Words::new(title, "")), Some(reason), "{title}");
        }
        assert_eq!(empty_or_unfinished(&Words::new("Wipe the cache", "")), None);
    }
}
