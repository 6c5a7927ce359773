//! Bluesky's facets: which bytes of a post are a link or a tag. Its servers detect nothing by themselves.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

/// A part of a post that does something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facet {
    /// Where it stands: UTF-8 bytes, on character boundaries.
    pub range: Range<usize>,
    /// What it does.
    pub kind: FacetKind,
}

/// What a facet does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FacetKind {
    /// Leads to this address.
    Link(String),
    /// Finds posts with this tag, spelled without its `#`.
    Tag(String),
}

/// The most UTF-16 units of a tag.
const TAG_UNITS_MAX: usize = 64;

static LINK: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?i)(?:^|\s|\()(https?://\S+)").expect("a constant pattern"));

/// A number sign at the start of a word, and what follows up to white space and its invisible relatives.
static TAG: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?:^|\s)([#＃])([^\s\x{AD}\x{2060}\x{200A}-\x{200D}\x{20e2}]+)").expect("a constant pattern")
});

/// What makes a tag more than digits and punctuation.
static TAG_LETTER: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"[^0-9\s\p{P}]").expect("a constant pattern"));

static ENDING_PUNCTUATION: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\p{P}+$").expect("a constant pattern"));

/// Returns the links and tags of `post` as Bluesky's own client finds them, in reading order.
///
/// Mentions and addresses without `http://` or `https://` are left alone: Dateline writes neither.
pub fn facets(post: &str) -> Vec<Facet> {
    let mut facets: Vec<Facet> = links(post).chain(tags(post)).collect();
    facets.sort_by_key(|facet| (facet.range.start, facet.range.end));
    facets
}

fn links(post: &str) -> impl Iterator<Item = Facet> {
    LINK.captures_iter(post).filter_map(|found| {
        let found = found.get(1)?;
        let mut uri = found.as_str();
        uri = uri.strip_suffix(['.', ',', ';', ':', '!', '?']).unwrap_or(uri);
        if !uri.contains('(') {
            uri = uri.strip_suffix(')').unwrap_or(uri);
        }
        let range = found.start()..found.start() + uri.len();
        Some(Facet { range, kind: FacetKind::Link(uri.to_owned()) })
    })
}

fn tags(post: &str) -> impl Iterator<Item = Facet> {
    TAG.captures_iter(post).filter_map(|found| {
        let (sign, tag) = (found.get(1)?, found.get(2)?.as_str());
        // A number sign with this selector is a keycap emoji.
        if tag.starts_with('\u{fe0f}') || !TAG_LETTER.is_match(tag) {
            return None;
        }
        let tag = &tag[..ENDING_PUNCTUATION.find(tag).map_or(tag.len(), |found| found.start())];
        let is_allowed = !tag.is_empty() && tag.encode_utf16().count() <= TAG_UNITS_MAX;
        let range = sign.start()..sign.end() + tag.len();
        is_allowed.then(|| Facet { range, kind: FacetKind::Tag(tag.to_owned()) })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(post: &str, expected: &[&str]) {
        let found: Vec<&str> = facets(post).into_iter().map(|facet| &post[facet.range]).collect();
        assert_eq!(found, expected, "{post:?}");
    }

    #[test]
    fn links_and_tags_are_found_where_bluesky_finds_them() {
        check("see https://a.b/c, and (https://d.e) #rust.", &["https://a.b/c", "https://d.e", "#rust"]);
        check("#1 #a1 x#y ##z #️⃣k ＃w", &["#a1", "##z", "＃w"]);
        check("👨‍👩‍👧‍👧 #🦋 https://a.b/漢字", &["#🦋", "https://a.b/漢字"]);
    }

    proptest! {
        #[test]
        fn facets_slice_on_character_boundaries(post in "(?s).*|([#＃ a1é🦋️.]|https://a.b){0,40}") {
            for facet in facets(&post) {
                prop_assert!(post.get(facet.range).is_some());
            }
        }
    }
}
