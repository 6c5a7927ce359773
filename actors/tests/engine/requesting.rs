//! HTTP_REQUEST: asked under one key, answered in bounds, refused before it is stored.

use std::time::Duration;

use dateline_actors::request::{JobChange, NewJob, RequestError, Secrets, Told};
use dateline_core::execution::{ExecutionStatus, FailureClass, Outcome, StepResult};
use dateline_core::http_call::HttpFailure;
use dateline_core::id::JobId;
use dateline_core::job::JobType;
use dateline_core::policy::Policy;
use dateline_core::secret::Secret;
use dateline_core::store::PageRequest;
use serde_json::json;

use crate::world::{Life, Reaction, World, cron, outcome, quick_retries, step_names};

fn told(fields: serde_json::Value) -> Told {
    fields.as_object().expect("an object").clone()
}

fn asking(payload: serde_json::Value, policy: Policy) -> NewJob {
    NewJob {
        project: None,
        job_type: JobType::HttpRequest,
        name: "Ping".to_owned(),
        schedule: cron("0 0 1 1 *"),
        is_enabled: true,
        policy,
        payload: told(payload),
        secrets: Secrets::new(),
        depends_on: None,
        listens_to: Vec::new(),
        condition: None,
    }
}

async fn job(life: &Life<'_>, payload: serde_json::Value) -> JobId {
    life.dateline.create_job(asking(payload, quick_retries())).await.expect("a job").job.id
}

fn post() -> serde_json::Value {
    json!({ "method": "POST", "url": "https://example.com/hook", "body": "{\"a\":1}" })
}

#[test]
fn a_request_is_made_under_a_key_of_its_own() {
    World::new().life(async |life| {
        let job = job(life, post()).await;
        let id = life.dateline.trigger(job, None).await.expect("an execution").id;
        let ended = life.ended(id).await;
        assert_eq!(outcome(&ended), Some(Outcome::Completed));
        assert_eq!((&ended.output["status"], &ended.output["body"]), (&json!(200), &json!("fine")));
        let detail = life.detail(id).await;
        assert_eq!(step_names(&detail), ["request"]);
        let StepResult::Done { output } = &detail.steps[0].result else { panic!("{:?}", detail.steps) };
        let asked = life.world.http.asked();
        assert_eq!(
            (asked.len(), asked[0].method, asked[0].url.as_str()),
            (1, "POST", "https://example.com/hook")
        );
        assert_eq!(asked[0].header("Idempotency-Key"), output["idempotencyKey"].as_str());
        assert_eq!(asked[0].header("Dateline-Execution"), Some(&*id.to_string()));
        assert_eq!(asked[0].header("Dateline-Attempt"), Some("1"));
        assert_eq!(asked[0].header("Content-Type"), Some("application/json"));
    });
}

#[test]
fn every_attempt_asks_under_the_same_key() {
    World::new().life(async |life| {
        let job = job(life, post()).await;
        life.world.http.next(Reaction::of(502, "down"));
        life.world.http.next(Reaction::Fail(HttpFailure::Unreachable { reason: "reset".to_owned() }));
        let id = life.dateline.trigger(job, None).await.expect("an execution").id;
        assert_eq!(outcome(&life.ended(id).await), Some(Outcome::Completed));
        let asked = life.world.http.asked();
        let keys: Vec<_> = asked.iter().map(|it| it.header("Idempotency-Key")).collect();
        assert!(keys.len() == 3 && keys.iter().all(|key| *key == keys[0]), "{keys:?}");
        let attempts: Vec<_> = asked.iter().filter_map(|it| it.header("Dateline-Attempt")).collect();
        assert_eq!(attempts, ["1", "2", "3"]);
        let again = life.dateline.trigger(job, None).await.expect("an execution").id;
        life.ended(again).await;
        assert_ne!(life.world.http.asked()[3].header("Idempotency-Key"), keys[0], "another execution");
    });
}

#[test]
fn a_crash_before_the_answer_is_recorded_asks_again_under_the_same_key() {
    let world = World::new();
    let (id, key) = world.life(async |life| {
        let job = job(life, post()).await;
        world.http.next(Reaction::Hang);
        let id = life.dateline.trigger(job, None).await.expect("an execution").id;
        world.http.was_asked.notified().await;
        (id, world.http.asked()[0].header("Idempotency-Key").map(str::to_owned))
    });
    world.life(async |life| {
        assert_eq!(outcome(&life.ended(id).await), Some(Outcome::Completed));
        assert_eq!(world.http.asked()[1].header("Idempotency-Key").map(str::to_owned), key);
    });
}

