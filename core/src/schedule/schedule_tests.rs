use proptest::prelude::*;

use super::*;

fn at(text: &str) -> Timestamp {
    // Cases may leave the seconds out: `2027-03-26T12:00Z`.
    let text = if text.len() == 17 { text.replace('Z', ":00Z") } else { text.to_owned() };
    text.parse().expect("an instant")
}

fn cron(pattern: &str, zone: &str) -> Schedule {
    let time_config = TimeConfig {
        cron_expression: Some(pattern.into()),
        timezone: Some(zone.into()),
        ..TimeConfig::default()
    };
    Schedule { frequency: Frequency::Custom, time_config }
}

fn compile(schedule: &Schedule) -> CompiledSchedule {
    schedule.compile(&Rules { density_min: Duration::from_secs(1) }).expect("a sound schedule")
}

fn check_schedule(schedule: &Schedule, from: &str, expected: &[&str]) {
    let found: Vec<Timestamp> = compile(schedule)
        .occurrences_after(at(from))
        .take(expected.len())
        .map(|next| next.expect("an occurrence").due_at)
        .collect();
    let expected: Vec<Timestamp> = expected.iter().map(|text| at(text)).collect();
    assert_eq!(found, expected, "{:?}", schedule.time_config);
}

fn check(pattern: &str, zone: &str, from: &str, expected: &str) {
    check_schedule(&cron(pattern, zone), from, &[expected]);
}

fn check_many(pattern: &str, zone: &str, from: &str, expected: &[&str]) {
    check_schedule(&cron(pattern, zone), from, expected);
}

fn fixed(pattern: &str, zone: &str, gap: DstGap, overlap: DstOverlap) -> Schedule {
    let mut schedule = cron(pattern, zone);
    schedule.time_config.dst_gap = Some(gap);
    schedule.time_config.dst_overlap = Some(overlap);
    schedule
}

fn refused(schedule: &Schedule) -> Vec<(String, &'static str)> {
    let error = schedule.compile(&Rules::default()).expect_err("a fault");
    error.faults.into_iter().map(|fault| (fault.pointer, fault.code.as_str())).collect()
}

#[test]
fn patterns_follow_the_wall_clock() {
    check("30 9 * * 1-5", "Europe/Paris", "2027-03-26T12:00Z", "2027-03-29T07:30Z");
    check("30 9 * * 1-5", "Europe/Paris", "2027-03-26T08:29:59Z", "2027-03-26T08:30Z");
    check("30 9 * * 1-5", "Europe/Paris", "2027-03-26T08:30Z", "2027-03-29T07:30Z");
    check("0 9 * * *", "Asia/Kathmandu", "2027-01-01T00:00Z", "2027-01-01T03:15Z");
    check("*/20 9-17 * * *", "UTC", "2027-01-01T17:40Z", "2027-01-02T09:00Z");
    check("10,20 * * * * *", "UTC", "2027-01-01T00:00:10Z", "2027-01-01T00:00:20Z");
    check("@hourly", "UTC", "2027-01-01T00:00Z", "2027-01-01T01:00Z");
    check("@annually", "UTC", "2027-01-01T00:00Z", "2028-01-01T00:00Z");
    check("@Midnight", "America/New_York", "2027-01-01T00:00Z", "2027-01-01T05:00Z");
}

#[test]
fn days_are_found_by_date_weekday_and_place_in_the_month() {
    let from = "2027-01-01T00:00Z"; // A Friday.
    check("0 0 L * *", "UTC", from, "2027-01-31T00:00Z");
    check("0 0 LW * *", "UTC", from, "2027-01-29T00:00Z");
    check("0 0 16W * *", "UTC", from, "2027-01-15T00:00Z");
    check("0 0 17W * *", "UTC", from, "2027-01-18T00:00Z");
    check("0 0 1W 5 *", "UTC", from, "2027-05-03T00:00Z");
    check("0 0 31W 10 *", "UTC", from, "2027-10-29T00:00Z");
    check("0 0 31W * *", "UTC", "2027-03-31T00:00Z", "2027-05-31T00:00Z");
    check("0 0 * * 5L", "UTC", from, "2027-01-29T00:00Z");
    check("0 0 * * FRI#L", "UTC", from, "2027-01-29T00:00Z");
    check("0 0 * * fri#2", "UTC", from, "2027-01-08T00:00Z");
    check("0 0 * * 6#5", "UTC", from, "2027-01-30T00:00Z");
    check("0 0 * * 4#5", "UTC", from, "2027-04-29T00:00Z");
    check("0 0 ? JAN,feb 7", "UTC", from, "2027-01-03T00:00Z");
    check("0 0 * * FRI-SUN", "UTC", from, "2027-01-02T00:00Z");
    check("0 0 29 2 *", "UTC", from, "2028-02-29T00:00Z");
    check_many("0 0 13 * 5", "UTC", "2027-08-07T00:00Z", &["2027-08-13T00:00Z", "2027-08-20T00:00Z"]);
    let mut both = cron("0 0 29 2 1", "UTC");
    both.time_config.day_match = Some(DayMatch::And);
    check_schedule(&both, from, &["2044-02-29T00:00Z", "2072-02-29T00:00Z", "2112-02-29T00:00Z"]);
}

