//! A finished text for one platform, with its evidence and what the lint says of it.

use serde::{Deserialize, Serialize};

use crate::brief::SourceId;

/// A text as it would be published.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Content {
    /// The title or mail subject; `None` where the platform has none.
    pub title: Option<String>,
    /// The text in the platform's own markup, escaped for it.
    pub body: String,
    /// One plain sentence for feeds and previews.
    pub summary: String,
    /// Tags in the platform's spelling.
    pub tags: Vec<String>,
    /// Its size by the platform's own counter, and the most it may be.
    pub length: Length,
}

/// A size and its bound, by a platform's own counter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Length {
    /// What was counted.
    pub used: usize,
    /// The most the platform takes; `None` when it sets no bound.
    pub max: Option<usize>,
    /// What is counted.
    pub unit: LengthUnit,
}

/// What a platform counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum LengthUnit {
    /// Unicode scalar values.
    Characters,
    /// User-perceived characters.
    Graphemes,
    /// UTF-8 bytes.
    Bytes,
}

/// The link from one statement in a text to what it rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Evidence {
    /// Which part of the text it stands in.
    pub part: ContentPart,
    /// Byte offset in that part where the statement begins.
    pub start: usize,
    /// Byte offset just after it.
    pub end: usize,
    /// The statement as it stands there.
    pub statement: String,
    /// The items it rests on; empty when it rests on the brief's own counts.
    pub sources: Vec<SourceId>,
}

/// A part of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ContentPart {
    /// The title.
    Title,
    /// The body.
    Body,
}

/// Something the lint has to say of a text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Finding {
    /// The rule's number: `L3`.
    pub rule: Rule,
    /// Whether it blocks.
    pub severity: Severity,
    /// What is wrong, with the value and what would be right.
    pub message: String,
    /// The words concerned, at most 200 characters, controls escaped.
    pub excerpt: Option<String>,
}

/// A rule of the lint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Rule {
    /// Every statement rests on something that exists.
    L1,
    /// Every reference and link is one the renderer made from a cited item.
    L2,
    /// Every number, version, code span and identifier occurs in the cited sources.
    L3,
    /// Breaking and security items are told.
    L4,
    /// Every kept item is told once.
    L5,
    /// Lengths, tags and payload fit the platform.
    L6,
    /// No secret, e-mail address, private address, control or bidi character.
    L7,
    /// Escapes round-trip: what is read back is what was meant.
    L8,
    /// Nobody is mentioned, no issue is closed by the text.
    L9,
    /// A statement overlaps its source.
    L10,
    /// No hype, no filler, no repetition.
    L11,
    /// Front matter parses and says the same as the text.
    L12,
    /// Nothing with the same content went out in the last thirty days.
    L13,
}

/// How much a finding weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Severity {
    /// Blocks approval and publication.
    Error,
    /// Shown at review.
    Warning,
}

/// A text with its proof: what rendering a composition gives.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Rendered {
    /// The text.
    pub content: Content,
    /// Its statements and what they rest on, in reading order.
    pub evidence: Vec<Evidence>,
    /// Items that were cut so that the text fits, lowest weight first.
    pub cut: Vec<SourceId>,
}
