use crate::schedule::{
    CompiledSchedule, ExclusionKind, Exclusions, Frequency, Rules, Schedule, TimeConfig, Timestamp,
};

fn at(text: &str) -> Timestamp {
    text.parse().expect("an instant")
}

fn hourly(zone: &str, exclusions: Exclusions) -> Schedule {
    let time_config = TimeConfig {
        cron_expression: Some("0 * * * *".into()),
        timezone: Some(zone.into()),
        exclusions: Some(exclusions),
        ..TimeConfig::default()
    };
    Schedule { frequency: Frequency::Custom, time_config }
}

fn compile(schedule: &Schedule) -> CompiledSchedule {
    schedule.compile(&Rules::default()).expect("a sound schedule")
}

fn texts(items: &[&str]) -> Option<Vec<String>> {
    Some(items.iter().map(|&item| item.to_owned()).collect())
}

fn dates(items: &[&str]) -> Exclusions {
    Exclusions { dates: texts(items), ..Exclusions::default() }
}

fn hours(items: &[&str]) -> Exclusions {
    Exclusions { hours: texts(items), ..Exclusions::default() }
}

fn calendar(events: &str) -> Exclusions {
    let text = format!("BEGIN:VCALENDAR\r\n{}END:VCALENDAR\r\n", events.replace(' ', "\r\n"));
    Exclusions { calendar: Some(text), ..Exclusions::default() }
}

/// Checks which rule excludes an instant of an hourly schedule, and the next one that runs.
#[track_caller]
fn check(exclusions: Exclusions, zone: &str, due: &str, by: Option<(ExclusionKind, &str)>, next_run: &str) {
    let compiled = compile(&hourly(zone, exclusions));
    let before = at(due) - chrono::Duration::seconds(1);
    let occurrence = compiled.next_after(before).expect("a search").expect("an occurrence");
    assert_eq!(occurrence.due_at, at(due));
    let found = occurrence.excluded.as_ref().map(|by| (by.kind, by.rule.as_str()));
    assert_eq!(found, by, "{due}");
    let run = compiled.next_run_after(before).expect("a search").expect("an occurrence");
    assert_eq!(run.due_at, at(next_run), "after {due}");
    assert_eq!(run.excluded, None);
}

#[test]
fn dates_are_those_of_the_schedule_s_own_clocks() {
    use ExclusionKind::Date;
    let day = || dates(&["2027-12-24"]);
    let by = Some((Date, "2027-12-24"));
    check(day(), "Europe/Berlin", "2027-12-23T22:00:00Z", None, "2027-12-23T22:00:00Z");
    check(day(), "Europe/Berlin", "2027-12-23T23:00:00Z", by, "2027-12-24T23:00:00Z");
    check(day(), "Europe/Berlin", "2027-12-24T22:00:00Z", by, "2027-12-24T23:00:00Z");
    check(day(), "Pacific/Auckland", "2027-12-23T11:00:00Z", by, "2027-12-24T11:00:00Z");
    let range = || dates(&["2027-12-27/2028-01-02", "2028-01-02/2028-01-03"]);
    let by = Some((Date, "2027-12-27/2028-01-02"));
    check(range(), "UTC", "2027-12-27T00:00:00Z", by, "2028-01-04T00:00:00Z");
    check(range(), "UTC", "2028-01-02T23:00:00Z", by, "2028-01-04T00:00:00Z");
}

#[test]
fn weekdays_and_hours_repeat() {
    let weekend = || Exclusions { days_of_week: Some(vec![6, 0]), ..Exclusions::default() };
    let by = Some((ExclusionKind::Weekday, "Saturday"));
    check(weekend(), "UTC", "2027-01-02T00:00:00Z", by, "2027-01-04T00:00:00Z");
    check(weekend(), "UTC", "2027-01-01T23:00:00Z", None, "2027-01-01T23:00:00Z");
    let night = || hours(&["22:00-06:00"]);
    let by = Some((ExclusionKind::Hours, "22:00-06:00"));
    check(night(), "UTC", "2027-01-02T21:00:00Z", None, "2027-01-02T21:00:00Z");
    check(night(), "UTC", "2027-01-02T22:00:00Z", by, "2027-01-03T06:00:00Z");
    check(night(), "UTC", "2027-01-03T05:00:00Z", by, "2027-01-03T06:00:00Z");
    let noon = || hours(&["12:00-13:00", "13:00-13:30"]);
    check(
        noon(),
        "UTC",
        "2027-01-02T12:00:00Z",
        Some((ExclusionKind::Hours, "12:00-13:00")),
        "2027-01-02T14:00:00Z",
    );
}

