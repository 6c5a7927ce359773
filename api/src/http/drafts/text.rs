//! A draft's text as JSON spells it.

use dateline_core::content::{Content, ContentPart, Evidence, Finding, Length, LengthUnit, Rule, Severity};
use poem_openapi::Object;

use crate::http::fields::{Word, words};

words!(LengthUnit as LengthUnit ("What a platform counts."): Characters, Graphemes, Bytes);
words!(ContentPart as ContentPart ("A part of a text."): Title, Body);
words!(Severity as Severity ("How much a finding weighs: an ERROR blocks."): Error, Warning);
words!(Rule as Rule ("A rule of the lint."): L1, L2, L3, L4, L5, L6, L7, L8, L9, L10, L11, L12, L13);

/// A text as it would be published.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct ContentBody {
    /// The title or mail subject; null where the platform has none.
    pub title: Option<String>,
    /// The text in the platform's own markup.
    pub body: String,
    /// One plain sentence for feeds and previews.
    pub summary: String,
    /// Tags in the platform's spelling.
    pub tags: Vec<String>,
    /// Its size by the platform's own counter.
    pub length: LengthBody,
}

/// A size and its bound, by a platform's own counter.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct LengthBody {
    /// What was counted.
    pub used: u64,
    /// The most the platform takes; null when it sets no bound.
    pub max: Option<u64>,
    /// What is counted.
    pub unit: Word<LengthUnit>,
}

/// Something the lint has to say of a text.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct FindingBody {
    /// The rule.
    pub rule: Word<Rule>,
    /// Whether it blocks.
    pub severity: Word<Severity>,
    /// What is wrong, and what would be right.
    pub message: String,
    /// The words concerned.
    pub excerpt: Option<String>,
}

/// The link from one statement in a text to what it rests on.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct EvidenceBody {
    /// Which part of the text it stands in.
    pub part: Word<ContentPart>,
    /// Byte offset in that part where the statement begins.
    pub start: u64,
    /// Byte offset just after it.
    pub end: u64,
    /// The statement as it stands there.
    pub statement: String,
    /// The `id`s of the sources it rests on; empty when it rests on the counts of the whole.
    pub sources: Vec<u32>,
}

impl From<Content> for ContentBody {
    fn from(content: Content) -> Self {
        let Content { title, body, summary, tags, length } = content;
        let Length { used, max, unit } = length;
        let length = LengthBody { used: used as u64, max: max.map(|max| max as u64), unit: Word(unit) };
        Self { title, body, summary, tags, length }
    }
}

impl From<Finding> for FindingBody {
    fn from(finding: Finding) -> Self {
        let Finding { rule, severity, message, excerpt } = finding;
        Self { rule: Word(rule), severity: Word(severity), message, excerpt }
    }
}

impl From<Evidence> for EvidenceBody {
    fn from(evidence: Evidence) -> Self {
        Self {
            part: Word(evidence.part),
            start: evidence.start as u64,
            end: evidence.end as u64,
            statement: evidence.statement,
            sources: evidence.sources.into_iter().map(|source| source.0).collect(),
        }
    }
}
