//! Why a job runs: events it listens to, and conditions that keep it from running for nothing.

use std::time::Duration;

use dateline_actors::request::{JobChange, NewEvent, NewJob, RequestError, Trial};
use dateline_core::condition::{ActivityFacts, Condition};
use dateline_core::execution::{Outcome, SkipReason, StepResult, Trigger};
use dateline_core::id::{JobId, ProjectId};
use dateline_core::job::JobType;
use dateline_core::platform::Platform;
use dateline_core::policy::Policy;
use dateline_core::received_event::{EventType, Topic};
use dateline_core::schedule::{Frequency, Schedule, TimeConfig};
use serde_json::json;

use crate::world::{Life, Mood, World, new_job, outcome, step_names};

const NOT_WORTH_IT: Option<Outcome> = Some(Outcome::Skipped(SkipReason::Condition));

fn unscheduled() -> Schedule {
    let time_config = TimeConfig { timezone: Some("Europe/Berlin".to_owned()), ..TimeConfig::default() };
    Schedule { frequency: Frequency::None, time_config }
}

fn released() -> Topic {
    Topic { event_type: EventType::ReleasePublished, name: None }
}

fn release(project: ProjectId, tag: &str) -> NewEvent {
    NewEvent { project: Some(project), topic: released(), data: json!({ "tag": tag }) }
}

/// Creates a job of a fresh project that listens to releases, under a condition.
async fn listener(life: &Life<'_>, condition: Option<&str>) -> (ProjectId, JobId) {
    let project = life.project("lantern", &[Platform::Devto]).await.id;
    let new = NewJob {
        listens_to: vec![released()],
        condition: condition.map(|text| Condition::from(text.to_owned())),
        ..new_job(project, unscheduled(), Policy::default())
    };
    (project, life.dateline.create_job(new).await.expect("a job").job.id)
}

#[test]
fn an_event_runs_what_listens_and_is_kept_with_the_run() {
    World::new().life(async |life| {
        let (project, job) = listener(life, None).await;
        let received = life.dateline.receive_event(release(project, "v1")).await.expect("received");
        assert_eq!(received.executions.len(), 1);
        let ended = life.ended(received.executions[0].id).await;
        assert_eq!((ended.job, outcome(&ended)), (job, Some(Outcome::Completed)));
        let Trigger::Event(event) = &ended.trigger else { panic!("{:?}", ended.trigger) };
        assert_eq!((event.id, &event.data), (received.event, &json!({ "tag": "v1" })));
        life.pass(Duration::from_secs(3_600)).await;
        assert_eq!(life.executions(job).await.len(), 1, "nothing else starts it");
    });
}

#[test]
fn a_condition_that_does_not_hold_ends_the_run_before_it_writes_and_keeps_what_there_is() {
    World::new().life(async |life| {
        let (project, job) = listener(life, Some("trigger.event.data.tag == 'v2'")).await;
        let send = async |tag| {
            let received = life.dateline.receive_event(release(project, tag)).await.expect("received");
            life.ended(received.executions[0].id).await
        };
        let skipped = send("v1").await;
        assert_eq!(outcome(&skipped), NOT_WORTH_IT);
        assert_eq!(skipped.output["condition"]["values"], json!({ "trigger.event.data.tag": "v1" }));
        let detail = life.detail(skipped.id).await;
        assert_eq!(step_names(&detail), ["fetch_project", "scan", "condition"], "nothing was written");
        assert!(life.view(job).await.cursors.is_empty(), "what happened waits for the run that is worth it");
        let written = send("v2").await;
        assert_eq!((outcome(&written), written.items.succeeded), (Some(Outcome::Completed), 1));
    });
}

#[test]
fn a_condition_has_no_say_in_what_is_asked_for_by_hand() {
    World::new().life(async |life| {
        let (_, job) = listener(life, Some("activity.items > 1000")).await;
        let asked = life.dateline.trigger(job, None).await.expect("an execution").id;
        assert_eq!(outcome(&life.ended(asked).await), Some(Outcome::Completed));
    });
}

