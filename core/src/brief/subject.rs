//! A subject taken apart: conventional type, scope or area, and the words for a reader.

/// A subject line, taken apart.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Subject {
    /// The conventional type, lower-case, when it is one people use.
    pub(super) kind: Option<String>,
    /// The scope in parentheses, or an area in front of a colon or in brackets.
    pub(super) area: Option<String>,
    /// Whether `!` or `BREAKING` marks it.
    pub(super) is_breaking: bool,
    /// What remains, still as written.
    pub(super) fact: String,
}

/// Types of Conventional Commits as people write them; anything else in front of a colon is an area.
const TYPES: &[&str] = &[
    "feat",
    "feature",
    "features",
    "fix",
    "fixes",
    "bugfix",
    "bug",
    "hotfix",
    "perf",
    "performance",
    "docs",
    "doc",
    "security",
    "sec",
    "revert",
    "deprecate",
    "remove",
    "add",
    "change",
    "chore",
    "ci",
    "test",
    "tests",
    "style",
    "build",
    "refactor",
    "refact",
    "improvement",
    "enhancement",
    "deps",
    "dep",
    "release",
    "wip",
    "misc",
    "cleanup",
];

impl Subject {
    /// Returns the parts of `title`. Nothing fails: a subject without a prefix is all fact.
    pub(super) fn parse(title: &str) -> Self {
        let title = without_ornament(title);
        if let Some((area, fact)) = bracketed(title) {
            let inner = Self::parse(fact);
            let area = if is_ticket(area) { None } else { Some(area.to_owned()) };
            return Self { area: inner.area.or(area), ..inner };
        }
        let Some((head, fact)) = title.split_once(':') else {
            return Self { fact: title.to_owned(), ..Self::default() };
        };
        Self::with_head(head, fact).unwrap_or_else(|| Self { fact: title.to_owned(), ..Self::default() })
    }

    fn with_head(head: &str, fact: &str) -> Option<Self> {
        let (head, is_breaking) = head.strip_suffix('!').map_or((head, false), |head| (head, true));
        let (name, scope) = match head.split_once('(') {
            Some((name, scope)) => (name.trim_end(), Some(scope.strip_suffix(')')?.trim())),
            None => (head, None),
        };
        let (name, is_breaking) = name.strip_suffix('!').map_or((name, is_breaking), |name| (name, true));
        let lower = name.to_lowercase();
        let is_type = TYPES.contains(&lower.as_str());
        let fact_is_apart = fact.starts_with(' ');
        let fact = fact.trim();
        if fact.is_empty() || fact.starts_with("//") || fact.starts_with(':') {
            return None;
        }
        if lower == "breaking change" || lower == "breaking" {
            return Some(Self { is_breaking: true, fact: fact.to_owned(), ..Self::default() });
        }
        let scope = scope.filter(|scope| !scope.is_empty() && scope.chars().count() <= 40).map(str::to_owned);
        if is_type {
            // `feat: parser: accept tabs` names its area a second time.
            let fact = fact.to_owned();
            return Some(Self { kind: Some(lower), area: scope, is_breaking, fact });
        }
        if !fact_is_apart || scope.is_some() || !is_area(name) {
            return None;
        }
        if is_ticket(name) {
            return Some(Self::parse(fact));
        }
        Some(Self { kind: None, area: Some(name.to_owned()), is_breaking, fact: fact.to_owned() })
    }

    /// Returns the fact rewritten for a reader: numbers, markers and full stop cut, capitalised.
    pub(super) fn headline(&self) -> String {
        let fact = without_tail(&self.fact).trim();
        // `Revert "feat: accept tabs (#12)"` is told as `Revert "Accept tabs"`.
        let reverted = fact.strip_prefix("Revert \"").and_then(|rest| rest.strip_suffix('"'));
        match reverted.filter(|inner| !inner.contains('"')) {
            Some(inner) => format!("Revert \"{}\"", Self::parse(inner).headline()),
            None => capitalized(fact),
        }
    }
}

