use super::*;
use crate::schedule::calendar::{DayTimes, ones};

fn parse(text: &str) -> Result<Pattern, ParseCronError> {
    Pattern::parse(text, DayMatch::Or)
}

fn check_minutes(field: &str, expected: &[u32]) {
    let pattern = parse(&format!("{field} 0 * * *")).expect(field);
    let DayTimes::Fields { minutes, .. } = pattern.calendar.times else { panic!("{field}") };
    assert_eq!(ones(minutes).collect::<Vec<_>>(), expected, "{field}");
}

fn check_weekdays(field: &str, expected: &[u32]) {
    let pattern = parse(&format!("0 0 * * {field}")).expect(field);
    let every = u64::from(pattern.calendar.week_days.every);
    assert_eq!(ones(every).collect::<Vec<_>>(), expected, "{field}");
}

fn check_refused(pattern: &str, message: &str) {
    assert_eq!(parse(pattern).expect_err(pattern).to_string(), message, "{pattern}");
}

#[test]
fn items_name_their_values() {
    check_minutes("5", &[5]);
    check_minutes("05", &[5]);
    check_minutes("1,3-5", &[1, 3, 4, 5]);
    check_minutes("*/20", &[0, 20, 40]);
    check_minutes("*/60", &[0]);
    check_minutes("5/20", &[5, 25, 45]);
    check_minutes("10-30/10", &[10, 20, 30]);
    check_weekdays("7", &[0]);
    check_weekdays("mon-Wed", &[1, 2, 3]);
    check_weekdays("5-7", &[0, 5, 6]);
    check_weekdays("FRI-SUN", &[0, 5, 6]);
    check_weekdays("SUN-MON", &[0, 1]);
    check_weekdays("1/2", &[0, 1, 3, 5]);
    check_weekdays("*/2", &[0, 2, 4, 6]);
}

#[test]
fn a_leading_star_in_minute_or_hour_means_elapsed_time() {
    let check = |pattern: &str, elapsed: bool| {
        assert_eq!(parse(pattern).expect(pattern).elapsed, elapsed, "{pattern}")
    };
    check("*/5 2 * * *", true);
    check("0 * * * *", true);
    check("0 */2 * * *", true);
    check("*,5 2 * * *", true);
    check("0 0 * * *", false);
    check("0-59/15 0-23 * * *", false);
    check("* 30 2 * * *", false);
    check("0 */5 2 * * *", true);
    check("@hourly", true);
    check("@daily", false);
}

#[test]
fn malformed_patterns_are_refused_with_the_field_named() {
    let comma = "a value on both sides of every comma";
    check_refused(", * * * *", &format!("in the minute field, where `,` stands, {comma}"));
    check_refused("* 1,,2 * * *", &format!("in the hour field, where `1,,2` stands, {comma}"));
    check_refused("60 * * * *", "in the minute field, where `60` stands, a number from 0 to 59");
    check_refused("* * 0 * *", "in the day-of-month field, where `0` stands, a number from 1 to 31");
    check_refused(
        "* * * FOO *",
        "in the month field, where `FOO` stands, a number from 1 to 12 or a name from JAN to DEC",
    );
    check_refused(
        "*/0 * * * *",
        "in the minute field, where `*/0` stands, a step from 1 to 60 after the `/`",
    );
    check_refused(
        "*/90 * * * *",
        "in the minute field, where `*/90` stands, a step from 1 to 60 after the `/`",
    );
    check_refused(
        "0 22-2 * * *",
        "in the hour field, where `22-2` stands, a range that rises; write it as two, `22-23,0-2`",
    );
    check_refused(
        "0 0 * * L",
        "in the weekday field, where `L` stands, a weekday before the `L`, as in `5L` for the last Friday",
    );
    check_refused(
        "0 0 * * 1#6",
        "in the weekday field, where `1#6` stands, a number from 1 to 5, or L, after the `#`",
    );
    for pattern in
        ["+5 * * * *", "1- * * * *", "-1 * * * *", "5L * * * *", "0 0 W * *", "0 0 L-2 * *", "1.5 * * * *"]
    {
        assert!(matches!(parse(pattern), Err(ParseCronError::Item { .. })), "{pattern}");
    }
}

#[test]
fn texts_that_are_no_patterns_are_refused() {
    let count = "five fields (minute hour day-of-month month weekday), or six with seconds first, not";
    check_refused("", &format!("{count} 0"));
    check_refused("0 0 * *", &format!("{count} 4"));
    check_refused("0 0 0 * * * 2027", &format!("{count} 7"));
    check_refused(&"1,".repeat(101), "a pattern of at most 200 characters, not 202");
    check_refused("@fortnightly", "one of @yearly, @annually, @monthly, @weekly, @daily, @midnight, @hourly");
    assert_eq!(parse("@reboot"), Err(ParseCronError::Reboot));
    for text in ["0 9 * * *\0", "0 9\n* * *", "0 9 * * \u{202e}1", "\u{661} * * * *"] {
        assert_eq!(parse(text), Err(ParseCronError::ForbiddenCharacter));
    }
    assert!(parse(" 0\t9  * * * ").is_ok());
}
