//! What will become of every occurrence is known before it does, from a server's jobs or from a file.

use std::time::Duration;

use dateline_tests::history;
use dateline_tests::waiting::Stopwatch;
use serde_json::{Value, json};

use super::Operator;

/// Returns a file of one project whose jobs have these names, patterns and further fields, by Berlin's clocks.
fn file(jobs: &[(&str, &str, &str)]) -> String {
    let job = |(name, pattern, more): &(&str, &str, &str)| {
        let time = format!("{{cronExpression: \"{pattern}\", timezone: Europe/Berlin}}");
        let schedule = format!("type: GENERATE_CONTENT, frequency: CUSTOM, timeConfig: {time}");
        format!("      - {{name: {name}, {schedule}{more}}}\n")
    };
    let jobs: String = jobs.iter().map(job).collect();
    format!("version: 1\nprojects:\n  - name: App\n    jobs:\n{jobs}")
}

/// Returns each occurrence in short: `2027-03-28T01:00 LATE`, with the reason's word when there is one.
fn became(played: &Value) -> Vec<String> {
    let all = played["occurrences"].as_array().expect("occurrences");
    let word = |it: &Value, name: &str| it[name].as_str().unwrap_or_default().to_owned();
    let told = all.iter().map(|it| {
        let (due, reason) = (word(it, "dueAt"), word(it, "reason"));
        format!("{} {} {reason}", &due[..16], word(it, "became")).trim_end().to_owned()
    });
    told.collect()
}

#[test]
fn a_night_a_restart_and_a_clock_step_are_played() {
    let operator = Operator::new();
    let skip = ", policy: {misfire: SKIP}";
    let path = operator.file("jobs.yaml", &file(&[("Nightly", "30 2 * * *", "")]));
    let base = ["simulate", "--file", &path, "--from", "2027-03-27", "--to", "2027-03-28"];
    let played = |more: &[&str]| operator.json(&[&base[..], more].concat());
    assert_eq!(
        became(&played(&[])),
        ["2027-03-27T01:30 RAN", "2027-03-28T01:00 RAN"],
        "02:30 is skipped on the 28th"
    );
    let slept = played(&["--sleep", "23:00-07:00"]);
    assert_eq!(
        became(&slept),
        ["2027-03-27T01:30 RAN", "2027-03-28T01:00 LATE"],
        "the first night began before"
    );
    let started = slept["occurrences"][1]["startedAt"].as_str().unwrap_or_default();
    assert!(started.starts_with("2027-03-28T05:00:0"), "within seconds of waking: {started}");
    assert_eq!(
        slept["counts"],
        json!({ "ran": 1, "late": 1, "skipped": 0, "missed": 0, "planned": 0, "other": 0 })
    );
    let table = operator.ran(&[&base[..], &["--sleep", "23:00-07:00", "--unusual"]].concat());
    assert_eq!((table.code, table.stdout.lines().count()), (Some(0), 2), "{table:?}");
    assert!(
        table.stdout.contains("It ran 4 h late.") && table.stderr.contains("2 occurrences: 1 ran, 1 late"),
        "{table:?}"
    );

    let path = operator.file("hourly.yaml", &file(&[("Hourly", "0 * * * *", skip)]));
    let day = ["simulate", "--file", &path, "--from", "2027-06-01T00:30:00Z", "--to", "2027-06-01T04:30:00Z"];
    let played = |more: &[&str]| became(&operator.json(&[&day[..], more].concat()));
    let hours = |words: [&str; 4]| -> Vec<String> {
        words.iter().zip(1..).map(|(word, hour)| format!("2027-06-01T0{hour}:00 {word}")).collect()
    };
    assert_eq!(played(&["--restart", "2027-06-01T01:30:00Z"]), hours(["RAN"; 4]));
    let down = played(&["--restart", "2027-06-01T01:30:00Z:2h"]);
    assert_eq!(down, hours(["RAN", "MISSED DOWN", "MISSED DOWN", "RAN"]));
    let forward = played(&["--clock-step", "2027-06-01T01:30:00Z:+1h"]);
    assert_eq!(forward, hours(["RAN", "MISSED ASLEEP", "RAN", "RAN"]));
    assert_eq!(
        played(&["--clock-step", "2027-06-01T02:30:00Z:-1h"]),
        hours(["RAN"; 4]),
        "nothing is repeated"
    );
}

