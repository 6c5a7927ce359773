//! Somebody's words made harmless for a platform: nothing in them links, mentions, marks up or closes anything.
//!
//! Code in back-ticks stays code where the platform knows code. What a site would turn into a link of its own
//! (`@name`, `#12`, an object id, an address) becomes code in Markdown, because no site looks inside code, and
//! loses its sign in plain text.

use std::sync::LazyLock;

use regex::{Captures, Regex};

/// Where words will stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ink {
    /// CommonMark and its dialects, with the template languages of static sites in mind.
    Markdown,
    /// LinkedIn's little text.
    LittleText,
    /// Plain text that keeps back-ticks: e-mail.
    Plain,
    /// Plain text where `#word` would become a hashtag: short posts.
    Short,
    /// Plain text without any markup: titles and summaries.
    Title,
}

/// A piece of somebody's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Piece<'a> {
    Text(&'a str),
    Code(&'a str),
}

impl<'a> Piece<'a> {
    fn words(&self) -> &'a str {
        match self {
            Piece::Text(words) | Piece::Code(words) => words,
        }
    }
}

impl Ink {
    /// Returns `words` so that a reader sees them as they are and nothing else happens.
    pub(super) fn write(self, words: &str) -> String {
        let mut written = String::with_capacity(words.len() + 16);
        let pieces = pieces(words);
        for (at, piece) in pieces.iter().enumerate() {
            let next = pieces.get(at + 1).map_or("", Piece::words);
            match (*piece, self) {
                (Piece::Text(text), Self::Markdown) => {
                    // Sites that read the words of a page would take "@`name`" for a mention.
                    let calls = text.strip_suffix('@').filter(|_| !next.is_empty());
                    markdown_text(calls.unwrap_or(text), &mut written);
                    written.push_str(if calls.is_some() { "＠" } else { "" });
                }
                (Piece::Code(code), Self::Markdown) => markdown_code(code, &mut written),
                (Piece::Text(text), _) => written.push_str(&self.plain(text)),
                // Without its back-ticks the code in "`Key`s" would become another word.
                (Piece::Code(code), Self::LittleText | Self::Short | Self::Title)
                    if !is_glued(&written, code, next) =>
                {
                    written.push_str(&self.plain(code));
                }
                (Piece::Code(code), _) => written.push_str(&format!("`{}`", self.plain(code))),
            }
        }
        written
    }

