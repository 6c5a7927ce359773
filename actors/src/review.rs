//! Reading a person's text over: what the lint says of it, and which of its statements still stand on their evidence.

use dateline_core::brief::Brief;
use dateline_core::content::{Content, Evidence, Finding};
use dateline_core::draft::Draft;
use dateline_core::lint::{LintInput, Origin, lint, retain_evidence};
use dateline_core::platform_spec::PlatformSpec;
use dateline_core::project::{PlatformSettings, Project};

use crate::aside::aside;
use crate::request::{DraftText, RequestError};

/// A person's text with all that is stored beside it.
pub(crate) struct Reviewed {
    pub(crate) content: Content,
    pub(crate) evidence: Vec<Evidence>,
    pub(crate) findings: Vec<Finding>,
    pub(crate) note: Option<String>,
}

/// Returns the edited text with its remaining evidence and what the lint says of it.
///
/// # Errors
/// [`RequestError::Stopping`] when the process ends meanwhile.
pub(crate) async fn of_edit(
    draft: Draft,
    brief: Brief,
    project: Option<Project>,
    text: DraftText,
) -> Result<Reviewed, RequestError> {
    let settings = settings(project.as_ref(), &draft);
    // Reading hundreds of kilobytes over takes a while.
    let task = aside(move || read_over(&draft, &brief, &settings, text));
    task.await.map_err(|_| RequestError::Stopping)
}

/// A project that was removed has no settings any more; the platform's own bounds then hold.
fn settings(project: Option<&Project>, draft: &Draft) -> PlatformSettings {
    let entries = project.map(|project| project.platforms.as_slice()).unwrap_or_default();
    let entry = entries.iter().find(|entry| entry.platform == draft.platform);
    entry.map(|entry| entry.settings.clone()).unwrap_or_default()
}

fn read_over(draft: &Draft, brief: &Brief, settings: &PlatformSettings, text: DraftText) -> Reviewed {
    let spec = PlatformSpec::of(draft.platform, settings);
    let content = Content {
        length: spec.measure(&text.body),
        title: text.title,
        body: text.body,
        tags: text.tags,
        summary: draft.content.summary.clone(),
    };
    let evidence = retain_evidence(&draft.evidence, &content);
    let findings = lint(&LintInput {
        content: &content,
        evidence: &evidence,
        composition: None,
        brief,
        spec: &spec,
        origin: Origin::Person { note: text.note.as_deref() },
        earlier: &[],
    });
    Reviewed { content, evidence, findings, note: text.note }
}
