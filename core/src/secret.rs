//! Secrets: plain text that forgets itself, and the sealed form that may be stored.

use std::fmt;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::entropy::Entropy;
use crate::id::SecretId;

const NONCE_BYTES: usize = 24;

/// A secret in plain text: wiped from memory when dropped, shown only where somebody asks for its text.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct Secret(String);

impl Secret {
    /// Returns the secret `text` is.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Returns the plain text. It must not reach an answer, a log, an error, an event or a command line.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Returns the last four characters of a secret long enough not to be given away by them.
    pub fn hint(&self) -> Option<String> {
        let chars: Vec<char> = self.0.chars().collect();
        (chars.len() >= 16).then(|| chars[chars.len() - 4..].iter().collect())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// The key that seals secrets: 256 bits.
#[derive(Clone, ZeroizeOnDrop)]
pub struct SecretKey([u8; 32]);

impl SecretKey {
    /// Returns the key with these bits.
    pub fn new(bits: [u8; 32]) -> Self {
        Self(bits)
    }

    /// Returns a fresh key.
    pub fn fresh(entropy: &dyn Entropy) -> Self {
        let mut bits = [0; 32];
        entropy.fill(&mut bits);
        Self(bits)
    }

    /// Returns the key that `text` spells in 64 hexadecimal digits.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.as_bytes();
        if digits.len() != 64 || !digits.iter().all(u8::is_ascii_hexdigit) {
            return None;
        }
        let mut bits = [0; 32];
        for (bit, pair) in bits.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
            *bit = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
        }
        Some(Self(bits))
    }

    /// Returns the key in 64 hexadecimal digits, for the place where it is kept.
    pub fn digits(&self) -> Secret {
        Secret(self.0.iter().map(|byte| format!("{byte:02x}")).collect())
    }

    /// Returns the key's name: it tells keys apart and says nothing about them.
    pub fn name(&self) -> String {
        blake3::derive_key("dateline 2026 name of a secret key", &self.0)[..8]
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect()
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SecretKey({})", self.name())
    }
}

/// A secret as it may be stored: XChaCha20-Poly1305, bound to the row it stands in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SealedSecret {
    /// The row it stands in; sealed text copied to another row does not open there.
    pub id: SecretId,
    /// The name of the key that sealed it.
    pub key: String,
    /// 24 random bytes, then the sealed text with its tag.
    pub sealed: Vec<u8>,
}

/// A sealed secret that does not open.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OpenSecretError {
    /// No key at hand sealed it.
    #[error("{id} was sealed by key {key}, which is not at hand")]
    UnknownKey {
        /// The secret.
        id: SecretId,
        /// The key's name.
        key: String,
    },
    /// The key is at hand and the text is not what it sealed for this row.
    #[error("{id} is damaged or was moved from another row")]
    Damaged {
        /// The secret.
        id: SecretId,
    },
}

/// The keys of an instance: one that seals, and earlier ones that only open until everything is sealed anew. Clones
/// share them, so that a new key takes effect everywhere at once.
#[derive(Debug, Clone)]
pub struct KeyRing {
    keys: Arc<RwLock<Keys>>,
}

#[derive(Debug)]
struct Keys {
    current: SecretKey,
    earlier: Vec<SecretKey>,
}

impl KeyRing {
    /// Returns the ring of `current` and the keys it replaced.
    pub fn new(current: SecretKey, earlier: Vec<SecretKey>) -> Self {
        Self { keys: Arc::new(RwLock::new(Keys { current, earlier })) }
    }

    /// From now on seals with `current`, and opens with `earlier` too.
    pub fn replace(&self, current: SecretKey, earlier: Vec<SecretKey>) {
        *self.keys.write().unwrap_or_else(PoisonError::into_inner) = Keys { current, earlier };
    }

    /// Returns the name of the key that seals.
    pub fn current(&self) -> String {
        self.keys().current.name()
    }

    /// Whether a key of this name is at hand.
    pub fn has(&self, name: &str) -> bool {
        self.keys().named(name).is_some()
    }

    /// Returns `secret` sealed for row `id`.
    pub fn seal(&self, id: SecretId, secret: &Secret, entropy: &dyn Entropy) -> SealedSecret {
        let mut nonce = [0; NONCE_BYTES];
        entropy.fill(&mut nonce);
        let row = id.to_string();
        let payload = Payload { msg: secret.0.as_bytes(), aad: row.as_bytes() };
        let keys = self.keys();
        let sealed = cipher(&keys.current)
            .encrypt(&XNonce::from(nonce), payload)
            // Only texts beyond 256 GiB are refused.
            .unwrap_or_default();
        SealedSecret { id, key: keys.current.name(), sealed: [nonce.as_slice(), &sealed].concat() }
    }

