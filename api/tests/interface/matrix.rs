//! Who may do what: every operation of the published document, asked with every kind of credential, by every role, about
//! what is theirs, what they were added to, and what is none of their business.

use std::collections::BTreeSet;
use std::sync::Arc;

use dateline_api::os::{OsClock, OsEntropy};
use dateline_core::caller::{Access, Role, Scope};
use dateline_core::clock::Clock;
use dateline_core::execution::{AttemptEnd, AttemptOutcome, Outcome};
use dateline_core::id::{InvitationId, ProjectId, TokenId, UserId};
use dateline_core::people::{AccessCode, CodeKind, Invitation, Membership, Token, User, UserStatus};
use dateline_core::platform::Platform;
use dateline_core::project::Project;
use dateline_core::store::{SecretChanges, Store};
use dateline_core::time::{Timestamp, from_unix_ms};
use dateline_store::conformance::samples;
use dateline_store::{MemoryMedium, OpenOptions, RedbStore, WriterPlace};
use poem::http::Method;
use serde_json::Value;

use crate::harness::{Answer, Api, bare};

const ROLES: [Role; 3] = [Role::Member, Role::Admin, Role::Owner];
const SCOPES: [Scope; 4] = [Scope::Read, Scope::Trigger, Scope::Write, Scope::Admin];
const RELATIONS: [Option<Access>; 5] =
    [None, Some(Access::View), Some(Access::Edit), Some(Access::Approve), Some(Access::Own)];

/// Operations that nobody needs a credential for.
const OPEN: [&str; 7] = [
    "acceptInvitation",
    "acceptPasswordReset",
    "getHealth",
    "getReadiness",
    "showUnsubscribePage",
    "signIn",
    "unsubscribe",
];

/// Operations whose answers never end: what their listeners see is held by tests of their own.
const ENDLESS: [&str; 1] = ["streamEvents"];

/// What changing operations ask of the caller's say in the project; reading ones ask for VIEW.
const CHANGES: [(&str, Access); 33] = [
    ("changeProject", Access::Edit),
    ("removeProject", Access::Own),
    ("putMember", Access::Own),
    ("removeMember", Access::Own),
    ("createSchedule", Access::Edit),
    ("changeSchedule", Access::Edit),
    ("toggleSchedule", Access::Edit),
    ("cancelSchedule", Access::Edit),
    ("pauseSchedule", Access::Edit),
    ("backfillSchedule", Access::Edit),
    ("cancelBackfill", Access::Edit),
    ("resumeSchedule", Access::Edit),
    ("pauseProject", Access::Edit),
    ("resumeProject", Access::Edit),
    ("triggerSchedule", Access::Edit),
    ("sendEvent", Access::Edit),
    ("tryCondition", Access::View),
    ("cancelExecution", Access::Edit),
    ("pauseExecution", Access::Edit),
    ("resumeExecution", Access::Edit),
    ("pinExecution", Access::Edit),
    ("unpinExecution", Access::Edit),
    ("answerExecution", Access::Edit),
    ("replayExecution", Access::Edit),
    ("dismissExecution", Access::Edit),
    ("replayDeadLetters", Access::Edit),
    ("dismissDeadLetters", Access::Edit),
    ("editDraft", Access::Edit),
    ("approveDraft", Access::Approve),
    ("rejectDraft", Access::Approve),
    ("publishDraft", Access::Approve),
    ("createToken", Access::View),
    ("createProject", Access::View),
];

/// Operations whose bodies name projects only in passing: a wrong one is a fault of the field.
const IN_PASSING: [&str; 2] = ["createToken", "createProject"];

#[derive(Clone)]
struct Operation {
    id: String,
    method: Method,
    path: String,
    scope: Scope,
    role: Role,
    body: Option<Value>,
    /// What a caller must be able to do in the project it is about.
    about: Option<Access>,
}

