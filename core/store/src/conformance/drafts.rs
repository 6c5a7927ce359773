//! Drafts, their revisions and their publication.

use dateline_core::draft::{DraftEvent, DraftStatus, PublicationOutcome};
use dateline_core::id::{DraftId, JobId, ProjectId, PublicationId};
use dateline_core::platform::Platform;
use dateline_core::project::Project;
use dateline_core::publisher::Published;
use dateline_core::store::{
    Claimed, DraftDecision, DraftEdit, DraftFilter, SecretChanges, Store, StoreError,
};

use super::expect_conflict;
use super::samples::{
    all, at, brief, claim, clock, content, digest, done, job, manual, project, publication, write_step,
};

async fn running(store: &dyn Store, n: u128) -> Claimed {
    store.create_project(project(n), SecretChanges::default()).await.expect("a project is stored");
    store.create_job(job(n, n), clock(0, 10)).await.expect("a job is stored");
    store.create_execution(manual(n, n, 0)).await.expect("an execution is stored");
    store.claim(claim(7, 1, 1)).await.expect("work is given").remove(0)
}

/// Writes draft `id` and returns the work it was written by.
async fn written(store: &dyn Store, id: u128) -> Claimed {
    let work = running(store, id).await;
    let step = write_step(&work.execution, work.lease, id, Platform::Devto, 2);
    store.record_step(step).await.expect("the lease holds");
    work
}

fn decision(id: u128, revision: u32, event: DraftEvent, now: i64) -> DraftDecision {
    DraftDecision { id: DraftId::from_bits(id), revision, event, now: at(now) }
}

fn edit(id: u128, revision: u32, body: &str, now: i64) -> DraftEdit {
    DraftEdit {
        id: DraftId::from_bits(id),
        revision,
        content: content(body),
        evidence: Vec::new(),
        findings: Vec::new(),
        note: Some("I was there".to_owned()),
        now: at(now),
    }
}

fn out(now: i64) -> PublicationOutcome {
    let published = Published { remote_id: "posts/what-changed.md".to_owned(), url: None };
    PublicationOutcome::Published { at: at(now), published }
}

fn not_out(now: i64) -> PublicationOutcome {
    PublicationOutcome::Failed { at: at(now), reason: "the folder is gone".to_owned() }
}

pub(super) async fn a_draft_its_brief_and_its_cursor_come_together(store: &dyn Store) {
    let work = written(store, 1).await;
    let again = write_step(&work.execution, work.lease, 2, Platform::Devto, 3);
    let refused = store.record_step(again).await;
    assert!(matches!(refused, Err(StoreError::StepDone { .. })), "{refused:?}");
    let second = write_step(&work.execution, work.lease, 2, Platform::Linkedin, 3);
    store.record_step(second).await.expect("another platform");
    assert_eq!(store.brief(digest("brief")).await.expect("it is stored"), brief("brief"));
    let cursors = store.job(JobId::from_bits(1)).await.expect("it is there").cursors;
    let places: Vec<_> = cursors.iter().map(|cursor| (cursor.platform, cursor.sha.as_str())).collect();
    let (first, second) = (format!("{:040x}", 1), format!("{:040x}", 2));
    assert_eq!(places, [(Platform::Devto, first.as_str()), (Platform::Linkedin, second.as_str())]);
    assert_eq!(cursors[0].execution, work.execution.id);
    assert_eq!(store.drafts(DraftFilter::default(), all()).await.expect("a page").items.len(), 2);
}

pub(super) async fn of_two_that_read_the_same_window_one_writes_it(store: &dyn Store) {
    let two = Project { executions_max: 2, ..project(1) };
    store.create_project(two, SecretChanges::default()).await.expect("a project is stored");
    store.create_job(job(1, 1), clock(0, 10)).await.expect("a job is stored");
    for n in 1..=2 {
        store.create_execution(manual(n, 1, 0)).await.expect("an execution is stored");
    }
    let works = store.claim(claim(7, 2, 1)).await.expect("work is given");
    let first = write_step(&works[0].execution, works[0].lease, 1, Platform::Devto, 2);
    store.record_step(first).await.expect("the cursor stands where it was read");
    let events = store.newest_event().await.expect("a number");
    let mut second = write_step(&works[1].execution, works[1].lease, 2, Platform::Devto, 2);
    let refused = store.record_step(second.clone()).await;
    assert!(matches!(refused, Err(StoreError::CursorMoved { platform: Platform::Devto })), "{refused:?}");
    assert_eq!(store.newest_event().await.expect("a number"), events, "nothing of it was written");
    assert!(store.steps(works[1].execution.id).await.expect("a list").is_empty());
    second.cursors[0].from = Some(format!("{:040x}", 1));
    store.record_step(second).await.expect("the next window is its own");
}

