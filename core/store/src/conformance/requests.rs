//! Requests that happen once, and changes on terms.

use dateline_core::execution::Execution;
use dateline_core::id::{ExecutionId, SecretId, UserId};
use dateline_core::project::Project;
use dateline_core::secret::SealedSecret;
use dateline_core::store::{
    ExecutionFilter, NewExecution, PageRequest, REQUEST_KEPT, RequestKey, SecretChanges, Store, StoreError,
    Terms,
};

use super::samples::{at, clock, job, manual, project};

fn key(user: u128, name: u8, digest: &str) -> RequestKey {
    let (user, digest) = (UserId::from_bits(user), digest.to_owned());
    RequestKey { user, name: [name; 32], digest, at: at(5) }
}

/// Does `work` under `terms` and returns what it came to.
async fn under<T: Send>(store: &dyn Store, terms: Terms, work: impl Future<Output = T> + Send) -> T {
    let mut done = None;
    store.under(terms, Box::pin(async { done = Some(work.await) })).await;
    done.expect("the work was done")
}

async fn triggered(store: &dyn Store, key: &RequestKey, id: u128) -> Result<Execution, StoreError> {
    let terms = Terms { key: Some(key.clone()), versions: None };
    let new = NewExecution { id: ExecutionId::from_bits(id), ..manual(1, 1, 1) };
    under(store, terms, store.create_execution(new)).await
}

async fn prepared(store: &dyn Store) -> Project {
    let project =
        store.create_project(project(1), SecretChanges::default()).await.expect("a project is stored");
    store.create_job(job(1, 1), clock(0, 10)).await.expect("a job is stored");
    project
}

async fn executions(store: &dyn Store) -> usize {
    let page = PageRequest { limit: 100, after: None };
    store.executions(ExecutionFilter::default(), page).await.expect("a page").items.len()
}

pub(super) async fn a_request_changes_things_once(store: &dyn Store) {
    prepared(store).await;
    let key = key(1, 1, "run job 1");
    let first = triggered(store, &key, 11).await.expect("recorded");
    for id in 12..15 {
        assert_eq!(triggered(store, &key, id).await.expect("the same again"), first);
    }
    assert_eq!(executions(store).await, 1);
    let recorded = store.request(key.user, key.name, at(6)).await.expect("read").expect("remembered");
    assert_eq!((recorded.digest, recorded.at, recorded.answer), (key.digest.clone(), key.at, None));
    assert_eq!(
        recorded.effect.map(serde_json::from_value::<Execution>).expect("an effect").ok(),
        Some(first)
    );
    let answer = SealedSecret { id: SecretId::from_bits(9), key: "00".to_owned(), sealed: vec![1] };
    store.record_answer(key.clone(), answer.clone()).await.expect("recorded");
    let recorded = store.request(key.user, key.name, at(6)).await.expect("read").expect("remembered");
    assert_eq!((recorded.answer, recorded.effect.is_some()), (Some(answer), true));
}

pub(super) async fn a_key_is_its_users_and_its_requests_own(store: &dyn Store) {
    prepared(store).await;
    triggered(store, &key(1, 1, "run job 1"), 11).await.expect("recorded");
    let other = triggered(store, &key(1, 1, "run job 2"), 12).await;
    assert!(matches!(other, Err(StoreError::KeyTaken)), "{other:?}");
    triggered(store, &key(2, 1, "run job 2"), 13).await.expect("somebody else's key");
    triggered(store, &key(1, 2, "run job 2"), 14).await.expect("another key");
    assert_eq!(executions(store).await, 3);
}

pub(super) async fn a_refused_request_is_not_remembered(store: &dyn Store) {
    let key = key(1, 1, "run job 1");
    let refused = triggered(store, &key, 11).await;
    assert!(matches!(refused, Err(StoreError::NotFound(_))), "{refused:?}");
    assert_eq!(store.request(key.user, key.name, at(6)).await.expect("read"), None);
    prepared(store).await;
    triggered(store, &key, 11).await.expect("the key is free");
}

pub(super) async fn a_request_is_forgotten_after_a_day(store: &dyn Store) {
    prepared(store).await;
    let kept = chrono::Duration::from_std(REQUEST_KEPT).expect("a day");
    let early = key(1, 1, "run job 1");
    for name in 1..=40 {
        triggered(store, &RequestKey { name: [name; 32], ..early.clone() }, u128::from(name))
            .await
            .expect("one");
    }
    let late = RequestKey { at: early.at + kept, ..early.clone() };
    let last = late.at - chrono::Duration::milliseconds(1);
    assert!(store.request(early.user, early.name, last).await.expect("read").is_some());
    assert_eq!(store.request(early.user, early.name, late.at).await.expect("read"), None);
    // The key may be used again, and what is over goes, a few with each request.
    triggered(store, &late, 50).await.expect("the key is free");
    for name in 101..=103 {
        triggered(store, &RequestKey { name: [name; 32], ..late.clone() }, u128::from(name))
            .await
            .expect("one");
    }
    assert!(store.request(late.user, late.name, late.at).await.expect("read").is_some());
    for name in 2..=40 {
        assert_eq!(store.request(late.user, [name; 32], early.at).await.expect("read"), None, "{name}");
    }
}

pub(super) async fn a_change_is_made_only_to_the_version_that_was_read(store: &dyn Store) {
    let first = prepared(store).await;
    let wanted = |versions: &[u64]| Terms { key: None, versions: Some(versions.to_vec()) };
    let refused =
        under(store, wanted(&[2]), store.replace_project(first.clone(), SecretChanges::default())).await;
    assert!(matches!(refused, Err(StoreError::OtherVersion { version: 1 })), "{refused:?}");
    let second = under(store, wanted(&[7, 1]), store.replace_project(first, SecretChanges::default()))
        .await
        .expect("the version is right");
    assert_eq!(second.version, 2);
    for versions in [&[1][..], &[]] {
        let refused = under(store, wanted(versions), store.remove_project(second.id, at(9))).await;
        assert!(matches!(refused, Err(StoreError::OtherVersion { version: 2 })), "{refused:?}");
        let refused = under(store, wanted(&[9]), store.cancel_job(job(1, 1).id, at(9))).await;
        assert!(matches!(refused, Err(StoreError::OtherVersion { version: 1 })), "{refused:?}");
    }
    under(store, wanted(&[1]), store.cancel_job(job(1, 1).id, at(9))).await.expect("the version is right");
    under(store, wanted(&[2]), store.remove_project(second.id, at(9))).await.expect("the version is right");
    let gone = under(store, wanted(&[3]), store.remove_project(second.id, at(9))).await;
    assert!(matches!(gone, Err(StoreError::NotFound(_))), "{gone:?}");
}
