//! People, their credentials, their projects, and who changed what.

use std::collections::BTreeSet;

use dateline_core::caller::{Access, Role, Scope};
use dateline_core::home::Home;
use dateline_core::id::{
    AuditId, DraftId, ExecutionId, InvitationId, JobId, ProjectId, SessionId, TokenId, UserId,
};
use dateline_core::people::{
    AuditAction, AuditEntry, CodeDigest, Invitation, InvitationStatus, Means, Membership, PasswordHash,
    PasswordReset, PeopleRefusal, Seat, Session, Token, User, UserStatus,
};
use dateline_core::platform::Platform;
use dateline_core::project::Project;
use dateline_core::store::{
    DraftFilter, ExecutionFilter, JobFilter, Missing, PageRequest, SecretChanges, Store, StoreError,
};

use super::expect_conflict;
use super::samples::{all, at, claim, clock, job, manual, project, write_step};

fn user(n: u128, role: Role) -> User {
    let email = Some(format!("u{n}@example.org").parse().expect("an address"));
    User { id: UserId::from_bits(n), name: format!("User {n}"), email, role, ..User::first_owner(at(0)) }
}

fn code(n: u8) -> CodeDigest {
    CodeDigest::new([n; 32])
}

fn token(n: u128, of: u128) -> Token {
    Token {
        id: TokenId::from_bits(n),
        user: UserId::from_bits(of),
        name: format!("token {n}"),
        scopes: BTreeSet::from([Scope::Read]),
        projects: None,
        expires_at: None,
        last_used_at: None,
        created_at: at(0),
        revoked_at: None,
        generation: 1,
        digest: code(u8::try_from(n).expect("small")),
        hint: "abcd".to_owned(),
    }
}

fn session(n: u128, of: u128, from: i64) -> Session {
    Session {
        id: SessionId::from_bits(n),
        user: UserId::from_bits(of),
        created_at: at(from),
        expires_at: at(from + 100),
        generation: 1,
        digest: CodeDigest::new(blake3::hash(&n.to_be_bytes()).into()),
    }
}

fn membership(project: u128, user: u128, access: Access) -> Membership {
    Membership {
        project: ProjectId::from_bits(project),
        user: UserId::from_bits(user),
        access,
        added_by: UserId::OWNER,
        added_at: at(1),
    }
}

fn entry(n: u128, action: AuditAction) -> AuditEntry {
    AuditEntry {
        id: AuditId::from_bits(n),
        at: at(5),
        actor: UserId::OWNER,
        actor_name: String::new(),
        means: Means::Process,
        action,
        subject: "it".to_owned(),
        home: None,
        detail: None,
    }
}

#[track_caller]
fn expect_refusal<T: std::fmt::Debug>(result: Result<T, StoreError>, expected: &PeopleRefusal) {
    assert!(
        matches!(&result, Err(StoreError::PeopleRefused(refusal)) if refusal == expected),
        "expected {expected:?}, found {result:?}"
    );
}

pub(super) async fn people(store: &dyn Store) {
    for (n, role) in [(1, Role::Owner), (2, Role::Admin), (3, Role::Member)] {
        store.create_user(user(n, role)).await.expect("a user is stored");
    }
}

pub(super) async fn an_address_belongs_to_one_person(store: &dyn Store) {
    people(store).await;
    let same = User { email: Some("U3@EXAMPLE.org".parse().expect("an address")), ..user(4, Role::Member) };
    expect_refusal(store.create_user(same.clone()).await, &PeopleRefusal::EmailTaken);
    let moved = User { email: Some("new@example.org".parse().expect("an address")), ..user(3, Role::Member) };
    store.replace_user(moved).await.expect("the address is free");
    store.create_user(same.clone()).await.expect("the old one is free again");
    let found = store.user_by_email("u3@example.org".parse().expect("an address")).await.expect("there");
    assert_eq!(found.id, same.id);
    expect_conflict(store.replace_user(user(3, Role::Member)).await);
    let ids: Vec<u128> =
        store.users(all()).await.expect("users").items.iter().map(|user| user.id.bits()).collect();
    assert_eq!(ids, [1, 2, 3, 4]);
}

pub(super) async fn the_last_active_owner_stays(store: &dyn Store) {
    people(store).await;
    for changed in [
        User { role: Role::Admin, ..user(1, Role::Owner) },
        User { status: UserStatus::Disabled, ..user(1, Role::Owner) },
    ] {
        expect_refusal(store.replace_user(changed).await, &PeopleRefusal::LastOwner);
    }
    expect_refusal(store.remove_user(UserId::OWNER, None, at(9)).await, &PeopleRefusal::FirstOwner);
    store.create_user(user(4, Role::Owner)).await.expect("a second owner");
    store.replace_user(User { role: Role::Member, ..user(1, Role::Owner) }).await.expect("another is left");
    expect_refusal(store.remove_user(UserId::from_bits(4), None, at(9)).await, &PeopleRefusal::LastOwner);
}