#[test]
fn a_skipped_time_runs_where_the_policy_says() {
    // Berlin skips 02:00 to 03:00 on 2027-03-28, at 01:00 UTC.
    let check = |pattern: &str, gap, expected: &[&str]| {
        let schedule = fixed(pattern, "Europe/Berlin", gap, DstOverlap::First);
        check_schedule(&schedule, "2027-03-27T12:00Z", expected);
    };
    check("30 2 * * *", DstGap::AfterGap, &["2027-03-28T01:00Z", "2027-03-29T00:30Z"]);
    check("30 2 * * *", DstGap::Shift, &["2027-03-28T01:30Z", "2027-03-29T00:30Z"]);
    check("30 2 * * *", DstGap::Skip, &["2027-03-29T00:30Z"]);
    check("0,15,30,45 2 * * *", DstGap::AfterGap, &["2027-03-28T01:00Z", "2027-03-29T00:00Z"]);
    check("30 2,3 * * *", DstGap::AfterGap, &["2027-03-28T01:00Z", "2027-03-28T01:30Z", "2027-03-29T00:30Z"]);
    check("30 2,3 * * *", DstGap::Shift, &["2027-03-28T01:30Z", "2027-03-29T00:30Z"]);
    check("0,40 2,3 * * *", DstGap::Shift, &["2027-03-28T01:00Z", "2027-03-28T01:40Z", "2027-03-29T00:00Z"]);
    check("0-59/15 2 * * *", DstGap::AfterGap, &["2027-03-28T01:00Z", "2027-03-29T00:00Z"]);
    check("0 30 2 * * *", DstGap::AfterGap, &["2027-03-28T01:00Z", "2027-03-29T00:30Z"]);
    check("30 2 28 3 *", DstGap::AfterGap, &["2027-03-28T01:00Z", "2028-03-28T00:30Z"]);
}

#[test]
fn a_repeated_time_runs_as_often_as_the_policy_says() {
    // Berlin shows 02:00 to 03:00 twice on 2027-10-31, from 00:00 UTC.
    let check = |pattern: &str, overlap, expected: &[&str]| {
        let schedule = fixed(pattern, "Europe/Berlin", DstGap::AfterGap, overlap);
        check_schedule(&schedule, "2027-10-30T12:00Z", expected);
    };
    check("30 2 * * *", DstOverlap::First, &["2027-10-31T00:30Z", "2027-11-01T01:30Z"]);
    check("30 2 * * *", DstOverlap::Second, &["2027-10-31T01:30Z", "2027-11-01T01:30Z"]);
    check("30 2 * * *", DstOverlap::Both, &["2027-10-31T00:30Z", "2027-10-31T01:30Z", "2027-11-01T01:30Z"]);
    check(
        "0,30 2 31 10 *",
        DstOverlap::Both,
        &[
            "2027-10-31T00:00Z",
            "2027-10-31T00:30Z",
            "2027-10-31T01:00Z",
            "2027-10-31T01:30Z",
            "2028-10-31T01:00Z",
        ],
    );
    check("0 2,3 * * *", DstOverlap::First, &["2027-10-31T00:00Z", "2027-10-31T02:00Z"]);
    // Asked between the two passes, the first one is over.
    check_schedule(
        &fixed("45 2 * * *", "Europe/Berlin", DstGap::AfterGap, DstOverlap::First),
        "2027-10-31T01:10Z",
        &["2027-11-01T01:45Z"],
    );
}

