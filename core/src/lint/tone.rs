//! L11: no hype, no filler, no repetition.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::context::{Context, Statement};
use super::figures::{Digest, digest, words};
use super::report::Report;
use crate::content::{ContentPart, Rule};

/// Phrases that say nothing, in lower case.
const PHRASES: [&str; 40] = [
    "excited to announce",
    "thrilled to",
    "happy to announce",
    "proud to announce",
    "pleased to announce",
    "delighted to",
    "in this release, we",
    "in this update, we",
    "various improvements",
    "various bug fixes",
    "various fixes",
    "bug fixes and improvements",
    "bug fixes and performance improvements",
    "minor improvements",
    "under the hood",
    "game-changing",
    "game changer",
    "game-changer",
    "groundbreaking",
    "revolutionary",
    "revolutionize",
    "cutting-edge",
    "state-of-the-art",
    "next-level",
    "world-class",
    "best-in-class",
    "blazing fast",
    "blazingly fast",
    "lightning-fast",
    "seamless",
    "effortless",
    "supercharge",
    "unleash",
    "unlock the power",
    "take it to the next level",
    "stay tuned",
    "let us know what you think",
    "we've been hard at work",
    "without further ado",
    "dive into",
];

/// The most characters of a heading that stays on one line.
const HEADING_CHARS_MAX: usize = 80;

/// So many sentences in a row that begin alike read like a machine's.
const ALIKE_MAX: usize = 3;

pub(super) fn check(context: &Context<'_>, report: &mut Report) {
    let body = &context.body.text;
    for text in [&context.title.text, body] {
        check_phrases(context, text, report);
        check_emoji(context, text, report);
    }
    check_title(&context.title.text, report);
    for heading in context.body.headings.iter().filter(|heading| heading.chars().count() > HEADING_CHARS_MAX)
    {
        report.warn(Rule::L11, "a heading over one line", Some(heading));
    }
    if last_words(body).ends_with('?') {
        report.warn(Rule::L11, "a closing question", Some(last_words(body)));
    }
    check_beginnings(body, report);
    check_duplicates(&context.statements, report);
}

fn check_phrases(context: &Context<'_>, text: &str, report: &mut Report) {
    let lower = text.to_lowercase().replace('’', "'");
    for phrase in PHRASES.iter().filter(|phrase| lower.contains(**phrase)) {
        // An author's own words stay the author's.
        if !context.input.brief.items.iter().any(|item| {
            item.title.to_lowercase().contains(phrase) || item.body.to_lowercase().contains(phrase)
        }) {
            report.warn(Rule::L11, format!("`{phrase}` says nothing"), None);
        }
    }
}

fn check_title(title: &str, report: &mut Report) {
    let lower = title.to_lowercase();
    if ["weekly update", "monthly update", "weekly recap", "what's new"]
        .iter()
        .any(|start| lower.starts_with(start))
    {
        report.warn(Rule::L11, "the title names a habit instead of the news", Some(title));
    }
    if title.ends_with('…') || title.ends_with("...") {
        report.warn(Rule::L11, "the title is cut", Some(title));
    }
}

/// Emoji nobody asked for: those no item brings along.
fn check_emoji(context: &Context<'_>, text: &str, report: &mut Report) {
    let emoji: BTreeSet<char> = text.chars().filter(|char| is_emoji(*char)).collect();
    for found in emoji {
        let brief = context.input.brief;
        if !brief.items.iter().any(|item| item.title.contains(found) || item.body.contains(found)) {
            report.warn(Rule::L11, format!("the emoji {found} was not asked for"), None);
        }
    }
}

fn is_emoji(char: char) -> bool {
    matches!(char, '\u{1f300}'..='\u{1faff}' | '\u{2600}'..='\u{27bf}' | '\u{2b50}' | '\u{2b55}')
}

fn last_words(text: &str) -> &str {
    text.lines().rev().map(str::trim).find(|line| !line.is_empty() && !line.starts_with('#')).unwrap_or("")
}

/// Sentences of one paragraph that begin with the same word; lines of a list may.
fn check_beginnings(text: &str, report: &mut Report) {
    for line in text.lines() {
        let beginnings = line.split(['.', '!', '?']).filter_map(|sentence| {
            let rest = sentence.strip_prefix(' ').or((sentence.len() == line.len()).then_some(sentence));
            words(rest.unwrap_or(sentence)).next().map(digest)
        });
        let mut run: (Option<Digest>, usize) = (None, 0);
        for beginning in beginnings {
            run = if run.0 == Some(beginning) { (run.0, run.1 + 1) } else { (Some(beginning), 1) };
            if run.1 == ALIKE_MAX {
                report.warn(Rule::L11, "three sentences in a row begin alike", Some(line));
            }
        }
    }
}

/// Statements that share more than four fifths of their words say the same thing twice.
fn check_duplicates(statements: &[Statement<'_>], report: &mut Report) {
    let sets: Vec<(&Statement<'_>, BTreeSet<Digest>)> = statements
        .iter()
        // A title says again what the body tells.
        .filter(|statement| statement.evidence.part == ContentPart::Body)
        .map(|statement| (statement, words(&statement.reading.text).map(digest).collect::<BTreeSet<_>>()))
        .filter(|(_, set)| set.len() > 3)
        .collect();
    let mut frequency: HashMap<Digest, usize> = HashMap::new();
    sets.iter().flat_map(|(_, set)| set).for_each(|word| *frequency.entry(*word).or_default() += 1);
    let mut holders: HashMap<Digest, Vec<usize>> = HashMap::new();
    for (place, (statement, set)) in sets.iter().enumerate() {
        // Two such sets share one of their rarest words: only statements that do are compared.
        let mut rarest: Vec<Digest> = set.iter().copied().collect();
        rarest.sort_by_key(|word| (frequency[word], *word));
        rarest.truncate(set.len() / 5 + 1);
        let mut candidates: HashSet<usize> = HashSet::new();
        for word in rarest {
            let holders = holders.entry(word).or_default();
            candidates.extend(holders.iter().rev().take(COMPARED_MAX));
            holders.push(place);
        }
        if candidates.iter().any(|other| is_same(set, &sets[*other].1)) {
            report.warn(Rule::L11, "says what another statement says", Some(&statement.reading.text));
        }
    }
}

/// Statements compared for one shared word at most; a text of more alike ones has been found out before.
const COMPARED_MAX: usize = 16;

fn is_same(left: &BTreeSet<Digest>, right: &BTreeSet<Digest>) -> bool {
    let shared = left.intersection(right).count();
    shared * 5 > (left.len() + right.len() - shared) * 4
}
