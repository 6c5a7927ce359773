//! An e-mail of a few lines to people who follow the project.

use dateline_core::brief::{Brief, SourceItem};
use dateline_core::composition::{Claim, Composition, Form, Section, Span};

use super::items::{TOP_SCORE, about_brief, claim, in_a_line, in_full, plain};
use super::phrases::{breaking, opening};
use super::title::{summary, title};

/// Most changes named.
const LINES_MAX: usize = 5;

/// Returns the statements of an e-mail.
pub(super) fn compose(brief: &Brief, top: &SourceItem) -> Composition {
    let (lead, section) = if brief.items.len() == 1 {
        let only = Section { heading: None, form: Form::Paragraphs, claims: vec![in_full(brief, top, None)] };
        (Vec::new(), only)
    } else {
        (lead(brief), several(brief))
    };
    Composition {
        title: title(brief, top),
        lead,
        sections: vec![section],
        outro: vec![about_brief(vec![Span::Compare("All changes".to_owned())], 6)],
        tags: Vec::new(),
        summary: summary(brief, top),
    }
}

fn lead(brief: &Brief) -> Vec<Claim> {
    let sentences = std::iter::once(opening(brief)).chain(breaking(brief));
    sentences.map(|sentence| about_brief(vec![plain(sentence)], TOP_SCORE)).collect()
}

fn several(brief: &Brief) -> Section {
    let mut claims: Vec<Claim> = brief.items.iter().take(LINES_MAX).map(line).collect();
    let rest = Span::Rest { one: "smaller change".to_owned(), many: "smaller changes".to_owned() };
    claims.push(about_brief(vec![plain("and "), rest], TOP_SCORE - 1));
    Section { heading: None, form: Form::List, claims }
}

fn line(item: &SourceItem) -> Claim {
    match &item.breaking {
        Some(text) if !text.is_empty() => {
            let mut text_spans = in_a_line(item, None).text;
            text_spans.push(plain(": "));
            text_spans.push(Span::Quote(text.clone()));
            claim(item, text_spans)
        }
        _ => in_a_line(item, None),
    }
}
