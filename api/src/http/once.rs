//! Requests that happen once: `Idempotency-Key` names a request, and sent again it gets its first answer.
//!
//! What a request changes is recorded under its key in the commit that makes the change, so a crash leaves both or
//! neither; the answer is then told again from that record ([`super::again`]). Answers that follow from no change of the
//! store are recorded, sealed, after they are made. While the first request is under way, later ones wait for it.
//!
//! What tells requests apart is a keyed digest: a body may hold a password, and who has the store must not be able to
//! try passwords on it. The key is that of cursors, which lies beside the store and is never replaced. With another one,
//! as in a folder that a backup was restored to, a request that comes again is refused and not done again, because its
//! key's name is found without it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use dateline_core::id::UserId;
use dateline_core::store::RequestKey;
use dateline_core::time::Timestamp;
use poem::http::Method;
use poem::{Request, Response};

use super::Shared;
use super::again;
use super::cursor::{self, CursorKey};
use super::problem::{Code, Problem};

/// The header that names a request.
pub const HEADER: &str = "idempotency-key";

const NAME_BYTES_MAX: usize = 255;
const DIGEST_PURPOSE: &str = "dateline 2026 what a request under an idempotency key asks for";
/// How long a request waits for an earlier one with its key.
const WAIT_MAX: Duration = Duration::from_secs(60);

/// Returns the key of a request that names itself; reading needs none.
///
/// # Errors
/// 422 for a name that is not 1 to 255 visible ASCII characters.
pub fn key(
    secret: &CursorKey,
    request: &Request,
    body: &[u8],
    user: UserId,
    at: Timestamp,
) -> Result<Option<RequestKey>, Problem> {
    let mut given = request.headers().get_all(HEADER).iter();
    let Some(name) = given.next().filter(|_| request.method() != Method::GET) else { return Ok(None) };
    let name = name.as_bytes();
    let is_right = (1..=NAME_BYTES_MAX).contains(&name.len()) && name.iter().all(u8::is_ascii_graphic);
    if !is_right || given.next().is_some() {
        let expected = format!("one header with 1 to {NAME_BYTES_MAX} visible ASCII characters");
        return Err(Problem::field("/Idempotency-Key", &String::from_utf8_lossy(name), expected));
    }
    let mut digest = secret.hasher(DIGEST_PURPOSE);
    let query = request.uri().query().unwrap_or_default();
    for part in [request.method().as_str(), request.uri().path(), query] {
        digest.update(part.as_bytes()).update(&[0]);
    }
    let digest = cursor::to_hex(digest.update(body).finalize().as_bytes());
    Ok(Some(RequestKey { user, name: *blake3::hash(name).as_bytes(), digest, at }))
}

type Turn = Arc<tokio::sync::Mutex<()>>;

/// Requests under way, by their key.
#[derive(Default)]
pub struct Once {
    turns: Mutex<HashMap<(UserId, [u8; 32]), Turn>>,
}

/// A place in the queue of one key; the queue goes with the last of them.
struct Place<'o> {
    once: &'o Once,
    key: (UserId, [u8; 32]),
    turn: Turn,
}

impl Once {
    /// Does `work` unless it was done under this key before, and returns the first answer either way.
    ///
    /// # Errors
    /// 409 when the key names another request, and what `work` refuses: a refusal leaves the key free.
    pub async fn answer(
        &self,
        shared: &Shared,
        operation: &str,
        key: RequestKey,
        work: impl Future<Output = Result<Response, Problem>> + Send,
    ) -> Result<Response, Problem> {
        let place = self.place((key.user, key.name));
        let Ok(_turn) = tokio::time::timeout(WAIT_MAX, place.turn.lock()).await else {
            return Err(Problem::new(
                Code::Unavailable,
                "the first request with this key is still under way",
            ));
        };
        if let Some(recorded) = shared.dateline.done_request(&key).await.map_err(Problem::from)? {
            return again::told(shared, operation, &key, &recorded);
        }
        let response = work.await?;
        if !response.status().is_success() || again::follows_from_effect(operation) {
            return Ok(response);
        }
        again::remember(shared, key, response).await
    }

