//! A text as its platform's readers see it.

use crate::markdown::{self, Link, Reading, TooComplex};
use crate::platform_spec::Markup;
use crate::rich_text;

/// Returns what a reader sees of `text`, marked up as `markup`.
pub(super) fn read(text: &str, markup: Markup) -> Result<Reading, TooComplex> {
    match markup {
        Markup::Markdown => markdown::read(text),
        Markup::LittleText => Ok(read_plain(rich_text::unescape_little_text(text))),
        Markup::Plain => Ok(read_plain(text.to_owned())),
    }
}

/// Reads words as they are; back-ticks stand where they stand.
pub(super) fn read_plain(text: String) -> Reading {
    let links = rich_text::urls(&text)
        .into_iter()
        .map(|words| Link { url: text[words.clone()].to_owned(), words })
        .collect();
    Reading { prose: text.clone(), links, code: code_spans(&text), text, ..Reading::default() }
}

/// Returns what stands between pairs of single back-ticks on one line.
fn code_spans(text: &str) -> Vec<String> {
    let spans = |line: &str| {
        let parts: Vec<&str> = line.split('`').collect();
        let pairs = (parts.len() - 1) / 2;
        (0..pairs).map(|pair| parts[2 * pair + 1].to_owned()).collect::<Vec<_>>()
    };
    text.lines().filter(|line| line.contains('`')).flat_map(spans).filter(|span| !span.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_words_have_addresses_and_code() {
        let reading = read_plain("Use `a b` and `c`, not ` at https://a.b.".to_owned());
        assert_eq!(reading.code, ["a b", "c"]);
        assert_eq!(reading.links[0].url, "https://a.b");
    }
}
