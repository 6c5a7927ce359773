use super::*;
use crate::execution::{Items, MissReason, Outcome, SkipReason, Stuck, Trigger};
use crate::id::{ExecutionId, JobId, ProjectId};
use crate::job::{Payload, SyncGithub};
use crate::policy::Priority;
use crate::time::from_unix_ms;

const DAY: i64 = 86_400_000;

fn at(days: i64) -> Timestamp {
    from_unix_ms(days * DAY)
}

fn execution(state: ExecutionState) -> Execution {
    Execution {
        id: ExecutionId::from_bits(1),
        job: JobId::from_bits(1),
        home: ProjectId::from_bits(1).into(),
        trigger: Trigger::Manual,
        due: None,
        payload: Payload::SyncGithub(SyncGithub {}),
        priority: Priority::default(),
        state,
        epoch: 0,
        attempts: Vec::new(),
        rescues: 0,
        stuck: Stuck::default(),
        items: Items::default(),
        output: serde_json::Value::Null,
        error: None,
        dead_letter: None,
        superseded_by: None,
        pinned_at: None,
        concurrency: None,
        rate: None,
        debounce: None,
        created_at: at(0),
        started_at: None,
        version: 1,
    }
}

#[test]
fn each_way_to_end_has_its_lifetime() {
    let missed = Outcome::Missed(MissReason::Down);
    let skipped = Outcome::Skipped(SkipReason::Overlap);
    for (outcome, days) in [
        (Outcome::Completed, 30),
        (Outcome::Cancelled, 30),
        (Outcome::Partial, 90),
        (Outcome::Failed, 90),
        (missed, 90),
        (skipped, 7),
    ] {
        let ended = execution(ExecutionState::Finished { outcome, at: at(10) });
        let retention = Retention::default();
        let last = verdict(&ended, false, &retention, at(10 + days));
        assert_eq!(last, Verdict::Young, "{outcome:?} is kept for {days} whole days");
        let over = at(10 + days) + Duration::from_millis(1);
        assert_eq!(verdict(&ended, false, &retention, over), Verdict::Goes, "{outcome:?}");
        assert_eq!(verdict(&ended, true, &retention, over), Verdict::Latest, "{outcome:?}");
        let pinned = Execution { pinned_at: Some(at(11)), ..ended };
        assert_eq!(verdict(&pinned, false, &retention, over), Verdict::Pinned, "{outcome:?}");
        assert_eq!(aged(&pinned, 1, over), Verdict::Pinned, "its log stays too");
    }
}

#[test]
fn what_is_open_never_goes() {
    let queued = execution(ExecutionState::Queued { since: at(0), ready_at: at(0) });
    let paused = execution(ExecutionState::Paused { since: at(0) });
    for open in [queued, paused] {
        assert_eq!(verdict(&open, false, &Retention::default(), at(9_999)), Verdict::Open);
        assert_eq!(aged(&open, 1, at(9_999)), Verdict::Open);
    }
}

#[test]
fn a_change_is_bounded_and_names_each_field() {
    let change = RetentionChange { logs_days: Some(0), audit_days: Some(DAYS_MAX + 1), ..Default::default() };
    let wrong = change.out_of_bounds();
    assert_eq!(wrong.iter().map(|it| it.field).collect::<Vec<_>>(), ["logsDays", "auditDays"]);
    let change = RetentionChange { logs_days: Some(1), runs_min: Some(RUNS_MIN_MAX), ..Default::default() };
    assert_eq!(change.out_of_bounds(), []);
    let kept = Retention::default().with(change);
    assert_eq!(kept, Retention { logs_days: 1, runs_min: RUNS_MIN_MAX, ..Retention::default() });
}

#[test]
fn settings_of_an_older_store_have_the_usual_lifetimes() {
    let settings: crate::instance::InstanceSettings =
        serde_json::from_str(r#"{"localRoots":[],"signInFailuresMax":10,"version":3}"#).expect("it is read");
    assert_eq!(settings.retention, Retention::default());
    let newer: Retention = serde_json::from_str(r#"{"logsDays":3}"#).expect("it is read");
    assert_eq!(newer, Retention { logs_days: 3, ..Retention::default() });
}
