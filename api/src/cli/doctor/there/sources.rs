//! Whether a project's repository can be read from here, with what the server would show it.

use std::time::Duration;

use dateline_connectors::egress::{Egress, Patience};
use dateline_connectors::source::git::GitSource;
use dateline_connectors::source::github::{GithubSource, Limits};
use dateline_core::clock::Clock;
use dateline_core::egress::PrivateHosts;
use dateline_core::source::{ActivitySource, GITHUB_API, Source, SourceAccess, SourceError};
use dateline_openapi::types;

use super::super::Check;
use crate::cli::project::source_of;
use crate::config::Config;
use crate::os::OsClock;

/// A person waits for the answer.
const PATIENCE: Patience = Patience {
    connect: Duration::from_secs(5),
    read: Duration::from_secs(5),
    total: Duration::from_secs(10),
};

/// Looks at the source of `project`: what only the server can read is told as it is.
pub(super) async fn look(project: &types::Project, is_here: bool, config: Option<&Config>) -> Check {
    let about = format!("project {}", project.name);
    match (&project.source, config) {
        (types::SourceView::Git(git), _) if is_here => folder(&about, project, git).await,
        (types::SourceView::Git(git), _) => Check::ok(about, format!("reads `{}` on the server", git.path)),
        (types::SourceView::Github(github), Some(config)) if is_here && !github.has_token => {
            repository(&about, project, github, config).await
        }
        (types::SourceView::Github(_), _) => {
            let detail = format!("reads {} with a token only the server has", source_of(project));
            Check::ok(about, format!("{detail}; its next run will tell"))
        }
        (types::SourceView::Unlisted, _) => {
            Check::ok(about, format!("reads {}; its next run will tell", source_of(project)))
        }
    }
}

async fn folder(about: &str, project: &types::Project, git: &types::GitView) -> Check {
    let source = Source::Git { path: git.path.clone(), branch: git.branch.clone() };
    let access = SourceAccess::bare(OsClock::new().now());
    match GitSource::default().head(&source, &access).await {
        Ok(head) => Check::ok(about, format!("`{}` can be read, {}", git.path, head.stream)),
        Err(error) => {
            let mend = format!("mend the repository, or `dateline project edit {} --path DIR`", project.id);
            Check::wrong(about, error.to_string(), mend)
        }
    }
}

/// Asks GitHub where the project stands, with the token of the settings where the server would show that.
async fn repository(
    about: &str,
    project: &types::Project,
    github: &types::GithubView,
    config: &Config,
) -> Check {
    let is_github_itself =
        github.api_url.as_deref().is_none_or(|url| url.trim_end_matches('/') == GITHUB_API);
    let source = Source::Github {
        owner: github.owner.clone(),
        repo: github.repo.clone(),
        branch: github.branch.clone(),
        api_url: github.api_url.clone(),
        token: None,
    };
    let token = config.github_token.clone().filter(|_| is_github_itself);
    let has_token = token.is_some();
    let access = SourceAccess { token, ..SourceAccess::bare(OsClock::new().now()) };
    let egress = Egress::new(PrivateHosts::new(config.github_private_hosts.clone()));
    let shown = source_of(project);
    match GithubSource::new(egress, PATIENCE, Limits::default()).head(&source, &access).await {
        Ok(head) if has_token || !is_github_itself => {
            Check::ok(about, format!("{shown} can be read, {}", head.stream))
        }
        Ok(_) => {
            let detail = format!("{shown} can be read, without a token: GitHub takes 60 requests an hour");
            Check::warning(about, detail, "set `github.token`, or GITHUB_TOKEN, to a token that may read it")
        }
        Err(error) => refused(about, project, &error),
    }
}

fn refused(about: &str, project: &types::Project, error: &SourceError) -> Check {
    let with_token = format!(
        "set `github.token`, or give the project its own: `dateline project edit {} --with -`",
        project.id
    );
    match error {
        SourceError::RateLimited { .. } => Check::warning(about, error.to_string(), with_token),
        SourceError::Auth { .. } => Check::wrong(about, error.to_string(), with_token),
        SourceError::Blocked { .. } => {
            Check::wrong(about, error.to_string(), "add the host to `github.privateHosts` if it may be asked")
        }
        SourceError::Unreachable { .. } => {
            Check::wrong(about, error.to_string(), "see to the network between this machine and that host")
        }
        _ => Check::wrong(about, error.to_string(), with_token),
    }
}
