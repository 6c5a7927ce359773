//! Which line of history is read, and where it ends now.

use dateline_core::source::SourceError;
use gix::bstr::ByteSlice;
use gix::{ObjectId, Repository};

use super::failure;

/// A line of history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Stream {
    /// Full reference name, or `HEAD` when it is detached: what a cursor belongs to.
    pub(super) name: String,
    /// Short branch name; `None` when detached.
    pub(super) branch: Option<String>,
    /// Its newest commit; `None` before the first one.
    pub(super) head: Option<ObjectId>,
}

/// Returns the stream of `branch`, or of what is checked out.
///
/// A branch is found as a full name, then a local branch, then a remote-tracking one (`origin/main`).
pub(super) fn resolve(repo: &Repository, path: &str, branch: Option<&str>) -> Result<Stream, SourceError> {
    let mut head = repo.head().map_err(|error| failure::unreadable(path, &error))?;
    let Some(branch) = branch else {
        let id = head.try_peel_to_id().map_err(|error| failure::unreadable(path, &error))?;
        return match head.referent_name() {
            Some(name) => named(repo, path, name, id.map(|id| id.detach())),
            None => Ok(Stream {
                name: "HEAD".into(),
                branch: None,
                head: commit(repo, path, id.map(|id| id.detach()))?,
            }),
        };
    };
    for full in [branch.to_owned(), format!("refs/heads/{branch}"), format!("refs/remotes/{branch}")] {
        let Ok(name) = gix::refs::FullName::try_from(full.as_str()) else { continue };
        if !full.starts_with("refs/") {
            continue;
        }
        let found = repo.try_find_reference(&name).map_err(|error| failure::unreadable(path, &error))?;
        if let Some(mut reference) = found {
            let id = reference.peel_to_id().map_err(|error| failure::unreadable(path, &error))?.detach();
            return named(repo, path, name.as_ref(), Some(id));
        }
        if head.is_unborn() && head.referent_name().is_some_and(|unborn| unborn == name.as_ref()) {
            return named(repo, path, name.as_ref(), None);
        }
    }
    Err(SourceError::NoSuchBranch { path: path.to_owned(), branch: branch.to_owned() })
}

fn named(
    repo: &Repository,
    path: &str,
    name: &gix::refs::FullNameRef,
    head: Option<ObjectId>,
) -> Result<Stream, SourceError> {
    Ok(Stream {
        name: name.as_bstr().to_str_lossy().into_owned(),
        branch: Some(name.shorten().to_str_lossy().into_owned()),
        head: commit(repo, path, head)?,
    })
}

/// Holds `id` to be a commit that is there.
fn commit(repo: &Repository, path: &str, id: Option<ObjectId>) -> Result<Option<ObjectId>, SourceError> {
    let Some(id) = id else { return Ok(None) };
    let header = repo.find_header(id).map_err(|error| failure::unreadable(path, &error))?;
    match header.kind() {
        gix::objs::Kind::Commit => Ok(Some(id)),
        kind => Err(failure::corrupt(path, format!("its head {id} is a {kind}, not a commit"))),
    }
}
