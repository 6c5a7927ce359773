//! What an occurrence costs: ours beside croner alone, the worst patterns, and the checks of a new schedule.
//!
//! Run with `cargo bench -p dateline-core --bench schedule`. The figure to hold: `next_after` for weekdays at 09:00
//! in New York at a median of at most 1 µs.

use std::time::Duration;

use dateline_core::schedule::{
    CompiledSchedule, DayMatch, DstGap, Frequency, Rules, Schedule, TimeConfig, Timestamp,
};
use divan::{Bencher, black_box};

const ZONE: &str = "America/New_York";

/// From the plainest to those that make a search look furthest.
const PATTERNS: [&str; 7] = [
    "0 9 * * 1-5",
    "* * * * *",
    "*/5 9-17 * * 1-5",
    "0 0 LW * *",
    "0 0 * * 5#5",
    "30 2 29 2 *",
    // Leap days on a Monday: once in 28 years, 40 across the year 2100.
    "0 0 29 2 1",
];

fn main() {
    divan::main();
}

fn at(text: &str) -> Timestamp {
    text.parse().expect("an instant")
}

fn schedule(pattern: &str) -> Schedule {
    let time_config = TimeConfig {
        cron_expression: Some(pattern.into()),
        timezone: Some(ZONE.into()),
        day_match: Some(DayMatch::And),
        ..TimeConfig::default()
    };
    Schedule { frequency: Frequency::Custom, time_config }
}

fn compiled(pattern: &str) -> CompiledSchedule {
    schedule(pattern).compile(&Rules { density_min: Duration::from_secs(1) }).expect("a sound schedule")
}

/// Instants a little over eleven hours apart, so that all days, hours and clock changes are met.
fn instants() -> Vec<Timestamp> {
    let start = at("2026-11-23T18:00:00Z");
    (0..1000).map(|index| start + Duration::from_secs(index * 40_009)).collect()
}

#[divan::bench(args = PATTERNS)]
fn next_after(bencher: Bencher<'_, '_>, pattern: &str) {
    let (compiled, instants) = (compiled(pattern), instants());
    let mut turn = instants.iter().cycle();
    bencher
        .with_inputs(|| *turn.next().expect("a cycle has no end"))
        .bench_local_values(|instant| black_box(&compiled).next_after(instant));
}

#[divan::bench(args = PATTERNS)]
fn croner_alone(bencher: Bencher<'_, '_>, pattern: &str) {
    let parser = croner::parser::CronParser::builder().dom_and_dow(true).build();
    let (cron, instants) = (parser.parse(pattern).expect("a pattern"), instants());
    let mut turn = instants.iter().cycle();
    bencher
        .with_inputs(|| turn.next().expect("a cycle has no end").with_timezone(&chrono_tz::America::New_York))
        .bench_local_values(|instant| black_box(&cron).find_next_occurrence(&instant, false).ok());
}

#[divan::bench]
fn next_after_from_the_worst_instant(bencher: Bencher<'_, '_>) {
    // The Monday leap day of 2072 has just passed; the next one is in 2112.
    let (compiled, instant) = (compiled("0 0 29 2 1"), at("2072-03-01T00:00:00Z"));
    bencher.bench_local(|| black_box(&compiled).next_after(black_box(instant)));
}

#[divan::bench(args = PATTERNS)]
fn compile_a_schedule(bencher: Bencher<'_, '_>, pattern: &str) {
    let schedule = schedule(pattern);
    bencher.bench_local(|| black_box(&schedule).compile(&Rules::default()));
}

#[divan::bench(args = ["0 0 31 4,6,9,11 *", "0 0 30 2 *", ", * * * *", "* * * * * *", "0 0 1 * 1#5"])]
fn refuse_a_pattern(bencher: Bencher<'_, '_>, pattern: &str) {
    let schedule = schedule(pattern);
    bencher.bench_local(|| black_box(&schedule).compile(&Rules::default()).expect_err("a fault"));
}

/// The costliest refusal: every occurrence up to the horizon is looked at, and skipped by the clocks.
#[divan::bench]
fn refuse_a_time_that_is_always_skipped(bencher: Bencher<'_, '_>) {
    let mut schedule = schedule("30 2 8 3 0");
    schedule.time_config.dst_gap = Some(DstGap::Skip);
    bencher.bench_local(|| black_box(&schedule).compile(&Rules::default()).expect_err("a fault"));
}
