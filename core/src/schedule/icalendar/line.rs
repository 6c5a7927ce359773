//! Lines of an iCalendar file: unfolded, and cut into name, parameters and value.

use std::borrow::Cow;

/// Longer lines are cut: nothing that is read is as long.
const LINE_BYTES_MAX: usize = 2_000;

/// Returns the lines of a file with the number of the first of those that were folded into each.
pub(super) fn unfolded(text: &str) -> impl Iterator<Item = (usize, Cow<'_, str>)> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut lines = text.lines().enumerate().peekable();
    std::iter::from_fn(move || {
        let (index, line) = lines.next()?;
        let mut line = Cow::Borrowed(line);
        while let Some((_, more)) = lines.next_if(|(_, next)| next.starts_with([' ', '\t'])) {
            if line.len() < LINE_BYTES_MAX {
                line.to_mut().push_str(&more[1..]);
            }
        }
        Some((index + 1, line))
    })
}

/// One property: `DTSTART;TZID=Europe/Berlin:20270101T090000`.
pub(super) struct Property<'a> {
    /// In capitals.
    pub(super) name: String,
    parameters: Vec<(String, &'a str)>,
    pub(super) value: &'a str,
}

impl<'a> Property<'a> {
    /// Returns the property that a line says, or `None` when it says none.
    pub(super) fn read(line: &'a str) -> Option<Self> {
        let mut parts = Vec::new();
        let (mut start, mut is_quoted) = (0, false);
        let mut value = None;
        for (at, character) in line.char_indices() {
            match character {
                '"' => is_quoted = !is_quoted,
                ';' if !is_quoted => {
                    parts.push(&line[start..at]);
                    start = at + 1;
                }
                ':' if !is_quoted => {
                    parts.push(&line[start..at]);
                    value = Some(&line[at + 1..]);
                    break;
                }
                _ => {}
            }
        }
        let (value, mut parts) = (value?, parts.into_iter());
        let name = parts.next().filter(|name| is_name(name))?.to_ascii_uppercase();
        let parameters = parts.filter_map(|part| {
            let (name, value) = part.split_once('=')?;
            Some((name.to_ascii_uppercase(), value.trim_matches('"')))
        });
        Some(Self { name, parameters: parameters.collect(), value })
    }

    pub(super) fn is(&self, name: &str, value: &str) -> bool {
        self.name == name && self.value.trim().eq_ignore_ascii_case(value)
    }

    pub(super) fn parameter(&self, name: &str) -> Option<&'a str> {
        self.parameters.iter().find(|(known, _)| known == name).map(|(_, value)| *value)
    }
}

fn is_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}
