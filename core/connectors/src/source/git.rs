//! A git repository in a local folder, read through `gix`: no network, no token, no `git` program.
//!
//! ```text
//! opening ─▶ stream ─▶ window ─▶ lineage ─▶ reader (+ files, people) ─▶ hot, tags ─▶ Activity
//!  the path   which     which     who brought   what each commit
//!             branch    commits   in what       says and changed
//! ```
//!
//! Nothing of the repository is ever executed: no hook, filter, text conversion or external diff has a way in, since
//! blobs are compared as stored. Its configuration is read for two things only, the remotes' addresses and a branch's
//! upstream. Replacement objects are not followed: what was committed is what is told.

mod failure;
mod files;
mod graph;
mod hot;
mod lineage;
mod links;
mod opening;
mod people;
mod raw;
mod reader;
mod scan;
mod stream;
mod tags;
mod window;

use std::path::PathBuf;
use std::sync::Arc;

use async_trait::async_trait;
use dateline_core::activity::Activity;
use dateline_core::source::{
    ActivitySource, ScanProgress, ScanRequest, Source, SourceAccess, SourceError, SourceHead,
};

/// How much of a history one scan may look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Commits read; of a longer window the newest are kept, and a note says so.
    pub commits: usize,
    /// Commits before the window that are walked, to exclude exactly and to know who is new.
    pub before: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { commits: 50_000, before: 200_000 }
    }
}

/// Reads local git repositories.
#[derive(Debug, Clone, Copy, Default)]
pub struct GitSource {
    limits: Limits,
}

impl GitSource {
    /// Returns a source that looks at no more than `limits` allow.
    pub fn with_limits(limits: Limits) -> Self {
        Self { limits }
    }
}

#[async_trait]
impl ActivitySource for GitSource {
    async fn head(&self, source: &Source, _access: &SourceAccess) -> Result<SourceHead, SourceError> {
        let (path, branch) = place(source)?;
        off_thread(path.clone(), move || {
            let repo = opening::open(&path)?;
            let stream = stream::resolve(&repo, &path, branch.as_deref())?;
            Ok(SourceHead { stream: stream.name, head: stream.head.map(|id| id.to_string()) })
        })
        .await
    }

    async fn places(&self, source: &Source) -> Result<Vec<PathBuf>, SourceError> {
        let (path, _) = place(source)?;
        off_thread(path.clone(), move || opening::places(&path)).await
    }

    async fn scan(
        &self,
        source: &Source,
        _access: &SourceAccess,
        request: ScanRequest,
        progress: Arc<dyn ScanProgress>,
    ) -> Result<Option<Activity>, SourceError> {
        let (path, branch) = place(source)?;
        let read_path = path.clone();
        let limits = self.limits;
        let read = move || scan::scan(&path, branch.as_deref(), &request, limits, progress.as_ref());
        off_thread(read_path, read).await
    }
}

/// Returns the folder and the branch; no other source is a folder.
fn place(source: &Source) -> Result<(String, Option<String>), SourceError> {
    match source.clone() {
        Source::Git { path, branch } => Ok((path, branch)),
        Source::Github { owner, repo, .. } => {
            Err(SourceError::NotARepository { path: format!("{owner}/{repo}") })
        }
    }
}

/// Runs `read` on the blocking pool. A reader that dies takes its own answer along, not the caller.
async fn off_thread<T: Send + 'static>(
    path: String,
    read: impl FnOnce() -> Result<T, SourceError> + Send + 'static,
) -> Result<T, SourceError> {
    match tokio::task::spawn_blocking(read).await {
        Ok(outcome) => outcome,
        Err(ended) if ended.is_cancelled() => Err(SourceError::Stopped),
        Err(_) => Err(SourceError::Corrupt { path, reason: "reading it ended abnormally".to_owned() }),
    }
}
