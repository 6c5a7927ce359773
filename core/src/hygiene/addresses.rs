//! E-mail addresses: people did not write them into a history to see them published.

use std::ops::Range;

use super::REDACTED;

/// Ends of file names that look like domains: `icon@2x.png`.
const FILE_ENDS: [&str; 22] = [
    "png", "jpg", "jpeg", "gif", "svg", "webp", "avif", "ico", "js", "mjs", "ts", "tsx", "rs", "py", "json",
    "yml", "yaml", "toml", "md", "txt", "tgz", "zip",
];

/// Returns `text` without e-mail addresses: one in angle brackets or parentheses disappears with them, a bare one
/// becomes `[redacted]`.
pub fn remove_emails(text: &str) -> String {
    let mut cleaned = String::with_capacity(text.len());
    let mut copied = 0;
    for address in emails(text) {
        match enclosure(text, &address) {
            Some(whole) => {
                cleaned.push_str(&text[copied..whole.start]);
                copied = whole.end;
            }
            None => {
                cleaned.push_str(&text[copied..address.start]);
                cleaned.push_str(REDACTED);
                copied = address.end;
            }
        }
    }
    cleaned.push_str(&text[copied..]);
    cleaned
}

/// Returns the byte offset of the first e-mail address in `text`.
pub fn first_email(text: &str) -> Option<usize> {
    emails(text).next().map(|address| address.start)
}

/// Returns the addresses in `text`, in order, none overlapping.
fn emails(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut searched = 0;
    text.match_indices('@').filter_map(move |(at, _)| {
        let (local, domain) = (local_part(&text[searched..at]), domain(&text[at + 1..]));
        let address = at - local.len()..at + 1 + domain.len();
        // `git@host:owner/name` names a repository, not a person.
        let is_remote = local == "git" && text[address.end..].starts_with([':', '/']);
        let is_email = !local.is_empty() && !domain.is_empty() && !is_remote;
        searched = if is_email { address.end } else { at + 1 };
        is_email.then_some(address)
    })
}

/// Returns the longest mailbox name `text` ends with, at most 64 characters.
fn local_part(text: &str) -> &str {
    let is_local = |char: char| char.is_alphanumeric() || matches!(char, '.' | '_' | '%' | '+' | '-');
    let start = text.char_indices().rev().take(64).take_while(|(_, char)| is_local(*char)).last();
    start.map_or("", |(start, _)| text[start..].trim_start_matches('.'))
}

/// Returns the domain name `text` begins with: at least two labels, the last of letters; empty when there is none.
fn domain(text: &str) -> &str {
    let is_domain = |char: char| char.is_alphanumeric() || matches!(char, '.' | '-');
    let end = text
        .char_indices()
        .take(254)
        .find(|(_, char)| !is_domain(*char))
        .map_or(text.len().min(254), |(at, _)| at);
    let end = text.floor_char_boundary(end);
    let name = text[..end].trim_end_matches(['.', '-']);
    let Some((rest, top)) = name.rsplit_once('.') else { return "" };
    let is_top = top.chars().count() >= 2 && top.chars().all(char::is_alphabetic);
    let has_labels =
        !rest.is_empty() && rest.split('.').all(|label| !label.is_empty() && !label.starts_with('-'));
    if is_top && has_labels && !FILE_ENDS.contains(&top.to_ascii_lowercase().as_str()) { name } else { "" }
}

/// Returns the brackets around `address`, what stands between, and the space before.
fn enclosure(text: &str, address: &Range<usize>) -> Option<Range<usize>> {
    let before = text[..address.start].trim_end_matches("mailto:");
    let opened = before.strip_suffix(['<', '('])?;
    text[address.end..].starts_with(['>', ')']).then(|| opened.trim_end_matches(' ').len()..address.end + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(given: &str, cleaned: &str) {
        assert_eq!(remove_emails(given), cleaned, "{given:?}");
        assert_eq!(first_email(given).is_some(), given != cleaned, "{given:?}");
        assert_eq!(first_email(cleaned), None, "{cleaned:?}");
    }

    #[test]
    fn addresses_disappear_and_other_at_signs_stay() {
        check("Ann Lee <ann.lee+git@example.co.uk>", "Ann Lee");
        check("Ann Lee (ann@example.com), Bo", "Ann Lee, Bo");
        check("reported by ann@example.com.", "reported by [redacted].");
        check("mailto:jürgen@müller.example", "mailto:[redacted]");
        check("<ann@example.com, x", "<[redacted], x");
        check("1+ann@users.noreply.github.com pushed", "[redacted] pushed");
        check(
            "use actions/checkout@v4.1 and @scope/name, icon@2x.png",
            "use actions/checkout@v4.1 and @scope/name, icon@2x.png",
        );
        check("clone git@github.com:a/b.git", "clone git@github.com:a/b.git");
        check("a@b, @everyone, x @ y.com", "a@b, @everyone, x @ y.com");
    }
}
