//! People as texts name them, and robots, whom nobody thanks.

use crate::activity::Person;
use crate::brief::words::{cut_at_word, safe_line};

/// Names under which models sign what they helped with. Only whole names: a Claude with a surname is a person.
const MODELS: &[&str] = &[
    "claude",
    "claude code",
    "codex",
    "openai codex",
    "chatgpt",
    "copilot",
    "github copilot",
    "cursor",
    "cursor agent",
    "cursoragent",
    "devin ai",
    "devin",
    "gemini",
    "gemini cli",
    "gemini-cli",
    "jules",
    "aider",
    "amp",
    "windsurf",
];

/// Whether `person` is a robot by its own name or by the project's list.
pub(super) fn is_robot(person: &Person, bots: &[String]) -> bool {
    person.is_bot
        || person.name.to_lowercase().ends_with("[bot]")
        || bots.iter().any(|bot| bot.eq_ignore_ascii_case(&person.name) || *bot == person.key)
}

/// Whether a co-author is somebody to thank: neither a robot nor a model's signature.
pub(super) fn is_thanked(person: &Person, bots: &[String]) -> bool {
    let name = person.name.to_lowercase();
    let is_model = MODELS.contains(&name.trim())
        || ["claude opus", "claude sonnet", "claude haiku", "claude fable", "aider (", "gpt-"]
            .iter()
            .any(|start| name.starts_with(start));
    !is_model && !is_robot(person, bots) && name.chars().any(char::is_alphanumeric)
}

/// Returns `person` with a name that is safe to print: one line, no address, at most 60 characters.
pub(super) fn cleaned(person: &Person) -> Person {
    let (name, _) = safe_line(&person.name);
    let name =
        if name.chars().any(char::is_alphanumeric) { cut_at_word(&name, 60) } else { "somebody".to_owned() };
    Person { name, ..person.clone() }
}

/// Returns what tells people apart where one signs with two addresses: the letters of the name, numbers at its end
/// aside, so that `Ada Byron` and `adabyron42` are one.
pub fn identity(person: &Person) -> String {
    let letters: String = person.name.chars().filter(|letter| letter.is_alphanumeric()).collect();
    let letters = letters.to_lowercase();
    let stem = letters.trim_end_matches(|digit: char| digit.is_ascii_digit());
    if stem.is_empty() { letters } else { stem.to_owned() }
}
