//! Ten thousand notifications: counted without counting, listed by pages, read in bounded commits.

use std::sync::Arc;
use std::time::{Duration, Instant};

use dateline_core::id::UserId;
use dateline_core::platform::Platform;
use dateline_core::store::{NotificationFilter, NotificationStore, PageRequest, SecretChanges, Store};
use dateline_store::conformance::samples::{at, claim, clock, job, manual, project, write_step};
use dateline_store::{MemoryMedium, OpenOptions, RedbStore, WriterPlace};
use tokio::task::JoinSet;

const COUNT: u128 = 10_000;

#[expect(clippy::disallowed_methods, reason = "a test measures how long an answer takes")]
fn now() -> Instant {
    Instant::now()
}

#[tokio::test]
async fn ten_thousand_notifications_are_counted_listed_and_read() {
    let options = OpenOptions { now: at(0), writer: WriterPlace::Thread };
    let store = Arc::new(RedbStore::open_on(Arc::new(MemoryMedium::default()), options).expect("a store"));
    store.create_project(project(1), SecretChanges::default()).await.expect("a project");
    store.create_job(job(1, 1), clock(0, 10)).await.expect("a job");
    store.create_execution(manual(1, 1, 0)).await.expect("an execution");
    let work = store.claim(claim(7, 1, 1)).await.expect("work").remove(0);
    let mut writing = JoinSet::new();
    for n in 0..COUNT {
        let mut step = write_step(&work.execution, work.lease, 100 + n, Platform::Devto, 2);
        step.step.name = format!("write/{n}");
        step.cursors = Vec::new();
        step.logs = Vec::new();
        let store = store.clone();
        writing.spawn(async move { store.record_step(step).await });
    }
    while let Some(written) = writing.join_next().await {
        written.expect("it ran").expect("the lease holds");
    }
    let owner = UserId::OWNER;
    assert_eq!(store.unread_notifications(owner).await.expect("a number"), 10_000);
    let begun = now();
    for is_read in [None, Some(false)] {
        let filter = NotificationFilter { is_read, ..NotificationFilter::of(owner) };
        let page = store.notifications(filter, PageRequest { limit: 50, after: None }).await.expect("a page");
        assert_eq!(page.items.len(), 50);
        assert_eq!(store.unread_notifications(owner).await.expect("a number"), 10_000);
    }
    let took = begun.elapsed();
    assert!(took < Duration::from_secs(1), "two pages and two counts took {took:?}");
    let mut read = 0;
    loop {
        match store.read_notifications(owner, 1_000, at(5)).await.expect("read") {
            0 => break,
            count => read += count,
        }
    }
    assert_eq!(read, 10_000);
    assert_eq!(store.unread_notifications(owner).await.expect("a number"), 0);
}
