//! Mentions: `@user`, `@user@host`, `@org/team`.

use std::ops::Range;

/// A mention in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mention {
    /// Where it stands, from the `@` to the end of the name and of the host, in bytes.
    pub range: Range<usize>,
    /// Where `@host` of `@user@host` stands.
    pub host: Option<Range<usize>>,
}

/// Returns what a platform would take for a mention in `text`: an `@` that follows no word, and a name.
pub fn mentions(text: &str) -> Vec<Mention> {
    let mut found: Vec<Mention> = Vec::new();
    for (at, _) in text.match_indices('@') {
        let before = text[..at].chars().next_back();
        let is_inside = found.last().is_some_and(|mention| at < mention.range.end);
        if is_inside
            || before
                .is_some_and(|char| char.is_alphanumeric() || matches!(char, '_' | '/' | '.' | '@' | '-'))
        {
            continue;
        }
        let name = name_length(&text[at + 1..]);
        if name == 0 {
            continue;
        }
        let end = at + 1 + name;
        let host = text[end..].strip_prefix('@').map(host_length).filter(|length| *length > 0);
        let host = host.map(|length| end..end + 1 + length);
        found.push(Mention { range: at..host.as_ref().map_or(end, |host| host.end), host });
    }
    found
}

fn name_length(text: &str) -> usize {
    let is_name = |char: char| char.is_alphanumeric() || matches!(char, '_' | '-' | '.' | '/');
    let end = text.find(|char| !is_name(char)).unwrap_or(text.len());
    text[..end].trim_end_matches(['-', '.', '/']).len()
}

fn host_length(text: &str) -> usize {
    let is_host = |char: char| char.is_alphanumeric() || matches!(char, '-' | '.');
    let end = text.find(|char| !is_host(char)).unwrap_or(text.len());
    let host = text[..end].trim_end_matches(['-', '.']);
    if host.contains('.') { host.len() } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[&str]) {
        let found: Vec<&str> = mentions(text).into_iter().map(|mention| &text[mention.range]).collect();
        assert_eq!(found, expected, "{text:?}");
    }

    #[test]
    fn an_at_sign_before_a_name_mentions() {
        check("by @ann, (@bo) and @org/team.", &["@ann", "@bo", "@org/team"]);
        check("@ann@example.social: hi @everyone", &["@ann@example.social", "@everyone"]);
        check("a@b.c x@y @ z @@q", &[]);
        check("https://medium.com/@ann", &[]);
        check("@日本 @a-b-", &["@日本", "@a-b"]);
    }

    #[test]
    fn the_host_of_a_remote_mention_is_told_apart() {
        let text = "hi @ann@example.social!";
        assert_eq!(mentions(text)[0].host.clone().map(|host| &text[host]), Some("@example.social"));
    }
}