pub(super) async fn an_edit_is_a_new_revision_to_be_reviewed_again(store: &dyn Store) {
    let id = DraftId::from_bits(1);
    written(store, 1).await;
    let approved = store.decide_draft(decision(1, 1, DraftEvent::Approved, 5)).await.expect("it is approved");
    assert_eq!(approved.state.status(), DraftStatus::Approved);
    let edited = store.edit_draft(edit(1, 1, "Better.", 6)).await.expect("the revision is right");
    assert_eq!((edited.revision, edited.state.status()), (2, DraftStatus::Draft));
    assert_eq!((edited.writer.as_str(), edited.content.body.as_str()), ("person", "Better."));
    expect_conflict(store.edit_draft(edit(1, 1, "Late.", 7)).await);
    expect_conflict(store.decide_draft(decision(1, 1, DraftEvent::Approved, 7)).await);
    let reject = DraftEvent::Rejected { reason: Some("no".to_owned()) };
    store.decide_draft(decision(1, 2, reject, 8)).await.expect("it is rejected");
    let refused = store.decide_draft(decision(1, 2, DraftEvent::Approved, 9)).await;
    assert!(matches!(refused, Err(StoreError::DraftRefused(_))), "{refused:?}");
    let refused = store.decide_draft(decision(1, 2, DraftEvent::Published, 9)).await;
    assert!(matches!(refused, Err(StoreError::DraftRefused(_))), "nobody decides that: {refused:?}");
    let revisions = store.revisions(id).await.expect("a list");
    let states: Vec<_> = revisions.iter().map(|draft| (draft.revision, draft.state.status())).collect();
    assert_eq!(states, [(1, DraftStatus::Approved), (2, DraftStatus::Rejected)]);
    assert_eq!(store.draft(id).await.expect("it is there"), revisions[1]);
}

pub(super) async fn a_publication_is_intended_once_and_ends_once(store: &dyn Store) {
    written(store, 1).await;
    let refused = store.begin_publication(publication(1, 1, "/site", 3)).await;
    assert!(matches!(refused, Err(StoreError::DraftRefused(_))), "it is not approved: {refused:?}");
    store.decide_draft(decision(1, 1, DraftEvent::Approved, 4)).await.expect("it is approved");
    let first = store.begin_publication(publication(1, 1, "/site", 5)).await.expect("an intent");
    let again = store.begin_publication(publication(2, 1, "/site", 6)).await.expect("the same intent");
    assert_eq!(again, first);
    let other = store.begin_publication(publication(3, 1, "/other", 7)).await.expect("another target");
    assert_eq!(store.open_publications().await.expect("a list"), [first.clone(), other.clone()]);

    store.finish_publication(first.id, not_out(8)).await.expect("an outcome");
    let failed = store.draft(DraftId::from_bits(1)).await.expect("it is there");
    assert_eq!(failed.state.status(), DraftStatus::Failed);
    let retried = store.begin_publication(publication(4, 1, "/site", 9)).await.expect("another try");
    assert_eq!((retried.id, &retried.outcome), (first.id, &None));
    let ended = store.finish_publication(first.id, out(10)).await.expect("an outcome");
    assert_eq!(ended.outcome, Some(out(10)));
    assert_eq!(store.finish_publication(first.id, not_out(11)).await.expect("what is out stays out"), ended);
    assert_eq!(store.begin_publication(publication(5, 1, "/site", 12)).await.expect("recorded"), ended);
    store.finish_publication(other.id, not_out(13)).await.expect("an outcome");
    let draft = store.draft(DraftId::from_bits(1)).await.expect("it is there");
    assert_eq!(draft.state.status(), DraftStatus::Published);
    assert!(store.open_publications().await.expect("a list").is_empty());
    let listed = store.publications(draft.id).await.expect("a list");
    let ids: Vec<_> = listed.iter().map(|publication| publication.id).collect();
    assert_eq!(ids, [PublicationId::from_bits(3), PublicationId::from_bits(1)]);
    let mut stale = publication(6, 1, "/third", 14);
    stale.revision = 2;
    expect_conflict(store.begin_publication(stale).await);
}

pub(super) async fn drafts_are_found_by_every_filter(store: &dyn Store) {
    for n in 1..=3 {
        let work = written(store, n).await;
        let second = write_step(&work.execution, work.lease, 10 + n, Platform::Email, 3);
        store.record_step(second).await.expect("the lease holds");
        store.finish(done(work.lease, 4)).await.expect("the lease holds");
    }
    store.decide_draft(decision(2, 1, DraftEvent::Approved, 5)).await.expect("it is approved");
    let by_project = DraftFilter { project: Some(ProjectId::from_bits(2)), ..DraftFilter::default() };
    let by_execution = DraftFilter {
        execution: Some(dateline_core::id::ExecutionId::from_bits(3)),
        ..DraftFilter::default()
    };
    let cases: [(DraftFilter, &[u128]); 7] = [
        (DraftFilter::default(), &[13, 12, 11, 3, 2, 1]),
        (by_project.clone(), &[12, 2]),
        (by_execution.clone(), &[13, 3]),
        (DraftFilter { platform: Some(Platform::Email), ..DraftFilter::default() }, &[13, 12, 11]),
        (DraftFilter { status: Some(DraftStatus::Approved), ..DraftFilter::default() }, &[2]),
        (DraftFilter { status: Some(DraftStatus::Draft), ..by_project.clone() }, &[12]),
        (DraftFilter { project: by_project.project, ..by_execution }, &[]),
    ];
    for (filter, expected) in cases {
        let page = store.drafts(filter.clone(), all()).await.expect("a page");
        let found: Vec<u128> = page.items.iter().map(|draft| draft.id.bits()).collect();
        assert_eq!(found, expected, "{filter:?}");
    }
}
