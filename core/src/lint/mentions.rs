//! L9: nobody is mentioned, no issue is closed by publishing.

use std::sync::LazyLock;

use regex::Regex;

use super::context::Context;
use super::references::without_addresses;
use super::report::Report;
use crate::content::Rule;
use crate::platform_spec::Family;
use crate::rich_text;

static CLOSING: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?i)\b(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?):?\s+(?:[\w.-]+/[\w.-]+)?(?:#|gh-|https?://\S+/(?:issues|pull)/)\d+",
    )
    .expect("a constant pattern")
});

pub(super) fn check(context: &Context<'_>, report: &mut Report) {
    // Mail programs notify nobody named in a text.
    if context.input.spec.family != Family::Email {
        for reading in context.readings() {
            let prose = without_addresses(&reading.prose);
            for mention in rich_text::mentions(&prose) {
                report.error(Rule::L9, "a mention would call somebody in", prose.get(mention.range));
            }
        }
    }
    if context.input.spec.family == Family::ReleaseNotes {
        for reading in context.readings() {
            for found in CLOSING.find_iter(&reading.prose) {
                let message = "would close an issue; say `refs` instead";
                report.error(Rule::L9, message, Some(found.as_str()));
            }
        }
    }
}
