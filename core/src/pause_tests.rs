use super::*;
use crate::time::from_unix_ms;

fn at(second: i64) -> Timestamp {
    from_unix_ms(second * 1_000)
}

fn pause(since: i64, until: Option<i64>) -> Pause {
    let by = PausedBy::Person { user: UserId::OWNER };
    Pause { since: at(since), until: until.map(at), reason: None, by }
}

/// Does what `script` says, one thing after another, and spells the pauses that come of it.
fn check(script: &[(&str, i64, Option<i64>)], expected: &[(i64, Option<i64>)]) {
    let pauses = script.iter().fold(Pauses::default(), |pauses, (what, now, until)| match *what {
        "pause" => pauses.begun(pause(*now, *until)),
        _ => pauses.ended(at(*now)),
    });
    let expected = expected.iter().map(|(since, until)| pause(*since, *until)).collect();
    assert_eq!(pauses, Pauses(expected), "{script:?}");
}

#[test]
fn a_pause_lasts_until_its_end_or_until_somebody_resumes() {
    check(&[("pause", 10, None)], &[(10, None)]);
    check(&[("pause", 10, None), ("resume", 30, None)], &[(10, Some(30))]);
    check(&[("pause", 10, Some(50)), ("resume", 30, None)], &[(10, Some(30))]);
    check(&[("pause", 10, Some(20)), ("resume", 30, None)], &[(10, Some(20))]);
    check(&[("resume", 30, None)], &[]);
}

#[test]
fn pausing_again_changes_the_end_and_a_new_one_begins_after_the_last() {
    check(&[("pause", 10, None), ("pause", 20, Some(40))], &[(10, Some(40))]);
    check(&[("pause", 10, Some(40)), ("pause", 20, None)], &[(10, None)]);
    check(&[("pause", 10, Some(15)), ("pause", 20, None)], &[(10, Some(15)), (20, None)]);
    check(
        &[("pause", 10, None), ("resume", 12, None), ("pause", 20, None), ("resume", 21, None)],
        &[(10, Some(12)), (20, Some(21))],
    );
}

#[test]
fn a_clock_that_was_set_back_makes_no_pause_that_ends_before_it_begins() {
    check(&[("pause", 100, None), ("resume", 40, None)], &[(100, Some(100))]);
    check(&[("pause", 100, None), ("pause", 40, None)], &[(40, None)]);
    assert!(Pauses(vec![pause(100, None)]).in_force(at(40)).is_some());
}

#[test]
fn only_the_newest_are_remembered() {
    let mut pauses = Pauses::default();
    for n in 0..20 {
        pauses = pauses.begun(pause(n * 10, Some(n * 10 + 5)));
    }
    assert_eq!(pauses.0.len(), PAUSES_KEPT);
    assert_eq!((pauses.0[0].since, pauses.ended_at(at(1_000))), (at(120), Some(at(195))));
}

#[test]
fn an_occurrence_is_kept_back_when_it_falls_due_or_comes_to_run_in_a_pause() {
    let over = |since, until| Pauses(vec![pause(since, Some(until))]);
    let cases = [
        // The job's, the project's, everything's; due at; judged at; kept back.
        (Pauses::default(), Pauses::default(), Pauses::default(), 15, 15, false),
        (over(10, 20), Pauses::default(), Pauses::default(), 9, 25, false),
        (over(10, 20), Pauses::default(), Pauses::default(), 10, 25, true),
        (over(10, 20), Pauses::default(), Pauses::default(), 19, 25, true),
        (over(10, 20), Pauses::default(), Pauses::default(), 20, 25, false),
        (over(10, 20), Pauses::default(), Pauses::default(), 9, 15, true),
        (Pauses::default(), over(10, 20), Pauses::default(), 12, 25, true),
        (Pauses::default(), Pauses::default(), over(10, 20), 12, 25, true),
        (over(10, 20), over(30, 40), Pauses::default(), 25, 45, false),
        (over(10, 20), over(30, 40), Pauses::default(), 35, 45, true),
    ];
    for (job, project, engine, due, now, expected) in cases {
        let pauses = JobPauses { job, project, engine };
        assert_eq!(pauses.keep_back(at(due), at(now)), expected, "{pauses:?} due {due} now {now}");
    }
}

#[test]
fn all_pauses_in_force_must_end_before_something_runs() {
    let pauses = |job: Option<Option<i64>>, project: Option<Option<i64>>| {
        let one =
            |until: Option<Option<i64>>| Pauses(until.map(|until| pause(0, until)).into_iter().collect());
        JobPauses { job: one(job), project: one(project), engine: Pauses::default() }
    };
    assert_eq!(pauses(None, None).over_at(at(5)), Some(at(5)));
    assert_eq!(pauses(Some(Some(20)), None).over_at(at(5)), Some(at(20)));
    assert_eq!(pauses(Some(Some(20)), Some(Some(30))).over_at(at(5)), Some(at(30)));
    assert_eq!(pauses(Some(Some(20)), Some(Some(30))).over_at(at(25)), Some(at(30)));
    assert_eq!(pauses(Some(Some(20)), Some(None)).over_at(at(5)), None);
    let both = pauses(Some(Some(20)), Some(None));
    let levels: Vec<_> = both.in_force(at(5)).map(|(level, _)| level).collect();
    assert_eq!(levels, [PauseLevel::Job, PauseLevel::Project]);
}
