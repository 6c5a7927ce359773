//! Our figures and rules against the contracts beside the repository.
//!
//! Skipped, visibly, where the contracts are absent; a failure there under `CI`.

use std::path::Path;

use dateline_core::content::LengthUnit;
use dateline_core::platform::Platform;
use dateline_core::platform_spec::PlatformSpec;
use dateline_core::project::PlatformSettings;
use dateline_core::rich_text::{FacetKind, escape_little_text, facets, unescape_little_text};
use serde_json::Value;

/// Returns a contract as JSON, or `None` where contracts are absent.
fn contract(name: &str) -> Option<Value> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/contracts").join(name);
    match std::fs::read_to_string(&path) {
        Ok(text) => Some(serde_json::from_str(&text).expect("a contract is JSON")),
        Err(error) if std::env::var_os("CI").is_some() => panic!("{}: {error}", path.display()),
        Err(_) => {
            println!("SKIPPED 1 contract test: {} is absent", path.display());
            None
        }
    }
}

fn spec(platform: Platform) -> PlatformSpec {
    PlatformSpec::of(platform, &PlatformSettings::default())
}

#[test]
fn contract_limits_are_the_written_ones() {
    let Some(limits) = contract("limits.written-here.json") else { return };
    let at = |pointer: &str| limits.pointer(&format!("/platforms/{pointer}")).and_then(Value::as_u64);
    let at = |pointer: &str| Some(usize::try_from(at(pointer).expect(pointer)).expect("a small number"));

    let devto = spec(Platform::Devto);
    assert_eq!(devto.title_chars_max, at("devto/title/max"));
    assert_eq!(Some(devto.tags.max), at("devto/tags/max"));
    assert_eq!(Some(devto.tags.chars_max), at("devto/tags/max_len"));
    assert_eq!(devto.tags.joined_chars_max, at("devto/tags/joined_max"));
    let hashnode = spec(Platform::Hashnode);
    assert_eq!(hashnode.payload_bytes_max, at("hashnode/body/max"));
    assert_eq!(Some(hashnode.tags.max), at("hashnode/tags/max"));
    assert!(hashnode.body.max < hashnode.payload_bytes_max);
    assert_eq!(spec(Platform::Linkedin).body.max, at("linkedin/body/max"));
    assert!(Some(spec(Platform::Linkedin).tags.max) <= at("linkedin/hashtags/recommended_max"));
    assert_eq!(spec(Platform::Mastodon).body.max, at("mastodon/body/max"));
    let bluesky = spec(Platform::Bluesky);
    assert_eq!((bluesky.body.unit, bluesky.body.max), (LengthUnit::Graphemes, at("bluesky/body/max")));
    assert_eq!(bluesky.body.bytes_max, at("bluesky/body/and_max_bytes"));
    assert!(Some(bluesky.tags.max) <= at("bluesky/tags/max"));
    assert_eq!(Some(bluesky.tags.chars_max), at("bluesky/tags/max_graphemes"));
    assert_eq!(spec(Platform::ReleaseNotes).body.max, at("github_release/body/max"));
}

#[test]
fn contract_little_text_escapes_as_written() {
    let Some(cases) = contract("linkedin/little-text-cases.written-here.json") else { return };
    for case in cases["cases"].as_array().expect("cases") {
        let (given, expected) = (case["in"].as_str().expect("in"), case["out"].as_str().expect("out"));
        assert_eq!(escape_little_text(given), expected);
        assert_eq!(unescape_little_text(expected), given);
    }
}

#[test]
fn contract_tags_are_found_where_bluesky_finds_them() {
    let Some(vectors) = contract("bluesky/richtext-vectors.json") else { return };
    for case in vectors["detect_tags"].as_array().expect("detect_tags") {
        let text = case["text"].as_str().expect("text");
        let found: Vec<Value> = facets(text)
            .into_iter()
            .filter_map(|facet| match facet.kind {
                FacetKind::Tag(tag) => Some(serde_json::json!([tag, facet.range.start, facet.range.end])),
                FacetKind::Link(_) => None,
            })
            .collect();
        let tags = case["tags"].as_array().expect("tags").iter();
        let ranges = case["ranges"].as_array().expect("ranges").iter();
        let expected: Vec<Value> = tags
            .zip(ranges)
            .map(|(tag, range)| serde_json::json!([tag, range["byteStart"], range["byteEnd"]]))
            .collect();
        assert_eq!(found, expected, "{text:?}");
    }
}

#[test]
fn contract_links_are_found_where_bluesky_finds_them() {
    let Some(vectors) = contract("bluesky/richtext-vectors.json") else { return };
    for case in vectors["detect_links_and_mentions"].as_array().expect("detect_links_and_mentions") {
        let text = case["text"].as_str().expect("text");
        let found: Vec<(String, String)> = facets(text)
            .into_iter()
            .filter_map(|facet| match facet.kind {
                FacetKind::Link(uri) => Some((text[facet.range].to_owned(), uri)),
                FacetKind::Tag(_) => None,
            })
            .collect();
        // Mentions and addresses without a scheme are Bluesky's to find and ours to leave alone.
        let expected: Vec<(String, String)> = case["segments"]
            .as_array()
            .expect("segments")
            .iter()
            .filter_map(|segment| {
                Some((segment[0].as_str()?.to_owned(), segment.get(1)?.as_str()?.to_owned()))
            })
            .filter(|(shown, _)| shown.starts_with("http"))
            .collect();
        assert_eq!(found, expected, "{text:?}");
    }
}
