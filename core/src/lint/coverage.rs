//! L4 and L5: what must be told is told, and how much of the rest is.

use std::collections::HashSet;

use super::context::Context;
use super::figures::{Digest, digest, issue_references, may_be_object_id, words};
use super::report::Report;
use crate::brief::{Class, SourceItem};
use crate::content::Rule;

/// Items named in one message at most.
const NAMED_MAX: usize = 5;

pub(super) fn check(context: &Context<'_>, report: &mut Report) {
    let mentioned = Mentioned::of(context);
    let is_told = |item: &&SourceItem| context.cited.contains(&item.id) || mentioned.has(item);
    let items = &context.input.brief.items;
    let untold: Vec<&SourceItem> = items.iter().filter(|item| !is_told(item)).collect();
    if !context.input.spec.family.is_detailed() {
        if untold.first().map(|item| item.id) == items.first().map(|item| item.id) && !items.is_empty() {
            let message = "the weightiest item is not told";
            report.warn(Rule::L5, message, Some(&items[0].headline));
        }
        return;
    }
    // Being counted in "and n more" is not being told.
    let is_named = |item: &SourceItem| {
        let mut statements =
            context.statements.iter().filter(|statement| statement.evidence.sources.contains(&item.id));
        mentioned.has(item) || statements.any(|statement| names(&statement.reading.text, item))
    };
    for item in items.iter().filter(|item| is_obligatory(item) && !is_named(item)) {
        let kind = if item.breaking.is_some() { "breaking" } else { "security" };
        report.error(Rule::L4, format!("a {kind} change is not told"), Some(&item.headline));
    }
    if !untold.is_empty() {
        let told = items.len() - untold.len();
        let named: Vec<&str> = untold.iter().take(NAMED_MAX).map(|item| item.headline.as_str()).collect();
        let message = format!("{told} of {} items are told", items.len());
        report.warn(Rule::L5, message, Some(&named.join("; ")));
    }
}

fn is_obligatory(item: &SourceItem) -> bool {
    item.breaking.is_some() || item.class == Class::Security
}

/// Whether `text` says at least half of the words of the item's headline.
fn names(text: &str, item: &SourceItem) -> bool {
    let said: HashSet<Digest> = words(text).map(digest).collect();
    let headline: Vec<Digest> = words(&item.headline).map(digest).collect();
    headline.iter().filter(|word| said.contains(word)).count() * 2 >= headline.len()
}

/// References of the text. A person who rewords a statement loses its evidence, but keeps the reference.
struct Mentioned<'a> {
    numbers: HashSet<u64>,
    shas: HashSet<&'a str>,
    urls: HashSet<&'a str>,
}

impl<'a> Mentioned<'a> {
    fn of(context: &'a Context<'_>) -> Self {
        let text = &context.body.text;
        Self {
            numbers: issue_references(text).map(|(number, _)| number).collect(),
            shas: words(text).filter(|word| may_be_object_id(word)).collect(),
            urls: context.body.links.iter().map(|link| link.url.as_str()).collect(),
        }
    }

    fn has(&self, item: &SourceItem) -> bool {
        let by_sha = (7..=item.sha.len())
            .any(|digits| item.sha.get(..digits).is_some_and(|sha| self.shas.contains(sha)));
        let by_number = item.number.is_some_and(|number| self.numbers.contains(&number));
        by_sha || by_number || item.url.as_deref().is_some_and(|url| self.urls.contains(url))
    }
}
