//! What becomes of an execution whose parts fail.

use std::time::Duration;

use dateline_core::execution::{AttemptOutcome, ExecutionState, ExecutionStatus, FailureClass, Outcome};
use dateline_core::job::JobStatus;
use dateline_core::platform::Platform;
use dateline_core::policy::Policy;
use dateline_core::retry::{RetryKind, RetryPolicy};

use crate::world::{Life, Mood, World, outcome, quick_retries, step_names};

const BOTH: [Platform; 2] = [Platform::Devto, Platform::Mastodon];
const COMPLETED: Option<Outcome> = Some(Outcome::Completed);
const FAILED: Option<Outcome> = Some(Outcome::Failed);

#[test]
fn a_failing_platform_alone_is_retried_and_then_given_up() {
    let world = World::new();
    world.writer.moods.always("MASTODON", Mood::Fail);
    world.life(async |life| {
        let (job, id) = life.started(&BOTH, quick_retries()).await;
        let ended = life.ended(id).await;
        assert_eq!(outcome(&ended), Some(Outcome::Partial));
        assert_eq!((ended.items.processed, ended.items.succeeded, ended.items.failed), (2, 1, 1));
        let error = ended.error.as_ref().expect("why");
        assert_eq!(error.step.as_deref(), Some("write/mastodon"));
        assert!(error.chain[0].contains("no words for MASTODON"), "{:?}", error.chain);
        assert_eq!(ended.attempts.len(), 3);
        let writer = &life.world.writer;
        assert_eq!((writer.calls(Platform::Devto), writer.calls(Platform::Mastodon)), (1, 3));
        let cursors: Vec<_> = life.view(job).await.cursors.iter().map(|cursor| cursor.platform).collect();
        assert_eq!(cursors, [Platform::Devto], "the failed platform's cursor stays");
        life.world.writer.moods.always("MASTODON", Mood::Well);
        let next = life.dateline.trigger(job, None).await.expect("an execution").id;
        assert_eq!(outcome(&life.ended(next).await), COMPLETED);
        let drafts = life.drafts(next).await;
        assert_eq!(drafts.iter().map(|draft| draft.platform).collect::<Vec<_>>(), [Platform::Mastodon]);
    });
}

#[test]
fn when_every_platform_fails_the_execution_fails_and_says_why() {
    let world = World::new();
    world.writer.moods.always("MASTODON", Mood::Fail);
    world.writer.moods.always("DEVTO", Mood::Fail);
    world.life(async |life| {
        let (job, id) = life.started(&BOTH, quick_retries()).await;
        let ended = life.ended(id).await;
        assert_eq!(outcome(&ended), FAILED);
        assert_eq!(ended.attempts.len(), 3);
        let error = ended.error.expect("why");
        assert_eq!(error.class, FailureClass::Transient);
        assert!(error.chain[0].contains("no words for DEVTO"), "{:?}", error.chain);
        assert_eq!(life.view(job).await.status, JobStatus::Failed);
        assert!(life.view(job).await.cursors.is_empty());
    });
}

#[test]
fn a_permanent_failure_is_not_retried() {
    let world = World::new();
    world.source.next_scans("lantern", [Mood::Refuse]);
    world.life(async |life| {
        let (_, id) = life.started(&BOTH, quick_retries()).await;
        let ended = life.ended(id).await;
        assert_eq!(outcome(&ended), FAILED);
        assert_eq!(ended.attempts.len(), 1);
        let error = ended.error.expect("why");
        assert_eq!((error.class, error.step.as_deref()), (FailureClass::Permanent, Some("scan")));
        assert!(error.chain[0].contains("/src/lantern"), "{:?}", error.chain);
    });
}

#[test]
fn a_passing_failure_is_retried_after_its_delay_and_completes() {
    let world = World::new();
    world.source.next_scans("lantern", [Mood::Fail]);
    world.life(async |life| {
        let (_, id) = life.started(&BOTH, quick_retries()).await;
        let waiting = life.reaches(id, ExecutionStatus::Retrying).await;
        let ExecutionState::Retrying { failed, retry_at } = waiting.state else { unreachable!() };
        let ended_at = waiting.attempts[0].ended_at.expect("it ended");
        let delay = retry_at - ended_at;
        assert_eq!(failed, 1);
        assert!(delay >= chrono::Duration::seconds(1) && delay <= chrono::Duration::seconds(2), "{delay}");
        let ended = life.ended(id).await;
        assert_eq!(outcome(&ended), COMPLETED);
        assert_eq!(ended.error, None, "what completed has no error");
        let late = ended.attempts[1].started_at - retry_at;
        assert!(late >= chrono::Duration::zero() && late <= chrono::Duration::seconds(1), "{late}");
        assert_eq!(ended.attempts[0].end, Some(AttemptOutcome::Failed));
        let steps = life.detail(id).await;
        assert_eq!(step_names(&steps)[..2], ["fetch_project", "scan"]);
    });
}

