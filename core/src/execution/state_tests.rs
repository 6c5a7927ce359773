use super::*;
use crate::execution::{MissReason, SkipReason, WaitReason};
use crate::time::from_unix_ms;

fn lease() -> Lease {
    Lease { holder: HolderId::from_bits(7), epoch: 3, expires_at: from_unix_ms(15_000) }
}

fn wait() -> Wait {
    Wait { reason: WaitReason::RateLimit, until: from_unix_ms(9_000) }
}

fn ask() -> Wait {
    Wait { reason: WaitReason::Ask, until: from_unix_ms(9_000) }
}

fn states() -> Vec<(&'static str, ExecutionState)> {
    let at = from_unix_ms(0);
    let finished = |outcome| ExecutionState::Finished { outcome, at };
    vec![
        ("queued", ExecutionState::Queued { since: at, ready_at: at }),
        ("running", ExecutionState::Running { attempt: 1, lease: lease(), is_pausing: false }),
        ("pausing", ExecutionState::Running { attempt: 1, lease: lease(), is_pausing: true }),
        ("retrying", ExecutionState::Retrying { failed: 1, retry_at: at }),
        ("waiting", ExecutionState::Waiting { wait: wait(), since: at }),
        ("asking", ExecutionState::Waiting { wait: ask(), since: at }),
        ("paused", ExecutionState::Paused { since: at }),
        ("cancelling", ExecutionState::Cancelling { attempt: 1, lease: lease(), since: at }),
        ("completed", finished(Outcome::Completed)),
        ("partial", finished(Outcome::Partial)),
        ("failed", finished(Outcome::Failed)),
        ("skipped", finished(Outcome::Skipped(SkipReason::NoActivity))),
        ("missed", finished(Outcome::Missed(MissReason::Down))),
        ("cancelled", finished(Outcome::Cancelled)),
    ]
}

fn events() -> Vec<(&'static str, ExecutionEvent)> {
    use ExecutionEvent as E;
    vec![
        ("claimed", E::Claimed { attempt: 2, lease: lease() }),
        ("renewed", E::Renewed { expires_at: from_unix_ms(20_000) }),
        ("done", E::Ended(AttemptEnd::Done(Outcome::Completed))),
        ("retry", E::Ended(AttemptEnd::RetryAt(from_unix_ms(9_000)))),
        ("wait", E::Ended(AttemptEnd::Wait(wait()))),
        ("yielded", E::Ended(AttemptEnd::Yielded)),
        ("lapsed", E::LeaseLapsed),
        ("quarantined", E::Quarantined),
        ("woken", E::Woken),
        ("start timed out", E::StartTimedOut),
        ("pause", E::PauseRequested),
        ("resume", E::ResumeRequested),
        ("cancel", E::CancelRequested),
        ("dismiss", E::DismissRequested),
        ("terminated", E::Terminated),
        ("run now", E::Answered(Answer::RunNow)),
        ("run later", E::Answered(Answer::RunAt(from_unix_ms(30_000)))),
        ("skip", E::Answered(Answer::Skip)),
        ("covered", E::Covered),
    ]
}

