//! Jobs that answer events from outside.

use std::time::Duration;

use dateline_core::execution::{Execution, ExecutionState, Outcome, SkipReason, Trigger, TriggerKind};
use dateline_core::home::Home;
use dateline_core::id::{ExecutionId, JobId, ReceivedEventId, UserId};
use dateline_core::pause::{Pause, PauseChange, PausedBy};
use dateline_core::policy::OverlapPolicy;
use dateline_core::queue::Debounce;
use dateline_core::received_event::{EventType, ReceivedEvent, Topic};
use dateline_core::store::{ExecutionFilter, Missing, SecretChanges, Store, StoreError};
use serde_json::json;

use super::samples::{all, at, clock, job, project};

fn id(n: u128) -> JobId {
    JobId::from_bits(n)
}

fn released() -> Topic {
    Topic { event_type: EventType::ReleasePublished, name: None }
}

fn custom(name: &str) -> Topic {
    Topic { event_type: EventType::Custom, name: Some(name.to_owned()) }
}

fn event(n: u128, topic: Topic, home: Home, now: i64) -> ReceivedEvent {
    let id = ReceivedEventId::from_bits(n);
    ReceivedEvent { id, topic, data: json!({ "tag": "v1" }), home, at: at(now) }
}

fn of_project(n: u128) -> Home {
    Home::Project(project(n).id)
}

/// Creates project `n` with a job `n` that listens to `topics`.
async fn listener(store: &dyn Store, n: u128, topics: &[Topic]) {
    store.create_project(project(n), SecretChanges::default()).await.expect("a project is stored");
    let mut job = job(n, n);
    job.policy.overlap = OverlapPolicy::Skip;
    job.listens_to = topics.to_vec();
    store.create_job(job, clock(0, 1_000)).await.expect("a job is stored");
}

fn jobs(executions: &[Execution]) -> Vec<JobId> {
    executions.iter().map(|execution| execution.job).collect()
}

pub(super) async fn an_event_starts_what_listens_at_its_home(store: &dyn Store) {
    listener(store, 1, &[released(), custom("build")]).await;
    listener(store, 2, &[released()]).await;
    let mut own = job(3, 1);
    own.home = Home::Person(UserId::OWNER);
    own.listens_to = vec![released()];
    store.create_job(own, clock(0, 1_000)).await.expect("a job without a project");

    let told = event(1, released(), of_project(1), 10);
    let answering = store.receive_event(told.clone()).await.expect("it is received");
    assert_eq!(jobs(&answering), [id(1)], "the other home hears nothing");
    let execution = &answering[0];
    assert_eq!(execution.trigger, Trigger::Event(Box::new(told.clone())));
    assert_eq!(execution.id, ExecutionId::answering(at(10), id(1), told.id));
    assert_eq!(store.execution(execution.id).await.expect("it is stored"), *execution);
    let again = store.receive_event(told).await;
    assert!(matches!(again, Err(StoreError::Conflict { .. })), "the same event is answered once: {again:?}");

    let mine = event(2, released(), Home::Person(UserId::OWNER), 11);
    assert_eq!(jobs(&store.receive_event(mine).await.expect("it is received")), [id(3)]);
    let unheard = event(3, custom("deploy"), of_project(1), 12);
    assert_eq!(store.receive_event(unheard).await.expect("nobody listens"), []);
    let heard = event(4, custom("build"), of_project(1), 13);
    let skipped = store.receive_event(heard).await.expect("it is received");
    let outcome = Outcome::Skipped(SkipReason::Overlap);
    assert_eq!(skipped[0].state, ExecutionState::Finished { outcome, at: at(13) }, "one is open already");

    let filter = ExecutionFilter { trigger: Some(TriggerKind::Event), ..ExecutionFilter::default() };
    assert_eq!(store.executions(filter, all()).await.expect("a page").items.len(), 3);
    let nowhere = store.receive_event(event(5, released(), of_project(9), 14)).await;
    assert!(matches!(nowhere, Err(StoreError::NotFound(Missing::Project))), "{nowhere:?}");
    let count = async |except| store.listeners(of_project(1), released(), except, 5).await.expect("a count");
    assert_eq!((count(None).await, count(Some(id(1))).await), (1, 0));
}

pub(super) async fn who_is_paused_or_off_answers_nothing(store: &dyn Store) {
    listener(store, 1, &[released()]).await;
    let pause =
        Pause { since: at(5), until: None, reason: None, by: PausedBy::Person { user: UserId::OWNER } };
    store.pause_job(id(1), PauseChange::Begin(pause)).await.expect("it is paused");
    let answering = store.receive_event(event(1, released(), of_project(1), 10)).await.expect("received");
    let outcome = Outcome::Skipped(SkipReason::Paused);
    assert_eq!(answering[0].state, ExecutionState::Finished { outcome, at: at(10) });

    let stored = store.job(id(1)).await.expect("it is there").job;
    let off = dateline_core::job::Job { is_enabled: false, ..stored };
    store.replace_job(off, None).await.expect("it is disabled");
    assert_eq!(store.receive_event(event(2, released(), of_project(1), 11)).await.expect("received"), []);
    let stored = store.job(id(1)).await.expect("it is there").job;
    let deaf = dateline_core::job::Job { is_enabled: true, listens_to: Vec::new(), ..stored };
    store.replace_job(deaf, None).await.expect("it listens no more");
    assert_eq!(store.receive_event(event(3, released(), of_project(1), 12)).await.expect("received"), []);
    listener(store, 2, &[released()]).await;
    store.cancel_job(id(2), at(13)).await.expect("it is cancelled");
    assert_eq!(store.receive_event(event(4, released(), of_project(2), 14)).await.expect("received"), []);
}

pub(super) async fn events_one_upon_another_are_answered_once(store: &dyn Store) {
    store.create_project(project(1), SecretChanges::default()).await.expect("a project is stored");
    let mut patient = job(1, 1);
    patient.listens_to = vec![released()];
    patient.policy.debounce = Some(Debounce { quiet: Duration::from_secs(60), longest: None, key: None });
    store.create_job(patient, clock(0, 1_000)).await.expect("a job is stored");
    let first = store.receive_event(event(1, released(), of_project(1), 10)).await.expect("received");
    let second = store.receive_event(event(2, released(), of_project(1), 20)).await.expect("received");
    assert_eq!(first[0].id, second[0].id, "one execution stands for both");
    let Trigger::Event(newest) = &second[0].trigger else { panic!("{:?}", second[0].trigger) };
    assert_eq!(newest.id, ReceivedEventId::from_bits(2), "it answers the newest");
    assert_eq!(second[0].debounce.as_ref().map(|it| it.joined), Some(1));
}