/// Returns every operation with security, as the document describes it.
fn operations() -> Vec<Operation> {
    let document: Value = serde_json::from_str(dateline_openapi::DOCUMENT).expect("a document");
    let mut all = Vec::new();
    let mut open = BTreeSet::new();
    for (path, item) in document["paths"].as_object().expect("paths") {
        for (method, operation) in item.as_object().expect("operations") {
            let id = operation["operationId"].as_str().expect("an id").to_owned();
            if operation.get("security").is_none() {
                open.insert(id);
                continue;
            }
            let read = |name: &str| operation[name].clone();
            all.push(Operation {
                about: about(&id, method, path, operation),
                id,
                method: method.to_uppercase().parse().expect("a method"),
                path: path.clone(),
                scope: serde_json::from_value(read("x-scope")).expect("a scope"),
                role: serde_json::from_value(read("x-role")).expect("a role"),
                body: operation.pointer("/requestBody/content/application~1json/example").cloned(),
            });
        }
    }
    assert_eq!(open, BTreeSet::from(OPEN.map(str::to_owned)), "operations without security");
    all
}

fn about(id: &str, method: &str, path: &str, operation: &Value) -> Option<Access> {
    let text = operation.to_string();
    let of_a_project =
        ["^prj_", "^job_", "^exe_", "^dft_"].iter().any(|id| text.contains(id)) && path.contains('{');
    let by_body = ["createSchedule", "changeSchedule", "triggerSchedule"].contains(&id);
    match CHANGES.iter().find(|(known, _)| *known == id) {
        _ if IN_PASSING.contains(&id) => None,
        Some((_, needed)) => Some(*needed),
        None if !of_a_project && !by_body => None,
        None => {
            assert_eq!(
                method, "get",
                "{id} changes what belongs to a project: say in CHANGES what it asks for"
            );
            Some(Access::View)
        }
    }
}

fn now() -> Timestamp {
    OsClock::new().now()
}

async fn add_user(store: &dyn Store, n: u128, role: Role, status: UserStatus) -> User {
    let user = User {
        id: UserId::from_bits(n),
        name: format!("User {n}"),
        role,
        status,
        ..User::first_owner(now())
    };
    store.create_user(user).await.expect("a user")
}

/// Makes a token of a user and returns its text.
async fn add_token(
    store: &dyn Store,
    user: &User,
    scope: Scope,
    expires_at: Option<Timestamp>,
) -> (TokenId, String) {
    let code = AccessCode::fresh(CodeKind::Token, &OsEntropy);
    let token = Token {
        id: TokenId::fresh(now(), &OsEntropy),
        user: user.id,
        name: "matrix".to_owned(),
        scopes: BTreeSet::from([scope]),
        projects: None,
        expires_at,
        last_used_at: Some(now()),
        created_at: now(),
        revoked_at: None,
        generation: user.generation,
        digest: code.digest(),
        hint: code.hint(),
    };
    (store.create_token(token).await.expect("a token").id, code.text().to_owned())
}

/// A request that the gate lets through, and what it is about.
struct Case {
    operation: Operation,
    role: Role,
    scope: Scope,
    relation: Option<Access>,
}

/// Returns a case for each operation, role and scope that are enough; the widest scope stands for each relation to the
/// object.
fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for operation in operations().into_iter().filter(|it| !ENDLESS.contains(&it.id.as_str())) {
        for role in ROLES.into_iter().filter(|role| *role >= operation.role) {
            for scope in SCOPES.into_iter().filter(|scope| scope.covers(operation.scope)) {
                let relations = match operation.about {
                    Some(_) if scope == Scope::Admin => RELATIONS.to_vec(),
                    _ => vec![Some(Access::Own)],
                };
                for relation in relations {
                    cases.push(Case { operation: operation.clone(), role, scope, relation });
                }
            }
        }
    }
    cases
}