#[test]
fn a_failure_while_the_project_is_fetched_is_retried() {
    let world = World::new();
    world.life(async |life| {
        life.world.source.moods.next("head/lantern", [Mood::Well, Mood::Fail]);
        let (_, id) = life.started(&BOTH, quick_retries()).await;
        let ended = life.ended(id).await;
        assert_eq!((outcome(&ended), ended.attempts.len()), (COMPLETED, 2));
    });
}

/// Runs an execution whose first attempt fails, and returns the class of that failure.
async fn first_failure(life: &Life<'_>, policy: Policy) -> (FailureClass, Option<String>) {
    let (_, id) = life.started(&BOTH, policy).await;
    let ended = life.ended(id).await;
    assert_eq!((outcome(&ended), ended.attempts.len()), (COMPLETED, 2));
    let error = ended.attempts[0].error.clone().expect("why");
    (error.class, error.step)
}

#[test]
fn a_panic_of_the_writer_is_a_failure_that_is_retried() {
    let world = World::new();
    world.writer.next(Platform::Mastodon, [Mood::Panic]);
    world.life(async |life| {
        let found = first_failure(life, quick_retries()).await;
        assert_eq!(found, (FailureClass::Panic, Some("write/mastodon".to_owned())));
        assert_eq!(life.world.writer.calls(Platform::Devto), 1);
    });
}

#[test]
fn a_panic_of_the_source_is_a_failure_that_is_retried() {
    let world = World::new();
    world.source.next_scans("lantern", [Mood::Panic]);
    world.life(async |life| {
        let found = first_failure(life, quick_retries()).await;
        assert_eq!(found, (FailureClass::Panic, Some("scan".to_owned())));
    });
}

#[test]
fn a_writer_that_always_panics_costs_only_its_platform() {
    let world = World::new();
    world.writer.moods.always("DEVTO", Mood::Panic);
    world.life(async |life| {
        let (_, id) = life.started(&BOTH, quick_retries()).await;
        let ended = life.ended(id).await;
        assert_eq!(outcome(&ended), Some(Outcome::Partial), "the other platform is written");
        assert_eq!(life.drafts(id).await.len(), 1);
        assert_eq!(life.world.writer.calls(Platform::Devto), 3);
    });
}

#[test]
fn a_step_that_takes_too_long_is_a_failure_that_is_retried() {
    let world = World::new();
    world.source.next_scans("lantern", [Mood::Deaf]);
    let mut policy = quick_retries();
    policy.timeouts.step = Duration::from_secs(2);
    world.life(async |life| {
        let found = first_failure(life, policy).await;
        assert_eq!(found, (FailureClass::TimeoutStep, Some("scan".to_owned())));
    });
}

#[test]
fn a_scan_that_gives_no_sign_of_life_has_stalled_and_is_retried() {
    let world = World::new();
    world.source.next_scans("lantern", [Mood::Deaf]);
    world.life(async |life| {
        let before = life.dateline.now();
        let found = first_failure(life, quick_retries()).await;
        assert_eq!(found, (FailureClass::Stalled, Some("scan".to_owned())));
        let took = life.dateline.now() - before;
        assert!(took < chrono::Duration::seconds(90), "a minute, an eighth of it and a retry: {took}");
    });
}

#[test]
fn a_scan_that_takes_long_and_tells_of_it_has_not_stalled() {
    let world = World::new();
    world.source.next_scans("lantern", [Mood::Slow(Duration::from_secs(240))]);
    let mut policy = quick_retries();
    policy.timeouts.heartbeat = Duration::from_secs(15);
    world.life(async |life| {
        let (_, id) = life.started(&BOTH, policy).await;
        let ended = life.ended(id).await;
        assert_eq!((outcome(&ended), ended.attempts.len()), (COMPLETED, 1));
    });
}

/// Runs an execution that fails until its tries are spent, and returns the delays between its attempts in seconds.
fn delays(retry: RetryPolicy) -> Vec<i64> {
    let world = World::new();
    world.source.next_scans("lantern", [Mood::Fail; 30]);
    world.life(async |life| {
        let (_, id) = life.started(&BOTH, Policy { retry, ..Policy::default() }).await;
        let ended = life.ended(id).await;
        assert_eq!(outcome(&ended), FAILED);
        let pairs = ended.attempts.windows(2);
        pairs.map(|pair| (pair[1].started_at - pair[0].ended_at.expect("it ended")).num_seconds()).collect()
    })
}

#[test]
fn each_kind_of_retry_waits_as_it_says() {
    let seconds = Duration::from_secs;
    let retry = |kind, attempts_max| RetryPolicy {
        kind,
        attempts_max,
        base: seconds(100),
        cap: seconds(350),
        delays: vec![seconds(60), seconds(600)],
        until: None,
    };
    // Each delay lies within these, and a wake a second later.
    let expected: [(RetryKind, &[(i64, i64)]); 5] = [
        (RetryKind::Exponential, &[(50, 101), (100, 201), (175, 351), (175, 351)]),
        (RetryKind::Linear, &[(50, 101), (150, 201), (250, 301), (300, 351)]),
        (RetryKind::Fixed, &[(100, 111), (100, 111), (100, 111), (100, 111)]),
        (RetryKind::Table, &[(60, 67), (600, 661), (600, 661), (600, 661)]),
        (RetryKind::None, &[]),
    ];
    for (kind, bounds) in expected {
        let found = delays(retry(kind, 5));
        assert_eq!(found.len(), bounds.len(), "{kind:?}: {found:?}");
        for (delay, (least, most)) in found.iter().zip(bounds) {
            assert!(least <= delay && delay <= most, "{kind:?}: {found:?}");
        }
    }
    let bounded = RetryPolicy { until: Some(seconds(250)), ..retry(RetryKind::Fixed, 20) };
    assert_eq!(delays(bounded).len(), 2, "no attempt starts later than the bound after the first");
}

