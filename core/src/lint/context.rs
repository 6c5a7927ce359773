//! A text prepared once for all rules: read as its readers see it, cut into statements and what stands between.

use std::collections::HashSet;

use super::figures::{figures, is_object_id, issue_references};
use super::reading::{read, read_plain};
use super::report::Report;
use super::vocabulary::Vocabulary;
use super::{LintInput, Origin};
use crate::brief::{SourceId, SourceItem};
use crate::content::{ContentPart, Evidence, Rule};
use crate::markdown::{Reading, TooComplex};
use crate::platform_spec::Markup;

/// The most bytes of a body that is read at all; every platform takes less.
const BODY_BYTES_MAX: usize = 1024 * 1024;

/// The fewest words outside every statement that make a statement of their own.
const STATEMENT_WORDS_MIN: usize = 3;

pub(super) struct Context<'a> {
    pub(super) input: LintInput<'a>,
    /// The whole body.
    pub(super) body: Reading,
    /// The title; empty without one.
    pub(super) title: Reading,
    /// Statements whose place in the text is right, in the order given.
    pub(super) statements: Vec<Statement<'a>>,
    /// Words, figures and references that stand in no statement and are no heading.
    pub(super) uncovered: Vec<Reading>,
    /// Items some statement rests on.
    pub(super) cited: HashSet<SourceId>,
    pub(super) vocabulary: Vocabulary<'a>,
}

/// A statement and what a reader sees of it.
pub(super) struct Statement<'a> {
    pub(super) evidence: &'a Evidence,
    pub(super) reading: Reading,
}

/// Why a text is not read.
pub(super) enum Refusal {
    TooLong(usize),
    TooComplex(TooComplex),
}

impl Refusal {
    pub(super) fn report(self, report: &mut Report) {
        match self {
            Self::TooLong(bytes) => {
                let message = format!("the body has {bytes} bytes where {BODY_BYTES_MAX} are read");
                report.error(Rule::L6, message, None);
            }
            Self::TooComplex(cause) => report.error(Rule::L8, cause.to_string(), None),
        }
    }
}

impl<'a> Context<'a> {
    pub(super) fn new(input: LintInput<'a>) -> Result<Self, Refusal> {
        let content = input.content;
        let size = content.body.len().max(content.title.as_ref().map_or(0, String::len));
        if size > BODY_BYTES_MAX {
            return Err(Refusal::TooLong(size));
        }
        let markup = input.spec.markup;
        let statements = statements(&input).map_err(Refusal::TooComplex)?;
        let vocabulary = Vocabulary::new(input.brief);
        let cited = statements
            .iter()
            .flat_map(|statement| &statement.evidence.sources)
            .copied()
            .filter(|source| vocabulary.item(*source).is_some())
            .collect();
        Ok(Self {
            body: read(&content.body, markup).map_err(Refusal::TooComplex)?,
            title: read_plain(content.title.clone().unwrap_or_default()),
            uncovered: uncovered(&input).map_err(Refusal::TooComplex)?,
            statements,
            cited,
            vocabulary,
            input,
        })
    }

    /// Returns the items of the brief that `evidence` names.
    pub(super) fn items<'s>(&'s self, evidence: &'s Evidence) -> impl Iterator<Item = &'a SourceItem> {
        evidence.sources.iter().filter_map(|source| self.vocabulary.item(*source))
    }

    /// Whether a person wrote the words that have no evidence.
    pub(super) fn is_edited(&self) -> bool {
        matches!(self.input.origin, Origin::Person { .. })
    }

    /// Returns title and body as their readers see them.
    pub(super) fn readings(&self) -> [&Reading; 2] {
        [&self.title, &self.body]
    }
}

/// Returns the part of the text that `part` names.
pub(super) fn part<'a>(input: &LintInput<'a>, part: ContentPart) -> &'a str {
    match part {
        ContentPart::Title => input.content.title.as_deref().unwrap_or(""),
        ContentPart::Body => &input.content.body,
    }
}

