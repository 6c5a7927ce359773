//! `dateline next`: when a pattern fires, in any zone, under today's law.

use dateline_tests::command::{Ran, dateline};
use serde_json::Value;

fn next(pattern: &str, zone: &str, from: &str, count: &str) -> Vec<String> {
    let ran = dateline(["next", pattern, "--tz", zone, "--from", from, "-n", count]);
    ran.done().lines().map(str::to_owned).collect()
}

/// Checks what follows `from`, one instant a line. The expected lines were worked out with Python's `zoneinfo` and
/// the tz database 2026f.
#[track_caller]
fn check(pattern: &str, zone: &str, from: &str, expected: &[&str]) {
    let found = next(pattern, zone, from, &expected.len().to_string());
    assert_eq!(found, expected, "{pattern} in {zone} from {from}");
}

#[test]
fn instants_carry_the_offset_of_their_zone() {
    let new_year = "2026-12-31T12:00:00Z";
    check("0 9 * * *", "UTC", new_year, &["2027-01-01T09:00:00+00:00"]);
    check("0 9 * * *", "Asia/Kolkata", new_year, &["2027-01-01T09:00:00+05:30"]);
    check("0 9 * * *", "Asia/Kathmandu", new_year, &["2027-01-01T09:00:00+05:45"]);
    check("0 9 * * *", "America/St_Johns", "2027-06-30T12:00:00Z", &["2027-07-01T09:00:00-02:30"]);
    check("0 9 * * *", "Pacific/Apia", "2027-05-31T12:00:00Z", &["2027-06-01T09:00:00+13:00"]);
    check("30 9 * * 1-5", "Europe/Paris", "2027-03-26T12:00:00Z", &["2027-03-29T09:30:00+02:00"]);
}

#[test]
fn zones_follow_the_law_of_today() {
    let new_year = "2026-12-31T20:00:00Z";
    check("0 9 * * *", "America/Vancouver", new_year, &["2027-01-01T09:00:00-07:00"]);
    check("0 9 * * *", "America/Edmonton", new_year, &["2027-01-01T09:00:00-06:00"]);
    check("0 9 * * *", "America/Winnipeg", new_year, &["2027-01-01T09:00:00-05:00"]);
    check("0 9 * * *", "America/Havana", new_year, &["2027-01-01T09:00:00-04:00"]);
    check("0 9 * * *", "Africa/Casablanca", new_year, &["2027-01-01T09:00:00+00:00"]);
}

#[test]
fn a_skipped_time_runs_at_the_end_of_the_gap() {
    let paris = ["2027-03-28T03:00:00+02:00", "2027-03-29T02:30:00+02:00"];
    check("30 2 * * *", "Europe/Paris", "2027-03-27T12:00:00Z", &paris);
    let york = ["2027-03-14T03:00:00-04:00", "2027-03-15T02:30:00-04:00"];
    check("30 2 * * *", "America/New_York", "2027-03-13T12:00:00Z", &york);
    let lord_howe = ["2027-10-03T02:30:00+11:00", "2027-10-04T02:15:00+11:00"];
    check("15 2 * * *", "Australia/Lord_Howe", "2027-10-02T12:00:00Z", &lord_howe);
    let beirut = ["2027-03-28T01:00:00+03:00", "2027-03-29T00:00:00+03:00"];
    check("0 0 * * *", "Asia/Beirut", "2027-03-27T12:00:00Z", &beirut);
    let troll = ["2027-03-28T03:00:00+02:00", "2027-03-29T02:00:00+02:00"];
    check("0 2 * * *", "Antarctica/Troll", "2027-03-27T12:00:00Z", &troll);
}

#[test]
fn several_times_in_one_gap_run_once() {
    let after = ["2027-03-14T03:00:00-04:00", "2027-03-15T02:00:00-04:00"];
    check("0,15,30,45 2 * * *", "America/New_York", "2027-03-13T12:00:00Z", &after);
}

#[test]
fn a_repeated_time_runs_the_first_time() {
    let paris = ["2027-10-31T02:30:00+02:00", "2027-11-01T02:30:00+01:00"];
    check("30 2 * * *", "Europe/Paris", "2027-10-30T12:00:00Z", &paris);
}

