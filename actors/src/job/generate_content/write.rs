//! The step `write/{platform}`: a draft and its cursor, in one commit.

use std::sync::Arc;

use dateline_core::brief::Brief;
use dateline_core::content::Severity;
use dateline_core::draft::{Draft, DraftState};
use dateline_core::execution::FailureClass;
use dateline_core::id::DraftId;
use dateline_core::platform::Platform;
use dateline_core::store::{CursorMove, DraftWrite, StoreError};
use dateline_core::writer::WriteError;
use serde::{Deserialize, Serialize};

use super::fetch_project::{Fetched, Wanted};
use super::scan::Scanned;
use crate::attempt::{Done, Fault, Run};
use crate::review::{self, Text};

/// What the step records.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Written {
    /// The draft; absent when there was nothing to tell.
    pub(super) draft: Option<DraftId>,
    /// Why there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) reason: Option<String>,
    /// Items the text could tell.
    pub(super) items: usize,
    /// Items cut so that it fits.
    pub(super) cut: usize,
    /// What the lint found: errors block approval.
    pub(super) errors: usize,
    pub(super) warnings: usize,
}

pub(super) async fn write(
    run: &Arc<Run>,
    fetched: &Fetched,
    scanned: &Scanned,
    wanted: &Wanted,
) -> Result<Done<Written>, Fault> {
    let platform = wanted.platform;
    let Some(brief) = scanned.brief(platform) else {
        return Ok(nothing(run, 0, "nothing happened since the last run"));
    };
    if brief.items.is_empty() {
        return Ok(nothing(run, 0, "nothing of what happened is worth telling"));
    }
    let composition = match run.shared.parts.writer.compose(brief, platform).await {
        Ok(composition) => composition,
        Err(WriteError::NothingToTell) => {
            return Ok(nothing(run, brief.items.len(), "nothing of what happened is worth telling here"));
        }
        Err(error) => return Err(Fault::new(FailureClass::Transient, &error)),
    };
    let earlier = review::published_lately(&run.shared, fetched.project.id, platform).await?;
    let text =
        Text { composition, brief: brief.clone(), platform, settings: wanted.settings.clone(), earlier };
    let reviewed = tokio::task::spawn_blocking(move || review::of_writer(text)).await;
    let reviewed = reviewed.map_err(|error| Fault::new(FailureClass::Panic, &error))?;
    let now = run.now();
    let draft = Draft {
        id: DraftId::fresh(now, &*run.shared.parts.entropy),
        project: fetched.project.id,
        job: run.claimed.job.id,
        execution: run.claimed.execution.id,
        platform,
        state: DraftState::Draft,
        revision: 1,
        content: reviewed.rendered.content,
        evidence: reviewed.rendered.evidence,
        findings: reviewed.findings,
        cut: reviewed.rendered.cut,
        composition: Some(reviewed.composition),
        brief: reviewed.digest,
        writer: run.shared.parts.writer.id().to_owned(),
        note: None,
        created_at: now,
        updated_at: now,
    };
    let cursors = cursor_move(run, fetched, scanned, platform).await?.into_iter().collect();
    Ok(Done {
        output: told(run, &draft, brief),
        draft: Some(DraftWrite { draft, brief: brief.clone() }),
        cursors,
    })
}

fn nothing(run: &Run, items: usize, reason: &str) -> Done<Written> {
    run.info(reason);
    let reason = Some(reason.to_owned());
    Done::of(Written { draft: None, reason, items, cut: 0, errors: 0, warnings: 0 })
}

fn told(run: &Run, draft: &Draft, brief: &Brief) -> Written {
    let errors = draft.blocking().count();
    for finding in draft.findings.iter().filter(|finding| finding.severity == Severity::Error) {
        run.warn(&format!("{:?} blocks approval: {}", finding.rule, finding.message));
    }
    run.info(&format!("draft {} from {} items", draft.id, brief.items.len()));
    Written {
        draft: Some(draft.id),
        reason: None,
        items: brief.items.len(),
        cut: draft.cut.len(),
        errors,
        warnings: draft.findings.len() - errors,
    }
}

/// Returns the move of a platform's cursor to the head that was scanned; none when it no longer stands where this
/// execution found it, because another one has told what came since.
pub(super) async fn cursor_move(
    run: &Run,
    fetched: &Fetched,
    scanned: &Scanned,
    platform: Platform,
) -> Result<Option<CursorMove>, StoreError> {
    let Some(brief) = scanned.brief(platform) else { return Ok(None) };
    let stored = run.shared.parts.store.job(run.claimed.job.id).await?.cursors;
    let present = stored.iter().find(|cursor| cursor.platform == platform && cursor.stream == scanned.stream);
    let found = fetched.cursor(platform);
    if present.map(|cursor| &cursor.sha) != found.map(|cursor| &cursor.sha) {
        run.info("the cursor has moved on meanwhile and stays where it is");
        return Ok(None);
    }
    let sha = brief.window.head.clone();
    Ok(Some(CursorMove { platform, stream: scanned.stream.clone(), sha }))
}
