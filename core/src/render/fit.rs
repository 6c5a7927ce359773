//! What goes first when a text is too long: whole statements, the lightest first; never half a word.

use std::collections::BTreeSet;

use crate::brief::{Brief, SourceId, cut_at_word};
use crate::composition::{Basis, Claim, Composition, Span};
use crate::platform_spec::PlatformSpec;
use crate::render::claim::Pen;
use crate::render::page::{Page, lay_out};

/// A text that fits, and what it cost.
pub(super) struct Fitted {
    pub(super) page: Page,
    /// Items no statement of the text tells any more, lowest weight first.
    pub(super) cut: Vec<SourceId>,
}

/// Returns `composition` laid out within the platform's bounds.
pub(super) fn fit(composition: &Composition, brief: &Brief, spec: &PlatformSpec) -> Fitted {
    let claims = claims(composition);
    let order = cutting_order(composition, &claims);
    let lay_out_without = |composition: &Composition, gone: usize| {
        let mut is_cut = vec![false; claims.len()];
        order[..gone].iter().for_each(|at| is_cut[*at] = true);
        let told = told(&claims, &is_cut);
        let pen = Pen { brief, spec, told };
        (lay_out(&pen, composition, &is_cut), pen.told)
    };
    let fits = |gone: usize| spec.fits(&lay_out_without(composition, gone).0.body);
    let mut gone = if fits(0) { 0 } else { first_that(order.len(), fits) };
    // Counts of what is left untold grow as statements go: the last step may need one more.
    while gone < order.len() && !fits(gone) {
        gone += 1;
    }
    let (mut page, told_now) = lay_out_without(composition, gone);
    if !spec.fits(&page.body) {
        let shorter = shortened(composition, |candidate| spec.fits(&lay_out_without(candidate, gone).0.body));
        page = lay_out_without(&shorter, gone).0;
    }
    let told_before = told(&claims, &[]);
    let mut cut: Vec<_> = brief
        .items
        .iter()
        .filter(|item| told_before.contains(&item.id) && !told_now.contains(&item.id))
        .collect();
    cut.sort_by_key(|item| (item.score, std::cmp::Reverse(item.id)));
    Fitted { page, cut: cut.into_iter().map(|item| item.id).collect() }
}

/// Returns the statements of the body in reading order.
fn claims(composition: &Composition) -> Vec<&Claim> {
    let sections = composition.sections.iter().flat_map(|section| &section.claims);
    composition.lead.iter().chain(sections).chain(&composition.outro).collect()
}

/// Returns positions in the order they are cut: what is told from the lightest, then the outro; the heaviest stays.
fn cutting_order(composition: &Composition, claims: &[&Claim]) -> Vec<usize> {
    let outro_from = claims.len() - composition.outro.len();
    let mut order: Vec<usize> = (0..claims.len()).collect();
    order.sort_by_key(|at| (*at >= outro_from, claims[*at].score, std::cmp::Reverse(*at)));
    // The heaviest of what is told is the text itself.
    if outro_from > 0 {
        order.remove(outro_from - 1);
    } else if !order.is_empty() {
        order.pop();
    }
    order
}

/// Returns the smallest number up to `max` for which `is_enough` holds, `max` when none does.
fn first_that(max: usize, is_enough: impl Fn(usize) -> bool) -> usize {
    let (mut low, mut high) = (0, max);
    while low < high {
        let middle = low.midpoint(high);
        if is_enough(middle) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    low
}

/// Returns the items the statements that stay tell.
fn told(claims: &[&Claim], is_cut: &[bool]) -> BTreeSet<SourceId> {
    let kept = claims.iter().enumerate().filter(|(at, _)| !is_cut.get(*at).copied().unwrap_or(false));
    kept.flat_map(|(_, claim)| sources(claim)).collect()
}

/// Returns the items a statement rests on.
pub(super) fn sources(claim: &Claim) -> impl Iterator<Item = SourceId> + '_ {
    let sources: &[SourceId] = match &claim.basis {
        Basis::Items(sources) => sources,
        Basis::Brief => &[],
    };
    sources.iter().copied()
}

/// Returns `composition` with its longest words cut after a word until `fits` holds.
fn shortened(composition: &Composition, fits: impl Fn(&Composition) -> bool) -> Composition {
    let mut shorter = composition.clone();
    // Every round halves the longest words, so even a megabyte is short after twenty.
    for _ in 0..40 {
        if fits(&shorter) {
            break;
        }
        let Some(words) = longest_words(&mut shorter) else { break };
        let chars = words.chars().count();
        if chars <= 8 {
            break;
        }
        *words = cut_at_word(words, (chars * 9 / 10).max(8));
    }
    shorter
}

fn longest_words(composition: &mut Composition) -> Option<&mut String> {
    let sections = composition.sections.iter_mut().flat_map(|section| &mut section.claims);
    let claims = composition.lead.iter_mut().chain(sections).chain(&mut composition.outro);
    let spans = claims.flat_map(|claim| &mut claim.text);
    spans
        .filter_map(|span| match span {
            Span::Plain(words) | Span::Strong(words) | Span::Name(words) | Span::Quote(words) => Some(words),
            Span::Item(_) | Span::Issue(_) | Span::Release(_) | Span::Compare(_) | Span::Rest { .. } => None,
        })
        .max_by_key(|words| words.chars().count())
}
