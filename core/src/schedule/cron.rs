//! Cron patterns: five fields, or six with seconds first, or a nickname such as `@daily`.
//!
//! Reading a pattern checks every field and searches nothing, so a hostile pattern costs no more than a good one.

mod field;

use field::{Field, read_bits, read_month_days, read_week_days};

use super::{
    DayMatch,
    calendar::{Calendar, DayTimes},
};

/// The longest pattern that is read, in characters.
pub const PATTERN_CHARS_MAX: usize = 200;

/// A cron pattern, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pattern {
    pub(super) calendar: Calendar,
    /// The minute or hour field begins with `*`: the pattern counts elapsed time through clock changes.
    pub(super) elapsed: bool,
}

/// What keeps a pattern from being read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ParseCronError {
    /// The pattern is longer than [`PATTERN_CHARS_MAX`].
    #[error("a pattern of at most {PATTERN_CHARS_MAX} characters, not {found}")]
    TooLong {
        /// Characters found.
        found: usize,
    },
    /// A control character, or one outside ASCII.
    #[error("letters, digits and the signs `* , - / # ? @`, separated by blanks")]
    ForbiddenCharacter,
    /// Neither five nor six fields.
    #[error("five fields (minute hour day-of-month month weekday), or six with seconds first, not {found}")]
    FieldCount {
        /// Fields found.
        found: usize,
    },
    /// `@reboot`, which names no time.
    #[error("a time; @reboot names none, because schedules do not depend on when the program starts")]
    Reboot,
    /// A word after `@` that has no meaning.
    #[error("one of {}", NICKNAMES.map(|(name, _)| name).join(", "))]
    UnknownNickname,
    /// An item of a field's list cannot be read.
    #[error("in the {field} field, where `{item}` stands, {expected}")]
    Item {
        /// The field, in words.
        field: &'static str,
        /// The item of the list; may be empty.
        item: String,
        /// What would be right.
        expected: String,
    },
}

const NICKNAMES: [(&str, &str); 7] = [
    ("@yearly", "0 0 1 1 *"),
    ("@annually", "0 0 1 1 *"),
    ("@monthly", "0 0 1 * *"),
    ("@weekly", "0 0 * * 0"),
    ("@daily", "0 0 * * *"),
    ("@midnight", "0 0 * * *"),
    ("@hourly", "0 * * * *"),
];

impl Pattern {
    /// Reads a pattern.
    ///
    /// # Errors
    /// [`ParseCronError`], which says what would be right.
    pub(super) fn parse(text: &str, day_match: DayMatch) -> Result<Self, ParseCronError> {
        let found = text.chars().count();
        if found > PATTERN_CHARS_MAX {
            return Err(ParseCronError::TooLong { found });
        }
        if !text.chars().all(|character| character == '\t' || matches!(character, ' '..='~')) {
            return Err(ParseCronError::ForbiddenCharacter);
        }
        let text = text.trim().to_ascii_uppercase();
        let fields: Vec<&str> =
            if text.starts_with('@') { nickname(&text)? } else { &text }.split_ascii_whitespace().collect();
        match fields[..] {
            [minute, hour, date, month, weekday] => {
                Self::of_fields(["0", minute, hour, date, month, weekday], day_match)
            }
            [second, minute, hour, date, month, weekday] => {
                Self::of_fields([second, minute, hour, date, month, weekday], day_match)
            }
            _ => Err(ParseCronError::FieldCount { found: fields.len() }),
        }
    }

    fn of_fields(fields: [&str; 6], day_match: DayMatch) -> Result<Self, ParseCronError> {
        let [second, minute, hour, date, month, weekday] = fields;
        let seconds = read_bits(&Field::SECOND, second)?;
        let minutes = read_bits(&Field::MINUTE, minute)?;
        // The fields' own limits keep each number inside these widths.
        let hours = read_bits(&Field::HOUR, hour)? as u32;
        let month_days = read_month_days(date)?;
        let months = read_bits(&Field::MONTH, month)? as u16;
        let week_days = read_week_days(weekday)?;
        let elapsed = minute.starts_with('*') || hour.starts_with('*');
        let times = DayTimes::Fields { seconds, minutes, hours };
        let calendar = Calendar { times, months, month_days, week_days, day_match };
        Ok(Self { calendar, elapsed })
    }
}

fn nickname(text: &str) -> Result<&'static str, ParseCronError> {
    if text == "@REBOOT" {
        return Err(ParseCronError::Reboot);
    }
    let meaning = NICKNAMES.iter().find(|(name, _)| name.eq_ignore_ascii_case(text));
    meaning.map(|(_, pattern)| *pattern).ok_or(ParseCronError::UnknownNickname)
}

#[cfg(test)]
#[path = "cron_tests.rs"]
mod tests;
