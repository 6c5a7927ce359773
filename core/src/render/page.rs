//! Statements laid out as one text, each with its place in it.

use crate::composition::{Claim, Composition, Form};
use crate::content::{ContentPart, Evidence};
use crate::platform_spec::Family;
use crate::render::claim::Pen;

/// A text and where its statements stand.
#[derive(Debug, Default)]
pub(super) struct Page {
    pub(super) body: String,
    pub(super) evidence: Vec<Evidence>,
    pending_heading: Option<String>,
}

/// Returns the page of `composition`, without the statements `is_cut` names by their position.
pub(super) fn lay_out(pen: &Pen<'_>, composition: &Composition, is_cut: &[bool]) -> Page {
    let mut page = Page::default();
    let mut position = 0..;
    let mut keep = |claims: &'_ [Claim]| -> Vec<Claim> {
        let at = position.by_ref();
        claims
            .iter()
            .zip(at)
            .filter(|(_, at)| !is_cut.get(*at).copied().unwrap_or(false))
            .map(|(claim, _)| claim.clone())
            .collect()
    };
    let lead = keep(&composition.lead);
    page.run_on(pen, &lead);
    for section in &composition.sections {
        if let Some(heading) = &section.heading {
            page.pending_heading = Some(written_heading(pen, heading));
        }
        let claims = keep(&section.claims);
        match section.form {
            Form::Paragraphs => page.paragraphs(pen, &claims),
            Form::List => page.list(pen, &claims),
        }
    }
    page.pending_heading = None;
    let outro = keep(&composition.outro);
    if pen.spec.family == Family::ShortPost && !page.body.is_empty() {
        page.continue_line(pen, &outro);
    } else {
        page.run_on(pen, &outro);
    }
    page
}

fn written_heading(pen: &Pen<'_>, heading: &str) -> String {
    let words = pen.ink().write(heading);
    match pen.spec.family {
        Family::Article => format!("## {words}"),
        Family::ReleaseNotes => format!("### {words}"),
        Family::Post | Family::ShortPost | Family::Email => words,
    }
}

impl Page {
    /// Adds statements as sentences of one paragraph.
    fn run_on(&mut self, pen: &Pen<'_>, claims: &[Claim]) {
        let mut is_first = true;
        for claim in claims {
            let Some(written) = pen.body(claim) else { continue };
            if is_first {
                self.break_paragraph();
                is_first = false;
            } else {
                self.body.push(' ');
            }
            self.put(pen, claim, &written);
        }
    }

    fn continue_line(&mut self, pen: &Pen<'_>, claims: &[Claim]) {
        for claim in claims {
            let Some(written) = pen.body(claim) else { continue };
            self.body.push(' ');
            self.put(pen, claim, &written);
        }
    }

    fn paragraphs(&mut self, pen: &Pen<'_>, claims: &[Claim]) {
        for claim in claims {
            let Some(written) = pen.body(claim) else { continue };
            self.break_paragraph();
            self.put(pen, claim, &written);
        }
    }

    fn list(&mut self, pen: &Pen<'_>, claims: &[Claim]) {
        let bullet = if pen.spec.family == Family::Post { "• " } else { "- " };
        let mut is_first = true;
        for claim in claims {
            let Some(written) = pen.body(claim) else { continue };
            if is_first {
                let has_heading = self.break_paragraph();
                // In plain text a heading is the line above its list.
                if has_heading && !matches!(pen.spec.family, Family::Article | Family::ReleaseNotes) {
                    self.body.truncate(self.body.trim_end().len());
                    self.body.push('\n');
                }
                is_first = false;
            } else {
                self.body.push('\n');
            }
            self.body.push_str(bullet);
            self.put(pen, claim, &written);
        }
    }

    /// Begins a new block, under the heading that waits for one; returns whether there was one.
    fn break_paragraph(&mut self) -> bool {
        if !self.body.is_empty() {
            self.body.push_str("\n\n");
        }
        let heading = self.pending_heading.take();
        if let Some(heading) = &heading {
            self.body.push_str(heading);
            self.body.push_str("\n\n");
        }
        heading.is_some()
    }

    fn put(&mut self, pen: &Pen<'_>, claim: &Claim, written: &str) {
        let start = self.body.len();
        self.body.push_str(written);
        self.evidence.push(Evidence {
            part: ContentPart::Body,
            start,
            end: self.body.len(),
            statement: written.to_owned(),
            sources: pen.sources(claim),
        });
    }
}
