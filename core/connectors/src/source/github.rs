//! A repository on GitHub or a GitHub Enterprise server, read through its REST interface.
//!
//! ```text
//! client ─▶ head ─▶ commits (+ lineage) ─▶ requests, files, issues, releases, newcomers ─▶ Activity
//!  one call   what    compare from the       what the commits belong to and changed
//!  at a time  is now  last head, or by date
//! ```
//!
//! Everything told hangs on a commit: a pull request is told by the commit that merged it, an issue by the one that
//! closes it, so that a squash commit, its request and its issue are one item. octocrab carries requests and tokens;
//! answers are read by small types of our own that need nothing we do not use. Calls go one after another, each bounded
//! in time and size, each list bounded in pages; what was cut is told as a note.

mod answers;
mod client;
mod commits;
mod failure;
mod files;
mod head;
mod issues;
mod lineage;
mod newcomers;
mod releases;
mod requests;
mod scan;

use std::sync::{Arc, OnceLock};

use async_trait::async_trait;
use dateline_core::activity::Activity;
use dateline_core::source::{
    ActivitySource, ScanProgress, ScanRequest, Source, SourceAccess, SourceError, SourceHead,
};

use crate::egress::{Egress, Patience};
use client::{Client, Opening, Repo};

/// How much of a repository one scan may ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Commits read; of a longer window the newest are kept, and a note says so.
    pub commits: usize,
    /// Pages of each other list.
    pub pages: u32,
    /// Commits and pull requests whose files are read.
    pub details: usize,
    /// Commits whose pull request is looked up one by one.
    pub look_ups: usize,
    /// People of whom is asked whether they are new.
    pub people: usize,
    /// Bytes of one answer.
    pub body_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { commits: 5_000, pages: 10, details: 50, look_ups: 30, people: 10, body_bytes: 5 << 20 }
    }
}

/// Reads repositories over GitHub's interface.
#[derive(Debug, Clone, Default)]
pub struct GithubSource {
    egress: Egress,
    patience: Patience,
    limits: Limits,
    /// Made once, so that connections are kept between calls.
    transport: Arc<OnceLock<reqwest::Client>>,
}

impl GithubSource {
    /// Returns a source whose connections leave through `egress`.
    pub fn new(egress: Egress, patience: Patience, limits: Limits) -> Self {
        Self { egress, patience, limits, transport: Arc::default() }
    }

    fn transport(&self) -> reqwest::Result<reqwest::Client> {
        match self.transport.get() {
            Some(made) => Ok(made.clone()),
            None => {
                let made = self.egress.client(self.patience)?;
                Ok(self.transport.get_or_init(|| made).clone())
            }
        }
    }

    fn client(&self, source: &Source, access: &SourceAccess) -> Result<Client, SourceError> {
        let opening = Opening {
            repo: Repo::of(source)?,
            access: access.clone(),
            egress: &self.egress,
            limits: self.limits,
        };
        Client::open(opening, || self.transport())
    }
}

#[async_trait]
impl ActivitySource for GithubSource {
    async fn head(&self, source: &Source, access: &SourceAccess) -> Result<SourceHead, SourceError> {
        let client = self.client(source, access)?;
        Ok(head::read(&client).await?.as_source_head())
    }

    async fn places(&self, _: &Source) -> Result<Vec<std::path::PathBuf>, SourceError> {
        Ok(Vec::new())
    }

    async fn scan(
        &self,
        source: &Source,
        access: &SourceAccess,
        request: ScanRequest,
        progress: Arc<dyn ScanProgress>,
    ) -> Result<Option<Activity>, SourceError> {
        let client = self.client(source, access)?.watched(progress);
        scan::scan(&client, &request).await
    }
}
