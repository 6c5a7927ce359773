//! Names for files and addresses: ASCII, short, never empty, never a device's.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// The most bytes of a slug; a date, a counter and an ending still fit any file system beside it.
const SLUG_BYTES_MAX: usize = 80;

/// Names Windows keeps for devices, whatever ending follows.
const DEVICES: [&str; 4] = ["con", "prn", "aux", "nul"];

/// Returns a name made of `title`'s words: small ASCII letters, digits and single hyphens between, at most 80 bytes.
///
/// `fallback` stands in when no letter or digit is left; it must be such a name itself.
///
/// ```
/// # use dateline_core::slug::slug;
/// assert_eq!(slug("Don't panic: Zürich & naïve!", "post"), "dont-panic-zurich-naive");
/// ```
pub fn slug(title: &str, fallback: &str) -> String {
    let mut slug = String::new();
    for word in ascii_words(title) {
        let grown = slug.len() + usize::from(!slug.is_empty()) + word.len();
        if grown > SLUG_BYTES_MAX {
            if slug.is_empty() {
                slug.push_str(&word[..SLUG_BYTES_MAX]);
            }
            break;
        }
        if !slug.is_empty() {
            slug.push('-');
        }
        slug.push_str(&word);
    }
    if slug.is_empty() {
        slug.push_str(fallback);
    }
    if is_device(&slug) {
        slug.push_str("-post");
    }
    slug
}

fn is_device(slug: &str) -> bool {
    let numbered = slug.strip_prefix("com").or_else(|| slug.strip_prefix("lpt"));
    DEVICES.contains(&slug)
        || numbered.is_some_and(|rest| rest.len() == 1 && rest.as_bytes()[0].is_ascii_digit())
}

/// Returns the words of `text` in ASCII small letters and digits, accents dropped: `Zürich 2026` is `zurich`, `2026`.
pub(crate) fn ascii_words(text: &str) -> Vec<String> {
    let folded: String = text.nfkd().filter(|char| !is_combining_mark(*char)).flat_map(ascii_fold).collect();
    folded
        .split(|char: char| !char.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_ascii_lowercase)
        .collect()
}

/// Letters that do not decompose, and marks inside words that are dropped rather than split at.
fn ascii_fold(char: char) -> impl Iterator<Item = char> {
    let folded = match char {
        'ß' => "ss",
        'æ' | 'Æ' => "ae",
        'œ' | 'Œ' => "oe",
        'ø' | 'Ø' => "o",
        'đ' | 'Đ' | 'ð' | 'Ð' => "d",
        'ł' | 'Ł' => "l",
        'þ' | 'Þ' => "th",
        'ı' => "i",
        '\'' | '’' | '`' => "",
        _ => return Fold::One(std::iter::once(char)),
    };
    Fold::Some(folded.chars())
}

enum Fold {
    One(std::iter::Once<char>),
    Some(std::str::Chars<'static>),
}

impl Iterator for Fold {
    type Item = char;

    fn next(&mut self) -> Option<char> {
        match self {
            Self::One(char) => char.next(),
            Self::Some(chars) => chars.next(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(title: &str, expected: &str) {
        assert_eq!(slug(title, "post"), expected, "{title:?}");
    }

    #[test]
    fn a_slug_names_a_file_anywhere() {
        check("Add commit_groups filter, and 12 more", "add-commit-groups-filter-and-12-more");
        check("Größe & Œuvre — naïve Łódź", "grosse-oeuvre-naive-lodz");
        check("../../etc/passwd", "etc-passwd");
        check("C:\\x\0y. ", "c-x-y");
        check("漢字 🦋", "post");
        check("", "post");
        check("CON", "con-post");
        check("com1", "com1-post");
        check("com10 lpt", "com10-lpt");
        check("ﬁne ①", "fine-1");
        check(&"a".repeat(300), &"a".repeat(80));
        check(&"word ".repeat(100), &["word"; 16].join("-"));
    }
}
