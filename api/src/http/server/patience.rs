//! How long a connection waits for its client, and for what.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::time::{Sleep, sleep};

/// The longest waits for a client.
#[derive(Debug, Clone, Copy)]
pub struct Waits {
    /// Without a word, before a request.
    pub silence: Duration,
    /// From the first byte of a head to its last, and for a TLS handshake.
    pub head: Duration,
    /// Without taking a byte of an answer.
    pub stall: Duration,
}

impl Default for Waits {
    fn default() -> Self {
        let seconds = Duration::from_secs;
        Self { silence: seconds(60), head: seconds(10), stall: seconds(30) }
    }
}

/// What a client is waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wait {
    /// The first byte of a head.
    Silence,
    /// The rest of a head.
    Head,
}

/// The waits of one connection that have begun.
pub(super) struct Patience {
    waits: Waits,
    reading: Option<(Wait, Pin<Box<Sleep>>)>,
    stalled: Option<Pin<Box<Sleep>>>,
}

impl Patience {
    /// Returns patience within these bounds; nothing is waited for yet.
    pub(super) fn new(waits: Waits) -> Self {
        Self { waits, reading: None, stalled: None }
    }

    /// The client did what it was waited for.
    pub(super) fn rest(&mut self) {
        self.reading = None;
    }

    /// Waits for the client to read on or to begin; ready when that took too long.
    pub(super) fn poll_end(&mut self, wait: Wait, context: &mut Context<'_>) -> Poll<()> {
        let limit = match wait {
            Wait::Silence => self.waits.silence,
            Wait::Head => self.waits.head,
        };
        let timer = match &mut self.reading {
            Some((begun, timer)) if *begun == wait => timer,
            reading => &mut reading.insert((wait, Box::pin(sleep(limit)))).1,
        };
        timer.as_mut().poll(context)
    }

    /// Lets what was written through, and fails a write that has made no progress for too long.
    pub(super) fn poll_progress<T>(
        &mut self,
        written: Poll<io::Result<T>>,
        context: &mut Context<'_>,
    ) -> Poll<io::Result<T>> {
        if written.is_ready() {
            self.stalled = None;
            return written;
        }
        let limit = self.waits.stall;
        let timer = self.stalled.get_or_insert_with(|| Box::pin(sleep(limit)));
        let is_late = timer.as_mut().poll(context).is_ready();
        if is_late { Poll::Ready(Err(io::ErrorKind::TimedOut.into())) } else { Poll::Pending }
    }
}
