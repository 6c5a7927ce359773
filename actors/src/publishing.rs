//! Publishing: the step that must not repeat. Intent is recorded before, the outcome after; what a crash left open in
//! between is taken up at the next start under the same name, and finds what is already out.

use dateline_core::brief::Brief;
use dateline_core::content::Finding;
use dateline_core::draft::{Draft, DraftEvent, DraftState, Publication, PublicationOutcome};
use dateline_core::id::{DraftId, PublicationId};
use dateline_core::publisher::{PublishError, PublishRequest, Target};
use dateline_core::schedule::Zone;
use dateline_core::store::{Store, StoreError};
use dateline_core::time::Timestamp;

use crate::local_paths::{NOT_ALLOWED, Roots, path_of};
use crate::request::RequestError;
use crate::shared::Shared;

/// A text names at most so many authors.
const AUTHORS_MAX: usize = 20;

/// Publishes an approved draft to its project's target. The intent is recorded in `store`, which notes who wanted it.
pub(crate) async fn publish(
    shared: &Shared,
    store: &dyn Store,
    id: DraftId,
) -> Result<Publication, RequestError> {
    let draft = store.draft(id).await?;
    let findings: Vec<Finding> = draft.blocking().cloned().collect();
    if !findings.is_empty() {
        return Err(RequestError::Blocked { findings });
    }
    let target = target(store, &draft).await?;
    refuse_unapproved(&draft, shared.now())?;
    let now = shared.now();
    let intent = Publication {
        id: PublicationId::fresh(now, &*shared.parts.entropy),
        draft: id,
        revision: draft.revision,
        target,
        intended_at: now,
        outcome: None,
    };
    let recorded = store.begin_publication(intent).await?;
    if let Some(PublicationOutcome::Published { .. }) = recorded.outcome {
        return Ok(recorded);
    }
    carry_out(shared, &draft, recorded).await
}

/// Takes up every publication a crash left between intent and outcome.
pub(crate) async fn take_up(shared: &Shared) -> Result<(), StoreError> {
    for open in shared.parts.store.open_publications().await? {
        let id = open.id;
        if let Err(error) = take_up_one(shared, open).await {
            tracing::error!(%error, publication = %id, "taken up again and not finished; the next start tries again");
        }
    }
    Ok(())
}

/// Carries a publication on, unless a person has edited or rejected its draft since: what they no longer want goes out
/// no more.
async fn take_up_one(shared: &Shared, open: Publication) -> Result<(), RequestError> {
    let store = &*shared.parts.store;
    let (draft, at) = (store.draft(open.draft).await?, shared.now());
    if draft.revision == open.revision && refuse_unapproved(&draft, at).is_ok() {
        return carry_out(shared, &draft, open).await.map(drop);
    }
    let reason = "the draft was changed before it was known whether this revision is out".to_owned();
    store.finish_publication(open.id, PublicationOutcome::Failed { at, reason }).await?;
    Ok(())
}

async fn carry_out(
    shared: &Shared,
    draft: &Draft,
    publication: Publication,
) -> Result<Publication, RequestError> {
    let request = request(shared, draft, &publication).await?;
    if !is_allowed(shared, draft, &publication.target).await? {
        let outcome = PublicationOutcome::Failed { at: shared.now(), reason: NOT_ALLOWED.to_owned() };
        return Ok(shared.parts.store.finish_publication(publication.id, outcome).await?);
    }
    let outcome = match shared.parts.publisher.publish(&request).await {
        Ok(published) => PublicationOutcome::Published { at: shared.now(), published },
        Err(PublishError::Rejected { reason } | PublishError::Unavailable { reason }) => {
            PublicationOutcome::Failed { at: shared.now(), reason }
        }
    };
    Ok(shared.parts.store.finish_publication(publication.id, outcome).await?)
}

/// Whether the target lies where its project may publish, now.
async fn is_allowed(shared: &Shared, draft: &Draft, target: &Target) -> Result<bool, RequestError> {
    let project = shared.parts.store.project(draft.project).await.ok();
    if !project.is_some_and(|project| project.is_confined) {
        return Ok(true);
    }
    Ok(Roots::of(shared).await?.hold(path_of(target)).await)
}

async fn request(
    shared: &Shared,
    draft: &Draft,
    publication: &Publication,
) -> Result<PublishRequest, RequestError> {
    let store = &*shared.parts.store;
    let brief = store.brief(draft.brief.clone()).await?;
    // Also a removed project's drafts have a name and a zone: the brief's and UTC.
    let project = store.project(draft.project).await.ok();
    let dated_at = match &draft.state {
        DraftState::Approved { at } => *at,
        _ => publication.intended_at,
    };
    let zone = project.as_ref().and_then(|project| Zone::named(&project.timezone).ok());
    let offset_seconds = zone.map_or(0, |zone| zone.offset_at(dated_at).local_minus_utc());
    let authors = authors(&brief);
    Ok(PublishRequest {
        publication: publication.id,
        draft: draft.id,
        revision: draft.revision,
        platform: draft.platform,
        project: project.map_or(brief.project, |project| project.name),
        authors,
        content: draft.content.clone(),
        target: publication.target.clone(),
        dated_at,
        offset_seconds,
    })
}

/// Returns the people behind the told items, in the order of the items.
fn authors(brief: &Brief) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for person in brief.items.iter().flat_map(|item| item.people()) {
        if names.len() < AUTHORS_MAX && !names.contains(&person.name) {
            names.push(person.name.clone());
        }
    }
    names
}

async fn target(store: &dyn Store, draft: &Draft) -> Result<Target, RequestError> {
    let project = store.project(draft.project).await?;
    let entry = project.platforms.into_iter().find(|entry| entry.platform == draft.platform);
    entry.and_then(|entry| entry.settings.target).ok_or(RequestError::NoTarget)
}

/// Asks the draft's own rule, before an intent is recorded that could never be carried out.
fn refuse_unapproved(draft: &Draft, now: Timestamp) -> Result<(), RequestError> {
    draft
        .state
        .clone()
        .after(DraftEvent::Published, now)
        .map(drop)
        .map_err(|refused| StoreError::from(refused).into())
}
