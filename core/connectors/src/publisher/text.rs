//! A platform's text as Markdown and as a title: what files and feeds take, whatever it was written for.

use dateline_core::hygiene::{clean_line, clean_text};
use dateline_core::platform_spec::{Markup, PlatformSpec};
use dateline_core::project::PlatformSettings;
use dateline_core::publisher::PublishRequest;
use dateline_core::rich_text;

/// The most characters of a title made from a text that has none.
const TITLE_CHARS_MAX: usize = 120;

/// Returns the body as Markdown.
pub(super) fn markdown(request: &PublishRequest) -> String {
    let body = clean_text(&request.content.body);
    match PlatformSpec::of(request.platform, &PlatformSettings::default()).markup {
        Markup::Markdown => body,
        Markup::LittleText => from_plain(&rich_text::unescape_little_text(&body)),
        Markup::Plain => from_plain(&body),
    }
}

/// Returns a title on one line, never empty.
pub(super) fn title(request: &PublishRequest) -> String {
    let own = clean_line(request.content.title.as_deref().unwrap_or(""));
    let candidates = [own, clean_line(&request.content.summary), clean_line(&request.project)];
    let title =
        candidates.into_iter().find(|title| !title.is_empty()).unwrap_or_else(|| "Untitled".to_owned());
    if request.content.title.is_some() || title.chars().count() <= TITLE_CHARS_MAX {
        return title;
    }
    let mut cut = String::new();
    for word in title.split(' ') {
        if cut.chars().count() + word.chars().count() >= TITLE_CHARS_MAX {
            break;
        }
        cut.push_str(word);
        cut.push(' ');
    }
    let start = if cut.is_empty() { title.chars().take(TITLE_CHARS_MAX - 1).collect() } else { cut };
    format!("{}…", start.trim_end())
}

/// Returns plain words as Markdown that shows them as they are, their addresses as links, their lines as lines.
fn from_plain(text: &str) -> String {
    let mut markdown = String::with_capacity(text.len() + text.len() / 8);
    let mut end = 0;
    for url in rich_text::urls(text) {
        push_escaped(&text[end..url.start], &mut markdown);
        let address = &text[url.clone()];
        markdown.push_str(&format!("<{address}>"));
        end = url.end;
    }
    push_escaped(&text[end..], &mut markdown);
    markdown
}

fn push_escaped(text: &str, markdown: &mut String) {
    let mut chars = text.chars();
    while let Some(char) = chars.next() {
        let is_line_start = markdown.is_empty() || markdown.ends_with('\n');
        match char {
            // Indented words would become code.
            ' ' | '\t' if is_line_start => continue,
            // A line break of plain text is one to its reader.
            '\n' if !is_line_start && !matches!(next_visible(&chars), None | Some('\n')) => {
                markdown.push('\\')
            }
            _ if char.is_ascii_punctuation() => markdown.push('\\'),
            _ => {}
        }
        markdown.push(char);
    }
}

fn next_visible(chars: &std::str::Chars<'_>) -> Option<char> {
    chars.as_str().trim_start_matches([' ', '\t']).chars().next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_words_read_the_same_as_markdown() {
        let plain = "1. *One* <b> & #two\n- three https://a.b/c_d, x\n  \n    four\n";
        let read = dateline_core::markdown::read(&from_plain(plain)).expect("simple");
        assert_eq!(read.text, "1. *One* <b> & #two\n- three https://a.b/c_d, x\nfour\n");
        assert_eq!(read.links[0].url, "https://a.b/c_d");
        assert!(read.foreign.is_empty() && read.code.is_empty());
    }
}
