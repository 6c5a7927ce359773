//! What of a text can be looked up: words, stems of words, figures, identifiers, object ids.

use std::hash::{Hash, Hasher};

/// A word's digest; comparing digests costs the same for any word.
pub(super) type Digest = u64;

/// FNV-1a over the lower-case letters: fast on short words, and equal in every process.
pub(super) fn digest(word: &str) -> Digest {
    let mut hasher = Fnv(0xcbf2_9ce4_8422_2325);
    if word.is_ascii() {
        word.bytes().for_each(|byte| hasher.write(&[byte.to_ascii_lowercase()]));
    } else {
        word.to_lowercase().hash(&mut hasher);
    }
    hasher.finish()
}

struct Fnv(u64);

impl Hasher for Fnv {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

/// Returns the runs of letters, digits and underscores in `text`.
pub(super) fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|char: char| !char.is_alphanumeric() && char != '_').filter(|word| !word.is_empty())
}

/// Returns what is left of `word` without the endings English gives verbs and plurals.
pub(super) fn stem(word: &str) -> &str {
    let endings = ["ing", "ied", "ies", "ed", "es", "s", "e", "y"];
    let cut = endings.iter().find_map(|ending| {
        let end = word.len().checked_sub(ending.len())?;
        let is_ending = end >= 3 && word.as_bytes()[end..].eq_ignore_ascii_case(ending.as_bytes());
        is_ending.then_some(end)
    });
    let stem = cut.map_or(word, |end| &word[..end]);
    // `stopped` and `stops` meet at `stop`.
    match stem.as_bytes() {
        [.., a, b] if cut.is_some() && stem.len() > 3 && a == b && b.is_ascii_alphabetic() => {
            &stem[..stem.len() - 1]
        }
        _ => stem,
    }
}

/// Returns the figures in `text`: runs with a digit, `.` and `,` inside allowed: `13`, `1.2.3`, `10m13s`, `v2`.
pub(super) fn figures(text: &str) -> impl Iterator<Item = &str> {
    pieces(text).filter(|piece| piece.bytes().any(|byte| byte.is_ascii_digit()))
}

/// Splits `text` at everything but letters, digits and underscores, and `.` and `,` between two of them.
fn pieces(text: &str) -> impl Iterator<Item = &str> {
    let is_word = |char: char| char.is_alphanumeric() || char == '_';
    let mut rest = text;
    std::iter::from_fn(move || {
        rest = rest.trim_start_matches(|char: char| !is_word(char));
        if rest.is_empty() {
            return None;
        }
        let mut end = 0;
        let mut chars = rest.char_indices().peekable();
        while let Some((at, char)) = chars.next() {
            let is_inner = matches!(char, '.' | ',') && chars.peek().is_some_and(|(_, next)| is_word(*next));
            if !is_word(char) && !is_inner {
                break;
            }
            end = at + char.len_utf8();
        }
        let (piece, tail) = rest.split_at(end);
        rest = tail;
        Some(piece)
    })
}

/// Returns `figure` in the spelling all of its writings share: `1,000` and `1000`, `v1.2` and `1.2`.
pub(super) fn normal(figure: &str) -> String {
    let lower = figure.to_lowercase();
    let bare = match lower.strip_prefix('v') {
        Some(rest) if rest.starts_with(|char: char| char.is_ascii_digit()) => rest,
        _ => &lower,
    };
    let mut groups = bare.split(',');
    let head = groups.next().unwrap_or("");
    let is_number = |group: &str| group.bytes().all(|byte| byte.is_ascii_digit());
    let is_grouped =
        head.len() <= 3 && is_number(head) && groups.all(|group| group.len() == 3 && is_number(group));
    if is_grouped { bare.replace(',', "") } else { bare.to_owned() }
}

/// Whether `word` is spelled like a name in code: `snake_case`, `camelCase`, `BTreeMap`.
pub(super) fn is_identifier(word: &str) -> bool {
    let inner = word.trim_matches('_');
    let mut pairs = inner.chars().zip(inner.chars().skip(1));
    inner.contains('_') || pairs.any(|(left, right)| left.is_lowercase() && right.is_uppercase())
}

/// Whether `word` can only be an object id, whole or cut: 7 to 64 hex digits, letters and figures mixed.
pub(super) fn is_object_id(word: &str) -> bool {
    let is_mixed =
        word.bytes().any(|byte| byte.is_ascii_digit()) && word.bytes().any(|byte| byte.is_ascii_alphabetic());
    may_be_object_id(word) && (is_mixed || word.len() >= 40)
}

/// Whether `word` can be an object id: also `4444473`, which may be a number, and `defaced`, which may be a word.
pub(super) fn may_be_object_id(word: &str) -> bool {
    (7..=64).contains(&word.len()) && word.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// Returns `#n` references in `text`: the number and where it stands. `&#64;` and `C#7` are none.
pub(super) fn issue_references(text: &str) -> impl Iterator<Item = (u64, std::ops::Range<usize>)> {
    text.match_indices('#').filter_map(|(at, _)| {
        let follows_word =
            text[..at].chars().next_back().is_some_and(|char| char.is_alphanumeric() || char == '&');
        let digits = text[at + 1..].bytes().take_while(u8::is_ascii_digit).count();
        let end = at + 1 + digits;
        let runs_on = text[end..].starts_with(|char: char| char.is_alphanumeric() || char == '_');
        let number = text[at + 1..end].parse().ok()?;
        (!follows_word && !runs_on).then_some((number, at..end))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_found_whole() {
        let found: Vec<&str> = figures("13 of 1,000: v1.2.3, 10m13s. 2-3 x2 é9, a.b (4)").collect();
        assert_eq!(found, ["13", "1,000", "v1.2.3", "10m13s", "2", "3", "x2", "é9", "4"]);
        let normals: Vec<String> = ["1,000", "v1.2", "1,5", "10M", "vx2"].into_iter().map(normal).collect();
        assert_eq!(normals, ["1000", "1.2", "1,5", "10m", "vx2"]);
    }

    #[test]
    fn references_identifiers_and_object_ids_are_told_apart() {
        let numbers: Vec<u64> = issue_references("#1, (#22) x#3 &#64; #4a #99999999999999999999 owner/x#5")
            .map(|(n, _)| n)
            .collect();
        assert_eq!(numbers, [1, 22]);
        assert!(
            is_identifier("commit_groups")
                && is_identifier("BTreeMap")
                && !is_identifier("GET")
                && !is_identifier("_x_")
        );
        assert!(
            is_object_id("599626b")
                && !is_object_id("deadbee")
                && !is_object_id("1234567")
                && !is_object_id("abc12")
        );
    }

    #[test]
    fn forms_of_a_word_share_a_stem() {
        for (left, right) in
            [("stopped", "stops"), ("removes", "removing"), ("query", "queries"), ("file", "files")]
        {
            assert_eq!(stem(left), stem(right));
        }
        assert_eq!(stem("bus"), "bus");
    }
}
