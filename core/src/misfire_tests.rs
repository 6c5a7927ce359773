use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::id::UserId;
use crate::pause::{Pause, PausedBy, Pauses};
use crate::schedule::{Exclusions, Frequency, Rules, Schedule, TimeConfig};
use crate::time::rfc3339;

fn at(text: &str) -> Timestamp {
    text.parse().expect("an instant")
}

fn due(pattern: &str, after: &str, now: &str) -> Vec<Occurrence> {
    due_except(pattern, None, after, now)
}

fn due_except(pattern: &str, exclusions: Option<Exclusions>, after: &str, now: &str) -> Vec<Occurrence> {
    let time_config = TimeConfig {
        cron_expression: Some(pattern.into()),
        timezone: Some("UTC".into()),
        exclusions,
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
        pauses: JobPauses::default(),
        runs_left: None,
        ask_for: None,
    }
}

/// Spells what became of occurrences.
fn spelled(judged: &Judgement) -> Vec<String> {
    let mut found = Vec::new();
    let why = |absence: Absence| match absence {
        Absence::Missed(reason) => format!("{reason:?}"),
        Absence::Paused => "Paused".to_owned(),
        Absence::Excluded(kind) => format!("Excluded({kind:?})"),
    };
    found.extend(judged.ranges.iter().map(|range| format!("{} older {}", range.count, why(range.absence))));
    let passed = judged.passed.iter();
    found.extend(passed.map(|(o, absence)| format!("{} {}", &rfc3339(o.due_at)[5..16], why(*absence))));
    found.extend(judged.runs.iter().map(|(o, how)| format!("{} runs {how:?}", &rfc3339(o.due_at)[5..16])));
    found
}

/// Judges the hourly occurrences after `after` and spells what became of them.
fn check(after: &str, now: &str, policy: MisfirePolicy, expected: &[&str]) {
    let judged = judge(due("0 * * * *", after, now), &circumstances(now, policy));
    assert_eq!(spelled(&judged), expected, "after {after}, now {now}, {policy:?}");
}

/// As [`check`], for a job with a pause from one instant to another.
fn check_paused(pause: (&str, &str), after: &str, now: &str, expected: &[&str]) {
    let by = PausedBy::Person { user: UserId::OWNER };
    let pause = Pause { since: at(pause.0), until: Some(at(pause.1)), reason: None, by };
    let pauses = JobPauses { job: Pauses::default().begun(pause), ..JobPauses::default() };
    let given = Circumstances { pauses, ..circumstances(now, MisfirePolicy::RunOnce) };
    let judged = judge(due("0 * * * *", after, now), &given);
    assert_eq!(spelled(&judged), expected, "after {after}, now {now}");
}

#[test]
fn what_falls_due_in_a_pause_is_no_misfire() {
    let pause = ("2027-01-06T09:30:00Z", "2027-01-06T11:30:00Z");
    let after = "2027-01-06T08:30:00Z";
    // Down since half past eight, back in the pause: nothing runs.
    check_paused(pause, after, "2027-01-06T10:30:00Z", &["01-06T09:00 Paused", "01-06T10:00 Paused"]);
    // Back after it: what was due before it was missed and runs late, what was due in it was paused.
    let paused = ["01-06T10:00 Paused", "01-06T11:00 Paused"];
    let expected = [&paused[..], &["01-06T09:00 runs Late"]].concat();
    check_paused(pause, after, "2027-01-06T11:45:00Z", &expected);
    let expected = [&["01-06T09:00 Coalesced"], &paused[..], &["01-06T12:00 runs OnTime"]].concat();
    check_paused(pause, after, "2027-01-06T12:00:00Z", &expected);
}

#[test]
fn a_pause_ends_with_the_instant_it_names() {
    let pause = ("2027-01-06T09:00:00Z", "2027-01-06T10:00:00Z");
    let (after, now) = ("2027-01-06T08:30:00Z", "2027-01-06T10:00:00Z");
    check_paused(pause, after, now, &["01-06T09:00 Paused", "01-06T10:00 runs OnTime"]);
}

#[test]
fn a_long_pause_in_a_long_gap_has_a_range_of_its_own() {
    let pause = ("2027-01-08T00:00:00Z", "2027-01-11T00:00:00Z");
    let (after, now) = ("2027-01-06T00:30:00Z", "2027-01-20T00:30:00Z");
    let by = PausedBy::Person { user: UserId::OWNER };
    let pause = Pause { since: at(pause.0), until: Some(at(pause.1)), reason: None, by };
    let pauses = JobPauses { engine: Pauses::default().begun(pause), ..JobPauses::default() };
    let given = Circumstances { pauses, ..circumstances(now, MisfirePolicy::RunOnce) };
    let judged = judge(due("0 * * * *", after, now), &given);
    let found = spelled(&judged);
    let hours_between = 14 * 24 - 47 - 72 - SINGLE_RECORDS_MAX - 1;
    let expected = [
        "47 older Coalesced".to_owned(),
        "72 older Paused".to_owned(),
        format!("{hours_between} older Coalesced"),
    ];
    assert_eq!(found[..3], expected);
    assert_eq!(
        (judged.passed.len(), found.last().map(String::as_str)),
        (SINGLE_RECORDS_MAX, Some("01-20T00:00 runs Late"))
    );
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
    let judged = judge(daily.clone(), &given);
    assert_eq!(judged.runs, []);
    assert_eq!(judged.passed, [(daily[0].clone(), Absence::Missed(MissReason::TooLate))]);
}

