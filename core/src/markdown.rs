//! Markdown as platforms read it: parsed within bounds, so that no text takes longer than its length deserves.

use std::cell::Cell;
use std::ops::Range;

use comrak::arena_tree::NodeEdge;
use comrak::nodes::NodeValue;
use comrak::{Arena, Options};

/// The most containers (quotes, lists) one line may open: nobody reads deeper.
const DEPTH_MAX: usize = 32;

/// A text whose structure costs more to read than any person would write.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the Markdown nests too deeply")]
pub struct TooComplex;

/// What a reader of a marked-up text sees.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reading {
    /// All words, code included; a line break after each block.
    pub text: String,
    /// The words again, with each code span and block replaced by one back-tick.
    pub prose: String,
    /// Where links lead, in order, and the words they stand on.
    pub links: Vec<Link>,
    /// Contents of code spans and blocks.
    pub code: Vec<String>,
    /// Headings, in order.
    pub headings: Vec<String>,
    /// HTML and images: parts that are not words, as they are written.
    pub foreign: Vec<String>,
}

/// A link in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Where it leads, as a browser would receive it.
    pub url: String,
    /// Where its words stand in [`Reading::text`].
    pub words: Range<usize>,
}

/// Returns what a reader sees of `markdown`.
///
/// # Errors
/// [`TooComplex`] when it nests deeper than anybody reads, or would take longer than its length deserves.
pub fn read(markdown: &str) -> Result<Reading, TooComplex> {
    let arena = Arena::new();
    let root = parse(&arena, markdown)?;
    let mut reader = Reader::default();
    for edge in root.traverse() {
        match edge {
            NodeEdge::Start(node) => reader.enter(&node.data().value),
            NodeEdge::End(node) => reader.leave(&node.data().value),
        }
    }
    Ok(reader.reading)
}

/// Returns `markdown` as HTML without any HTML of its own. It still has to be sanitised: links lead anywhere.
///
/// # Errors
/// [`TooComplex`], as [`read`].
pub fn to_html(markdown: &str) -> Result<String, TooComplex> {
    let arena = Arena::new();
    let root = parse(&arena, markdown)?;
    let mut html = String::new();
    comrak::format_html(root, &options(), &mut html).map_err(|_| TooComplex)?;
    Ok(html)
}

fn parse<'a>(arena: &'a Arena<'a>, markdown: &str) -> Result<comrak::Node<'a>, TooComplex> {
    if markdown.lines().any(|line| depth(line) > DEPTH_MAX) {
        return Err(TooComplex);
    }
    // The parser asks every 256 lines, inlines and nodes; a text has far fewer of them than bytes.
    let asks_left = Cell::new(64 + markdown.len() / 64);
    let is_spent = || {
        asks_left.set(asks_left.get().saturating_sub(1));
        asks_left.get() == 0
    };
    comrak::try_parse_document(arena, markdown, &options(), &is_spent).map_err(|_| TooComplex)
}

fn options() -> Options<'static> {
    let mut options = Options::default();
    options.extension.autolink = true;
    options.extension.strikethrough = true;
    options.extension.table = true;
    options.extension.tasklist = true;
    options
}

/// Counts the quote and list markers `line` begins with, and its indentation in steps of eight.
fn depth(line: &str) -> usize {
    let mut markers = 0;
    let mut blanks = 0;
    for byte in line.bytes() {
        match byte {
            b'>' | b'-' | b'+' | b'*' => markers += 1,
            b' ' | b'\t' => blanks += 1,
            b'0'..=b'9' | b'.' | b')' if markers > 0 => {}
            _ => break,
        }
    }
    // Rules such as `-----` and `* * *` nest nothing.
    let is_rule = line.bytes().all(|byte| matches!(byte, b'-' | b'*' | b' '));
    if is_rule && markers < 200 { 0 } else { markers + blanks / 8 }
}

#[derive(Default)]
struct Reader {
    reading: Reading,
    /// Where the words of the open links and headings begin.
    opened: Vec<usize>,
}

impl Reader {
    fn enter(&mut self, value: &NodeValue) {
        match value {
            NodeValue::Text(text) => self.words(text),
            NodeValue::Code(code) => self.code(&code.literal),
            NodeValue::CodeBlock(block) => self.code(&block.literal),
            NodeValue::SoftBreak => self.words(" "),
            NodeValue::LineBreak => self.words("\n"),
            NodeValue::Link(_) | NodeValue::Heading(_) => self.opened.push(self.reading.text.len()),
            NodeValue::Image(image) => self.reading.foreign.push(format!("![]({})", image.url)),
            NodeValue::HtmlInline(html) | NodeValue::Raw(html) => self.reading.foreign.push(html.clone()),
            NodeValue::HtmlBlock(block) => self.reading.foreign.push(block.literal.clone()),
            _ => {}
        }
    }