#[test]
fn hours_follow_the_clocks_through_a_change() {
    // Berlin: 02:00 to 03:00 is skipped on 28 March and shown twice on 31 October 2027.
    let by = Some((ExclusionKind::Hours, "01:00-04:00"));
    let small = || hours(&["01:00-04:00"]);
    check(small(), "Europe/Berlin", "2027-03-28T00:00:00Z", by, "2027-03-28T02:00:00Z");
    check(small(), "Europe/Berlin", "2027-10-31T00:00:00Z", by, "2027-10-31T03:00:00Z");
    check(small(), "Europe/Berlin", "2027-10-31T01:00:00Z", by, "2027-10-31T03:00:00Z");
}

#[test]
fn the_events_of_a_calendar_exclude() {
    let by = |name| Some((ExclusionKind::Calendar, name));
    let christmas = || {
        calendar(
            "BEGIN:VEVENT DTSTART;VALUE=DATE:20271225 DTEND;VALUE=DATE:20271227 SUMMARY:Christmas END:VEVENT ",
        )
    };
    check(christmas(), "Europe/Berlin", "2027-12-24T22:00:00Z", None, "2027-12-24T22:00:00Z");
    check(christmas(), "Europe/Berlin", "2027-12-24T23:00:00Z", by("Christmas"), "2027-12-26T23:00:00Z");
    let maintenance = || {
        calendar(
            "BEGIN:VEVENT DTSTART;TZID=America/New_York:20270105T090000 DTEND;TZID=America/New_York:20270105T110000 END:VEVENT ",
        )
    };
    check(maintenance(), "Europe/Berlin", "2027-01-05T14:00:00Z", by(""), "2027-01-05T16:00:00Z");
    let utc =
        || calendar("BEGIN:VEVENT DTSTART:20270105T090000Z DTEND:20270105T100000Z SUMMARY:Move END:VEVENT ");
    check(utc(), "Asia/Tokyo", "2027-01-05T09:00:00Z", by("Move"), "2027-01-05T10:00:00Z");
    let floating =
        || calendar("BEGIN:VEVENT DTSTART:20270105T090000 DTEND:20270105T100000 SUMMARY:Move END:VEVENT ");
    check(floating(), "Asia/Tokyo", "2027-01-05T00:00:00Z", by("Move"), "2027-01-05T01:00:00Z");
    let overlapping = || {
        calendar(
            "BEGIN:VEVENT DTSTART;VALUE=DATE:20270101 DTEND;VALUE=DATE:20270201 SUMMARY:Long END:VEVENT \
             BEGIN:VEVENT DTSTART;VALUE=DATE:20270110 SUMMARY:Short END:VEVENT ",
        )
    };
    check(overlapping(), "UTC", "2027-01-10T00:00:00Z", by("Short"), "2027-02-01T00:00:00Z");
    check(overlapping(), "UTC", "2027-01-20T00:00:00Z", by("Long"), "2027-02-01T00:00:00Z");
}

#[test]
fn events_come_every_year() {
    let yearly = |rule: &str, start: &str| {
        calendar(&format!("BEGIN:VEVENT DTSTART;VALUE=DATE:{start} RRULE:{rule} SUMMARY:Day END:VEVENT "))
    };
    let by = Some((ExclusionKind::Calendar, "Day"));
    let new_year = || yearly("FREQ=YEARLY", "20200101");
    check(new_year(), "UTC", "2031-01-01T00:00:00Z", by, "2031-01-02T00:00:00Z");
    check(new_year(), "UTC", "2019-01-01T00:00:00Z", None, "2019-01-01T00:00:00Z");
    let thanksgiving = || yearly("FREQ=YEARLY;BYMONTH=11;BYDAY=4TH", "20201126");
    check(thanksgiving(), "UTC", "2027-11-25T05:00:00Z", by, "2027-11-26T00:00:00Z");
    let memorial = || yearly("FREQ=YEARLY;BYMONTH=5;BYDAY=-1MO", "20200525");
    check(memorial(), "UTC", "2027-05-31T05:00:00Z", by, "2027-06-01T00:00:00Z");
    let last_day = || yearly("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=-1", "20200229");
    check(last_day(), "UTC", "2027-02-28T05:00:00Z", by, "2027-03-01T00:00:00Z");
    let leap = || yearly("FREQ=YEARLY", "20200229");
    check(leap(), "UTC", "2027-02-28T05:00:00Z", None, "2027-02-28T05:00:00Z");
    check(leap(), "UTC", "2028-02-29T05:00:00Z", by, "2028-03-01T00:00:00Z");
    let every_other = || yearly("FREQ=YEARLY;INTERVAL=2", "20200601");
    check(every_other(), "UTC", "2027-06-01T05:00:00Z", None, "2027-06-01T05:00:00Z");
    check(every_other(), "UTC", "2028-06-01T05:00:00Z", by, "2028-06-02T00:00:00Z");
    let thrice = || yearly("FREQ=YEARLY;COUNT=3", "20250601");
    check(thrice(), "UTC", "2027-06-01T05:00:00Z", by, "2027-06-02T00:00:00Z");
    check(thrice(), "UTC", "2028-06-01T05:00:00Z", None, "2028-06-01T05:00:00Z");
    let until = || yearly("FREQ=YEARLY;UNTIL=20270601", "20250601");
    check(until(), "UTC", "2027-06-01T05:00:00Z", by, "2027-06-02T00:00:00Z");
    check(until(), "UTC", "2028-06-01T05:00:00Z", None, "2028-06-01T05:00:00Z");
    // One that lasts over the turn of the year.
    let long = || {
        calendar(
            "BEGIN:VEVENT DTSTART;VALUE=DATE:20201224 DTEND;VALUE=DATE:20210103 RRULE:FREQ=YEARLY SUMMARY:Day END:VEVENT ",
        )
    };
    check(long(), "UTC", "2028-01-02T05:00:00Z", by, "2028-01-03T00:00:00Z");
}

