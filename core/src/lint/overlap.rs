//! L10: a statement overlaps its sources, and says no change of a kind they do not.

use super::context::{Context, Statement};
use super::figures::{digest, stem, words};
use super::references::without_addresses;
use super::report::Report;
use super::vocabulary::Words;
use crate::content::Rule;

/// The least share of a statement's content words its sources must say, in percent.
const RECALL_MIN: usize = 30;

/// Verbs that claim a direction of change; inventing one turns a fact around.
const CHANGE_VERBS: [&str; 28] = [
    "raised",
    "raises",
    "lowered",
    "lowers",
    "increased",
    "increases",
    "decreased",
    "reduced",
    "reduces",
    "doubled",
    "halved",
    "tripled",
    "removed",
    "removes",
    "dropped",
    "drops",
    "deprecated",
    "deprecates",
    "disabled",
    "disables",
    "enabled",
    "enables",
    "renamed",
    "renames",
    "replaced",
    "replaces",
    "reverted",
    "reverts",
];

/// Words that carry no content of their own.
const EMPTY_WORDS: [&str; 60] = [
    "about", "after", "again", "against", "also", "another", "because", "been", "before", "being", "between",
    "both", "change", "changes", "could", "does", "during", "each", "every", "from", "have", "here", "into",
    "just", "less", "like", "longer", "many", "more", "most", "much", "need", "only", "other", "over",
    "same", "should", "since", "some", "still", "such", "than", "that", "their", "them", "then", "there",
    "these", "they", "this", "those", "through", "under", "until", "were", "what", "when", "which", "will",
    "with",
];

pub(super) fn check(context: &Context<'_>, report: &mut Report) {
    for statement in context.statements.iter().filter(|statement| !statement.evidence.sources.is_empty()) {
        let text = without_addresses(&statement.reading.text);
        let mut own = context.vocabulary.of_items(&statement.evidence.sources);
        own.push(context.vocabulary.of_brief());
        check_recall(statement, &text, &own, report);
        check_verbs(statement, &text, &own, report);
    }
}

fn check_recall(statement: &Statement<'_>, text: &str, own: &[&Words], report: &mut Report) {
    let content: Vec<&str> = words(text).filter(|word| is_content(word)).collect();
    let said = content.iter().filter(|word| is_said(own, word)).count();
    // Two or three words may all be the renderer's.
    if content.len() > 3 && said * 100 < content.len() * RECALL_MIN {
        let message = format!("{said} of {} words occur in its sources: may be invented", content.len());
        report.warn(Rule::L10, message, Some(&statement.reading.text));
    }
}

fn check_verbs(statement: &Statement<'_>, text: &str, own: &[&Words], report: &mut Report) {
    for verb in words(text).filter(|word| CHANGE_VERBS.iter().any(|verb| verb.eq_ignore_ascii_case(word))) {
        if !is_said(own, verb) {
            let message = format!("no source of this statement says `{}`", verb.to_lowercase());
            report.warn(Rule::L10, message, Some(&statement.reading.text));
        }
    }
}

fn is_content(word: &str) -> bool {
    word.len() >= 4
        && word.chars().any(char::is_alphabetic)
        && !EMPTY_WORDS.iter().any(|empty| empty.eq_ignore_ascii_case(word))
}

fn is_said(own: &[&Words], word: &str) -> bool {
    let wanted = digest(stem(word));
    own.iter().any(|words| words.has_stem(wanted) || words.has_word(word))
}
