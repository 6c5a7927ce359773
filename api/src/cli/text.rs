//! Arguments people type: instants, days, platforms; and texts as they are shown on a terminal.

use chrono::{DateTime, Days, NaiveDate, NaiveTime};
use clap::ValueEnum;
use dateline_core::content::Content;
use dateline_core::platform::Platform;
use dateline_core::time::{Timestamp, from_unix_ms};
use dateline_openapi::types;

/// The platforms as `--for` spells them.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum PlatformName {
    /// An article on DEV.
    Devto,
    /// An article on Hashnode.
    Hashnode,
    /// A post on LinkedIn.
    Linkedin,
    /// A post on Mastodon.
    Mastodon,
    /// A post on Bluesky.
    Bluesky,
    /// Release notes.
    Release,
    /// An e-mail.
    Email,
    /// An article as a Markdown file.
    Markdown,
}

impl From<PlatformName> for Platform {
    fn from(name: PlatformName) -> Self {
        match name {
            PlatformName::Devto => Self::Devto,
            PlatformName::Hashnode => Self::Hashnode,
            PlatformName::Linkedin => Self::Linkedin,
            PlatformName::Mastodon => Self::Mastodon,
            PlatformName::Bluesky => Self::Bluesky,
            PlatformName::Release => Self::ReleaseNotes,
            PlatformName::Email => Self::Email,
            PlatformName::Markdown => Self::Markdown,
        }
    }
}

impl PlatformName {
    /// Returns the word of the interface.
    pub(super) fn word(self) -> types::Platform {
        match self {
            Self::Devto => types::Platform::Devto,
            Self::Hashnode => types::Platform::Hashnode,
            Self::Linkedin => types::Platform::Linkedin,
            Self::Mastodon => types::Platform::Mastodon,
            Self::Bluesky => types::Platform::Bluesky,
            Self::Release => types::Platform::ReleaseNotes,
            Self::Email => types::Platform::Email,
            Self::Markdown => types::Platform::Markdown,
        }
    }
}

/// Returns a parser of one of the interface's words, in any case, `-` for `_`.
pub(super) fn word_of(
    words: &'static [&'static str],
) -> impl Fn(&str) -> Result<String, String> + Clone + Send + Sync + 'static {
    move |text: &str| {
        let word = text.to_uppercase().replace('-', "_");
        let known = words.contains(&word.as_str());
        let all =
            || words.iter().map(|word| word.to_lowercase().replace('_', "-")).collect::<Vec<_>>().join(", ");
        if known { Ok(word) } else { Err(format!("expected one of {}", all())) }
    }
}

/// Reads an instant.
pub(super) fn instant(text: &str) -> Result<Timestamp, String> {
    let at = DateTime::parse_from_rfc3339(text);
    at.map(|at| from_unix_ms(at.timestamp_millis()))
        .map_err(|_| "expected an instant such as 2026-11-23T17:00:00Z".into())
}

/// A day or an instant: the ends of a window.
#[derive(Debug, Clone, Copy)]
pub(super) enum Moment {
    /// A whole day, UTC.
    Day(NaiveDate),
    /// An instant.
    At(Timestamp),
}

impl Moment {
    /// Returns the first instant of it.
    pub(super) fn start(self) -> Timestamp {
        match self {
            Self::Day(day) => day.and_time(NaiveTime::MIN).and_utc(),
            Self::At(at) => at,
        }
    }

    /// Returns the last instant of it.
    pub(super) fn end(self) -> Timestamp {
        match self {
            Self::Day(day) => {
                let next = day.checked_add_days(Days::new(1)).unwrap_or(day);
                from_unix_ms(next.and_time(NaiveTime::MIN).and_utc().timestamp_millis() - 1)
            }
            Self::At(at) => at,
        }
    }
}

/// Reads a day or an instant.
pub(super) fn moment(text: &str) -> Result<Moment, String> {
    if let Ok(day) = NaiveDate::parse_from_str(text, "%Y-%m-%d") {
        return Ok(Moment::Day(day));
    }
    let refused = |_| "expected a day such as 2026-11-23, or an instant such as 2026-11-23T17:00:00Z".into();
    instant(text).map(Moment::At).map_err(refused)
}

/// Returns a text as a person reads it: its title, then its body.
pub(super) fn readable(platform: Platform, content: &Content) -> String {
    let body = content.body.trim_end();
    match (&content.title, platform) {
        (None, _) => body.to_owned(),
        (Some(title), Platform::Email) => format!("Subject: {title}\n\n{body}"),
        (Some(title), _) => format!("# {title}\n\n{body}"),
    }
}

/// Returns a foreign text on one line, with nothing in it that moves a terminal's cursor or turns words around.
pub(super) fn plain(text: &str) -> String {
    harmless(text, |_| false)
}

/// Returns a foreign text of several lines, made harmless in the same way.
pub(super) fn plain_lines(text: &str) -> String {
    harmless(text, |character| matches!(character, '\n' | '\t'))
}

fn harmless(text: &str, is_kept: impl Fn(char) -> bool) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        if is_kept(character) || !crate::http::problem::is_hidden(character) {
            safe.push(character);
        } else {
            safe.extend(character.escape_unicode());
        }
    }
    safe
}

/// Returns JSON for standard output: the same bytes for a program, the same value for a terminal, where characters
/// that could steer it are escaped. JSON escapes the others by itself.
pub(super) fn json(text: &str) -> String {
    if !std::io::IsTerminal::is_terminal(&std::io::stdout()) {
        return text.to_owned();
    }
    let escaped = |character: char| {
        let mut units = [0; 2];
        let units = character.encode_utf16(&mut units);
        units.iter().map(|unit| format!("\\u{unit:04x}")).collect::<String>()
    };
    let is_risky = |character: &char| crate::http::problem::is_hidden(*character) && *character != '\n';
    text.chars().map(|it| if is_risky(&it) { escaped(it) } else { it.to_string() }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn foreign_texts_cannot_steer_a_terminal() {
        assert_eq!(plain("a\x1b[2J\u{9b}b\n\u{202e}c"), "a\\u{1b}[2J\\u{9b}b\\u{a}\\u{202e}c");
        assert_eq!(plain_lines("a\r\n\tb"), "a\\u{d}\n\tb");
        assert_eq!(word_of(&["NO_ACTIVITY"])("no-activity"), Ok("NO_ACTIVITY".into()));
        assert!(word_of(&["FAILED"])("lost").is_err());
    }

    #[test]
    fn a_day_reaches_from_its_first_to_its_last_millisecond() {
        let day = moment("2026-02-28").expect("a day");
        assert_eq!(dateline_core::time::rfc3339(day.start()), "2026-02-28T00:00:00.000Z");
        assert_eq!(dateline_core::time::rfc3339(day.end()), "2026-02-28T23:59:59.999Z");
        assert!(moment("2026-02-30").is_err() && moment("yesterday").is_err() && moment("").is_err());
        let at = moment("2026-02-28T01:00:00+02:00").expect("an instant");
        assert_eq!(dateline_core::time::rfc3339(at.start()), "2026-02-27T23:00:00.000Z");
    }
}
