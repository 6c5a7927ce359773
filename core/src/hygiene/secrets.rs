//! Secrets that slipped into a history: found by their shape and replaced before anybody reads them.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::{Captures, Regex};

use super::REDACTED;
use super::entropy;

/// A text without its secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redacted {
    /// The text, each secret replaced by [`REDACTED`].
    pub text: String,
    /// Whether there was one.
    pub found: bool,
}

/// Returns `text` with everything that looks like a secret replaced by `[redacted]`.
///
/// Known prefixes, key blocks, signed tokens, passwords in addresses and assignments, and random strings of 32
/// characters and more; object names, UUIDs, digests, words and paths stay. Doing it twice changes nothing.
pub fn redact_secrets(text: &str) -> Redacted {
    let mut redacted = Cow::Borrowed(text);
    for rule in RULES.iter() {
        if let Cow::Owned(changed) = rule.apply(&redacted) {
            redacted = Cow::Owned(changed);
        }
    }
    Redacted { found: redacted != text, text: redacted.into_owned() }
}

/// One shape of secret. The secret is the group `secret`, or all of the match.
struct Shape {
    pattern: Regex,
    /// Looks again at a match, given the whole text: `false` leaves it.
    is_secret: fn(&Captures<'_>, &str) -> bool,
}

impl Shape {
    fn new(pattern: &str, is_secret: fn(&Captures<'_>, &str) -> bool) -> Self {
        Self { pattern: Regex::new(pattern).expect("a constant pattern"), is_secret }
    }

    fn apply<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let mut changed = String::new();
        let mut copied = 0;
        for found in self.pattern.captures_iter(text) {
            let Some(secret) = found.name("secret").or_else(|| found.get(0)) else { continue };
            if secret.as_str() == REDACTED || !(self.is_secret)(&found, text) {
                continue;
            }
            changed.push_str(&text[copied..secret.start()]);
            changed.push_str(REDACTED);
            copied = secret.end();
        }
        if copied == 0 {
            return Cow::Borrowed(text);
        }
        changed.push_str(&text[copied..]);
        Cow::Owned(changed)
    }
}

const KEY_BLOCK: &str = r"(?s)-----BEGIN [^-\n]{1,60}-----.*?(?:-----END [^-\n]{1,60}-----|\z)";
const PASSWORD_IN_URL: &str =
    r"(?i)\b[a-z][a-z0-9+.-]{0,20}://(?<secret>[^\s/?#@]{1,300}(?:@[^\s/?#@]{1,300}){0,3})@";
const KNOWN_PREFIX: &str = r"(?x)
    \b(?:
        gh[pousr]_[A-Za-z0-9]{10,} | github_pat_[A-Za-z0-9_]{10,} | gl(?:pat|dt|rt|ptt|cbt)-[A-Za-z0-9_-]{10,}
      | xox[a-z]-[A-Za-z0-9-]{8,} | xapp-[A-Za-z0-9-]{10,} | (?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{12,}
      | AIza[A-Za-z0-9_-]{30,} | ya29\.[A-Za-z0-9_-]{20,} | GOCSPX-[A-Za-z0-9_-]{20,}
      | (?:sk|rk|pk)_(?:live|test)_[A-Za-z0-9]{10,} | whsec_[A-Za-z0-9+/=]{16,} | npm_[A-Za-z0-9]{20,}
      | pypi-[A-Za-z0-9_-]{20,} | hf_[A-Za-z0-9]{20,} | SG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}
      | dop_v1_[a-f0-9]{32,} | shp(?:at|ss|ca|pa)_[a-fA-F0-9]{20,} | dl_[A-Za-z0-9_-]{24,}
    )";
const SK_PREFIX: &str = r"\bsk-[A-Za-z0-9_-]{12,}";
const SIGNED_TOKEN: &str = r"\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*)?";
const BEARER: &str = r"(?i)\b(?:bearer|basic|token)\s+(?<secret>[A-Za-z0-9._~+/-]{16,}={0,2})";
const ASSIGNMENT: &str = r#"(?xi)
    (?: password | passwd | passphrase | pwd | secret | token | api[_-]?key | access[_-]?key(?:[_-]?id)?
      | secret[_-]?key | private[_-]?key | credentials? )
    (?<quote> ["']? ) \s{0,3} (?<sign> := | => | = | : ) \s{0,3}
    (?: "(?<double> [^"\n]{4,200} )" | '(?<single> [^'\n]{4,200} )' | (?<bare> [^\s"'`,;<>()\[\]{}]{4,200} ) )"#;
const LONG_TOKEN: &str = r"[A-Za-z0-9+/_-]{32,}={0,2}";

static RULES: LazyLock<[Rule; 8]> = LazyLock::new(|| {
    [
        Rule::Shape(Shape::new(KEY_BLOCK, |_, _| true)),
        // A name without a password is an address: `ssh://git@host`.
        Rule::Shape(Shape::new(PASSWORD_IN_URL, |found, _| {
            !matches!(&found["secret"], "git" | "hg" | "svn")
        })),
        Rule::Shape(Shape::new(KNOWN_PREFIX, |_, _| true)),
        Rule::Shape(Shape::new(SK_PREFIX, |found, _| !is_hyphenated_words(&found[0]))),
        Rule::Shape(Shape::new(SIGNED_TOKEN, |_, _| true)),
        Rule::Shape(Shape::new(BEARER, |found, _| has_digit(&found["secret"]))),
        Rule::Assignment(Regex::new(ASSIGNMENT).expect("a constant pattern")),
        Rule::Shape(Shape::new(LONG_TOKEN, |found, text| {
            found.get(0).is_some_and(|token| entropy::is_random(token.as_str(), &text[..token.start()]))
        })),
    ]
});

enum Rule {
    Shape(Shape),
    Assignment(Regex),
}

impl Rule {
    fn apply<'t>(&self, text: &'t str) -> Cow<'t, str> {
        match self {
            Self::Shape(shape) => shape.apply(text),
            Self::Assignment(pattern) => redact_assignments(pattern, text),
        }
    }
}

