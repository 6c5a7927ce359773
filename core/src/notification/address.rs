//! Mail addresses, as far as they are accepted.

use std::fmt;
use std::str::FromStr;

const ADDRESS_BYTES_MAX: usize = 254;
const LOCAL_BYTES_MAX: usize = 64;
const LABEL_BYTES_MAX: usize = 63;

/// A mail address in ASCII without quotes, comments or a display name: nothing in it can end a header or a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EmailAddress(String);

/// A text that is not an accepted mail address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected an address such as `ada@example.org`")]
pub struct ParseAddressError;

impl EmailAddress {
    /// Returns the address.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns what follows the at sign.
    pub fn domain(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(_, domain)| domain)
    }
}

impl fmt::Display for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for EmailAddress {
    type Err = ParseAddressError;

    fn from_str(text: &str) -> Result<Self, ParseAddressError> {
        let (local, domain) = text.rsplit_once('@').ok_or(ParseAddressError)?;
        let is_fine = text.len() <= ADDRESS_BYTES_MAX && is_local(local) && is_domain(domain);
        if is_fine { Ok(Self(text.to_owned())) } else { Err(ParseAddressError) }
    }
}

fn is_local(local: &str) -> bool {
    let is_atom = |atom: &str| !atom.is_empty() && atom.bytes().all(is_atom_byte);
    local.len() <= LOCAL_BYTES_MAX && local.split('.').all(is_atom)
}

fn is_atom_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&byte)
}

/// One label is enough: mail within a machine or a house goes to `ada@localhost`.
fn is_domain(domain: &str) -> bool {
    let is_label = |label: &str| {
        !label.is_empty()
            && label.len() <= LABEL_BYTES_MAX
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    domain.split('.').all(is_label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_addresses_are_accepted_and_nothing_else() {
        for good in ["ada@example.org", "a.b+c@sub.example.co.uk", "ada@localhost", "o'neil@x.de"] {
            assert_eq!(good.parse::<EmailAddress>().map(|it| it.to_string()), Ok(good.to_owned()));
        }
        let long = format!("{}@example.org", "a".repeat(65));
        let bad = [
            "",
            "ada",
            "@example.org",
            "ada@",
            "a..b@example.org",
            ".a@example.org",
            "ada@-x.org",
            "ada@x..org",
            "a\r\nBcc: eve@example.org@example.org",
            "ada@example.org\nBcc: eve@x",
            "a\0da@example.org",
            "Ada <ada@example.org>",
            "\"a b\"@example.org",
            "ada@[127.0.0.1]",
            "ädä@example.org",
            "ada@exämple.org",
            "a b@example.org",
            &long,
        ];
        for bad in bad {
            assert!(bad.parse::<EmailAddress>().is_err(), "{bad:?}");
        }
    }
}