pub(super) async fn an_invitation_makes_one_user(store: &dyn Store) {
    people(store).await;
    let invitation = |n: u8, email: &str| Invitation {
        id: InvitationId::from_bits(n.into()),
        email: email.parse().expect("an address"),
        role: Role::Admin,
        invited_by: UserId::OWNER,
        created_at: at(0),
        expires_at: at(100),
        accepted_by: None,
        revoked_at: None,
        digest: code(n),
    };
    let taken = store.create_invitation(invitation(9, "u2@example.org")).await;
    expect_refusal(taken, &PeopleRefusal::EmailTaken);
    for n in 1..=3 {
        store.create_invitation(invitation(n, &format!("new{n}@example.org"))).await.expect("stored");
    }
    let joining = |n: u128, now: i64| User { created_at: at(now), ..user(n, Role::Member) };
    expect_refusal(store.accept_invitation(code(8), joining(5, 1)).await, &PeopleRefusal::VoidCode);
    expect_refusal(store.accept_invitation(code(1), joining(5, 100)).await, &PeopleRefusal::VoidCode);
    let joined = store.accept_invitation(code(1), joining(5, 99)).await.expect("in time");
    assert_eq!((joined.role, joined.email.expect("invited").as_str()), (Role::Admin, "new1@example.org"));
    expect_refusal(store.accept_invitation(code(1), joining(6, 99)).await, &PeopleRefusal::VoidCode);
    for _ in 0..2 {
        store.revoke_invitation(InvitationId::from_bits(2), at(3)).await.expect("taken back");
    }
    expect_refusal(store.accept_invitation(code(2), joining(6, 9)).await, &PeopleRefusal::VoidCode);
    let listed = store.invitations(all()).await.expect("invitations").items;
    let status: Vec<_> = listed.iter().map(|invitation| invitation.status(at(9))).collect();
    assert_eq!(status, [InvitationStatus::Open, InvitationStatus::Revoked, InvitationStatus::Accepted]);
}

pub(super) async fn a_reset_works_once_and_voids_what_was_before(store: &dyn Store) {
    people(store).await;
    let reset = |n: u8| PasswordReset {
        user: UserId::from_bits(3),
        made_by: UserId::OWNER,
        created_at: at(0),
        expires_at: at(100),
        digest: code(n),
    };
    store.put_password_reset(reset(1)).await.expect("stored");
    store.put_password_reset(reset(2)).await.expect("a newer one");
    let used = |n: u8, now: i64| store.use_password_reset(code(n), PasswordHash::new("new"), at(now));
    expect_refusal(used(1, 1).await, &PeopleRefusal::VoidCode);
    expect_refusal(used(2, 100).await, &PeopleRefusal::VoidCode);
    store.create_token(token(7, 3)).await.expect("a token");
    let user = used(2, 99).await.expect("in time");
    assert_eq!((user.generation, user.password), (2, Some(PasswordHash::new("new"))));
    expect_refusal(used(2, 99).await, &PeopleRefusal::VoidCode);
    let (token, user) = store.token_holder(code(7)).await.expect("read").expect("there");
    assert!(!token.is_valid(&user, at(99)));
}

pub(super) async fn credentials_are_found_by_what_they_show(store: &dyn Store) {
    people(store).await;
    for n in 1..=3 {
        store.create_token(token(n, 3)).await.expect("stored");
    }
    assert_eq!(store.token_holder(code(9)).await.expect("read"), None);
    let (found, holder) = store.token_holder(code(2)).await.expect("read").expect("there");
    assert_eq!((found, holder.id), (token(2, 3), UserId::from_bits(3)));
    store.touch_token(TokenId::from_bits(2), at(7)).await.expect("noted");
    store.touch_token(TokenId::from_bits(99), at(7)).await.expect("nothing happens");
    for now in [8, 9] {
        let revoked = store.revoke_token(TokenId::from_bits(2), at(now)).await.expect("revoked");
        assert_eq!((revoked.last_used_at, revoked.revoked_at), (Some(at(7)), Some(at(8))));
    }
    let page = PageRequest { limit: 2, after: None };
    let first = store.tokens(UserId::from_bits(3), page).await.expect("a page");
    let rest = PageRequest { limit: 2, after: first.next };
    let rest = store.tokens(UserId::from_bits(3), rest).await.expect("a page");
    let names = first.items.iter().chain(&rest.items).map(|token| token.name.as_str());
    assert_eq!(names.collect::<Vec<_>>(), ["token 3", "token 2", "token 1"]);

    for n in 1..=120 {
        store.create_session(session(n, 3, i64::try_from(n).expect("small"))).await.expect("stored");
    }
    let is_there =
        async |n: u128| store.session_holder(session(n, 3, 0).digest).await.expect("read").is_some();
    assert!(!is_there(1).await, "over");
    assert!(is_there(120).await);
    for _ in 0..2 {
        store.end_session(SessionId::from_bits(120)).await.expect("ended");
    }
    assert!(!is_there(120).await);
}

