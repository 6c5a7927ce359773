//! L12: front matter says the same as the text, and the text brings none of its own.

use super::context::Context;
use super::report::Report;
use crate::content::Rule;
use crate::front_matter::{quoted, unquoted};
use crate::platform_spec::Markup;

pub(super) fn check(context: &Context<'_>, report: &mut Report) {
    if context.input.spec.markup != Markup::Markdown {
        return;
    }
    let content = context.input.content;
    let strings = content.title.iter().chain([&content.summary]).chain(&content.tags);
    for string in strings {
        if unquoted(&quoted(string)).as_ref() != Some(string) {
            report.error(Rule::L12, "front matter would say something else", Some(string));
        }
    }
    let first = content.body.trim_start_matches(['\u{feff}', '\n', ' ']).lines().next().unwrap_or("");
    if ["---", "+++", "{", ";;;"].contains(&first.trim_end()) {
        let message = "the body begins with a line that opens front matter and would overrule the title";
        report.error(Rule::L12, message, Some(first));
    }
}
