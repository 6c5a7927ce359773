//! Passwords: argon2id, off the threads that answer, and never more at once than the machine can bear.

use argon2::password_hash::phc::PasswordHash as Phc;
use argon2::password_hash::{CustomizedPasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use std::sync::Arc;
use std::time::Duration;

use dateline_core::entropy::Entropy;
use dateline_core::people::PasswordHash;
use dateline_core::secret::Secret;
use tokio::sync::{OnceCell, Semaphore};

use crate::request::RequestError;

/// How many passwords are hashed at once: each takes a processor and its share of memory.
const AT_ONCE: usize = 2;
/// How many wait for their turn; more are asked to come back.
const WAITING_MAX: usize = 64;
/// When they should.
const COME_BACK: Duration = Duration::from_secs(5);

/// What hashing a password costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PasswordCost {
    /// Memory, KiB.
    pub memory_kib: u32,
    /// Passes over it.
    pub passes: u32,
}

impl Default for PasswordCost {
    /// About 100 ms on a server of 2026; above OWASP's least of 19 MiB and two passes.
    fn default() -> Self {
        Self { memory_kib: 48 * 1024, passes: 3 }
    }
}

/// Hashes passwords and compares them with hashes.
pub(crate) struct Passwords {
    cost: PasswordCost,
    turns: Arc<Semaphore>,
    places: Arc<Semaphore>,
    /// The hash of nobody's password: who does not exist takes as long to refuse as who does.
    nobody: OnceCell<PasswordHash>,
}

impl Passwords {
    pub(crate) fn new(cost: PasswordCost) -> Self {
        Self {
            cost,
            turns: Arc::new(Semaphore::new(AT_ONCE)),
            places: Arc::new(Semaphore::new(AT_ONCE + WAITING_MAX)),
            nobody: OnceCell::new(),
        }
    }

    /// Returns what is kept of a password.
    ///
    /// # Errors
    /// [`RequestError::Busy`] when too many wait already.
    pub(crate) async fn hash(
        &self,
        password: Secret,
        entropy: &dyn Entropy,
    ) -> Result<PasswordHash, RequestError> {
        let mut salt = [0; 16];
        entropy.fill(&mut salt);
        let cost = self.cost;
        self.in_turn(move || hash(&password, &salt, cost)).await?.ok_or(RequestError::Stopping)
    }

    /// Whether `password` is the one `kept` was made from. Without `kept` it is not, after the same work.
    ///
    /// # Errors
    /// [`RequestError::Busy`] when too many wait already.
    pub(crate) async fn is_right(
        &self,
        password: Secret,
        kept: Option<PasswordHash>,
        entropy: &dyn Entropy,
    ) -> Result<bool, RequestError> {
        let nobody = self.nobody.get_or_try_init(|| async {
            let mut random = [0; 16];
            entropy.fill(&mut random);
            self.hash(Secret::new(format!("{random:?}")), entropy).await
        });
        let nobody = nobody.await?.clone();
        let is_somebody = kept.is_some();
        let kept = kept.unwrap_or(nobody);
        self.in_turn(move || is_somebody & matches(&password, &kept)).await
    }

    async fn in_turn<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, RequestError> {
        let busy = |_| RequestError::Busy { retry_after: COME_BACK };
        let place = self.places.clone().try_acquire_owned().map_err(busy)?;
        let turn = self.turns.clone().acquire_owned().await.map_err(|_| RequestError::Stopping)?;
        // The turn ends with the work, also when whoever asked has left meanwhile.
        let task = tokio::task::spawn_blocking(move || {
            let done = work();
            drop((turn, place));
            done
        });
        task.await.map_err(|_| RequestError::Stopping)
    }
}

fn hash(password: &Secret, salt: &[u8], cost: PasswordCost) -> Option<PasswordHash> {
    let params = Params::new(cost.memory_kib, cost.passes, 1, None).ok()?;
    let hasher = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let phc: Phc = hasher
        .hash_password_customized(password.expose().as_bytes(), salt, None, None, hasher.params().clone())
        .ok()?;
    Some(PasswordHash::new(phc.to_string()))
}

/// The cost is that of the kept hash, so that an older one is still understood.
fn matches(password: &Secret, kept: &PasswordHash) -> bool {
    Phc::new(kept.phc())
        .is_ok_and(|phc| Argon2::default().verify_password(password.expose().as_bytes(), &phc).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHEAP: PasswordCost = PasswordCost { memory_kib: 64, passes: 1 };

    #[test]
    fn a_hash_is_argon2id_and_takes_only_its_password() {
        let kept = hash(&Secret::new("correct horse"), &[7; 16], CHEAP).expect("hashed");
        assert!(kept.phc().starts_with("$argon2id$v=19$m=64,t=1,p=1$"), "{}", kept.phc());
        assert!(matches(&Secret::new("correct horse"), &kept));
        assert!(!matches(&Secret::new("correct horse "), &kept));
        assert!(!matches(&Secret::new("correct horse"), &PasswordHash::new("garbage")));
        assert_ne!(hash(&Secret::new("correct horse"), &[8; 16], CHEAP), Some(kept));
    }

    #[test]
    fn the_usual_cost_is_at_least_what_owasp_asks() {
        let PasswordCost { memory_kib, passes } = PasswordCost::default();
        assert!(memory_kib >= 19 * 1024 && passes >= 2);
    }

    struct Counting;
    impl Entropy for Counting {
        fn fill(&self, bytes: &mut [u8]) {
            (0..).zip(bytes).for_each(|(count, byte)| *byte = count);
        }
    }

    #[tokio::test]
    async fn a_flood_is_worked_off_by_two_and_turned_away_beyond_its_places() {
        let passwords = Passwords::new(CHEAP);
        assert!(!passwords.is_right(Secret::new("first"), None, &Counting).await.expect("room"));
        let tries = (0..200).map(|n| passwords.is_right(Secret::new(format!("guess {n}")), None, &Counting));
        let mut tries: Vec<_> = tries.map(Box::pin).collect();
        // Each goes as far as it can before any ends.
        let mut busy = 0;
        for attempt in &mut tries {
            tokio::select! {
                biased;
                done = attempt => busy += usize::from(matches!(done, Err(RequestError::Busy { .. }))),
                () = std::future::ready(()) => {}
            }
        }
        assert!(busy >= 200 - AT_ONCE - WAITING_MAX - 1, "{busy}");
        drop(tries);
        let kept =
            passwords.hash(Secret::new("correct horse"), &Counting).await.expect("there is room again");
        assert!(passwords.is_right(Secret::new("correct horse"), Some(kept), &Counting).await.expect("room"));
    }
}