#[test]
fn a_long_gap_keeps_a_hundred_records_and_one_for_the_rest() {
    let hours = due("0 * * * *", "2027-01-01T00:30:00Z", "2027-01-15T00:30:00Z");
    assert_eq!(hours.len(), 14 * 24);
    let judged = judge(hours.clone(), &circumstances("2027-01-15T00:30:00Z", MisfirePolicy::RunOnce));
    let [range] = &judged.ranges[..] else { panic!("older ones share a record") };
    assert_eq!(range.count as usize + judged.passed.len() + 1, hours.len());
    assert_eq!((judged.passed.len(), range.first_due_at), (SINGLE_RECORDS_MAX, hours[0].due_at));
    assert_eq!(range.last_due_at, hours[hours.len() - SINGLE_RECORDS_MAX - 2].due_at);
    assert_eq!(judged.runs[0].0, hours[hours.len() - 1]);
}

#[test]
fn all_run_oldest_first_up_to_the_cap() {
    let policy = MisfirePolicy::RunAll;
    check(
        "2027-01-06T08:00:00Z",
        "2027-01-06T11:00:30Z",
        policy,
        &["01-06T09:00 runs Late", "01-06T10:00 runs Late", "01-06T11:00 runs OnTime"],
    );
    let hours = due("0 * * * *", "2027-01-01T00:30:00Z", "2027-01-15T00:30:00Z");
    let judged = judge(hours.clone(), &circumstances("2027-01-15T00:30:00Z", policy));
    assert_eq!((judged.runs.len(), judged.passed.len()), (RUN_ALL_MAX, SINGLE_RECORDS_MAX));
    assert_eq!(judged.runs[0].0, hours[hours.len() - RUN_ALL_MAX]);
    assert!(judged.passed.iter().all(|(_, why)| *why == Absence::Missed(MissReason::Coalesced)));
    let total: u64 = judged.ranges.iter().map(|range| range.count).sum();
    assert_eq!(total as usize + SINGLE_RECORDS_MAX + RUN_ALL_MAX, hours.len());
}

#[test]
fn each_of_all_must_be_within_the_window() {
    let given = Circumstances {
        lateness_window: Duration::from_secs(2 * 3600),
        ..circumstances("2027-01-06T11:30:00Z", MisfirePolicy::RunAll)
    };
    let judged = judge(due("0 * * * *", "2027-01-06T08:00:00Z", "2027-01-06T11:30:00Z"), &given);
    let expected = ["01-06T09:00 TooLate", "01-06T10:00 runs Late", "01-06T11:00 runs Late"];
    assert_eq!(spelled(&judged), expected);
}

#[test]
fn no_more_run_than_the_schedule_has_left() {
    let given =
        Circumstances { runs_left: Some(2), ..circumstances("2027-01-06T11:30:00Z", MisfirePolicy::RunAll) };
    let judged = judge(due("0 * * * *", "2027-01-06T08:00:00Z", "2027-01-06T11:30:00Z"), &given);
    let expected = ["01-06T09:00 Coalesced", "01-06T10:00 runs Late", "01-06T11:00 runs Late"];
    assert_eq!(spelled(&judged), expected);
}

#[test]
fn what_is_excluded_is_no_misfire_and_says_which_rule() {
    let (after, now) = ("2027-01-06T08:30:00Z", "2027-01-06T13:30:00Z");
    let hours = Some(vec!["10:00-12:00".to_owned(), "13:00-14:00".to_owned()]);
    let exclusions = Exclusions { hours, ..Exclusions::default() };
    let due = due_except("0 * * * *", Some(exclusions), after, now);
    let judged = judge(due, &circumstances(now, MisfirePolicy::RunOnce));
    let excluded = |hour: u8| format!("01-06T{hour:02}:00 Excluded(Hours)");
    let expected = [
        "01-06T09:00 Coalesced".to_owned(),
        excluded(10),
        excluded(11),
        excluded(13),
        "01-06T12:00 runs Late".into(),
    ];
    assert_eq!(spelled(&judged), expected);
}

#[test]
fn in_a_long_gap_what_one_kind_of_rule_excludes_shares_a_record() {
    let (after, now) = ("2027-01-01T00:30:00Z", "2027-01-31T00:30:00Z");
    let exclusions = Exclusions {
        hours: Some(vec!["22:00-06:00".to_owned()]),
        days_of_week: Some(vec![0, 6]),
        ..Exclusions::default()
    };
    let due = due_except("0 * * * *", Some(exclusions), after, now);
    let all = due.len();
    let judged = judge(due, &circumstances(now, MisfirePolicy::RunOnce));
    let reasons: Vec<_> = judged.ranges.iter().map(|range| range.absence).collect();
    let expected = [
        Absence::Excluded(ExclusionKind::Hours),
        Absence::Missed(MissReason::Coalesced),
        Absence::Excluded(ExclusionKind::Weekday),
    ];
    assert_eq!(reasons, expected);
    let total: u64 = judged.ranges.iter().map(|range| range.count).sum();
    assert_eq!(total as usize + judged.passed.len() + judged.runs.len(), all, "each has one record");
    assert!(judged.ranges.is_sorted_by_key(|range| range.first_due_at));
}