#[test]
fn patterns_with_a_star_follow_elapsed_time() {
    let zone = "America/New_York"; // Forward on 2027-03-14 at 07:00 UTC, back on 2027-11-07 at 06:00 UTC.
    check_many("*/30 * * * *", zone, "2027-03-14T06:00Z", &["2027-03-14T06:30Z", "2027-03-14T07:00Z"]);
    check_many("0 */2 * * *", zone, "2027-03-14T04:00Z", &["2027-03-14T05:00Z", "2027-03-14T08:00Z"]);
    check_many("*/30 2 * * *", zone, "2027-03-14T04:00Z", &["2027-03-15T06:00Z"]);
    check_many("30 * * * *", zone, "2027-11-07T05:00Z", &["2027-11-07T05:30Z", "2027-11-07T06:30Z"]);
    check_many(
        "*/30 1 * * *",
        zone,
        "2027-11-07T05:00Z",
        &["2027-11-07T05:30Z", "2027-11-07T06:00Z", "2027-11-07T06:30Z", "2027-11-08T06:00Z"],
    );
}

#[test]
fn shifts_have_the_size_the_zone_gives_them() {
    // Lord Howe: half an hour, 02:00 to 02:30 on 2027-10-03 (15:30 UTC the day before).
    check_many("15 2 * * *", "Australia/Lord_Howe", "2027-10-02T00:00Z", &["2027-10-02T15:30Z"]);
    let shift = fixed("15 2 * * *", "Australia/Lord_Howe", DstGap::Shift, DstOverlap::First);
    check_schedule(&shift, "2027-10-02T00:00Z", &["2027-10-02T15:45Z", "2027-10-03T15:15Z"]);
    // Troll: two hours, 01:00 to 03:00 on 2027-03-28.
    let shift = fixed("30 1 * * *", "Antarctica/Troll", DstGap::Shift, DstOverlap::First);
    check_schedule(&shift, "2027-03-28T00:00Z", &["2027-03-28T01:30Z", "2027-03-28T23:30Z"]);
    // Beirut: midnight itself is skipped on 2027-03-28.
    check_many("0 0 * * *", "Asia/Beirut", "2027-03-27T12:00Z", &["2027-03-27T22:00Z", "2027-03-28T21:00Z"]);
    // Nuuk: the last hour of Saturday is skipped, so it runs on Sunday at 00:00.
    check_many("30 23 * * 6", "America/Nuuk", "2027-03-27T12:00Z", &["2027-03-28T01:00Z"]);
}

#[test]
fn a_day_that_a_country_left_out_is_left_out() {
    let zone = "Pacific/Apia"; // From -10:00 to +14:00: 2011-12-30 does not exist there.
    check_many("30 9 * * *", zone, "2011-12-29T00:00Z", &["2011-12-29T19:30Z", "2011-12-30T19:30Z"]);
    check_many("0 * * * *", zone, "2011-12-30T08:30Z", &["2011-12-30T09:00Z", "2011-12-30T10:00Z"]);
    let shift = fixed("0 9 30 12 *", zone, DstGap::Shift, DstOverlap::First);
    check_schedule(&shift, "2011-12-01T00:00Z", &["2012-12-29T19:00Z"]);
}

#[test]
fn the_plain_frequencies_name_their_times() {
    let config = |day_of_week, day_of_month| TimeConfig {
        hour: Some(17),
        minute: Some(0),
        day_of_week,
        day_of_month,
        timezone: Some("Europe/Berlin".into()),
        ..TimeConfig::default()
    };
    let check = |frequency, time_config, expected: &[&str], description: &str| {
        let schedule = Schedule { frequency, time_config };
        check_schedule(&schedule, "2027-01-30T18:00Z", expected);
        assert_eq!(compile(&schedule).description(), description);
    };
    check(Frequency::Daily, config(None, None), &["2027-01-31T16:00Z"], "Every day at 17:00 (Europe/Berlin)");
    let weekly = "Every Friday at 17:00 (Europe/Berlin)";
    check(Frequency::Weekly, config(Some(5), None), &["2027-02-05T16:00Z"], weekly);
    let monthly = "On day 15 of every month at 17:00 (Europe/Berlin)";
    check(Frequency::Monthly, config(None, Some(15)), &["2027-02-15T16:00Z"], monthly);
    let last = "On the last day of every month at 17:00 (Europe/Berlin)";
    check(Frequency::Monthly, config(None, Some(-1)), &["2027-01-31T16:00Z", "2027-02-28T16:00Z"], last);
    let capped = "On day 30 of every month, or its last day if it is shorter, at 17:00 (Europe/Berlin)";
    check(Frequency::Monthly, config(None, Some(30)), &["2027-02-28T16:00Z", "2027-03-30T15:00Z"], capped);
}

