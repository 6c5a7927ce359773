//! From statements to a text: the only code that writes links, numbers with `#`, escapes and cuts.
//!
//! Whoever composed the statements, what comes out says who wrote what, links only to pages of the items it cites,
//! keeps within the platform's bounds by the platform's own counter, and knows the place of every statement.

mod claim;
mod fit;
mod inline;
mod links;
mod page;

use std::collections::BTreeSet;

use crate::brief::{Brief, cut_at_word};
use crate::composition::Composition;
use crate::content::{Content, ContentPart, Evidence, Rendered};
use crate::hygiene::clean_line;
use crate::platform_spec::{Family, PlatformSpec};
use claim::Pen;
use fit::{Fitted, fit, sources};
use inline::Ink;

/// Longest summary, in characters.
const SUMMARY_CHARS_MAX: usize = 240;

/// Returns `composition` as a text for the platform of `spec`, with its evidence and what had to be cut.
///
/// Pure: the same arguments give the same bytes.
pub fn render(composition: &Composition, brief: &Brief, spec: &PlatformSpec) -> Rendered {
    let Fitted { page, cut } = fit(composition, brief, spec);
    let tags = spec.tags(&composition.tags);
    let (title, title_evidence) = title(composition, brief, spec).unzip();
    let body = with_hashtags(page.body, &tags, spec);
    Rendered {
        content: Content {
            title,
            summary: cut_at_word(&clean_line(&Ink::Title.write(&composition.summary)), SUMMARY_CHARS_MAX),
            length: spec.measure(&body),
            body,
            tags,
        },
        evidence: title_evidence.into_iter().chain(page.evidence).collect(),
        cut,
    }
}

/// Returns the title and its evidence; `None` where the platform has none.
fn title(composition: &Composition, brief: &Brief, spec: &PlatformSpec) -> Option<(String, Evidence)> {
    if matches!(spec.family, Family::Post | Family::ShortPost) {
        return None;
    }
    let told: BTreeSet<_> = sources(&composition.title).collect();
    let pen = Pen { brief, spec, told };
    let title = pen.title(&composition.title);
    let title = spec.title_chars_max.map_or_else(|| title.clone(), |max| cut_at_word(&title, max));
    let evidence = Evidence {
        part: ContentPart::Title,
        start: 0,
        end: title.len(),
        statement: title.clone(),
        sources: sources(&composition.title).collect(),
    };
    Some((title, evidence))
}

/// Adds the tags as hashtags where that is what tags are, as many as fit.
fn with_hashtags(body: String, tags: &[String], spec: &PlatformSpec) -> String {
    if !matches!(spec.family, Family::Post | Family::ShortPost) {
        return body;
    }
    let mut tagged = body;
    let untagged = tagged.len();
    for tag in tags {
        let gap = if tagged.len() == untagged { "\n\n" } else { " " };
        let more = format!("{tagged}{gap}#{tag}");
        if spec.fits(&more) {
            tagged = more;
        }
    }
    tagged
}
