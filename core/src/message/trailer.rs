//! `Token: value` lines in the last paragraph, by git's rules.
//!
//! The last paragraph holds trailers when all its lines are trailers, or when git wrote one of them
//! (`Signed-off-by`, `(cherry picked from …)`) and at least a quarter are. Lines of such a paragraph that are no
//! trailers stay in the body: nothing a person wrote is lost. Two departures from git: `BREAKING CHANGE` counts as a
//! token, since Conventional Commits say so, and `https://…` is an address, not a token.

use crate::activity::Trailer;

use super::without_addresses;

/// A person as a trailer names them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The name as written.
    pub name: String,
    /// The address as written; may be empty.
    pub email: String,
}

/// A trailer with its value as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct RawTrailer {
    token: String,
    value: String,
}

impl RawTrailer {
    /// Returns the trailer as it may leave: without e-mail addresses.
    pub(super) fn cleaned(self) -> Trailer {
        Trailer { value: without_addresses(&self.value), token: self.token }
    }
}

/// Returns whom `Co-authored-by` trailers name.
pub(super) fn co_authors(trailers: &[RawTrailer]) -> Vec<Identity> {
    let named = trailers.iter().filter(|trailer| trailer.token.eq_ignore_ascii_case("co-authored-by"));
    named.filter_map(|trailer| identity(&trailer.value)).collect()
}

fn identity(value: &str) -> Option<Identity> {
    let (name, email) = match value.split_once('<') {
        Some((name, rest)) => (name, rest.split('>').next().unwrap_or_default()),
        None if value.contains('@') => ("", value),
        None => (value, ""),
    };
    let (name, email) = (name.trim().to_owned(), email.trim().to_owned());
    (!name.is_empty() || !email.is_empty()).then_some(Identity { name, email })
}

/// Splits `rest` (a message without its subject) into the body and the trailers below it.
pub(super) fn split_trailers(rest: &str) -> (String, Vec<RawTrailer>) {
    let lines: Vec<&str> = rest.trim_end().lines().collect();
    let first = lines.iter().rposition(|line| line.trim().is_empty()).map(|blank| blank + 1);
    // Right below the subject, without a blank line, stands body text.
    let Some(first) = first.filter(|first| is_trailer_block(&lines[*first..])) else {
        return (rest.to_owned(), Vec::new());
    };
    let mut body: Vec<&str> = lines[..first].to_vec();
    let mut trailers: Vec<RawTrailer> = Vec::new();
    let mut continues = false;
    for line in &lines[first..] {
        if let Some((token, value)) = trailer(line) {
            trailers.push(RawTrailer { token: token.to_owned(), value: value.to_owned() });
            continues = true;
        } else if let Some(last) = trailers.last_mut().filter(|_| continues && is_continuation(line)) {
            last.value = format!("{} {}", last.value, line.trim());
        } else {
            body.push(line);
            continues = false;
        }
    }
    (body.join("\n"), trailers)
}

fn is_trailer_block(lines: &[&str]) -> bool {
    let mut trailers = 0;
    let mut others = 0;
    let mut by_git = false;
    for (at, line) in lines.iter().enumerate() {
        let picked = line.starts_with("(cherry picked from commit ");
        if picked || trailer(line).is_some() {
            by_git |= picked || line.starts_with("Signed-off-by: ");
            trailers += 1;
        } else if at == 0 || !is_continuation(line) {
            others += 1;
        }
    }
    trailers > 0 && (others == 0 || (by_git && trailers * 3 >= others))
}

fn is_continuation(line: &str) -> bool {
    line.starts_with([' ', '\t'])
}

/// Returns token and value of a line that is a trailer.
fn trailer(line: &str) -> Option<(&str, &str)> {
    let (token, value) = line.split_once(':')?;
    let token = token.trim_end();
    let plain = !token.is_empty() && token.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    let known = plain || token == "BREAKING CHANGE";
    (known && !value.starts_with("//")).then_some((token, value.trim()))
}
