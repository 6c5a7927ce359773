//! A message made safe to read: one line of title, a body, nothing hidden and no secret in either.

use crate::activity::Commit;
use crate::brief::subject::Subject;
use crate::hygiene::{clean_line, clean_text, redact_secrets, remove_emails};

/// Longest title kept, in characters.
pub(super) const TITLE_CHARS_MAX: usize = 200;

/// Longest body kept, in characters.
const BODY_CHARS_MAX: usize = 4_000;

/// The words of one commit or merge, cleaned.
#[derive(Debug, Clone)]
pub(super) struct Words {
    /// The subject on one line.
    pub(super) title: String,
    /// The subject taken apart.
    pub(super) subject: Subject,
    /// What follows.
    pub(super) body: String,
    /// Whether a secret was replaced.
    pub(super) redacted: bool,
}

impl Words {
    /// Returns the words of `commit`.
    pub(super) fn of(commit: &Commit) -> Self {
        Self::new(&commit.subject, &commit.body)
    }

    /// Returns `subject` and `body` cleaned; a subject a web page cut with `…` gets its rest from the body back.
    pub(super) fn new(subject: &str, body: &str) -> Self {
        let (subject, body) = mend(subject, body);
        // A megabyte of subject is cut before it is scanned: what follows can only shorten it.
        let (title, in_title) = safe_line(head(&subject, 8 * TITLE_CHARS_MAX));
        let (body, in_body) = safe_text(&body);
        let title = cut_at_word(&title, TITLE_CHARS_MAX);
        Self {
            subject: Subject::parse(&title),
            title,
            body: head(&body, BODY_CHARS_MAX).to_owned(),
            redacted: in_title || in_body,
        }
    }
}

/// Returns `text` as one harmless line, and whether a secret was replaced.
pub(super) fn safe_line(text: &str) -> (String, bool) {
    let redacted = redact_secrets(&clean_line(text));
    (clean_line(&remove_emails(&redacted.text)), redacted.found)
}

fn safe_text(text: &str) -> (String, bool) {
    let redacted = redact_secrets(&clean_text(text));
    (remove_emails(&redacted.text), redacted.found)
}

/// Joins `Fix the thing that…` with a body that begins `…broke`.
fn mend(subject: &str, body: &str) -> (String, String) {
    let (Some(start), Some(rest)) =
        (subject.trim_end().strip_suffix('…'), body.trim_start().strip_prefix('…'))
    else {
        return (subject.to_owned(), body.to_owned());
    };
    let (line, rest) = rest.split_once('\n').unwrap_or((rest, ""));
    (format!("{start}{line}"), rest.trim_start_matches('\n').to_owned())
}

/// Returns at most the first `chars_max` characters.
fn head(text: &str, chars_max: usize) -> &str {
    text.char_indices().nth(chars_max).map_or(text, |(end, _)| &text[..end])
}

/// Returns `text` with at most `chars_max` characters: cut after a word, with an ellipsis, when it is longer.
pub fn cut_at_word(text: &str, chars_max: usize) -> String {
    use unicode_segmentation::UnicodeSegmentation;

    if text.chars().count() <= chars_max {
        return text.to_owned();
    }
    let mut kept = 0;
    let mut used = 1;
    let mut word_end = None;
    for (start, grapheme) in text.grapheme_indices(true) {
        used += grapheme.chars().count();
        if used > chars_max {
            break;
        }
        if grapheme.chars().all(char::is_whitespace) {
            word_end = Some(start);
        }
        kept = start + grapheme.len();
    }
    // A text without spaces near the bound, as in Chinese or Japanese, ends where a word of its script does, and
    // one endless word after a whole grapheme.
    let is_near = |end: &usize| *end * 2 >= kept;
    let bound =
        || text.split_word_bound_indices().map(|(start, _)| start).take_while(|start| *start <= kept).last();
    let end = word_end.filter(is_near).or_else(|| bound().filter(is_near)).unwrap_or(kept);
    let end = if text[kept..].starts_with(char::is_whitespace) { kept } else { end };
    let stem =
        text[..end].trim_end_matches(|letter: char| letter.is_whitespace() || ",;:-–—(".contains(letter));
    // An odd back-tick would turn the rest of the text into code.
    let stem = if stem.matches('`').count() % 2 == 1 { stem.replacen('`', "", 1) } else { stem.to_owned() };
    format!("{stem}…")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_title_is_cut_after_a_word() {
        assert_eq!(cut_at_word("Keep the whole word", 14), "Keep the…");
        assert_eq!(cut_at_word("Keep the whole word", 15), "Keep the whole…");
        assert_eq!(cut_at_word("Keep", 4), "Keep");
        assert_eq!(cut_at_word("漢字漢字漢字", 4), "漢字漢…");
        assert_eq!(cut_at_word("a👩‍👩‍👧bb", 4), "a…");
    }

    #[test]
    fn a_subject_cut_by_a_web_page_is_mended() {
        let words = Words::new("Fix the reader that lost the la…", "…st line\n\nIt was never flushed.");
        assert_eq!(words.title, "Fix the reader that lost the last line");
        assert_eq!(words.body, "It was never flushed.");
    }
}
