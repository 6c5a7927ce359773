//! What a commit message says: subject, body, trailers, references and the pull request it merges.
//!
//! Pure text in, values out. Nothing fails: a message that follows no convention is a subject and a body.

mod address;
mod merge;
mod prose;
mod reference;
mod trailer;

pub use address::{clean_name, without_addresses};
pub use merge::MergeText;
pub use trailer::Identity;

use crate::activity::{LinkBase, Trailer};

/// Longest body kept, in bytes.
pub const BODY_BYTES_MAX: usize = 8 * 1024;

/// Longest part of a message that is searched for references and trailers, in bytes.
const SEARCHED_BYTES_MAX: usize = 256 * 1024;

/// A commit message, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// The first line that is not blank.
    pub subject: String,
    /// What follows, without trailers; at most [`BODY_BYTES_MAX`].
    pub body: String,
    /// Trailers in order, e-mail addresses removed from their values.
    pub trailers: Vec<Trailer>,
    /// Who `Co-authored-by` trailers name, as written; the caller maps and cleans them.
    pub co_authors: Vec<Identity>,
    /// Issues of the own repository the message closes, in order of mention.
    pub closes: Vec<u64>,
    /// The pull or merge request the message names.
    pub pull_request: Option<u64>,
    /// What a merge subject says; also present when a merge was later flattened into a plain commit.
    pub merge: Option<MergeText>,
}

impl Message {
    /// Returns what `text` says, line ends unified; `own` is the repository that `owner/name#9` and full URLs are held against.
    pub fn parse(text: &str, own: Option<&LinkBase>) -> Self {
        let (subject, rest) = split_subject(text);
        let rest = cut_at(rest, SEARCHED_BYTES_MAX).replace("\r\n", "\n");
        let (body, lines) = trailer::split_trailers(&rest);
        let body = body.trim_matches('\n');
        let merge = merge::merge_text(subject, body);
        let named = merge.as_ref().and_then(|merge| merge.pull_request);
        Self {
            pull_request: named.or_else(|| reference::pull_request(subject, body)),
            closes: reference::closing(subject, &rest, own),
            co_authors: trailer::co_authors(&lines),
            trailers: lines.into_iter().map(trailer::RawTrailer::cleaned).collect(),
            subject: subject.to_owned(),
            body: cut_at(body, BODY_BYTES_MAX).trim_end().to_owned(),
            merge,
        }
    }
}

/// Returns `text` up to at most `bytes_max`, ending on a character boundary.
pub fn cut_at(text: &str, bytes_max: usize) -> &str {
    &text[..text.floor_char_boundary(bytes_max)]
}

/// Splits off the first line that is not blank, without its line ending.
fn split_subject(text: &str) -> (&str, &str) {
    let text = text.trim_start_matches(['\r', '\n', ' ', '\t']);
    let (subject, rest) = text.split_once('\n').unwrap_or((text, ""));
    (subject.trim_end(), rest)
}

#[cfg(test)]
#[path = "message/message_tests.rs"]
mod tests;
