//! What goes wrong out there, and what a caller learns of it.

use dateline_core::activity::ScanNote;
use dateline_core::execution::FailureClass;
use dateline_core::source::{ScanFrom, Source, SourceError};

use super::fake::{PREFIX, Trouble};
use super::scene::{NOW, Scene, at, issue, sha};

fn limited(status: u16, headers: &[(&'static str, &str)]) -> Trouble {
    let headers = headers.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
    Trouble::Answer(status, headers, r#"{"message":"API rate limit exceeded"}"#.to_owned())
}

async fn check(part: &str, trouble: Trouble, expected: FailureClass) -> SourceError {
    let scene = Scene::with(3).await;
    scene.fake.state().troubles.push_back((part.to_owned(), trouble));
    let from = ScanFrom::Cursor { sha: sha(1), at: at("2026-11-23T10:00:00Z") };
    let error = scene.scan(from.clone()).await.expect_err("it fails");
    assert_eq!(error.class(), expected, "{part}: {error}");
    scene.scan(from).await.expect("it passes");
    error
}

#[tokio::test]
async fn row_47_both_kinds_of_rate_limit_are_told_with_their_time() {
    let until = |error: SourceError| match error {
        SourceError::RateLimited { until, .. } => until.map(|until| (until - at(NOW)).num_seconds()),
        other => panic!("{other}"),
    };
    let reset = at(NOW).timestamp() + 600;
    let first = limited(403, &[("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", &reset.to_string())]);
    assert_eq!(until(check("/compare/", first, FailureClass::RateLimited).await), Some(600));
    let second = limited(403, &[("retry-after", "45")]);
    assert_eq!(until(check("/pulls?", second, FailureClass::RateLimited).await), Some(45));
    assert_eq!(until(check("/issues?", limited(429, &[]), FailureClass::RateLimited).await), None);
    let absurd = limited(403, &[("retry-after", "1000000000000000000")]);
    assert_eq!(until(check("/releases", absurd, FailureClass::RateLimited).await), Some(86_400));
}

#[tokio::test]
async fn row_47_what_is_no_answer_is_told_as_such() {
    let server = Trouble::Answer(502, Vec::new(), "<html>Bad gateway</html>".to_owned());
    check("/git/ref/", server, FailureClass::Transient).await;
    let error = check("/compare/", Trouble::Html, FailureClass::Transient).await;
    assert!(matches!(error, SourceError::Malformed { .. }), "{error}");
    let error = check("/pulls?", Trouble::Huge, FailureClass::Transient).await;
    assert!(error.to_string().contains("more than 5242880 bytes"), "{error}");
    let json = vec![("content-type", "application/json".to_owned())];
    let error = check(
        "/compare/",
        Trouble::Answer(200, json, "{\"commits\": 7}".to_owned()),
        FailureClass::Transient,
    )
    .await;
    assert!(matches!(error, SourceError::Malformed { .. }), "{error}");
    let error = check("/compare/", Trouble::Hang, FailureClass::Transient).await;
    assert!(error.to_string().contains("no answer in time"), "{error}");
}

#[tokio::test]
async fn a_wrong_token_and_a_hidden_repository_are_told_apart() {
    let mut scene = Scene::with(2).await;
    scene.fake.state().token = Some("right-token".to_owned());
    let error = scene.head().await.expect_err("hidden");
    assert!(error.to_string().contains("does not exist, or is private and needs a token"), "{error}");
    scene.token = Some("wrong-token".to_owned());
    let error = scene.head().await.expect_err("refused");
    assert_eq!(error.class(), FailureClass::Auth);
    assert!(!error.to_string().contains("wrong-token"), "{error}");
    scene.token = Some("right-token".to_owned());
    scene.head().await.expect("readable");
    let Source::Github { repo, .. } = &mut scene.source else { unreachable!() };
    "elsewhere".clone_into(repo);
    let error = scene.head().await.expect_err("not there");
    assert!(error.to_string().contains("the token cannot see it, or it does not exist"), "{error}");
    let Source::Github { repo, branch, .. } = &mut scene.source else { unreachable!() };
    "lantern".clone_into(repo);
    *branch = Some("gone".to_owned());
    let error = scene.head().await.expect_err("no branch");
    assert!(matches!(error, SourceError::NoSuchBranch { .. }), "{error}");
}

#[tokio::test]
async fn row_47_a_renamed_repository_is_followed_on_its_own_server_only() {
    let mut scene = Scene::with(2).await;
    let moved = |to: String| Trouble::Answer(301, vec![("location", to)], String::new());
    let here = format!("{}/repos/example/lantern", scene.fake.api_url());
    scene.fake.state().troubles.push_back(("/repos/example/old".to_owned(), moved(here)));
    let reference = format!("{PREFIX}/repos/example/lantern/git/ref/heads%2Fmain");
    scene.fake.state().troubles.push_back(("/repos/example/old/git".to_owned(), moved(reference)));
    let Source::Github { repo, .. } = &mut scene.source else { unreachable!() };
    "old".clone_into(repo);
    assert_eq!(scene.head().await.expect("followed").head, Some(sha(2)));

    scene.token = Some("canary-token".to_owned());
    let evil = super::fake::FakeGithub::start().await;
    let there = format!("{}/repos/example/lantern", evil.api_url());
    scene.fake.state().troubles.push_back(("/repos/example/old".to_owned(), moved(there)));
    let error = scene.head().await.expect_err("not followed");
    assert!(matches!(error, SourceError::Moved { .. }), "{error}");
    assert!(evil.state().asked.is_empty(), "nobody else is shown the token");

    let around = format!("{PREFIX}/repos/example/old");
    for _ in 0..9 {
        scene.fake.state().troubles.push_back(("/repos/example/old".to_owned(), moved(around.clone())));
    }
    let error = scene.head().await.expect_err("a circle");
    assert!(error.to_string().contains("circle"), "{error}");
}

#[tokio::test]
async fn row_47_what_did_not_change_is_asked_for_nothing() {
    let scene = Scene::with(3).await;
    let first = scene.since(1).await;
    let spent = scene.fake.state().spent;
    let second = scene.since(1).await;
    assert_eq!(first, second);
    assert_eq!(scene.fake.state().spent, spent, "every answer was known");
    assert!(scene.asked(304) > 5);
    let budget = scene.heard.budget().expect("told");
    assert_eq!((budget.remaining, budget.limit), (5_000 - spent, 5_000));
}

#[tokio::test]
async fn row_47_endless_pages_end() {
    let mut scene = Scene::with(3).await;
    scene.limits.pages = 4;
    scene.limits.commits = 300;
    scene.fake.state().has_endless_pages = true;
    scene.fake.state().issues.push(issue(1, Some("completed")));
    let activity = scene.since(1).await;
    let cut = ScanNote::ListCut { list: "issues".to_owned(), read: 4 };
    assert!(activity.notes.contains(&cut), "{:?}", activity.notes);
    let asked = scene.fake.state().asked.len();
    assert!(asked < 60, "{asked} calls");
}

#[tokio::test]
async fn row_48_a_server_inside_is_not_connected_to() {
    let scene = Scene::with(1).await;
    let strict = dateline_connectors::source::github::GithubSource::default();
    let error = dateline_core::source::ActivitySource::head(&strict, &scene.source, &scene.access()).await;
    assert!(matches!(error, Err(SourceError::Blocked { .. })), "{error:?}");
    assert!(scene.fake.state().asked.is_empty());
}
