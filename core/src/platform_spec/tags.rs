//! How platforms spell tags, and how many they take.

use crate::platform::Platform;
use crate::slug::ascii_words;

/// How many tags a platform takes, and how they are spelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TagRules {
    /// The most tags.
    pub max: usize,
    /// The most characters of one.
    pub chars_max: usize,
    /// The most characters of all, joined by `, `.
    pub joined_chars_max: Option<usize>,
    /// Which characters one is made of.
    pub charset: TagCharset,
}

/// Which characters a tag is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TagCharset {
    /// ASCII small letters and digits: `machinelearning`.
    Alphanumeric,
    /// ASCII small letters, digits and single hyphens between: `machine-learning`.
    Slug,
    /// Letters and digits of any script, not digits alone: what follows `#`.
    Hashtag,
}

/// Names whose punctuation carries the meaning.
const SPELLED_OUT: [(&str, &str); 7] = [
    ("c++", "cpp"),
    ("c#", "csharp"),
    ("f#", "fsharp"),
    (".net", "dotnet"),
    ("asp.net", "aspnet"),
    ("objective-c++", "objectivecpp"),
    ("g++", "gpp"),
];

impl TagRules {
    /// Returns the rules of `platform`.
    pub const fn of(platform: Platform) -> Self {
        let (max, chars_max, joined_chars_max, charset) = match platform {
            Platform::Devto => (4, 30, Some(126), TagCharset::Alphanumeric),
            Platform::Hashnode => (15, 50, None, TagCharset::Slug),
            Platform::Markdown => (10, 50, None, TagCharset::Slug),
            Platform::Linkedin => (3, 50, None, TagCharset::Hashtag),
            Platform::Mastodon | Platform::Bluesky => (2, 64, None, TagCharset::Hashtag),
            Platform::ReleaseNotes | Platform::Email => (0, 0, None, TagCharset::Slug),
        };
        Self { max, chars_max, joined_chars_max, charset }
    }

    /// Returns `tag` as the platform spells it; `None` when nothing of it is left, or too much.
    pub fn spelled(&self, tag: &str) -> Option<String> {
        let lower = tag.trim().trim_start_matches('#').to_lowercase();
        let known = SPELLED_OUT.iter().find(|(name, _)| *name == lower).map(|(_, spelled)| *spelled);
        let spelled = match self.charset {
            TagCharset::Alphanumeric => ascii_words(known.unwrap_or(&lower)).concat(),
            TagCharset::Slug => ascii_words(known.unwrap_or(&lower)).join("-"),
            TagCharset::Hashtag => {
                known.unwrap_or(&lower).chars().filter(|char| char.is_alphanumeric()).collect()
            }
        };
        self.allows(&spelled).then_some(spelled)
    }

    /// Whether `tag` is one the platform takes as it stands.
    pub fn allows(&self, tag: &str) -> bool {
        let is_spelled = match self.charset {
            TagCharset::Alphanumeric => tag.bytes().all(|byte| byte.is_ascii_alphanumeric()),
            TagCharset::Slug => {
                let is_slug = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
                tag.bytes().all(is_slug) && !tag.starts_with('-') && !tag.ends_with('-')
            }
            TagCharset::Hashtag => {
                tag.chars().all(char::is_alphanumeric) && tag.chars().any(char::is_alphabetic)
            }
        };
        is_spelled && !tag.is_empty() && tag.chars().count() <= self.chars_max
    }

    /// Returns how many characters `tags` take joined by `, `.
    pub fn joined_chars(tags: &[String]) -> usize {
        tags.iter().map(|tag| tag.chars().count()).sum::<usize>() + 2 * tags.len().saturating_sub(1)
    }

    pub(super) fn fitting(&self, tags: &[String]) -> Vec<String> {
        let mut fitting: Vec<String> = Vec::new();
        for spelled in tags.iter().filter_map(|tag| self.spelled(tag)) {
            if fitting.len() == self.max {
                break;
            }
            if fitting.contains(&spelled) {
                continue;
            }
            fitting.push(spelled);
            if self.joined_chars_max.is_some_and(|max| Self::joined_chars(&fitting) > max) {
                fitting.pop();
            }
        }
        fitting
    }
}
