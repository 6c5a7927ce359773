//! Words that go out: lines of the log, and Markdown that becomes a page.

use std::collections::BTreeSet;

use dateline_api::log::redact::{CHARS_MAX, clean, hide};
use dateline_connectors::publisher::Publishers;
use dateline_core::content::{Content, Length, LengthUnit};
use dateline_core::id::{DraftId, PublicationId};
use dateline_core::platform::Platform;
use dateline_core::publisher::{PublishRequest, Publisher, Target};
use dateline_core::secret::Secret;
use dateline_core::time::from_unix_ms;
use proptest::prelude::*;

use crate::hostile::{few_inputs, in_time, inputs, texts};

/// A value that was set as a secret, and things that look like one.
const HIDDEN: &str = "canary-hunter2-canary";
const SHAPED: [&str; 3] = [
    "ghp_16C7e42F292c6912E7710c838347Ae178B4a",
    "AKIAIOSFODNN7EXAMPLE",
    "xoxb-123456789012-123456789012-abcdefghijklmnopqrstuvwx",
];
const LOG_WORDS: &[&str] = &[
    "canary-hunter2-canary",
    "ghp_16C7e42F292c6912E7710c838347Ae178B4a",
    " ",
    "\n",
    "\u{1b}[31m",
    "token=",
    "Bearer ",
    "\"",
    ":",
    "=",
    "https://user:",
    "@example.org/",
    "canary-",
    "AKIAIOSFODNN7EXAMPLE",
    "\u{202e}",
    "\0",
    "error",
    "{}",
    "xoxb-123456789012-123456789012-abcdefghijklmnopqrstuvwx",
];
const LOGS: &[&str] = &[
    "the store said: token=canary-hunter2-canary is wrong",
    "Authorization: Bearer ghp_16C7e42F292c6912E7710c838347Ae178B4a",
    "https://user:canary-hunter2-canary@example.org/path?token=canary-hunter2-canary",
];
const MARKDOWN_WORDS: &[&str] = &[
    "<",
    ">",
    "script",
    "/",
    "onerror=",
    "alert(1)",
    "javascript:",
    "JaVa\tScript:",
    "data:text/html,",
    "[",
    "]",
    "(",
    ")",
    "!",
    "`",
    "```\n",
    "\n",
    "\n\n",
    "*",
    "_",
    "&#106;",
    "&",
    ";",
    "<svg",
    "<set to=",
    "<math>",
    "<style>",
    "<iframe srcdoc=",
    "<base href=",
    "<form>",
    "<meta http-equiv=refresh",
    "\"",
    "'",
    "href=",
    "src=",
    "#",
    "- ",
    "1. ",
    "|",
    "---",
    "<!--",
    "-->",
    "<![CDATA[",
    "]]>",
    "\\",
    "http://x",
    "\0",
];
const MARKDOWNS: &[&str] = &[
    "**Add** `x` ([#1](https://github.com/o/r/pull/1)).\n\n## Fixes\n\n- one\n",
    "[x](javascript:alert(1)) ![i](https://a.b/c \"t\") <img src=x onerror=alert(1)>",
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    "| a | b |\n|---|---|\n| <script>x</script> | `y` |\n",
    "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=alert(1)&gt;\">",
];
/// What a page may be made of.
const ELEMENTS: &[&str] = &[
    "a",
    "abbr",
    "b",
    "blockquote",
    "br",
    "code",
    "del",
    "div",
    "em",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "i",
    "img",
    "ins",
    "kbd",
    "li",
    "ol",
    "p",
    "pre",
    "s",
    "small",
    "span",
    "strike",
    "strong",
    "sub",
    "sup",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "tr",
    "tt",
    "u",
    "ul",
    "caption",
    "cite",
    "dd",
    "dl",
    "dt",
    "dfn",
    "details",
    "summary",
    "q",
    "samp",
    "var",
    "mark",
    "acronym",
    "area",
    "article",
    "aside",
    "bdi",
    "bdo",
    "center",
    "col",
    "colgroup",
    "data",
    "figcaption",
    "figure",
    "footer",
    "header",
    "hgroup",
    "map",
    "nav",
    "rp",
    "rt",
    "rtc",
    "ruby",
    "time",
    "wbr",
    "input",
];

/// Reads a page's tags as a browser would, knowing nothing of how it was made; returns what must not be there.
fn faults(html: &str) -> Vec<String> {
    let allowed: BTreeSet<&str> = ELEMENTS.iter().copied().collect();
    let mut faults = Vec::new();
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        rest = &rest[at + 1..];
        let Some(first) = rest.chars().next() else { break };
        if !(first.is_ascii_alphabetic() || "/!?".contains(first)) {
            continue;
        }
        let (tag, after) = split_tag(rest);
        rest = after;
        let name = tag.trim_start_matches('/');
        let name: String = name.chars().take_while(|letter| letter.is_ascii_alphanumeric()).collect();
        if !allowed.contains(name.to_lowercase().as_str()) {
            faults.push(format!("<{tag}>"));
        }
        for (name, value) in attributes(tag) {
            let value: String =
                value.chars().filter(|letter| !letter.is_whitespace() && !letter.is_control()).collect();
            let value = value.to_lowercase();
            let is_address =
                ["href", "src", "action", "formaction", "cite", "poster"].contains(&name.as_str());
            let scheme = value.split_once(':').map(|(scheme, _)| scheme).unwrap_or_default();
            // What stands before the colon is only then a scheme when it is spelled like one.
            let is_scheme =
                scheme.chars().all(|letter| letter.is_ascii_alphanumeric() || "+-.".contains(letter));
            let is_foreign = is_address
                && value.contains(':')
                && is_scheme
                && !["http", "https", "mailto"].contains(&scheme);
            if name.starts_with("on") || name == "style" || name == "srcdoc" || is_foreign {
                faults.push(format!("{name}={value}"));
            }
        }
    }
    faults
}

