//! Articles: shaped by the size of what happened.
//!
//! | items | shape |
//! |---|---|
//! | 1 | three sentences |
//! | 2–5 | an opening, short paragraphs |
//! | 6–20 | an opening, sections: at most seven items in full, the others a line each |
//! | more | an opening, highlights, sections of one line each; from the sixty-first on a count |

use std::collections::BTreeSet;

use dateline_core::brief::{Brief, Class, SourceId, SourceItem};
use dateline_core::composition::{Claim, Composition, Form, Section, Span};

use super::groups::{Group, groups};
use super::items::{TOP_SCORE, about_brief, in_a_line, in_full, plain};
use super::phrases::{breaking, counted, day_of_year, left_out, opening, thanks};
use super::title::{summary, title};

/// Most items told in full.
const FULL_MAX: usize = 7;
/// Most items told in full above sections of one line each.
const HIGHLIGHTS_MAX: usize = 5;
/// Most items told at all; nobody reads further, and the comparison shows the rest.
const TOLD_MAX: usize = 60;
/// Items that are told in full because of their rank alone; further ones need a reason to quote.
const BY_RANK: usize = 3;

/// Returns the statements of an article.
pub(super) fn compose(brief: &Brief, top: &SourceItem) -> Composition {
    let items: Vec<&SourceItem> = brief.items.iter().take(told_max(brief)).collect();
    let (lead, sections) = match items.len() {
        1 => (Vec::new(), single(brief, top)),
        2..=5 => (
            lead(brief),
            vec![paragraphs(None, items.iter().map(|item| in_full(brief, item, None)).collect())],
        ),
        6..=20 => (lead(brief), in_sections(brief, &items)),
        _ => (lead(brief), with_highlights(brief, &items)),
    };
    Composition {
        title: title(brief, top),
        lead,
        sections,
        outro: outro(brief, items.len()),
        tags: brief.style.tags.clone(),
        summary: summary(brief, top),
    }
}

/// What breaks or closes a hole is told however much there is.
fn told_max(brief: &Brief) -> usize {
    let must = brief.items.iter().rposition(|item| item.breaking.is_some() || item.class == Class::Security);
    TOLD_MAX.max(must.map_or(0, |last| last + 1))
}

fn lead(brief: &Brief) -> Vec<Claim> {
    let sentences = std::iter::once(opening(brief)).chain(breaking(brief));
    let mut claims: Vec<Claim> =
        sentences.map(|sentence| about_brief(vec![plain(sentence)], TOP_SCORE)).collect();
    claims.extend(released(brief));
    claims
}

/// Returns `v1.2 and v1.3 were released.`
fn released(brief: &Brief) -> Option<Claim> {
    let tags: Vec<Span> =
        brief.releases.iter().rev().map(|release| Span::Release(release.tag.clone())).collect();
    let number = tags.len();
    if number == 0 || number > 4 {
        return None;
    }
    let mut text = Vec::new();
    for (at, tag) in tags.into_iter().enumerate() {
        match at {
            0 => {}
            _ if at + 1 == number => text.push(plain(" and ")),
            _ => text.push(plain(", ")),
        }
        text.push(tag);
    }
    text.push(plain(if number == 1 { " was released." } else { " were released." }));
    Some(about_brief(text, TOP_SCORE - 1))
}

fn single(brief: &Brief, item: &SourceItem) -> Vec<Section> {
    let stats = item.stats;
    let mut size = Vec::new();
    if stats.insertions > 0 {
        let lines = usize::try_from(stats.insertions).unwrap_or(usize::MAX);
        size.push(format!("{} added", counted(lines, "line", "lines")));
    }
    if stats.deletions > 0 {
        let noun = if size.is_empty() { if stats.deletions == 1 { " line" } else { " lines" } } else { "" };
        size.push(format!("{}{noun} removed", stats.deletions));
    }
    let files = counted(usize::try_from(stats.files).unwrap_or(usize::MAX), "file", "files");
    let size =
        if size.is_empty() { String::new() } else { format!(", with {} in {files}", size.join(" and ")) };
    let landed = format!("It landed in {} on {}{size}.", brief.project, day_of_year(brief.period.last));
    let landed = Claim { score: 0, ..super::items::claim(item, vec![plain(landed)]) };
    vec![paragraphs(None, vec![in_full(brief, item, None), landed])]
}

