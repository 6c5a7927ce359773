//! Lines that run something: a time, perhaps a user, and a command.

use super::{Around, Entry, Form, Reading};
use crate::schedule::{DayMatch, Frequency, Rules, Schedule, TimeConfig};

/// Longer names are cut.
const NAME_CHARS_MAX: usize = 80;

/// Reads a line that is no setting.
pub(super) fn read(text: &str, around: &Around) -> Reading {
    // cronie and SUSE: a dash before the time keeps the run out of the system's log.
    let (text, is_quiet) = text.strip_prefix('-').map_or((text, false), |rest| (rest, true));
    let Some((pattern, rest)) = time(text) else {
        return Reading::Refused("neither a setting nor five fields of time and a command".into());
    };
    let Some((user, command)) = whose(rest, around.form) else {
        return Reading::Refused(match around.form {
            Form::User => "there is no command after the time".into(),
            Form::System => {
                "there is no user and command after the time, as a system's crontab has them".into()
            }
        });
    };
    let pattern = match spelled(&pattern) {
        Ok(pattern) => pattern,
        Err(why) => return Reading::Refused(why),
    };
    let mut notes = notes(user, command, is_quiet);
    let day_match = day_match(&pattern, &mut notes);
    match schedule(pattern, day_match, around, &mut notes) {
        Ok(schedule) => Reading::Taken(Box::new(Entry { name: program(command), schedule, notes })),
        Err(why) => Reading::Refused(why),
    }
}

/// Splits the time from what follows it.
fn time(text: &str) -> Option<(String, &str)> {
    let count = if text.starts_with('@') { 1 } else { 5 };
    let mut rest = text;
    let mut fields = Vec::new();
    for _ in 0..count {
        let (field, after) = word(rest);
        if field.is_empty() {
            return None;
        }
        fields.push(field);
        rest = after;
    }
    let is_time = |field: &&str| field.starts_with('@') || field.chars().all(is_of_time);
    fields.iter().all(is_time).then(|| (fields.join(" "), rest))
}

fn is_of_time(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '*' | ',' | '-' | '/' | '~' | '?' | '#')
}

/// Returns the first word, and what follows it.
fn word(text: &str) -> (&str, &str) {
    let text = text.trim_start_matches([' ', '\t']);
    let end = text.find([' ', '\t']).unwrap_or(text.len());
    (&text[..end], text[end..].trim_start_matches([' ', '\t']))
}

/// Returns the user, where the form has one, and the command.
fn whose(rest: &str, form: Form) -> Option<(Option<&str>, &str)> {
    let (user, command) = match form {
        Form::User => (None, rest),
        Form::System => {
            let (user, command) = word(rest);
            (Some(user), command)
        }
    };
    (!command.is_empty()).then_some((user, command))
}

/// Returns the pattern as we spell it.
fn spelled(pattern: &str) -> Result<String, String> {
    match pattern.to_ascii_lowercase().as_str() {
        "@reboot" => Err("@reboot names no time: schedules do not depend on when a machine starts".into()),
        "@every_minute" => Ok("* * * * *".into()),
        word if word.starts_with('@') => Ok(word.to_owned()),
        _ if pattern.contains('~') => {
            Err("`~` lets cron draw the time; name one, and spread the starts with `jitterMs`".into())
        }
        _ => Ok(pattern.to_owned()),
    }
}

fn notes(user: Option<&str>, command: &str, is_quiet: bool) -> Vec<String> {
    let mut notes = Vec::new();
    if user.is_some() {
        notes.push("the user it ran as means nothing here".into());
    }
    if is_quiet {
        notes.push("the dash before the time means nothing here".into());
    }
    if has_input(command) {
        notes.push("what stands after % was the command's input, and goes with it".into());
    }
    notes
}

/// Whether a `%` ends the command: one without a backslash before it.
fn has_input(command: &str) -> bool {
    let mut before = None;
    command.chars().any(|it| {
        let is_end = it == '%' && before != Some('\\');
        before = Some(it);
        is_end
    })
}

/// Says how the two day fields go together: cron takes AND when one of them begins with `*`, as in `*/2`.
fn day_match(pattern: &str, notes: &mut Vec<String>) -> Option<DayMatch> {
    let fields: Vec<&str> = pattern.split(' ').collect();
    let [_, _, month_day, _, weekday] = fields[..] else { return None };
    let is_open = |field: &str| matches!(field, "*" | "?");
    if is_open(month_day) || is_open(weekday) {
        return None;
    }
    if month_day.starts_with('*') || weekday.starts_with('*') {
        notes.push("a day field begins with *, so both have to match, as in cron: `dayMatch: AND`".into());
        return Some(DayMatch::And);
    }
    notes.push("it runs on the day of the month or on the weekday, whichever comes, as in cron".into());
    None
}

fn schedule(
    pattern: String,
    day_match: Option<DayMatch>,
    around: &Around,
    notes: &mut Vec<String>,
) -> Result<Schedule, String> {
    let time_config = TimeConfig {
        cron_expression: Some(pattern),
        day_match,
        timezone: Some(around.zone.name().to_owned()),
        ..TimeConfig::default()
    };
    let plain = Schedule { frequency: Frequency::Custom, time_config };
    if let Err(error) = plain.compile(&Rules::default()) {
        let told = error.faults.iter().map(|fault| format!("`{}`: expected {}", fault.value, fault.expected));
        return Err(told.collect::<Vec<_>>().join("; "));
    }
    if around.delay_minutes == 0 {
        return Ok(plain);
    }
    let mut spread = plain.clone();
    spread.time_config.jitter_ms = Some(around.delay_minutes * 60_000);
    if spread.compile(&Rules::default()).is_ok() {
        return Ok(spread);
    }
    notes.push("RANDOM_DELAY is longer than its shortest interval and was left out".into());
    Ok(plain)
}

/// Returns the name of the program a command runs, and nothing else of it.
fn program(command: &str) -> String {
    let mut words =
        command.split(|it: char| it.is_whitespace() || matches!(it, ';' | '&' | '|' | '(' | ')' | '%'));
    let mut is_folder = false;
    let found = words.find(|word| {
        let was_folder = std::mem::replace(&mut is_folder, *word == "cd");
        let is_assignment = word
            .split_once('=')
            .is_some_and(|(name, _)| name.chars().all(|it| it.is_ascii_alphanumeric() || it == '_'));
        let is_plain = word.chars().all(|it| it.is_alphanumeric() || "/._-+~@".contains(it));
        !(word.is_empty() || was_folder || is_folder || is_assignment || !is_plain || word.starts_with('-'))
    });
    let name = found.and_then(|word| word.rsplit('/').next()).filter(|name| !name.is_empty());
    name.unwrap_or("crontab").chars().take(NAME_CHARS_MAX).collect()
}
