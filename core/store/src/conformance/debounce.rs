//! Triggers that wait for others like them.

use std::time::Duration;

use dateline_core::execution::{Execution, ExecutionEvent, ExecutionState, Trigger};
use dateline_core::id::ExecutionId;
use dateline_core::job::{GenerateContent, Job, Payload};
use dateline_core::platform::Platform;
use dateline_core::queue::{Debounce, Obstacle};
use dateline_core::store::{NewExecution, ObstacleQuery, SecretChanges, Store};

use super::samples::{at, claim, clock, done, job, manual, project};

fn patient(key: Option<&str>) -> Job {
    let key = key.map(|key| key.to_owned().into());
    let mut job = job(1, 1);
    job.policy.debounce = Some(Debounce { quiet: Duration::from_secs(10), longest: None, key });
    job
}

async fn set_up(store: &dyn Store, job: Job) {
    store.create_project(project(1), SecretChanges::default()).await.expect("a project is stored");
    store.create_job(job, clock(0, 10_000)).await.expect("a job is stored");
}

async fn ask(store: &dyn Store, id: u128, platform: Platform, now: i64) -> Execution {
    let told = GenerateContent { platforms: Some(vec![platform]) };
    let payload = Some(Payload::GenerateContent(told));
    store.create_execution(NewExecution { payload, ..manual(id, 1, now) }).await.expect("it is recorded")
}

async fn given(store: &dyn Store, now: i64) -> Vec<u128> {
    let claimed = store.claim(claim(7, 9, now)).await.expect("an answer");
    claimed.iter().map(|work| work.execution.id.bits()).collect()
}

pub(super) async fn triggers_that_come_one_upon_another_become_one(store: &dyn Store) {
    set_up(store, patient(None)).await;
    let first = ask(store, 1, Platform::Devto, 0).await;
    assert_eq!(first.state, ExecutionState::Queued { since: at(0), ready_at: at(10) });
    let joined = ask(store, 2, Platform::Email, 6).await;
    assert_eq!(joined.id, first.id, "no execution of its own");
    assert_eq!(joined.state, ExecutionState::Queued { since: at(0), ready_at: at(16) });
    let newest = GenerateContent { platforms: Some(vec![Platform::Email]) };
    assert_eq!(joined.payload, Payload::GenerateContent(newest), "the newest counts");
    assert_eq!((joined.debounce.as_ref().map(|it| it.joined), joined.version), (Some(1), 2));
    let asked = ObstacleQuery { executions: vec![first.id], within: None, projects_max: 5, now: at(7) };
    let found = store.obstacles(asked).await.expect("an answer").remove(0);
    assert_eq!(found, Some(Obstacle::Debounced { until: at(16), joined: 1 }));
    assert!(given(store, 15).await.is_empty());
    assert_eq!(given(store, 16).await, [1]);
    let next = ask(store, 3, Platform::Devto, 17).await;
    assert_eq!(
        (next.id.bits(), next.debounce.map(|it| it.joined)),
        (3, Some(0)),
        "one that started is closed"
    );
    for now in 18..=116 {
        ask(store, 1_000, Platform::Devto, now).await;
    }
    let last = store.execution(ExecutionId::from_bits(3)).await.expect("it is there");
    let latest = ExecutionState::Queued { since: at(17), ready_at: at(117) };
    assert_eq!(last.state, latest, "the first of them waits for so long and no longer");
}

pub(super) async fn what_waits_for_triggers_is_left_alone_by_others(store: &dyn Store) {
    set_up(store, patient(Some("{payload.platforms.0}"))).await;
    let devto = ask(store, 1, Platform::Devto, 0).await.id;
    assert_ne!(ask(store, 2, Platform::Email, 1).await.id, devto, "another key");
    assert_eq!(ask(store, 3, Platform::Devto, 2).await.id, devto);
    let replay = NewExecution { trigger: Trigger::Replay { of: devto }, ..manual(4, 1, 3) };
    let replay = store.create_execution(replay).await.expect("it is recorded");
    assert_eq!(
        replay.state,
        ExecutionState::Queued { since: at(3), ready_at: at(3) },
        "a replay waits for nobody"
    );
    store.steer(devto, ExecutionEvent::PauseRequested, at(4)).await.expect("it can be paused");
    let other = ask(store, 5, Platform::Devto, 5).await;
    assert_ne!(other.id, devto, "what rests takes in nobody");
    store.steer(devto, ExecutionEvent::ResumeRequested, at(6)).await.expect("it can be resumed");
    assert_eq!(ask(store, 6, Platform::Devto, 7).await.id, other.id);
    let first = store.claim(claim(7, 9, 8)).await.expect("work").remove(0);
    assert_eq!(first.execution.id.bits(), 4);
    store.finish(done(first.lease, 9)).await.expect("the lease holds");
    let second = store.claim(claim(7, 9, 9)).await.expect("work").remove(0);
    assert_eq!(second.execution.id, devto, "and is ready at once when it is resumed");
}
