//! A crontab becomes a file for `apply`, and what cannot be taken over is told.

use dateline_tests::command::dateline;
use dateline_tests::history;
use serde_json::Value;

use super::Operator;

const CRONTAB: &str = "\
# Edited by hand since 2009
SHELL=/bin/bash
MAILTO=ana@example.org
CRON_TZ=America/New_York
0 9 * * 1-5   /opt/bin/news --token pa55word
30 17 */2 * fri cd /srv && ./report.sh | mail -s news ana@example.org
@daily      /opt/bin/news --all
0 0 13 * 5  date%one%two

CRON_TZ=Asia/Tokyo
15 6 * * 7  backup
@reboot     /opt/bin/agent
61 * * * *  broken
not a line
";

#[test]
fn a_crontab_becomes_jobs_of_a_project() {
    let operator = Operator::new();
    let repository = history::conventional();
    operator.set_up(repository.path());
    let crontab = operator.file("crontab", CRONTAB);
    let ran = operator.ran(&["import", "crontab", &crontab, "--project", "App"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    for told in [
        "line 2: SHELL is for the commands",
        "line 3: MAILTO: whom Dateline mails",
        "line 4: the times below are those of America/New_York",
        "line 6, taken over as `report.sh`: a day field begins with *, so both have to match",
        "line 8, taken over as `date`: what stands after % was the command's input",
        "line 8, taken over as `date`: it runs on the day of the month or on the weekday",
        "line 12, not taken over: @reboot names no time",
        "line 13, not taken over: `61 * * * *`: expected in the minute field",
        "line 14, not taken over: neither a setting nor five fields",
        "5 taken over, 3 not.",
    ] {
        assert!(ran.stderr.contains(told), "{told}: {}", ran.stderr);
        assert!(
            told.ends_with("not.") || ran.stdout.contains(&format!("# {told}")),
            "the file says it too: {told}"
        );
    }
    for secret in ["pa55word", "mail -s", "--all"] {
        assert!(!ran.said().contains(secret), "{secret}: {}", ran.said());
    }

    let file = operator.file("jobs.yaml", &ran.stdout);
    assert_eq!(operator.apply(&file, &["--dry-run"]).code, Some(7));
    assert_eq!(
        operator.apply(&file, &["--yes"]).code,
        Some(0),
        "it takes no source: the server has the project"
    );
    assert!(operator.apply(&file, &["--yes"]).done().starts_with("No change"));
    let job = |name: &str| operator.json(&["job", "show", name]);
    let report = job("report.sh");
    assert_eq!(
        (&report["timeConfig"]["dayMatch"], &report["timeConfig"]["timezone"]),
        (&"AND".into(), &"America/New_York".into())
    );
    assert_eq!(job("backup")["timeConfig"]["timezone"], "Asia/Tokyo");
    assert!(job("backup")["description"].as_str().is_some_and(|it| it.contains("Sunday")), "7 is Sunday");
    assert_eq!(job("news (line 5)")["type"], "GENERATE_CONTENT");
    assert_eq!(job("news (line 7)")["timeConfig"]["cronExpression"], "@daily");
    assert_eq!(
        operator.json(&["job", "list"])["items"].as_array().map(Vec::len),
        Some(6),
        "the project's own job stays"
    );
}

#[test]
fn the_system_s_form_is_read_as_such() {
    let operator = Operator::new();
    let path =
        operator.file("system", "17 * * * * root cd / && run-parts /etc/cron.hourly\n0 9 * * * root\n");
    let import = ["import", "crontab", &path, "--project", "App", "--tz", "UTC", "--json"];
    let read = |more: &[&str]| -> Value {
        serde_json::from_str(&operator.done(&[&import[..], more].concat())).expect("JSON")
    };
    let system = read(&["--system"]);
    assert_eq!(system["file"]["projects"][0]["jobs"][0]["name"], "run-parts");
    assert_eq!(
        (&system["lines"][0]["outcome"], &system["lines"][1]["outcome"]),
        (&"TAKEN".into(), &"REFUSED".into())
    );
    let user = read(&[]);
    assert_eq!(user["file"]["projects"][0]["jobs"][0]["name"], "root (line 1)");
    let types = read(&["--system", "--type", "sync-github"]);
    assert_eq!(types["file"]["projects"][0]["jobs"][0]["type"], "SYNC_GITHUB");
    assert_eq!(types["file"]["projects"][0]["jobs"][0]["timeConfig"]["timezone"], "UTC");
}

#[test]
fn what_is_no_crontab_is_refused_kindly() {
    let operator = Operator::new();
    let none = operator.file("none", "nothing here\n");
    let ran = operator.ran(&["import", "crontab", &none, "--project", "App"]);
    assert!(
        ran.code == Some(1) && ran.stdout.is_empty() && ran.stderr.contains("no line can be taken over"),
        "{ran:?}"
    );
    operator.refused(&["import", "crontab", "/nonexistent", "--project", "App"], 3);
    let crontab = operator.file("crontab", CRONTAB);
    operator.refused(&["import", "crontab", &crontab, "--project", "App", "--tz", "Mars"], 2);
    operator.refused(&["import", "crontab", &crontab, "--project", "a\nb"], 2);
    assert_eq!(dateline(["import", "crontab", &crontab]).code, Some(2), "no project is named");
    let big = operator.file("big", &"0 9 * * * x\n".repeat(200_000));
    assert!(operator.refused(&["import", "crontab", &big, "--project", "App"], 2).contains("bytes"));
    let hostile = operator.file("hostile", "0 9 * * * x\u{1b}[2J\n@\u{202e}x y\n* * * * * \u{7}\n");
    let ran = operator.ran(&["import", "crontab", &hostile, "--project", "App"]);
    assert!(!ran.said().contains('\u{1b}') && !ran.said().contains('\u{202e}'), "{ran:?}");
}
