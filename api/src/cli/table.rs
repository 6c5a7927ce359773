//! Tables and sheets for people: as wide as the terminal, without colours, foreign texts made harmless.

use std::io::IsTerminal;

use comfy_table::{ColumnConstraint, ContentArrangement, Table, presets};

use super::text::plain;

/// Narrower than this nothing can be read.
const WIDTH_MIN: u16 = 40;

/// Returns rows under their heads. The first column is never wrapped: it is what people copy.
pub(super) fn table<const N: usize>(heads: [&str; N], rows: impl IntoIterator<Item = [String; N]>) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_header(heads.map(shouted));
    match width() {
        Some(width) => {
            table.set_content_arrangement(ContentArrangement::Dynamic).set_width(width);
        }
        None => {
            table.set_content_arrangement(ContentArrangement::Disabled);
        }
    }
    for row in rows {
        table.add_row(row.map(|cell| plain(&cell)));
    }
    table.set_constraints([ColumnConstraint::ContentWidth]);
    for column in table.column_iter_mut() {
        column.set_padding((0, 2));
    }
    table.trim_fmt()
}

/// Returns the head of a column; what stands in brackets keeps its spelling.
fn shouted(head: &str) -> String {
    let (name, rest) = head.split_at(head.find(" (").unwrap_or(head.len()));
    name.to_uppercase() + rest
}

/// Returns one thing, a line a property; what has no value is left out.
pub(super) fn sheet<'a>(rows: impl IntoIterator<Item = (&'a str, Option<String>)>) -> String {
    let rows: Vec<_> = rows.into_iter().filter_map(|(name, value)| Some((name, value?))).collect();
    let width = rows.iter().map(|(name, _)| name.len()).max().unwrap_or_default();
    let lines: Vec<_> = rows.iter().map(|(name, value)| format!("{name:width$}  {}", plain(value))).collect();
    lines.join("\n")
}

/// Returns how wide a line may be; `None` when no terminal shows it.
fn width() -> Option<u16> {
    if !std::io::stdout().is_terminal() {
        return None;
    }
    let (terminal_size::Width(width), _) = terminal_size::terminal_size()?;
    Some(width.max(WIDTH_MIN))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_shows_foreign_texts_harmless() {
        let shown =
            table(["id", "name"], [["a".into(), "x\x1b[31m\ny".into()], ["longer".into(), "z".into()]]);
        let lines: Vec<_> = shown.lines().map(str::trim_end).collect();
        assert_eq!(lines, ["ID      NAME", "a       x\\u{1b}[31m\\u{a}y", "longer  z"]);
    }

    #[test]
    fn a_sheet_leaves_out_what_is_not_there() {
        let shown = sheet([("id", Some("a".into())), ("reason", None), ("status", Some("DRAFT".into()))]);
        assert_eq!(shown, "id      a\nstatus  DRAFT");
    }
}