#[test]
fn what_a_server_asks_for_is_a_floor_under_the_delay_and_shown() {
    let world = World::new();
    world.life(async |life| {
        let asked = life.dateline.now() + chrono::Duration::minutes(40);
        life.world.source.next_scans("lantern", [Mood::Away(Some(asked)), Mood::Away(None)]);
        let (_, id) = life.started(&BOTH, quick_retries()).await;
        let waiting = life.reaches(id, ExecutionStatus::Retrying).await;
        let ExecutionState::Retrying { retry_at, .. } = waiting.state else { unreachable!() };
        let above = retry_at - asked;
        assert!(above >= chrono::Duration::zero() && above <= chrono::Duration::seconds(1), "{above}");
        assert_eq!(waiting.error.expect("why").retry_after, Some(asked));
        let ended = life.ended(id).await;
        assert_eq!((outcome(&ended), ended.attempts.len()), (COMPLETED, 3));
        assert!(ended.attempts[1].started_at >= asked);
    });
}

#[test]
fn an_attempt_that_takes_too_long_is_a_failure_that_is_retried() {
    let world = World::new();
    world.source.next_scans("lantern", [Mood::Deaf]);
    let mut policy = quick_retries();
    policy.timeouts.run = Duration::from_secs(3);
    world.life(async |life| {
        let found = first_failure(life, policy).await;
        assert_eq!(found, (FailureClass::TimeoutRun, Some("scan".to_owned())));
    });
}

#[test]
fn what_was_written_before_an_attempt_took_too_long_counts() {
    let world = World::new();
    world.writer.moods.always("MASTODON", Mood::Deaf);
    let mut policy = quick_retries();
    policy.timeouts.run = Duration::from_secs(3);
    world.life(async |life| {
        let (_, id) = life.started(&BOTH, policy).await;
        let ended = life.ended(id).await;
        assert_eq!(outcome(&ended), Some(Outcome::Partial));
        assert_eq!(ended.items.succeeded, 1);
        assert_eq!(ended.output["drafts"][0]["platform"], "DEVTO");
        assert_eq!(ended.error.expect("why").class, FailureClass::TimeoutRun);
    });
}

#[test]
fn what_waits_too_long_for_its_start_fails_without_running() {
    let world = World::new();
    world.source.next_scans("lantern", [Mood::Slow(Duration::from_secs(60))]);
    let mut policy = Policy::default();
    policy.timeouts.start = Duration::from_secs(10);
    world.life(async |life| {
        let (job, _) = life.started(&BOTH, policy).await;
        life.world.source.scanned("lantern", 1).await;
        let late = life.dateline.trigger(job, None).await.expect("an execution").id;
        let ended = life.ended(late).await;
        assert_eq!(outcome(&ended), FAILED);
        assert_eq!(ended.error.expect("why").class, FailureClass::TimeoutStart);
        assert!(ended.attempts.is_empty());
    });
}

#[test]
fn a_pause_asked_for_outlasts_a_failure() {
    let world = World::new();
    world.source.next_scans("lantern", [Mood::Slow(Duration::from_secs(2))]);
    world.writer.moods.always("MASTODON", Mood::Fail);
    world.life(async |life| {
        let (_, id) = life.started(&[Platform::Mastodon], quick_retries()).await;
        life.reaches(id, ExecutionStatus::Retrying).await;
        life.dateline.pause_execution(id).await.expect("paused");
        life.pass(Duration::from_secs(60)).await;
        assert_eq!(life.execution(id).await.state.status(), ExecutionStatus::Paused);
        life.world.writer.moods.always("MASTODON", Mood::Well);
        life.dateline.resume_execution(id).await.expect("resumed");
        assert_eq!(outcome(&life.ended(id).await), COMPLETED);
    });
}

#[test]
fn the_log_tells_what_happened_attempt_by_attempt() {
    let world = World::new();
    world.source.next_scans("lantern", [Mood::Fail]);
    world.life(async |life| {
        let (_, id) = life.started(&BOTH, quick_retries()).await;
        life.ended(id).await;
        let page = dateline_core::store::PageRequest { limit: 500, after: None };
        let lines = life.dateline.logs(id, page).await.expect("a log").items;
        let has = |attempt: u32, text: &str| {
            lines.iter().any(|line| line.attempt == attempt && line.message.contains(text))
        };
        assert!(has(1, "the disk is busy") && has(1, "attempt failed, next one in"), "{lines:#?}");
        assert!(has(2, "1 commits since the beginning") && has(2, "finished: Completed"), "{lines:#?}");
    });
}
