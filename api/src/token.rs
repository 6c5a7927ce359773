//! The owner's bearer token: `dl_`, 256 random bits, and a checksum that tells a typing error from a wrong token.

use std::fmt;

use dateline_core::entropy::Entropy;
use subtle::ConstantTimeEq;

const PREFIX: &str = "dl_";
const SECRET_CHARS: usize = 52;
const CHECK_CHARS: usize = 6;
/// Lower-case letters and digits that cannot be taken for each other.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// A bearer token. It is shown only where somebody asks for its text.
#[derive(Clone, PartialEq, Eq)]
pub struct OwnerToken(String);

/// What the server keeps of a token: enough to recognise it, too little to use it.
#[derive(Clone)]
pub struct TokenDigest([u8; 32]);

/// A text that is no token.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected `dl_` and 58 letters and digits; the file was changed or cut short")]
pub struct ParseTokenError;

impl OwnerToken {
    /// Returns a token nobody has had before.
    pub fn fresh(entropy: &dyn Entropy) -> Self {
        let mut bits = [0; 32];
        entropy.fill(&mut bits);
        let secret = spelled(&bits, SECRET_CHARS);
        let check = checksum(&secret);
        Self(format!("{PREFIX}{secret}{check}"))
    }

    /// Returns the token that `text` spells.
    ///
    /// # Errors
    /// [`ParseTokenError`] when its form or its checksum is wrong.
    pub fn parse(text: &str) -> Result<Self, ParseTokenError> {
        let digits = text.strip_prefix(PREFIX).ok_or(ParseTokenError)?;
        let (secret, check) = digits.split_at_checked(SECRET_CHARS).ok_or(ParseTokenError)?;
        if check.len() == CHECK_CHARS && checksum(secret) == check {
            Ok(Self(text.into()))
        } else {
            Err(ParseTokenError)
        }
    }

    /// Returns the token itself.
    pub fn text(&self) -> &str {
        &self.0
    }

    /// Returns what a server keeps of it.
    pub fn digest(&self) -> TokenDigest {
        TokenDigest(*blake3::hash(self.0.as_bytes()).as_bytes())
    }
}

impl fmt::Debug for OwnerToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OwnerToken(…)")
    }
}

impl TokenDigest {
    /// Whether `candidate` is the token; takes as long for a wrong one as for the right one.
    pub fn matches(&self, candidate: &[u8]) -> bool {
        blake3::hash(candidate).as_bytes().ct_eq(&self.0).into()
    }
}

impl fmt::Debug for TokenDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenDigest(…)")
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
    fn a_token_reads_back_and_any_change_is_noticed() {
        let token = OwnerToken::fresh(&Fixed(0xa7));
        assert_eq!(token.text().len(), 3 + SECRET_CHARS + CHECK_CHARS);
        assert_eq!(OwnerToken::parse(token.text()), Ok(token.clone()));
        for at in 0..token.text().len() {
            let mut text = token.text().to_owned().into_bytes();
            text[at] = if text[at] == b'2' { b'3' } else { b'2' };
            let text = String::from_utf8(text).expect("ASCII");
            assert!(OwnerToken::parse(&text).is_err(), "{text}");
        }
        assert!(OwnerToken::parse("").is_err() && OwnerToken::parse("dl_").is_err());
    }

    #[test]
    fn a_digest_recognises_only_its_token() {
        let (mine, other) = (OwnerToken::fresh(&Fixed(1)), OwnerToken::fresh(&Fixed(2)));
        assert!(mine.digest().matches(mine.text().as_bytes()));
        assert!(!mine.digest().matches(other.text().as_bytes()));
        assert_eq!(format!("{mine:?}{:?}", mine.digest()), "OwnerToken(…)TokenDigest(…)");
    }
}