#[test]
fn what_a_server_answers_decides_whether_it_is_asked_again() {
    World::new().life(async |life| {
        let job = job(life, post()).await;
        let table = [
            (404, FailureClass::Permanent, 1),
            (401, FailureClass::Auth, 1),
            (302, FailureClass::Permanent, 1),
            (500, FailureClass::Transient, 3),
        ];
        for (status, class, times) in table {
            let before = life.world.http.asked().len();
            for _ in 0..times {
                life.world.http.next(Reaction::of(status, "no such luck"));
            }
            let id = life.dateline.trigger(job, None).await.expect("an execution").id;
            let ended = life.ended(id).await;
            let error = ended.error.clone().expect("it says why");
            assert_eq!((outcome(&ended), error.class), (Some(Outcome::Failed), class), "{status}");
            assert_eq!(life.world.http.asked().len() - before, times, "{status}");
            assert!(error.chain[0].contains(&status.to_string()) && error.chain[0].contains("no such luck"));
            assert_eq!(ended.output["status"], json!(status));
        }
    });
}

#[test]
fn a_server_that_limits_is_waited_for() {
    World::new().life(async |life| {
        let job = job(life, post()).await;
        for status in [429, 503] {
            let headers = vec![("retry-after".to_owned(), "120".to_owned())];
            life.world.http.next(Reaction::Answer { status, headers, body: "" });
            let id = life.dateline.trigger(job, None).await.expect("an execution").id;
            let waiting = life.reaches(id, ExecutionStatus::Waiting).await;
            assert_eq!(waiting.failures(), 0);
            let begun = life.dateline.now();
            assert_eq!(outcome(&life.ended(id).await), Some(Outcome::Completed));
            assert!((life.dateline.now() - begun).num_seconds() >= 119, "{status}");
        }
    });
}

#[test]
fn a_request_is_given_up_when_its_execution_is_cancelled() {
    World::new().life(async |life| {
        let job = job(life, post()).await;
        life.world.http.next(Reaction::Hang);
        let id = life.dateline.trigger(job, None).await.expect("an execution").id;
        life.world.http.was_asked.notified().await;
        let begun = life.dateline.now();
        life.dateline.cancel_execution(id).await.expect("cancelled");
        assert_eq!(life.ended(id).await.state.status(), ExecutionStatus::Cancelled);
        assert!(life.dateline.now() - begun < chrono::Duration::seconds(5));
    });
}

#[test]
fn secret_headers_are_sent_and_never_shown() {
    World::new().life(async |life| {
        let named = json!({ "url": "https://example.com/", "secretHeaders": [{ "name": "Authorization" }] });
        let mut new = asking(named.clone(), quick_retries());
        let refused = life.dateline.create_job(new.clone()).await.expect_err("no value");
        let RequestError::Invalid { faults } = refused else { panic!("{refused}") };
        assert_eq!(faults[0].pointer, "/payload/secretHeaders/0/value");
        new.secrets = Secrets::from([("Authorization".to_owned(), Secret::new("Bearer canary-0123456789"))]);
        let view = life.dateline.create_job(new).await.expect("a job");
        let job = view.job.id;
        assert!(!format!("{view:?}").contains("canary"));
        life.world.http.next(Reaction::of(200, "you sent Bearer canary-0123456789"));
        let id = life.dateline.trigger(job, None).await.expect("an execution").id;
        let ended = life.ended(id).await;
        let asked = life.world.http.asked();
        assert_eq!(asked[0].header("Authorization"), Some("Bearer canary-0123456789"));
        let logs = life.dateline.logs(id, PageRequest { limit: 100, after: None }).await.expect("a log");
        let all = format!("{ended:?} {:?} {logs:?}", life.detail(id).await);
        assert!(!all.contains("canary"), "{all}");

        let renamed =
            JobChange { name: Some("Pong".to_owned()), payload: Some(told(named)), ..JobChange::default() };
        life.dateline.change_job(job, renamed).await.expect("the value stays");
        let secrets = Secrets::from([("Authorization".to_owned(), Secret::new("Bearer another-987654321"))]);
        let payload = Some(life.view(job).await.job.payload.told());
        let change = JobChange { payload, secrets, ..JobChange::default() };
        life.dateline.change_job(job, change).await.expect("a new value");
        let id = life.dateline.replay(id, None, None).await.expect("a replay").id;
        life.ended(id).await;
        let asked = life.world.http.asked();
        assert_eq!(asked[1].header("Authorization"), Some("Bearer another-987654321"));
        let page = PageRequest { limit: 10, after: None };
        assert_eq!(life.store.secrets(page.clone()).await.expect("secrets").items.len(), 1);
        let bare = JobChange {
            payload: Some(told(json!({ "url": "https://example.com/" }))),
            ..JobChange::default()
        };
        life.dateline.change_job(job, bare).await.expect("without it");
        assert!(life.store.secrets(page).await.expect("secrets").items.is_empty());
    });
}