#[test]
fn rules_that_leave_nothing_are_refused() {
    let refused = |exclusions: Exclusions| {
        let error = hourly("UTC", exclusions).compile(&Rules::default()).expect_err("a fault");
        error.faults.into_iter().map(|fault| (fault.pointer, fault.code.as_str())).collect::<Vec<_>>()
    };
    let never = [("/timeConfig/exclusions".to_owned(), "NEVER_FIRES")];
    let all_days = Exclusions { days_of_week: Some((0..7).collect()), ..Exclusions::default() };
    assert_eq!(refused(all_days), never);
    assert_eq!(refused(hours(&["00:00-12:00", "12:00-00:00"])), never);
    assert_eq!(refused(dates(&["1900-01-01/2199-12-31"])), never);
}

#[test]
fn each_faulty_rule_is_named() {
    let exclusions = Exclusions {
        dates: texts(&["2027-02-30", "2027-12-31/2027-12-24", "2027-12-24"]),
        days_of_week: Some(vec![7, 1, 1]),
        hours: texts(&["22:00-22:00", "6-7", "24:00-25:00"]),
        calendar: Some("no calendar".into()),
    };
    let error = hourly("UTC", exclusions).compile(&Rules::default()).expect_err("faults");
    let pointers: Vec<_> = error
        .faults
        .iter()
        .map(|fault| fault.pointer.trim_start_matches("/timeConfig/exclusions/"))
        .collect();
    let expected =
        ["dates/0", "dates/1", "daysOfWeek/0", "daysOfWeek/2", "hours/0", "hours/1", "hours/2", "calendar"];
    assert_eq!(pointers, expected);
}

#[test]
fn a_schedule_tells_its_exceptions() {
    let describe = |exclusions| compile(&hourly("UTC", exclusions)).description();
    let weekend = Exclusions { days_of_week: Some(vec![0, 6]), ..hours(&["22:00-06:00"]) };
    assert_eq!(
        describe(weekend),
        "Every hour (UTC), except on Saturdays and Sundays and from 22:00 to 06:00"
    );
    assert_eq!(
        describe(dates(&["2027-12-24/2028-01-02"])),
        "Every hour (UTC), except on 2027-12-24 to 2028-01-02"
    );
    let two = dates(&["2027-12-24", "2027-12-31"]);
    assert_eq!(describe(two), "Every hour (UTC), except on 2027-12-24 and 1 more dates");
    let event = calendar("BEGIN:VEVENT DTSTART;VALUE=DATE:20271225 END:VEVENT ");
    assert_eq!(describe(event), "Every hour (UTC), except during 1 events of a calendar");
}

#[test]
fn many_excluded_days_cost_few_steps() {
    let minutely = Schedule {
        frequency: Frequency::Custom,
        time_config: TimeConfig {
            cron_expression: Some("* * * * *".into()),
            timezone: Some("Europe/Berlin".into()),
            exclusions: Some(dates(&["2027-01-01/2190-12-31"])),
            ..TimeConfig::default()
        },
    };
    let run = compile(&minutely).next_run_after(at("2027-06-01T00:00:00Z")).expect("a search").expect("one");
    assert_eq!(run.due_at, at("2190-12-31T23:00:00Z"));
}