    fn plain(self, text: &str) -> String {
        let mut text = text.to_owned();
        // What replaces one token may complete another (`x://@name`); every round shortens the signs that are left.
        for _ in 0..TOKEN_ROUNDS {
            let next =
                TOKEN.replace_all(&text, |found: &Captures<'_>| plain_token(found, &text)).into_owned();
            if next == text {
                break;
            }
            text = next;
        }
        match self {
            Self::LittleText => crate::rich_text::escape_little_text(&text),
            Self::Short => HASHTAG.replace_all(&text, "$1$2").into_owned(),
            Self::Plain | Self::Title | Self::Markdown => text,
        }
    }
}

/// Whether code would run into what stands beside it: letters, figures, or a point or comma between them.
fn is_glued(before: &str, code: &str, after: &str) -> bool {
    let is_word = |letter: char| letter.is_alphanumeric() || letter == '_';
    let is_joint = |letter: char| is_word(letter) || letter == '.' || letter == ',';
    let mut next = after.chars();
    let runs_on = next
        .next()
        .is_some_and(|first| is_word(first) || (is_joint(first) && next.next().is_some_and(is_word)));
    (before.ends_with(is_joint) && code.starts_with(is_joint)) || (code.ends_with(is_joint) && runs_on)
}

/// How often replaced tokens are looked at again.
const TOKEN_ROUNDS: usize = 6;

/// Splits at code spans as CommonMark does; a back-tick without a partner is text.
fn pieces(words: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut text_from = 0;
    let mut at = 0;
    while let Some(open) = words[at..].find('`').map(|found| found + at) {
        let ticks = words[open..].len() - words[open..].trim_start_matches('`').len();
        let inside = open + ticks;
        let close = closing(&words[inside..], ticks).map(|found| found + inside);
        let Some(close) = close.filter(|close| is_code(&words[inside..*close])) else {
            at = inside;
            continue;
        };
        pieces.push(Piece::Text(&words[text_from..open]));
        pieces.push(Piece::Code(words[inside..close].trim()));
        text_from = close + ticks;
        at = text_from;
    }
    pieces.push(Piece::Text(&words[text_from..]));
    pieces
}

/// Returns where a run of exactly `ticks` back-ticks begins.
fn closing(text: &str, ticks: usize) -> Option<usize> {
    let mut at = 0;
    while let Some(found) = text[at..].find('`').map(|found| found + at) {
        let run = text[found..].len() - text[found..].trim_start_matches('`').len();
        if run == ticks {
            return Some(found);
        }
        at = found + run;
    }
    None
}

/// Whether text between back-ticks may be written as code: template languages read inside code too.
fn is_code(text: &str) -> bool {
    !text.trim().is_empty() && !text.contains("{{") && !text.contains("{%")
}

/// What a site would make a link of, and names of code whose author spared the back-ticks.
static TOKEN: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r#"(?i)(?P<url>\b[a-z][a-z0-9+.-]*://[^\s<>"`]+|\bwww\.[^\s<>"`]+)"#,
        r"|(?P<mention>[@＠][._/-]*[\p{Alphabetic}\p{N}_][\w./-]*)",
        r"|(?P<reference>[\w./-]*[#＃][0-9]+\b|\bgh-[0-9]+\b)",
        r"|(?P<object>\b[0-9a-f]{7,40}\b)",
        // Names of code: `--body-file`, `Key::min()`, `commit_groups`, `a_b/c.md`, `.gitignore`, `close()`.
        r"|(?P<code>(?:^|\s)--[a-z][a-z0-9-]+|[a-z0-9_.]+(?:::[a-z0-9_.]+)+(?:\(\))?",
        r"|[a-z0-9_./-]*[a-z0-9]_[a-z0-9](?:[a-z0-9_./-]*[a-z0-9_])?(?:\(\))?",
        r"|[a-z0-9_/-]+\.(?:rs|md|toml|json|ya?ml|py|js|ts|go|c|h|sh|html|css|txt|lock)\b",
        r"|[a-z_][a-z0-9_.]*\(\)|(?:^|\s)\.[a-z][a-z0-9_-]{2,}(?:\.[a-z0-9_-]+)*)",
    ))
});

/// Whatever some platform would take for a hashtag.
static HASHTAG: LazyLock<Regex> = LazyLock::new(|| pattern(r"(^|[^\p{Alphabetic}\p{N}_&])[#＃]+(\S)"));

/// Compiles a pattern that is part of the program; the tests use every one.
fn pattern(pattern: &str) -> Regex {
    Regex::new(pattern).expect("a pattern of the program compiles")
}

/// Cuts the scheme, so that nothing recognises an address, and gives back punctuation behind it.
fn bare_address(url: &str) -> (&str, &str) {
    let end = url.trim_end_matches(['.', ',', ';', ':', '!', '?', ')', ']', '}', '\'', '*', '_']).len();
    let (address, tail) = url.split_at(end);
    let address = address.split_once("://").map_or(address, |(_, rest)| rest);
    // What remains may hide another scheme: `x://https://…`.
    let address = address.rsplit_once("://").map_or(address, |(_, rest)| rest);
    (address.strip_prefix("www.").or_else(|| address.strip_prefix("WWW.")).unwrap_or(address), tail)
}

/// Whether something that looks like an object id is one: it has digits and letters.
fn is_object(word: &str) -> bool {
    word.bytes().any(|byte| byte.is_ascii_digit()) && word.bytes().any(|byte| byte.is_ascii_alphabetic())
}

/// Whether a name of code is a whole word: nothing of any script touches it, no comma or point ties it to more.
fn stands_alone(text: &str, found: &regex::Match<'_>) -> bool {
    let touches = |letter: char| !letter.is_ascii() || letter.is_ascii_alphanumeric() || letter == '_';
    let ties = |letter: char| touches(letter) || letter == ',' || letter == '.';
    let starts_apart =
        found.as_str().starts_with(char::is_whitespace) || !text[..found.start()].ends_with(ties);
    let mut next = text[found.end()..].chars();
    let runs_on =
        next.next().is_some_and(|first| touches(first) || (ties(first) && next.next().is_some_and(touches)));
    starts_apart && !runs_on
}

