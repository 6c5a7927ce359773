//! The operating system's keyring, asked on a thread of its own: it may block for ever.

use std::sync::Arc;
use std::time::Duration;

use dateline_core::secret::Secret;
use tokio::sync::oneshot;

/// A keyring that has not answered by then is as good as absent.
const ANSWER_TIME_MAX: Duration = Duration::from_millis(1500);

const SERVICE: &str = "dateline";

/// Keeps one text under an account's name.
pub trait Keyring: Send + Sync + 'static {
    /// Returns what is kept, `None` when nothing is.
    ///
    /// # Errors
    /// What the keyring says, when there is one.
    fn get(&self, account: &str) -> Result<Option<Secret>, String>;

    /// Keeps `secret` in place of what was kept.
    ///
    /// # Errors
    /// What the keyring says.
    fn set(&self, account: &str, secret: &Secret) -> Result<(), String>;
}

/// The operating system's: Keychain, Credential Manager, or the Secret Service.
#[derive(Debug, Clone, Copy, Default)]
pub struct OsKeyring;

impl Keyring for OsKeyring {
    fn get(&self, account: &str) -> Result<Option<Secret>, String> {
        let entry = keyring::v1::Entry::new(SERVICE, account).map_err(|error| error.to_string())?;
        match entry.get_password() {
            Ok(text) => Ok(Some(Secret::new(text))),
            Err(keyring::v1::Error::NoEntry) => Ok(None),
            Err(error) => Err(error.to_string()),
        }
    }

    fn set(&self, account: &str, secret: &Secret) -> Result<(), String> {
        let entry = keyring::v1::Entry::new(SERVICE, account).map_err(|error| error.to_string())?;
        entry.set_password(secret.expose()).map_err(|error| error.to_string())
    }
}

/// Asks `keyring` and waits a moment for its answer. A question it never answers costs a thread and nothing else:
/// the runtime would wait for one of its own.
pub(super) async fn ask<T: Send + 'static>(
    keyring: &Arc<dyn Keyring>,
    question: impl FnOnce(&dyn Keyring) -> Result<T, String> + Send + 'static,
) -> Result<T, String> {
    let (reply, answer) = oneshot::channel();
    let keyring = keyring.clone();
    let work = move || {
        let _ = reply.send(question(&*keyring));
    };
    std::thread::Builder::new()
        .name("dateline-keyring".into())
        .spawn(work)
        .map_err(|error| error.to_string())?;
    match tokio::time::timeout(ANSWER_TIME_MAX, answer).await {
        Ok(Ok(answered)) => answered,
        Ok(Err(_)) => Err("the keyring failed".into()),
        Err(_) => Err("the keyring does not answer".into()),
    }
}
