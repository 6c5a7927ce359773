//! The sentence of a message that says why, taken word for word; no good sentence gives none.
//!
//! Squash merges list every commit of their branch in the body, so only the part that belongs to the subject is
//! read. What remains is split into paragraphs of prose and those into sentences; the sentence that says what used
//! to happen, or gives figures, wins over the one that merely comes first.

mod paragraph;
mod sentence;

use std::collections::BTreeSet;

use paragraph::prose_paragraphs;
use sentence::sentences;

/// Longest reason, in characters.
const REASON_CHARS_MAX: usize = 260;
/// Shortest, in words: less says nothing.
const REASON_WORDS_MIN: usize = 5;
/// How far down a message is read, in paragraphs of prose.
const PARAGRAPHS_MAX: usize = 6;
/// The least a sentence must weigh.
const WEIGHT_MIN: i32 = 3;

/// Returns the sentence of `body` that says why `headline` was done.
pub(super) fn reason(headline: &str, body: &str) -> Option<String> {
    let paragraphs = prose_paragraphs(headline, body);
    let mut best: Option<(i32, String)> = None;
    for (depth, paragraph) in paragraphs.iter().take(PARAGRAPHS_MAX).enumerate() {
        let sentences = sentences(paragraph);
        for (position, sentence) in sentences.iter().enumerate() {
            let Some(weight) = weight(headline, sentence, depth, position) else { continue };
            let quoted = with_context(&sentences, position);
            if best.as_ref().is_none_or(|(most, _)| weight > *most) {
                best = quoted.map(|quoted| (weight, quoted)).or(best);
            }
        }
    }
    best.filter(|(weight, _)| *weight >= WEIGHT_MIN).map(|(_, sentence)| sentence)
}

/// Returns the sentence at `position`, with the one before when it leans on it; `None` when that gets too long.
fn with_context(sentences: &[&str], position: usize) -> Option<String> {
    let sentence = sentences[position];
    if position == 0 || !leans_back(sentence) {
        return Some(sentence.to_owned());
    }
    let before = sentences[position - 1];
    let joined = format!("{before} {sentence}");
    let stands = is_quotable(before) && !(position > 1 && leans_back(before));
    (stands && joined.chars().count() <= REASON_CHARS_MAX).then_some(joined)
}

/// Openings that point at something said before.
const LEANING: &[&str] = &[
    "it",
    "this",
    "that",
    "these",
    "those",
    "they",
    "them",
    "both",
    "all",
    "each",
    "neither",
    "either",
    "there",
    "then",
    "but",
    "and",
    "so",
    "however",
    "therefore",
    "thus",
    "hence",
    "instead",
    "otherwise",
    "also",
    "only",
    "such",
    "which",
    "its",
    "their",
    "here",
    "now",
    "still",
    "likewise",
    "similarly",
    "moreover",
    "furthermore",
    "additionally",
    "for",
    "while",
    "though",
    "yet",
    "nor",
    "or",
    "one",
    "another",
    "without",
];

fn leans_back(sentence: &str) -> bool {
    let first = sentence.split_whitespace().next().unwrap_or_default();
    LEANING.contains(&first.trim_matches(|letter: char| !letter.is_alphanumeric()).to_lowercase().as_str())
}

/// What a sentence says that tells of the time before, and how much that weighs.
const BEFORE: &[&str] = &[
    "used to",
    "failed",
    "fails",
    "never",
    "silently",
    "because",
    "so that",
    "previously",
    "until now",
    "no longer",
    "hang",
    "panic",
    "crash",
    "corrupt",
    "leak",
    "lost",
    "wrong",
    "could not",
    "cannot",
    "can't",
    "instead of",
    "therefore",
    "even though",
    "without",
    "broke",
    "forever",
    "ignored",
    "misse",
    "always",
    "had to",
    "made every",
];

/// What a reader of a text does not want to hear.
const ASIDE: &[&str] = &[
    "review",
    "feedback",
    "clippy",
    "rustfmt",
    "changelog",
    " ci ",
    "lint",
    "test",
    "verified",
    "reproducer",
    "unreleased",
    "this commit",
    "this pr",
    "this patch",
    "this change",
    "pull request",
    "follow-up",
    "followup",
    "see ",
    "todo",
    "signed-off",
    "tracked in",
    "i think",
    "i'm ",
    "sorry",
    "thanks",
    "rebase",
    "squash",
];