pub(super) async fn a_user_goes_with_all_that_is_theirs_but_their_projects(store: &dyn Store) {
    people(store).await;
    let (admin, member) = (UserId::from_bits(2), UserId::from_bits(3));
    store
        .create_project(Project { owner: member, ..project(1) }, SecretChanges::default())
        .await
        .expect("stored");
    store
        .create_project(Project { owner: admin, ..project(2) }, SecretChanges::default())
        .await
        .expect("stored");
    store.put_member(membership(1, 2, Access::View)).await.expect("added");
    store.put_member(membership(2, 3, Access::View)).await.expect("added");
    store.create_token(token(1, 3)).await.expect("a token");
    store.create_session(session(1, 3, 0)).await.expect("a session");
    expect_refusal(
        store.remove_user(member, None, at(9)).await,
        &PeopleRefusal::OwnsProjects { projects: 1 },
    );
    store.remove_user(member, Some(admin), at(9)).await.expect("handed over");
    assert_eq!(store.project(ProjectId::from_bits(1)).await.expect("there").owner, admin);
    let seat = store.seat(ProjectId::from_bits(1), admin).await.expect("read");
    assert_eq!(seat, Some(Seat { owner: admin, membership: None }));
    assert_eq!(store.token_holder(code(1)).await.expect("read"), None);
    assert_eq!(store.session_holder(session(1, 3, 0).digest).await.expect("read"), None);
    assert!(store.members(ProjectId::from_bits(2), all()).await.expect("members").items.is_empty());
    assert_eq!(store.reach(member).await.expect("read"), BTreeSet::from([Home::Person(member)]));
    let gone = store.user(member).await;
    assert!(matches!(gone, Err(StoreError::NotFound(Missing::User))), "{gone:?}");
    store.create_user(user(4, Role::Member)).await.expect("their address is free");
}

pub(super) async fn members_see_what_they_were_added_to(store: &dyn Store) {
    people(store).await;
    let member = UserId::from_bits(3);
    for n in 1..=3 {
        store.create_project(project(n), SecretChanges::default()).await.expect("stored");
    }
    store.put_member(membership(1, 3, Access::View)).await.expect("added");
    store.put_member(membership(1, 3, Access::Approve)).await.expect("raised");
    store.put_member(membership(2, 3, Access::Edit)).await.expect("added");
    expect_refusal(store.put_member(membership(1, 1, Access::View)).await, &PeopleRefusal::OwnsProject);
    let seat = async |project, user| {
        store.seat(ProjectId::from_bits(project), user).await.expect("read").map(|seat| seat.membership)
    };
    assert_eq!(seat(1, member).await, Some(Some(Access::Approve)));
    assert_eq!(seat(3, member).await, Some(None));
    assert_eq!(seat(9, member).await, None);
    let reach = store.reach(member).await.expect("read");
    let projects = BTreeSet::from([1, 2].map(ProjectId::from_bits));
    let homes = projects.iter().copied().map(Home::Project);
    assert_eq!(reach, homes.chain([Home::Person(member)]).collect());
    store.remove_project(ProjectId::from_bits(2), at(3)).await.expect("removed");
    assert_eq!(seat(2, member).await, Some(Some(Access::Edit)), "its history stays visible");
    let page = PageRequest { limit: 1, after: None };
    let listed = store.projects_among(projects, page).await.expect("a page");
    assert_eq!(
        (listed.items.len(), listed.items[0].id, listed.next.is_none()),
        (1, ProjectId::from_bits(1), true)
    );
    for _ in 0..2 {
        store.remove_member(ProjectId::from_bits(1), member).await.expect("removed");
    }
    assert_eq!(seat(1, member).await, Some(None));
}

