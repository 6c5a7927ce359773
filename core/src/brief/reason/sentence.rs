//! Prose split into sentences.

/// Words whose full stop ends no sentence.
const ABBREVIATIONS: &[&str] = &[
    "e.g.", "i.e.", "etc.", "vs.", "cf.", "no.", "fig.", "approx.", "incl.", "resp.", "ca.", "dr.", "mr.",
    "mrs.",
];

/// Returns the sentences of `paragraph`, trimmed. Code in back-ticks is never split.
pub(super) fn sentences(paragraph: &str) -> Vec<&str> {
    let mut sentences = Vec::new();
    let mut start = 0;
    let mut in_code = false;
    for (at, letter) in paragraph.char_indices() {
        match letter {
            '`' => in_code = !in_code,
            '.' | '!' | '?' if !in_code => {
                let end = at + closing(&paragraph[at..]);
                if ends_here(&paragraph[start..end], &paragraph[end..]) {
                    sentences.push(paragraph[start..end].trim());
                    start = end;
                }
            }
            '。' if !in_code => {
                sentences.push(paragraph[start..at + letter.len_utf8()].trim());
                start = at + letter.len_utf8();
            }
            _ => {}
        }
    }
    if !paragraph[start..].trim().is_empty() {
        sentences.push(paragraph[start..].trim());
    }
    sentences
}

/// Returns the bytes of a full stop and of the quotation mark or bracket that closes behind it.
fn closing(text: &str) -> usize {
    let behind = text[1..].chars().next();
    1 + behind.filter(|letter| "\"')”’".contains(*letter)).map_or(0, char::len_utf8)
}

fn ends_here(sentence: &str, rest: &str) -> bool {
    if !(rest.is_empty() || rest.starts_with(char::is_whitespace)) {
        return false;
    }
    let last = sentence.split_whitespace().next_back().unwrap_or_default();
    let last = last.trim_start_matches(['(', '"', '“']).to_lowercase();
    let is_number = last.trim_end_matches('.').chars().all(|digit| digit.is_ascii_digit())
        && sentence.trim() == last
        && last.len() > 1;
    !ABBREVIATIONS.contains(&last.as_str()) && !is_number
}
