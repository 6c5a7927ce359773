//! The platforms' own ways to count.

use unicode_segmentation::UnicodeSegmentation;

use super::{Markup, PlatformSpec};
use crate::content::LengthUnit;
use crate::platform::Platform;
use crate::rich_text;

/// What Mastodon counts for any web address.
const MASTODON_URL_CHARS: usize = 23;

/// Returns how much of the platform's unit `body` takes.
pub(super) fn count(spec: &PlatformSpec, body: &str) -> usize {
    match (spec.platform, spec.markup, spec.body.unit) {
        (Platform::Mastodon, ..) => mastodon_chars(body),
        (_, Markup::LittleText, _) => rich_text::unescape_little_text(body).chars().count(),
        (_, _, LengthUnit::Characters) => body.chars().count(),
        (_, _, LengthUnit::Graphemes) => body.graphemes(true).count(),
        (_, _, LengthUnit::Bytes) => json_bytes(body),
    }
}

/// Counts as Mastodon does: an address is 23 characters, of `@user@host` only `@user` counts.
fn mastodon_chars(body: &str) -> usize {
    let urls = rich_text::urls(body);
    let mut count = body.chars().count();
    for url in &urls {
        count = count - body[url.clone()].chars().count() + MASTODON_URL_CHARS;
    }
    let hosts = rich_text::mentions(body).into_iter().filter_map(|mention| mention.host);
    hosts
        .filter(|host| !urls.iter().any(|url| url.contains(&host.start)))
        .fold(count, |count, host| count - body[host].chars().count())
}

/// Returns the bytes `text` takes inside a JSON string.
fn json_bytes(text: &str) -> usize {
    let extra = |byte: u8| match byte {
        b'"' | b'\\' | b'\n' | b'\r' | b'\t' | 0x8 | 0xc => 1,
        0..=0x1f => 5,
        _ => 0,
    };
    text.bytes().map(|byte| 1 + extra(byte)).sum()
}
