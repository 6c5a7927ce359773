//! One statement written for a platform.

use std::collections::BTreeSet;

use crate::brief::{Brief, SourceId};
use crate::composition::{Basis, Claim, Span};
use crate::platform_spec::{Family, Markup, PlatformSpec};
use crate::render::inline::{Ink, as_paragraph};

/// Writes statements for one platform.
pub(super) struct Pen<'a> {
    pub(super) brief: &'a Brief,
    pub(super) spec: &'a PlatformSpec,
    /// Items the text tells; the others are what [`Span::Rest`] counts.
    pub(super) told: BTreeSet<SourceId>,
}

impl Pen<'_> {
    /// Returns how this platform's words are written.
    pub(super) fn ink(&self) -> Ink {
        match (self.spec.markup, self.spec.family) {
            (Markup::Markdown, _) => Ink::Markdown,
            (Markup::LittleText, _) => Ink::LittleText,
            (Markup::Plain, Family::ShortPost) => Ink::Short,
            (Markup::Plain, _) => Ink::Plain,
        }
    }

    /// Returns the statement as it stands in the body; `None` when it has nothing to say here: a link without a
    /// page, a count of nothing.
    pub(super) fn body(&self, claim: &Claim) -> Option<String> {
        let ink = self.ink();
        let written = self.spans(claim, ink)?;
        let written = written.trim().to_owned();
        let written = if ink == Ink::Markdown { as_paragraph(written) } else { written };
        (!written.is_empty()).then_some(written)
    }

    /// Returns the statement as a title: plain, on one line.
    pub(super) fn title(&self, claim: &Claim) -> String {
        self.spans(claim, Ink::Title).unwrap_or_default().trim().to_owned()
    }

    /// Returns the items a statement rests on; those it counts when it counts what is left.
    pub(super) fn sources(&self, claim: &Claim) -> Vec<SourceId> {
        if claim.text.iter().any(|span| matches!(span, Span::Rest { .. })) && claim.basis == Basis::Brief {
            return self.untold().collect();
        }
        match &claim.basis {
            Basis::Items(sources) => sources.clone(),
            Basis::Brief => Vec::new(),
        }
    }

    fn untold(&self) -> impl Iterator<Item = SourceId> {
        self.brief.items.iter().map(|item| item.id).filter(|id| !self.told.contains(id))
    }

    fn spans(&self, claim: &Claim, ink: Ink) -> Option<String> {
        let mut written = String::new();
        for span in &claim.text {
            written.push_str(&self.span(span, ink)?);
        }
        Some(written)
    }

    fn span(&self, span: &Span, ink: Ink) -> Option<String> {
        Some(match span {
            Span::Plain(words) => ink.write(words),
            Span::Strong(words) => wrapped(&ink.write(words), "**", ink),
            Span::Name(words) => wrapped(&ink.write(words), "*", ink),
            Span::Quote(words) => format!("“{}”", ink.write(words)),
            Span::Item(id) => self.item(*id, ink)?,
            Span::Issue(number) => {
                let url = self.brief.repository.links.as_ref().map(|links| links.issue_url(*number));
                reference(&format!("#{number}"), url, ink)
            }
            Span::Release(tag) => {
                let release = self.brief.releases.iter().find(|release| release.tag == *tag);
                match release.and_then(|release| release.url.as_ref()) {
                    Some(url) if ink == Ink::Markdown => format!("[{}]({url})", ink.write(tag)),
                    _ => ink.write(tag),
                }
            }
            Span::Compare(words) => self.compare(words, ink)?,
            Span::Rest { one, many } => match self.untold().count() {
                0 => return None,
                1 => format!("1 {}", ink.write(one)),
                rest => format!("{rest} {}", ink.write(many)),
            },
        })
    }

    fn item(&self, id: SourceId, ink: Ink) -> Option<String> {
        let item = self.brief.item(id)?;
        match (&item.url, ink, self.spec.family) {
            // A post shows one link, and an address is the only link it knows.
            (Some(url), Ink::Short, Family::ShortPost) => Some(url.clone()),
            (Some(url), Ink::LittleText, _) => Some(crate::rich_text::escape_little_text(url)),
            (url, _, _) => Some(reference(&item.label(), url.clone(), ink)),
        }
    }

    fn compare(&self, words: &str, ink: Ink) -> Option<String> {
        let url = self.brief.window_url()?;
        Some(match ink {
            Ink::Markdown => format!("[{}]({url})", ink.write(words)),
            Ink::Short | Ink::Title => url,
            Ink::Plain => format!("{words}: {url}"),
            Ink::LittleText => crate::rich_text::escape_little_text(&format!("{words}: {url}")),
        })
    }
}

fn reference(label: &str, url: Option<String>, ink: Ink) -> String {
    match (ink, url) {
        (Ink::Markdown, Some(url)) => format!("[{label}]({url})"),
        (Ink::LittleText, _) => crate::rich_text::escape_little_text(label),
        (Ink::Markdown | Ink::Plain | Ink::Short | Ink::Title, _) => label.to_owned(),
    }
}

fn wrapped(words: &str, mark: &str, ink: Ink) -> String {
    let trimmed = words.trim();
    if ink == Ink::Markdown && !trimmed.is_empty() {
        format!("{mark}{trimmed}{mark}")
    } else {
        words.to_owned()
    }
}