#[test]
fn a_person_is_asked_about_the_newest_for_so_long() {
    let check = |ask_for: Option<u64>, until: &str| {
        let given = Circumstances {
            lateness_window: Duration::from_secs(6 * 3600),
            ask_for: ask_for.map(Duration::from_secs),
            ..circumstances("2027-01-06T10:30:00Z", MisfirePolicy::Ask)
        };
        let judged = judge(due("0 * * * *", "2027-01-06T08:00:00Z", "2027-01-06T10:30:00Z"), &given);
        assert_eq!(judged.runs.len(), 1);
        assert_eq!(judged.runs[0].1, Punctuality::Asked { until: at(until) }, "{ask_for:?}");
        assert_eq!(judged.passed[0].1, Absence::Missed(MissReason::Coalesced));
    };
    check(None, "2027-01-06T16:00:00Z");
    check(Some(3_600), "2027-01-06T11:30:00Z");
    check(Some(24 * 3_600), "2027-01-06T16:00:00Z");
    let policy = MisfirePolicy::Ask;
    self::check("2027-01-06T08:00:00Z", "2027-01-06T09:00:30Z", policy, &["01-06T09:00 runs OnTime"]);
    let given = Circumstances {
        lateness_window: Duration::from_secs(600),
        ..circumstances("2027-01-06T09:30:00Z", policy)
    };
    let judged = judge(due("0 * * * *", "2027-01-06T08:00:00Z", "2027-01-06T09:30:00Z"), &given);
    assert_eq!(spelled(&judged), ["01-06T09:00 TooLate"], "nobody is asked in vain");
}

proptest! {
    #[test]
    fn every_occurrence_has_its_place_in_one_record(
        hours in 0_i64..600,
        pauses in prop::collection::vec((0_i64..200, 1_i64..160), 0..4),
        policy in prop::sample::select(vec![MisfirePolicy::RunOnce, MisfirePolicy::RunAll, MisfirePolicy::Skip]),
        window_hours in 0_u64..400,
    ) {
        let (begin, hour) = (at("2027-01-01T00:30:00Z"), |hours: i64| chrono::TimeDelta::hours(hours));
        let now = begin + hour(hours);
        let (mut all, mut since) = (Pauses::default(), begin);
        for (after, long) in pauses {
            since += hour(after);
            let by = PausedBy::Person { user: UserId::OWNER };
            all = all.begun(Pause { since, until: Some(since + hour(long)), reason: None, by });
            since += hour(long);
        }
        let given = Circumstances {
            lateness_window: Duration::from_secs(window_hours * 3_600),
            pauses: JobPauses { job: all, ..JobPauses::default() },
            ..circumstances(&rfc3339(now), policy)
        };
        let due = due("0 * * * *", &rfc3339(begin), &rfc3339(now));
        let judged = judge(due.clone(), &given);
        let singles = judged.passed.iter().map(|(occurrence, _)| occurrence.due_at);
        let placed: Vec<Timestamp> = singles.chain(judged.runs.iter().map(|(run, _)| run.due_at)).collect();
        // What shares a record for one reason may lie around what shares another for another: a pause between two gaps.
        let alone: BTreeSet<Timestamp> = placed.iter().copied().collect();
        prop_assert_eq!(alone.len(), placed.len(), "one has two records");
        let shared: Vec<Timestamp> =
            due.iter().map(|one| one.due_at).filter(|due_at| !alone.contains(due_at)).collect();
        let counted: u64 = judged.ranges.iter().map(|range| range.count).sum();
        prop_assert_eq!(counted, shared.len() as u64, "each has one record");
        for due_at in &shared {
            let holds = |range: &PassedRange| (range.first_due_at..=range.last_due_at).contains(due_at);
            prop_assert!(judged.ranges.iter().any(holds), "{} has none", due_at);
        }
        for range in &judged.ranges {
            let within = shared.iter().filter(|due_at| (range.first_due_at..=range.last_due_at).contains(due_at));
            prop_assert!(within.count() as u64 >= range.count, "{:?}", range);
            prop_assert!(shared.contains(&range.first_due_at) && shared.contains(&range.last_due_at));
        }
        prop_assert!(judged.passed.windows(2).all(|pair| pair[0].0.due_at < pair[1].0.due_at));
        // What runs are the newest that no pause keeps back.
        let free = due.iter().rev().filter(|one| !given.pauses.keep_back(one.due_at, now));
        let newest: BTreeSet<Timestamp> = free.take(judged.runs.len()).map(|one| one.due_at).collect();
        prop_assert!(judged.runs.iter().all(|(run, _)| newest.contains(&run.due_at)));
    }
}
