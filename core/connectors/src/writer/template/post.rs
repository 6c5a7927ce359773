//! A post of a few short paragraphs: the first line stands alone above the fold.

use dateline_core::brief::{Brief, SourceItem, cut_at_word};
use dateline_core::composition::{Claim, Composition, Form, Section, Span};

use super::items::{TOP_SCORE, about_brief, claim, plain};
use super::phrases::{by_people, counted, during};
use super::title::{summary, title};

/// Longest first line, in characters.
const FIRST_LINE_CHARS_MAX: usize = 140;
/// Most changes named beside the first.
const ALSO_MAX: usize = 5;
/// Longest of them, in characters.
const ALSO_CHARS_MAX: usize = 120;

/// Returns the statements of a post.
pub(super) fn compose(brief: &Brief, top: &SourceItem) -> Composition {
    let mut sections = Vec::new();
    let quotes: Vec<Claim> = top
        .breaking
        .iter()
        .chain(&top.reason)
        .filter(|text| !text.is_empty())
        .map(|text| claim(top, vec![Span::Quote(text.clone())]))
        .collect();
    if !quotes.is_empty() {
        sections.push(Section { heading: None, form: Form::Paragraphs, claims: quotes });
    }
    let mut also: Vec<Claim> = brief.items.iter().skip(1).take(ALSO_MAX).map(line).collect();
    if !also.is_empty() {
        let rest = Span::Rest { one: "more change".to_owned(), many: "more changes".to_owned() };
        also.push(about_brief(vec![plain("and "), rest], TOP_SCORE - 2));
        sections.push(Section { heading: Some("Also changed:".to_owned()), form: Form::List, claims: also });
    }
    Composition {
        title: title(brief, top),
        lead: vec![first_line(brief, top)],
        sections,
        outro: outro(brief, top),
        tags: brief.style.tags.clone(),
        summary: summary(brief, top),
    }
}

fn first_line(brief: &Brief, top: &SourceItem) -> Claim {
    let start = start(&brief.project, top);
    let room = FIRST_LINE_CHARS_MAX.saturating_sub(start.chars().count() + 1).max(40);
    let headline = cut_at_word(&top.headline, room);
    let stop = if headline.ends_with(['.', '…', '!', '?']) { "" } else { "." };
    let text = vec![plain(start), Span::Strong(headline), plain(stop)];
    Claim { score: TOP_SCORE, ..claim(top, text) }
}

/// Returns `git-cliff: `, or what warns of a change that breaks something.
pub(super) fn start(project: &str, top: &SourceItem) -> String {
    let warning = if top.breaking.is_some() { " has a breaking change" } else { "" };
    format!("{project}{warning}: ")
}

fn line(item: &SourceItem) -> Claim {
    let mark = if item.breaking.is_some() { "Breaking: " } else { "" };
    let area = item.named_area().map(|area| format!(" ({area})")).unwrap_or_default();
    claim(item, vec![plain(format!("{mark}{}{area}", cut_at_word(&item.headline, ALSO_CHARS_MAX)))])
}

fn outro(brief: &Brief, top: &SourceItem) -> Vec<Claim> {
    let changes = counted(brief.items.len(), "change", "changes");
    let numbers = format!("{changes}{} {}.", by_people(brief), during(brief.period));
    let mut claims = Vec::new();
    if brief.items.len() > 1 {
        claims.push(about_brief(vec![plain(numbers)], 5));
    }
    claims.push(match (brief.window_url(), &top.url) {
        (Some(_), _) if brief.items.len() > 1 => {
            about_brief(vec![Span::Compare("All changes".to_owned())], 6)
        }
        (_, Some(_)) => claim(top, vec![plain("More: "), Span::Item(top.id)]),
        (_, None) => Claim { score: 5, ..claim(top, vec![plain("("), Span::Item(top.id), plain(")")]) },
    });
    claims
}
