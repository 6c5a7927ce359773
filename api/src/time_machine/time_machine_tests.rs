use chrono::NaiveTime;
use dateline_core::policy::{MisfirePolicy, OverlapPolicy};
use dateline_core::schedule::{Frequency, TimeConfig, Zone};

use super::*;

fn at(text: &str) -> Timestamp {
    text.parse().expect("an instant")
}

fn job(name: &str, pattern: &str) -> PlayedJob {
    let time_config = TimeConfig {
        cron_expression: Some(pattern.into()),
        timezone: Some("Europe/Berlin".into()),
        ..TimeConfig::default()
    };
    let schedule = Schedule { frequency: Frequency::Custom, time_config };
    let policy = Policy { overlap: OverlapPolicy::Skip, ..Policy::default() };
    PlayedJob { name: name.into(), job_type: JobType::GenerateContent, schedule, is_enabled: true, policy }
}

fn skipping(name: &str, pattern: &str) -> PlayedJob {
    let job = job(name, pattern);
    PlayedJob { policy: Policy { misfire: MisfirePolicy::Skip, ..job.policy.clone() }, ..job }
}

/// Returns the scenario in which nothing happens.
fn quiet(from: &str, to: &str, jobs: Vec<PlayedJob>) -> Scenario {
    let projects = vec![PlayedProject { name: "App".into(), jobs }];
    Scenario {
        from: at(from),
        to: at(to),
        projects,
        jobs: Vec::new(),
        sleep: None,
        restarts: Vec::new(),
        steps: Vec::new(),
    }
}

/// Checks the ledger, a line an occurrence: its due time in UTC, what became of it, the reason, and when it started.
#[track_caller]
fn check(scenario: &Scenario, expected: &[&str]) {
    let lines = play(scenario).expect("it plays");
    assert!(
        lines.iter().all(|line| line.started_at.is_none_or(|at| at >= line.due_at)),
        "never early: {lines:#?}"
    );
    let told: Vec<String> = lines
        .iter()
        .map(|line| {
            let started = line.started_at.map(|at| at.format(" @%dT%H:%M").to_string()).unwrap_or_default();
            let reason = line.reason.as_ref().map(|reason| format!(" {reason}")).unwrap_or_default();
            let count = if line.count > 1 { format!(" x{}", line.count) } else { String::new() };
            format!("{}{count} {}{reason}{started}", line.due_at.format("%dT%H:%M"), line.fate.as_str())
        })
        .collect();
    assert_eq!(told, expected);
}

#[test]
fn what_is_due_runs_at_that_instant() {
    let scenario = quiet("2027-01-01T00:00:00Z", "2027-01-04T00:00:00Z", vec![job("a", "0 9 * * *")]);
    check(&scenario, &["01T08:00 RAN @01T08:00", "02T08:00 RAN @02T08:00", "03T08:00 RAN @03T08:00"]);
}

#[test]
fn the_clocks_have_their_say() {
    let scenario = quiet("2027-03-27T12:00:00Z", "2027-03-29T12:00:00Z", vec![job("a", "30 2 * * *")]);
    check(&scenario, &["28T01:00 RAN @28T01:00", "29T00:30 RAN @29T00:30"]);
    let lines = play(&scenario).expect("it plays");
    assert!(lines[0].reason_text.as_deref().is_some_and(|text| text.contains("02:30")), "{:?}", lines[0]);
    let scenario = quiet("2027-10-30T12:00:00Z", "2027-11-01T00:00:00Z", vec![job("a", "30 2 * * *")]);
    check(&scenario, &["31T00:30 RAN @31T00:30"]);
}

#[test]
fn what_is_slept_through_runs_once_at_waking_or_never() {
    let time = |text: &str| NaiveTime::parse_from_str(text, "%H:%M").expect("a time of day");
    let zone = Zone::named("UTC").expect("it is known");
    let sleep = Some(SleepHours { from: time("23:00"), to: time("07:00"), zone });
    let hours = |job| Scenario { sleep, ..quiet("2027-01-01T21:30:00Z", "2027-01-02T09:30:00Z", vec![job]) };
    check(
        &hours(job("a", "0 3,5,9 * * *")),
        &["02T02:00 MISSED COALESCED", "02T04:00 LATE @02T07:00", "02T08:00 RAN @02T08:00"],
    );
    check(
        &hours(skipping("a", "0 3,5,9 * * *")),
        &["02T02:00 MISSED ASLEEP", "02T04:00 MISSED ASLEEP", "02T08:00 RAN @02T08:00"],
    );
}

#[test]
fn what_is_due_while_nothing_runs_is_found_at_the_start() {
    let down = |minutes| vec![Restart { at: at("2027-01-01T10:30:00Z"), down: TimeDelta::minutes(minutes) }];
    let from_ten = |job, minutes| Scenario {
        restarts: down(minutes),
        ..quiet("2027-01-01T09:30:00Z", "2027-01-01T14:30:00Z", vec![job])
    };
    let punctual = [
        "01T10:00 RAN @01T10:00",
        "01T11:00 RAN @01T11:00",
        "01T12:00 RAN @01T12:00",
        "01T13:00 RAN @01T13:00",
        "01T14:00 RAN @01T14:00",
    ];
    check(&from_ten(job("a", "0 * * * *"), 0), &punctual);
    let lines = play(&from_ten(skipping("a", "0 * * * *"), 120)).expect("it plays");
    let told: Vec<_> = lines.iter().map(|line| (line.fate, line.reason.as_deref())).collect();
    let down = (Fate::Missed, Some("DOWN"));
    assert_eq!(told, [(Fate::Ran, None), down, down, (Fate::Ran, None), (Fate::Ran, None)]);
}

