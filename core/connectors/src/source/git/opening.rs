//! From a path to an opened repository.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use dateline_core::source::SourceError;
use gix::Repository;

use super::failure;

/// Memory for decoded objects; consecutive commits share most of their trees.
const OBJECT_CACHE_BYTES: usize = 12 << 20;

/// Settings that hold whatever the repository's own configuration says: bounded delta cache, no object above
/// 32 MiB is unpacked (such a file counts as binary).
const SETTINGS: [&str; 2] = ["core.deltaBaseCacheLimit=24m", "gitoxide.objects.allocLimit=32m"];

/// Opens the repository at `path`: a work tree, a folder inside one, or a bare repository.
///
/// # Errors
/// [`SourceError::Missing`], [`SourceError::NotARepository`], [`SourceError::Unreadable`],
/// [`SourceError::Unsupported`] or [`SourceError::Corrupt`].
pub(super) fn open(path: &str) -> Result<Repository, SourceError> {
    let given = Path::new(path);
    // A relative path would mean something else in every process: nothing is there for us.
    if !given.is_absolute() {
        return Err(SourceError::Missing { path: path.to_owned() });
    }
    let folder = std::fs::canonicalize(given).map_err(|error| failure::from_io(path, &error))?;
    let git_dir = nearest_git_dir(path, &folder)?;
    let mut repo = open_git_dir(path, git_dir)?;
    if repo.common_dir().join("reftable").is_dir() {
        let reason = "its references are stored as reftable".to_owned();
        return Err(SourceError::Unsupported { path: path.to_owned(), reason });
    }
    repo.object_cache_size(OBJECT_CACHE_BYTES);
    repo.objects.ignore_replacements = true;
    Ok(repo)
}

/// Returns the folders that reading the repository at `path` leads to: a work tree may belong to a repository further up
/// or elsewhere, and a repository may borrow the objects of others.
///
/// # Errors
/// As [`open`].
pub(super) fn places(path: &str) -> Result<Vec<PathBuf>, SourceError> {
    let repo = open(path)?;
    let borrowed = repo.objects.store_ref().alternate_db_paths();
    let borrowed = borrowed.map_err(|error| failure::unreadable(path, &error))?;
    let common = repo.common_dir();
    let own = [repo.git_dir().to_owned(), common.to_owned(), common.join("objects"), common.join("refs")];
    Ok(own.into_iter().chain(borrowed).collect())
}

/// Opens without environment, user or system configuration.
///
/// A repository of another owner opens too, as read-only reading is safe without trust: gix then drops the
/// repository's own settings, and we take nothing but remote addresses from them (as plain text). `bail_if_untrusted`,
/// which imitates `safe.directory`, would protect against hooks and filters we never run.
fn open_git_dir(path: &str, git_dir: PathBuf) -> Result<Repository, SourceError> {
    let options = gix::open::Options::isolated().bail_if_untrusted(false).config_overrides(SETTINGS);
    let opened = gix::ThreadSafeRepository::open_opts(git_dir, options.open_path_as_is(true));
    opened.map(|repo| repo.to_thread_local()).map_err(|error| failure::unreadable(path, &error))
}

/// Returns the git folder (or the file naming it) of the nearest repository at or above `folder`.
///
/// A `.git` without a `HEAD` is none, as for git itself; one with a damaged `HEAD` is, so that the damage is
/// reported instead of some repository further up being read.
fn nearest_git_dir(path: &str, folder: &Path) -> Result<PathBuf, SourceError> {
    let not_a_repository = || SourceError::NotARepository { path: path.to_owned() };
    if !folder.is_dir() {
        return Err(not_a_repository());
    }
    std::fs::read_dir(folder).map_err(|error| failure::from_io(path, &error))?;
    for candidate in folder.ancestors() {
        let dot_git = candidate.join(".git");
        // Looking inside tells a closed folder from one that is not there.
        let is_main = exists(&dot_git.join("HEAD")).map_err(|error| failure::from_io(path, &error))?;
        if dot_git.is_file() || is_main {
            return Ok(dot_git);
        }
        if is_bare(candidate) {
            return Ok(candidate.to_owned());
        }
    }
    Err(not_a_repository())
}

fn exists(path: &Path) -> std::io::Result<bool> {
    match path.symlink_metadata() {
        Ok(_) => Ok(true),
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => Ok(false),
        Err(error) => Err(error),
    }
}

fn is_bare(folder: &Path) -> bool {
    let is_main = folder.join("objects").is_dir() && folder.join("refs").is_dir();
    let is_linked = folder.join("commondir").is_file();
    (is_main || is_linked) && folder.join("HEAD").symlink_metadata().is_ok()
}
