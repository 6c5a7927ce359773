//! What sort of change an item is: by its type, else by where it happened, else by its first verb.

mod lexicon;

use crate::activity::Commit;
use crate::brief::Class;
use crate::brief::subject::Subject;
use lexicon::{FEATURE, FIX, ON_DOCUMENTS, ON_TESTS, PERFORMANCE, TROUBLE, UPKEEP};

/// A class, and whether the author marked the change as one readers need not see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Sort {
    /// What sort of change.
    pub(super) class: Class,
    /// Whether it is housekeeping: dropped unless it breaks something.
    pub(super) is_hidden: bool,
}

impl Sort {
    const HIDDEN: Self = Self { class: Class::Upkeep, is_hidden: true };

    const fn shown(class: Class) -> Self {
        Self { class, is_hidden: false }
    }
}

/// Returns the sort of a change with this subject and body whose files are those of `commits`.
pub(super) fn sort_of(subject: &Subject, body: &str, commits: &[&Commit]) -> Sort {
    let sort = match subject.kind.as_deref() {
        Some(kind) => by_type(kind, subject),
        None if is_about_documents(subject) => Sort::shown(Class::Documentation),
        None => by_paths(commits).unwrap_or_else(|| Sort::shown(by_words(&subject.fact, body))),
    };
    if !sort.is_hidden && names_a_hole(&subject.fact, body, sort.class) {
        return Sort::shown(Class::Security);
    }
    sort
}

/// Scopes whose fixes and features reach nobody who uses the product.
const INNER_SCOPES: &[&str] = &[
    "ci",
    "cd",
    "test",
    "tests",
    "fixture",
    "fixtures",
    "workflow",
    "workflows",
    "bench",
    "benches",
    "internal",
];

fn by_type(kind: &str, subject: &Subject) -> Sort {
    let class = match kind {
        "feat" | "feature" | "features" | "add" => Class::Feature,
        "fix" | "fixes" | "bugfix" | "bug" | "hotfix" => Class::Fix,
        "perf" | "performance" => Class::Performance,
        "docs" | "doc" => Class::Documentation,
        "security" | "sec" => Class::Security,
        "remove" | "deprecate" => Class::Removal,
        "revert" | "change" | "improvement" | "enhancement" => Class::Other,
        _ => return Sort::HIDDEN,
    };
    let is_inner =
        subject.area.as_deref().is_some_and(|area| INNER_SCOPES.contains(&area.to_lowercase().as_str()));
    Sort::shown(if is_inner && class != Class::Security { Class::Upkeep } else { class })
}

/// Returns the sort all paths of `commits` agree on; `None` when they say nothing.
fn by_paths(commits: &[&Commit]) -> Option<Sort> {
    let mut paths = commits.iter().flat_map(|commit| &commit.files).map(|file| file.path.as_str()).peekable();
    paths.peek()?;
    let paths: Vec<&str> = paths.collect();
    if paths.iter().all(|path| is_housekeeping(path)) {
        return Some(Sort::HIDDEN);
    }
    if paths.iter().all(|path| is_prose(path) || is_housekeeping(path)) {
        return Some(Sort::shown(Class::Documentation));
    }
    None
}

/// Whether the area is a document: `gauge.md: add missing periods`.
fn is_about_documents(subject: &Subject) -> bool {
    let area = subject.area.as_deref().unwrap_or_default().to_lowercase();
    is_prose(&area)
        || ["readme", "docs", "doc", "documentation", "book", "guide", "man"].contains(&area.as_str())
}

/// Files that serve the people who work on the project, not those who use it.
fn is_housekeeping(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let lower = name.to_lowercase();
    path.starts_with(".github/")
        || path.starts_with(".ci/")
        || path.starts_with(".circleci/")
        || (lower.starts_with('.') && !lower.ends_with(".md"))
        || lower.starts_with("changelog")
        || matches!(
            lower.as_str(),
            "cargo.lock"
                | "package-lock.json"
                | "yarn.lock"
                | "pnpm-lock.yaml"
                | "poetry.lock"
                | "uv.lock"
                | "go.sum"
                | "gemfile.lock"
                | "agents.md"
                | "claude.md"
                | "codeowners"
                | "renovate.json"
                | "azure-pipelines.yml"
        )
}

