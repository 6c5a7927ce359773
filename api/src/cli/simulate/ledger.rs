//! A ledger as people and programs read it.

use std::collections::BTreeMap;

use dateline_core::time::rfc3339;
use serde_json::{Value, json};

use crate::cli::table;
use crate::time_machine::{Fate, LedgerLine, Scenario};

/// How many occurrences ended how.
pub(super) type Counts = BTreeMap<Fate, u64>;

pub(super) fn counts(lines: &[LedgerLine]) -> Counts {
    let mut counts = Counts::new();
    for line in lines {
        *counts.entry(line.fate).or_default() += line.count;
    }
    counts
}

/// Returns a line an occurrence, by the clocks of its schedule.
pub(super) fn table(lines: &[&LedgerLine]) -> String {
    let row = |line: &&LedgerLine| {
        let due = match (&line.local, line.first_due_at) {
            (Some(local), _) => local.clone(),
            (None, Some(first)) => format!("{} … {}", rfc3339(first), rfc3339(line.due_at)),
            (None, None) => rfc3339(line.due_at),
        };
        let fate = match line.count {
            1 => line.fate.as_str().to_owned(),
            count => format!("{} × {count}", line.fate.as_str()),
        };
        let project = line.project.clone().unwrap_or_default();
        [due, project, line.job.clone(), fate, line.reason_text.clone().unwrap_or_default()]
    };
    table::table(["due", "project", "job", "became", "why"], lines.iter().map(row))
}

/// Returns how many there were of what.
pub(super) fn summary(counts: &Counts) -> String {
    let told = Fate::ALL.iter().filter_map(|fate| {
        let count = counts.get(fate)?;
        Some(format!("{count} {}", fate.as_str().to_lowercase()))
    });
    let all: u64 = counts.values().sum();
    match all {
        0 => "Nothing is due in this time.".into(),
        1 => format!("1 occurrence: {}.", told.collect::<Vec<_>>().join(", ")),
        _ => format!("{all} occurrences: {}.", told.collect::<Vec<_>>().join(", ")),
    }
}

/// Returns the ledger for programs.
pub(super) fn json(scenario: &Scenario, lines: &[&LedgerLine], counts: &Counts) -> Value {
    let line = |line: &&LedgerLine| {
        json!({
            "dueAt": rfc3339(line.due_at),
            "firstDueAt": line.first_due_at.map(rfc3339),
            "count": line.count,
            "local": line.local,
            "project": line.project,
            "job": line.job,
            "became": line.fate.as_str(),
            "reason": line.reason,
            "reasonText": line.reason_text,
            "startedAt": line.started_at.map(rfc3339),
        })
    };
    let count =
        |fate: &Fate| (fate.as_str().to_lowercase(), json!(counts.get(fate).copied().unwrap_or_default()));
    json!({
        "from": rfc3339(scenario.from),
        "to": rfc3339(scenario.to),
        "counts": Value::Object(Fate::ALL.iter().map(count).collect()),
        "occurrences": lines.iter().map(line).collect::<Vec<_>>(),
    })
}
