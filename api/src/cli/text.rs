//! Arguments people type: instants, days, platforms; and texts as they are shown on a terminal.

use chrono::{DateTime, Days, NaiveDate, NaiveTime};
use clap::ValueEnum;
use dateline_core::content::Content;
use dateline_core::platform::Platform;
use dateline_core::time::{Timestamp, from_unix_ms};

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

#[cfg(test)]
mod tests {
    use super::*;

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
