//! What was read from projects' servers.

use dateline_core::activity::{Activity, Repository, Window, WindowStart};
use dateline_core::activity_cache::{ActivitySegment, SyncState};
use dateline_core::id::ProjectId;
use dateline_core::source::{CachedAnswer, SourceHead};
use dateline_core::store::{Claimed, SecretChanges, Store, SyncCommit};

use super::samples::{at, claim, clock, commit, github_project, job, manual};
use super::{expect_stale, samples};

async fn a_running_one(store: &dyn Store) -> Claimed {
    store.create_project(github_project(1, 5), SecretChanges::default()).await.expect("a project is stored");
    store.create_job(job(1, 1), clock(0, 1_000)).await.expect("a job is stored");
    store.create_execution(manual(1, 1, 0)).await.expect("an execution is stored");
    store.claim(claim(7, 1, 1)).await.expect("work is given").remove(0)
}

fn sync(source: &str, after: Option<&str>, head: &str, now: i64) -> SyncCommit {
    let segment = ActivitySegment {
        after: after.map(str::to_owned),
        synced_at: at(now),
        activity: Activity {
            repository: Repository { name: "r1".to_owned(), branch: None, links: None },
            window: Window {
                after: None,
                head: head.to_owned(),
                from: at(0),
                to: at(now),
                start: WindowStart::Cursor,
            },
            commits: Vec::new(),
            releases: Vec::new(),
            hot_files: Vec::new(),
            issues: Vec::new(),
            notes: Vec::new(),
        },
    };
    let head = SourceHead { stream: "refs/heads/main".to_owned(), head: Some(head.to_owned()) };
    let state = SyncState { source: source.to_owned(), head, synced_at: at(now) };
    SyncCommit { state, segment: Some(segment) }
}

fn project_of(work: &Claimed) -> ProjectId {
    work.execution.home.project().expect("it has a project")
}

async fn heads(store: &dyn Store) -> Vec<String> {
    let cached = store.cached_activity(ProjectId::from_bits(1)).await.expect("an answer");
    let segments = cached.map(|cached| cached.segments).unwrap_or_default();
    segments.into_iter().map(|segment| segment.activity.window.head).collect()
}

async fn record(store: &dyn Store, work: &Claimed, name: &str, sync: SyncCommit, now: i64) {
    let mut step = commit(work.lease, name, now);
    step.sync = Some(sync);
    store.record_step(step).await.expect("the lease holds");
}

pub(super) async fn a_sync_and_its_step_are_recorded_together(store: &dyn Store) {
    let work = a_running_one(store).await;
    assert_eq!(store.cached_activity(project_of(&work)).await.expect("an answer"), None);
    record(store, &work, "a", sync("s", None, "a", 2), 2).await;
    record(store, &work, "b", sync("s", Some("a"), "b", 3), 3).await;
    // A clock that was set back does not change the order.
    record(store, &work, "c", sync("s", Some("b"), "c", 1), 1).await;
    assert_eq!(heads(store).await, ["a", "b", "c"]);
    let mut again = commit(work.lease, "a", 5);
    again.sync = Some(sync("s", Some("c"), "d", 5));
    store.record_step(again).await.expect_err("the step is done");
    let mut stale = commit(work.lease, "e", 5);
    stale.lease.epoch += 1;
    stale.sync = Some(sync("s", Some("c"), "d", 5));
    expect_stale(store.record_step(stale).await);
    assert_eq!(heads(store).await, ["a", "b", "c"], "a refused step leaves nothing");
}

pub(super) async fn another_source_starts_the_cache_anew(store: &dyn Store) {
    let work = a_running_one(store).await;
    record(store, &work, "a", sync("s", None, "a", 2), 2).await;
    record(store, &work, "b", sync("t", None, "b", 3), 3).await;
    assert_eq!(heads(store).await, ["b"]);
}

pub(super) async fn old_activity_and_old_answers_go(store: &dyn Store) {
    let work = a_running_one(store).await;
    let day = 86_400;
    record(store, &work, "a", sync("s", None, "a", 2), 2).await;
    record(store, &work, "b", sync("s", Some("a"), "b", 30 * day), 30 * day).await;
    record(store, &work, "c", sync("s", Some("b"), "c", 61 * day), 61 * day).await;
    assert_eq!(heads(store).await, ["b", "c"]);
    let answer = |n: i64| CachedAnswer { etag: n.to_string(), has_next: false, body: "[]".to_owned() };
    let project = project_of(&work);
    for n in 0..310 {
        store.keep_answer(project, format!("/{n}"), answer(n), samples::at(n)).await.expect("kept");
    }
    store.keep_answer(project, "/309".to_owned(), answer(1_000), at(310)).await.expect("kept");
    let kept = async |n: i64| store.cached_answer(project, format!("/{n}")).await.expect("an answer");
    assert_eq!((kept(9).await, kept(10).await), (None, Some(answer(10))));
    assert_eq!(kept(309).await, Some(answer(1_000)));
}

pub(super) async fn nothing_stays_of_a_removed_project(store: &dyn Store) {
    let work = a_running_one(store).await;
    let project = project_of(&work);
    record(store, &work, "a", sync("s", None, "a", 2), 2).await;
    let answer = CachedAnswer { etag: "e".to_owned(), has_next: false, body: "[]".to_owned() };
    store.keep_answer(project, "/".to_owned(), answer.clone(), at(3)).await.expect("kept");
    store.remove_project(project, at(4)).await.expect("removed");
    assert_eq!(store.cached_activity(project).await.expect("an answer"), None);
    assert_eq!(store.cached_answer(project, "/".to_owned()).await.expect("an answer"), None);
    store.keep_answer(project, "/".to_owned(), answer, at(5)).await.expect_err("the project is gone");
}
