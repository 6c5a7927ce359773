//! What a source may use for one call: the project's token, opened for it, and the answers kept for the project.

use std::sync::Arc;

use async_trait::async_trait;
use dateline_core::id::ProjectId;
use dateline_core::project::Project;
use dateline_core::secret::{OpenSecretError, Secret};
use dateline_core::source::{AnswerCache, CachedAnswer, GITHUB_API, Source, SourceAccess};
use dateline_core::store::StoreError;

use crate::shared::Shared;

/// Why a token could not be had.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AccessError {
    /// The store could not be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The token does not open.
    #[error("the project's token cannot be read; give it again: {0}")]
    Open(#[from] OpenSecretError),
}

/// Opens what `project` may use to read its source.
pub(crate) async fn of_project(shared: &Arc<Shared>, project: &Project) -> Result<SourceAccess, AccessError> {
    let token = match project.source.token() {
        Some(token) => Some(shared.parts.keys.open(&shared.parts.store.secret(token.secret).await?)?),
        None => None,
    };
    Ok(with_token(shared, project.id, &project.source, token))
}

/// Returns access with this token, else with the instance's own where that may be shown.
pub(crate) fn with_token(
    shared: &Arc<Shared>,
    project: ProjectId,
    source: &Source,
    token: Option<Secret>,
) -> SourceAccess {
    let own = || shared.settings.github_token.clone().filter(|_| is_github_itself(source));
    let answers = Arc::new(StoredAnswers { shared: shared.clone(), project });
    SourceAccess { token: token.or_else(own), answers, now: shared.now() }
}

/// Whether `source` lies on github.com: the instance's own token is shown to nobody else.
fn is_github_itself(source: &Source) -> bool {
    match source {
        Source::Git { .. } => false,
        Source::Github { api_url, .. } => {
            api_url.as_deref().is_none_or(|url| url.trim_end_matches('/') == GITHUB_API)
        }
    }
}

/// Answers kept in the store. Losing one costs a request, so troubles of the store are none here.
struct StoredAnswers {
    shared: Arc<Shared>,
    project: ProjectId,
}

#[async_trait]
impl AnswerCache for StoredAnswers {
    async fn answer(&self, url: &str) -> Option<CachedAnswer> {
        self.shared.parts.store.cached_answer(self.project, url.to_owned()).await.ok().flatten()
    }

    async fn keep(&self, url: &str, answer: CachedAnswer) {
        let now = self.shared.now();
        // A project that is not stored yet, or no more, keeps nothing.
        let _ = self.shared.parts.store.keep_answer(self.project, url.to_owned(), answer, now).await;
    }
}
