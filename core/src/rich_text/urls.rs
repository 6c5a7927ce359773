//! Web addresses in plain text.

use std::ops::Range;

/// Returns where addresses beginning with `http://` or `https://` stand in `text`, in bytes.
///
/// An address ends before white space, quotes, back-ticks and angle brackets; punctuation that ends a sentence is
/// not part of it, nor is a closing parenthesis it did not open. Its host has a dot or is `localhost`.
pub fn urls(text: &str) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    for (at, _) in text.match_indices("://") {
        let Some(start) = scheme_start(text, at) else { continue };
        if found.last().is_some_and(|before| start < before.end) {
            continue;
        }
        let rest = &text[at + 3..];
        // The host first: reading whole addresses that turn out to be none would cost the square of a hostile text.
        if has_host(rest) {
            found.push(start..at + 3 + linkified(rest));
        }
    }
    found
}

fn scheme_start(text: &str, colon: usize) -> Option<usize> {
    let before = &text.as_bytes()[..colon];
    let scheme = ["https", "http"].into_iter().find(|scheme| {
        before.len() >= scheme.len() && before[colon - scheme.len()..].eq_ignore_ascii_case(scheme.as_bytes())
    })?;
    let start = colon - scheme.len();
    let follows_word = text[..start].chars().next_back().is_some_and(char::is_alphanumeric);
    (!follows_word).then_some(start)
}

fn is_end(char: char) -> bool {
    char.is_whitespace() || char.is_control() || matches!(char, '"' | '`' | '<' | '>' | '“' | '”' | '«' | '»')
}

/// Returns how many bytes at the start of `text` belong to one address.
fn linkified(text: &str) -> usize {
    let mut end = text.find(is_end).unwrap_or(text.len());
    let (mut opened, mut closed) = (0_usize, 0_usize);
    for byte in text[..end].bytes() {
        opened += usize::from(byte == b'(');
        closed += usize::from(byte == b')');
    }
    while let Some(last) = text[..end].chars().next_back() {
        match last {
            '.' | ',' | ';' | ':' | '!' | '?' | '\'' | '…' | '*' | '_' | ']' | '}' | '\\' => {}
            ')' if closed > opened => closed -= 1,
            _ => break,
        }
        end -= last.len_utf8();
    }
    end
}

/// Whether `rest`, what follows `://`, begins with a host.
fn has_host(rest: &str) -> bool {
    let ends = |char: char| is_end(char) || matches!(char, '/' | '?' | '#');
    let authority = rest.find(ends).map_or(rest, |end| &rest[..end]);
    let host = authority.rsplit('@').next().unwrap_or("");
    let name = host.split(':').next().unwrap_or("");
    let is_named = name.split('.').count() >= 2 && name.split('.').take(2).all(|label| !label.is_empty());
    is_named || name.eq_ignore_ascii_case("localhost") || host.starts_with('[')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[&str]) {
        let found: Vec<&str> = urls(text).into_iter().map(|range| &text[range]).collect();
        assert_eq!(found, expected, "{text:?}");
    }

    #[test]
    fn an_address_ends_where_a_reader_would_end_it() {
        check(
            "see https://a.example/b?c=d#e, (http://x.y) or HTTPS://Q.R!",
            &["https://a.example/b?c=d#e", "http://x.y", "HTTPS://Q.R"],
        );
        check(
            "https://a.b/c_(d) \"https://e.f\" <https://g.h/>",
            &["https://a.b/c_(d)", "https://e.f", "https://g.h/"],
        );
        check(
            "http://localhost:80/x http://[::1]/ http://127.0.0.1",
            &["http://localhost:80/x", "http://[::1]/", "http://127.0.0.1"],
        );
        check("https:// http://x xhttps://a.b ftp://a.b https://…", &[]);
        check("https://a.b/https://c.d", &["https://a.b/https://c.d"]);
    }
}
