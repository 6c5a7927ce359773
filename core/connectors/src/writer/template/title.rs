//! Titles: the most important change, the number of the others, the project; under 80 characters.

use dateline_core::brief::{Brief, SourceItem, cut_at_word};
use dateline_core::composition::{Basis, Claim, Span};

use super::items::TOP_SCORE;

/// Longest title, in characters.
const TITLE_CHARS_MAX: usize = 79;

/// Returns the title of a text about everything in `brief`.
pub(super) fn title(brief: &Brief, top: &SourceItem) -> Claim {
    let headline = Span::Plain(top.headline.clone());
    let place = format!(" in {}", brief.project);
    let others = brief.items.len() - 1;
    let rest = Span::Rest { one: "more change".to_owned(), many: "more changes".to_owned() };
    let counted = format!(", and {others} more changes").chars().count();
    let room = TITLE_CHARS_MAX.saturating_sub(top.headline.chars().count());
    let text = if others == 0 && room >= place.chars().count() {
        vec![headline, Span::Plain(place)]
    } else if others > 0 && room >= counted + place.chars().count() {
        vec![headline, Span::Plain(", and ".to_owned()), rest, Span::Plain(place)]
    } else if others > 0 && room >= counted {
        vec![headline, Span::Plain(", and ".to_owned()), rest]
    } else {
        vec![Span::Plain(cut_at_word(&top.headline, TITLE_CHARS_MAX))]
    };
    Claim { text, basis: Basis::Items(vec![top.id]), score: TOP_SCORE }
}

/// Returns one plain sentence that says what the text is about.
pub(super) fn summary(brief: &Brief, top: &SourceItem) -> String {
    use super::phrases::{by_people, counted, during};

    let headline = cut_at_word(&top.headline, 120);
    let others = match brief.items.len() - 1 {
        0 => String::new(),
        others => format!(", and {}{}", counted(others, "more change", "more changes"), by_people(brief)),
    };
    format!("{headline}{others} in {} {}.", brief.project, during(brief.period))
}