/// Number `n`'s own objects: nobody else's case comes near them.
async fn prepare(store: &dyn Store, n: u128, case: &Case) -> String {
    let user = add_user(store, 10_000 + n, case.role, UserStatus::Active).await;
    let (_, token) = add_token(store, &user, case.scope, None).await;
    if case.operation.about.is_some() {
        let is_own = case.relation == Some(Access::Own);
        let owner = if is_own { user.id } else { UserId::from_bits(2) };
        store
            .create_project(Project { owner, ..samples::project(n) }, SecretChanges::default())
            .await
            .expect("a project");
        if let Some(access) = case.relation.filter(|_| !is_own) {
            let project = ProjectId::from_bits(n);
            let member = Membership { project, user: user.id, access, added_by: owner, added_at: now() };
            store.put_member(member).await.expect("a member");
        }
        store.create_job(samples::job(n, n), samples::clock(0, 1_000_000)).await.expect("a job");
        store.create_execution(samples::manual(n, n, 0)).await.expect("an execution");
        let work = store.claim(samples::claim(7, 1, 1)).await.expect("work").remove(0);
        let step = samples::write_step(&work.execution, work.lease, n, Platform::Devto, 2);
        store.record_step(step).await.expect("a draft");
        let end = AttemptEnd::Done(Outcome::Completed);
        let report = samples::report(work.lease, end, AttemptOutcome::Succeeded, 3);
        store.finish(report).await.expect("it ends");
    }
    add_user(store, 20_000 + n, Role::Member, UserStatus::Active).await;
    let code = AccessCode::fresh(CodeKind::Invitation, &OsEntropy);
    let invitation = Invitation {
        id: InvitationId::from_bits(n),
        email: format!("invited{n}@example.org").parse().expect("an address"),
        role: Role::Member,
        invited_by: UserId::OWNER,
        created_at: now(),
        expires_at: from_unix_ms(4_000_000_000_000),
        accepted_by: None,
        revoked_at: None,
        digest: code.digest(),
    };
    store.create_invitation(invitation).await.expect("an invitation");
    token
}

/// Spells id number `n` of each kind where the document has its example; users are the case's own target.
fn with_ids(text: &str, n: u128, token: TokenId) -> String {
    let id = regex::Regex::new("(prj|job|exe|dft|usr|inv|tok)_[0-9A-HJKMNP-TV-Z]{26}").expect("a pattern");
    let own = |found: &regex::Captures<'_>| match &found[1] {
        "tok" => token.to_string(),
        "usr" => UserId::from_bits(20_000 + n).to_string(),
        kind => ProjectId::from_bits(n).to_string().replace("prj", kind),
    };
    id.replace_all(text, own).into_owned()
}

/// Returns the path with the document's example ids.
fn with_examples(operation: &Operation) -> String {
    let kind = match operation.path.as_str() {
        path if path.starts_with("/api/projects") => "prj",
        path if path.starts_with("/api/cron/schedules") => "job",
        path if path.starts_with("/api/cron/executions") => "exe",
        path if path.starts_with("/api/drafts") => "dft",
        path if path.starts_with("/api/users") => "usr",
        path if path.starts_with("/api/tokens") => "tok",
        path if path.starts_with("/api/invitations") => "inv",
        path if path.starts_with("/api/notifications") => "ntf",
        path => {
            assert!(!path.contains("{id}"), "say of which kind the id in {path} is");
            "prj"
        }
    };
    let example = "01KAR6V8G0M3N9T5X7Y2B4C6D8";
    operation
        .path
        .replace("{id}", &format!("{kind}_{example}"))
        .replace("{userId}", &format!("usr_{example}"))
}

async fn ask(api: &Api, token: &str, operation: &Operation, n: u128, own: TokenId) -> Answer {
    let path = with_ids(&with_examples(operation), n, own);
    let body = operation.body.as_ref().map(|body| {
        let text = with_ids(&body.to_string(), n, own);
        // One address is one person's.
        let text = text.replace("ana@example.org", &format!("case{n}@example.org"));
        serde_json::from_str(&text).expect("JSON")
    });
    api.ask(token, operation.method.clone(), &path, body).await
}

