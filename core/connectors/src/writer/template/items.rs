//! One item as a statement: in full, or as one line.

use dateline_core::brief::{Brief, SourceItem};
use dateline_core::composition::{Basis, Claim, Span};

/// The weight of what is cut last.
pub(super) const TOP_SCORE: u32 = 1_000;

/// Most issues named behind one item.
const ISSUES_MAX: usize = 5;

/// Returns words as a span.
pub(super) fn plain(words: impl Into<String>) -> Span {
    Span::Plain(words.into())
}

/// Returns a statement that rests on the brief's own counts, days and names.
pub(super) fn about_brief(text: Vec<Span>, score: u32) -> Claim {
    Claim { text, basis: Basis::Brief, score }
}

/// Returns what `item` is, why, what it closes and who did it. `heading` is the area it stands under.
pub(super) fn in_full(brief: &Brief, item: &SourceItem, heading: Option<&str>) -> Claim {
    let headline = match &item.breaking {
        Some(_) => format!("Breaking: {}", item.headline),
        None => item.headline.clone(),
    };
    let mut text = vec![Span::Strong(headline)];
    text.extend(reference(item, heading));
    text.push(plain("."));
    for quote in quotes(item) {
        text.push(plain(" "));
        text.push(Span::Quote(quote));
    }
    if !item.closes.is_empty() {
        text.push(plain(" Closes "));
        text.extend(issues(item));
        text.push(plain("."));
    }
    if brief.stats.people > 1 && !item.author.is_bot {
        text.push(plain(" "));
        text.push(Span::Name(item.author.name.clone()));
    }
    claim(item, text)
}

/// Returns `item` on one line. `heading` is the area it stands under.
pub(super) fn in_a_line(item: &SourceItem, heading: Option<&str>) -> Claim {
    let mut text = Vec::new();
    if item.breaking.is_some() {
        text.push(Span::Strong("Breaking:".to_owned()));
        text.push(plain(" "));
    }
    text.push(plain(item.headline.clone()));
    text.extend(reference(item, heading));
    claim(item, text)
}

/// Returns a statement about `item`.
pub(super) fn claim(item: &SourceItem, text: Vec<Span>) -> Claim {
    Claim { text, basis: Basis::Items(vec![item.id]), score: item.score }
}

/// Returns ` (parser, #12)`: where it happened, when its author said so and no heading does, and its page.
fn reference(item: &SourceItem, heading: Option<&str>) -> Vec<Span> {
    let area = item.named_area().filter(|area| Some(*area) != heading);
    let open = area.map_or_else(|| " (".to_owned(), |area| format!(" ({area}, "));
    vec![plain(open), Span::Item(item.id), plain(")")]
}

/// Returns what the author says: what breaks and what to do, and why.
fn quotes(item: &SourceItem) -> impl Iterator<Item = String> + '_ {
    let breaking = item.breaking.iter().filter(|text| !text.is_empty()).cloned();
    let reason = item.reason.iter().filter(|reason| item.breaking.as_ref() != Some(*reason)).cloned();
    breaking.chain(reason)
}

/// Returns the issues an item closes: `#9, #12`.
pub(super) fn issues(item: &SourceItem) -> Vec<Span> {
    let mut spans = Vec::new();
    for (number, issue) in item.closes.iter().take(ISSUES_MAX).enumerate() {
        if number > 0 {
            spans.push(plain(", "));
        }
        spans.push(Span::Issue(*issue));
    }
    spans
}
