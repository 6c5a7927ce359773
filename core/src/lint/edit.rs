//! A person's edit: which evidence survives it, and which doubts a note settles.

use crate::content::{Content, ContentPart, Evidence, Finding, Rule, Severity};

/// Returns the evidence of the statements of `old` that stand word for word in `edited`, at their new places.
///
/// A statement that was changed in any letter, or became part of longer words, keeps none: nobody has shown that what
/// it says now rests on the same items.
pub fn retain_evidence(old: &[Evidence], edited: &Content) -> Vec<Evidence> {
    let mut retained: Vec<Evidence> = Vec::new();
    let mut searched = [0, 0];
    for evidence in old {
        let (text, searched) = match evidence.part {
            ContentPart::Title => (edited.title.as_deref().unwrap_or(""), &mut searched[0]),
            ContentPart::Body => (edited.body.as_str(), &mut searched[1]),
        };
        // Statements mostly keep their order; one that moved up is found from the start.
        let onward = find(text, &evidence.statement, *searched);
        let Some(start) = onward.or_else(|| find(text, &evidence.statement, 0)) else { continue };
        let end = start + evidence.statement.len();
        *searched = (*searched).max(end);
        let moved = Evidence { start, end, ..evidence.clone() };
        if !retained.contains(&moved) {
            retained.push(moved);
        }
    }
    retained.sort_by_key(|evidence| (evidence.part != ContentPart::Title, evidence.start, evidence.end));
    retained
}

/// Returns where `statement` stands in `text` at or after `from`, not as a part of longer words.
fn find(text: &str, statement: &str, from: usize) -> Option<usize> {
    if statement.trim().is_empty() {
        return None;
    }
    let mut from = from;
    // A statement of one repeated letter inside a run of it would be found everywhere: few tries are enough.
    for _ in 0..16 {
        let start = from + text.get(from..)?.find(statement)?;
        let end = start + statement.len();
        let runs_on = |inside: Option<char>, outside: Option<char>| {
            inside.is_some_and(char::is_alphanumeric) && outside.is_some_and(char::is_alphanumeric)
        };
        let before = runs_on(statement.chars().next(), text[..start].chars().next_back());
        let after = runs_on(statement.chars().next_back(), text[end..].chars().next());
        if !before && !after {
            return Some(start);
        }
        from = start + statement.chars().next().map_or(1, char::len_utf8);
    }
    None
}

/// Turns a doubt about words into a warning: a person has given a reason why they stand.
pub(super) fn concede(finding: &mut Finding) {
    if matches!(finding.rule, Rule::L3 | Rule::L10) {
        finding.severity = Severity::Warning;
    }
}