#[test]
fn the_server_s_own_jobs_are_played_and_left_alone() {
    let operator = Operator::new();
    let repository = history::conventional();
    operator.set_up(repository.path());
    operator.done(&["job", "create", "App", "--name", "Off", "--daily", "--at", "03:00", "--disabled"]);
    let before = operator.everything();
    let played = operator.json(&["simulate", "--from", "2027-01-01", "--to", "2027-01-31"]);
    let fridays = ["01", "08", "15", "22", "29"].map(|day| format!("2027-01-{day}T16:00 RAN"));
    assert_eq!(became(&played), fridays, "a disabled job has no occurrences");
    let preview = operator.scene.client().post("/api/cron/preview", &json!({
        "frequency": "WEEKLY", "timeConfig": { "dayOfWeek": 5, "hour": 17, "minute": 0, "timezone": "Europe/Berlin" },
        "from": "2027-01-01T00:00:00Z", "count": 5,
    })).expect(200);
    let due = |list: &Value| -> Vec<Value> {
        list["occurrences"].as_array().into_iter().flatten().map(|it| it["dueAt"].clone()).collect()
    };
    assert_eq!(due(&played), due(&preview), "as the interface has it");
    assert_eq!(operator.everything(), before);
    let exported = operator.file("exported.yaml", &operator.done(&["export"]));
    let of_file =
        operator.json(&["simulate", "--file", &exported, "--from", "2027-01-01", "--to", "2027-01-31"]);
    assert_eq!(of_file, played, "the file is as good as the server");
}

#[test]
fn a_year_of_twenty_schedules_takes_seconds() {
    let operator = Operator::new();
    let patterns =
        ["0 9 * * *", "30 2 * * *", "0 17 * * 5", "0 8 L * *", "0 9 * * 1-5", "0 6,18 * * *", "15 7 1 * *"];
    let jobs: Vec<(String, &str)> =
        (0..20).map(|n| (format!("Job{n}"), patterns[n % patterns.len()])).collect();
    let jobs: Vec<_> = jobs.iter().map(|(name, pattern)| (name.as_str(), *pattern, "")).collect();
    let path = operator.file("year.yaml", &file(&jobs));
    let watch = Stopwatch::start();
    let played = operator.json(&["simulate", "--file", &path, "--from", "2027-01-01", "--to", "2027-12-31"]);
    let took = watch.elapsed();
    let all = played["occurrences"].as_array().map_or(0, Vec::len);
    assert!(all > 5_000, "{all}");
    let counts = &played["counts"];
    assert_eq!(counts["ran"], all, "nothing keeps them from running on time: {counts}");
    assert!(took < Duration::from_secs(120), "{all} occurrences took {took:?}");
    eprintln!("{all} occurrences of a year took {took:?}");
}

#[test]
fn what_cannot_be_played_is_refused_kindly() {
    let operator = Operator::new();
    let path = operator.file("jobs.yaml", &file(&[("Often", "* * * * *", "")]));
    let simulate = |more: &[&str]| operator.refused(&[&["simulate", "--file", &path][..], more].concat(), 2);
    assert!(simulate(&["--from", "2027-01-01", "--to", "2027-12-31"]).contains("100000"));
    assert!(simulate(&["--from", "2027-01-02", "--to", "2027-01-01"]).contains("--to"));
    for (flag, value) in [
        ("--sleep", "23-7"),
        ("--restart", "noon"),
        ("--clock-step", "2027-01-01T00:00:00Z"),
        ("--clock-step", "2027-01-01T00:00:00Z:-400d"),
        ("--from", "soon"),
    ] {
        let ran = operator.ran(&["simulate", "--file", &path, flag, value]);
        assert!(ran.code == Some(2) && ran.stderr.contains("expected"), "{flag} {value}: {ran:?}");
    }
    operator.refused(&["simulate", "--file", &path, "--project", "Other"], 3);
    operator.refused(&["simulate", "--file", "/nonexistent"], 3);
    let never = operator.file("never.yaml", &file(&[("Never", "0 0 30 2 *", "")]));
    let why = operator.refused(&["simulate", "--file", &never], 2);
    assert!(why.contains("Never") && why.contains("cronExpression"), "{why}");
    let empty = operator.file("empty.yaml", "version: 1\nprojects: []\n");
    let ran = operator.ran(&["simulate", "--file", &empty]);
    assert!(ran.code == Some(0) && ran.stderr.contains("Nothing is due"), "{ran:?}");
}