async fn open_store() -> Arc<dyn Store> {
    let options = OpenOptions { now: now(), writer: WriterPlace::Thread };
    Arc::new(RedbStore::open_on(Arc::new(MemoryMedium::default()), options).expect("a store"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_good_credential_nothing_is_answered() {
    let store = open_store().await;
    let mut void = vec![String::new(), "garbage".to_owned()];
    void.push(AccessCode::fresh(CodeKind::Token, &OsEntropy).text().to_owned());
    store.create_user(User::first_owner(now())).await.expect("the owner");
    for (n, role) in (10..).zip(ROLES) {
        let user = add_user(&*store, n, role, UserStatus::Active).await;
        void.push(add_token(&*store, &user, Scope::Admin, Some(from_unix_ms(1))).await.1);
        let (id, revoked) = add_token(&*store, &user, Scope::Admin, None).await;
        store.revoke_token(id, now()).await.expect("revoked");
        void.push(revoked);
        let disabled = add_user(&*store, 100 + n, role, UserStatus::Disabled).await;
        void.push(add_token(&*store, &disabled, Scope::Admin, None).await.1);
        let earlier = User { generation: 7, ..user };
        void.push(add_token(&*store, &earlier, Scope::Admin, None).await.1);
    }
    let api = Api::over(store, tempfile::tempdir().expect("a folder")).await;
    let refusal = api.send(bare(Method::GET, "/api/projects").finish()).await.json;
    let mut asked = 0;
    for operation in operations() {
        for token in &void {
            let answer = ask(&api, token, &operation, 1, TokenId::from_bits(1)).await;
            assert_eq!(answer.status, 401, "{} with {token:?}", operation.id);
            assert_eq!(answer.json, refusal, "{} with {token:?}", operation.id);
            asked += 1;
        }
    }
    assert!(asked > 500, "only {asked} requests");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_scope_or_role_that_does_not_reach_is_told_so_before_anything_else() {
    let store = open_store().await;
    store.create_user(User::first_owner(now())).await.expect("the owner");
    let mut callers = Vec::new();
    for (n, role) in (10..).zip(ROLES) {
        let user = add_user(&*store, n, role, UserStatus::Active).await;
        for scope in SCOPES {
            callers.push((role, scope, add_token(&*store, &user, scope, None).await.1));
        }
    }
    let api = Api::over(store, tempfile::tempdir().expect("a folder")).await;
    for operation in operations() {
        for (role, scope, token) in &callers {
            let expected = if !scope.covers(operation.scope) {
                "SCOPE_MISSING"
            } else if *role < operation.role {
                "FORBIDDEN"
            } else {
                continue;
            };
            // Neither the id nor the body is looked at.
            let path = operation.path.replace("{id}", "nonsense").replace("{userId}", "nonsense");
            let answer = api.ask(token, operation.method.clone(), &path, Some(Value::Null)).await;
            assert_eq!(
                (answer.status.as_u16(), answer.code()),
                (403, expected),
                "{} {role:?} {scope:?}",
                operation.id
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_one_may_do_depends_on_their_say_in_the_project() {
    let store = open_store().await;
    store.create_user(User::first_owner(now())).await.expect("the owner");
    add_user(&*store, 2, Role::Member, UserStatus::Active).await;
    let cases = cases();
    let mut tokens = Vec::new();
    for (n, case) in (1..).zip(&cases) {
        tokens.push(prepare(&*store, n, case).await);
    }
    let api = Api::over(store, tempfile::tempdir().expect("a folder")).await;
    for ((n, case), token) in (1_u128..).zip(&cases).zip(&tokens) {
        let Case { operation, role, scope, relation } = case;
        let place = format!("{} {role:?} {scope:?} {relation:?}", operation.id);
        let own =
            api.store.tokens(UserId::from_bits(10_000 + n), samples::all()).await.expect("tokens").items[0]
                .id;
        let answer = ask(&api, token, operation, n, own).await;
        let said = (answer.status.as_u16(), answer.code());
        let level = if *role == Role::Owner { Some(Access::Own) } else { *relation };
        match (operation.about, level) {
            (Some(_), None) => {
                assert_eq!(said, (404, "NOT_FOUND"), "{place}");
                let unknown = ask(&api, token, operation, 9_999_999, TokenId::from_bits(1)).await;
                assert_eq!(answer.json, unknown.json, "{place}: not as for an unknown id");
            }
            (Some(needed), Some(level)) if level < needed => assert_eq!(said, (403, "FORBIDDEN"), "{place}"),
            // What was told to nobody is not there.
            (None, _) if operation.path.starts_with("/api/notifications/{id}") => {
                assert_eq!(said, (404, "NOT_FOUND"), "{place}");
            }
            // The example sets local roots, which are an owner's to set.
            (None, _) if operation.id == "changeSettings" && *role == Role::Admin => {
                assert_eq!(said, (403, "FORBIDDEN"), "{place}");
            }
            (Some(_), Some(_)) | (None, _) => {
                let is_let_through = !matches!(said.0, 401 | 403 | 404 | 405 | 429 | 500..);
                assert!(is_let_through, "{place}: {answer:?}");
            }
        }
    }
    assert!(cases.len() > 400, "only {} cases", cases.len());
}
