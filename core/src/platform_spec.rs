//! What each platform takes: lengths by its own counter, tags in its own spelling, its markup.
//!
//! The figures are those of `contracts/limits.written-here.json`; a contract test holds the two together.

mod counter;
mod tags;

use std::ops::RangeInclusive;

use crate::content::{Length, LengthUnit};
use crate::platform::Platform;
use crate::project::PlatformSettings;

pub use tags::{TagCharset, TagRules};

/// The rules of one platform, with what a project set for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlatformSpec {
    /// The platform.
    pub platform: Platform,
    /// What kind of text it takes.
    pub family: Family,
    /// How its texts are marked up.
    pub markup: Markup,
    /// The most characters of a title; `None` where texts have no title.
    pub title_chars_max: Option<usize>,
    /// How long a body may be.
    pub body: BodyLimit,
    /// How many tags it takes, and how they are spelled.
    pub tags: TagRules,
    /// The most bytes of a whole request, title, body and tags as JSON; `None` without a known bound.
    pub payload_bytes_max: Option<usize>,
    /// The length at which such a text reads best.
    pub aim: Aim,
}

/// A kind of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Family {
    /// Title, lead, sections, thanks.
    Article,
    /// Terse groups in the manner of Keep a Changelog, complete.
    ReleaseNotes,
    /// A few short paragraphs without markup.
    Post,
    /// One fact, one count, one link.
    ShortPost,
    /// A subject and a handful of lines.
    Email,
}

impl Family {
    /// Whether a text of this kind tells every item; the others tell the weightiest.
    pub const fn is_detailed(self) -> bool {
        match self {
            Self::Article | Self::ReleaseNotes => true,
            Self::Post | Self::ShortPost | Self::Email => false,
        }
    }
}

/// How a text is marked up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Markup {
    /// CommonMark.
    Markdown,
    /// LinkedIn's little text: no markup, with reserved characters behind backslashes.
    LittleText,
    /// Words and addresses as they are.
    Plain,
}

/// How long a body may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BodyLimit {
    /// What is counted.
    pub unit: LengthUnit,
    /// The most of that unit; `None` without a bound.
    pub max: Option<usize>,
    /// A second bound, in UTF-8 bytes.
    pub bytes_max: Option<usize>,
}

/// The length at which a text reads best.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Aim {
    /// As long as it takes to name everything.
    Complete,
    /// So many words.
    Words(RangeInclusive<usize>),
    /// So many characters.
    Characters(RangeInclusive<usize>),
    /// At most so many lines.
    Lines(usize),
}

/// Bytes of a Hashnode request left for everything beside the body: the query, title, tags and addresses.
const HASHNODE_ENVELOPE_BYTES: usize = 4_000;

impl PlatformSpec {
    /// Returns the rules of `platform` as `settings` adjust them.
    pub fn of(platform: Platform, settings: &PlatformSettings) -> Self {
        let (family, markup) = shape(platform);
        let mut body = body_limit(platform);
        if let (Some(chars), Platform::Mastodon) = (settings.body_chars_max, platform) {
            body.max = Some(chars);
        }
        Self {
            platform,
            family,
            markup,
            title_chars_max: title_chars_max(platform),
            body,
            tags: TagRules::of(platform),
            payload_bytes_max: match platform {
                Platform::Hashnode => Some(100_000),
                _ => None,
            },
            aim: aim(family),
        }
    }

    /// Returns the size of `body`, which is marked up and escaped for the platform, by the platform's own counter.
    ///
    /// Where a second bound in bytes is the one that is broken, the answer is in bytes.
    pub fn measure(&self, body: &str) -> Length {
        let length = Length { used: counter::count(self, body), max: self.body.max, unit: self.body.unit };
        match self.body.bytes_max {
            Some(max) if body.len() > max && length.fits() => {
                Length { used: body.len(), max: Some(max), unit: LengthUnit::Bytes }
            }
            _ => length,
        }
    }

    /// Whether the platform takes a body of this size.
    pub fn fits(&self, body: &str) -> bool {
        self.measure(body).fits()
    }

    /// Returns `tags` as the platform spells them: first come first kept, none twice, none it would refuse.
    pub fn tags(&self, tags: &[String]) -> Vec<String> {
        self.tags.fitting(tags)
    }
}

impl Length {
    /// Whether it keeps within its bound.
    pub fn fits(&self) -> bool {
        self.max.is_none_or(|max| self.used <= max)
    }
}

const fn shape(platform: Platform) -> (Family, Markup) {
    match platform {
        Platform::Devto | Platform::Hashnode | Platform::Markdown => (Family::Article, Markup::Markdown),
        Platform::ReleaseNotes => (Family::ReleaseNotes, Markup::Markdown),
        Platform::Linkedin => (Family::Post, Markup::LittleText),
        Platform::Mastodon | Platform::Bluesky => (Family::ShortPost, Markup::Plain),
        Platform::Email => (Family::Email, Markup::Plain),
    }
}

const fn title_chars_max(platform: Platform) -> Option<usize> {
    match platform {
        Platform::Devto => Some(128),
        Platform::Hashnode | Platform::ReleaseNotes => Some(250),
        // A file takes any; a heading nobody reads to the end helps nobody.
        Platform::Markdown => Some(200),
        // A header line that survives every relay unfolded is below 998 bytes; mail programs show fewer than 150.
        Platform::Email => Some(150),
        Platform::Linkedin | Platform::Mastodon | Platform::Bluesky => None,
    }
}

const fn body_limit(platform: Platform) -> BodyLimit {
    match platform {
        // Forem's own validation; no answer of its interface names it.
        Platform::Devto => BodyLimit { unit: LengthUnit::Characters, max: None, bytes_max: Some(800 * 1024) },
        Platform::Hashnode => BodyLimit {
            unit: LengthUnit::Bytes,
            max: Some(100_000 - HASHNODE_ENVELOPE_BYTES),
            bytes_max: None,
        },
        Platform::Linkedin => characters(Some(3_000)),
        Platform::Mastodon => characters(Some(500)),
        Platform::Bluesky => {
            BodyLimit { unit: LengthUnit::Graphemes, max: Some(300), bytes_max: Some(3_000) }
        }
        Platform::ReleaseNotes => characters(Some(125_000)),
        Platform::Email | Platform::Markdown => characters(None),
    }
}

const fn characters(max: Option<usize>) -> BodyLimit {
    BodyLimit { unit: LengthUnit::Characters, max, bytes_max: None }
}

const fn aim(family: Family) -> Aim {
    match family {
        Family::Article => Aim::Words(RangeInclusive::new(300, 900)),
        Family::ReleaseNotes => Aim::Complete,
        Family::Post => Aim::Characters(RangeInclusive::new(600, 1_300)),
        Family::ShortPost => Aim::Characters(RangeInclusive::new(200, 280)),
        Family::Email => Aim::Lines(10),
    }
}

#[cfg(test)]
#[path = "platform_spec_tests.rs"]
mod tests;
