//! Where a project's activity is read, as flags say it and as people are told.

use std::path::PathBuf;

use clap::Args;
use dateline_openapi::types;
use serde_json::{Value, json};

use crate::cli::output::CommandError;

/// A repository on GitHub instead of a folder.
#[derive(Debug, Args)]
#[command(next_help_heading = "GitHub")]
pub(super) struct GithubArgs {
    /// A repository on GitHub instead of a folder
    #[arg(long, value_name = "OWNER/REPO", value_parser = repository, conflicts_with = "path")]
    github: Option<(String, String)>,
    /// The server of GitHub Enterprise it is on, such as https://ghe.example.com/api/v3
    #[arg(long, value_name = "URL", requires = "github")]
    api_url: Option<String>,
    /// A file with the token to read it with, which is stored sealed and never shown; `-` is standard input
    #[arg(long, value_name = "FILE", requires = "github")]
    github_token_file: Option<PathBuf>,
}

fn repository(text: &str) -> Result<(String, String), String> {
    match text.split_once('/') {
        Some((owner, repo)) if !owner.is_empty() && !repo.is_empty() && !repo.contains('/') => {
            Ok((owner.to_owned(), repo.to_owned()))
        }
        _ => Err("expected OWNER/REPO, such as example/lantern".to_owned()),
    }
}

impl GithubArgs {
    /// Returns the name a project of the repository has unless it is given one.
    pub(super) fn name(&self) -> Option<&str> {
        self.github.as_ref().map(|(_, repo)| repo.as_str())
    }

    /// Returns the source these flags name, if they do.
    ///
    /// # Errors
    /// [`CommandError::Usage`] when the token cannot be read.
    pub(super) fn source(&self, branch: Option<&str>) -> Result<Option<Value>, CommandError> {
        let Some((owner, repo)) = &self.github else { return Ok(None) };
        let mut source = json!({ "kind": "GITHUB", "owner": owner, "repo": repo });
        if let Some(url) = &self.api_url {
            source["apiUrl"] = json!(url);
        }
        if let Some(file) = &self.github_token_file {
            source["token"] = json!(token(file)?);
        }
        Ok(Some(with_branch(source, branch)))
    }
}

fn token(file: &std::path::Path) -> Result<String, CommandError> {
    let read = match file.to_str() {
        Some("-") => std::io::read_to_string(std::io::stdin()),
        _ => std::fs::read_to_string(file),
    };
    let text = read.map_err(|error| CommandError::Usage(format!("`{}`: {error}", file.display())))?;
    Ok(text.trim().to_owned())
}

/// Returns the source that is the folder `path`.
pub(super) fn folder(path: &str, branch: Option<&str>) -> Value {
    with_branch(json!({ "kind": "GIT", "path": path }), branch)
}

/// Returns the source a project has, read from another branch. Its token stays, since it stays where it is.
///
/// # Errors
/// [`CommandError::Failed`] for a kind that is newer than this program.
pub(super) fn on_branch(stored: &types::SourceView, branch: &str) -> Result<Value, CommandError> {
    let mut source = match stored {
        types::SourceView::Git(git) => return Ok(folder(&git.path, Some(branch))),
        types::SourceView::Github(github) => {
            json!({ "kind": "GITHUB", "owner": github.owner, "repo": github.repo, "apiUrl": github.api_url })
        }
        types::SourceView::Unlisted => {
            return Err(CommandError::Failed("this program is too old for the kind of source it has".into()));
        }
    };
    if let Some(fields) = source.as_object_mut() {
        fields.retain(|_, value| !value.is_null());
    }
    Ok(with_branch(source, Some(branch)))
}

fn with_branch(mut source: Value, branch: Option<&str>) -> Value {
    if let Some(branch) = branch {
        source["branch"] = json!(branch);
    }
    source
}

/// Returns where a project's activity is read, as a person would say it.
pub(in crate::cli) fn source_of(project: &types::Project) -> String {
    let (place, branch) = match &project.source {
        types::SourceView::Git(git) => (git.path.clone(), &git.branch),
        types::SourceView::Github(github) => (format!("{}/{}", github.owner, github.repo), &github.branch),
        types::SourceView::Unlisted => return "a kind this program does not know".into(),
    };
    match branch {
        Some(branch) => format!("{place} ({branch})"),
        None => place,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repository_is_an_owner_and_a_name() {
        assert_eq!(repository("example/lantern"), Ok(("example".into(), "lantern".into())));
        for wrong in ["lantern", "/lantern", "example/", "a/b/c", "https://github.com/a/b"] {
            assert!(repository(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn another_branch_keeps_everything_else() {
        let github = types::GithubView {
            owner: "example".into(),
            repo: "lantern".into(),
            branch: Some("main".into()),
            api_url: None,
            has_token: true,
            token_hint: None,
        };
        assert_eq!(
            on_branch(&types::SourceView::Github(github), "next").expect("a known kind"),
            json!({ "kind": "GITHUB", "owner": "example", "repo": "lantern", "branch": "next" })
        );
    }
}
