//! The log: one line an event, for people or as JSON, and nothing in it that must not be there.
//!
//! Every field passes [`redact::clean`] before it becomes part of a line: secrets go, controls are escaped, what is
//! long is cut. A request writes [`REQUEST_LINES_MAX`] lines at most; its last one says how many were left out.

mod fields;
pub mod redact;

use std::fmt::Write as _;
use std::io::{self, IsTerminal, Write as _};
use std::sync::atomic::{AtomicU64, Ordering};

use dateline_core::clock::Clock;
use dateline_core::time::rfc3339;
use serde_json::{Map, Value};
use tracing::span::{Attributes, Id};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::layer::{Context, Layer};
use tracing_subscriber::registry::LookupSpan;

pub use self::fields::Fields;
use crate::config::value::LogFormat;
use crate::os::OsClock;

/// The message of a request's last line.
pub const ANSWERED: &str = "answered";

/// Lines a request may write, its last one included.
pub const REQUEST_LINES_MAX: u64 = 5;

/// Fields of spans that every line within them carries.
const CARRIED: [&str; 4] = ["request", "execution", "attempt", "step"];

/// Writes events to standard error.
pub struct Log {
    format: LogFormat,
    is_coloured: bool,
    clock: OsClock,
    write: fn(&[u8]),
}

impl Log {
    /// Returns a log to standard error.
    pub fn to_stderr(format: LogFormat) -> Self {
        let is_plain = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let is_coloured = io::stderr().is_terminal() && !is_plain;
        // Somebody who closed standard error has said that they do not want to know.
        let write = |line: &[u8]| drop(io::stderr().lock().write_all(line));
        Self { format, is_coloured, clock: OsClock::new(), write }
    }

    fn line(&self, event: &Event<'_>, fields: Fields) -> String {
        let (at, level) = (rfc3339(self.clock.now()), *event.metadata().level());
        let target = event.metadata().target();
        let Fields { message, rest } = fields;
        match self.format {
            LogFormat::Json => {
                let mut line = Map::new();
                line.insert("timestamp".into(), at.into());
                line.insert("level".into(), level.as_str().into());
                line.insert("message".into(), message.into());
                line.extend(rest);
                line.insert("target".into(), target.into());
                format!("{}\n", Value::Object(line))
            }
            LogFormat::Text => {
                let (on, off) = if self.is_coloured { (colour(level), "\x1b[0m") } else { ("", "") };
                let mut line = format!("{at} {on}{:5}{off} {message}", level.as_str());
                for (name, value) in rest {
                    // Writing to a string cannot fail.
                    let _ = match value {
                        Value::String(text) => write!(line, " {name}={text}"),
                        value => write!(line, " {name}={value}"),
                    };
                }
                line.push('\n');
                line
            }
        }
    }
}

fn colour(level: Level) -> &'static str {
    match level {
        Level::ERROR => "\x1b[31m",
        Level::WARN => "\x1b[33m",
        Level::INFO => "\x1b[32m",
        Level::DEBUG => "\x1b[34m",
        Level::TRACE => "\x1b[35m",
    }
}

impl<S: Subscriber + for<'s> LookupSpan<'s>> Layer<S> for Log {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        let mut fields = Fields::default();
        attributes.record(&mut fields);
        let mut extensions = span.extensions_mut();
        fields.rest.retain(|name, _| CARRIED.contains(&name.as_str()));
        extensions.insert(fields);
        if span.name() == "request" {
            extensions.insert(Budget::default());
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let mut fields = Fields::of(event);
        for span in context.event_scope(event).into_iter().flatten() {
            let extensions = span.extensions();
            let room = extensions.get::<Budget>().map(|budget| budget.take(fields.message == ANSWERED));
            match room {
                Some(Room::Spent) => return,
                Some(Room::LastLine { left_out: left_out @ 1.. }) => {
                    fields.rest.insert("leftOut".into(), left_out.into());
                }
                Some(Room::Line | Room::LastLine { left_out: 0 }) | None => {}
            }
            for (name, value) in extensions.get::<Fields>().into_iter().flat_map(|carried| &carried.rest) {
                fields.rest.entry(name).or_insert_with(|| value.clone());
            }
        }
        (self.write)(self.line(event, fields).as_bytes());
    }
}

/// How many lines a request has tried to write.
#[derive(Default)]
struct Budget(AtomicU64);

enum Room {
    Line,
    LastLine { left_out: u64 },
    Spent,
}

impl Budget {
    fn take(&self, is_last: bool) -> Room {
        if is_last {
            let left_out = self.0.load(Ordering::Relaxed).saturating_sub(REQUEST_LINES_MAX - 1);
            return Room::LastLine { left_out };
        }
        if self.0.fetch_add(1, Ordering::Relaxed) < REQUEST_LINES_MAX - 1 { Room::Line } else { Room::Spent }
    }
}

#[cfg(test)]
#[path = "log/log_tests.rs"]
mod tests;
