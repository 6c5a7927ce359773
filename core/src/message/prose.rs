//! The part of a message its author says in their own voice.

/// Returns `text` without fenced code, inline code, quoted lines and HTML comments; everything else unchanged.
///
/// A fence or comment that is never closed reaches to the end, as it does in Markdown.
pub(super) fn spoken(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut fence: Option<&str> = None;
    for line in without_comments(text).lines() {
        let bare = line.trim_start();
        let mark = ["```", "~~~"].into_iter().find(|mark| bare.starts_with(mark));
        match (fence, mark) {
            (Some(open), Some(found)) if open == found => fence = None,
            (None, Some(found)) => fence = Some(found),
            (Some(_), _) => {}
            (None, None) if bare.starts_with('>') => {}
            (None, None) => push_without_inline_code(line, &mut kept),
        }
        kept.push('\n');
    }
    kept
}

fn without_comments(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, comment)) = rest.split_once("<!--") {
        kept.push_str(before);
        rest = comment.split_once("-->").map_or("", |(_, after)| after);
    }
    kept.push_str(rest);
    kept
}

/// Appends `line` with each code span replaced by a space; a lone backtick is an ordinary character.
fn push_without_inline_code(line: &str, kept: &mut String) {
    let mut rest = line;
    while let Some(start) = rest.find('`') {
        let ticks = rest[start..].bytes().take_while(|b| *b == b'`').count();
        let (before, opened) = rest.split_at(start);
        let (mark, inside) = opened.split_at(ticks);
        kept.push_str(before);
        match inside.find(mark) {
            Some(end) => {
                kept.push(' ');
                rest = inside[end..].trim_start_matches('`');
            }
            None => {
                kept.push_str(mark);
                rest = inside;
            }
        }
    }
    kept.push_str(rest);
}
