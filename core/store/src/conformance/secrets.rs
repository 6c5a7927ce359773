//! Sealed secrets.

use std::time::Duration;

use dateline_core::http_call::Method;
use dateline_core::id::SecretId;
use dateline_core::job::{HttpRequest, Job, Payload, SecretHeader};
use dateline_core::secret::SealedSecret;
use dateline_core::store::{Missing, PageRequest, SecretChanges, Store, StoreError};

use super::expect_conflict;
use super::samples::{at, clock, github_project, job, project};

fn sealed(n: u128, text: &[u8]) -> SealedSecret {
    SealedSecret { id: SecretId::from_bits(n), key: "00".to_owned(), sealed: text.to_vec() }
}

pub(super) async fn a_secret_is_replaced_listed_and_removed(store: &dyn Store) {
    for n in 1..=3 {
        store.put_secret(sealed(n, b"old")).await.expect("stored");
    }
    store.put_secret(sealed(2, b"new")).await.expect("replaced");
    assert_eq!(store.secret(SecretId::from_bits(2)).await.expect("there"), sealed(2, b"new"));
    let first = store.secrets(PageRequest { limit: 2, after: None }).await.expect("a page");
    assert_eq!(first.items, [sealed(1, b"old"), sealed(2, b"new")]);
    let rest = store.secrets(PageRequest { limit: 2, after: first.next }).await.expect("a page");
    assert_eq!((rest.items, rest.next), (vec![sealed(3, b"old")], None));
    for _ in 0..2 {
        store.remove_secret(SecretId::from_bits(2)).await.expect("removed");
    }
    let gone = store.secret(SecretId::from_bits(2)).await;
    assert!(matches!(gone, Err(StoreError::NotFound(Missing::Secret))), "{gone:?}");
}

pub(super) async fn only_what_still_stands_is_sealed_anew(store: &dyn Store) {
    for n in 1..=3 {
        store.put_secret(sealed(n, b"old")).await.expect("stored");
    }
    store.put_secret(sealed(2, b"theirs")).await.expect("replaced");
    store.remove_secret(SecretId::from_bits(3)).await.expect("removed");
    let pairs = (1..=3).map(|n| (sealed(n, b"old"), sealed(n, b"anew"))).collect();
    assert_eq!(store.reseal_secrets(pairs).await.expect("sealed anew"), 1);
    let page = store.secrets(PageRequest { limit: 9, after: None }).await.expect("a page");
    assert_eq!(page.items, [sealed(1, b"anew"), sealed(2, b"theirs")]);
}

pub(super) async fn a_project_and_its_secrets_change_together(store: &dyn Store) {
    let id = |n| SecretId::from_bits(n);
    let put = |n, text: &[u8]| SecretChanges { put: vec![sealed(n, text)], remove: Vec::new() };
    let first = store.create_project(github_project(1, 5), put(5, b"a")).await.expect("a project is stored");
    assert_eq!(store.secret(id(5)).await.expect("there"), sealed(5, b"a"));
    expect_conflict(store.create_project(github_project(1, 6), put(6, b"b")).await);
    assert!(store.secret(id(6)).await.is_err(), "a refused project leaves no secret");
    let swap = SecretChanges { put: vec![sealed(7, b"c")], remove: vec![id(5)] };
    let second =
        store.replace_project(github_project(1, 7), swap.clone()).await.expect("the version is right");
    assert_eq!((first.version, second.version), (1, 2));
    assert!(store.secret(id(5)).await.is_err(), "what was replaced is gone");
    let stale = SecretChanges { put: vec![sealed(8, b"d")], remove: vec![id(7)] };
    expect_conflict(store.replace_project(github_project(1, 8), stale).await);
    assert!(store.secret(id(8)).await.is_err(), "a conflict leaves no secret");
    assert_eq!(store.secret(id(7)).await.expect("a conflict takes none"), sealed(7, b"c"));
    store.remove_project(second.id, at(9)).await.expect("removed");
    assert!(store.secret(id(7)).await.is_err(), "a removed project's token is gone");
}

pub(super) async fn a_job_and_its_secrets_change_together(store: &dyn Store) {
    let id = |n| SecretId::from_bits(n);
    let put = |n, text: &[u8]| SecretChanges { put: vec![sealed(n, text)], remove: Vec::new() };
    let asking = |secret: Option<u128>, version| {
        let told = HttpRequest {
            method: Method::Get,
            url: "https://example.com/".to_owned(),
            headers: Vec::new(),
            secret_headers: secret
                .map(|n| SecretHeader { name: "X-Key".to_owned(), secret: Some(id(n)), hint: None })
                .into_iter()
                .collect(),
            body: None,
            expected_statuses: None,
            timeout: Duration::from_secs(30),
        };
        Job { payload: Payload::HttpRequest(told), version, ..job(1, 1) }
    };
    store.create_project(project(1), SecretChanges::default()).await.expect("a project is stored");
    let first =
        store.create_job_with(asking(Some(5), 1), clock(0, 10), put(5, b"a")).await.expect("a job is stored");
    assert_eq!(store.secret(id(5)).await.expect("there"), sealed(5, b"a"));
    expect_conflict(store.create_job_with(asking(Some(6), 1), clock(0, 10), put(6, b"b")).await);
    assert!(store.secret(id(6)).await.is_err(), "a refused job leaves no secret");
    let swap = SecretChanges { put: vec![sealed(7, b"c")], remove: vec![id(5)] };
    let second = store.replace_job_with(asking(Some(7), 1), None, swap).await.expect("the version is right");
    assert_eq!((first.job.version, second.job.version), (1, 2));
    assert!(store.secret(id(5)).await.is_err(), "what was replaced is gone");
    let stale = SecretChanges { put: vec![sealed(8, b"d")], remove: vec![id(7)] };
    expect_conflict(store.replace_job_with(asking(Some(8), 1), None, stale).await);
    assert!(store.secret(id(8)).await.is_err(), "a conflict leaves no secret");
    assert_eq!(store.secret(id(7)).await.expect("a conflict takes none"), sealed(7, b"c"));
    store.cancel_job(second.job.id, at(9)).await.expect("cancelled");
    assert!(store.secret(id(7)).await.is_err(), "a cancelled job's secrets are gone");
}

pub(super) async fn the_secrets_of_jobs_go_with_their_project(store: &dyn Store) {
    store.create_project(project(1), SecretChanges::default()).await.expect("a project is stored");
    let told = serde_json::json!({ "url": "https://example.com/", "secretHeaders": [{ "name": "A", "secret": SecretId::from_bits(5) }] });
    let told: HttpRequest = serde_json::from_value(told).expect("it reads");
    let job = Job { payload: Payload::HttpRequest(told), ..job(1, 1) };
    let secrets = SecretChanges { put: vec![sealed(5, b"a")], remove: Vec::new() };
    store.create_job_with(job, clock(0, 10), secrets).await.expect("a job is stored");
    store.remove_project(project(1).id, at(9)).await.expect("removed");
    assert!(store.secret(SecretId::from_bits(5)).await.is_err(), "a removed project's jobs keep none");
}
