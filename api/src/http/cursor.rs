//! Cursors of lists: sealed, so that a client can neither make one nor use it for another question.

use dateline_core::store::Position;

use super::problem::Problem;

const SEAL_BYTES: usize = 16;

/// Seals and opens cursors. Its key outlives restarts, so cursors do too.
#[derive(Clone)]
pub struct CursorKey([u8; 32]);

impl CursorKey {
    /// Returns the key with these bytes.
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Returns what a client is given to go on after `position` with the same question.
    pub fn seal(&self, scope: &str, position: &Position) -> String {
        format!("{}{}", to_hex(&self.sealed(scope, &position.0)), to_hex(&position.0))
    }

    /// Returns the position in `cursor`.
    ///
    /// # Errors
    /// 422 when it was not given by this server for this question.
    pub fn open(&self, scope: &str, cursor: &str) -> Result<Position, Problem> {
        let refused = || Problem::field("/cursor", cursor, "the nextCursor of a page of this same list");
        let bytes = from_hex(cursor).ok_or_else(refused)?;
        let (seal, position) = bytes.split_at_checked(SEAL_BYTES).ok_or_else(refused)?;
        let is_ours: bool = subtle::ConstantTimeEq::ct_eq(seal, &self.sealed(scope, position)[..]).into();
        if is_ours { Ok(Position(position.to_vec())) } else { Err(refused()) }
    }

    /// Returns a hasher whose digests say nothing to who lacks this key: not even whether a guess is right.
    pub fn hasher(&self, purpose: &str) -> blake3::Hasher {
        blake3::Hasher::new_keyed(&blake3::derive_key(purpose, &self.0))
    }

    fn sealed(&self, scope: &str, position: &[u8]) -> [u8; SEAL_BYTES] {
        let mut hasher = blake3::Hasher::new_keyed(&self.0);
        hasher.update(&scope.len().to_le_bytes()).update(scope.as_bytes()).update(position);
        let mut seal = [0; SEAL_BYTES];
        hasher.finalize_xof().fill(&mut seal);
        seal
    }
}

impl std::fmt::Debug for CursorKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CursorKey(…)")
    }
}

/// Returns bytes as lower-case hexadecimal digits.
pub fn to_hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Returns the bytes that lower-case hexadecimal digits spell.
pub fn from_hex(text: &str) -> Option<Vec<u8>> {
    let is_lower = text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    if !is_lower || !text.len().is_multiple_of(2) {
        return None;
    }
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_opens_only_for_the_question_it_was_given_for() {
        let key = CursorKey::new([7; 32]);
        let position = Position(vec![1, 2, 3]);
        let cursor = key.seal("listJobs {}", &position);
        assert_eq!(key.open("listJobs {}", &cursor), Ok(position));
        assert!(key.open("listDrafts {}", &cursor).is_err());
        assert!(CursorKey::new([8; 32]).open("listJobs {}", &cursor).is_err());
    }

    #[test]
    fn no_change_of_a_cursor_goes_unnoticed() {
        let key = CursorKey::new([7; 32]);
        let cursor = key.seal("q", &Position(vec![1, 2, 3]));
        for at in 0..cursor.len() {
            let mut forged = cursor.clone().into_bytes();
            forged[at] = if forged[at] == b'0' { b'1' } else { b'0' };
            assert!(key.open("q", std::str::from_utf8(&forged).expect("ASCII")).is_err());
        }
        for text in ["", "zz", "é", "0", &cursor[2..], &format!("{cursor}00"), &cursor.to_uppercase()] {
            assert!(key.open("q", text).is_err(), "{text}");
        }
    }
}