#[test]
fn an_answer_that_was_given_stands_over_a_restart() {
    let world = World::new();
    world.writer.next(Platform::Devto, [Mood::Deaf]);
    let (id, job) = world.life(async |life| {
        let (project, job) = listener(life, Some("activity.items >= 1")).await;
        let received = life.dateline.receive_event(release(project, "v1")).await.expect("received");
        life.world.writer.moods.called("DEVTO", 1).await;
        (received.executions[0].id, job)
    });
    world.life(async |life| {
        let change = JobChange {
            condition: Some(Some(Condition::from("activity.items > 1000".to_owned()))),
            ..JobChange::default()
        };
        life.dateline.change_job(job, change).await.expect("it is changed");
        let ended = life.ended(id).await;
        assert_eq!(outcome(&ended), Some(Outcome::Completed), "it was asked once");
        let steps = life.detail(id).await.steps;
        let asked = steps.iter().filter(|step| step.name == "condition");
        assert_eq!(asked.filter(|step| matches!(step.result, StepResult::Done { .. })).count(), 1);
    });
}

#[test]
fn a_condition_that_has_no_answer_fails_once_and_says_why() {
    World::new().life(async |life| {
        let (project, _) = listener(life, Some("trigger.event.data.size > 3")).await;
        let received = life.dateline.receive_event(release(project, "v1")).await.expect("received");
        let ended = life.ended(received.executions[0].id).await;
        assert_eq!((outcome(&ended), ended.attempts.len()), (Some(Outcome::Failed), 1));
        let why = ended.error.expect("a reason").chain.join(" ");
        assert!(why.contains("trigger.event.data.size > 3") && why.contains("has no answer"), "{why}");
    });
}

#[test]
fn what_is_no_reason_is_refused_with_its_field() {
    World::new().life(async |life| {
        let project = life.project("lantern", &[Platform::Devto]).await.id;
        let new = || new_job(project, unscheduled(), Policy::default());
        let refused = async |new: NewJob, pointer: &str, words: &str| {
            let refused = life.dateline.create_job(new).await;
            let Err(RequestError::Invalid { faults }) = refused else { panic!("{refused:?}") };
            assert_eq!(faults[0].pointer, pointer);
            assert!(faults[0].expected.contains(words), "{}", faults[0].expected);
        };
        let under = |text: &str| Some(Condition::from(text.to_owned()));
        refused(NewJob { condition: under("activity.pulls > 1"), ..new() }, "/condition", "pullRequests")
            .await;
        refused(NewJob { condition: under("activity.items"), ..new() }, "/condition", "true or false").await;
        let sync = NewJob {
            project: None,
            job_type: JobType::HttpRequest,
            payload: json!({ "url": "https://example.com" }).as_object().cloned().unwrap_or_default(),
            condition: under("activity.items > 1"),
            ..new()
        };
        refused(sync, "/condition", "GENERATE_CONTENT alone").await;
        let nameless = Topic { event_type: EventType::Custom, name: None };
        let deaf = NewJob { listens_to: vec![released(), nameless], ..new() };
        refused(deaf, "/listensTo/1/name", "build.finished").await;
    });
}

#[test]
fn a_condition_is_tried_before_it_is_saved() {
    World::new().life(async |life| {
        let (_, job) = listener(life, None).await;
        let trial = |expression: &str, items| Trial {
            expression: expression.to_owned(),
            job: Some(job),
            activity: ActivityFacts { items, ..ActivityFacts::default() },
            payload: None,
        };
        let asked = "activity.items > 2 && last.status == 'NONE'";
        let holds = life.dateline.try_condition(trial(asked, 3)).await.expect("an answer");
        assert!(holds.holds && holds.values["last.status"] == json!("NONE"));
        assert!(!life.dateline.try_condition(trial(asked, 2)).await.expect("an answer").holds);
        let run = life.dateline.trigger(job, None).await.expect("an execution").id;
        life.ended(run).await;
        let after = life.dateline.try_condition(trial(asked, 3)).await.expect("an answer");
        assert_eq!((after.holds, &after.values["last.status"]), (false, &json!("COMPLETED")));
        assert!(life.dateline.try_condition(trial("activity.items", 3)).await.is_err());
    });
}
