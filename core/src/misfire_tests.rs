use super::*;
use crate::schedule::{Frequency, Rules, Schedule, TimeConfig};
use crate::time::rfc3339;

fn at(text: &str) -> Timestamp {
    text.parse().expect("an instant")
}

fn due(pattern: &str, after: &str, now: &str) -> Vec<Occurrence> {
    let time_config = TimeConfig {
        cron_expression: Some(pattern.into()),
        timezone: Some("UTC".into()),
        ..TimeConfig::default()
    };
    let schedule = Schedule { frequency: Frequency::Custom, time_config };
    let compiled = schedule.compile(&Rules::default()).expect("a good schedule");
    let all = compiled.occurrences_after(at(after)).map(|found| found.expect("it fires"));
    all.take_while(|occurrence| occurrence.effective_at <= at(now)).collect()
}

fn circumstances(now: &str, policy: MisfirePolicy) -> Circumstances {
    Circumstances {
        now: at(now),
        watching_since: at("2027-01-05T00:00:00Z"),
        policy,
        lateness_window: Duration::from_secs(7 * 24 * 3600),
    }
}

/// Judges the hourly occurrences after `after` and spells what became of them.
fn check(after: &str, now: &str, policy: MisfirePolicy, expected: &[&str]) {
    let judged = judge(due("0 * * * *", after, now), circumstances(now, policy));
    let mut found = Vec::new();
    if let Some(range) = &judged.range {
        found.push(format!("{} older {:?}", range.count, range.reason));
    }
    found.extend(judged.passed.iter().map(|(o, why)| format!("{} {why:?}", &rfc3339(o.due_at)[5..16])));
    found.extend(judged.run.iter().map(|(o, how)| format!("{} runs {how:?}", &rfc3339(o.due_at)[5..16])));
    assert_eq!(found, expected, "after {after}, now {now}, {policy:?}");
}

#[test]
fn the_newest_runs_and_covers_the_older_ones() {
    let policy = MisfirePolicy::RunOnce;
    check("2027-01-06T08:00:00Z", "2027-01-06T08:59:59Z", policy, &[]);
    check("2027-01-06T08:00:00Z", "2027-01-06T09:00:00Z", policy, &["01-06T09:00 runs OnTime"]);
    check("2027-01-06T08:00:00Z", "2027-01-06T09:01:00Z", policy, &["01-06T09:00 runs OnTime"]);
    check("2027-01-06T08:00:00Z", "2027-01-06T09:01:01Z", policy, &["01-06T09:00 runs Late"]);
    check(
        "2027-01-06T08:00:00Z",
        "2027-01-06T11:30:00Z",
        policy,
        &["01-06T09:00 Coalesced", "01-06T10:00 Coalesced", "01-06T11:00 runs Late"],
    );
}

#[test]
fn what_is_skipped_says_whether_we_were_down_or_asleep() {
    check(
        "2027-01-04T21:30:00Z",
        "2027-01-05T01:30:00Z",
        MisfirePolicy::Skip,
        &["01-04T22:00 Down", "01-04T23:00 Down", "01-05T00:00 Asleep", "01-05T01:00 Asleep"],
    );
}

#[test]
fn beyond_the_lateness_window_nothing_runs() {
    let daily = due("0 9 * * *", "2027-01-01T10:00:00Z", "2027-01-02T10:00:00Z");
    let given = Circumstances {
        lateness_window: Duration::from_secs(1800),
        ..circumstances("2027-01-02T10:00:00Z", MisfirePolicy::RunOnce)
    };
    let judged = judge(daily.clone(), given);
    assert_eq!(judged.run, None);
    assert_eq!(judged.passed, [(daily[0].clone(), MissReason::TooLate)]);
}

#[test]
fn a_long_gap_keeps_a_hundred_records_and_one_for_the_rest() {
    let hours = due("0 * * * *", "2027-01-01T00:30:00Z", "2027-01-15T00:30:00Z");
    assert_eq!(hours.len(), 14 * 24);
    let judged = judge(hours.clone(), circumstances("2027-01-15T00:30:00Z", MisfirePolicy::RunOnce));
    let range = judged.range.expect("older ones share a record");
    assert_eq!(range.count as usize + judged.passed.len() + 1, hours.len());
    assert_eq!((judged.passed.len(), range.first_due_at), (SINGLE_RECORDS_MAX, hours[0].due_at));
    assert_eq!(range.last_due_at, hours[hours.len() - SINGLE_RECORDS_MAX - 2].due_at);
    assert_eq!(judged.run.expect("the newest runs").0, hours[hours.len() - 1]);
}
