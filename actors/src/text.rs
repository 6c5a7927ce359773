//! From a brief to a text: composed, rendered, linted. The same for a recorded step and for the command line.

use std::sync::Arc;

use dateline_core::activity::Activity;
use dateline_core::brief::{Brief, BriefSetting, Style, build};
use dateline_core::composition::Composition;
use dateline_core::content::{Finding, Rendered};
use dateline_core::lint::{Earlier, LintInput, Origin, lint};
use dateline_core::platform::Platform;
use dateline_core::platform_spec::PlatformSpec;
use dateline_core::project::PlatformSettings;
use dateline_core::render::render;
use dateline_core::schedule::Zone;
use dateline_core::writer::{WriteError, Writer};
use tokio::task::JoinError;

use crate::aside::aside;

/// A text with what it was made from and what is to say of it.
pub(crate) struct Text {
    pub(crate) composition: Composition,
    pub(crate) rendered: Rendered,
    pub(crate) findings: Vec<Finding>,
}

/// Decides what may be said of an activity, off the async threads: thousands of commits take a while.
pub(crate) async fn brief(
    activity: Activity,
    project: String,
    zone: Zone,
    style: Style,
) -> Result<Brief, JoinError> {
    aside(move || {
        let offset_at = |at| zone.offset_at(at);
        build(&activity, &BriefSetting { project: &project, offset_at: &offset_at, style: &style })
    })
    .await
}

/// Composes, renders and lints a text for one platform.
///
/// # Errors
/// What the writer says; rendering and linting cannot fail.
pub(crate) async fn write(
    writer: &dyn Writer,
    brief: &Arc<Brief>,
    platform: Platform,
    settings: &PlatformSettings,
    earlier: Vec<Earlier>,
) -> Result<Text, WriteError> {
    let composition = writer.compose(brief, platform).await?;
    let (brief, spec) = (brief.clone(), PlatformSpec::of(platform, settings));
    let finish = move || {
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
        Text { composition, rendered, findings }
    };
    aside(finish)
        .await
        .map_err(|error| WriteError::Failed { reason: format!("rendering was cut short: {error}") })
}
