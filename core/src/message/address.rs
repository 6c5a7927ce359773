//! Keeping e-mail addresses and invisible characters out of what people read.

use std::sync::LazyLock;

use regex::Regex;

static ADDRESS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?:<\s*)?(?:mailto:)?[^\s<>()\[\],;:]+@[^\s<>()\[\],;:]+(?:\s*>)?|<\s*>")
        .expect("a constant pattern")
});

/// Longest display name kept, in characters.
const NAME_CHARS_MAX: usize = 100;

/// Returns `text` without e-mail addresses, the space around them closed.
///
/// A `@handle` stands for a person in public already and stays.
pub fn without_addresses(text: &str) -> String {
    let mut public = text.to_owned();
    // Brackets left around a removed address may close around nothing once more.
    while ADDRESS.is_match(&public) {
        let bare = ADDRESS.replace_all(&public, " ");
        public = bare.split_whitespace().collect::<Vec<_>>().join(" ");
    }
    public
}

/// Returns a display name without controls, direction marks, addresses and runs of space; never empty.
///
/// A name that is itself an address keeps the part before the `@`.
pub fn clean_name(name: &str) -> String {
    let visible: String =
        name.chars().map(|c| if c.is_control() { ' ' } else { c }).filter(|c| !is_hidden(*c)).collect();
    let spaced = visible.split_whitespace().collect::<Vec<_>>().join(" ");
    let public = without_addresses(&spaced);
    let chosen = match spaced.split_once('@') {
        Some((local, _)) if public.is_empty() => local.trim_start_matches('<').to_owned(),
        _ => public,
    };
    let bounded: String = chosen.trim_matches(['<', '>', '"', ' ']).chars().take(NAME_CHARS_MAX).collect();
    if bounded.is_empty() { "Unknown".to_owned() } else { bounded }
}

/// Whether `c` shows nothing or reorders what is around it: zero widths, direction marks, tags, a byte order mark.
fn is_hidden(c: char) -> bool {
    matches!(c,
        '\u{00AD}' | '\u{061C}' | '\u{180E}' | '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{2028}'..='\u{202E}'
        | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E007F}')
}

/// Whether `text` still holds something that reads as an address.
#[cfg(test)]
pub(super) fn has_address(text: &str) -> bool {
    ADDRESS.is_match(text)
}
