//! Writes JSON as YAML that a person likes to read, and that reads back as the same value.

use serde_json::Value;

/// Returns `value` as a YAML document.
pub fn yaml(value: &Value) -> String {
    let mut out = String::new();
    node(value, 0, &mut out);
    out
}

/// Writes what follows a `:` or stands on its own, line feed included.
fn node(value: &Value, depth: usize, out: &mut String) {
    let indent = "  ".repeat(depth);
    match value {
        Value::Object(fields) if !fields.is_empty() => {
            for (index, (name, field)) in fields.iter().enumerate() {
                // The first field of a list's item stands behind its dash.
                if index > 0 || !out.ends_with("- ") {
                    out.push_str(&indent);
                }
                out.push_str(&scalar(&Value::String(name.clone())));
                out.push(':');
                under(field, depth + 1, out);
            }
        }
        Value::Array(items) if !items.is_empty() => {
            for item in items {
                if !out.ends_with("- ") {
                    out.push_str(&indent);
                }
                out.push_str("- ");
                node(item, depth + 1, out);
            }
        }
        _ => {
            out.push_str(&scalar(value));
            out.push('\n');
        }
    }
}

/// Writes the value of a field.
fn under(value: &Value, depth: usize, out: &mut String) {
    let is_open = match value {
        Value::Object(fields) => !fields.is_empty(),
        Value::Array(items) => !items.is_empty(),
        _ => false,
    };
    out.push(if is_open { '\n' } else { ' ' });
    node(value, depth, out);
}

fn scalar(value: &Value) -> String {
    match value {
        Value::String(text) if is_plain(text) => text.clone(),
        // A JSON text is a YAML text in quotation marks, where nothing hidden may stand as it is.
        Value::String(_) => value.to_string().chars().map(shown).collect(),
        Value::Array(_) => "[]".into(),
        Value::Object(_) => "{}".into(),
        Value::Null | Value::Bool(_) | Value::Number(_) => value.to_string(),
    }
}

fn shown(character: char) -> String {
    if crate::http::problem::is_hidden(character) {
        format!("\\U{:08x}", u32::from(character))
    } else {
        character.to_string()
    }
}

/// Whether a text means itself without quotation marks, for YAML 1.1 readers too.
fn is_plain(text: &str) -> bool {
    let is_word = |it: char| it.is_alphanumeric() || matches!(it, ' ' | '_' | '-' | '.' | '/' | '+');
    let is_reserved =
        ["true", "false", "null", "yes", "no", "on", "off", "y", "n"].contains(&text.to_lowercase().as_str());
    text.starts_with(|it: char| it.is_alphabetic() || it == '/')
        && !text.ends_with(' ')
        && text.chars().all(|it| is_word(it) && !crate::http::problem::is_hidden(it))
        && !is_reserved
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::as_code::yaml::read;

    #[track_caller]
    fn check(value: Value) {
        let text = yaml(&value);
        assert_eq!(read(&text).unwrap_or_else(|error| panic!("{error}: {text}")).value, value, "{text}");
    }

    #[test]
    fn what_is_written_reads_back_as_it_was() {
        check(
            json!({ "a": 1, "b": [], "c": {}, "d": [1, "x", null, true, -1, 1.5], "e": { "f": [{ "g": 1, "h": [2, [3, 4]] }] } }),
        );
        check(json!([{ "a": { "b": 1 } }, [], {}, [[1], [2]]]));
        for text in [
            "",
            " ",
            "a ",
            " a",
            "yes",
            "No",
            "null",
            "~",
            "1",
            "1.5",
            "-",
            "- a",
            "a: b",
            "a #b",
            "# a",
            "*",
            "&a",
            "@daily",
            "!x",
            "%",
            "`",
            "0 9 * * 1-5",
            "line\nfeed",
            "tab\t",
            "q\"q",
            "back\\slash",
            "\u{85}",
            "\u{2028}\u{2029}",
            "ünïcödé",
            "🚀",
            "\u{feff}x",
            "\u{202e}",
            "12:30",
            "---",
            "...",
            "a/b",
            "[x]",
            "{x}",
            "2027-01-01",
            "\r",
            "\u{7f}",
            "\u{0}",
        ] {
            check(json!({ "name": text, text: [text] }));
        }
    }

    #[test]
    fn it_is_pleasant_to_read() {
        let value = json!({ "version": 1, "projects": [{ "name": "App", "tags": ["a", "b c"], "jobs": [{ "cron": "0 9 * * *" }] }] });
        let text = "version: 1\nprojects:\n  - name: App\n    tags:\n      - a\n      - b c\n    jobs:\n      - cron: \"0 9 * * *\"\n";
        assert_eq!(yaml(&value), text);
    }
}
