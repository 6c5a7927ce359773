//! Characters a reader cannot see, and what becomes of them.

/// Returns `text` on one line: invisible characters gone, every run of white space one space, trimmed.
pub fn clean_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for word in clean_text(text).split_whitespace() {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    line
}

/// Returns `text` with line ends as `\n` and without control, bidirectional, zero-width and tag characters.
///
/// Tabs stay. Joiners stay where they shape what is seen: inside emoji, and between letters of scripts that join.
pub fn clean_text(text: &str) -> String {
    let mut cleaned = String::with_capacity(text.len());
    for (_, step) in steps(text) {
        match step {
            Step::Keep(char) => cleaned.push(char),
            Step::NewLine => cleaned.push('\n'),
            Step::Drop(_) => {}
        }
    }
    cleaned
}

/// Returns the first character [`clean_text`] would not leave as it is, and its byte offset.
pub fn first_unclean(text: &str) -> Option<(usize, char)> {
    steps(text).find_map(|(at, step)| match step {
        Step::Keep(_) => None,
        Step::NewLine => text[at..].chars().next().map(|found| (at, found)),
        Step::Drop(found) => Some((at, found)),
    })
}

/// What becomes of one character.
enum Step {
    Keep(char),
    /// Another spelling of a line end.
    NewLine,
    Drop(char),
}

fn steps(text: &str) -> impl Iterator<Item = (usize, Step)> {
    let mut chars = text.char_indices().peekable();
    let mut kept: Option<char> = None;
    let mut escape = Escape::Outside;
    std::iter::from_fn(move || {
        let (at, char) = chars.next()?;
        let next = chars.peek().map(|(_, next)| *next);
        escape = escape.after(char, next);
        let step = match char {
            _ if escape.hides(char) => Step::Drop(char),
            // Of `\r\n` only the second half stays.
            '\r' if next == Some('\n') => Step::Drop(char),
            '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => Step::NewLine,
            _ if is_kept(kept, char, next) => Step::Keep(char),
            _ => Step::Drop(char),
        };
        match step {
            Step::Keep(char) => kept = Some(char),
            Step::NewLine => kept = Some('\n'),
            Step::Drop(_) => {}
        }
        Some((at, step))
    })
}

/// Whether a terminal's escape sequence is being read: its printable tail would otherwise stay behind as litter.
#[derive(Clone, Copy, PartialEq)]
enum Escape {
    Outside,
    Introduced,
    Inside,
    Ending,
}

impl Escape {
    fn after(self, char: char, next: Option<char>) -> Self {
        match (self, char) {
            (Self::Outside | Self::Ending, '\u{1b}') if next == Some('[') => Self::Introduced,
            (Self::Outside | Self::Ending, _) => Self::Outside,
            (Self::Introduced, _) => Self::Inside,
            (Self::Inside, ' '..='?') => Self::Inside,
            (Self::Inside, '@'..='~') => Self::Ending,
            (Self::Inside, _) => Self::Outside,
        }
    }

    fn hides(self, char: char) -> bool {
        self != Self::Outside && char != '\n'
    }
}

fn is_kept(kept: Option<char>, char: char, next: Option<char>) -> bool {
    match char {
        '\n' | '\t' => true,
        '\u{200d}' => joins_emoji(kept, next) || joins_letters(kept, next),
        '\u{200c}' => joins_letters(kept, next),
        // One variation selector chooses a shape; more of them carry hidden bytes.
        '\u{fe00}'..='\u{fe0f}' => kept.is_some_and(|before| !before.is_whitespace() && !is_selector(before)),
        '\u{e0100}'..='\u{e01ef}' => kept.is_some_and(is_ideograph),
        _ => !char.is_control() && !is_invisible(char),
    }
}

fn joins_emoji(kept: Option<char>, next: Option<char>) -> bool {
    kept.is_some_and(|before| is_pictograph(before) || before == '\u{fe0f}')
        && next.is_some_and(is_pictograph)
}

