//! L3: every figure, version, code span and identifier of a statement occurs in its own sources.

use std::collections::BTreeSet;

use super::context::Context;
use super::figures::{Digest, digest, figures, is_identifier, is_object_id, normal, words};
use super::references::without_addresses;
use super::report::Report;
use super::vocabulary::Words;
use crate::brief::SourceItem;
use crate::content::Rule;
use crate::markdown::Reading;

pub(super) fn check(context: &Context<'_>, report: &mut Report) {
    let brief = context.vocabulary.of_brief();
    // "And n more": what the whole text leaves untold.
    let untold = context.input.brief.items.len() - context.cited.len();
    let window = &context.input.brief.window;
    let mut facts = Facts { brief, counted: [digest(&untold.to_string()); 2], commits: Vec::new() };
    for statement in &context.statements {
        let sources = &statement.evidence.sources;
        // Or what this statement counts.
        facts.counted[1] = digest(&sources.len().to_string());
        facts.commits = vec![&window.head];
        facts.commits.extend(window.after.as_deref());
        facts.commits.extend(context.items(statement.evidence).flat_map(commits_of));
        check_reading(&statement.reading, &context.vocabulary.of_items(sources), &facts, report);
    }
    if !context.uncovered.is_empty() {
        // Words without sources of their own may use what any item says.
        let all = [context.vocabulary.of_everything()];
        facts.commits.extend(context.input.brief.items.iter().flat_map(commits_of));
        context.uncovered.iter().for_each(|reading| check_reading(reading, &all, &facts, report));
    }
}

struct Facts<'a> {
    brief: &'a Words,
    counted: [Digest; 2],
    /// Full object ids the statement may name.
    commits: Vec<&'a str>,
}

fn commits_of(item: &SourceItem) -> impl Iterator<Item = &str> {
    std::iter::once(&*item.sha).chain(item.absorbed.iter().map(|sha| &**sha))
}

fn check_reading(reading: &Reading, own: &[&Words], facts: &Facts<'_>, report: &mut Report) {
    let mut foreign: BTreeSet<String> = BTreeSet::new();
    let prose = without_addresses(&reading.prose);
    for figure in figures(&prose).filter(|figure| !is_object_id(figure)) {
        if !is_reference(&prose, figure) && !facts.has_commit(figure) && !has_figure(figure, own, facts) {
            foreign.insert(figure.to_owned());
        }
    }
    let is_said = |word: &str| own.iter().any(|words| words.has_word(word)) || facts.brief.has_word(word);
    for word in words(&prose).filter(|word| is_identifier(word) && !is_said(word)) {
        foreign.insert(word.to_owned());
    }
    for code in &reading.code {
        let is_foreign = |word: &str| !is_said(word) && !has_figure(word, own, facts);
        if words(code).any(is_foreign) {
            foreign.insert(format!("`{code}`"));
        }
    }
    for word in foreign {
        let message = format!("{word} occurs in no source of this statement");
        report.error(Rule::L3, message, Some(&reading.text));
    }
}

impl Facts<'_> {
    /// Whether `figure` is the beginning of a commit's id: one in 27 has seven decimal digits in front.
    fn has_commit(&self, figure: &str) -> bool {
        figure.len() >= 7 && self.commits.iter().any(|commit| commit.starts_with(figure))
    }
}

/// Whether `figure`, a slice of `text`, is the number of a `#n` reference: those are checked as references.
fn is_reference(text: &str, figure: &str) -> bool {
    let start = figure.as_ptr().addr() - text.as_ptr().addr();
    text[..start].ends_with('#')
}

fn has_figure(figure: &str, own: &[&Words], facts: &Facts<'_>) -> bool {
    let spelled = normal(figure);
    let known = |figure: Digest| {
        own.iter().any(|words| words.has_figure(figure))
            || facts.brief.has_figure(figure)
            || facts.counted.contains(&figure)
    };
    if known(digest(&spelled)) {
        return true;
    }
    // `40s` where the source says `40 s`: the number and the unit, each on its own.
    let unit = spelled.trim_start_matches(|char: char| char.is_ascii_digit());
    let number = &spelled[..spelled.len() - unit.len()];
    let is_measure = !number.is_empty() && unit.chars().all(char::is_alphabetic);
    is_measure
        && known(digest(number))
        && (unit.is_empty() || own.iter().any(|words| words.has_word(unit)) || is_ordinal(unit))
}

fn is_ordinal(unit: &str) -> bool {
    matches!(unit, "st" | "nd" | "rd" | "th")
}
