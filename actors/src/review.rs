//! Reading a text over: what the lint says of it, and which of its statements still stand on their evidence.

use std::sync::Arc;

use dateline_core::brief::Brief;
use dateline_core::composition::Composition;
use dateline_core::content::{Content, Evidence, Finding, Rendered};
use dateline_core::draft::{BriefDigest, Draft, DraftStatus};
use dateline_core::id::ProjectId;
use dateline_core::lint::{Earlier, LintInput, Origin, content_hash, lint, retain_evidence};
use dateline_core::platform::Platform;
use dateline_core::platform_spec::PlatformSpec;
use dateline_core::project::{PlatformSettings, Project};
use dateline_core::render::render;
use dateline_core::store::{DraftFilter, PageRequest, StoreError};

use crate::request::{DraftText, RequestError};
use crate::shared::Shared;

/// Texts published within this time must differ from a new one.
const LATELY_DAYS: i64 = 30;
/// So many of them are compared at most, newest first.
const EARLIER_MAX: usize = 50;

/// Statements to be made into a text.
pub(crate) struct Text {
    pub(crate) composition: Composition,
    pub(crate) brief: Arc<Brief>,
    pub(crate) platform: Platform,
    pub(crate) settings: PlatformSettings,
    /// What was published lately.
    pub(crate) earlier: Vec<Earlier>,
}

/// A writer's text, read over.
pub(crate) struct ReviewedText {
    pub(crate) composition: Composition,
    pub(crate) rendered: Rendered,
    pub(crate) findings: Vec<Finding>,
    pub(crate) digest: BriefDigest,
}

/// Returns a writer's statements as a text and what the lint says of it. Computes: never on an actor's thread.
pub(crate) fn of_writer(text: Text) -> ReviewedText {
    let Text { composition, brief, platform, settings, earlier } = text;
    let spec = PlatformSpec::of(platform, &settings);
    let rendered = render(&composition, &brief, &spec);
    let findings = lint(&LintInput {
        content: &rendered.content,
        evidence: &rendered.evidence,
        composition: Some(&composition),
        brief: &brief,
        spec: &spec,
        origin: Origin::Writer,
        earlier: &earlier,
    });
    ReviewedText { digest: digest(&brief), composition, rendered, findings }
}

/// A person's text with all that is stored beside it.
pub(crate) struct ReviewedEdit {
    pub(crate) content: Content,
    pub(crate) evidence: Vec<Evidence>,
    pub(crate) findings: Vec<Finding>,
    pub(crate) note: Option<String>,
}

/// Returns the edited text with its remaining evidence and what the lint says of it.
pub(crate) async fn of_edit(
    shared: &Shared,
    draft: Draft,
    brief: Brief,
    project: Option<Project>,
    text: DraftText,
) -> Result<ReviewedEdit, RequestError> {
    let earlier = published_lately(shared, draft.project, draft.platform).await?;
    let entry = project
        .and_then(|project| project.platforms.into_iter().find(|entry| entry.platform == draft.platform));
    let settings = entry.map(|entry| entry.settings).unwrap_or_default();
    let work = move || {
        let spec = PlatformSpec::of(draft.platform, &settings);
        let content = Content {
            title: text.title,
            length: spec.measure(&text.body),
            body: text.body,
            summary: draft.content.summary,
            tags: text.tags,
        };
        let evidence = retain_evidence(&draft.evidence, &content);
        let findings = lint(&LintInput {
            content: &content,
            evidence: &evidence,
            composition: None,
            brief: &brief,
            spec: &spec,
            origin: Origin::Person { note: text.note.as_deref() },
            earlier: &earlier,
        });
        ReviewedEdit { content, evidence, findings, note: text.note }
    };
    tokio::task::spawn_blocking(work).await.map_err(|_| RequestError::Stopping)
}

/// Returns what a project published on a platform within the last thirty days.
pub(crate) async fn published_lately(
    shared: &Shared,
    project: ProjectId,
    platform: Platform,
) -> Result<Vec<Earlier>, StoreError> {
    let filter = DraftFilter {
        project: Some(project),
        platform: Some(platform),
        status: Some(DraftStatus::Published),
        ..DraftFilter::default()
    };
    let page = PageRequest { limit: EARLIER_MAX, after: None };
    let since = shared.now() - chrono::Duration::days(LATELY_DAYS);
    let drafts = shared.parts.store.drafts(filter, page).await?.items;
    let recent = drafts.into_iter().filter(|draft| draft.updated_at >= since);
    Ok(recent
        .map(|draft| Earlier { hash: content_hash(&draft.content), title: draft.content.title })
        .collect())
}

/// Names a brief by its content.
pub(crate) fn digest(brief: &Brief) -> BriefDigest {
    // A brief holds only what JSON can say; should that ever fail, equal briefs still get equal names.
    let bytes = serde_json::to_vec(brief).unwrap_or_else(|_| format!("{brief:?}").into_bytes());
    BriefDigest(blake3::hash(&bytes).to_hex().to_string())
}