#[test]
fn a_secret_is_sent_to_no_server_but_the_one_it_was_given_for() {
    World::new().life(async |life| {
        let asks = |url: &str| json!({ "url": url, "secretHeaders": [{ "name": "X-Key" }] });
        let mut new = asking(asks("https://example.com/a"), quick_retries());
        new.secrets = Secrets::from([("X-Key".to_owned(), Secret::new("first"))]);
        let job = life.dateline.create_job(new).await.expect("a job").job.id;
        let earlier = life.dateline.trigger(job, Some(told(asks("https://example.com/b")))).await;
        let earlier = earlier.expect("the same server").id;
        life.ended(earlier).await;
        assert_eq!(life.world.http.asked()[0].header("X-Key"), Some("first"));
        let elsewhere = Some(told(asks("https://other.example/")));
        let pointer = |refused: RequestError| {
            let RequestError::Invalid { faults } = refused else { panic!("{refused}") };
            faults[0].pointer.clone()
        };
        let refused = life.dateline.trigger(job, elsewhere.clone()).await.expect_err("another server");
        assert_eq!(pointer(refused), "/payload/secretHeaders/0/name");
        let moved = JobChange { payload: elsewhere, ..JobChange::default() };
        let refused = life.dateline.change_job(job, moved.clone()).await.expect_err("another server");
        assert_eq!(pointer(refused), "/payload/secretHeaders/0/value");
        let secrets = Secrets::from([("X-Key".to_owned(), Secret::new("second"))]);
        life.dateline.change_job(job, JobChange { secrets, ..moved }).await.expect("with a value of its own");
        let refused = life.dateline.replay(earlier, None, None).await.expect_err("it asked the first server");
        assert_eq!(pointer(refused), "/payload/secretHeaders/0/name");
        let page = PageRequest { limit: 10, after: None };
        assert_eq!(life.store.secrets(page).await.expect("secrets").items.len(), 1, "the first is gone");
        assert_eq!(life.world.http.asked().len(), 1);
    });
}

#[test]
fn the_secrets_of_a_job_go_with_it() {
    World::new().life(async |life| {
        let named = json!({ "url": "https://example.com/", "secretHeaders": [{ "name": "X-Key" }] });
        let mut new = asking(named, quick_retries());
        new.secrets = Secrets::from([("X-Key".to_owned(), Secret::new("canary"))]);
        let job = life.dateline.create_job(new).await.expect("a job").job.id;
        life.dateline.cancel_job(job).await.expect("cancelled");
        let page = PageRequest { limit: 10, after: None };
        assert!(life.store.secrets(page).await.expect("secrets").items.is_empty());
    });
}

#[test]
fn what_may_not_be_asked_is_refused_before_it_is_stored() {
    World::new().life(async |life| {
        for url in
            ["http://127.0.0.1/", "http://169.254.169.254/", "file:///etc/passwd", "https://a:b@example.com/"]
        {
            let refused = life.dateline.create_job(asking(json!({ "url": url }), quick_retries())).await;
            let Err(RequestError::Invalid { faults }) = refused else { panic!("{refused:?}") };
            assert_eq!(faults[0].pointer, "/payload/url", "{url}");
        }
        let job = job(life, post()).await;
        let inner = Some(told(json!({ "url": "http://10.0.0.1/" })));
        assert!(matches!(life.dateline.trigger(job, inner).await, Err(RequestError::Invalid { .. })));
        assert!(life.world.http.asked().is_empty());
    });
}

#[test]
fn a_step_that_takes_too_long_is_cut() {
    World::new().life(async |life| {
        let mut policy = quick_retries();
        (policy.timeouts.step, policy.retry.attempts_max) = (Duration::from_secs(2), 1);
        let job = life.dateline.create_job(asking(post(), policy)).await.expect("a job").job.id;
        life.world.http.next(Reaction::Hang);
        let id = life.dateline.trigger(job, None).await.expect("an execution").id;
        let error = life.ended(id).await.error.expect("it says why");
        assert_eq!((error.class, error.step.as_deref()), (FailureClass::TimeoutStep, Some("request")));
    });
}
