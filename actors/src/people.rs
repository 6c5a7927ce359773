//! What the engine holds of people besides the store: counts of failed credentials, room for hashing passwords, and the
//! signal that credentials may have become void. Nothing here needs to survive.

mod password;

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use dateline_core::id::TokenId;
use dateline_core::people::Failures;
use dateline_core::time::Timestamp;
use tokio::sync::watch;

pub use password::PasswordCost;
pub(crate) use password::Passwords;

/// How exactly it is told when a token was last used.
const USE_NOTED_EVERY: Duration = Duration::from_secs(60);

/// People as this process knows them.
pub(crate) struct People {
    pub(crate) passwords: Passwords,
    failures: Mutex<Failures<Guesser>>,
    /// When the use of a token was last noted.
    used: Mutex<HashMap<TokenId, Timestamp>>,
    changes: watch::Sender<u64>,
}

/// Who is held up after too many failures: everybody at an address, or everybody who tries an account.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Guesser {
    /// An IPv4 address, or an IPv6 network of 64 bits: what one connection gets.
    Network(IpAddr),
    /// An account, by its address in lower case.
    Account(String),
}

impl Guesser {
    /// Returns the guesser at an address.
    pub(crate) fn at(address: IpAddr) -> Self {
        Self::Network(match address.to_canonical() {
            IpAddr::V6(v6) => IpAddr::V6((v6.to_bits() >> 64 << 64).into()),
            v4 @ IpAddr::V4(_) => v4,
        })
    }
}

impl People {
    pub(crate) fn new(cost: PasswordCost) -> Self {
        Self {
            passwords: Passwords::new(cost),
            failures: Mutex::default(),
            used: Mutex::default(),
            changes: watch::Sender::new(0),
        }
    }

    /// Returns how long any of `guessers` has to wait.
    pub(crate) fn wait(&self, guessers: &[Guesser], max: u32, now: Duration) -> Option<Duration> {
        let failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        guessers.iter().filter_map(|guesser| failures.wait(guesser, max, now)).max()
    }

    /// Counts a failure of each of `guessers`.
    pub(crate) fn count(&self, guessers: &[Guesser], now: Duration) {
        let mut failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        guessers.iter().for_each(|guesser| failures.count(guesser.clone(), now));
    }

    /// Whether it is time to note that a token, last noted at `last`, is used at `now`. Says so once.
    pub(crate) fn is_use_to_note(&self, id: TokenId, last: Option<Timestamp>, now: Timestamp) -> bool {
        let is_fresh = |at: &Timestamp| (now - *at).abs().to_std().is_ok_and(|since| since < USE_NOTED_EVERY);
        if last.as_ref().is_some_and(is_fresh) {
            return false;
        }
        let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        if used.get(&id).is_some_and(is_fresh) {
            return false;
        }
        used.retain(|_, at| is_fresh(at));
        used.insert(id, now);
        true
    }

    /// Credentials or memberships were changed: who holds a stream open looks again.
    pub(crate) fn changed(&self) {
        self.changes.send_modify(|count| *count = count.wrapping_add(1));
    }

    /// Returns what tells of such changes.
    pub(crate) fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use dateline_core::time::from_unix_ms;

    #[test]
    fn one_connection_is_one_guesser_whatever_address_it_picks() {
        let at = |text: &str| Guesser::at(text.parse().expect("an address"));
        assert_eq!(at("2001:db8::1"), at("2001:db8::ffff:2"));
        assert_ne!(at("2001:db8::1"), at("2001:db8:0:1::1"));
        assert_eq!(at("192.0.2.1"), at("::ffff:192.0.2.1"));
        assert_ne!(at("192.0.2.1"), at("192.0.2.2"));
    }

    #[test]
    fn the_use_of_a_token_is_noted_once_a_minute() {
        let people = People::new(PasswordCost::default());
        let id = TokenId::from_bits(1);
        assert!(people.is_use_to_note(id, None, from_unix_ms(0)));
        assert!(!people.is_use_to_note(id, None, from_unix_ms(59_999)));
        assert!(people.is_use_to_note(id, None, from_unix_ms(60_000)));
        assert!(!people.is_use_to_note(TokenId::from_bits(2), Some(from_unix_ms(1)), from_unix_ms(2)));
    }
}
