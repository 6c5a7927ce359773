//! `dateline next`: when a pattern is due, without a server.

use std::time::Duration;

use clap::Args;
use dateline_core::clock::Clock;
use dateline_core::schedule::{Frequency, Rules, Schedule, TimeConfig};
use dateline_core::time::{Timestamp, rfc3339};
use serde::Serialize;

use super::output::{CommandError, print, tell};
use super::text::instant;
use crate::os::OsClock;

const EXAMPLES: &str = "\
Examples:
  dateline next '0 9 * * 1-5' --tz America/New_York
  dateline next @daily --tz Asia/Tokyo -n 3 --from 2026-12-30T00:00:00Z
  dateline next '30 2 * * *' --tz Europe/Paris -n 365 --json

Prints one instant a line: the zone's clock time with its offset (RFC 3339).";

/// Print the next occurrences of a cron pattern
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Next {
    /// Five fields, or six with seconds first; `L`, `W`, `#`, names and `@daily` kinds work
    pattern: String,
    /// The zone whose clocks count, an IANA name
    #[arg(long, value_name = "ZONE", default_value = "UTC")]
    tz: String,
    /// How many occurrences
    #[arg(short, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u16).range(1..=1000))]
    n: u16,
    /// Only occurrences after this instant, RFC 3339 [default: now]
    #[arg(long, value_name = "INSTANT", value_parser = instant)]
    from: Option<Timestamp>,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    description: String,
    timezone: String,
    occurrences: Vec<Line>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Line {
    due_at: String,
    local: String,
    note: Option<String>,
}

impl Next {
    pub(super) fn run(self) -> Result<(), CommandError> {
        let config = TimeConfig {
            cron_expression: Some(self.pattern.clone()),
            timezone: Some(self.tz.clone()),
            ..TimeConfig::default()
        };
        let schedule = Schedule { frequency: Frequency::Custom, time_config: config };
        let rules = Rules { density_min: Duration::from_secs(1) };
        let compiled = schedule.compile(&rules).map_err(|refused| {
            let fault = |fault: &dateline_core::schedule::Fault| {
                let name = if fault.pointer.ends_with("timezone") { "--tz" } else { "PATTERN" };
                format!("{name} is `{}`: expected {}", fault.value, fault.expected)
            };
            CommandError::Usage(refused.faults.iter().map(fault).collect::<Vec<_>>().join("; "))
        })?;
        let from = self.from.unwrap_or_else(|| OsClock::new().now());
        let mut lines = Vec::new();
        for occurrence in compiled.occurrences_after(from).take(usize::from(self.n)) {
            let occurrence = occurrence.map_err(|error| CommandError::Failed(error.to_string()))?;
            lines.push(Line {
                due_at: rfc3339(occurrence.due_at),
                local: occurrence.shown().to_rfc3339(),
                note: occurrence.note_text(),
            });
        }
        if self.json {
            let document =
                Document { description: compiled.description(), timezone: self.tz, occurrences: lines };
            return print(&serde_json::to_string_pretty(&document).unwrap_or_default());
        }
        for line in lines {
            print(&line.local)?;
            if let Some(note) = line.note {
                tell(&format!("note: {}: {note}", line.local));
            }
        }
        Ok(())
    }
}
