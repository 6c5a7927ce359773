use super::*;
use crate::schedule::{DayMatch, Frequency, Rules, TimeConfig};

fn zone(name: &str) -> Zone {
    Zone::named(name).expect("it is known")
}

fn readings(text: &str, form: Form) -> Vec<Line> {
    read(text, form, zone("Europe/Berlin"))
}

/// Checks the pattern, the day match and the name that one line of a user's crontab comes to.
#[track_caller]
fn check(text: &str, pattern: &str, day_match: Option<DayMatch>, name: &str) {
    let lines = readings(text, Form::User);
    let [Line { number: 1, reading: Reading::Taken(entry) }] = &lines[..] else {
        panic!("{text}: {lines:?}")
    };
    let time_config = TimeConfig {
        cron_expression: Some(pattern.into()),
        day_match,
        timezone: Some("Europe/Berlin".into()),
        ..TimeConfig::default()
    };
    assert_eq!(entry.schedule, Schedule { frequency: Frequency::Custom, time_config }, "{text}");
    assert_eq!(entry.name, name, "{text}");
}

#[track_caller]
fn refused(text: &str, form: Form, word: &str) {
    let lines = readings(text, form);
    let [Line { reading: Reading::Refused(why), .. }] = &lines[..] else { panic!("{text}: {lines:?}") };
    assert!(why.contains(word), "{text}: {why}");
}

#[test]
fn a_line_becomes_a_schedule() {
    check("0 9 * * 1-5 /usr/local/bin/news --all", "0 9 * * 1-5", None, "news");
    check("\t30  2\t* * sun   backup.sh", "30 2 * * sun", None, "backup.sh");
    check("0 0 1 jan,JUL * x", "0 0 1 jan,JUL *", None, "x");
    check("0 9 * * 7 x", "0 9 * * 7", None, "x");
    check("*/5 * * * * x", "*/5 * * * *", None, "x");
    check("@daily x", "@daily", None, "x");
    check("@Weekly\tx", "@weekly", None, "x");
    check("@every_minute x", "* * * * *", None, "x");
    check("-0 9 * * * x", "0 9 * * *", None, "x");
}

#[test]
fn the_day_fields_go_together_as_in_cron() {
    check("0 0 13 * 5 x", "0 0 13 * 5", None, "x");
    check("0 0 */2 * 1 x", "0 0 */2 * 1", Some(DayMatch::And), "x");
    check("0 0 1-7 * */2 x", "0 0 1-7 * */2", Some(DayMatch::And), "x");
    check("0 0 * * 1 x", "0 0 * * 1", None, "x");
    check("0 0 */2 * * x", "0 0 */2 * *", None, "x");
    let both = readings("0 0 13 * 5 x", Form::User);
    assert!(both[0].entry().expect("taken").notes[0].contains("whichever comes"), "{both:?}");
}

/// Every pattern and its days, worked out by Debian's rule: stars at the front mean AND, otherwise OR.
#[test]
fn what_is_taken_over_fires_when_cron_would() {
    let rows = [
        ("0 0 13 * 5 x", ["2027-01-01", "2027-01-08", "2027-01-13"]),
        ("0 0 */10 * 5 x", ["2027-01-01", "2027-05-21", "2027-06-11"]),
        ("0 0 * * 7 x", ["2027-01-03", "2027-01-10", "2027-01-17"]),
        ("0 0 * * 5-7 x", ["2027-01-01", "2027-01-02", "2027-01-03"]),
        ("0 0 * * */3 x", ["2027-01-02", "2027-01-03", "2027-01-06"]),
    ];
    for (text, expected) in rows {
        let lines = read(text, Form::User, zone("UTC"));
        let schedule = &lines[0].entry().unwrap_or_else(|| panic!("{lines:?}")).schedule;
        let compiled = schedule.compile(&Rules::default()).expect("it was compiled");
        let from = "2026-12-31T12:00:00Z".parse().expect("an instant");
        let found: Vec<String> = compiled
            .occurrences_after(from)
            .take(3)
            .map(|it| it.expect("there are more").due_at.format("%Y-%m-%d").to_string())
            .collect();
        assert_eq!(found, expected, "{text}");
    }
}

#[test]
fn what_cannot_be_taken_over_says_why() {
    for (text, word) in [
        ("@reboot x", "machine starts"),
        ("@fortnightly x", "@yearly"),
        ("0~59 9 * * * x", "draw"),
        ("60 9 * * * x", "minute field"),
        ("0 9 31 2 * x", "day"),
        ("0 9 * * 8 x", "weekday"),
        ("0 9 * *", "five fields"),
        ("0 9 * * *", "no command"),
        ("hello there", "neither"),
        ("START_HOURS_RANGE=3-22", "anacron"),
        ("CRON_TZ=Mars/Olympus", "IANA"),
        ("RANDOM_DELAY=soon", "minutes"),
        ("1 5 cron.daily nice run-parts /etc/cron.daily", "neither"),
    ] {
        refused(text, Form::User, word);
    }
    refused("0 9 * * * root", Form::System, "no user and command");
}

