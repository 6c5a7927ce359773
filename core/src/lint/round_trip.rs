//! L8: what is read back is what was meant.

use std::collections::HashMap;

use super::context::Context;
use super::report::Report;
use crate::content::{ContentPart, Rule};
use crate::platform::Platform;
use crate::platform_spec::Markup;
use crate::rich_text::{FacetKind, escape_little_text, facets, is_reserved};

pub(super) fn check(context: &Context<'_>, report: &mut Report) {
    check_schemes(context, report);
    match context.input.spec.markup {
        Markup::Markdown => check_markdown(context, report),
        Markup::LittleText => check_little_text(context, report),
        Markup::Plain if context.input.spec.platform == Platform::Bluesky => check_facets(context, report),
        Markup::Plain => {}
    }
}

fn check_schemes(context: &Context<'_>, report: &mut Report) {
    for link in context.readings().into_iter().flat_map(|reading| &reading.links) {
        let lower = link.url.to_ascii_lowercase();
        if !lower.starts_with("https://") && !lower.starts_with("http://") {
            report.error(Rule::L8, "a link that leads to no web page", Some(&link.url));
        }
        if link.words.is_empty() {
            report.error(Rule::L8, "a link without words", Some(&link.url));
        }
    }
}

/// A statement parsed alone and within the whole text has the same links and code: nothing of one swallows another.
fn check_markdown(context: &Context<'_>, report: &mut Report) {
    for foreign in &context.body.foreign {
        report.error(Rule::L8, "HTML or an image where words are expected", Some(foreign));
    }
    let mut whole = HashMap::new();
    context.body.links.iter().for_each(|link| *whole.entry(link.url.as_str()).or_insert(0_usize) += 1);
    context.body.code.iter().for_each(|code| *whole.entry(code.as_str()).or_insert(0) += 1);
    let mut ends = 0;
    for statement in
        context.statements.iter().filter(|statement| statement.evidence.part == ContentPart::Body)
    {
        if statement.evidence.start < ends {
            continue;
        }
        ends = statement.evidence.end;
        let links = statement.reading.links.iter().map(|link| link.url.as_str());
        for part in links.chain(statement.reading.code.iter().map(String::as_str)) {
            match whole.get_mut(part) {
                Some(left) if *left > 0 => *left -= 1,
                _ => {
                    let message = format!("`{part}` reads differently inside the whole text");
                    report.error(Rule::L8, message, Some(&statement.evidence.statement));
                }
            }
        }
    }
}

/// LinkedIn cuts a text silently at the first reserved character that stands bare; only chosen tags may.
fn check_little_text(context: &Context<'_>, report: &mut Report) {
    let body = &context.input.content.body;
    let tags: Vec<String> = context.input.content.tags.iter().map(|tag| escape_little_text(tag)).collect();
    let mut rest = body.as_str();
    while let Some(at) = rest.find(is_reserved) {
        rest = &rest[at..];
        let length = tag_length(rest, &tags).or_else(|| escape_length(rest));
        let Some(length) = length else {
            let message =
                "LinkedIn would cut the text here: a reserved character stands without its backslash";
            report.error(Rule::L8, message, Some(rest));
            return;
        };
        rest = &rest[length..];
    }
}

/// Returns the length of the backslash and the character it escapes, which `text` begins with.
fn escape_length(text: &str) -> Option<usize> {
    let escaped = text.strip_prefix('\\')?.chars().next()?;
    is_reserved(escaped).then_some(2)
}

/// Returns the length of the chosen tag `text` begins with.
fn tag_length(text: &str, tags: &[String]) -> Option<usize> {
    let rest = text.strip_prefix('#')?;
    let ends = |tag: &&String| {
        rest.strip_prefix(tag.as_str())
            .is_some_and(|after| !after.starts_with(|char: char| char.is_alphanumeric()))
    };
    tags.iter().find(ends).map(|tag| 1 + tag.len())
}

/// Every address and tag of the text is what Bluesky's clients will make of it.
fn check_facets(context: &Context<'_>, report: &mut Report) {
    let body = &context.input.content.body;
    let found = facets(body);
    for link in &context.body.links {
        let is_linked = |kind: &FacetKind| matches!(kind, FacetKind::Link(uri) if *uri == link.url);
        let mut at = found.iter().filter(|facet| facet.range == link.words);
        if !at.any(|facet| is_linked(&facet.kind)) {
            report.error(Rule::L8, "Bluesky would link other words than these", Some(&link.url));
        }
    }
    for facet in found {
        let FacetKind::Tag(tag) = facet.kind else { continue };
        if !context.input.content.tags.contains(&tag) {
            report.error(Rule::L8, "these words become a tag nobody chose", body.get(facet.range));
        }
    }
}
