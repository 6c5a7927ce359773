//! What a writer hands over: statements and what each rests on. Links, numbers and escapes are the renderer's.

use serde::{Deserialize, Serialize};

use crate::brief::SourceId;

/// A text in parts, before it is fitted to a platform.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Composition {
    /// The headline, which is a statement too.
    pub title: Claim,
    /// What stands before the first section.
    pub lead: Vec<Claim>,
    /// Groups of statements, in reading order.
    pub sections: Vec<Section>,
    /// Thanks, counts of smaller changes, the link to everything.
    pub outro: Vec<Claim>,
    /// Tags, most fitting first; the renderer keeps as many as the platform takes.
    pub tags: Vec<String>,
    /// One sentence for feeds and previews.
    pub summary: String,
}

/// Statements that belong together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Section {
    /// One line, or nothing for a text without headings.
    pub heading: Option<String>,
    /// How its statements stand together.
    pub form: Form,
    /// The statements, most important first.
    pub claims: Vec<Claim>,
}

/// How the statements of a section stand together.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Form {
    /// A paragraph each.
    #[default]
    Paragraphs,
    /// A line each, in a list.
    List,
}

/// One statement and the items it rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Claim {
    /// The words, in pieces the renderer escapes and links.
    pub text: Vec<Span>,
    /// What proves it.
    pub basis: Basis,
    /// Weight when something must be cut: the lowest goes first.
    pub score: u32,
}

/// What a statement rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "sources", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Basis {
    /// These items, at least one.
    Items(Vec<SourceId>),
    /// The brief's own counts, period and names.
    Brief,
}

/// A piece of a statement. Text inside is plain: no markup, no links.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Span {
    /// Words as they are; `code` in back-ticks inside an author's words stays code where the platform knows it.
    Plain(String),
    /// Words that carry the statement: bold where the platform knows it.
    Strong(String),
    /// Somebody's name: italic where the platform knows it.
    Name(String),
    /// An author's own words: in quotation marks everywhere.
    Quote(String),
    /// The item's reference, linked where it has a page: `#1518` or `599626b`.
    Item(SourceId),
    /// An issue of the repository, linked where it has a page.
    Issue(u64),
    /// A release's tag, linked where it has a page.
    Release(String),
    /// These words, linked to the comparison of the window's ends; nothing when there is no page.
    Compare(String),
    /// How many items the text leaves untold, counted by the renderer after cutting, with the noun that fits the
    /// number. A statement that holds it disappears when nothing is left untold.
    Rest {
        /// The noun for one: `smaller change`.
        one: String,
        /// The noun for any other number: `smaller changes`.
        many: String,
    },
}
