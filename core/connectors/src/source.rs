//! Where activity is read from: one adapter a file, chosen by the kind of source.

pub mod git;
pub mod github;
mod person;

use std::path::PathBuf;
use std::sync::Arc;

use async_trait::async_trait;
use dateline_core::activity::Activity;
use dateline_core::source::{
    ActivitySource, ScanProgress, ScanRequest, Source, SourceAccess, SourceError, SourceHead,
};

use git::GitSource;
use github::GithubSource;

/// Every kind of source.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    git: GitSource,
    github: GithubSource,
}

impl Sources {
    /// Returns the sources, GitHub read by `github`.
    pub fn new(github: GithubSource) -> Self {
        Self { git: GitSource::default(), github }
    }

    fn of(&self, source: &Source) -> &dyn ActivitySource {
        match source {
            Source::Git { .. } => &self.git,
            Source::Github { .. } => &self.github,
        }
    }
}

#[async_trait]
impl ActivitySource for Sources {
    async fn head(&self, source: &Source, access: &SourceAccess) -> Result<SourceHead, SourceError> {
        self.of(source).head(source, access).await
    }

    async fn places(&self, source: &Source) -> Result<Vec<PathBuf>, SourceError> {
        self.of(source).places(source).await
    }

    async fn scan(
        &self,
        source: &Source,
        access: &SourceAccess,
        request: ScanRequest,
        progress: Arc<dyn ScanProgress>,
    ) -> Result<Option<Activity>, SourceError> {
        self.of(source).scan(source, access, request, progress).await
    }
}
