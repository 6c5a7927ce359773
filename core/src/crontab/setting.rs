//! Lines that set something for those below them: `NAME = value`.

use super::{Around, Reading};
use crate::schedule::Zone;

/// Cron draws the delay below this many minutes; more than a day is no delay of ours.
const DELAY_MINUTES_MAX: i64 = 24 * 60;

/// Reads a setting, and notes what it means for the lines below; `None` when the line is none.
pub(super) fn read(text: &str, around: &mut Around) -> Option<Reading> {
    let (name, value) = text.split_once('=')?;
    let name = unquoted(name.trim());
    let is_name = name.starts_with(|it: char| it.is_ascii_alphabetic() || it == '_')
        && name.chars().all(|it| it.is_ascii_alphanumeric() || it == '_');
    if !is_name {
        return None;
    }
    let value = unquoted(value.trim());
    Some(match name {
        "CRON_TZ" => zone(value, around),
        "TZ" => Reading::Told(format!(
            "TZ is for the commands, not for their times (Debian's cron and cronie): the times stay in {}; \
             give --tz where your cron sees it otherwise",
            around.zone.name()
        )),
        "MAILTO" | "MAILFROM" => Reading::Told(format!(
            "{name}: whom Dateline mails, each person decides for themselves: `dateline notification preferences`"
        )),
        "RANDOM_DELAY" => delay(value, around),
        "START_HOURS_RANGE" => {
            Reading::Refused("START_HOURS_RANGE is for anacron, whose periods name no time of day".into())
        }
        _ => Reading::Told(format!("{name} is for the commands, which are not taken over")),
    })
}

fn zone(value: &str, around: &mut Around) -> Reading {
    match Zone::named(value) {
        Ok(zone) => {
            around.zone = zone;
            Reading::Told(format!("the times below are those of {}", zone.name()))
        }
        Err(_) => Reading::Refused(format!(
            "CRON_TZ is no zone of the IANA database; the times below stay in {}",
            around.zone.name()
        )),
    }
}

fn delay(value: &str, around: &mut Around) -> Reading {
    match value.parse() {
        Ok(minutes) if (0..=DELAY_MINUTES_MAX).contains(&minutes) => {
            around.delay_minutes = minutes;
            Reading::Told(format!("what is below starts up to {minutes} minutes later: `jitterMs`"))
        }
        _ => Reading::Refused(format!("RANDOM_DELAY is no number of minutes from 0 to {DELAY_MINUTES_MAX}")),
    }
}

fn unquoted(text: &str) -> &str {
    for quote in ['"', '\''] {
        if let Some(inner) = text.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote)) {
            return inner;
        }
    }
    text
}
