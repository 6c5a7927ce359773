//! LinkedIn's little text: fourteen reserved characters stand behind a backslash.
//!
//! An unescaped one makes LinkedIn cut the text there and report success.

/// The characters that mean something to LinkedIn.
const RESERVED: &str = "\\|{}@[]()<>#*_~";

/// Whether `char` means something to LinkedIn unless a backslash stands before it.
pub fn is_reserved(char: char) -> bool {
    RESERVED.contains(char)
}

/// Returns `text` so that LinkedIn shows it as it is.
pub fn escape_little_text(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + text.len() / 16);
    for char in text.chars() {
        if is_reserved(char) {
            escaped.push('\\');
        }
        escaped.push(char);
    }
    escaped
}

/// Returns what LinkedIn shows of `escaped`: the reverse of [`escape_little_text`].
pub fn unescape_little_text(escaped: &str) -> String {
    let mut text = String::with_capacity(escaped.len());
    let mut chars = escaped.chars().peekable();
    while let Some(char) = chars.next() {
        match chars.peek() {
            Some(next) if char == '\\' && is_reserved(*next) => text.extend(chars.next()),
            _ => text.push(char),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn reserved_characters_stand_behind_a_backslash() {
        assert_eq!(
            escape_little_text("a_b *c* ~d~ <e> {f|g} [h] @i \\j #4 (k)"),
            "a\\_b \\*c\\* \\~d\\~ \\<e\\> \\{f\\|g\\} \\[h\\] \\@i \\\\j \\#4 \\(k\\)"
        );
        assert_eq!(unescape_little_text("\\n \\( \\"), "\\n ( \\");
    }

    proptest! {
        #[test]
        fn escaping_is_undone(text in "(?s).*|[\\\\|{}@\\[\\]()<>#*_~a ]*") {
            prop_assert_eq!(unescape_little_text(&escape_little_text(&text)), text);
        }
    }
}