    fn place(&self, key: (UserId, [u8; 32])) -> Place<'_> {
        let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
        let turn = turns.entry(key).or_default().clone();
        Place { once: self, key, turn }
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        let mut turns = self.once.turns.lock().unwrap_or_else(PoisonError::into_inner);
        // This place and the table: nobody else waits.
        if Arc::strong_count(&self.turn) == 2 {
            turns.remove(&self.key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: CursorKey = CursorKey::new([1; 32]);

    fn named(name: &[u8]) -> Result<Option<RequestKey>, Problem> {
        let name = poem::http::HeaderValue::from_bytes(name).expect("bytes");
        let request = Request::builder().method(Method::POST).header(HEADER, name).finish();
        key(&SECRET, &request, b"{}", UserId::OWNER, Timestamp::UNIX_EPOCH)
    }

    #[test]
    fn a_name_is_visible_ascii_of_bounded_length() {
        for name in [&b"a"[..], b"7f0c9b1e-6a55-4f0e-9a53-0c6b8f5f1f10", &[b'x'; 255], b"!~"] {
            assert!(matches!(named(name), Ok(Some(_))));
        }
        for name in [&b""[..], &[b'x'; 256], &[b'x'; 300], b"a b", b"\xff\xfe", b"caf\xc3\xa9", b"a\tb"] {
            let problem = named(name).expect_err("it is refused");
            assert_eq!((problem.code, &*problem.errors[0].pointer), (Code::Invalid, "/Idempotency-Key"));
        }
    }

    #[test]
    fn reading_needs_no_key_and_requests_are_told_apart() {
        let of = |method: Method, path: &str, body: &[u8]| {
            let request = Request::builder().method(method).uri_str(path).header(HEADER, "k").finish();
            key(&SECRET, &request, body, UserId::OWNER, Timestamp::UNIX_EPOCH)
                .expect("a key")
                .map(|key| key.digest)
        };
        assert_eq!(of(Method::GET, "/a", b""), None);
        let mut digests = vec![
            of(Method::POST, "/a", b"{}"),
            of(Method::PATCH, "/a", b"{}"),
            of(Method::POST, "/b", b"{}"),
            of(Method::POST, "/a?x=1", b"{}"),
            of(Method::POST, "/a", b"{} "),
        ];
        assert_eq!(digests[0], of(Method::POST, "/a", b"{}"));
        digests.sort();
        digests.dedup();
        assert_eq!(digests.len(), 5);
    }

    #[test]
    fn without_the_servers_key_no_guess_at_a_body_can_be_checked() {
        let request = Request::builder().method(Method::POST).uri_str("/a").header(HEADER, "k").finish();
        let body = br#"{"currentPassword":"correct horse battery","password":"another one"}"#;
        let under = |secret: [u8; 32]| {
            let secret = CursorKey::new(secret);
            let key = key(&secret, &request, body, UserId::OWNER, Timestamp::UNIX_EPOCH);
            key.expect("it is right").expect("a key")
        };
        let (one, other) = (under([1; 32]), under([2; 32]));
        assert_eq!(one.digest, under([1; 32]).digest, "the same after a restart");
        assert_ne!(one.digest, other.digest);
        assert_eq!(one.name, other.name, "under another key a request is found, and refused");
        let mut plain = blake3::Hasher::new();
        let mut asked = SECRET.hasher("another purpose");
        for hasher in [&mut plain, &mut asked] {
            hasher.update(b"POST\0/a\0\0").update(body);
        }
        let guesses = [plain, asked].map(|hasher| cursor::to_hex(hasher.finalize().as_bytes()));
        assert!(!guesses.contains(&one.digest));
    }

    #[test]
    fn a_queue_goes_with_its_last_place() {
        let once = Once::default();
        let key = (UserId::OWNER, [1; 32]);
        let (first, second) = (once.place(key), once.place(key));
        drop(first);
        assert_eq!(once.turns.lock().expect("a table").len(), 1);
        drop(second);
        assert_eq!(once.turns.lock().expect("a table").len(), 0);
    }
}
