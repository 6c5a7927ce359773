//! What may leave the program in a log, a trace or a report: no secrets, no controls, nothing endless.

use std::fmt::Write as _;
use std::sync::{PoisonError, RwLock};

use dateline_core::hygiene::redact_secrets;
use dateline_core::secret::Secret;

/// What stands in a secret's place.
const REDACTED: &str = "[redacted]";

/// Longer texts are cut.
pub const CHARS_MAX: usize = 2_000;

/// Shorter values stand in too many innocent words.
const HIDDEN_CHARS_MIN: usize = 6;

/// Values that were set as secrets: whatever their shape, they are never written.
static HIDDEN: RwLock<Vec<Secret>> = RwLock::new(Vec::new());

/// From now on `secrets` are never written, wherever they turn up.
pub fn hide(secrets: impl IntoIterator<Item = Secret>) {
    let mut hidden = HIDDEN.write().unwrap_or_else(PoisonError::into_inner);
    for secret in secrets {
        if secret.expose().chars().count() >= HIDDEN_CHARS_MIN && !hidden.contains(&secret) {
            hidden.push(secret);
        }
    }
    // A part of another goes after the whole.
    hidden.sort_by_key(|secret| std::cmp::Reverse(secret.expose().len()));
}

/// Returns `text` as it may be written: hidden values and everything shaped like a secret replaced, controls
/// escaped, cut at [`CHARS_MAX`].
pub fn clean(text: &str) -> String {
    // More is looked at than is kept, so that a secret across the edge is still whole when it is looked for.
    let (text, is_cut) = match text.char_indices().nth(CHARS_MAX * 2) {
        Some((end, _)) => (&text[..end], true),
        None => (text, false),
    };
    let mut text = text.to_owned();
    for secret in HIDDEN.read().unwrap_or_else(PoisonError::into_inner).iter() {
        if text.contains(secret.expose()) {
            text = text.replace(secret.expose(), REDACTED);
        }
    }
    escape(&redact_secrets(&text).text, is_cut)
}

fn escape(text: &str, mut is_cut: bool) -> String {
    let mut safe = String::with_capacity(text.len());
    for (index, letter) in text.chars().enumerate() {
        if index == CHARS_MAX {
            is_cut = true;
            break;
        }
        match letter {
            '\n' => safe.push_str("\\n"),
            letter if letter.is_control() || is_unseen(letter) => {
                // Writing to a string cannot fail.
                let _ = write!(safe, "\\u{{{:x}}}", u32::from(letter));
            }
            letter => safe.push(letter),
        }
    }
    if is_cut {
        safe.push('…');
    }
    safe
}

/// Whether a letter has no shape of its own: direction marks and the like let a line look like another.
fn is_unseen(letter: char) -> bool {
    matches!(letter, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}
