//! What callers see, how long they are let in, and that what they do not see is not there.

use std::collections::BTreeSet;
use std::time::Duration;

use dateline_actors::request::{InstanceChange, NewToken, RequestError, UserChange};
use dateline_actors::{Dateline, Shown};
use dateline_core::caller::{Access, Caller, Role, Scope};
use dateline_core::execution::Outcome;
use dateline_core::id::{DraftId, ExecutionId, JobId, ProjectId, UserId};
use dateline_core::people::UserStatus;
use dateline_core::platform::Platform;
use dateline_core::policy::Policy;
use dateline_core::secret::Secret;
use dateline_core::store::{PageRequest, StoreError};

use crate::world::{Life, World, cron, new_job, new_project};

/// Lets somebody join and returns the engine as they ask it, with a token.
pub(crate) async fn joined(life: &Life<'_>, name: &str, role: Role) -> (UserId, Dateline) {
    let email = format!("{name}@example.org");
    let (_, code) = life.dateline.invite(&email, role).await.expect("invited");
    let password = Secret::new("correct horse battery");
    let user = life.dateline.accept_invitation(code.text(), name.to_owned(), password.clone(), None).await;
    let user = user.expect("joined");
    let session = life.dateline.sign_in(&email, password, None).await.expect("signed in");
    let caller = life.dateline.let_in(Shown::Session(session.code.text()), None).await.expect("let in");
    (user.id, life.dateline.on_behalf_of(caller))
}

fn all() -> PageRequest {
    PageRequest { limit: 100, after: None }
}

#[track_caller]
fn expect_missing<T>(result: Result<T, RequestError>) {
    assert!(matches!(result, Err(RequestError::Store(StoreError::NotFound(_)))));
}

/// The store's verbs by which requests about one thing are answered; the engine's own go on beside them.
const ASKED: [&str; 12] = [
    "project",
    "job",
    "execution",
    "draft",
    "seat",
    "reach",
    "steps",
    "logs",
    "brief",
    "publications",
    "steer",
    "members",
];

#[test]
fn what_is_not_seen_takes_the_same_way_as_what_is_not_there() {
    World::new().life(async |life| {
        let (job, execution) = life.started(&[Platform::Devto], Policy::default()).await;
        life.ended(execution).await;
        let draft = life.drafts(execution).await[0].id;
        let project = life.view(job).await.job.home.project().expect("one");
        let stranger = Caller { user: UserId::from_bits(9), role: Role::Admin, ..Caller::owner() };
        let stranger = life.dateline.on_behalf_of(stranger);
        let heard = async |ask: &dyn AsyncAsk| {
            life.world.troubles.heard();
            ask.ask(&stranger).await;
            let mut heard = life.world.troubles.heard();
            heard.retain(|verb| ASKED.contains(&verb.as_str()));
            heard
        };
        let questions: Vec<(Box<dyn AsyncAsk>, Box<dyn AsyncAsk>)> = vec![
            (Box::new(Ask::Project(project)), Box::new(Ask::Project(ProjectId::from_bits(7)))),
            (Box::new(Ask::Job(job)), Box::new(Ask::Job(JobId::from_bits(7)))),
            (Box::new(Ask::Execution(execution)), Box::new(Ask::Execution(ExecutionId::from_bits(7)))),
            (Box::new(Ask::Cancel(execution)), Box::new(Ask::Cancel(ExecutionId::from_bits(7)))),
            (Box::new(Ask::Draft(draft)), Box::new(Ask::Draft(DraftId::from_bits(7)))),
            (Box::new(Ask::Publish(draft)), Box::new(Ask::Publish(DraftId::from_bits(7)))),
        ];
        for (other, unknown) in questions {
            let way = heard(&*other).await;
            assert!(!way.is_empty());
            assert_eq!(way, heard(&*unknown).await);
        }
    });
}

/// A question that is answered with "no such thing".
enum Ask {
    Project(ProjectId),
    Job(JobId),
    Execution(ExecutionId),
    Cancel(ExecutionId),
    Draft(DraftId),
    Publish(DraftId),
}

#[async_trait::async_trait]
trait AsyncAsk {
    async fn ask(&self, dateline: &Dateline);
}