/// Whether `evidence` stands where it says, word for word.
pub(super) fn is_in_place(input: &LintInput<'_>, evidence: &Evidence) -> bool {
    part(input, evidence.part).get(evidence.start..evidence.end) == Some(&evidence.statement)
        && !evidence.statement.trim().is_empty()
}

fn statements<'a>(input: &LintInput<'a>) -> Result<Vec<Statement<'a>>, TooComplex> {
    let placed = input.evidence.iter().filter(|evidence| is_in_place(input, evidence));
    placed
        .map(|evidence| {
            let reading = match evidence.part {
                ContentPart::Title => read_plain(evidence.statement.clone()),
                ContentPart::Body => read(&evidence.statement, input.spec.markup)?,
            };
            Ok(Statement { evidence, reading })
        })
        .collect()
}

fn uncovered(input: &LintInput<'_>) -> Result<Vec<Reading>, TooComplex> {
    let mut uncovered = Vec::new();
    for gap in gaps(input, ContentPart::Title) {
        uncovered.push(read_plain(gap.to_owned()));
    }
    for gap in gaps(input, ContentPart::Body) {
        uncovered.push(read(gap, input.spec.markup)?);
    }
    let headings = headings(input);
    uncovered.retain(|reading| says_something(&reading.text) && !headings.contains(&spelled(&reading.text)));
    Ok(uncovered)
}

/// Whether `text` is more than what stands between statements: enough words for one of its own, or a figure or a
/// reference, for which `Closes #999` is long enough.
fn says_something(text: &str) -> bool {
    let has_figure = words(text) > 0 && figures(text).next().is_some();
    let mut named = super::figures::words(text).filter(|word| is_object_id(word));
    is_statement(text) || has_figure || issue_references(text).next().is_some() || named.next().is_some()
}

/// Whether `text` has enough words for a statement of its own.
pub(super) fn is_statement(text: &str) -> bool {
    words(text) >= STATEMENT_WORDS_MIN
}

/// Returns the pieces of lines that no statement covers, headings and pieces that say nothing aside.
fn gaps<'a>(input: &LintInput<'a>, of: ContentPart) -> Vec<&'a str> {
    let text = part(input, of);
    let mut covered: Vec<(usize, usize)> = input
        .evidence
        .iter()
        .filter(|evidence| evidence.part == of && is_in_place(input, evidence))
        .map(|evidence| (evidence.start, evidence.end))
        .collect();
    covered.sort_unstable();
    covered.push((text.len(), text.len()));
    let mut gaps = Vec::new();
    let mut end = 0;
    for (start, next) in covered {
        if start > end {
            gaps.extend(text[end..start].lines());
        }
        end = end.max(next);
    }
    let has_headings = of == ContentPart::Body && input.spec.markup == Markup::Markdown;
    gaps.retain(|gap| !(has_headings && is_heading(gap)) && says_something(gap));
    gaps
}

/// Returns the headings the text was composed with: without markup, a heading is a line like any other.
fn headings(input: &LintInput<'_>) -> HashSet<String> {
    let sections = input.composition.iter().flat_map(|composition| &composition.sections);
    sections.filter_map(|section| section.heading.as_deref()).map(spelled).collect()
}

/// Returns the words of `text` without what stands between them.
fn spelled(text: &str) -> String {
    super::figures::words(text).collect::<Vec<_>>().join(" ")
}

fn is_heading(line: &str) -> bool {
    let level = line.bytes().take_while(|byte| *byte == b'#').count();
    (1..=6).contains(&level) && line[level..].starts_with(' ')
}

/// Counts words with letters in them, tags aside.
fn words(text: &str) -> usize {
    text.split_whitespace()
        .filter(|word| !word.starts_with('#') && word.chars().any(char::is_alphabetic))
        .count()
}