#[test]
fn a_pattern_of_every_hour_follows_elapsed_time() {
    let paris = ["2027-10-31T02:00:00+02:00", "2027-10-31T02:00:00+01:00", "2027-10-31T03:00:00+01:00"];
    check("0 * * * *", "Europe/Paris", "2027-10-30T23:59:00Z", &paris);
    let york = ["2027-03-14T01:30:00-05:00", "2027-03-14T03:00:00-04:00"];
    check("*/30 * * * *", "America/New_York", "2027-03-14T06:00:00Z", &york);
}

#[test]
fn special_days_names_and_kinds_are_known() {
    let from = "2027-02-01T00:00:00Z";
    check("0 9 L * *", "UTC", from, &["2027-02-28T09:00:00+00:00", "2027-03-31T09:00:00+00:00"]);
    check("0 9 15W * *", "UTC", "2027-08-01T00:00:00Z", &["2027-08-16T09:00:00+00:00"]);
    check("0 9 * * MON#2", "UTC", from, &["2027-02-08T09:00:00+00:00"]);
    check("0 9 * JUN FRI", "UTC", from, &["2027-06-04T09:00:00+00:00"]);
    check("@daily", "UTC", from, &["2027-02-02T00:00:00+00:00"]);
    check("0 0 29 2 *", "UTC", from, &["2028-02-29T00:00:00+00:00"]);
    // Day of month and weekday together mean OR.
    check("0 9 13 * FRI", "UTC", "2027-02-12T10:00:00Z", &["2027-02-13T09:00:00+00:00"]);
}

#[test]
fn json_says_the_same_and_more() {
    let arguments =
        ["next", "30 2 * * *", "--tz", "Europe/Paris", "--from", "2027-03-27T12:00:00Z", "-n", "2", "--json"];
    let told: Value = serde_json::from_str(&dateline(arguments).done()).expect("JSON");
    assert!(told["description"].as_str().is_some_and(|text| text.contains("02:30")), "{told}");
    let due: Vec<&str> = told["occurrences"]
        .as_array()
        .expect("occurrences")
        .iter()
        .map(|occurrence| occurrence["dueAt"].as_str().expect("an instant"))
        .collect();
    assert_eq!(due, ["2027-03-28T01:00:00.000Z", "2027-03-29T00:30:00.000Z"]);
    assert!(told["occurrences"][0]["note"].is_string(), "what the clocks did is said: {told}");
    assert!(told["occurrences"][1]["note"].is_null(), "{told}");
}

#[test]
fn a_bad_pattern_or_zone_is_refused_with_the_field_named() {
    let row = |pattern: &str, zone: &str| -> Ran { dateline(["next", pattern, "--tz", zone]) };
    let patterns =
        ["61 * * * *", "0 25 * * *", "0 0 30 2 *", ", * * * *", "a b c d e", "", "0 0 31 4,6,9,11 *"];
    for pattern in patterns {
        let ran = row(pattern, "UTC");
        assert!(matches!(ran.code, Some(1 | 2)), "{pattern:?}: {ran:?}");
        assert!(ran.stdout.is_empty(), "{pattern:?}: {ran:?}");
        assert!(!ran.stderr.contains("panicked"), "{pattern:?}: {ran:?}");
        let said = ran.stderr.to_lowercase();
        let named = ["minute", "hour", "day", "month", "field", "pattern", "cronexpression", "fires"];
        assert!(named.iter().any(|word| said.contains(word)), "{pattern:?} names the field: {said}");
    }
    for zone in ["../../etc/passwd", "Mars/Olympus", "", "EST5EDT,M3.2.0"] {
        let ran = row("0 9 * * *", zone);
        assert!(matches!(ran.code, Some(1 | 2)), "{zone:?}: {ran:?}");
        assert!(ran.stderr.contains("zone") || ran.stderr.contains("--tz"), "{zone:?}: {ran:?}");
    }
    let ran = row("0 9 * * *", "america/new_york");
    assert!(matches!(ran.code, Some(1 | 2)), "{ran:?}");
    assert!(ran.stderr.contains("America/New_York"), "the right spelling is suggested: {ran:?}");
}
