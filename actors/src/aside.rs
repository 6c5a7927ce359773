//! Work that computes for a while, kept from holding up the actors.

use tokio::runtime::{Handle, RuntimeFlavor};
use tokio::task::{JoinError, spawn_blocking};

/// Does `work` on a thread that may block.
///
/// A runtime of one thread does it itself: nobody else is held up there, and what a simulated world comes to then
/// depends on its seed alone, not on when another thread was through.
pub(crate) async fn aside<T, W>(work: W) -> Result<T, JoinError>
where
    T: Send + 'static,
    W: FnOnce() -> T + Send + 'static,
{
    match Handle::current().runtime_flavor() {
        RuntimeFlavor::CurrentThread => tokio::spawn(async move { work() }).await,
        _ => spawn_blocking(work).await,
    }
}
