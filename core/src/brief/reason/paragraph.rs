//! The paragraphs of a message that are prose and belong to its subject.

use crate::brief::reason::content_words;
use crate::brief::subject::Subject;

/// Returns the prose paragraphs of `body`, lines joined, those that belong to another commit of a squash left out.
pub(super) fn prose_paragraphs(headline: &str, body: &str) -> Vec<String> {
    let body = without_comments(body);
    let mut paragraphs = Vec::new();
    let mut is_ours = true;
    let mut in_fence = false;
    for block in blocks(&body) {
        let fences = block.iter().filter(|line| is_fence(line)).count();
        let is_code = in_fence || fences > 0;
        in_fence ^= fences % 2 == 1;
        if is_code {
            continue;
        }
        if let Some(subject) = squashed_subject(&block) {
            is_ours = is_same(headline, &subject);
            continue;
        }
        if ends_the_message(&block) {
            break;
        }
        if is_ours && is_prose(&block) {
            let lines: Vec<&str> = block.iter().map(|line| line.trim()).collect();
            paragraphs.push(lines.join(" "));
        }
    }
    paragraphs
}

fn blocks(body: &str) -> Vec<Vec<&str>> {
    let mut blocks = vec![Vec::new()];
    for line in body.lines() {
        match (line.trim().is_empty(), blocks.last_mut()) {
            (false, Some(block)) => block.push(line),
            _ => blocks.push(Vec::new()),
        }
    }
    blocks.retain(|block| !block.is_empty());
    blocks
}

/// Cuts `<!-- … -->`, which pull request templates leave behind.
fn without_comments(body: &str) -> String {
    let mut kept = String::with_capacity(body.len());
    let mut rest = body;
    while let Some((before, inside)) = rest.split_once("<!--") {
        kept.push_str(before);
        rest = inside.split_once("-->").map_or("", |(_, after)| after);
    }
    kept.push_str(rest);
    kept
}

fn is_fence(line: &str) -> bool {
    let line = line.trim_start();
    line.starts_with("```") || line.starts_with("~~~")
}

/// Returns the subject of a squashed commit: a block of one `* subject` line.
fn squashed_subject(block: &[&str]) -> Option<String> {
    let [line] = block else { return None };
    line.strip_prefix("* ").map(|subject| Subject::parse(subject.trim()).headline())
}

/// Whether two subjects tell the same thing: most words of the shorter one occur in the other.
fn is_same(headline: &str, other: &str) -> bool {
    let (ours, theirs) = (content_words(headline), content_words(other));
    let shared = ours.intersection(&theirs).count();
    shared > 0 && shared * 10 >= ours.len().min(theirs.len()) * 6
}

fn ends_the_message(block: &[&str]) -> bool {
    block.first().is_some_and(|line| {
        let line = line.trim();
        line.starts_with("---") || line.starts_with("This reverts commit") || line.starts_with("# Conflicts")
    })
}

/// Whether a block is nothing but sentences.
fn is_prose(block: &[&str]) -> bool {
    let Some(first) = block.first() else { return false };
    !block.iter().any(|line| is_listed(line) || is_code(line) || is_trailer(line) || is_heading(line))
        && !first.trim_end().ends_with(':')
        && !is_conventional(first)
        && !is_boilerplate(first)
}

fn is_listed(line: &str) -> bool {
    let line = line.trim_start();
    let numbered = line.trim_start_matches(|digit: char| digit.is_ascii_digit());
    let is_numbered =
        numbered.len() < line.len() && (numbered.starts_with(". ") || numbered.starts_with(") "));
    is_numbered
        || ["- ", "* ", "+ ", "• ", "> ", "| ", "[ ]", "[x]", "- [", "[1]", "[2]", "[3]"]
            .iter()
            .any(|mark| line.starts_with(mark))
}

fn is_code(line: &str) -> bool {
    line.starts_with("    ") || line.starts_with('\t') || line.starts_with("$ ") || line.starts_with("  ")
}

fn is_heading(line: &str) -> bool {
    let marks = line.trim_start_matches('#');
    (marks.len() < line.len() && marks.starts_with(' '))
        || line.chars().all(|letter| "=-_~*".contains(letter))
        || (line.starts_with("**") && line.trim_end().ends_with("**"))
}

/// Whether a line is `Token: value`, a trailer or a form's field.
fn is_trailer(line: &str) -> bool {
    let Some((token, _)) = line.split_once(": ") else { return false };
    !token.contains(' ')
        && token.chars().all(|letter| letter.is_alphanumeric() || letter == '-')
        && token.starts_with(char::is_uppercase)
        || token.to_lowercase().ends_with("-by")
}

fn is_conventional(line: &str) -> bool {
    Subject::parse(line.trim()).kind.is_some()
}

fn is_boilerplate(line: &str) -> bool {
    let lower = line.trim().to_lowercase();
    let closes = ["close", "fix", "resolve", "refs", "see", "part of", "related", "ref"].iter().any(|verb| {
        lower.starts_with(verb) && lower.split_whitespace().take(3).any(|word| word.contains('#'))
    });
    closes
        || [
            "per review",
            "review feedback",
            "address review",
            "cherry picked",
            "(cherry picked",
            "cc @",
            "please make sure",
            "thank you for",
            "thanks for",
            "squashed commit",
            "signed-off-by",
            "what does this",
            "this pr was",
            "this pull request was",
            "reviewed-by",
            "constraint",
        ]
        .iter()
        .any(|phrase| lower.starts_with(phrase))
}