/// Whether an `@` stands where sites look for names: not inside a word.
fn begins_a_name(text: &str, at: usize) -> bool {
    !text[..at].ends_with(|before: char| before.is_alphanumeric() || before == '_')
}

fn plain_token(found: &Captures<'_>, text: &str) -> String {
    let whole = &found[0];
    if found.name("url").is_some() {
        let (address, tail) = bare_address(whole);
        return format!("{address}{tail}");
    }
    if found.name("mention").is_some() {
        let at = found.get(0).map_or(0, |whole| whole.start());
        let name = whole.trim_start_matches(['@', '＠']);
        return if begins_a_name(text, at) { format!("＠{name}") } else { whole.to_owned() };
    }
    if found.name("reference").is_some()
        && let Some((place, number)) = whole.split_once(['#', '＃'])
    {
        let gap = if place.is_empty() { "" } else { " " };
        return format!("{place}{gap}no. {number}");
    }
    whole.to_owned()
}

fn markdown_text(text: &str, written: &mut String) {
    let mut from = 0;
    for found in TOKEN.captures_iter(text) {
        let Some(whole) = found.get(0) else { continue };
        let (code, tail) = match () {
            () if found.name("url").is_some() => bare_address(whole.as_str()),
            () if found.name("mention").is_some() => {
                let name = whole.as_str().trim_end_matches(['.', '-', '/']);
                (name, &whole.as_str()[name.len()..])
            }
            () if found.name("code").is_some() => (whole.as_str().trim_start(), ""),
            () => (whole.as_str(), ""),
        };
        let is_left_alone = (found.name("mention").is_some() && !begins_a_name(text, whole.start()))
            || (found.name("object").is_some() && !is_object(code))
            || (found.name("code").is_some() && !stands_alone(text, &whole));
        if is_left_alone || code.is_empty() || !is_code(code) {
            continue;
        }
        let gap = if found.name("code").is_some() { whole.len() - code.len() } else { 0 };
        escape(&text[from..whole.start() + gap], written);
        markdown_code(code, written);
        from = whole.end() - tail.len();
    }
    escape(&text[from..], written);
}

/// Writes `code` between as many back-ticks as it needs.
fn markdown_code(code: &str, written: &mut String) {
    // Two code spans that touch would read as one with an odd number of back-ticks.
    if written.ends_with('`') {
        written.push(' ');
    }
    let longest = code.split(|letter| letter != '`').map(str::len).max().unwrap_or(0);
    let ticks = "`".repeat(longest + 1);
    let gap = if code.starts_with('`') || code.ends_with('`') { " " } else { "" };
    written.push_str(&format!("{ticks}{gap}{code}{gap}{ticks}"));
}

/// Escapes what Markdown would read as markup.
fn escape(text: &str, written: &mut String) {
    let mut letters = text.chars().peekable();
    let mut before = written.chars().next_back();
    while let Some(letter) = letters.next() {
        let next = letters.peek().copied();
        let is_inside_word =
            before.is_some_and(char::is_alphanumeric) && next.is_some_and(char::is_alphanumeric);
        match letter {
            '_' if is_inside_word => written.push('_'),
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '~' => {
                written.push('\\');
                written.push(letter);
            }
            '#' if !before.is_some_and(char::is_alphanumeric) => written.push_str("\\#"),
            '&' if next.is_some_and(|next| next.is_ascii_alphanumeric() || next == '#') => {
                written.push_str("\\&")
            }
            // Liquid, Tera and Hugo's short codes open with two characters; an entity is only one of them.
            '{' if matches!(next, Some('{' | '%')) => written.push_str("&#123;"),
            _ => written.push(letter),
        }
        before = Some(letter);
    }
}

/// Escapes a first character that would make a paragraph a list, a heading or a rule.
pub(super) fn as_paragraph(markdown: String) -> String {
    let digits = markdown.len() - markdown.trim_start_matches(|digit: char| digit.is_ascii_digit()).len();
    if digits > 0 && markdown[digits..].starts_with(['.', ')']) {
        return format!("{}\\{}", &markdown[..digits], &markdown[digits..]);
    }
    if markdown.starts_with(['-', '+', '=', '#', ':']) {
        return format!("\\{markdown}");
    }
    markdown
}

#[cfg(test)]
#[path = "inline_tests.rs"]
mod tests;