#[async_trait::async_trait]
impl AsyncAsk for Ask {
    async fn ask(&self, dateline: &Dateline) {
        match self {
            Self::Project(id) => expect_missing(dateline.project(*id).await),
            Self::Job(id) => expect_missing(dateline.job(*id).await),
            Self::Execution(id) => expect_missing(dateline.execution(*id).await),
            Self::Cancel(id) => expect_missing(dateline.cancel_execution(*id).await),
            Self::Draft(id) => expect_missing(dateline.draft(*id).await),
            Self::Publish(id) => expect_missing(dateline.publish_draft(*id).await),
        }
    }
}

#[test]
fn a_listener_hears_of_what_they_see_from_when_they_see_it() {
    World::new().life(async |life| {
        let (ana, as_ana) = joined(life, "ana", Role::Member).await;
        let (seen, hidden) = (
            life.project("lantern", &[Platform::Mastodon]).await,
            life.project("other", &[Platform::Mastodon]).await,
        );
        let mut events = as_ana.subscribe(Some(0)).await.expect("events");
        life.job(hidden.id, cron("0 0 1 1 *"), Policy::default()).await;
        life.job(seen.id, cron("0 0 1 1 *"), Policy::default()).await;
        let nothing = tokio::time::timeout(Duration::from_secs(3), events.next()).await;
        assert!(nothing.is_err(), "{nothing:?}");
        let newest = life.dateline.subscribe(None).await.expect("events").position();
        assert_eq!(events.position(), newest, "what is not theirs is passed over");
        life.dateline.put_member(seen.id, ana, Access::View).await.expect("added");
        life.job(hidden.id, cron("0 0 1 1 *"), Policy::default()).await;
        let job = life.job(seen.id, cron("0 0 1 1 *"), Policy::default()).await;
        assert_eq!(events.next().await.expect("an event").id, job.job.id.to_string());
        life.dateline.remove_member(seen.id, ana).await.expect("removed");
        life.job(seen.id, cron("0 0 1 1 *"), Policy::default()).await;
        assert!(tokio::time::timeout(Duration::from_secs(3), events.next()).await.is_err());
    });
}

#[test]
fn a_stream_ends_with_the_credential_it_was_opened_with() {
    World::new().life(async |life| {
        let (ana, as_ana) = joined(life, "ana", Role::Admin).await;
        let new = |expires_at| NewToken {
            name: "listener".to_owned(),
            scopes: BTreeSet::from([Scope::Read]),
            projects: None,
            expires_at,
        };
        let listening = async |dateline: &Dateline, text: &str| {
            let caller = life.dateline.let_in(Shown::Token(text), None).await.expect("let in");
            dateline.on_behalf_of(caller).subscribe(None).await.expect("events")
        };
        let ends = async |events: &mut dateline_actors::EventStream| {
            let ended = tokio::time::timeout(Duration::from_millis(1_500), events.next()).await;
            ended.expect("it ends within a second").is_none()
        };
        let (token, code) = as_ana.create_token(new(None)).await.expect("made");
        let mut events = listening(&as_ana, code.text()).await;
        assert!(tokio::time::timeout(Duration::from_secs(60), events.next()).await.is_err(), "it stays open");
        as_ana.revoke_token(token.id).await.expect("revoked");
        assert!(ends(&mut events).await);

        let soon = life.dateline.now() + chrono::Duration::seconds(10);
        let (_, code) = as_ana.create_token(new(Some(soon))).await.expect("made");
        let mut events = listening(&as_ana, code.text()).await;
        life.pass(Duration::from_secs(10)).await;
        assert!(ends(&mut events).await);

        let (_, code) = as_ana.create_token(new(None)).await.expect("made");
        let mut events = listening(&as_ana, code.text()).await;
        let disabled = UserChange { status: Some(UserStatus::Disabled), ..UserChange::default() };
        life.dateline.change_user(ana, disabled).await.expect("disabled");
        assert!(ends(&mut events).await);
        assert!(matches!(
            life.dateline.let_in(Shown::Token(code.text()), None).await,
            Err(RequestError::Unauthorized)
        ));
    });
}

