//! One fact, one count, one link.

use dateline_core::brief::{Brief, SourceItem, cut_at_word};
use dateline_core::composition::{Claim, Composition, Span};
use dateline_core::platform::Platform;

use super::items::{TOP_SCORE, about_brief, claim, plain};
use super::phrases::{by_people, since};
use super::post::start;
use super::title::{summary, title};

/// Length at which such a post reads best, in characters.
const POST_CHARS: usize = 280;
/// What Mastodon counts for any address.
const MASTODON_URL_CHARS: usize = 23;
/// Shortest headline worth printing.
const HEADLINE_CHARS_MIN: usize = 60;

/// Returns the statements of a short post.
pub(super) fn compose(brief: &Brief, top: &SourceItem, platform: Platform) -> Composition {
    Composition {
        title: title(brief, top),
        lead: vec![fact(brief, top, platform)],
        sections: Vec::new(),
        outro: vec![link(brief, top)],
        tags: brief.style.tags.clone(),
        summary: summary(brief, top),
    }
}

fn fact(brief: &Brief, top: &SourceItem, platform: Platform) -> Claim {
    let start = start(&cut_at_word(&brief.project, 60), top);
    let end = format!("{} {}.", by_people(brief), since(brief.period));
    let address = match platform {
        Platform::Mastodon => MASTODON_URL_CHARS,
        _ => brief.window_url().or_else(|| top.url.clone()).map_or(0, |url| url.chars().count()),
    };
    let others = brief.items.len() - 1;
    let count = if others == 0 { 0 } else { format!(", and {others} more changes").chars().count() };
    let taken = start.chars().count() + end.chars().count() + count + address + 1;
    let headline = cut_at_word(&top.headline, POST_CHARS.saturating_sub(taken).max(HEADLINE_CHARS_MIN));
    let mut text = vec![plain(start), Span::Strong(headline)];
    if others > 0 {
        text.push(plain(", and "));
        text.push(Span::Rest { one: "more change".to_owned(), many: "more changes".to_owned() });
        text.push(plain(end));
    } else if !top.headline.ends_with(['.', '!', '?']) {
        text.push(plain("."));
    }
    Claim { score: TOP_SCORE, ..claim(top, text) }
}

/// Returns the one link: to everything, or to the one thing there is.
fn link(brief: &Brief, top: &SourceItem) -> Claim {
    if brief.items.len() > 1 && brief.window_url().is_some() {
        return about_brief(vec![Span::Compare("All changes".to_owned())], 1);
    }
    match top.url {
        Some(_) => claim(top, vec![Span::Item(top.id)]),
        None => claim(top, vec![plain("("), Span::Item(top.id), plain(")")]),
    }
}
