use proptest::prelude::*;

use super::*;

const HEAD: &str = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//A//B//EN\r\n";

fn file(event: &str) -> String {
    format!("{HEAD}BEGIN:VEVENT\r\n{}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n", event.replace('|', "\r\n"))
}

/// Checks what of an event's lines cannot be taken: the line's number and what would be right.
#[track_caller]
fn refuse(event: &str, line: usize, expected: &str) {
    let untaken = read(&file(event)).expect_err(event);
    let told: Vec<_> = untaken.iter().map(|one| (one.line, one.expected.as_str())).collect();
    assert!(told.iter().any(|(at, why)| *at == line && why.contains(expected)), "{event}: {told:?}");
}

#[test]
fn a_holiday_file_is_read() {
    let text = "BEGIN:VCALENDAR\nMETHOD:PUBLISH\nBEGIN:VTIMEZONE\nTZID:Europe/Berlin\nBEGIN:STANDARD\n\
        DTSTART:19701025T030000\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10\nEND:STANDARD\nEND:VTIMEZONE\n\
        BEGIN:VEVENT\nUID:1\nDTSTART;VALUE=DATE:20271003\nDTEND;VALUE=DATE:20271004\nRRULE:FREQ=YEARLY\n\
        SUMMARY;LANGUAGE=de:Tag der Deutschen\n  Einheit\nBEGIN:VALARM\nTRIGGER:-P1D\nDURATION:PT1H\n\
        END:VALARM\nEND:VEVENT\n\
        BEGIN:VEVENT\nDTSTART;VALUE=DATE:20270101\nSTATUS:CANCELLED\nDURATION:P1D\nEND:VEVENT\n\
        BEGIN:VEVENT\nDTSTART;TZID=\"Europe/Berlin\":20270101T120000\nDTEND;TZID=Europe/Berlin:20270101T130000\n\
        END:VEVENT\nEND:VCALENDAR\n";
    // Nobody minds a line of the cancelled one.
    assert_eq!(read(text).expect("it is right").len(), 2);
}

#[test]
fn what_cannot_be_taken_is_listed_with_its_line() {
    refuse("SUMMARY:x", 4, "a DTSTART in every event");
    refuse("DTSTART:2027", 5, "a date such as");
    refuse("DTSTART;VALUE=DATE:20270230", 5, "a date such as");
    refuse("DTSTART:20270101T250000", 5, "a date such as");
    refuse("DTSTART:20270101T090000", 5, "a DTEND");
    refuse("DTSTART;VALUE=DATE:20270102|DTEND;VALUE=DATE:20270101", 6, "an end after the start");
    refuse("DTSTART;VALUE=DATE:20270102|DTEND:20270103T090000", 6, "the same kind");
    refuse("DTSTART:20270102T090000Z|DTEND:20270103T090000", 6, "the same kind");
    refuse("DTSTART;TZID=W. Europe Standard Time:20270102T090000|DTEND:20270103T090000", 5, "IANA");
    refuse("DTSTART;VALUE=DATE:20270102|DURATION:P2D", 6, "a DTEND instead");
    refuse("DTSTART;VALUE=DATE:20270102|EXDATE:20270103", 6, "an event of its own");
    refuse("DTSTART;VALUE=DATE:20270102|RECURRENCE-ID:20270103", 6, "single times");
    refuse("DTSTART;VALUE=DATE:20270102|RRULE:FREQ=WEEKLY", 6, "FREQ=YEARLY");
    refuse("DTSTART;VALUE=DATE:20270102|RRULE:FREQ=YEARLY;BYWEEKNO=20", 6, "BYDAY only");
    refuse("DTSTART;VALUE=DATE:20270102|RRULE:FREQ=YEARLY;BYDAY=MO", 6, "one weekday with its number");
    refuse("DTSTART;VALUE=DATE:20270102|RRULE:FREQ=YEARLY;BYDAY=1MO", 6, "a BYMONTH");
    refuse("DTSTART;VALUE=DATE:20270102|RRULE:FREQ=YEARLY;BYMONTH=1,2", 6, "one month");
    refuse("DTSTART;VALUE=DATE:20270102|RRULE:INTERVAL=2", 6, "FREQ=YEARLY");
    refuse("DTSTART;VALUE=DATE:20270102|no colon", 6, "NAME:value");
    refuse("DTSTART;VALUE=DATE:20270102|END:VTODO", 6, "END:VEVENT");
}

#[test]
fn a_text_that_is_no_calendar_says_so() {
    for text in ["", "hello", "\u{feff}\n\n<html>", "BEGIN:VCARD\nEND:VCARD"] {
        let untaken = read(text).expect_err(text);
        assert!(untaken[0].expected.contains("BEGIN:VCALENDAR"), "{text}: {untaken:?}");
    }
    let empty = read("BEGIN:VCALENDAR\nEND:VCALENDAR").expect_err("no event");
    assert_eq!(empty[0].expected, "at least one event");
    let open = read("BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20270101").expect_err("no end");
    assert!(open[0].expected.contains("an END for every BEGIN"), "{open:?}");
}

#[test]
fn hostile_files_are_bounded() {
    assert_eq!(read(&"x".repeat(CALENDAR_BYTES_MAX + 1)).expect_err("too long").len(), 1);
    let nested = format!("BEGIN:VCALENDAR\n{}", "BEGIN:X\n".repeat(10_000));
    assert!(read(&nested).expect_err("too deep").len() <= FAULTS_MAX);
    let folded = format!("BEGIN:VCALENDAR\nX:{}", "\n ".repeat(60_000));
    assert!(read(&folded).is_err());
    let event = "BEGIN:VEVENT\nDTSTART;VALUE=DATE:20270101\nRRULE:FREQ=YEARLY\nEND:VEVENT\n";
    let many = format!("BEGIN:VCALENDAR\n{}END:VCALENDAR\n", event.repeat(YEARLY_MAX + 1));
    let untaken = read(&many).expect_err("too many");
    assert!(untaken[0].expected.contains("every year"), "{untaken:?}");
    let same = "BEGIN:VEVENT\nDTSTART;TZID=Nowhere:20270101T090000\nEND:VEVENT\n";
    let untaken = read(&format!("BEGIN:VCALENDAR\n{}END:VCALENDAR\n", same.repeat(50))).expect_err("a zone");
    assert_eq!(untaken.len(), 1, "one zone is told once");
}

proptest! {
    #[test]
    fn no_text_makes_the_reader_panic(
        lines in prop::collection::vec("(BEGIN:|END:|DTSTART|DTEND|RRULE:|SUMMARY:|;TZID=|;VALUE=DATE:)?[\\PC]{0,24}", 0..20),
    ) {
        let _ = read(&format!("BEGIN:VCALENDAR\nBEGIN:VEVENT\n{}\nEND:VEVENT\nEND:VCALENDAR", lines.join("\n")));
    }

    #[test]
    fn every_rule_is_answered_in_every_year(
        rule in "FREQ=YEARLY(;INTERVAL=[1-9])?(;BYMONTH=([1-9]|1[0-2]))?(;BYMONTHDAY=-?([1-9]|[12][0-9]|3[01]))?(;COUNT=[1-9])?",
        start in "20[0-9][0-9](0[1-9]|1[0-2])(0[1-9]|1[0-9]|2[0-8])",
    ) {
        let text = file(&format!("DTSTART;VALUE=DATE:{start}|RRULE:{rule}|SUMMARY:x"));
        prop_assert!(read(&text).is_ok(), "{rule}");
    }
}