/// Whether `name` can be a place in a code base: one to three words without spaces, such as `mm/slub` or `index.md`.
fn is_area(name: &str) -> bool {
    let parts: Vec<&str> = name.split(", ").collect();
    parts.len() <= 3
        && name.chars().count() <= 40
        && parts.iter().all(|part| {
            part.starts_with(|first: char| first.is_alphanumeric() || "._/@".contains(first))
                && part.chars().all(|letter| letter.is_alphanumeric() || "._-/*+@".contains(letter))
        })
}

/// Whether `name` is a tracker's key, such as `PROJ-123`, `#12` or `GH-9`.
fn is_ticket(name: &str) -> bool {
    let digits = name.trim_start_matches(|letter: char| letter.is_ascii_uppercase());
    let digits = digits.trim_start_matches(['-', '#']);
    name.len() > digits.len() && !digits.is_empty() && digits.chars().all(|digit| digit.is_ascii_digit())
}

/// Splits `[area] fact`.
fn bracketed(title: &str) -> Option<(&str, &str)> {
    let (area, fact) = title.strip_prefix('[')?.split_once(']')?;
    let fact = fact.trim_start_matches([':', ' ']);
    (is_area(area) || is_ticket(area)).then_some(())?;
    (!fact.is_empty() && !fact.starts_with('(')).then_some((area, fact))
}

/// Cuts a leading emoji or `:shortcode:`.
fn without_ornament(title: &str) -> &str {
    let mut title = title.trim();
    if let Some((code, rest)) = title.strip_prefix(':').and_then(|rest| rest.split_once(':'))
        && !code.is_empty()
        && code
            .chars()
            .all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || "_-+".contains(letter))
    {
        title = rest.trim_start();
    }
    let bare = title.trim_start_matches(is_ornament).trim_start();
    if bare.is_empty() { title } else { bare }
}

fn is_ornament(letter: char) -> bool {
    matches!(letter, '\u{2190}'..='\u{2BFF}' | '\u{1F000}'..='\u{1FAFF}' | '\u{FE0F}' | '\u{200D}')
}

/// Cuts `(#12)`, `, closes #9`, `[skip ci]` and a full stop from the end, as often as they come.
fn without_tail(fact: &str) -> &str {
    let mut fact = fact.trim_end();
    loop {
        let before = fact;
        fact = without_number(fact).trim_end();
        fact = without_marker(fact).trim_end();
        if fact.ends_with('.') && !fact.ends_with("..") && !ends_with_abbreviation(fact) {
            fact = fact[..fact.len() - 1].trim_end();
        }
        if fact == before {
            return fact;
        }
    }
}

fn ends_with_abbreviation(fact: &str) -> bool {
    ["etc.", "e.g.", "i.e.", "Inc.", "vs."].iter().any(|end| fact.ends_with(end))
}

/// Cuts `(#12)`, `(GH-12)`, `(closes #9)`, `(!12)`; and `closes #9`, `fixes #9` without parentheses.
fn without_number(fact: &str) -> &str {
    if let Some(open) = fact.rfind('(')
        && let Some(inside) = fact[open + 1..].strip_suffix(')')
        && !inside.is_empty()
        && inside
            .split([' ', ','])
            .filter(|word| !word.is_empty())
            .all(|word| is_number(word) || is_closing(word))
        && inside.split([' ', ',']).any(is_number)
    {
        return &fact[..open];
    }
    let Some((rest, last)) = fact.rsplit_once(' ') else { return fact };
    match rest.trim_end().rsplit_once(' ') {
        Some((rest, verb)) if is_number(last) && is_closing(verb) => {
            rest.trim_end().trim_end_matches([',', ';', '-', '–', '.'])
        }
        _ => fact,
    }
}

fn is_number(word: &str) -> bool {
    let digits = word.trim_start_matches(['#', '!']).trim_start_matches("GH-").trim_start_matches("gh-");
    digits.len() < word.len() && !digits.is_empty() && digits.chars().all(|digit| digit.is_ascii_digit())
}

