//! L1: every statement rests on something that exists.

use super::context::{Context, is_in_place, is_statement};
use super::report::Report;
use crate::composition::{Basis, Claim, Composition};
use crate::content::{ContentPart, Rule, Severity};

pub(super) fn check(context: &Context<'_>, report: &mut Report) {
    for evidence in context.input.evidence {
        if !is_in_place(&context.input, evidence) {
            let message = "the text does not hold this statement where its evidence says";
            report.error(Rule::L1, message, Some(&evidence.statement));
        }
        for source in &evidence.sources {
            if context.vocabulary.item(*source).is_none() {
                let message = format!("rests on S{}, which the brief does not hold", source.0);
                report.error(Rule::L1, message, Some(&evidence.statement));
            }
        }
    }
    if let Some(composition) = context.input.composition {
        claims(composition).for_each(|claim| check_claim(context, claim, report));
    }
    // A person's new words are that person's to answer for.
    let severity = if context.is_edited() { Severity::Warning } else { Severity::Error };
    for reading in context.uncovered.iter().filter(|reading| is_statement(&reading.text)) {
        report.add(Rule::L1, severity, "rests on nothing".to_owned(), Some(&reading.text));
    }
    let has_title = context.input.content.title.as_ref().is_some_and(|title| !title.trim().is_empty());
    let is_title = |evidence: &crate::content::Evidence| evidence.part == ContentPart::Title;
    if has_title && !context.input.evidence.iter().any(is_title) {
        let title = context.input.content.title.as_deref();
        report.add(Rule::L1, severity, "the title rests on nothing".to_owned(), title);
    }
}

fn claims(composition: &Composition) -> impl Iterator<Item = &Claim> {
    let sections = composition.sections.iter().flat_map(|section| &section.claims);
    std::iter::once(&composition.title).chain(&composition.lead).chain(sections).chain(&composition.outro)
}

fn check_claim(context: &Context<'_>, claim: &Claim, report: &mut Report) {
    match &claim.basis {
        Basis::Brief => {}
        Basis::Items(sources) if sources.is_empty() => {
            report.error(Rule::L1, "a composed statement names no item", None);
        }
        Basis::Items(sources) => {
            for source in sources.iter().filter(|source| context.vocabulary.item(**source).is_none()) {
                let message =
                    format!("a composed statement rests on S{}, which the brief does not hold", source.0);
                report.error(Rule::L1, message, None);
            }
        }
    }
}