#[test]
fn a_clock_set_back_repeats_nothing_and_one_set_forward_is_sleep() {
    let step = |by| vec![ClockStep { at: at("2027-01-01T10:30:00Z"), by }];
    let stepped = |job, by| Scenario {
        steps: step(by),
        ..quiet("2027-01-01T09:30:00Z", "2027-01-01T13:30:00Z", vec![job])
    };
    check(
        &stepped(job("a", "0 * * * *"), -TimeDelta::hours(1)),
        &[
            "01T10:00 RAN @01T10:00",
            "01T11:00 RAN @01T11:00",
            "01T12:00 RAN @01T12:00",
            "01T13:00 RAN @01T13:00",
        ],
    );
    check(
        &stepped(skipping("a", "0 * * * *"), TimeDelta::hours(2)),
        &[
            "01T10:00 RAN @01T10:00",
            "01T11:00 MISSED ASLEEP",
            "01T12:00 MISSED ASLEEP",
            "01T13:00 RAN @01T13:00",
        ],
    );
}

#[test]
fn the_same_play_ends_the_same() {
    let jittered = |name: &str| {
        let mut job = job(name, "0 9 * * *");
        job.schedule.time_config.jitter_ms = Some(3_600_000);
        job
    };
    let scenario = quiet("2027-01-01T00:00:00Z", "2027-01-08T00:00:00Z", vec![jittered("a"), jittered("b")]);
    let played = play(&scenario).expect("it plays");
    assert_eq!(played, play(&scenario).expect("again"));
    assert_eq!(played.len(), 14);
    assert!(
        played.iter().all(|line| line.fate == Fate::Ran && line.started_at > Some(line.due_at)),
        "{played:?}"
    );
}

#[test]
fn what_would_take_too_long_is_refused_before_it_begins() {
    let minutely = quiet("2027-01-01T00:00:00Z", "2028-01-01T00:00:00Z", vec![job("a", "* * * * *")]);
    assert!(matches!(play(&minutely), Err(PlayError::TooMany)));
    let mut disabled = job("a", "* * * * *");
    disabled.is_enabled = false;
    let disabled = quiet("2027-01-01T00:00:00Z", "2028-01-01T00:00:00Z", vec![disabled]);
    assert_eq!(play(&disabled).expect("it plays"), []);
    let never = quiet("2027-01-01T00:00:00Z", "2028-01-01T00:00:00Z", vec![job("a", "0 0 30 2 *")]);
    assert!(matches!(play(&never), Err(PlayError::Schedule { .. })));
}

#[test]
fn syncs_are_played_too() {
    let sync = PlayedJob { job_type: JobType::SyncGithub, ..job("a", "0 9 * * *") };
    check(&quiet("2027-01-01T00:00:00Z", "2027-01-02T00:00:00Z", vec![sync]), &["01T08:00 RAN @01T08:00"]);
}

#[test]
fn what_is_due_together_runs_before_the_clock_leaps_on() {
    let jobs = (0..20).map(|number| job(&format!("job {number}"), "0 9 * * *")).collect();
    let lines = play(&quiet("2027-01-01T00:00:00Z", "2027-01-31T00:00:00Z", jobs)).expect("it plays");
    assert_eq!(lines.len(), 600);
    let late = |line: &&LedgerLine| line.started_at.is_none_or(|at| at - line.due_at > TimeDelta::seconds(1));
    let late: Vec<_> = lines.iter().filter(late).collect();
    assert!(late.is_empty(), "{late:#?}");
}

#[test]
fn what_asks_runs_when_its_window_ends_since_nobody_answers() {
    let mut asking = job("a", "0 9 * * *");
    asking.policy.misfire = MisfirePolicy::Ask;
    asking.policy.lateness_window = std::time::Duration::from_secs(6 * 3600);
    let down = vec![Restart { at: at("2027-01-02T07:00:00Z"), down: TimeDelta::hours(2) }];
    let scenario =
        Scenario { restarts: down, ..quiet("2027-01-01T00:00:00Z", "2027-01-04T00:00:00Z", vec![asking]) };
    check(&scenario, &["01T08:00 RAN @01T08:00", "02T08:00 LATE @02T14:00", "03T08:00 RAN @03T08:00"]);
}

#[test]
fn jobs_without_a_project_are_played_beside_the_others() {
    let own = |job_type, name| PlayedJob { job_type, ..job(name, "0 10 * * *") };
    let jobs = vec![own(JobType::HttpRequest, "ping"), own(JobType::Cleanup, "tidy")];
    let scenario = quiet("2027-01-01T00:00:00Z", "2027-01-02T00:00:00Z", vec![job("a", "0 9 * * *")]);
    let scenario = Scenario { jobs, ..scenario };
    check(&scenario, &["01T08:00 RAN @01T08:00", "01T09:00 RAN @01T09:00", "01T09:00 RAN @01T09:00"]);
    let lines = play(&scenario).expect("it plays");
    let told: Vec<_> = lines.iter().map(|line| (line.project.as_deref(), line.job.as_str())).collect();
    assert_eq!(told, [(Some("App"), "a"), (None, "ping"), (None, "tidy")]);
}
