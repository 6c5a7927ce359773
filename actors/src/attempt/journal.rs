//! What an attempt says while it runs, kept until the next commit takes it along.

use std::sync::{Mutex, PoisonError};

use dateline_core::execution::{LogLevel, LogLine};
use dateline_core::time::Timestamp;

const MESSAGE_CHARS_MAX: usize = 2_000;
/// An attempt that says more than this says nothing more.
const LINES_MAX: usize = 5_000;

/// Log lines that wait for a commit.
pub(crate) struct Journal {
    attempt: u32,
    waiting: Mutex<Waiting>,
}

#[derive(Default)]
struct Waiting {
    lines: Vec<LogLine>,
    said: usize,
    step: Option<String>,
}

impl Journal {
    pub(crate) fn new(attempt: u32) -> Self {
        Self { attempt, waiting: Mutex::default() }
    }

    /// From now on lines belong to this step, or to none.
    pub(crate) fn enter(&self, step: Option<&str>) {
        self.with(|waiting| waiting.step = step.map(str::to_owned));
    }

    /// Returns the step that is under way.
    pub(crate) fn step(&self) -> Option<String> {
        self.with(|waiting| waiting.step.clone())
    }

    pub(crate) fn say(&self, at: Timestamp, level: LogLevel, message: &str) {
        let message = one_line(message);
        self.with(|waiting| {
            waiting.said += 1;
            if waiting.said <= LINES_MAX {
                let step = waiting.step.clone();
                waiting.lines.push(LogLine { at, level, attempt: self.attempt, step, message });
            }
        });
    }

    /// Takes what was said since the last time.
    pub(crate) fn take(&self) -> Vec<LogLine> {
        self.with(|waiting| std::mem::take(&mut waiting.lines))
    }

    fn with<T>(&self, act: impl FnOnce(&mut Waiting) -> T) -> T {
        // A panic elsewhere leaves whole lines behind; they are what explains it.
        act(&mut self.waiting.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Returns `text` in one line, controls escaped, at most 2,000 characters.
pub(crate) fn one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len().min(MESSAGE_CHARS_MAX));
    for (count, character) in text.chars().enumerate() {
        if count == MESSAGE_CHARS_MAX - 1 {
            line.push('…');
            break;
        }
        if is_unshowable(character) {
            line.extend(character.escape_unicode());
        } else {
            line.push(character);
        }
    }
    line
}

/// Tells control characters and those that turn the writing direction.
fn is_unshowable(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_one_line() {
        assert_eq!(one_line("a\r\nb\u{202e}c"), r"a\u{d}\u{a}b\u{202e}c");
        assert_eq!(one_line(&"x".repeat(5_000)).chars().count(), MESSAGE_CHARS_MAX);
    }

    #[test]
    fn lines_carry_the_step_they_were_said_in() {
        let journal = Journal::new(2);
        journal.enter(Some("scan"));
        journal.say(dateline_core::time::from_unix_ms(0), LogLevel::Info, "reading");
        let lines = journal.take();
        assert_eq!((lines[0].attempt, lines[0].step.as_deref()), (2, Some("scan")));
        assert!(journal.take().is_empty());
    }
}
