//! A writer that says each item's headline.

use async_trait::async_trait;
use dateline_core::brief::{Brief, SourceItem};
use dateline_core::composition::{Basis, Claim, Composition, Form, Section, Span};
use dateline_core::platform::Platform;
use dateline_core::writer::{WriteError, Writer};

use super::mood::{Mood, Moods};

/// Says each item's headline. Calls are named by platform.
#[derive(Default)]
pub(crate) struct FakeWriter {
    pub(crate) moods: Moods,
}

impl FakeWriter {
    /// Returns how often a text for `platform` was composed.
    pub(crate) fn calls(&self, platform: Platform) -> usize {
        self.moods.calls(platform.name())
    }

    /// The next texts for `platform` come to this.
    pub(crate) fn next(&self, platform: Platform, moods: impl IntoIterator<Item = Mood>) {
        self.moods.next(platform.name(), moods);
    }
}

#[async_trait]
impl Writer for FakeWriter {
    fn id(&self) -> &str {
        "fake/1"
    }

    async fn compose(&self, brief: &Brief, platform: Platform) -> Result<Composition, WriteError> {
        match self.moods.take(platform.name()) {
            Mood::Well => {}
            Mood::Slow(time) => tokio::time::sleep(time).await,
            Mood::Fail | Mood::Limited(_) | Mood::Away(_) | Mood::Refuse => {
                return Err(WriteError::Failed { reason: format!("no words for {platform}") });
            }
            Mood::Panic => panic!("the writer is wrong"),
            Mood::Long | Mood::Deaf => std::future::pending().await,
        }
        let top = brief.items.first().ok_or(WriteError::NothingToTell)?;
        let section =
            Section { heading: None, form: Form::List, claims: brief.items.iter().map(claim).collect() };
        Ok(Composition {
            title: Claim { text: vec![Span::Plain(top.headline.clone())], ..claim(top) },
            lead: Vec::new(),
            sections: vec![section],
            outro: Vec::new(),
            tags: brief.style.tags.clone(),
            summary: top.headline.clone(),
        })
    }
}

fn claim(item: &SourceItem) -> Claim {
    Claim {
        text: vec![Span::Plain(format!("{} ", item.headline)), Span::Item(item.id)],
        basis: Basis::Items(vec![item.id]),
        score: item.score,
    }
}