#[test]
fn a_system_s_crontab_names_a_user() {
    let lines = readings(
        "17 * * * * root cd / && run-parts --report /etc/cron.hourly\n@daily www-data x",
        Form::System,
    );
    let names: Vec<_> = lines.iter().map(|line| line.entry().expect("taken").name.as_str()).collect();
    assert_eq!(names, ["run-parts", "x"]);
    assert!(lines[0].entry().expect("taken").notes[0].contains("user"));
}

#[test]
fn settings_count_for_the_lines_below_them() {
    let text = "# remark\n\n0 1 * * * a\nCRON_TZ = \"America/New_York\"\n0 1 * * * b\nTZ=Asia/Tokyo\nMAILTO=ana@example.org\n\
        SHELL=/bin/sh\nRANDOM_DELAY=30\n0 1 * * * c\n*/10 * * * * d\nCRON_TZ=Nowhere\n0 1 * * * e\n";
    let lines = readings(text, Form::User);
    let zones: Vec<_> = lines
        .iter()
        .filter_map(Line::entry)
        .map(|it| it.schedule.time_config.timezone.as_deref().unwrap_or(""))
        .collect();
    let new_york = "America/New_York";
    assert_eq!(zones, ["Europe/Berlin", new_york, new_york, new_york, new_york]);
    let spreads: Vec<_> =
        lines.iter().filter_map(Line::entry).map(|it| it.schedule.time_config.jitter_ms).collect();
    assert_eq!(spreads, [None, None, Some(1_800_000), None, Some(1_800_000)]);
    let told: Vec<_> = lines
        .iter()
        .filter_map(|it| match &it.reading {
            Reading::Told(text) => Some((it.number, text.split([' ', ':']).next().unwrap_or(""))),
            _ => None,
        })
        .collect();
    assert_eq!(told, [(4, "the"), (6, "TZ"), (7, "MAILTO"), (8, "SHELL"), (9, "what")]);
    let notes = &lines.iter().filter_map(Line::entry).nth(3).expect("d").notes;
    assert!(notes[0].contains("RANDOM_DELAY is longer"), "{notes:?}");
}

#[test]
fn nothing_of_a_command_but_its_program_is_repeated() {
    let rows = [
        ("0 1 * * * curl -u ana:secret https://example.org", "curl"),
        ("0 1 * * * PASS=secret TOKEN=\"secret x\" /opt/bin/sync", "sync"),
        ("0 1 * * * cd /srv/secret && ./run.sh", "run.sh"),
        ("0 1 * * * (date; echo secret) | mail -s secret", "date"),
        ("0 1 * * * \"/opt/my secret/tool\"", "crontab"),
        ("0 1 * * * mail ana%secret%text", "mail"),
        ("0 1 * * * $SECRET", "crontab"),
        ("0 1 * * * /", "crontab"),
    ];
    for (text, name) in rows {
        let lines = readings(text, Form::User);
        let entry = lines[0].entry().unwrap_or_else(|| panic!("{lines:?}"));
        assert_eq!(entry.name, name, "{text}");
        assert!(!format!("{entry:?}").contains("secret"), "{entry:?}");
    }
    let piped = readings("0 1 * * * mail ana%text\n0 2 * * * date +\\%F\n", Form::User);
    assert!(piped[0].entry().expect("taken").notes[0].contains('%'));
    assert!(piped[1].entry().expect("taken").notes.is_empty(), "an escaped one is a sign like others");
}

#[test]
fn entries_of_one_name_are_told_apart() {
    let lines = readings("0 1 * * * a\n0 2 * * * b\n0 3 * * * a --other\n", Form::User);
    let names: Vec<_> = lines.iter().map(|line| line.entry().expect("taken").name.as_str()).collect();
    assert_eq!(names, ["a (line 1)", "b", "a (line 3)"]);
}

#[test]
fn hostile_lines_cost_little() {
    let long = format!("0 9 * * {} x\n", "1,".repeat(50_000));
    refused(&long, Form::User, "200 characters");
    let many = "* * * * * x\n".repeat(LINES_MAX + 5);
    let lines = readings(&many, Form::User);
    assert_eq!(lines.len(), LINES_MAX + 1);
    assert!(
        matches!(&lines[LINES_MAX].reading, Reading::Refused(why) if why.contains("10000")),
        "{:?}",
        lines.last()
    );
    for text in ["\0 * * * * x", "= =", "\u{feff}0 9 * * * x", "@", "@ x", "-", "é é é é é é"] {
        let lines = readings(text, Form::User);
        assert!(matches!(&lines[..], [Line { reading: Reading::Refused(_), .. }]), "{text}: {lines:?}");
    }
}
