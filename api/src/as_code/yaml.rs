//! Reads YAML as JSON that remembers where everything stands.
//!
//! A file of configuration needs texts, numbers, lists and objects. Anchors, aliases, tags, further documents and keys
//! that are no texts are refused, so nothing in a file can stand for more than is written there.

use std::collections::BTreeMap;

use saphyr_parser::{Event, Marker, Parser, ScalarStyle};
use serde_json::{Map, Value};

/// More is no configuration a person looks after.
pub const BYTES_MAX: usize = 1024 * 1024;

/// Deeper than any field lies.
const DEPTH_MAX: usize = 16;

/// Where something stands in a file, both counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The line.
    pub line: usize,
    /// The character in the line.
    pub column: usize,
}

/// What cannot be read, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{why}")]
pub struct Unreadable {
    /// Where.
    pub place: Place,
    /// Why.
    pub why: String,
}

/// A file's value, and where each part of it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    /// The value.
    pub value: Value,
    /// Places by JSON pointer: of a field its name, else the value.
    places: BTreeMap<String, Place>,
}

impl Document {
    /// Returns where `pointer` stands, or the nearest thing that holds it.
    pub fn place(&self, pointer: &str) -> Place {
        let mut rest = pointer;
        loop {
            if let Some(place) = self.places.get(rest) {
                return *place;
            }
            match rest.rfind('/') {
                Some(cut) => rest = &rest[..cut],
                None => return Place { line: 1, column: 1 },
            }
        }
    }
}

/// Reads a file.
///
/// # Errors
/// [`Unreadable`] at the first thing that is no plain YAML.
pub fn read(text: &str) -> Result<Document, Unreadable> {
    if text.len() > BYTES_MAX {
        let why = format!("the file has {} bytes; at most {BYTES_MAX} are read", text.len());
        return Err(Unreadable { place: Place { line: 1, column: 1 }, why });
    }
    let mut reader = Reader { places: BTreeMap::new(), open: Vec::new(), root: None };
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| {
            let place = place(error.marker());
            Unreadable { place, why: format!("{}{}", error.info(), hint(text, place)) }
        })?;
        reader.take(event, place(&span.start)).map_err(|(place, why)| Unreadable { place, why })?;
    }
    let value = reader.root.unwrap_or(Value::Null);
    Ok(Document { value, places: reader.places })
}

fn place(marker: &Marker) -> Place {
    Place { line: marker.line(), column: marker.col() + 1 }
}

/// Says what people most often trip over: a cron pattern without quotation marks.
fn hint(text: &str, at: Place) -> &'static str {
    let line = text.lines().nth(at.line.saturating_sub(1)).unwrap_or_default();
    let is_special = |rest: &str| rest.trim_start().starts_with(['*', '@', '%', '&', '`']);
    let value =
        line.split_once(": ").map_or_else(|| line.trim_start().trim_start_matches("- "), |(_, it)| it);
    if is_special(value) { " (a text that begins with * @ % & or ` needs quotation marks)" } else { "" }
}

/// What is open around the next event.
enum Open {
    List { pointer: String, items: Vec<Value> },
    Object { pointer: String, fields: Map<String, Value>, key: Option<String> },
}

struct Reader {
    places: BTreeMap<String, Place>,
    open: Vec<Open>,
    root: Option<Value>,
}

type Refused = (Place, String);

impl Reader {
    fn take(&mut self, event: Event<'_>, at: Place) -> Result<(), Refused> {
        match event {
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => Ok(()),
            Event::DocumentStart(_) if self.root.is_some() => {
                Err((at, "a second document begins here; one file holds one".into()))
            }
            Event::DocumentStart(_) => Ok(()),
            Event::Alias(_) => Err((at, "an alias; write out what it stands for, and put quotation marks around a text that begins with *".into())),
            Event::Scalar(_, _, anchor, tag) if anchor != 0 || tag.is_some() => Err((at, plainness())),
            Event::SequenceStart(anchor, tag) | Event::MappingStart(anchor, tag)
                if anchor != 0 || tag.is_some() =>
            {
                Err((at, plainness()))
            }
            Event::Scalar(text, style, ..) => self.scalar(&text, style, at),
            Event::SequenceStart(..) => {
                let pointer = self.enter(at)?;
                self.open.push(Open::List { pointer, items: Vec::new() });
                Ok(())
            }
            Event::MappingStart(..) => {
                let pointer = self.enter(at)?;
                self.open.push(Open::Object { pointer, fields: Map::new(), key: None });
                Ok(())
            }
            Event::SequenceEnd | Event::MappingEnd => {
                match self.open.pop() {
                    Some(Open::List { items, .. }) => self.put(Value::Array(items)),
                    Some(Open::Object { fields, .. }) => self.put(Value::Object(fields)),
                    None => {}
                }
                Ok(())
            }
        }
    }

    fn scalar(&mut self, text: &str, style: ScalarStyle, at: Place) -> Result<(), Refused> {
        if let Some(Open::Object { pointer, fields, key: key @ None }) = self.open.last_mut() {
            if fields.contains_key(text) {
                return Err((at, format!("`{}` stands here twice", crate::http::problem::shown(text))));
            }
            let escaped = text.replace('~', "~0").replace('/', "~1");
            self.places.insert(format!("{pointer}/{escaped}"), at);
            *key = Some(text.to_owned());
            return Ok(());
        }
        let pointer = self.next_pointer();
        self.places.entry(pointer).or_insert(at);
        let value = if style == ScalarStyle::Plain { plain_value(text) } else { Value::String(text.into()) };
        self.put(value);
        Ok(())
    }

