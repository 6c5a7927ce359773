//! iCalendar files (RFC 5545), as far as they say when nothing is to run: events with a start and an end, some every
//! year. Reading costs no more than a look at each line; what cannot be taken is listed with its line.

mod event;
mod line;

use std::collections::BTreeSet;

use event::{Draft, Event};
use line::{Property, unfolded};

use super::exclusion::Holidays;
use super::fault::bounded;

/// The longest text that is read, in bytes.
pub(super) const CALENDAR_BYTES_MAX: usize = 128 * 1024;
/// More events are not taken.
const EVENTS_MAX: usize = 1_000;
/// More events that come every year are not taken: each is looked at for every occurrence.
const YEARLY_MAX: usize = 100;
/// More faults are not listed.
const FAULTS_MAX: usize = 20;
/// Components stand in components; deeper ones are nobody's calendar.
const DEPTH_MAX: usize = 8;

/// Something in a calendar that cannot be taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Untaken {
    /// The line, counted from 1; 0 for the whole text.
    pub(super) line: usize,
    /// What stands there.
    pub(super) text: String,
    /// What would be right.
    pub(super) expected: String,
}

impl Untaken {
    fn new(line: usize, text: &str, expected: impl Into<String>) -> Self {
        Self { line, text: text.to_owned(), expected: expected.into() }
    }
}

/// Reads the events of a calendar.
///
/// # Errors
/// Everything that cannot be taken, at most [`FAULTS_MAX`].
pub(super) fn read(text: &str) -> Result<Holidays, Vec<Untaken>> {
    if text.len() > CALENDAR_BYTES_MAX {
        let expected = format!("a calendar of at most {CALENDAR_BYTES_MAX} bytes, not {}", text.len());
        return Err(vec![Untaken::new(0, "", expected)]);
    }
    let mut reader = Reader::default();
    let (mut has_begun, mut last) = (false, 1);
    for (number, line) in unfolded(text) {
        last = number;
        if line.trim().is_empty() {
            continue;
        }
        match Property::read(&line) {
            Some(property) if has_begun || property.is("BEGIN", "VCALENDAR") => {
                has_begun = true;
                reader.take(number, &property);
            }
            _ if !has_begun => return Err(vec![not_one(number, &line)]),
            Some(_) => {}
            None => reader.untaken.push(Untaken::new(number, &line, "a line such as `NAME:value`")),
        }
        if reader.untaken.len() >= FAULTS_MAX {
            return Err(reader.untaken);
        }
    }
    if !has_begun {
        return Err(vec![not_one(1, "")]);
    }
    if !reader.stack.is_empty() {
        reader.untaken.push(Untaken::new(last, "", "an END for every BEGIN"));
    }
    reader.holidays()
}

fn not_one(number: usize, line: &str) -> Untaken {
    Untaken::new(number, line, "an iCalendar file, which begins with `BEGIN:VCALENDAR`")
}

#[derive(Default)]
struct Reader {
    /// The names of the components that are open.
    stack: Vec<String>,
    draft: Option<Draft>,
    events: Vec<Event>,
    untaken: Vec<Untaken>,
    /// Zones that were refused, each told once.
    zones: BTreeSet<String>,
}

impl Reader {
    fn take(&mut self, number: usize, property: &Property<'_>) {
        match property.name.as_str() {
            "BEGIN" => self.begin(number, property.value),
            "END" => self.end(number, property.value),
            // What stands in an alarm or a zone of the file's own is no business of ours.
            _ if self.stack.last().is_some_and(|name| name == "VEVENT") => {
                if let Some(draft) = &mut self.draft {
                    draft.take(number, property);
                }
            }
            _ => {}
        }
    }

    fn begin(&mut self, number: usize, name: &str) {
        let name = name.trim().to_ascii_uppercase();
        if self.stack.len() >= DEPTH_MAX {
            self.untaken.push(Untaken::new(
                number,
                &name,
                format!("at most {DEPTH_MAX} BEGINs in each other"),
            ));
            return;
        }
        if name == "VEVENT" && self.draft.is_none() {
            self.draft = Some(Draft::new(number));
        }
        self.stack.push(name);
    }

    fn end(&mut self, number: usize, name: &str) {
        let name = name.trim().to_ascii_uppercase();
        match self.stack.pop() {
            Some(open) if open == name => {}
            Some(open) => {
                self.untaken.push(Untaken::new(number, &name, format!("END:{}", bounded(&open))));
                return;
            }
            None => {
                self.untaken.push(Untaken::new(number, &name, "no END without a BEGIN"));
                return;
            }
        }
        let Some(draft) = (name == "VEVENT").then(|| self.draft.take()).flatten() else { return };
        match draft.event() {
            Ok(event) => self.events.extend(event),
            Err(untaken) => {
                let zones = &mut self.zones;
                let is_news =
                    |one: &Untaken| !one.text.starts_with("TZID=") || zones.insert(one.text.clone());
                self.untaken.extend(untaken.into_iter().filter(is_news));
            }
        }
    }

    fn holidays(mut self) -> Result<Holidays, Vec<Untaken>> {
        let (mut once, mut yearly) = (Vec::new(), Vec::new());
        for event in self.events {
            match event {
                Event::Once(zone, span) => once.push((zone, span)),
                Event::Yearly(zone, event) => yearly.push((zone, event)),
            }
        }
        if once.len() + yearly.len() > EVENTS_MAX {
            let expected = format!("at most {EVENTS_MAX} events, not {}", once.len() + yearly.len());
            self.untaken.push(Untaken::new(0, "", expected));
        }
        if yearly.len() > YEARLY_MAX {
            let expected = format!("at most {YEARLY_MAX} events that come every year, not {}", yearly.len());
            self.untaken.push(Untaken::new(0, "", expected));
        }
        if once.is_empty() && yearly.is_empty() && self.untaken.is_empty() {
            self.untaken.push(Untaken::new(0, "", "at least one event"));
        }
        if self.untaken.is_empty() { Ok(Holidays::new(once, yearly)) } else { Err(self.untaken) }
    }
}

#[cfg(test)]
#[path = "icalendar/icalendar_tests.rs"]
mod tests;
