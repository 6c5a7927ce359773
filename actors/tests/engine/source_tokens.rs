//! A project's token: sealed with the project, shown to its own server only, and gone with it.

use dateline_actors::request::{ProjectChange, TokenChange};
use dateline_actors::{RequestError, Settings};
use dateline_core::platform::Platform;
use dateline_core::project::Project;
use dateline_core::secret::Secret;
use dateline_core::source::Source;
use dateline_core::store::{Missing, PageRequest, StoreError};

use crate::world::{FakeSource, Life, World, new_project};

const TOKEN: &str = "ghp_0123456789abcdefghij";

async fn project(life: &Life<'_>, token: Option<&str>) -> Result<Project, RequestError> {
    life.world.source.commit("lantern", "feat: read tabs");
    let mut new = new_project("lantern", &[Platform::Devto]);
    new.source = FakeSource::github("lantern");
    new.token = token.map(Secret::new);
    life.dateline.create_project(new).await
}

async fn secrets(life: &Life<'_>) -> usize {
    let page = PageRequest { limit: 10, after: None };
    life.store.secrets(page).await.expect("secrets").items.len()
}

async fn change(
    life: &Life<'_>,
    project: &Project,
    source: Option<Source>,
    token: TokenChange,
) -> Result<Project, RequestError> {
    let change = ProjectChange { source, token, ..ProjectChange::default() };
    life.dateline.change_project(project.id, change).await
}

fn pointers(result: Result<Project, RequestError>) -> Vec<String> {
    match result {
        Err(RequestError::Invalid { faults }) => faults.into_iter().map(|fault| fault.pointer).collect(),
        other => panic!("expected faults, found {other:?}"),
    }
}

#[test]
fn a_token_is_sealed_with_its_project_and_goes_with_it() {
    World::new().life(async |life| {
        let stored = project(life, Some(TOKEN)).await.expect("a project");
        let token = stored.source.token().expect("a token").clone();
        assert_eq!(token.hint.as_deref(), Some("ghij"));
        assert_eq!(life.world.source.tokens(), [Some(TOKEN.to_owned())], "it was looked at with its token");
        assert!(!format!("{stored:?}").contains(TOKEN));
        let sealed = life.store.secret(token.secret).await.expect("sealed");
        assert!(!sealed.sealed.windows(8).any(|bytes| TOKEN.as_bytes().starts_with(bytes)));
        life.dateline.remove_project(stored.id).await.expect("removed");
        let gone = life.store.secret(token.secret).await;
        assert!(matches!(gone, Err(StoreError::NotFound(Missing::Secret))), "{gone:?}");
    });
}

#[test]
fn a_refused_project_leaves_no_token() {
    World::new().life(async |life| {
        let mut new = new_project("lantern", &[Platform::Devto]);
        new.source = FakeSource::github("lantern");
        new.token = Some(Secret::new(TOKEN));
        new.name = String::new();
        life.dateline.create_project(new).await.expect_err("a name is missing");
        assert_eq!(pointers(project(life, Some("has a space")).await), ["/source/token"]);
        assert_eq!(secrets(life).await, 0);
    });
}

#[test]
fn a_token_stays_with_its_repository_and_server() {
    World::new().life(async |life| {
        let stored = project(life, Some(TOKEN)).await.expect("a project");
        let Source::Github { owner, repo, branch, .. } = stored.source.clone() else { unreachable!() };
        let at = |owner: &str, api_url: Option<&str>| {
            let (owner, repo, branch) = (owner.to_owned(), repo.clone(), branch.clone());
            Source::Github { owner, repo, branch, api_url: api_url.map(str::to_owned), token: None }
        };
        let same = change(life, &stored, Some(at(&owner, None)), TokenChange::Keep).await.expect("kept");
        assert_eq!(same.source.token(), stored.source.token());
        let evil = at(&owner, Some("https://evil.example"));
        assert_eq!(
            pointers(change(life, &stored, Some(evil.clone()), TokenChange::Keep).await),
            ["/source/token"]
        );
        let other = at("other", None);
        assert_eq!(pointers(change(life, &stored, Some(other), TokenChange::Keep).await), ["/source/token"]);
        let new = TokenChange::Set(Secret::new("ghp_another0123456789"));
        let moved = change(life, &stored, Some(evil), new).await.expect("given again");
        assert_eq!(moved.source.token().and_then(|token| token.hint.clone()).as_deref(), Some("6789"));
        let shown = life.world.source.tokens();
        assert_eq!(shown.iter().flatten().filter(|token| *token == TOKEN).count(), 1, "{shown:?}");
        assert_eq!(secrets(life).await, 1);
        let without = change(life, &stored, None, TokenChange::Remove).await.expect("removed");
        assert_eq!((without.source.token(), secrets(life).await), (None, 0));
    });
}

#[test]
fn the_instances_token_is_shown_to_github_alone() {
    let settings = Settings { github_token: Some(Secret::new("ghp_instance")), ..Settings::default() };
    World::with(settings).life(async |life| {
        let stored = project(life, None).await.expect("a project");
        let Source::Github { owner, repo, branch, .. } = stored.source.clone() else { unreachable!() };
        let api_url = Some("https://ghe.example.com/api/v3".to_owned());
        let enterprise = Source::Github { owner, repo, branch, api_url, token: None };
        change(life, &stored, Some(enterprise), TokenChange::Keep).await.expect("changed");
        assert_eq!(life.world.source.tokens(), [Some("ghp_instance".to_owned()), None]);
    });
}

#[test]
fn row_48_an_enterprise_server_inside_is_refused_when_saved() {
    World::new().life(async |life| {
        for url in [
            "https://127.0.0.1/api/v3",
            "https://169.254.169.254",
            "http://ghe.example.com",
            "https://[::1]/",
        ] {
            let mut new = new_project("lantern", &[Platform::Devto]);
            let Source::Github { owner, repo, branch, .. } = FakeSource::github("lantern") else {
                unreachable!()
            };
            new.source = Source::Github { owner, repo, branch, api_url: Some(url.to_owned()), token: None };
            assert_eq!(pointers(life.dateline.create_project(new).await), ["/source/apiUrl"], "{url}");
        }
        assert!(life.world.source.tokens().is_empty(), "nobody was asked");
    });
}
