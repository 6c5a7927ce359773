//! The token of a link that switches mail off: it works without signing in, and only for that.

use crate::entropy::Entropy;
use crate::id::{SecretId, UserId};
use crate::secret::{KeyRing, SealedSecret, Secret};

const PURPOSE: &str = "switch notification mail off";

/// The most characters a token has.
const TOKEN_CHARS_MAX: usize = 400;

/// A nonce made of what is sealed: the same text gets the same nonce and so the same token, which lets a retried mail
/// be the same mail; another text gets another nonce.
struct Derived(UserId);

impl Entropy for Derived {
    fn fill(&self, bytes: &mut [u8]) {
        let mut derived = blake3::Hasher::new_derive_key("dateline 2026 nonce of an unsubscribe token");
        derived.update(&self.0.bits().to_be_bytes()).update(PURPOSE.as_bytes());
        derived.finalize_xof().fill(bytes);
    }
}

/// Returns the token that switches `user`'s mail off: hex digits, a key's name and an id, safe in an address.
pub fn unsubscribe_token(keys: &KeyRing, user: UserId) -> String {
    let sealed = keys.seal(row(user), &Secret::new(PURPOSE), &Derived(user));
    let digits: String = sealed.sealed.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{user}.{}.{digits}", sealed.key)
}

/// Returns whose mail `token` switches off; `None` for whatever this instance did not make.
pub fn unsubscribed_user(keys: &KeyRing, token: &str) -> Option<UserId> {
    if token.len() > TOKEN_CHARS_MAX || !token.is_ascii() {
        return None;
    }
    let mut parts = token.split('.');
    let (user, key, digits, None) = (parts.next()?, parts.next()?, parts.next()?, parts.next()) else {
        return None;
    };
    let user: UserId = user.parse().ok()?;
    let sealed = SealedSecret { id: row(user), key: key.to_owned(), sealed: from_hex(digits)? };
    let opened = keys.open(&sealed).ok()?;
    (opened.expose() == PURPOSE).then_some(user)
}

/// The row is the person's: a token copied to another person does not open.
fn row(user: UserId) -> SecretId {
    SecretId::from_bits(user.bits())
}

fn from_hex(digits: &str) -> Option<Vec<u8>> {
    let is_even = digits.len().is_multiple_of(2);
    let pairs = (0..digits.len()).step_by(2).map(|at| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok());
    if is_even { pairs.collect() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::SecretKey;

    fn ring(bits: u8, earlier: Vec<u8>) -> KeyRing {
        let key = |bits| SecretKey::new([bits; 32]);
        KeyRing::new(key(bits), earlier.into_iter().map(key).collect())
    }

    #[test]
    fn a_token_switches_one_persons_mail_off_and_nobody_elses() {
        let (ada, eve) = (UserId::from_bits(7), UserId::from_bits(8));
        let keys = ring(1, Vec::new());
        let token = unsubscribe_token(&keys, ada);
        assert_eq!(token, unsubscribe_token(&keys, ada), "a retried mail is the same mail");
        assert!(token.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._".contains(&byte)), "{token}");
        assert_eq!(unsubscribed_user(&keys, &token), Some(ada));
        assert_eq!(unsubscribed_user(&ring(2, vec![1]), &token), Some(ada), "after a change of keys");
        assert_eq!(unsubscribed_user(&ring(2, Vec::new()), &token), None);
        let moved = token.replace(&ada.to_string(), &eve.to_string());
        for bad in
            [moved, token[..token.len() - 1].to_owned(), format!("{token}.x"), String::new(), "é.é.é".into()]
        {
            assert_eq!(unsubscribed_user(&keys, &bad), None, "{bad}");
        }
        assert_eq!(unsubscribed_user(&keys, &"9".repeat(1_000_000)), None);
    }
}
