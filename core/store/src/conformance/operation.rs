//! What operators watch.

use dateline_core::store::{SecretChanges, Store};

use super::samples::{claim, clock, done, job, manual, project};

pub(super) async fn gauges_follow_what_is_stored(store: &dyn Store) {
    assert_eq!(store.gauges().await.expect("gauges"), dateline_core::store::StoreGauges::default());
    store.create_project(project(1), SecretChanges::default()).await.expect("a project");
    store.create_job(job(1, 1), clock(0, 100)).await.expect("a job");
    store.create_execution(manual(1, 1, 10)).await.expect("an execution");
    let gauges = store.gauges().await.expect("gauges");
    assert_eq!((gauges.projects, gauges.scheduled_jobs, gauges.executions), (1, 1, 1));
    assert_eq!((gauges.queued, gauges.running), (1, 0));
    let claimed = store.claim(claim(1, 5, 11)).await.expect("a claim");
    let gauges = store.gauges().await.expect("gauges");
    assert_eq!((gauges.queued, gauges.running), (0, 1));
    store.finish(done(claimed[0].lease, 12)).await.expect("finished");
    let gauges = store.gauges().await.expect("gauges");
    assert_eq!((gauges.queued, gauges.running, gauges.executions), (0, 0, 1));
}

pub(super) async fn compacting_changes_nothing_that_can_be_asked(store: &dyn Store) {
    store.create_project(project(1), SecretChanges::default()).await.expect("a project");
    store.create_job(job(1, 1), clock(0, 100)).await.expect("a job");
    let execution = store.create_execution(manual(1, 1, 10)).await.expect("an execution");
    let before = store.storage().await.expect("a size");
    assert!(before.used_bytes > 0 && before.file_bytes >= before.used_bytes, "{before:?}");
    let done = store.compact().await.expect("compacted");
    assert!(done.bytes_after <= done.bytes_before, "{done:?}");
    assert_eq!(store.execution(execution.id).await.expect("it is there"), execution);
    store.claim(claim(1, 5, 11)).await.expect("and it goes on");
}
