//! What is wrong with a schedule: each fault names the field, the value and what would be right.

use std::fmt::Write;

use serde::{Deserialize, Serialize};

const VALUE_CHARS_MAX: usize = 80;

/// A schedule that cannot be accepted, with everything that is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the schedule is refused: {}", self.sentence())]
pub struct ScheduleError {
    /// At least one fault, in the order of the fields.
    pub faults: Vec<Fault>,
}

/// One fault of a schedule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// The field as a JSON pointer, such as `/timeConfig/cronExpression`.
    pub pointer: String,
    /// The refused value, shortened and with control characters escaped; empty when the field is missing.
    pub value: String,
    /// What would be right, as a phrase that follows the word "expected".
    pub expected: String,
    /// The kind of fault, for programs.
    pub code: FaultCode,
}

/// The kinds of fault, stable for programs to match on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum FaultCode {
    /// A field has a value outside its range, or does not belong to this frequency.
    InvalidField,
    /// A field that this frequency needs is absent.
    MissingField,
    /// The zone is not in the IANA database.
    UnknownTimezone,
    /// The cron pattern cannot be read.
    CronMalformed,
    /// The schedule can be read, and has no occurrence.
    NeverFires,
    /// Two occurrences would follow each other faster than is allowed.
    ScheduleTooDense,
}

impl FaultCode {
    /// Returns the code as it stands in an answer, such as `SCHEDULE_TOO_DENSE`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::InvalidField => "INVALID_FIELD",
            Self::MissingField => "MISSING_FIELD",
            Self::UnknownTimezone => "UNKNOWN_TIMEZONE",
            Self::CronMalformed => "CRON_MALFORMED",
            Self::NeverFires => "NEVER_FIRES",
            Self::ScheduleTooDense => "SCHEDULE_TOO_DENSE",
        }
    }
}

impl Fault {
    /// Returns a fault of any request, with the refused value made short and harmless.
    #[must_use]
    pub fn at(pointer: impl Into<String>, code: FaultCode, value: &str, expected: impl Into<String>) -> Self {
        Self { pointer: pointer.into(), value: bounded(value), expected: expected.into(), code }
    }

    pub(super) fn new(code: FaultCode, field: &str, value: &str, expected: impl Into<String>) -> Self {
        Self {
            pointer: format!("/timeConfig/{field}"),
            value: bounded(value),
            expected: expected.into(),
            code,
        }
    }
}

impl ScheduleError {
    fn sentence(&self) -> String {
        let phrase = |fault: &Fault| {
            let Fault { pointer, value, expected, .. } = fault;
            match value.as_str() {
                "" => format!("{pointer}: expected {expected}"),
                _ => format!("{pointer} is `{value}`: expected {expected}"),
            }
        };
        self.faults.iter().map(phrase).collect::<Vec<_>>().join("; ")
    }
}

/// Returns text that is safe to show: at most 80 characters, nothing that moves or hides what stands around it.
pub(super) fn bounded(text: &str) -> String {
    let mut shown = String::new();
    for (index, character) in text.chars().enumerate() {
        if index == VALUE_CHARS_MAX {
            shown.push('…');
            break;
        }
        if is_unshowable(character) {
            // Writing to a string cannot fail.
            let _ = write!(shown, "\\u{{{:x}}}", u32::from(character));
        } else {
            shown.push(character);
        }
    }
    shown
}

/// Tells control characters, and those that turn the writing direction or have no width.
fn is_unshowable(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refused_values_are_shown_short_and_harmless() {
        assert_eq!(bounded("0 9 * * *"), "0 9 * * *");
        assert_eq!(bounded("a\u{0}\r\n\u{202e}b"), r"a\u{0}\u{d}\u{a}\u{202e}b");
        assert_eq!(bounded(&"é".repeat(1000)).chars().count(), 81);
    }

    #[test]
    fn an_error_names_field_value_and_expectation() {
        let fault = Fault::new(FaultCode::InvalidField, "hour", "24", "an hour from 0 to 23");
        let error = ScheduleError { faults: vec![fault] };
        let text = "the schedule is refused: /timeConfig/hour is `24`: expected an hour from 0 to 23";
        assert_eq!(error.to_string(), text);
    }
}
