//! A letter as HTML: one column, no tables, no pictures, nothing loaded, readable on light and dark.

use super::{Entry, Letter, Mark, Section};

/// Colours that stand on white and on black; text itself keeps the reader's own colour.
const GOOD: &str = "#2e8b57";
const BAD: &str = "#d0433b";
const PLAIN: &str = "#4a7fb5";

/// Returns `text` so that nothing in it is markup, also inside a quoted attribute.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            char => escaped.push(char),
        }
    }
    escaped
}

pub(super) fn document(letter: &Letter) -> String {
    let sections: String = letter.sections.iter().map(section).collect();
    let unsubscribe = letter.unsubscribe.as_ref().map_or_else(String::new, |address| {
        format!(" <a href=\"{}\" style=\"color:inherit\">Send me no more of this mail</a>.", escape(address))
    });
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <meta name=\"supported-color-schemes\" content=\"light dark\">\n<title>{}</title>\n</head>\n\
         <body style=\"margin:0;padding:24px 16px;font:16px/1.5 system-ui,-apple-system,'Segoe UI',sans-serif\">\n\
         <div style=\"max-width:600px;margin:0 auto\">\n{sections}\
         <p style=\"margin:32px 0 0;padding-top:12px;border-top:1px solid #8888;font-size:13px;opacity:.75\">\
         {}{unsubscribe}</p>\n</div>\n</body>\n</html>\n",
        escape(&letter.subject),
        escape(&letter.why),
    )
}

fn section(section: &Section) -> String {
    let heading = section.heading.as_ref().map_or_else(String::new, |heading| {
        format!("<h2 style=\"margin:24px 0 8px;font-size:18px;line-height:1.3\">{}</h2>\n", escape(heading))
    });
    let colour = match section.mark {
        Mark::Good => GOOD,
        Mark::Bad => BAD,
        Mark::Plain => PLAIN,
    };
    let entries: String = section.entries.iter().map(|one| entry(one, colour)).collect();
    let more = match section.more {
        0 => String::new(),
        more => format!("<p style=\"margin:8px 0\">… and {more} more</p>\n"),
    };
    format!("{heading}{entries}{more}")
}

fn entry(entry: &Entry, colour: &str) -> String {
    let details: String = entry
        .details
        .iter()
        .map(|detail| format!("<p style=\"margin:2px 0 0;overflow-wrap:anywhere\">{}</p>\n", escape(detail)))
        .collect();
    let link = entry.link.as_ref().map_or_else(String::new, |(words, address)| {
        format!("<p style=\"margin:4px 0 0\"><a href=\"{}\">{words}</a></p>\n", escape(address))
    });
    format!(
        "<div style=\"margin:0 0 12px;padding:4px 0 4px 12px;border-left:4px solid {colour}\">\n\
         <p style=\"margin:0;font-weight:600;overflow-wrap:anywhere\">{}</p>\n{details}{link}</div>\n",
        escape(&entry.title),
    )
}