fn is_prose(path: &str) -> bool {
    let lower = path.to_lowercase();
    let is_text = [".md", ".mdx", ".rst", ".adoc", ".txt"].iter().any(|end| lower.ends_with(end));
    let is_test =
        ["test/", "tests/", "fixtures/", "testdata/", "snapshots/"].iter().any(|part| lower.contains(part));
    (is_text || lower.starts_with("docs/") || lower.starts_with("doc/")) && !is_test
}

fn by_words(fact: &str, body: &str) -> Class {
    let words: Vec<String> = fact.split_whitespace().take(12).map(plain_word).collect();
    let Some(first) = words.first() else { return Class::Other };
    let verb = Verb::of(first);
    // The object stands near the verb: `Fix broken doc links`, `Add tests for headings`.
    let object = &words[1..words.len().min(if verb == Verb::Unknown { 3 } else { 4 })];
    let is_about = |list: &[&str]| object.iter().any(|word| list.contains(&word.as_str()));
    if first == "document"
        || first == "clarify"
        || first == "explain"
        || ON_DOCUMENTS.contains(&first.as_str())
    {
        return Class::Documentation;
    }
    if is_about(ON_DOCUMENTS) && verb != Verb::Remove {
        return Class::Documentation;
    }
    if is_about(ON_TESTS) || ON_TESTS.contains(&first.as_str()) {
        return Class::Upkeep;
    }
    match verb {
        Verb::Known(class) => class,
        Verb::Remove if takes_away(&words) => Class::Removal,
        Verb::Remove => Class::Upkeep,
        Verb::Reduce | Verb::Store if is_smaller(&words) => Class::Performance,
        Verb::Make if is_wider(&words) => Class::Feature,
        Verb::Reduce | Verb::Store | Verb::Make | Verb::Unknown => {
            let body = body.to_lowercase();
            if TROUBLE.iter().any(|sign| body.contains(sign)) { Class::Fix } else { Class::Other }
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verb {
    Known(Class),
    /// Takes something away: from users or only from the code.
    Remove,
    /// Makes less of something: faster, or only different.
    Reduce,
    Store,
    Make,
    Unknown,
}

impl Verb {
    /// Returns what `word` says, also as `adds`, `added` or `adding`.
    fn of(word: &str) -> Self {
        let doubled = |stem: &str| {
            let mut letters = stem.chars().rev();
            (letters.next() == letters.next()).then(|| stem[..stem.len() - 1].to_owned())
        };
        let mut forms = vec![word.to_owned()];
        for ending in ["s", "es", "d", "ed", "ing"] {
            let Some(stem) = word.strip_suffix(ending).filter(|stem| stem.len() > 2 && stem.is_ascii())
            else {
                continue;
            };
            forms.push(stem.to_owned());
            forms.push(format!("{stem}e"));
            forms.extend(doubled(stem));
        }
        forms
            .iter()
            .map(|form| Self::exact(form))
            .find(|verb| *verb != Self::Unknown)
            .unwrap_or(Self::Unknown)
    }

    fn exact(word: &str) -> Self {
        match word {
            "remove" | "drop" | "delete" => return Self::Remove,
            "deprecate" => return Self::Known(Class::Removal),
            "reduce" | "shrink" | "skip" => return Self::Reduce,
            "store" => return Self::Store,
            "make" => return Self::Make,
            _ => {}
        }
        let lists = [
            (FEATURE, Class::Feature),
            (FIX, Class::Fix),
            (PERFORMANCE, Class::Performance),
            (UPKEEP, Class::Upkeep),
        ];
        lists
            .into_iter()
            .find(|(list, _)| list.contains(&word))
            .map_or(Self::Unknown, |(_, class)| Self::Known(class))
    }
}

fn has(words: &[String], list: &[&str]) -> bool {
    words.iter().any(|word| list.contains(&word.as_str()))
}

fn takes_away(words: &[String]) -> bool {
    words.first().is_some_and(|verb| verb.starts_with("drop"))
        || has(
            words,
            &["support", "deprecated", "option", "options", "flag", "command", "api", "feature", "endpoint"],
        )
}

fn is_smaller(words: &[String]) -> bool {
    has(
        words,
        &[
            "minimal",
            "smaller",
            "memory",
            "allocations",
            "allocation",
            "time",
            "size",
            "lock",
            "locks",
            "copies",
            "copy",
            "cpu",
            "latency",
            "overhead",
            "allocating",
        ],
    )
}

fn is_wider(words: &[String]) -> bool {
    has(words, &["configurable", "optional", "public", "available", "customizable", "generic", "extensible"])
}

fn plain_word(word: &str) -> String {
    word.trim_matches(|letter: char| !letter.is_alphanumeric() && letter != '\'').to_lowercase()
}

/// Whether a change says that it closes a hole: an advisory's number, or a fix that names the attack.
fn names_a_hole(fact: &str, body: &str, class: Class) -> bool {
    let has_advisory = |text: &str| {
        ["CVE-", "RUSTSEC-", "GHSA-"].iter().any(|mark| {
            text.match_indices(mark)
                .any(|(at, _)| text[at + mark.len()..].starts_with(|next: char| next.is_ascii_alphanumeric()))
        })
    };
    if has_advisory(fact) || (class == Class::Fix && has_advisory(body)) {
        return true;
    }
    let fact = fact.to_lowercase();
    class == Class::Fix
        && [
            "vulnerabilit",
            "security hole",
            "security issue",
            "security bug",
            "xss",
            "csrf",
            "sql injection",
            "path traversal",
            "directory traversal",
            "privilege escalation",
            "remote code execution",
            "arbitrary code",
            "command injection",
            "buffer overflow",
        ]
        .iter()
        .any(|attack| fact.contains(attack))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(title: &str, expected: Class) {
        assert_eq!(sort_of(&Subject::parse(title), "", &[]).class, expected, "{title}");
    }

    #[test]
    fn types_decide() {
        check("feat: x", Class::Feature);
        check("FIX(parser): x", Class::Fix);
        check("docs(website): x", Class::Documentation);
        check("perf(ci): cache where it helps", Class::Upkeep);
        check("fix: close CVE-2026-1234", Class::Security);
        assert!(sort_of(&Subject::parse("chore: x"), "", &[]).is_hidden);
        assert!(!sort_of(&Subject::parse("Rename it"), "", &[]).is_hidden);
    }

    #[test]
    fn plain_subjects_are_classified_by_their_verb() {
        for title in ["Add Key::min()", "Expose the io module", "parser: accept tabs", "Allowing two heads"] {
            check(title, Class::Feature);
        }
        for title in [
            "Stop Debug from printing",
            "Fail zero-byte writes instead",
            "Poison the log",
            "Fixed it",
            "Stopped it",
        ] {
            check(title, Class::Fix);
        }
        check("Store minimal key separators", Class::Performance);
        check("Shorten separators for array keys", Class::Performance);
        check("Remove unnecessary code", Class::Upkeep);
        check("Drop Python 3.8", Class::Removal);
        check("Split the benchmarks", Class::Upkeep);
        check("Fix broken doc links in the methods", Class::Documentation);
        check("Fix typo", Class::Documentation);
        check("Add tests for headings", Class::Upkeep);
        check("Name briefs and drafts", Class::Other);
        check("gauge.md: add missing periods", Class::Documentation);
        check("readme: say what it is", Class::Documentation);
    }

    #[test]
    fn a_body_that_tells_of_trouble_makes_a_fix() {
        let subject = Subject::parse("Take the file lock in the fallback backend");
        assert_eq!(sort_of(&subject, "A second open could corrupt the file.", &[]).class, Class::Fix);
    }
}