fn redact_assignments<'t>(pattern: &Regex, text: &'t str) -> Cow<'t, str> {
    pattern.replace_all(text, |found: &Captures<'_>| {
        let quoted = found.name("double").or_else(|| found.name("single"));
        let Some(value) = quoted.or_else(|| found.name("bare")) else { return found[0].to_owned() };
        let whole = found.get(0).map_or(value.range(), |whole| whole.range());
        let calls = text[whole.end..].starts_with(['(', '[', '{', '<']);
        if !is_assigned_secret(value.as_str(), &found["sign"], quoted.is_some(), calls) {
            return found[0].to_owned();
        }
        format!("{}{REDACTED}{}", &text[whole.start..value.start()], &text[value.end()..whole.end])
    })
}

/// Whether `value` is a secret rather than a placeholder, a call, a type or the next word of a sentence.
fn is_assigned_secret(value: &str, sign: &str, is_quoted: bool, is_followed_by_bracket: bool) -> bool {
    let lower = value.to_ascii_lowercase();
    let is_placeholder = ["$", "%", "*", "...", "<", "{", "[", "xxx", "env.", "process.env", "os.", "self."]
        .iter()
        .any(|start| lower.starts_with(start))
        || [
            "true",
            "false",
            "none",
            "null",
            "nil",
            "undefined",
            "string",
            "&str",
            "option",
            "some",
            "changeme",
        ]
        .contains(&lower.as_str())
        || value.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_')
        || value.contains("::");
    if is_placeholder || is_followed_by_bracket {
        return false;
    }
    // `secret: the …` is a sentence; `secret: x7Kp…` is not.
    is_quoted && !value.contains(' ') || sign == "=" || has_digit(value) && value.len() >= 8
}

/// Whether `token` is lower-case words with hyphens between, such as `sk-learn-compatible-api`.
fn is_hyphenated_words(token: &str) -> bool {
    token.split('-').all(|part| part.len() < 14 && part.bytes().all(|byte| byte.is_ascii_lowercase()))
}

fn has_digit(text: &str) -> bool {
    text.bytes().any(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
#[path = "secrets_tests.rs"]
mod tests;
