//! What a crontab says, line by line, as schedules of ours: what can be taken over, and what cannot, with the reason.
//!
//! The dialect is that of Debian's cron and cronie, which most systems run. A crontab holds commands, and those are not
//! taken over: what is, is *when*. Nothing of a command but the name of its program is repeated, since commands hold
//! passwords.

mod entry;
mod setting;

use std::collections::BTreeMap;

use crate::schedule::{Schedule, Zone};

/// More lines are no crontab.
pub const LINES_MAX: usize = 10_000;

/// Whose crontab it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// A user's: five fields and a command.
    User,
    /// The system's, `/etc/crontab` and `/etc/cron.d`: between them stands a user's name.
    System,
}

/// What one line of a crontab comes to. Blank lines and remarks come to nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Its number, from 1.
    pub number: usize,
    /// What it comes to.
    pub reading: Reading,
}

/// What a line comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reading {
    /// A schedule.
    Taken(Box<Entry>),
    /// Nothing that needs taking over, and what to know about it.
    Told(String),
    /// Nothing, and why it cannot be taken over.
    Refused(String),
}

/// A line's schedule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The name of the program it runs, which nothing else in the crontab has.
    pub name: String,
    /// When.
    pub schedule: Schedule,
    /// What is otherwise than somebody who knows cron would expect.
    pub notes: Vec<String>,
}

/// What the lines before say about those that follow.
struct Around {
    form: Form,
    zone: Zone,
    /// The bound of `RANDOM_DELAY`, in minutes.
    delay_minutes: i64,
}

/// Reads a crontab. `zone` is the one whose clocks count where the file names none.
pub fn read(text: &str, form: Form, zone: Zone) -> Vec<Line> {
    let mut around = Around { form, zone, delay_minutes: 0 };
    let mut lines: Vec<Line> = Vec::new();
    for (index, text) in text.lines().enumerate() {
        if index == LINES_MAX {
            let why = format!("only the first {LINES_MAX} lines are read");
            lines.push(Line { number: index + 1, reading: Reading::Refused(why) });
            break;
        }
        let text = text.trim();
        if text.is_empty() || text.starts_with('#') {
            continue;
        }
        let reading = setting::read(text, &mut around).unwrap_or_else(|| entry::read(text, &around));
        lines.push(Line { number: index + 1, reading });
    }
    name_apart(&mut lines);
    lines
}

/// Gives each of several entries of one name its line's number.
fn name_apart(lines: &mut [Line]) {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for entry in lines.iter().filter_map(Line::entry) {
        *counts.entry(entry.name.clone()).or_default() += 1;
    }
    for line in lines {
        let number = line.number;
        if let Reading::Taken(entry) = &mut line.reading
            && counts.get(&entry.name).is_some_and(|count| *count > 1)
        {
            entry.name = format!("{} (line {number})", entry.name);
        }
    }
}

impl Line {
    /// Returns its schedule, when it has one.
    pub fn entry(&self) -> Option<&Entry> {
        match &self.reading {
            Reading::Taken(entry) => Some(entry),
            Reading::Told(_) | Reading::Refused(_) => None,
        }
    }
}

#[cfg(test)]
#[path = "crontab/crontab_tests.rs"]
mod tests;
