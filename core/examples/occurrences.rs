//! Lists the occurrences of many schedules, for the comparison with other programs.
//!
//! Reads one case a line on standard input, as JSON: `{"pattern": "0 9 * * 1-5", "zone": "Europe/Berlin",
//! "from": "2027-01-01T00:00:00Z", "until": "2027-02-01T00:00:00Z"}`, with `dayMatch`, `dstGap` and `dstOverlap`
//! where wanted. Writes the instants after `from` and before `until`, in seconds since 1970, one line a case,
//! or `!` and the fault. With `--tzdb` it prints the version of the zones instead.

use std::{
    error::Error,
    fmt::Write as _,
    io::{self, BufRead, BufWriter, Write},
    time::Duration,
};

use dateline_core::schedule::{
    DayMatch, DstGap, DstOverlap, Frequency, Rules, Schedule, TimeConfig, Timestamp, tzdb_version,
};

#[derive(serde::Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Case {
    pattern: String,
    zone: String,
    day_match: Option<DayMatch>,
    dst_gap: Option<DstGap>,
    dst_overlap: Option<DstOverlap>,
    from: Timestamp,
    until: Timestamp,
}

fn main() -> Result<(), Box<dyn Error>> {
    if std::env::args().nth(1).as_deref() == Some("--tzdb") {
        println!("{}", tzdb_version());
        return Ok(());
    }
    let mut output = BufWriter::new(io::stdout().lock());
    for line in io::stdin().lock().lines() {
        let case: Case = serde_json::from_str(&line?)?;
        writeln!(output, "{}", answer(case))?;
    }
    Ok(output.flush()?)
}

fn answer(case: Case) -> String {
    let Case { pattern, zone, day_match, dst_gap, dst_overlap, from, until } = case;
    let time_config = TimeConfig {
        cron_expression: Some(pattern),
        timezone: Some(zone),
        day_match,
        dst_gap,
        dst_overlap,
        ..TimeConfig::default()
    };
    let schedule = Schedule { frequency: Frequency::Custom, time_config };
    let compiled = match schedule.compile(&Rules { density_min: Duration::from_secs(1) }) {
        Ok(compiled) => compiled,
        Err(error) => return format!("! {error}"),
    };
    let mut line = String::new();
    for next in compiled.occurrences_after(from) {
        match next {
            Ok(next) if next.due_at < until => {
                let separator = if line.is_empty() { "" } else { " " };
                // Writing to a string cannot fail.
                let _ = write!(line, "{separator}{}", next.due_at.timestamp());
            }
            Ok(_) => break,
            Err(error) => return format!("! {error}"),
        }
    }
    line
}
