//! A person as a history names them: a display name and a key, never an address.

use dateline_core::activity::Person;
use dateline_core::message::clean_name;

/// Hex digits of a person's key: 80 bits, enough that no two people of one project meet.
const KEY_CHARS: usize = 20;

/// Robots by the name they commit under, lower case.
const ROBOTS: [&str; 22] = [
    "allcontributors",
    "bors",
    "codecov-io",
    "copilot",
    "crowdin",
    "dependabot",
    "github action",
    "github actions",
    "github-actions",
    "gitlab-ci",
    "greenkeeper",
    "homu",
    "imgbot",
    "mergify",
    "pre-commit-ci",
    "pyup-bot",
    "release-please",
    "renovate",
    "semantic-release",
    "snyk",
    "transifex",
    "web-flow",
];

/// Returns who `name` and `email` are; either may be empty.
pub(super) fn person(name: &str, email: &str) -> Person {
    let email = email.to_lowercase();
    let shown = if name.trim().is_empty() { email.as_str() } else { name };
    let name = clean_name(shown);
    let identity = if email.is_empty() { name.to_lowercase() } else { email.clone() };
    let key = blake3::hash(identity.as_bytes()).to_hex().as_str()[..KEY_CHARS].to_owned();
    Person { is_bot: is_bot(&name, &email), name, key }
}

/// Whether a name or address is a robot's.
fn is_bot(name: &str, email: &str) -> bool {
    let name = name.to_lowercase();
    let is_word = |word: &str| name.split([' ', '-', '_']).any(|part| part == word);
    let is_known = ROBOTS.iter().any(|robot| {
        name.strip_prefix(robot).is_some_and(|rest| rest.is_empty() || rest.starts_with(['-', '[', ' ']))
    });
    name.ends_with("[bot]") || email.contains("[bot]@") || is_word("bot") || is_word("robot") || is_known
}
