//! What is there now: the repository, its branch and the newest commit.

use dateline_core::activity::{LinkBase, LinkHost, Repository};
use dateline_core::source::{SourceError, SourceHead};

use super::answers::{RefAnswer, RepoAnswer};
use super::client::{Client, segment};
use super::failure::Failure;

/// A repository as it is now.
#[derive(Debug, Clone)]
pub(super) struct Head {
    pub(super) branch: String,
    /// The newest commit; `None` before the first one.
    pub(super) sha: Option<String>,
    pub(super) repository: Repository,
    pub(super) links: LinkBase,
}

impl Head {
    pub(super) fn as_source_head(&self) -> SourceHead {
        SourceHead { stream: format!("refs/heads/{}", self.branch), head: self.sha.clone() }
    }
}

/// Reads what is there now: two calls, free when nothing changed.
pub(super) async fn read(client: &Client) -> Result<Head, SourceError> {
    let found: RepoAnswer = match client.get(&client.repo.route("")).await {
        Ok(found) => found,
        Err(Failure::NotFound | Failure::Empty) => return Err(client.asked.unseen()),
        Err(Failure::Source(error)) => return Err(error),
    };
    let branch = client.repo.branch.clone().unwrap_or(found.default_branch);
    let route = client.repo.route(&format!("/git/ref/{}", segment(&format!("heads/{branch}"))));
    let sha = match client.get::<RefAnswer>(&route).await {
        Ok(reference) => Some(reference.object.sha),
        Err(Failure::Empty) => None,
        Err(Failure::NotFound) => {
            return Err(SourceError::NoSuchBranch { path: client.asked.repository.clone(), branch });
        }
        Err(Failure::Source(error)) => return Err(error),
    };
    let name = found.full_name.rsplit('/').next().unwrap_or(&client.repo.name).to_owned();
    // The page's address is the server's word: it becomes links in texts, so nothing but a web address will do.
    let base = found.html_url.trim_end_matches('/').to_owned();
    if !base.starts_with("https://") && !base.starts_with("http://") {
        return Err(client.asked.malformed("a repository without a web address"));
    }
    let links = LinkBase { host: LinkHost::GitHub, base };
    let repository = Repository { name, branch: Some(branch.clone()), links: Some(links.clone()) };
    Ok(Head { branch, sha, repository, links })
}