    /// Returns what `sealed` hides.
    ///
    /// # Errors
    /// [`OpenSecretError`] when the key is missing, or the text was changed or moved.
    pub fn open(&self, sealed: &SealedSecret) -> Result<Secret, OpenSecretError> {
        let id = sealed.id;
        let keys = self.keys();
        let key = keys.named(&sealed.key);
        let key = key.ok_or_else(|| OpenSecretError::UnknownKey { id, key: sealed.key.clone() })?;
        let damaged = || OpenSecretError::Damaged { id };
        let (nonce, text) = sealed.sealed.split_first_chunk::<NONCE_BYTES>().ok_or_else(damaged)?;
        let row = id.to_string();
        let opened = cipher(key).decrypt(&XNonce::from(*nonce), Payload { msg: text, aad: row.as_bytes() });
        let text = String::from_utf8(opened.map_err(|_| damaged())?).map_err(|_| damaged())?;
        Ok(Secret(text))
    }

    fn keys(&self) -> RwLockReadGuard<'_, Keys> {
        self.keys.read().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Keys {
    fn named(&self, name: &str) -> Option<&SecretKey> {
        std::iter::once(&self.current).chain(&self.earlier).find(|key| key.name() == name)
    }
}

fn cipher(key: &SecretKey) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new(&Key::from(key.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Counting;
    impl Entropy for Counting {
        fn fill(&self, bytes: &mut [u8]) {
            (0..).zip(bytes).for_each(|(count, byte)| *byte = count);
        }
    }

    fn ring(current: u8, earlier: &[u8]) -> KeyRing {
        let key = |bits: u8| SecretKey::new([bits; 32]);
        KeyRing::new(key(current), earlier.iter().map(|bits| key(*bits)).collect())
    }

    #[test]
    fn a_secret_opens_only_under_its_key_and_in_its_row() {
        let (id, other) = (SecretId::from_bits(7), SecretId::from_bits(8));
        let secret = Secret::new("ghp_canary");
        let sealed = ring(1, &[]).seal(id, &secret, &Counting);
        assert_eq!(ring(1, &[]).open(&sealed), Ok(secret.clone()));
        assert_eq!(ring(2, &[1]).open(&sealed), Ok(secret));
        assert!(matches!(ring(2, &[]).open(&sealed), Err(OpenSecretError::UnknownKey { .. })));
        let moved = SealedSecret { id: other, ..sealed };
        assert_eq!(ring(1, &[]).open(&moved), Err(OpenSecretError::Damaged { id: other }));
    }

    #[test]
    fn a_replaced_key_seals_no_more_and_opens_until_it_is_let_go() {
        let keys = ring(1, &[]);
        let shared = keys.clone();
        let old = keys.seal(SecretId::from_bits(7), &Secret::new("x"), &Counting);
        keys.replace(SecretKey::new([2; 32]), vec![SecretKey::new([1; 32])]);
        let new = shared.seal(SecretId::from_bits(7), &Secret::new("x"), &Counting);
        assert!(new.key != old.key && shared.open(&old).is_ok() && shared.open(&new).is_ok());
        keys.replace(SecretKey::new([2; 32]), Vec::new());
        assert!(matches!(shared.open(&old), Err(OpenSecretError::UnknownKey { .. })));
        assert!(shared.has(&new.key) && !shared.has(&old.key));
    }

    #[test]
    fn a_key_is_spelled_in_64_digits() {
        let key = SecretKey::new([0xA5; 32]);
        let spelled = key.digits();
        assert_eq!(spelled.expose(), "a5".repeat(32));
        assert_eq!(SecretKey::parse(spelled.expose()).map(|key| key.name()), Some(key.name()));
        for text in ["", "a5", &"a5".repeat(33), &"x5".repeat(32), &"+5".repeat(32)] {
            assert!(SecretKey::parse(text).is_none(), "{text}");
        }
    }

    #[test]
    fn any_changed_or_missing_byte_is_noticed() {
        let id = SecretId::from_bits(7);
        let sealed = ring(1, &[]).seal(id, &Secret::new("x"), &Counting);
        for at in 0..sealed.sealed.len() {
            let mut changed = sealed.clone();
            changed.sealed[at] ^= 1;
            assert_eq!(ring(1, &[]).open(&changed), Err(OpenSecretError::Damaged { id }), "byte {at}");
            changed.sealed.truncate(at);
            assert_eq!(ring(1, &[]).open(&changed), Err(OpenSecretError::Damaged { id }), "cut at {at}");
        }
    }

    #[test]
    fn nothing_shows_a_secret() {
        let sealed = ring(1, &[]).seal(SecretId::from_bits(7), &Secret::new("canary"), &Counting);
        let shown = format!("{:?}{:?}{sealed:?}", Secret::new("canary"), ring(1, &[]));
        assert!(!shown.contains("canary"), "{shown}");
        assert_eq!(Secret::new("short").hint(), None);
        assert_eq!(Secret::new("0123456789abcdef").hint().as_deref(), Some("cdef"));
    }
}
