//! L13: nothing equal went out lately.

use super::context::Context;
use super::report::Report;
use crate::content::{Content, Rule};

/// What was published before, as far as a later text must differ from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Earlier {
    /// Its title.
    pub title: Option<String>,
    /// Its [`content_hash`].
    pub hash: String,
}

/// Returns a digest of what readers see of `content`: title, body and tags; 64 hex digits.
pub fn content_hash(content: &Content) -> String {
    let mut hasher = blake3::Hasher::new();
    let title = content.title.as_deref().unwrap_or("");
    for part in [title, &content.body].into_iter().chain(content.tags.iter().map(String::as_str)) {
        // Lengths first, so that no two different texts run together into the same bytes.
        hasher.update(&part.len().to_le_bytes());
        hasher.update(part.as_bytes());
    }
    hasher.finalize().to_hex().to_string()
}

pub(super) fn check(context: &Context<'_>, report: &mut Report) {
    let content = context.input.content;
    let hash = content_hash(content);
    if context.input.earlier.iter().any(|earlier| earlier.hash == hash) {
        report.warn(Rule::L13, "the same text went out within the last thirty days", None);
        return;
    }
    let Some(title) = content.title.as_deref() else { return };
    let same =
        |earlier: &&Earlier| earlier.title.as_deref().is_some_and(|other| folded(other) == folded(title));
    if context.input.earlier.iter().any(|earlier| same(&earlier)) {
        report.warn(Rule::L13, "a text with this title went out within the last thirty days", Some(title));
    }
}

fn folded(title: &str) -> String {
    title.split_whitespace().map(str::to_lowercase).collect::<Vec<_>>().join(" ")
}
