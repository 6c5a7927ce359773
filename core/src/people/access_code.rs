//! Texts that let their holder in: a prefix, 256 random bits, and a checksum that tells a typing error from a wrong one.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::entropy::Entropy;
use crate::secret::Secret;

const SECRET_CHARS: usize = 52;
const CHECK_CHARS: usize = 6;
/// Lower-case letters and digits that cannot be taken for each other.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// What a code is for; its text says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodeKind {
    /// `dl_`: an access token.
    Token,
    /// `dls_`: a session's cookie.
    Session,
    /// `dli_`: an invitation.
    Invitation,
    /// `dlr_`: a password reset.
    PasswordReset,
}

impl CodeKind {
    fn prefix(self) -> &'static str {
        match self {
            Self::Token => "dl_",
            Self::Session => "dls_",
            Self::Invitation => "dli_",
            Self::PasswordReset => "dlr_",
        }
    }
}

/// A code. Its text is shown once, to whom it is made for, and kept nowhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessCode(Secret);

/// What is kept of a code: enough to recognise it, too little to use it. 64 hexadecimal digits in JSON.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct CodeDigest([u8; 32]);

/// A text that is no code of the kind asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected `{prefix}` and 58 letters and digits; it was changed or cut short")]
pub struct ParseCodeError {
    /// What it should begin with.
    pub prefix: &'static str,
}

impl AccessCode {
    /// Returns a code nobody has had before.
    pub fn fresh(kind: CodeKind, entropy: &dyn Entropy) -> Self {
        let mut bits = [0; 32];
        entropy.fill(&mut bits);
        let secret = spelled(&bits, SECRET_CHARS);
        let check = checksum(&secret);
        Self(Secret::new(format!("{}{secret}{check}", kind.prefix())))
    }

    /// Returns the code that `text` spells.
    ///
    /// # Errors
    /// [`ParseCodeError`] when its form or its checksum is wrong.
    pub fn parse(kind: CodeKind, text: &str) -> Result<Self, ParseCodeError> {
        let refused = ParseCodeError { prefix: kind.prefix() };
        let digits = text.strip_prefix(kind.prefix()).ok_or(refused.clone())?;
        let (secret, check) = digits.split_at_checked(SECRET_CHARS).ok_or(refused.clone())?;
        if check.len() == CHECK_CHARS && checksum(secret) == check {
            Ok(Self(Secret::new(text)))
        } else {
            Err(refused)
        }
    }

    /// Returns the code itself.
    pub fn text(&self) -> &str {
        self.0.expose()
    }

    /// Returns what is kept of it.
    pub fn digest(&self) -> CodeDigest {
        CodeDigest(*blake3::hash(self.text().as_bytes()).as_bytes())
    }

    /// Returns its last four characters, by which its holder knows it again.
    pub fn hint(&self) -> String {
        self.0.hint().unwrap_or_default()
    }
}

impl CodeDigest {
    /// Returns the digest with these bytes.
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Returns its bytes, under which a code is found.
    pub const fn bytes(&self) -> [u8; 32] {
        self.0
    }
}

impl fmt::Debug for CodeDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CodeDigest(…)")
    }
}

impl Serialize for CodeDigest {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&blake3::Hash::from_bytes(self.0).to_hex())
    }
}

impl<'de> Deserialize<'de> for CodeDigest {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        let hash = blake3::Hash::from_hex(text.as_bytes()).map_err(serde::de::Error::custom)?;
        Ok(Self(*hash.as_bytes()))
    }
}

fn checksum(secret: &str) -> String {
    spelled(blake3::hash(secret.as_bytes()).as_bytes(), CHECK_CHARS)
}

/// Returns the first `chars` groups of five bits; what is missing at the end counts as zero.
fn spelled(bytes: &[u8], chars: usize) -> String {
    let bit = |at: usize| bytes.get(at / 8).map_or(0, |byte| byte >> (7 - at % 8) & 1);
    let group = |char: usize| (0..5).fold(0, |sum, offset| sum << 1 | bit(char * 5 + offset));
    (0..chars).map(|char| char::from(ALPHABET[usize::from(group(char))])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Fixed(u8);
    impl Entropy for Fixed {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(self.0);
        }
    }

    #[test]
    fn a_code_reads_back_and_any_change_is_noticed() {
        let code = AccessCode::fresh(CodeKind::Token, &Fixed(0xa7));
        assert_eq!(code.text().len(), 3 + SECRET_CHARS + CHECK_CHARS);
        assert_eq!(AccessCode::parse(CodeKind::Token, code.text()), Ok(code.clone()));
        for at in 0..code.text().len() {
            let mut text = code.text().to_owned().into_bytes();
            text[at] = if text[at] == b'2' { b'3' } else { b'2' };
            let text = String::from_utf8(text).expect("ASCII");
            assert!(AccessCode::parse(CodeKind::Token, &text).is_err(), "{text}");
        }
        for text in ["", "dl_", "é", "dl_é", &"x".repeat(100_000)] {
            assert!(AccessCode::parse(CodeKind::Token, text).is_err());
        }
    }

    #[test]
    fn a_code_of_one_kind_is_none_of_another() {
        use CodeKind::{Invitation, PasswordReset, Session, Token};
        for kind in [Token, Session, Invitation, PasswordReset] {
            let code = AccessCode::fresh(kind, &Fixed(1));
            for other in [Token, Session, Invitation, PasswordReset] {
                assert_eq!(
                    AccessCode::parse(other, code.text()).is_ok(),
                    kind == other,
                    "{kind:?} {other:?}"
                );
            }
        }
    }

    #[test]
    fn a_digest_recognises_its_code_and_shows_nothing() {
        let (mine, other) =
            (AccessCode::fresh(CodeKind::Token, &Fixed(1)), AccessCode::fresh(CodeKind::Token, &Fixed(2)));
        assert_ne!(mine.digest(), other.digest());
        assert_eq!(format!("{mine:?}{:?}", mine.digest()), "AccessCode(Secret(…))CodeDigest(…)");
        let stored = serde_json::to_string(&mine.digest()).expect("JSON");
        assert_eq!(serde_json::from_str::<CodeDigest>(&stored).expect("a digest"), mine.digest());
    }
}