#[test]
fn guesses_count_by_address_and_only_guesses() {
    World::new().life(async |life| {
        let (_, as_ana) = joined(life, "ana", Role::Member).await;
        let new = NewToken {
            name: "t".to_owned(),
            scopes: BTreeSet::from([Scope::Read]),
            projects: None,
            expires_at: None,
        };
        let (token, good) = as_ana.create_token(new).await.expect("made");
        let (here, there) = ("192.0.2.1".parse().ok(), "192.0.2.2".parse().ok());
        let shown = async |text: &str, from| match life.dateline.let_in(Shown::Token(text), from).await {
            Ok(_) => 200,
            Err(RequestError::Unauthorized) => 401,
            Err(RequestError::Busy { .. }) => 429,
            Err(other) => panic!("{other}"),
        };
        for _ in 0..10 {
            assert_eq!(shown("dl_garbage", here).await, 401);
        }
        assert_eq!(shown("dl_garbage", here).await, 429);
        assert_eq!(shown(good.text(), here).await, 200, "a valid token is never held up");
        assert_eq!(shown("dl_garbage", there).await, 401);
        life.pass(Duration::from_secs(60)).await;
        assert_eq!(shown("dl_garbage", here).await, 401);
        as_ana.revoke_token(token.id).await.expect("revoked");
        for _ in 0..30 {
            assert_eq!(shown(good.text(), there).await, 401, "what was good once is no guess");
        }
    });
}

#[test]
fn the_use_of_a_token_is_seen_afterwards() {
    World::new().life(async |life| {
        let new = NewToken {
            name: "t".to_owned(),
            scopes: BTreeSet::from([Scope::Read]),
            projects: None,
            expires_at: None,
        };
        let (_, code) = life.dateline.create_token(new).await.expect("made");
        let used = async || life.dateline.tokens(None, all()).await.expect("tokens").items[0].last_used_at;
        assert_eq!(used().await, None);
        life.dateline.let_in(Shown::Token(code.text()), None).await.expect("let in");
        life.pass(Duration::from_secs(1)).await;
        assert!(used().await.is_some());
    });
}

#[test]
fn a_path_outside_the_roots_is_not_read_although_it_was_saved() {
    World::new().life(async |life| {
        let set = async |roots: &[&str]| {
            let local_roots = Some(roots.iter().map(|root| (*root).to_owned()).collect());
            let change = InstanceChange { local_roots, ..InstanceChange::default() };
            life.dateline.change_instance(change).await.expect("set");
        };
        set(&["/src"]).await;
        let (_, as_ana) = joined(life, "ana", Role::Member).await;
        life.world.source.commit("lantern", "feat: read tabs as four columns");
        let new = new_project("lantern", &[Platform::Mastodon]);
        let project = as_ana.create_project(new).await.expect("under the root");
        let job = new_job(project.id, cron("0 0 1 1 *"), Policy::default());
        let job = as_ana.create_job(job).await.expect("a job").job.id;
        set(&["/elsewhere"]).await;
        let execution = as_ana.trigger(job, None).await.expect("an execution").id;
        let ended = life.ended(execution).await;
        assert_eq!(crate::world::outcome(&ended), Some(Outcome::Failed));
        let error = ended.error.expect("why").chain.join(" ");
        assert!(error.contains("an owner of this instance allows"), "{error}");
        assert_eq!(life.world.source.scans("lantern"), 0);
    });
}

#[test]
fn what_was_done_stands_in_the_audit_log_and_what_changed_nothing_does_not() {
    World::new().life(async |life| {
        let (job, execution) = life.started(&[Platform::Mastodon], Policy::default()).await;
        life.ended(execution).await;
        life.dateline.cancel_job(job).await.expect("cancelled");
        life.dateline.cancel_job(job).await.expect("again changes nothing");
        let log = life.dateline.audit_log(all()).await.expect("the log").items;
        let actions: Vec<String> = log.iter().rev().map(|entry| format!("{:?}", entry.action)).collect();
        assert_eq!(actions, ["ProjectCreated", "JobCreated", "ExecutionTriggered", "JobCancelled"]);
        assert!(log.iter().all(|entry| entry.actor == UserId::OWNER && entry.actor_name == "Owner"));
        assert_eq!(log[1].subject, execution.to_string());
    });
}
