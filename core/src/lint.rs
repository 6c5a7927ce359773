//! What a machine can prove of a text, whoever wrote it. An error blocks approval and publication.
//!
//! | rule | says | weight |
//! |---|---|---|
//! | L1 | every statement rests on something that exists | error; a person's own new words: warning |
//! | L2 | every reference and address belongs to a cited item or the brief | error; a number from an author's words: warning |
//! | L3 | every figure, version, code span and identifier occurs in its own sources | error |
//! | L4 | breaking and security items are told where everything is told | error |
//! | L5 | every kept item is told | warning |
//! | L6 | lengths, tags and payload fit the platform | error |
//! | L7 | no secret, e-mail address, private address or hidden character | error |
//! | L8 | what is read back is what was meant | error |
//! | L9 | nobody is mentioned, no issue is closed | error |
//! | L10 | a statement overlaps its sources; verbs of change occur in them | warning |
//! | L11 | no hype, no filler, no repetition | warning |
//! | L12 | front matter says the same as the text | error |
//! | L13 | nothing equal went out lately | warning |
//!
//! A person's edit is held to the same rules; with a note, doubts about its words (L3, L10) become warnings.

mod brief_facts;
mod context;
mod coverage;
mod edit;
mod figures;
mod front_matter;
mod leaks;
mod limits;
mod mentions;
mod overlap;
mod reading;
mod references;
mod repeats;
mod report;
mod round_trip;
mod sources;
mod substance;
mod tone;
mod vocabulary;

use std::cmp::Reverse;

use crate::brief::Brief;
use crate::composition::Composition;
use crate::content::{Content, Evidence, Finding, Severity};
use crate::platform_spec::PlatformSpec;

use context::Context;
use report::Report;

pub use edit::retain_evidence;
pub use repeats::{Earlier, content_hash};

/// A text and everything it is held against.
#[derive(Debug, Clone, Copy)]
pub struct LintInput<'a> {
    /// The text.
    pub content: &'a Content,
    /// Its statements and what they rest on.
    pub evidence: &'a [Evidence],
    /// What it was rendered from; absent once a person has edited it.
    pub composition: Option<&'a Composition>,
    /// What may be said.
    pub brief: &'a Brief,
    /// The platform's rules.
    pub spec: &'a PlatformSpec,
    /// Who wrote it.
    pub origin: Origin<'a>,
    /// What was published on the same platform within the last thirty days.
    pub earlier: &'a [Earlier],
}

/// Who wrote a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin<'a> {
    /// A writer of ours.
    Writer,
    /// A person, editing.
    Person {
        /// Why the text may stand although its words are in doubt.
        note: Option<&'a str>,
    },
}

type Check = fn(&Context<'_>, &mut Report);

/// The rules, in order.
const CHECKS: [Check; 12] = [
    sources::check,
    references::check,
    substance::check,
    coverage::check,
    limits::check,
    leaks::check,
    round_trip::check,
    mentions::check,
    overlap::check,
    tone::check,
    front_matter::check,
    repeats::check,
];

/// Returns everything there is to say of a text, errors first, then by rule; the same text gives the same findings.
///
/// Its time grows with the sizes of text and brief; a hostile text is refused, never pondered.
pub fn lint(input: &LintInput<'_>) -> Vec<Finding> {
    let mut report = Report::default();
    let context = Context::new(*input);
    match context {
        Ok(context) => CHECKS.iter().for_each(|check| check(&context, &mut report)),
        // Nothing more can be told of a text that cannot be read within bounds.
        Err(refusal) => refusal.report(&mut report),
    }
    let mut findings = report.finish();
    if let Origin::Person { note: Some(note) } = input.origin
        && !note.trim().is_empty()
    {
        findings.iter_mut().for_each(edit::concede);
    }
    findings.sort_by_key(|finding| (Reverse(finding.severity == Severity::Error), finding.rule));
    findings
}

#[cfg(test)]
mod fixture;
#[cfg(test)]
mod tests;
