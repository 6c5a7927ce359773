//! Collects findings, few enough to read.

use crate::content::{Finding, Rule, Severity};
use crate::hygiene::{first_unclean, redact_secrets};

/// The most findings of one rule; a reader who sees twenty does not need the rest.
const FINDINGS_MAX: usize = 20;

/// The most characters of an excerpt.
const EXCERPT_CHARS_MAX: usize = 200;

#[derive(Default)]
pub(super) struct Report {
    findings: Vec<Finding>,
    omitted: Vec<(Rule, Severity, usize)>,
}

impl Report {
    pub(super) fn error(&mut self, rule: Rule, message: impl Into<String>, excerpt: Option<&str>) {
        self.add(rule, Severity::Error, message.into(), excerpt);
    }

    pub(super) fn warn(&mut self, rule: Rule, message: impl Into<String>, excerpt: Option<&str>) {
        self.add(rule, Severity::Warning, message.into(), excerpt);
    }

    pub(super) fn add(&mut self, rule: Rule, severity: Severity, message: String, excerpt: Option<&str>) {
        let same = |finding: &&Finding| (finding.rule, finding.severity) == (rule, severity);
        if self.findings.iter().filter(same).count() < FINDINGS_MAX {
            let message = shown(&message, 2 * EXCERPT_CHARS_MAX);
            let excerpt = excerpt.map(|excerpt| shown(excerpt, EXCERPT_CHARS_MAX));
            self.findings.push(Finding { rule, severity, message, excerpt });
            return;
        }
        match self.omitted.iter_mut().find(|(other, weight, _)| (*other, *weight) == (rule, severity)) {
            Some((.., count)) => *count += 1,
            None => self.omitted.push((rule, severity, 1)),
        }
    }

    pub(super) fn finish(mut self) -> Vec<Finding> {
        for (rule, severity, count) in self.omitted {
            let message = format!("{count} more of this kind");
            self.findings.push(Finding { rule, severity, message, excerpt: None });
        }
        self.findings
    }
}

/// Returns the beginning of `text` fit to be shown and stored: without secrets, hidden characters spelled out.
fn shown(text: &str, chars_max: usize) -> String {
    let start = &text[..text.floor_char_boundary(text.len().min(16 * chars_max))];
    visible(&redact_secrets(start).text, chars_max)
}

/// Returns `text` on one line with hidden characters spelled out, at most `chars_max` characters.
fn visible(text: &str, chars_max: usize) -> String {
    let mut visible = String::new();
    let mut chars = 0;
    for char in text.trim().chars() {
        let piece: String = match char {
            '\n' => "\\n".to_owned(),
            _ if is_hidden(char) => char.escape_unicode().to_string(),
            _ => char.to_string(),
        };
        let width = piece.chars().count();
        if chars + width >= chars_max {
            visible.push('…');
            break;
        }
        chars += width;
        visible.push_str(&piece);
    }
    visible
}

fn is_hidden(char: char) -> bool {
    let mut buffer = [0; 4];
    first_unclean(char.encode_utf8(&mut buffer)).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_excerpt_shows_what_is_hidden_and_is_short() {
        assert_eq!(visible(" a\nb\u{202e}c\u{1b} ", 100), "a\\nb\\u{202e}c\\u{1b}");
        assert_eq!(visible(&"x".repeat(300), 200).chars().count(), 200);
    }

    #[test]
    fn many_findings_of_a_rule_end_in_a_count() {
        let mut report = Report::default();
        for _ in 0..30 {
            report.error(Rule::L7, "no", None);
        }
        report.warn(Rule::L5, "yes", None);
        let findings = report.finish();
        assert_eq!(findings.len(), 22);
        assert_eq!(findings[21].message, "10 more of this kind");
    }
}