    fn leave(&mut self, value: &NodeValue) {
        match value {
            NodeValue::Link(link) => {
                let start = self.opened.pop().unwrap_or(0);
                let words = start..self.reading.text.len();
                self.reading.links.push(Link { url: link.url.clone(), words });
            }
            NodeValue::Heading(_) => {
                let start = self.opened.pop().unwrap_or(0);
                self.reading.headings.push(self.reading.text[start..].to_owned());
                self.end_block();
            }
            NodeValue::Paragraph | NodeValue::CodeBlock(_) | NodeValue::TableCell | NodeValue::Item(_) => {
                self.end_block();
            }
            _ => {}
        }
    }

    fn words(&mut self, words: &str) {
        self.reading.text.push_str(words);
        self.reading.prose.push_str(words);
    }

    fn code(&mut self, literal: &str) {
        self.reading.text.push_str(literal);
        self.reading.prose.push('`');
        self.reading.code.push(literal.to_owned());
    }

    fn end_block(&mut self) {
        for text in [&mut self.reading.text, &mut self.reading.prose] {
            if !text.is_empty() && !text.ends_with('\n') {
                text.push('\n');
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reader_sees_words_links_and_code() {
        let reading = read("# Top\n\n**Add `x_y`** ([\\#1](https://a.b/1)), &#64;me\nmore\n\n- one\n- two\n")
            .expect("simple");
        assert_eq!(reading.text, "Top\nAdd x_y (#1), @me more\none\ntwo\n");
        assert_eq!(reading.prose, "Top\nAdd ` (#1), @me more\none\ntwo\n");
        assert_eq!(reading.code, ["x_y"]);
        assert_eq!(reading.headings, ["Top"]);
        assert_eq!(reading.links.len(), 1);
        assert_eq!(
            (reading.links[0].url.as_str(), &reading.text[reading.links[0].words.clone()]),
            ("https://a.b/1", "#1")
        );
        assert!(reading.foreign.is_empty());
    }

    #[test]
    fn html_images_and_bare_addresses_are_seen() {
        let reading =
            read("a <b onclick=x>b</b> ![i](http://c.d/e.svg) www.f.gh https://i.jk.\n\n<script>x</script>")
                .expect("simple");
        assert_eq!(reading.foreign, ["<b onclick=x>", "</b>", "![](http://c.d/e.svg)", "<script>x</script>"]);
        let urls: Vec<&str> = reading.links.iter().map(|link| link.url.as_str()).collect();
        assert_eq!(urls, ["http://www.f.gh", "https://i.jk"]);
    }

    #[test]
    fn html_of_the_author_never_becomes_html() {
        let html = to_html("<script>alert(1)</script> *hi* <img src=x onerror=y>").expect("simple");
        assert!(!html.contains("<script") && !html.contains("<img"), "{html}");
    }

    #[test]
    fn no_text_takes_longer_than_it_deserves() {
        let hostile = [
            ">".repeat(50_000),
            format!("{}a\n", "> ".repeat(40)).repeat(1_000),
            "- ".repeat(50_000),
            "1) ".repeat(30_000),
            "* a\n".repeat(25_000),
        ];
        assert!(hostile[..3].iter().all(|text| read(text).is_err()));
        for text in &hostile {
            let _ = read(text);
        }
        let pieces = [
            "[",
            "]",
            "![",
            "*a **a ",
            "**x [*b **c* ",
            "`",
            "a`b``c```",
            "[a](<b",
            "[a](b",
            "<!--",
            "<a href=\"",
            "&amp",
            "\\",
            "_",
            "~~",
            "|a",
            "a | b\n-|-\n",
            "http://",
            "www.",
            "a@b.c ",
            "<?",
            "<![CDATA[",
            "- a\n  ",
            "\n\n> x",
            "[x]: y\n",
            "[^1]",
            "#",
            "~",
            "=",
            "\t",
            "\u{200b}",
        ];
        for piece in pieces {
            let _ = read(&piece.repeat(100_000 / piece.len()));
            let _ = to_html(&format!("{}x", piece.repeat(20_000 / piece.len())));
        }
    }
}