/// Whether both neighbours belong to the scripts whose spelling uses joiners: Arabic to Myanmar.
fn joins_letters(kept: Option<char>, next: Option<char>) -> bool {
    let is_joining = |char: char| ('\u{600}'..='\u{109f}').contains(&char);
    kept.is_some_and(is_joining) && next.is_some_and(is_joining)
}

fn is_selector(char: char) -> bool {
    matches!(char, '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}')
}

fn is_ideograph(char: char) -> bool {
    matches!(char, '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

/// Whether `char` may stand in an emoji sequence; generous, since joiners only matter between two of these.
fn is_pictograph(char: char) -> bool {
    matches!(
        char,
        '\u{a9}' | '\u{ae}' | '\u{203c}' | '\u{2049}' | '\u{2122}' | '\u{2139}' | '\u{2190}'..='\u{21ff}'
            | '\u{2300}'..='\u{23ff}' | '\u{25a0}'..='\u{27bf}' | '\u{2900}'..='\u{297f}'
            | '\u{2b00}'..='\u{2bff}' | '\u{3030}' | '\u{303d}' | '\u{3297}' | '\u{3299}'
            | '\u{1f000}'..='\u{1faff}'
    )
}

/// Whether `char` has no shape of its own: bidirectional controls, zero-width characters, fillers, tags.
fn is_invisible(char: char) -> bool {
    matches!(
        char,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffc}'
            | '\u{fffe}' | '\u{ffff}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(given: &str, cleaned: &str) {
        assert_eq!(clean_text(given), cleaned, "{given:?}");
        assert_eq!(first_unclean(given).is_none(), given == cleaned, "{given:?}");
    }

    #[test]
    fn what_nobody_sees_goes() {
        check("plain, é, 漢字, →, \ttab\n", "plain, é, 漢字, →, \ttab\n");
        check("a\r\nb\rc\u{85}d\u{2028}e\u{b}f", "a\nb\nc\nd\ne\nf");
        check("\u{feff}a\0b\u{7}c\u{7f}d\u{9b}e", "abcde");
        check("abc\u{202e}fed\u{2066}x\u{2069}\u{200f}", "abcfedx");
        check("pass\u{200b}word\u{2060}\u{ad}", "password");
        check("hi\u{e0049}\u{e0067}\u{e007f}", "hi");
        check("x\u{fe01}\u{fe02}\u{e0101}y", "x\u{fe01}y");
        check("\u{1b}[31mred\u{1b}[0m \u{1b}[1;32;40mgreen", "red green");
        check("\u{1b}]0;title\u{7}x \u{1b}[", "]0;titlex ");
        check("\u{1b}[3\nstays", "\nstays");
    }

    #[test]
    fn joiners_stay_where_they_shape_what_is_seen() {
        check(
            "👨\u{200d}👩\u{200d}👧 🏳\u{fe0f}\u{200d}🌈 ❤\u{fe0f}",
            "👨\u{200d}👩\u{200d}👧 🏳\u{fe0f}\u{200d}🌈 ❤\u{fe0f}",
        );
        check("می\u{200c}خواهم क्\u{200d}ष", "می\u{200c}خواهم क्\u{200d}ष");
        check("a\u{200d}b 👨\u{200d} \u{200d}👩 a\u{200c}b", "ab 👨 👩 ab");
    }

    #[test]
    fn a_line_is_one_line() {
        assert_eq!(clean_line("  one\r\n\ttwo\u{2029} three\u{a0}\u{3000}four  "), "one two three four");
        assert_eq!(clean_line(" \u{200b} \n"), "");
    }

    proptest! {
        #[test]
        fn cleaning_twice_changes_nothing(text in "\\PC*|(?s).*") {
            let once = clean_text(&text);
            prop_assert_eq!(clean_text(&once), once.clone());
            prop_assert_eq!(first_unclean(&once), None);
            prop_assert!(!clean_line(&text).contains(char::is_control));
        }
    }
}
