//! Release notes in the manner of Keep a Changelog: complete, terse, what breaks first with what to do.

use dateline_core::brief::{Brief, Class, SourceItem};
use dateline_core::composition::{Claim, Composition, Form, Section, Span};

use super::items::{TOP_SCORE, about_brief, claim, issues, plain};
use super::title::summary;

/// The types of Keep a Changelog, in its order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Added,
    Changed,
    Deprecated,
    Removed,
    Fixed,
    Security,
}

impl Kind {
    const ALL: [Self; 6] =
        [Self::Added, Self::Changed, Self::Deprecated, Self::Removed, Self::Fixed, Self::Security];

    fn of(item: &SourceItem) -> Self {
        match item.class {
            Class::Security => Self::Security,
            Class::Feature => Self::Added,
            Class::Fix => Self::Fixed,
            Class::Removal if item.headline.to_lowercase().starts_with("deprecat") => Self::Deprecated,
            Class::Removal => Self::Removed,
            Class::Performance | Class::Documentation | Class::Upkeep | Class::Other => Self::Changed,
        }
    }

    const fn heading(self) -> &'static str {
        match self {
            Self::Added => "Added",
            Self::Changed => "Changed",
            Self::Deprecated => "Deprecated",
            Self::Removed => "Removed",
            Self::Fixed => "Fixed",
            Self::Security => "Security",
        }
    }

    /// The verb the heading already says.
    const fn verb(self) -> Option<&'static str> {
        match self {
            Self::Added => Some("Add "),
            Self::Deprecated => Some("Deprecate "),
            Self::Removed => Some("Remove "),
            Self::Changed | Self::Fixed | Self::Security => None,
        }
    }
}

/// Returns the statements of release notes.
pub(super) fn compose(brief: &Brief) -> Composition {
    let mut sections: Vec<(bool, Section)> = Vec::new();
    for kind in Kind::ALL {
        let items: Vec<&SourceItem> = brief.items.iter().filter(|item| Kind::of(item) == kind).collect();
        if items.is_empty() {
            continue;
        }
        let breaks = items.iter().any(|item| item.breaking.is_some());
        let claims = items.into_iter().map(|item| entry(kind, item)).collect();
        sections
            .push((!breaks, Section { heading: Some(kind.heading().to_owned()), form: Form::List, claims }));
    }
    sections.sort_by_key(|(is_harmless, _)| *is_harmless);
    Composition {
        title: title(brief),
        lead: Vec::new(),
        sections: sections.into_iter().map(|(_, section)| section).collect(),
        outro: vec![about_brief(vec![Span::Compare("All changes".to_owned())], 6)],
        tags: Vec::new(),
        summary: brief.items.first().map(|top| summary(brief, top)).unwrap_or_default(),
    }
}

/// Returns the release's name when the window ends with a release.
fn title(brief: &Brief) -> Claim {
    let newest = brief.releases.first().filter(|release| release.at >= brief.window.to);
    let name = newest.map_or_else(|| plain("Unreleased"), |release| Span::Release(release.tag.clone()));
    about_brief(vec![name], TOP_SCORE)
}

fn entry(kind: Kind, item: &SourceItem) -> Claim {
    let mut text = Vec::new();
    if item.breaking.is_some() {
        text.push(Span::Strong("Breaking:".to_owned()));
        text.push(plain(" "));
    }
    text.push(plain(without_verb(kind, &item.headline)));
    let area = item.named_area().map_or_else(|| " (".to_owned(), |area| format!(" ({area}, "));
    text.push(plain(area));
    text.push(Span::Item(item.id));
    if !item.closes.is_empty() {
        // Never "closes": a release's text would close the issue again.
        text.push(plain(", refs "));
        text.extend(issues(item));
    }
    text.push(plain(")"));
    if let Some(advice) = item.breaking.as_ref().filter(|advice| !advice.is_empty()) {
        text.push(plain(". "));
        text.push(Span::Quote(advice.clone()));
    }
    claim(item, text)
}

/// Returns the headline without the verb its heading says: under "Added", `Add x` is `x`; `Add x to y` needs it.
fn without_verb(kind: Kind, headline: &str) -> String {
    let rest = kind.verb().and_then(|verb| headline.strip_prefix(verb));
    let Some(rest) = rest.filter(|rest| rest.split_whitespace().count() > 1 && !rest.contains(" to ")) else {
        return headline.to_owned();
    };
    let first = rest.split_whitespace().next().unwrap_or_default();
    let is_word = first.chars().all(char::is_lowercase);
    let mut letters = rest.chars();
    match letters.next() {
        Some(letter) if is_word => letter.to_uppercase().chain(letters).collect(),
        _ => rest.to_owned(),
    }
}
