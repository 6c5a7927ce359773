//! Times that no clock on a wall names: INTERVAL and ONCE.

use super::Faults;
use crate::schedule::rule::Rule;
use crate::schedule::zone::HORIZON_SECONDS;
use crate::schedule::{Fault, FaultCode, TimeConfig, Timestamp};

/// The longest interval: a leap year.
const EVERY_MS_MAX: i64 = 366 * 86_400_000;
/// More instants are not one schedule.
const INSTANTS_MAX: usize = 200;

pub(super) fn interval(config: &TimeConfig, faults: &mut Faults) -> Option<Rule> {
    let seconds = match config.every_ms {
        None => {
            let expected = "the span between two occurrences in milliseconds, such as 5400000 for 90 minutes";
            faults.push(Fault::new(FaultCode::MissingField, "everyMs", "", expected));
            None
        }
        Some(ms) if (1_000..=EVERY_MS_MAX).contains(&ms) && ms % 1_000 == 0 => Some(ms / 1_000),
        Some(ms) => {
            let expected = format!("whole seconds in milliseconds, from 1000 to {EVERY_MS_MAX}");
            faults.push(Fault::new(FaultCode::InvalidField, "everyMs", &ms.to_string(), expected));
            None
        }
    };
    let anchor = match config.anchor_at {
        None => {
            let expected = "the instant of the first occurrence, such as `2027-01-01T09:00:00Z`";
            faults.push(Fault::new(FaultCode::MissingField, "anchorAt", "", expected));
            None
        }
        Some(at) => second_of("anchorAt", at, faults),
    };
    Some(Rule::Every { anchor: anchor?, seconds: seconds? })
}

pub(super) fn once(config: &TimeConfig, faults: &mut Faults) -> Option<Rule> {
    let Some(instants) = &config.instants else {
        let expected = "a list of instants, such as [`2027-01-01T09:00:00Z`]";
        faults.push(Fault::new(FaultCode::MissingField, "instants", "", expected));
        return None;
    };
    if instants.is_empty() || instants.len() > INSTANTS_MAX {
        let expected = format!("1 to {INSTANTS_MAX} instants");
        faults.push(Fault::new(FaultCode::InvalidField, "instants", &instants.len().to_string(), expected));
        return None;
    }
    let mut seconds = Vec::with_capacity(instants.len());
    for (index, at) in instants.iter().enumerate() {
        let field = format!("instants/{index}");
        let Some(second) = second_of(&field, *at, faults) else { continue };
        if seconds.contains(&second) {
            faults.push(Fault::new(FaultCode::InvalidField, &field, &at.to_rfc3339(), "each instant once"));
        }
        seconds.push(second);
    }
    seconds.sort_unstable();
    Some(Rule::At(seconds.into()))
}

/// Returns the second an instant falls on; due times have whole seconds.
fn second_of(field: &str, at: Timestamp, faults: &mut Faults) -> Option<i64> {
    let second = at.timestamp();
    if at.timestamp_subsec_nanos() == 0 && (0..HORIZON_SECONDS).contains(&second) {
        return Some(second);
    }
    let expected = "an instant from 1970 to 2199, on a whole second";
    faults.push(Fault::new(FaultCode::InvalidField, field, &at.to_rfc3339(), expected));
    None
}