/// Every lawful pair; a pair that is not here must be refused.
const LAWFUL: &[(&str, &str, &str)] = &[
    ("queued", "claimed", "running"),
    ("queued", "start timed out", "failed"),
    ("queued", "pause", "paused"),
    ("queued", "resume", "queued"),
    ("queued", "cancel", "cancelled"),
    ("running", "renewed", "running"),
    ("running", "done", "completed"),
    ("running", "retry", "retrying"),
    ("running", "wait", "waiting"),
    ("running", "yielded", "queued"),
    ("running", "lapsed", "queued"),
    ("running", "quarantined", "failed"),
    ("running", "pause", "pausing"),
    ("running", "resume", "running"),
    ("running", "cancel", "cancelling"),
    ("pausing", "renewed", "pausing"),
    ("pausing", "done", "completed"),
    ("pausing", "retry", "paused"),
    ("pausing", "wait", "paused"),
    ("pausing", "yielded", "paused"),
    ("pausing", "lapsed", "paused"),
    ("pausing", "quarantined", "failed"),
    ("pausing", "pause", "pausing"),
    ("pausing", "resume", "running"),
    ("pausing", "cancel", "cancelling"),
    ("retrying", "woken", "queued"),
    ("retrying", "pause", "paused"),
    ("retrying", "cancel", "cancelled"),
    ("waiting", "woken", "queued"),
    ("waiting", "pause", "paused"),
    ("waiting", "cancel", "cancelled"),
    ("asking", "woken", "queued"),
    ("asking", "pause", "paused"),
    ("asking", "cancel", "cancelled"),
    ("asking", "terminated", "cancelled"),
    ("asking", "run now", "queued"),
    ("asking", "run later", "asking"),
    ("asking", "skip", "missed"),
    ("asking", "covered", "missed"),
    ("paused", "pause", "paused"),
    ("paused", "resume", "queued"),
    ("paused", "cancel", "cancelled"),
    ("cancelling", "renewed", "cancelling"),
    ("cancelling", "done", "cancelled"),
    ("cancelling", "retry", "cancelled"),
    ("cancelling", "wait", "cancelled"),
    ("cancelling", "yielded", "cancelled"),
    ("cancelling", "lapsed", "cancelled"),
    ("cancelling", "quarantined", "cancelled"),
    ("cancelling", "cancel", "cancelling"),
    ("cancelled", "cancel", "cancelled"),
    ("failed", "dismiss", "failed"),
    ("queued", "terminated", "cancelled"),
    ("running", "terminated", "cancelled"),
    ("pausing", "terminated", "cancelled"),
    ("retrying", "terminated", "cancelled"),
    ("waiting", "terminated", "cancelled"),
    ("paused", "terminated", "cancelled"),
    ("cancelling", "terminated", "cancelled"),
    ("cancelled", "terminated", "cancelled"),
];

fn label(state: &ExecutionState) -> &'static str {
    match state {
        ExecutionState::Running { is_pausing: true, .. } => "pausing",
        asking if asking.is_asking() => "asking",
        other => match other.status() {
            ExecutionStatus::Queued => "queued",
            ExecutionStatus::Running => "running",
            ExecutionStatus::Retrying => "retrying",
            ExecutionStatus::Waiting => "waiting",
            ExecutionStatus::Paused => "paused",
            ExecutionStatus::Cancelling => "cancelling",
            ExecutionStatus::Completed => "completed",
            ExecutionStatus::Partial => "partial",
            ExecutionStatus::Failed => "failed",
            ExecutionStatus::Skipped => "skipped",
            ExecutionStatus::Missed => "missed",
            ExecutionStatus::Cancelled => "cancelled",
        },
    }
}

#[test]
fn every_pair_of_state_and_event_is_decided() {
    let now = from_unix_ms(5_000);
    for (from, state) in states() {
        for (name, event) in events() {
            let expected = LAWFUL.iter().find(|(f, e, _)| (*f, *e) == (from, name)).map(|(_, _, to)| *to);
            let found = state.clone().after(event, now);
            match (expected, found) {
                (Some(to), Ok(next)) => assert_eq!(label(&next), to, "{from} after {name}"),
                (None, Err(refusal)) => assert_eq!(refusal.status, state.status()),
                (expected, found) => panic!("{from} after {name}: expected {expected:?}, found {found:?}"),
            }
        }
    }
}

#[test]
fn an_ended_execution_never_changes() {
    let now = from_unix_ms(5_000);
    for (name, state) in states().into_iter().filter(|(_, state)| !state.is_open()) {
        for (_, event) in events() {
            if let Ok(next) = state.clone().after(event, now) {
                assert_eq!(next, state, "{name}");
            }
        }
    }
}
