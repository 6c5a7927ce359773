//! E-mail addresses as this instance takes them: plain, one recipient, nothing that means something to a mail program.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The longest address mail can be sent to, in bytes.
const BYTES_MAX: usize = 254;
const LOCAL_BYTES_MAX: usize = 64;

/// An address such as `ana@example.org`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EmailAddress(String);

/// A text that is no plain address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected an e-mail address such as `ana@example.org`")]
pub struct ParseEmailError;

impl EmailAddress {
    /// Returns the address as it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns what two spellings of one address have in common.
    pub fn key(&self) -> String {
        self.0.to_ascii_lowercase()
    }
}

impl fmt::Display for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for EmailAddress {
    type Err = ParseEmailError;

    /// Takes ASCII addresses without quotes, comments and literals: what every mail system delivers, and nothing that
    /// could be read as a second recipient, an option or a header.
    fn from_str(text: &str) -> Result<Self, ParseEmailError> {
        let (local, domain) = text.split_once('@').ok_or(ParseEmailError)?;
        let is_local = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+/=?^_`{|}~.-".contains(&byte);
        let is_dotted = |text: &str| text.split('.').all(|part| !part.is_empty());
        let is_label = |label: &str| {
            label.len() <= 63
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        };
        let is_good = text.len() <= BYTES_MAX
            && local.len() <= LOCAL_BYTES_MAX
            && !local.starts_with('-')
            && is_dotted(local)
            && local.bytes().all(is_local)
            && is_dotted(domain)
            && domain.split('.').all(is_label);
        if is_good { Ok(Self(text.to_owned())) } else { Err(ParseEmailError) }
    }
}

impl TryFrom<String> for EmailAddress {
    type Error = ParseEmailError;

    fn try_from(text: String) -> Result<Self, ParseEmailError> {
        text.parse()
    }
}

impl From<EmailAddress> for String {
    fn from(address: EmailAddress) -> Self {
        address.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_addresses_are_taken_and_nothing_else() {
        for good in ["ana@example.org", "a.b+c@sub.example.org", "x@localhost", "o'neil@example.org"] {
            assert_eq!(good.parse::<EmailAddress>().expect(good).as_str(), good);
        }
        let long = format!("{}@example.org", "a".repeat(65));
        let bad = [
            "",
            "ana",
            "@example.org",
            "ana@",
            "ana@@example.org",
            "a@b@example.org",
            "a@[127.0.0.1]",
            "-oQ@example.org",
            "a b@example.org",
            "a@example..org",
            ".a@example.org",
            "a@-x.org",
            "a,b@example.org",
            "a@example.org\r\nBcc: x@example.org",
            "a\0@example.org",
            "\"a\"@example.org",
            "<a@example.org>",
            "é@example.org",
            &long,
        ];
        for bad in bad {
            assert!(bad.parse::<EmailAddress>().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn case_does_not_make_another_person() {
        let address = |text: &str| text.parse::<EmailAddress>().expect("an address");
        assert_eq!(address("Ana@Example.org").key(), address("ana@example.ORG").key());
    }
}