    /// Returns the pointer of the list or object that begins.
    fn enter(&mut self, at: Place) -> Result<String, Refused> {
        if let Some(Open::Object { key: None, .. }) = self.open.last() {
            return Err((at, "a field's name is a text".into()));
        }
        if self.open.len() >= DEPTH_MAX {
            return Err((at, format!("this lies more than {DEPTH_MAX} levels deep")));
        }
        let pointer = self.next_pointer();
        self.places.entry(pointer.clone()).or_insert(at);
        Ok(pointer)
    }

    fn next_pointer(&self) -> String {
        match self.open.last() {
            None => String::new(),
            Some(Open::List { pointer, items }) => format!("{pointer}/{}", items.len()),
            Some(Open::Object { pointer, key, .. }) => {
                let key = key.as_deref().unwrap_or_default();
                format!("{pointer}/{}", key.replace('~', "~0").replace('/', "~1"))
            }
        }
    }

    fn put(&mut self, value: Value) {
        match self.open.last_mut() {
            None => self.root = Some(value),
            Some(Open::List { items, .. }) => items.push(value),
            Some(Open::Object { fields, key, .. }) => {
                fields.insert(key.take().unwrap_or_default(), value);
            }
        }
    }
}

fn plainness() -> String {
    "an anchor or a tag; only plain texts, numbers, lists and objects are read".into()
}

/// Returns what a text without quotation marks means in YAML 1.2: `yes` and `12:30` are texts.
fn plain_value(text: &str) -> Value {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "true" | "True" | "TRUE" => Value::Bool(true),
        "false" | "False" | "FALSE" => Value::Bool(false),
        _ => number(text).unwrap_or_else(|| Value::String(text.to_owned())),
    }
}

fn number(text: &str) -> Option<Value> {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let is_number = digits.starts_with(|it: char| it.is_ascii_digit() || it == '.')
        && digits.chars().all(|it| it.is_ascii_digit() || matches!(it, '.' | 'e' | 'E' | '+' | '-'));
    if !is_number {
        return None;
    }
    let unsigned = text.strip_prefix('+').unwrap_or(text);
    if let Ok(whole) = unsigned.parse::<i64>() {
        return Some(whole.into());
    }
    let float = unsigned.parse::<f64>().ok()?;
    serde_json::Number::from_f64(float).map(Value::Number)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Value) {
        assert_eq!(read(text).expect("it is plain").value, expected, "{text}");
    }

    #[track_caller]
    fn refused(text: &str, line: usize, word: &str) {
        let error = read(text).expect_err("it is not plain");
        assert!(error.place.line == line && error.why.contains(word), "{text:.80}: {error:?}");
    }

    #[test]
    fn plain_yaml_is_read_as_version_1_2_says() {
        check("a: 1\nb: [x, 'y', \"z\\n\"]\n", json!({ "a": 1, "b": ["x", "y", "z\n"] }));
        check("a: yes\nb: no\nc: on\nd: true", json!({ "a": "yes", "b": "no", "c": "on", "d": true }));
        check(
            "a: 12:30\nb: -3\nc: 1.5\nd: '7'\ne:",
            json!({ "a": "12:30", "b": -3, "c": 1.5, "d": "7", "e": null }),
        );
        check("a: |\n  one\n  two\nb: >-\n  one\n  two\n", json!({ "a": "one\ntwo\n", "b": "one two" }));
        check("a: 2027-01-01T00:00:00Z # a remark", json!({ "a": "2027-01-01T00:00:00Z" }));
        check("", Value::Null);
        check("---\na: {}\n...\n", json!({ "a": {} }));
        check(
            "a: 1-2\nb: 0x10\nc: 1.2.3\nd: '*'",
            json!({ "a": "1-2", "b": "0x10", "c": "1.2.3", "d": "*" }),
        );
    }

    #[test]
    fn everything_has_its_place() {
        let text = "version: 1\nprojects:\n  - name: A\n    jobs:\n      - name: B\n";
        let document = read(text).expect("YAML");
        let at = |pointer: &str| (document.place(pointer).line, document.place(pointer).column);
        assert_eq!(at("/version"), (1, 1));
        assert_eq!(at("/projects/0/name"), (3, 5));
        assert_eq!(at("/projects/0/jobs/0/name"), (5, 9));
        assert_eq!(at("/projects/0/jobs/0/timeConfig/hour"), (5, 9), "the entry that lacks it");
        assert_eq!(at("/nothing"), (1, 1));
    }

    #[test]
    fn what_stands_for_something_else_is_refused() {
        refused("a: &x 1\nb: *x\n", 1, "anchor");
        refused("a: 1\nb: !!str 2\n", 2, "tag");
        refused("a: 1\na: 2\n", 2, "twice");
        refused("a: 1\n---\nb: 2\n", 2, "second document");
        refused("[a]: 1\n", 1, "text");
        refused("when: * * * * *\n", 1, "quotation marks");
        refused("when: @daily\n", 1, "quotation marks");
        refused("a: [1\n", 2, "");
        refused("a: 'b\n", 1, "");
    }

    #[test]
    fn hostile_files_are_refused_at_once() {
        let bomb = "a: &a [x,x]\nb: &b [*a,*a]\nc: [*b,*b]\n";
        refused(bomb, 1, "anchor");
        refused(&"[".repeat(BYTES_MAX), 1, "limit");
        refused(&"- ".repeat(BYTES_MAX / 2), 1, "levels");
        refused(&"a".repeat(BYTES_MAX + 1), 1, "bytes");
        let deep: String = (0..40).map(|level| format!("{}a:\n", " ".repeat(level))).collect();
        refused(&deep, 17, "levels");
    }
}