fn weight(headline: &str, sentence: &str, depth: usize, position: usize) -> Option<i32> {
    if !is_quotable(sentence) || repeats(headline, sentence) {
        return None;
    }
    let lower = format!(" {} ", sentence.to_lowercase());
    let depth = i32::try_from(depth).unwrap_or(i32::MAX);
    let position = i32::try_from(position).unwrap_or(i32::MAX);
    let told_before = BEFORE.iter().filter(|cue| lower.contains(*cue)).count().min(2);
    let mut weight = 4 - 2 * depth.min(4) - position.min(4);
    weight += 2 * i32::try_from(told_before).unwrap_or(0);
    weight += if has_figures(&lower) { 6 } else { 0 };
    weight -= if depth + position > 0 && leans_back(sentence) { 2 } else { 0 };
    weight -= 4 * i32::from(ASIDE.iter().any(|aside| lower.contains(aside)));
    weight -= i32::from(lower.contains(" i ") || lower.contains(" we "));
    Some(weight)
}

/// Whether a sentence compares figures: `now takes 40s instead of 10m13s`, `17% faster`, `from 6134 to 4076`.
fn has_figures(lower: &str) -> bool {
    let numbers = lower
        .split_whitespace()
        .filter(|word| {
            word.trim_start_matches(['~', '(', '<', '>']).starts_with(|letter: char| letter.is_ascii_digit())
        })
        .count();
    let compares =
        ["instead of", "faster", "smaller", "slower", "from ", "less", "down to", "reduc", "fewer"]
            .iter()
            .any(|word| lower.contains(word));
    (numbers >= 2 && compares) || (lower.contains("% faster") || lower.contains("% smaller"))
}

/// Whether a sentence stands on its own in somebody else's text.
fn is_quotable(sentence: &str) -> bool {
    let chars = sentence.chars().count();
    let words = sentence.split_whitespace().count();
    let letters = sentence.chars().filter(|letter| letter.is_alphabetic() || *letter == ' ').count();
    let has_reference = sentence
        .match_indices('#')
        .any(|(at, _)| sentence[at + 1..].starts_with(|next: char| next.is_ascii_digit()));
    let has_footnote = sentence.match_indices('[').any(|(at, _)| {
        sentence[at + 1..].trim_start_matches(|next: char| next.is_ascii_digit()).starts_with(']')
    });
    chars <= REASON_CHARS_MAX
        && words >= REASON_WORDS_MIN
        && letters * 100 >= chars * 72
        && sentence.ends_with(['.', '!', '。'])
        && !sentence.contains("://")
        && !sentence.contains("[redacted]")
        && !sentence.contains("...")
        && !has_reference
        && !has_footnote
        && is_balanced(sentence)
        && !starts_in_the_middle(sentence)
        && !is_spoken_to_machines(sentence)
}

/// Whether a sentence talks to a model or a build instead of a reader.
fn is_spoken_to_machines(sentence: &str) -> bool {
    let lower = sentence.to_lowercase();
    ["ignore previous", "ignore all previous", "system prompt", "as an ai", "you are now"]
        .iter()
        .any(|phrase| lower.contains(phrase))
}

/// Whether its first character shows that something before it is missing.
fn starts_in_the_middle(sentence: &str) -> bool {
    sentence.starts_with(|first: char| ",;:)]}.-–—/=<>|&%+*".contains(first))
}

fn is_balanced(sentence: &str) -> bool {
    let count = |letter: char| sentence.matches(letter).count();
    count('`') % 2 == 0
        && count('"') % 2 == 0
        && count('(') == count(')')
        && count('[') == count(']')
        && count('{') == count('}')
        && count('“') == count('”')
}

/// Whether a sentence only says the headline again.
fn repeats(headline: &str, sentence: &str) -> bool {
    let known = content_words(headline);
    let said = content_words(sentence);
    let new = said.difference(&known).count();
    new * 4 <= said.len()
}

fn content_words(text: &str) -> BTreeSet<String> {
    text.split(|letter: char| !letter.is_alphanumeric() && letter != '_')
        .filter(|word| word.chars().count() > 2)
        .map(|word| word.to_lowercase().trim_end_matches('s').to_owned())
        .collect()
}

#[cfg(test)]
#[path = "reason/reason_tests.rs"]
mod tests;