pub(super) async fn lists_hold_what_lies_within(store: &dyn Store) {
    for n in 1..=3 {
        store.create_project(project(n), SecretChanges::default()).await.expect("stored");
        store.create_job(job(n, n), clock(0, 10)).await.expect("stored");
    }
    for id in 1..=9 {
        let now = i64::try_from(id).expect("small");
        store.create_execution(manual(id, 1 + id % 3, now)).await.expect("stored");
        let work = store.claim(claim(7, 1, now)).await.expect("read").remove(0);
        let mut step = write_step(&work.execution, work.lease, id, Platform::Devto, now);
        step.cursors.clear();
        store.record_step(step).await.expect("the lease holds");
        store
            .steer(
                ExecutionId::from_bits(id),
                dateline_core::execution::ExecutionEvent::CancelRequested,
                at(now),
            )
            .await
            .expect("stopping");
        let lease = work.lease;
        let end = dateline_core::execution::AttemptEnd::Yielded;
        let outcome = dateline_core::execution::AttemptOutcome::Interrupted;
        store.finish(super::samples::report(lease, end, outcome, now)).await.expect("let go");
    }
    let within = Some(BTreeSet::from([1, 2].map(|n| Home::Project(ProjectId::from_bits(n)))));
    let mut seen = Vec::new();
    let mut page = PageRequest { limit: 2, after: None };
    loop {
        let filter = ExecutionFilter { within: within.clone(), ..ExecutionFilter::default() };
        let part = store.executions(filter, page).await.expect("a page");
        seen.extend(part.items.iter().map(|execution| execution.id.bits()));
        let Some(next) = part.next else { break };
        page = PageRequest { limit: 2, after: Some(next) };
    }
    assert_eq!(seen, [9, 7, 6, 4, 3, 1]);
    let count = async |filter: ExecutionFilter| {
        store.execution_stats(ExecutionFilter { within: within.clone(), ..filter }).await.expect("read").total
    };
    assert_eq!(count(ExecutionFilter::default()).await, 6);
    let of_job = |n| ExecutionFilter { job: Some(JobId::from_bits(n)), ..ExecutionFilter::default() };
    assert_eq!((count(of_job(1)).await, count(of_job(3)).await), (3, 0));
    let of = |n| ExecutionFilter { project: Some(ProjectId::from_bits(n)), ..ExecutionFilter::default() };
    assert_eq!((count(of(2)).await, count(of(3)).await), (3, 0));
    let drafts = async |filter: DraftFilter| {
        let filter = DraftFilter { within: within.clone(), ..filter };
        let found = store.drafts(filter, all()).await.expect("read").items;
        found.iter().map(|draft| draft.id.bits()).collect::<Vec<_>>()
    };
    assert_eq!(drafts(DraftFilter::default()).await, [9, 7, 6, 4, 3, 1]);
    let by_execution =
        |n| DraftFilter { execution: Some(ExecutionId::from_bits(n)), ..DraftFilter::default() };
    assert_eq!((drafts(by_execution(3)).await, drafts(by_execution(2)).await), (vec![3], vec![]));
    assert!(store.draft(DraftId::from_bits(2)).await.is_ok());
    let jobs = JobFilter { within: within.clone(), ..JobFilter::default() };
    let jobs = store.jobs(jobs, all()).await.expect("read").items;
    assert_eq!(jobs.iter().map(|view| view.job.id.bits()).collect::<Vec<_>>(), [2, 1]);
}

pub(super) async fn a_change_and_its_entry_come_together(store: &dyn Store) {
    people(store).await;
    let about = Some(Home::Project(ProjectId::from_bits(1)));
    let noting = store.audited(AuditEntry { home: about, ..entry(1, AuditAction::ProjectCreated) });
    noting.create_project(project(1), SecretChanges::default()).await.expect("stored");
    expect_conflict(
        store
            .audited(entry(2, AuditAction::ProjectCreated))
            .create_project(project(1), SecretChanges::default())
            .await,
    );
    let quiet = store.audited(entry(3, AuditAction::MemberRemoved));
    quiet.remove_member(ProjectId::from_bits(1), UserId::from_bits(3)).await.expect("nothing to do");
    quiet.project(ProjectId::from_bits(1)).await.expect("reading leaves no trace");
    store.audited(entry(4, AuditAction::TokenCreated)).create_token(token(1, 1)).await.expect("stored");
    let log = async |within| {
        let log = store.audit_log(within, all()).await.expect("read").items;
        log.iter().map(|entry| (entry.id.bits(), entry.actor_name.clone())).collect::<Vec<_>>()
    };
    let name = "User 1".to_owned();
    assert_eq!(log(None).await, [(4, name.clone()), (1, name.clone())]);
    assert_eq!(log(Some(BTreeSet::new())).await, [(4, name)]);
}

pub(super) async fn settings_are_replaced_as_they_were_read(store: &dyn Store) {
    let read = store.instance_settings().await.expect("defaults");
    assert_eq!((read.sign_in_failures_max, read.local_roots.len()), (10, 0));
    let changed = dateline_core::instance::InstanceSettings { sign_in_failures_max: 5, ..read.clone() };
    let stored = store.replace_instance_settings(changed).await.expect("replaced");
    assert_eq!(store.instance_settings().await.expect("read"), stored);
    expect_conflict(store.replace_instance_settings(read).await);
}