#[test]
fn bounds_include_the_start_and_exclude_the_end() {
    let mut schedule = cron("0 9 * * *", "UTC");
    schedule.time_config.start_at = Some(at("2027-05-01T09:00Z"));
    schedule.time_config.end_at = Some(at("2027-05-03T09:00Z"));
    let compiled = compile(&schedule);
    let dues: Vec<_> =
        compiled.occurrences_after(at("2020-01-01T00:00Z")).map(|next| next.expect("due").due_at).collect();
    assert_eq!(dues, [at("2027-05-01T09:00Z"), at("2027-05-02T09:00Z")]);
    assert_eq!(compiled.next_after(at("2027-05-02T09:00Z")), Ok(None));
    assert_eq!(compiled.next_after(Timestamp::MAX_UTC), Ok(None));
    schedule.time_config.end_at = None;
    let compiled = compile(&schedule);
    assert!(compiled.next_after(at("5000-01-01T00:00Z")).is_err());
    assert!(compiled.next_after(Timestamp::MAX_UTC).is_err());
    assert_eq!(compiled.occurrences_after(Timestamp::MAX_UTC).count(), 1);
    assert!(compiled.next_after(Timestamp::MIN_UTC).is_ok());
}

#[test]
fn an_occurrence_tells_what_the_clocks_did() {
    let check = |pattern: &str, from: &str, nominal: &str, fold: u8, shown: &str, note: Option<&str>| {
        let schedule = fixed(pattern, "Europe/Berlin", DstGap::AfterGap, DstOverlap::Second);
        let next = compile(&schedule).next_after(at(from)).expect("a search").expect("an occurrence");
        assert_eq!((next.local.nominal.to_string().as_str(), next.local.fold), (nominal, fold));
        assert_eq!((next.shown().to_rfc3339().as_str(), next.note_text().as_deref()), (shown, note));
        let json = serde_json::to_string(&next).expect("JSON");
        assert_eq!(serde_json::from_str::<Occurrence>(&json).expect("the same"), next);
    };
    let skipped = Some("The clocks skip 02:30: runs at 03:00.");
    check("30 2 * * *", "2027-03-28T00:00Z", "2027-03-28 02:30:00", 0, "2027-03-28T03:00:00+02:00", skipped);
    let second = Some("The clocks show 02:30 twice: this is the second time.");
    check("30 2 * * *", "2027-10-31T00:00Z", "2027-10-31 02:30:00", 1, "2027-10-31T02:30:00+01:00", second);
    check("30 4 * * *", "2027-10-31T00:00Z", "2027-10-31 04:30:00", 0, "2027-10-31T04:30:00+01:00", None);
}

#[test]
fn jitter_delays_the_start_and_nothing_else() {
    let mut schedule = cron("0 9 * * *", "UTC");
    schedule.time_config.jitter_ms = Some(3_600_000);
    let compiled = compile(&schedule);
    let from = at("2027-01-01T00:00Z");
    let plain = compiled.next_after(from).expect("a search").expect("an occurrence");
    assert_eq!(plain.effective_at, plain.due_at);
    let seeded = compiled.clone().seeded("job_1").next_after(from).expect("a search").expect("an occurrence");
    assert_eq!(seeded.due_at, plain.due_at);
    assert_eq!(seeded.effective_at, compiled.effective_at("job_1", plain.due_at));
    assert!(seeded.effective_at > seeded.due_at && seeded.effective_at < at("2027-01-01T10:00Z"));
    schedule.time_config.jitter_ms = Some(86_400_001);
    assert_eq!(refused(&schedule), [("/timeConfig/jitterMs".into(), "INVALID_FIELD")]);
    let mut schedule = cron("*/5 * * * *", "UTC");
    schedule.time_config.jitter_ms = Some(300_001);
    assert_eq!(refused(&schedule), [("/timeConfig/jitterMs".into(), "INVALID_FIELD")]);
}

