//! `write/{platform}`: a draft with its evidence, and the cursor that moves with it.

use std::sync::Arc;

use dateline_core::brief::Brief;
use dateline_core::content::Severity;
use dateline_core::draft::{BriefDigest, Draft, DraftState, DraftStatus};
use dateline_core::execution::{FailureClass, Trigger};
use dateline_core::id::DraftId;
use dateline_core::lint::{Earlier, content_hash};
use dateline_core::platform::Platform;
use dateline_core::store::{CursorMove, DraftFilter, DraftWrite, PageRequest};
use dateline_core::writer::WriteError;
use serde::{Deserialize, Serialize};

use super::Work;
use super::plan::Plan;
use crate::attempt::{Done, Fault, Run};
use crate::text::{self, Text};

/// How far back equal texts are looked for.
const REPEAT_DAYS: i64 = 30;
/// How many earlier texts are looked at.
const EARLIER_MAX: usize = 20;

/// What a write step came to.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Written {
    /// The draft; `None` when the activity held nothing to tell.
    pub(super) draft_id: Option<DraftId>,
    /// The text's size by the platform's own counter.
    pub(super) length: usize,
    /// Findings that block approval.
    pub(super) errors: usize,
    /// Findings shown at review.
    pub(super) warnings: usize,
}

pub(super) async fn write(
    work: Work<'_>,
    plan: &Plan,
    platform: Platform,
    brief: &Arc<Brief>,
    cursor: CursorMove,
) -> Result<Done<Written>, Fault> {
    let run = work.run;
    let cursors = plan.onward(run, vec![cursor]).await?;
    if cursors.is_empty() && !is_asked_again(run) {
        run.info("another execution wrote this window meanwhile");
        return Ok(Done::of(Written { draft_id: None, length: 0, errors: 0, warnings: 0 }));
    }
    let earlier = earlier(work, platform).await?;
    let writer = &*run.shared.parts.writer;
    let text = match text::write(writer, brief, platform, &plan.settings(platform), earlier).await {
        Ok(text) => text,
        Err(WriteError::NothingToTell) => {
            run.info(&format!("nothing worth telling: {} changes left out", brief.stats.dropped));
            return Ok(Done::of(Written { draft_id: None, length: 0, errors: 0, warnings: 0 }));
        }
        Err(error) => return Err(Fault::new(FailureClass::Transient, &error)),
    };
    let draft = draft(work, platform, brief, text, writer.id());
    let errors = draft.blocking().count();
    for finding in draft.blocking() {
        run.warn(&format!("{:?} blocks approval: {}", finding.rule, finding.message));
    }
    let warnings = draft.findings.iter().filter(|finding| finding.severity == Severity::Warning).count();
    let length = draft.content.length.used;
    run.info(&format!("draft {} written, length {length}", draft.id));
    let output = Written { draft_id: Some(draft.id), length, errors, warnings };
    let write = DraftWrite { draft, brief: brief.clone() };
    Ok(Done { draft: Some(write), cursors, ..Done::of(output) })
}

/// Whether somebody asked for a window that may have been written before.
fn is_asked_again(run: &Run) -> bool {
    matches!(run.claimed.execution.trigger, Trigger::Replay { .. } | Trigger::Backfill(_))
}

fn draft(work: Work<'_>, platform: Platform, brief: &Brief, text: Text, writer: &str) -> Draft {
    let (run, now) = (work.run, work.run.now());
    let execution = &run.claimed.execution;
    Draft {
        id: DraftId::fresh(now, &*run.shared.parts.entropy),
        project: work.project.id,
        job: execution.job,
        execution: execution.id,
        platform,
        state: DraftState::Draft,
        revision: 1,
        content: text.rendered.content,
        evidence: text.rendered.evidence,
        findings: text.findings,
        cut: text.rendered.cut,
        composition: Some(text.composition),
        brief: BriefDigest::of(brief),
        writer: writer.to_owned(),
        note: None,
        version: 1,
        created_at: now,
        updated_at: now,
    }
}

/// Returns what went out on the platform lately, so that a text that says the same is noticed.
async fn earlier(work: Work<'_>, platform: Platform) -> Result<Vec<Earlier>, Fault> {
    let filter = DraftFilter {
        project: Some(work.project.id),
        platform: Some(platform),
        status: Some(DraftStatus::Published),
        ..DraftFilter::default()
    };
    let page = PageRequest { limit: EARLIER_MAX, after: None };
    let run = work.run;
    let published = run.shared.parts.store.drafts(filter, page).await?.items;
    let since = run.now() - chrono::Duration::days(REPEAT_DAYS);
    Ok(published
        .into_iter()
        .filter(|draft| draft.updated_at >= since)
        .map(|draft| Earlier { hash: content_hash(&draft.content), title: draft.content.title })
        .collect())
}
