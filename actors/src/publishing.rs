//! Publishing: the step that must not repeat. Intent is recorded before, the outcome after.
//!
//! A publication keeps its id in every try, and publishers find by it what is already out. So what a crash left between
//! intent and outcome is simply published again at the next start.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use dateline_core::brief::Brief;
use dateline_core::draft::{Draft, DraftState, Publication, PublicationOutcome};
use dateline_core::id::{DraftId, PublicationId};
use dateline_core::project::Project;
use dateline_core::publisher::{PublishError, PublishRequest};
use dateline_core::schedule::Zone;
use dateline_core::store::{Missing, StoreError};
use dateline_core::time::Timestamp;

use crate::handle::refuse_blocked;
use crate::request::RequestError;
use crate::shared::Shared;

/// How long to wait before trying an unavailable place again, within one publication.
const PAUSES_MS: [u64; 2] = [500, 2_000];
const AUTHORS_MAX: usize = 20;

/// Publishes an approved draft to the target its project names, and records what became of it.
pub(crate) async fn publish(shared: &Shared, id: DraftId) -> Result<Publication, RequestError> {
    let store = &shared.parts.store;
    let draft = store.draft(id).await?;
    let project = store.project(draft.project).await?;
    let entry = project.platforms.iter().find(|entry| entry.platform == draft.platform);
    let target = entry.and_then(|entry| entry.settings.target.clone()).ok_or(RequestError::NoTarget)?;
    refuse_blocked(&draft)?;
    let now = shared.now();
    let publication = Publication {
        id: PublicationId::fresh(now, &*shared.parts.entropy),
        draft: id,
        revision: draft.revision,
        target,
        intended_at: now,
        outcome: None,
    };
    let publication = store.begin_publication(publication).await?;
    if publication.outcome.is_some() {
        return Ok(publication);
    }
    Ok(carry_out(shared, publication, &draft, &project).await?)
}

/// Carries out what an earlier process had recorded as intended.
pub(crate) async fn resume(shared: Arc<Shared>) {
    let open = match shared.parts.store.open_publications().await {
        Ok(open) => open,
        Err(error) => {
            tracing::error!(%error, "open publications cannot be read; the next start goes on with them");
            return;
        }
    };
    for publication in open {
        let id = publication.id;
        if let Err(error) = resume_one(&shared, publication).await {
            tracing::error!(%error, publication = %id, "a publication is still open; the next start goes on");
        }
    }
}

async fn resume_one(shared: &Shared, publication: Publication) -> Result<(), StoreError> {
    let store = &shared.parts.store;
    let revisions = store.revisions(publication.draft).await?;
    let draft = revisions.into_iter().find(|draft| draft.revision == publication.revision);
    let draft = draft.ok_or(StoreError::NotFound(Missing::Draft))?;
    let project = match store.project(draft.project).await {
        Ok(project) => project,
        Err(StoreError::NotFound(_)) => {
            let reason = "the project was removed before the text went out".to_owned();
            let outcome = PublicationOutcome::Failed { at: shared.now(), reason };
            return store.finish_publication(publication.id, outcome).await.map(drop);
        }
        Err(error) => return Err(error),
    };
    carry_out(shared, publication, &draft, &project).await.map(drop)
}

async fn carry_out(
    shared: &Shared,
    publication: Publication,
    draft: &Draft,
    project: &Project,
) -> Result<Publication, StoreError> {
    let brief = shared.parts.store.brief(draft.brief.clone()).await?;
    let dated_at = dated_at(draft, &publication);
    let offset = Zone::named(&project.timezone).map(|zone| zone.offset_at(dated_at).local_minus_utc());
    let request = PublishRequest {
        publication: publication.id,
        draft: draft.id,
        revision: draft.revision,
        platform: draft.platform,
        project: project.name.clone(),
        authors: authors(draft, &brief),
        content: draft.content.clone(),
        target: publication.target.clone(),
        dated_at,
        // A zone that was taken out of the database since: the text is dated in UTC.
        offset_seconds: offset.unwrap_or(0),
    };
    let outcome = match put_out(shared, &request).await {
        Ok(published) => PublicationOutcome::Published { at: shared.now(), published },
        Err(error) => PublicationOutcome::Failed { at: shared.now(), reason: error.to_string() },
    };
    shared.parts.store.finish_publication(publication.id, outcome).await
}

async fn put_out(
    shared: &Shared,
    request: &PublishRequest,
) -> Result<dateline_core::publisher::Published, PublishError> {
    let mut pauses = PAUSES_MS.iter();
    loop {
        match (shared.parts.publisher.publish(request).await, pauses.next()) {
            (Err(PublishError::Unavailable { .. }), Some(ms)) => {
                tokio::time::sleep(Duration::from_millis(*ms)).await;
            }
            (done, _) => return done,
        }
    }
}

/// Returns the instant a text is dated with: its approval's, in every try the same.
fn dated_at(draft: &Draft, publication: &Publication) -> Timestamp {
    match &draft.state {
        DraftState::Approved { at } => *at,
        DraftState::Draft
        | DraftState::Rejected { .. }
        | DraftState::Published { .. }
        | DraftState::Failed { .. } => publication.intended_at,
    }
}

/// Returns the people behind the items a text tells, in its order.
fn authors(draft: &Draft, brief: &Brief) -> Vec<String> {
    let told = draft.evidence.iter().flat_map(|evidence| &evidence.sources);
    let mut seen = BTreeSet::new();
    told.filter_map(|source| brief.item(*source))
        .flat_map(|item| item.people())
        .filter(|person| !person.is_bot && seen.insert(person.key.clone()))
        .map(|person| person.name.clone())
        .take(AUTHORS_MAX)
        .collect()
}