/// Splits a tag off at its end, which no quoted `>` is.
fn split_tag(text: &str) -> (&str, &str) {
    let mut quote = None;
    for (at, letter) in text.char_indices() {
        match (quote, letter) {
            (None, '>') => return (&text[..at], &text[at + 1..]),
            (None, '"' | '\'') => quote = Some(letter),
            (Some(open), letter) if open == letter => quote = None,
            _ => {}
        }
    }
    (text, "")
}

fn attributes(tag: &str) -> Vec<(String, String)> {
    let Some((_, mut rest)) = tag.split_once(|letter: char| letter.is_whitespace() || letter == '/') else {
        return Vec::new();
    };
    let mut found = Vec::new();
    loop {
        rest = rest.trim_start_matches(|letter: char| letter.is_whitespace() || letter == '/');
        if rest.is_empty() {
            return found;
        }
        let end = rest
            .find(|letter: char| letter.is_whitespace() || letter == '=' || letter == '/')
            .unwrap_or(rest.len());
        let name = rest[..end.max(1).min(rest.len())].to_lowercase();
        rest = rest[name.len().min(rest.len())..].trim_start();
        let mut value = String::new();
        if let Some(after) = rest.strip_prefix('=') {
            rest = after.trim_start();
            let quote = rest.chars().next().filter(|letter| "\"'".contains(*letter));
            let (inner, end) = match quote {
                Some(quote) => {
                    let inner = &rest[1..];
                    let end = inner.find(quote).unwrap_or(inner.len());
                    (&inner[..end], (end + 2).min(rest.len()))
                }
                None => {
                    let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
                    (&rest[..end], end)
                }
            };
            value = inner.to_owned();
            rest = &rest[end..];
        }
        found.push((name, value));
    }
}

#[test]
fn the_reader_of_pages_sees_what_it_is_for() {
    let bad = [
        "<script>x</script>",
        "<img src=x onerror=alert(1)>",
        "<a href=\"javascript:alert(1)\">x</a>",
        "<a href='jAva\tscript:x'>x</a>",
        "<svg/onload=x>",
        "<p style=\"x\">",
        "<a title=\">\" onclick=x>",
        "<iframe srcdoc=x>",
    ];
    for html in bad {
        assert!(!faults(html).is_empty(), "{html}");
    }
    for html in [
        "<p>a &lt;script&gt; b</p>",
        "<a href=\"https://a.b/c:d\">x</a>",
        "1 < 2 > 0",
        "<a href=\"/x:y\">z</a>",
    ] {
        assert_eq!(faults(html), Vec::<String>::new(), "{html}");
    }
}

fn request(body: String, path: &std::path::Path) -> PublishRequest {
    PublishRequest {
        publication: PublicationId::from_bits(1),
        draft: DraftId::from_bits(1),
        revision: 1,
        platform: Platform::Markdown,
        project: "lantern".to_owned(),
        authors: Vec::new(),
        content: Content {
            title: Some("Words".to_owned()),
            body,
            summary: "A sentence.".to_owned(),
            tags: Vec::new(),
            length: Length { used: 0, max: None, unit: LengthUnit::Characters },
        },
        target: Target::Feed {
            path: path.to_str().expect("UTF-8").to_owned(),
            title: "News".to_owned(),
            site_url: "https://example.org/".to_owned(),
        },
        dated_at: from_unix_ms(1_795_453_200_000),
        offset_seconds: 0,
    }
}

proptest! {
    #![proptest_config(inputs())]

    #[test]
    fn no_secret_and_no_control_reaches_the_log(text in texts(LOG_WORDS, LOGS)) {
        hide([Secret::new(HIDDEN)]);
        let written = in_time(&text, || clean(&text));
        prop_assert!(!written.contains(HIDDEN), "{written:?}");
        let is_between =
            |letter: char| letter.is_ascii() && !letter.is_ascii_alphanumeric() && !"-_".contains(letter);
        for shaped in SHAPED {
            // One that is glued into a longer word is no token.
            let alone = text.split(is_between).filter(|word| *word == shaped).count();
            prop_assert!(alone < text.matches(shaped).count() || !written.contains(shaped), "{written:?}");
        }
        prop_assert!(!written.chars().any(char::is_control), "{written:?}");
        prop_assert!(written.chars().count() <= CHARS_MAX * 10);
    }
}

proptest! {
    #![proptest_config(few_inputs())]

    #[test]
    fn a_page_made_of_markdown_runs_nothing(body in texts(MARKDOWN_WORDS, MARKDOWNS)) {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("atom.xml");
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let request = request(body, &path);
        let published =
            in_time(&request.content.body, || runtime.block_on(Publishers::default().publish(&request)));
        if published.is_ok() {
            let bytes = std::fs::read(&path).expect("a feed");
            let feed = feed_rs::parser::parse(bytes.as_slice()).expect("a feed reads back");
            let html = feed.entries[0].content.as_ref().and_then(|content| content.body.clone()).unwrap_or_default();
            prop_assert_eq!(faults(&html), Vec::<String>::new(), "{}", html);
        }
    }
}
