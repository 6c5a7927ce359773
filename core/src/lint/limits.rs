//! L6: lengths, tags and payload fit the platform.

use super::context::Context;
use super::report::Report;
use crate::content::{Content, LengthUnit, Rule};
use crate::platform_spec::{PlatformSpec, TagRules};

pub(super) fn check(context: &Context<'_>, report: &mut Report) {
    let (content, spec) = (context.input.content, context.input.spec);
    check_title(content, spec, report);
    check_body(content, spec, report);
    check_tags(content, spec, report);
    if let Some(max) = spec.payload_bytes_max {
        let bytes = payload_bytes(content);
        if bytes > max {
            report.error(Rule::L6, format!("the request takes {bytes} bytes where {max} are allowed"), None);
        }
    }
}

fn check_title(content: &Content, spec: &PlatformSpec, report: &mut Report) {
    match (&content.title, spec.title_chars_max) {
        (None, None) => {}
        (None, Some(_)) => report.error(Rule::L6, "a title is missing", None),
        (Some(title), None) => report.error(Rule::L6, "the platform has no titles", Some(title)),
        (Some(title), Some(max)) => {
            let chars = title.chars().count();
            if title.trim().is_empty() {
                report.error(Rule::L6, "the title is empty", None);
            }
            if chars > max {
                let message = format!("the title has {chars} characters where {max} are allowed");
                report.error(Rule::L6, message, Some(title));
            }
            if title.contains('\n') {
                report.error(Rule::L6, "the title has more than one line", Some(title));
            }
        }
    }
}

fn check_body(content: &Content, spec: &PlatformSpec, report: &mut Report) {
    if content.body.trim().is_empty() {
        report.error(Rule::L6, "the body is empty", None);
    }
    let length = spec.measure(&content.body);
    if let Some(max) = length.max.filter(|_| !length.fits()) {
        let unit = match length.unit {
            LengthUnit::Characters => "characters",
            LengthUnit::Graphemes => "graphemes",
            LengthUnit::Bytes => "bytes",
        };
        let message = format!("the body has {} {unit} where {max} are allowed", length.used);
        report.error(Rule::L6, message, None);
    }
}

fn check_tags(content: &Content, spec: &PlatformSpec, report: &mut Report) {
    let (tags, rules) = (&content.tags, &spec.tags);
    if tags.len() > rules.max {
        let message = format!("{} tags where {} are allowed", tags.len(), rules.max);
        report.error(Rule::L6, message, Some(&tags.join(", ")));
    }
    for tag in tags.iter().filter(|tag| !rules.allows(tag)) {
        let message = match rules.spelled(tag) {
            Some(spelled) => format!("the platform spells this tag `{spelled}`"),
            None => "the platform takes no such tag".to_owned(),
        };
        report.error(Rule::L6, message, Some(tag));
    }
    let joined = TagRules::joined_chars(tags);
    if let Some(max) = rules.joined_chars_max.filter(|max| joined > *max) {
        report.error(Rule::L6, format!("all tags take {joined} characters where {max} are allowed"), None);
    }
}

/// Returns the bytes of title, body and tags as JSON, with room for the rest of a request.
fn payload_bytes(content: &Content) -> usize {
    const ENVELOPE: usize = 1_500;
    let fields = serde_json::json!([content.title, content.body, content.summary, content.tags]);
    fields.to_string().len() + ENVELOPE
}