/// Sections in which the weightiest items stand in full before the others.
fn in_sections(brief: &Brief, items: &[&SourceItem]) -> Vec<Section> {
    let worth_it: Vec<&SourceItem> =
        items.iter().copied().filter(|item| has_more_to_say(brief, item)).collect();
    let full = told_in_full(&worth_it, FULL_MAX);
    let mut sections = Vec::new();
    for group in groups(brief, items) {
        let (whole, lines): (Vec<&SourceItem>, Vec<&SourceItem>) =
            group.items.iter().partition(|item| full.contains(&item.id));
        let mut heading = group.heading.clone();
        if !whole.is_empty() {
            let claims = whole.iter().map(|item| in_full(brief, item, group.area)).collect();
            sections.push(paragraphs(heading.take(), claims));
        }
        // A lone line in a list of its own reads like a leftover: it stands as a paragraph.
        let form = if lines.len() == 1 { Form::Paragraphs } else { Form::List };
        if !lines.is_empty() {
            let claims = lines.iter().map(|item| line_as(form, brief, item, group.area)).collect();
            sections.push(Section { heading, form, claims });
        }
    }
    sections
}

/// Whether telling `item` in full says more than its line.
fn has_more_to_say(brief: &Brief, item: &SourceItem) -> bool {
    item.reason.is_some() || item.breaking.is_some() || !item.closes.is_empty() || brief.stats.people > 1
}

fn line_as(form: Form, brief: &Brief, item: &SourceItem, area: Option<&str>) -> Claim {
    match form {
        Form::List => in_a_line(item, area),
        Form::Paragraphs => in_full(brief, item, area),
    }
}

fn with_highlights(brief: &Brief, items: &[&SourceItem]) -> Vec<Section> {
    let full = told_in_full(items, HIGHLIGHTS_MAX);
    let (whole, lines): (Vec<&SourceItem>, Vec<&SourceItem>) =
        items.iter().partition(|item| full.contains(&item.id));
    // What would stand before all headings elsewhere stands among the highlights here.
    let (loose, groups): (Vec<Group<'_>>, Vec<Group<'_>>) =
        groups(brief, &lines).into_iter().partition(|group| group.heading.is_none());
    let highlights = whole.into_iter().chain(loose.into_iter().flat_map(|group| group.items));
    let highlights = highlights.map(|item| in_full(brief, item, None)).collect();
    let mut sections = vec![paragraphs(Some("Highlights".to_owned()), highlights)];
    sections.extend(groups.into_iter().map(|group| Section {
        heading: group.heading,
        form: Form::List,
        claims: group.items.iter().map(|item| in_a_line(item, group.area)).collect(),
    }));
    sections
}

/// Returns the items told in full: the first by rank, then those whose author says why, then more that users feel.
fn told_in_full(items: &[&SourceItem], max: usize) -> BTreeSet<SourceId> {
    let by_rank = items.iter().take(BY_RANK);
    let by_reason = items.iter().filter(|item| item.reason.is_some());
    let mut full = BTreeSet::new();
    let by_class = items.iter().filter(|item| item.class <= Class::Performance);
    for item in by_rank.chain(by_reason).chain(by_class) {
        if full.len() == max {
            break;
        }
        full.insert(item.id);
    }
    full
}

fn paragraphs(heading: Option<String>, claims: Vec<Claim>) -> Section {
    Section { heading, form: Form::Paragraphs, claims }
}

fn outro(brief: &Brief, told: usize) -> Vec<Claim> {
    let rest = Span::Rest { one: "smaller change".to_owned(), many: "smaller changes".to_owned() };
    let mut claims = vec![about_brief(vec![plain("Not told here: "), rest, plain(".")], 5)];
    let sentences = [left_out(brief), thanks(brief)];
    claims.extend(sentences.into_iter().flatten().map(|sentence| about_brief(vec![plain(sentence)], 4)));
    // A single change has its own link.
    if told > 1 {
        claims.push(about_brief(vec![Span::Compare("All changes".to_owned())], 6));
    }
    claims
}