#[test]
fn patterns_that_cannot_serve_are_refused_by_their_kind() {
    let check = |pattern: &str, code: &'static str| {
        assert_eq!(
            refused(&cron(pattern, "UTC")),
            [("/timeConfig/cronExpression".into(), code)],
            "{pattern}"
        );
    };
    check("* * * * * *", "SCHEDULE_TOO_DENSE");
    check("0,30 * * * * *", "SCHEDULE_TOO_DENSE");
    check("0 0 30 2 *", "NEVER_FIRES");
    check("0 0 31 4,6,9,11 *", "NEVER_FIRES");
    for malformed in [", * * * *", "@reboot", "* * * * * * 2027", "0 0 * *", "", "\0 * * * *", "60 * * * *"] {
        check(malformed, "CRON_MALFORMED");
    }
    check(&"1,".repeat(50_000), "CRON_MALFORMED");
}

#[test]
fn every_fault_is_reported_with_its_field() {
    let daily = |time_config| Schedule { frequency: Frequency::Daily, time_config };
    let point = |field: &str, code| (format!("/timeConfig/{field}"), code);
    assert_eq!(
        refused(&daily(TimeConfig::default())),
        [
            point("hour", "MISSING_FIELD"),
            point("minute", "MISSING_FIELD"),
            point("timezone", "MISSING_FIELD"),
        ]
    );
    let bad = TimeConfig {
        hour: Some(24),
        minute: Some(-1),
        day_of_week: Some(1),
        cron_expression: Some("* * * * *".into()),
        timezone: Some("../../etc/passwd".into()),
        start_at: Some(at("2027-01-02T00:00Z")),
        end_at: Some(at("2027-01-01T00:00Z")),
        jitter_ms: Some(-1),
        ..TimeConfig::default()
    };
    assert_eq!(
        refused(&daily(bad)),
        [
            point("dayOfWeek", "INVALID_FIELD"),
            point("cronExpression", "INVALID_FIELD"),
            point("hour", "INVALID_FIELD"),
            point("minute", "INVALID_FIELD"),
            point("timezone", "UNKNOWN_TIMEZONE"),
            point("endAt", "INVALID_FIELD"),
            point("jitterMs", "INVALID_FIELD"),
        ]
    );
}

#[test]
fn schedules_without_an_occurrence_are_refused() {
    let mut short = cron("0 9 1 * *", "UTC");
    short.time_config.start_at = Some(at("2027-01-02T00:00Z"));
    short.time_config.end_at = Some(at("2027-01-31T00:00Z"));
    assert_eq!(refused(&short), [("/timeConfig/endAt".into(), "NEVER_FIRES")]);
    // Sunday the 8th of March is always the second Sunday, on which New York skips this time.
    let mut skipped = fixed("30 2 8 3 0", "America/New_York", DstGap::Skip, DstOverlap::First);
    skipped.time_config.day_match = Some(DayMatch::And);
    assert_eq!(refused(&skipped), [("/timeConfig/cronExpression".into(), "NEVER_FIRES")]);
    let mut far = cron("0 9 1 * *", "UTC");
    far.time_config.start_at = Some(at("5000-01-01T00:00Z"));
    assert_eq!(refused(&far), [("/timeConfig/startAt".into(), "INVALID_FIELD")]);
    let rules = Rules { density_min: Duration::from_secs(2 * 86_400) };
    let daily =
        TimeConfig { hour: Some(9), minute: Some(0), timezone: Some("UTC".into()), ..TimeConfig::default() };
    let error =
        Schedule { frequency: Frequency::Daily, time_config: daily }.compile(&rules).expect_err("dense");
    assert_eq!((error.faults[0].pointer.as_str(), error.faults[0].value.as_str()), ("/frequency", "DAILY"));
}