fn is_closing(word: &str) -> bool {
    let word = word.trim_end_matches(':').to_lowercase();
    [
        "close", "closes", "closed", "fix", "fixes", "fixed", "resolve", "resolves", "resolved", "refs",
        "ref", "see",
    ]
    .contains(&word.as_str())
}

fn without_marker(fact: &str) -> &str {
    let Some(open) = fact.rfind('[') else { return fact };
    let inside = fact[open + 1..].strip_suffix(']').map(str::to_lowercase);
    let is_marker = inside.is_some_and(|inside| {
        ["skip ", "ci skip", "no ci", "skip-", "changelog"].iter().any(|word| inside.contains(word))
    });
    if is_marker { &fact[..open] } else { fact }
}

/// Returns `text` with a capital in front, unless its first word is a name that is written small: `npm_config`.
pub(crate) fn capitalized(text: &str) -> String {
    let first = text.split(char::is_whitespace).next().unwrap_or_default().trim_end_matches([',', ':', ';']);
    let is_word =
        !first.is_empty() && first.chars().all(|letter| letter.is_lowercase() || "-'’".contains(letter));
    let mut letters = text.chars();
    match letters.next() {
        Some(letter) if is_word => letter.to_uppercase().chain(letters).collect(),
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(title: &str, kind: &str, area: &str, headline: &str) {
        let subject = Subject::parse(title);
        assert_eq!(subject.kind.as_deref().unwrap_or_default(), kind, "{title}");
        assert_eq!(subject.area.as_deref().unwrap_or_default(), area, "{title}");
        assert_eq!(subject.headline(), headline, "{title}");
    }

    #[test]
    fn types_are_cut_whatever_their_case() {
        check("feat(template): add a filter (#1518)", "feat", "template", "Add a filter");
        check("FIX: stop it.", "fix", "", "Stop it");
        check("feat:add tabs", "feat", "", "Add tabs");
        check("fix (git): match patterns", "fix", "git", "Match patterns");
        check("feat(): accept tabs", "feat", "", "Accept tabs");
        check("Fixes: the reader", "fixes", "", "The reader");
    }

    #[test]
    fn an_unknown_type_is_an_area() {
        check("core: name briefs, drafts", "", "core", "Name briefs, drafts");
        check("mm/slub: fix a leak", "", "mm/slub", "Fix a leak");
        check("index-hbs.md: add some missing periods", "", "index-hbs.md", "Add some missing periods");
        check("[parser] accept tabs", "", "parser", "Accept tabs");
        check("PROJ-12: accept tabs", "", "", "Accept tabs");
        check("[PROJ-12] fix: accept tabs", "fix", "", "Accept tabs");
    }

    #[test]
    fn plain_sentences_stay_sentences() {
        check("Add Key::min_encoded_key()", "", "", "Add Key::min_encoded_key()");
        check("Explain one thing: the lease", "", "", "Explain one thing: the lease");
        check("http://example.org is gone", "", "", "http://example.org is gone");
        check("✨ add stars", "", "", "Add stars");
        check(":bug: stop it", "", "", "Stop it");
        check("Revert \"feat(oil): accept lard (#40)\" (#41)", "", "", "Revert \"Accept lard\"");
        check("npm_config is read", "", "", "npm_config is read");
    }

    #[test]
    fn numbers_and_markers_leave_the_end() {
        check("Keep order (#9) (#12)", "", "", "Keep order");
        check("Keep order, closes #9", "", "", "Keep order");
        check("Keep order (closes #9, #10).", "", "", "Keep order");
        check("Keep order [skip ci]", "", "", "Keep order");
        check("Keep dots...", "", "", "Keep dots...");
        check("Keep (as written)", "", "", "Keep (as written)");
    }

    #[test]
    fn breaking_marks_are_seen() {
        for title in ["feat!: x", "feat(api)!: x", "feat!(api): x", "core!: x", "BREAKING CHANGE: x"] {
            assert!(Subject::parse(title).is_breaking, "{title}");
        }
        assert!(!Subject::parse("feat: x!").is_breaking);
    }
}
