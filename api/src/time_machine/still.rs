//! A world in which nothing happens: repositories without news, nobody to write, nowhere to publish.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;
use dateline_core::activity::Activity;
use dateline_core::brief::Brief;
use dateline_core::composition::Composition;
use dateline_core::entropy::Entropy;
use dateline_core::http_call::{HttpAnswer, HttpCall, HttpCaller, HttpFailure};
use dateline_core::platform::Platform;
use dateline_core::publisher::{PublishError, PublishRequest, Published, Publisher};
use dateline_core::source::{
    ActivitySource, ScanProgress, ScanRequest, Source, SourceAccess, SourceError, SourceHead,
};
use dateline_core::writer::{WriteError, Writer};

/// Repositories without commits.
pub(super) struct StillSource;

#[async_trait]
impl ActivitySource for StillSource {
    async fn head(&self, _source: &Source, _access: &SourceAccess) -> Result<SourceHead, SourceError> {
        Ok(SourceHead { stream: "refs/heads/main".to_owned(), head: None })
    }

    async fn places(&self, _source: &Source) -> Result<Vec<PathBuf>, SourceError> {
        Ok(Vec::new())
    }

    async fn scan(
        &self,
        _source: &Source,
        _access: &SourceAccess,
        _request: ScanRequest,
        _progress: Arc<dyn ScanProgress>,
    ) -> Result<Option<Activity>, SourceError> {
        Ok(None)
    }
}

/// A server that says nothing.
pub(super) struct StillServer;

#[async_trait]
impl HttpCaller for StillServer {
    async fn send(&self, call: HttpCall) -> Result<HttpAnswer, HttpFailure> {
        Ok(HttpAnswer { status: 204, url: call.url, redirects: 0, headers: Vec::new(), body: Vec::new() })
    }
}

/// A writer who has nothing to tell.
pub(super) struct StillWriter;

#[async_trait]
impl Writer for StillWriter {
    fn id(&self) -> &str {
        "still/1"
    }

    async fn compose(&self, _brief: &Brief, _platform: Platform) -> Result<Composition, WriteError> {
        Err(WriteError::NothingToTell)
    }
}

/// A place that takes nothing.
pub(super) struct StillPublisher;

#[async_trait]
impl Publisher for StillPublisher {
    async fn publish(&self, _request: &PublishRequest) -> Result<Published, PublishError> {
        Err(PublishError::Rejected { reason: "nothing is published in a simulation".to_owned() })
    }
}

/// Ids and jitter that are the same in every play.
#[derive(Default)]
pub(super) struct CountedEntropy(AtomicU64);

impl Entropy for CountedEntropy {
    fn fill(&self, bytes: &mut [u8]) {
        let drawn = self.0.fetch_add(1, Ordering::Relaxed);
        blake3::Hasher::new().update(&drawn.to_le_bytes()).finalize_xof().fill(bytes);
    }
}
