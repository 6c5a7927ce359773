//! The writer that needs no network and no key: extracts, weighs and arranges, and never invents a word.
//!
//! Same brief, same statements. Every sentence is either an author's own, cut to what a reader needs, or one of the
//! few fixed ones around the brief's counts, days and names.

mod article;
mod email;
mod groups;
mod items;
mod phrases;
mod post;
mod release_notes;
mod short_post;
mod title;

use async_trait::async_trait;
use dateline_core::brief::Brief;
use dateline_core::composition::Composition;
use dateline_core::platform::Platform;
use dateline_core::writer::{WriteError, Writer};

/// Composes texts from the brief alone.
#[derive(Debug, Clone, Copy, Default)]
pub struct TemplateWriter;

#[async_trait]
impl Writer for TemplateWriter {
    fn id(&self) -> &str {
        "template/1"
    }

    async fn compose(&self, brief: &Brief, platform: Platform) -> Result<Composition, WriteError> {
        compose(brief, platform)
    }
}

/// Returns the statements for `platform`.
///
/// # Errors
/// [`WriteError::NothingToTell`] when the brief has no items.
pub fn compose(brief: &Brief, platform: Platform) -> Result<Composition, WriteError> {
    let Some(top) = brief.items.first() else { return Err(WriteError::NothingToTell) };
    Ok(match platform {
        Platform::Devto | Platform::Hashnode | Platform::Markdown => article::compose(brief, top),
        Platform::Linkedin => post::compose(brief, top),
        Platform::Mastodon | Platform::Bluesky => short_post::compose(brief, top, platform),
        Platform::ReleaseNotes => release_notes::compose(brief),
        Platform::Email => email::compose(brief, top),
    })
}