#[test]
fn schedules_read_and_write_the_json_of_the_interface() {
    let text = r#"{"frequency":"CUSTOM","timeConfig":{"cronExpression":"0 9 * * 1","dayMatch":"AND","timezone":"UTC","dstGap":"AFTER_GAP","dstOverlap":"BOTH","startAt":"2027-01-01T00:00:00.000Z","jitterMs":5}}"#;
    let schedule: Schedule = serde_json::from_str(text).expect("a schedule");
    assert_eq!(serde_json::to_string(&schedule).expect("JSON"), text);
    let unknown = r#"{"frequency":"DAILY","timeConfig":{"hour":1,"second":1}}"#;
    assert!(serde_json::from_str::<Schedule>(unknown).expect_err("unknown").to_string().contains("second"));
    assert!(serde_json::from_str::<Schedule>(r#"{"frequency":"daily","timeConfig":{}}"#).is_err());
}

#[test]
fn descriptions_read_as_english() {
    let check = |pattern: &str, expected: &str| {
        assert_eq!(compile(&cron(pattern, "UTC")).description(), format!("{expected} (UTC)"), "{pattern}");
    };
    check("0 9 * * 1-5", "Every Monday to Friday at 09:00");
    check("0 9,17 * * *", "Every day at 09:00 and 17:00");
    check("*/15 * * * *", "Every 15 minutes");
    check("*/15 9-17 * * 1-5", "Every 15 minutes from 09:00 to 17:59, every Monday to Friday");
    check("* * * * *", "Every minute");
    check("*/10 * * * * *", "Every 10 seconds");
    check("* * * * * *", "Every second");
    check("0 * * * *", "Every hour");
    check("30 * * * *", "Every hour at minute 30");
    check("0 */2 * * *", "Every 2 hours");
    check("*/25 * * * *", "At minutes 0, 25 and 50 of every hour");
    check("0 0 13 * 5", "On day 13 of every month or on every Friday at 00:00");
    check("0 0 L * *", "On the last day of every month at 00:00");
    check(
        "0 0 LW,15W 3 *",
        "On the weekday nearest to day 15 and the last weekday (Monday to Friday) of March at 00:00",
    );
    check("0 0 * * 5#2", "On the second Friday of every month at 00:00");
    check("0 0 * 6-8 1,5L", "On every Monday and the last Friday of June to August at 00:00");
    check("0 12 1,15 1,7 *", "On days 1 and 15 of January and July at 12:00");
    check("@weekly", "Every Sunday at 00:00");
    let mut both = cron("0 0 13 * 5", "UTC");
    both.time_config.day_match = Some(DayMatch::And);
    assert_eq!(compile(&both).description(), "On day 13 of every month when that is a Friday at 00:00 (UTC)");
}

fn interval(every_ms: i64, anchor: &str, zone: &str) -> Schedule {
    let time_config = TimeConfig {
        every_ms: Some(every_ms),
        anchor_at: Some(at(anchor)),
        timezone: Some(zone.into()),
        ..TimeConfig::default()
    };
    Schedule { frequency: Frequency::Interval, time_config }
}

fn once(instants: &[&str], zone: &str) -> Schedule {
    let time_config = TimeConfig {
        instants: Some(instants.iter().map(|text| at(text)).collect()),
        timezone: Some(zone.into()),
        ..TimeConfig::default()
    };
    Schedule { frequency: Frequency::Once, time_config }
}

#[test]
fn an_interval_counts_elapsed_time_from_its_anchor() {
    let ninety = interval(5_400_000, "2027-03-28T00:00Z", "Europe/Berlin");
    check_schedule(
        &ninety,
        "2020-01-01T00:00Z",
        &["2027-03-28T00:00Z", "2027-03-28T01:30Z", "2027-03-28T03:00Z"],
    );
    check_schedule(&ninety, "2027-03-28T01:30Z", &["2027-03-28T03:00Z"]);
    check_schedule(&ninety, "2027-03-28T01:29:59Z", &["2027-03-28T01:30Z"]);
    assert_eq!(compile(&ninety).description(), "Every 90 minutes from 2027-03-28 at 01:00 (Europe/Berlin)");
    let daily = interval(86_400_000, "2027-10-30T00:30Z", "Europe/Berlin");
    // A day of elapsed time is no day on the wall: the clocks go back in between.
    let next = compile(&daily).next_after(at("2027-10-31T12:00Z")).expect("a search").expect("an occurrence");
    assert_eq!(next.shown().to_rfc3339(), "2027-11-01T01:30:00+01:00");
    let shown =
        compile(&daily).next_after(at("2027-10-30T12:00Z")).expect("a search").expect("an occurrence");
    assert_eq!((shown.note, shown.local.fold), (Some(OccurrenceNote::First), 0));
    assert_eq!(compile(&daily).description(), "Every day from 2027-10-30 at 02:30 (Europe/Berlin)");
    let mut bounded = interval(3_600_000, "2027-01-01T00:00Z", "UTC");
    bounded.time_config.start_at = Some(at("2027-01-01T00:30Z"));
    bounded.time_config.end_at = Some(at("2027-01-01T02:00Z"));
    let all: Vec<_> = compile(&bounded).occurrences_after(at("2020-01-01T00:00Z")).collect();
    assert_eq!(all.len(), 1);
}

#[test]
fn instants_come_once_and_end() {
    let two = once(&["2027-01-02T09:00Z", "2027-01-01T09:00Z"], "Europe/Berlin");
    check_schedule(&two, "2020-01-01T00:00Z", &["2027-01-01T09:00Z", "2027-01-02T09:00Z"]);
    let compiled = compile(&two);
    assert_eq!(compiled.next_after(at("2027-01-02T09:00Z")), Ok(None), "that was all");
    let told = "Once each, on 2027-01-01 at 10:00 and on 2027-01-02 at 10:00 (Europe/Berlin)";
    assert_eq!(compiled.description(), told);
    let one = compile(&once(&["1999-01-01T09:00Z"], "UTC"));
    assert_eq!(one.description(), "Once, on 1999-01-01 at 09:00 (UTC)");
    assert_eq!(one.next_after(at("2027-01-01T00:00Z")), Ok(None));
}

#[test]
fn several_times_and_weekdays_are_one_schedule() {
    let config = |days: Option<Vec<i64>>| TimeConfig {
        times: Some(vec!["17:30".into(), "09:00".into()]),
        days_of_week: days,
        timezone: Some("Europe/Berlin".into()),
        ..TimeConfig::default()
    };
    let daily = Schedule { frequency: Frequency::Daily, time_config: config(None) };
    check_schedule(
        &daily,
        "2027-01-01T08:00Z",
        &["2027-01-01T16:30Z", "2027-01-02T08:00Z", "2027-01-02T16:30Z"],
    );
    assert_eq!(compile(&daily).description(), "Every day at 09:00 and 17:30 (Europe/Berlin)");
    let weekly = Schedule { frequency: Frequency::Weekly, time_config: config(Some(vec![4, 1])) };
    check_schedule(
        &weekly,
        "2027-01-01T08:00Z",
        &["2027-01-04T08:00Z", "2027-01-04T16:30Z", "2027-01-07T08:00Z"],
    );
    assert_eq!(
        compile(&weekly).description(),
        "Every Monday and Thursday at 09:00 and 17:30 (Europe/Berlin)"
    );
    // Both fall into the gap of 28 March and run once, after it.
    let mut gap = daily.clone();
    gap.time_config.times = Some(vec!["02:10".into(), "02:50".into()]);
    check_schedule(&gap, "2027-03-27T12:00Z", &["2027-03-28T01:00Z", "2027-03-29T00:10Z"]);
    let mut dense = daily.clone();
    dense.time_config.times = Some(vec!["09:00".into(), "23:59".into(), "00:00".into()]);
    let rules = Rules { density_min: Duration::from_secs(120) };
    let error = dense.compile(&rules).expect_err("a minute over midnight");
    assert_eq!(
        (error.faults[0].pointer.as_str(), error.faults[0].code.as_str()),
        ("/frequency", "SCHEDULE_TOO_DENSE")
    );
}

#[test]
fn faults_of_the_newer_fields_are_named() {
    let point = |field: &str, code| (format!("/timeConfig/{field}"), code);
    let empty = |frequency| Schedule {
        frequency,
        time_config: TimeConfig { timezone: Some("UTC".into()), ..TimeConfig::default() },
    };
    assert_eq!(
        refused(&empty(Frequency::Interval)),
        [point("everyMs", "MISSING_FIELD"), point("anchorAt", "MISSING_FIELD")]
    );
    assert_eq!(refused(&empty(Frequency::Once)), [point("instants", "MISSING_FIELD")]);
    assert_eq!(refused(&interval(1_500, "2027-01-01T00:00Z", "UTC")), [point("everyMs", "INVALID_FIELD")]);
    assert_eq!(
        refused(&interval(30_000, "2027-01-01T00:00Z", "UTC")),
        [point("everyMs", "SCHEDULE_TOO_DENSE")]
    );
    let mut fraction = interval(60_000, "2027-01-01T00:00:00.5Z", "UTC");
    assert_eq!(refused(&fraction), [point("anchorAt", "INVALID_FIELD")]);
    fraction.time_config.anchor_at = Some(at("2027-01-01T00:00Z"));
    fraction.time_config.hour = Some(9);
    fraction.time_config.runs_max = Some(0);
    assert_eq!(refused(&fraction), [point("hour", "INVALID_FIELD"), point("runsMax", "INVALID_FIELD")]);
    let twice = once(&["2027-01-01T00:00Z", "2027-01-01T00:00Z"], "UTC");
    assert_eq!(refused(&twice), [point("instants/1", "INVALID_FIELD")]);
    let close = once(&["2027-01-01T00:00Z", "2027-01-01T00:00:30Z"], "UTC");
    assert_eq!(refused(&close), [point("instants", "SCHEDULE_TOO_DENSE")]);
    let mut early = once(&["2027-01-01T00:00Z"], "UTC");
    early.time_config.start_at = Some(at("2027-01-02T00:00Z"));
    assert_eq!(refused(&early), [point("instants", "NEVER_FIRES")]);
    let times = |times: &[&str]| {
        let times = Some(times.iter().map(|&time| time.to_owned()).collect());
        let time_config = TimeConfig { times, timezone: Some("UTC".into()), ..TimeConfig::default() };
        Schedule { frequency: Frequency::Daily, time_config }
    };
    assert_eq!(refused(&times(&[])), [point("times", "INVALID_FIELD")]);
    assert_eq!(
        refused(&times(&["9:00", "24:00", "09:00", "09:00"])),
        [
            point("times/0", "INVALID_FIELD"),
            point("times/1", "INVALID_FIELD"),
            point("times/3", "INVALID_FIELD")
        ]
    );
    let mut both = times(&["09:00"]);
    both.time_config.hour = Some(9);
    assert_eq!(refused(&both), [point("hour", "INVALID_FIELD")]);
}

#[test]
fn a_number_of_runs_is_told_and_counted_down() {
    let mut schedule = cron("0 9 * * *", "UTC");
    assert_eq!(schedule.runs_left(7), None);
    schedule.time_config.runs_max = Some(10);
    assert_eq!(compile(&schedule).description(), "Every day at 09:00 (UTC), 10 runs");
    assert_eq!([0, 7, 10, 11].map(|runs| schedule.runs_left(runs)), [Some(10), Some(3), Some(0), Some(0)]);
}

const ZONES: [&str; 8] = [
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "Antarctica/Troll",
    "Asia/Beirut",
    "America/Nuuk",
    "Pacific/Apia",
];

prop_compose! {
    /// Patterns that are mostly sound: an item of each field, sometimes two.
    fn patterns()(
        minute in "(\\*|[0-5]?[0-9](,[0-5][0-9])?|\\*/[1-9]|0-59/15)",
        hour in "(\\*|[01]?[0-9]|2[0-3]|[0-3],2[0-3]|\\*/[1-9])",
        date in "(\\*|\\*|[1-9]|[12][0-9]|3[01]|L|LW|[12][0-9]W)",
        month in "(\\*|\\*|[1-9]|1[0-2]|JAN|MAR,OCT)",
        weekday in "(\\*|\\*|[0-7]|MON-FRI|[0-6]L|[0-6]#[1-5])",
    ) -> String {
        format!("{minute} {hour} {date} {month} {weekday}")
    }
}

proptest! {
    #[test]
    fn occurrences_are_later_than_asked_and_in_order(
        pattern in patterns(),
        zone in prop::sample::select(&ZONES[..]),
        gap in prop::sample::select(vec![DstGap::AfterGap, DstGap::Shift, DstGap::Skip]),
        overlap in prop::sample::select(vec![DstOverlap::First, DstOverlap::Second, DstOverlap::Both]),
        day_match in prop::sample::select(vec![DayMatch::Or, DayMatch::And]),
        from in 946_684_800_i64..2_208_988_800,
        nanos in 0_u32..1_000_000_000,
    ) {
        let mut schedule = fixed(&pattern, zone, gap, overlap);
        schedule.time_config.day_match = Some(day_match);
        let Ok(compiled) = schedule.compile(&Rules::default()) else { return Ok(()) };
        let from = Timestamp::from_timestamp(from, nanos).expect("an instant");
        let mut last = from;
        for next in compiled.occurrences_after(from).take(100) {
            let Ok(next) = next else { break };
            prop_assert!(next.due_at > last, "{} after {last}", next.due_at);
            let wall = next.shown().naive_local();
            prop_assert!(next.note.is_some() || wall == next.local.nominal);
            // Asking from anywhere in between gives the same answer.
            let between = last + (next.due_at - last) / 2;
            prop_assert_eq!(compiled.next_after(between).expect("a search").map(|next| next.due_at), Some(next.due_at));
            last = next.due_at;
        }
    }

    #[test]
    fn no_text_makes_the_reader_panic(text in "\\PC{0,60}", more in "[-0-9*,/#LW?@A-Z ]{0,40}") {
        let _ = cron(&text, "UTC").compile(&Rules::default());
        let _ = cron(&more, "UTC").compile(&Rules::default());
        let _ = Zone::named(&text);
    }
}
