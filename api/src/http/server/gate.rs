//! The gate of a connection: hyper reads through it, and sees only heads that have one meaning.
//!
//! The gate holds a head back until it is whole and sound, then hands it on with as many bytes of body as it
//! announced, and holds the next one back until the answer has left. So at most one request is behind the gate, and
//! where it ends is decided here alone. A head that is refused never gets through: hyper finds the end of the
//! connection instead, has nothing left to answer, and returns the stream, on which the refusal is written.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::framing::{Broken, Framing};
use super::head::{HeadFault, HeadScan};
use super::patience::{Patience, Wait};
use super::turn::Turns;

/// How much is read at once while a head is awaited.
const READ_BYTES: usize = 4 * 1024;

/// A stream whose requests are vetted, and whose waits are bounded.
pub(super) struct Gate<S> {
    stream: S,
    turns: Arc<Turns>,
    patience: Patience,
    stage: Stage,
    /// What was read and not handed on; of it, the first `passed` bytes may be.
    held: Vec<u8>,
    passed: usize,
}

enum Stage {
    /// The next bytes belong to a head.
    Head(HeadScan),
    /// The next bytes belong to a body.
    Body(Framing),
    /// The body is not framed as it should be: whoever reads it gets an error.
    Broken,
    /// Nothing goes in any more, and the client is told why unless it just kept silent.
    Shut(Option<HeadFault>),
}

impl<S> Gate<S> {
    /// Returns the gate of a fresh connection.
    pub(super) fn new(stream: S, turns: Arc<Turns>, patience: Patience) -> Self {
        let stage = Stage::Head(HeadScan::default());
        Self { stream, turns, patience, stage, held: Vec::new(), passed: 0 }
    }

    /// Returns the stream, and why the last head was refused when one was.
    pub(super) fn into_parts(self) -> (S, Option<HeadFault>) {
        let fault = match self.stage {
            Stage::Shut(fault) => fault,
            Stage::Head(_) | Stage::Body(_) | Stage::Broken => None,
        };
        (self.stream, fault)
    }

    /// Hands on what may be handed on.
    fn release(&mut self, out: &mut ReadBuf<'_>) {
        let count = self.passed.min(out.remaining());
        out.put_slice(&self.held[..count]);
        self.held.drain(..count);
        self.passed -= count;
        if self.held.is_empty() {
            // An idle connection holds no buffer.
            self.held = Vec::new();
        }
    }

    /// Counts off what of `bytes` belongs to the body.
    fn count_off(&mut self, bytes: &[u8]) -> usize {
        let Stage::Body(framing) = &mut self.stage else { return 0 };
        framing.pass(bytes).unwrap_or_else(|Broken { sound }| {
            self.stage = Stage::Broken;
            sound
        })
    }
}

impl<S: AsyncRead + Unpin> Gate<S> {
    /// Reads what comes into `held`; `Ready(0)` is the end.
    fn fill(&mut self, context: &mut Context<'_>) -> Poll<io::Result<usize>> {
        let mut bytes = [0; READ_BYTES];
        let mut buffer = ReadBuf::new(&mut bytes);
        ready!(Pin::new(&mut self.stream).poll_read(context, &mut buffer))?;
        self.held.extend_from_slice(buffer.filled());
        Poll::Ready(Ok(buffer.filled().len()))
    }

    /// Reads on in a head; `Ready(true)` when there is something to do about it, `Ready(false)` at the end.
    fn await_head(&mut self, context: &mut Context<'_>) -> Poll<io::Result<bool>> {
        let Stage::Head(scan) = &mut self.stage else { return Poll::Ready(Ok(true)) };
        if self.turns.is_ours(context) {
            // Only to notice that the client has gone: what it sends meanwhile has to wait.
            let is_gone = self.held.is_empty() && ready!(self.fill(context))? == 0;
            return if is_gone { Poll::Ready(Ok(false)) } else { Poll::Pending };
        }
        match scan.scan(&self.held) {
            Ok(Some(head)) => {
                self.patience.rest();
                if self.turns.begin() {
                    self.passed = head.bytes;
                    self.stage = Stage::Body(head.framing);
                } else {
                    self.stage = Stage::Shut(None);
                }
                return Poll::Ready(Ok(true));
            }
            Ok(None) => {}
            Err(fault) => {
                self.stage = Stage::Shut(Some(fault));
                return Poll::Ready(Ok(true));
            }
        }
        if let Poll::Ready(read) = self.fill(context) {
            return Poll::Ready(read.map(|count| count > 0));
        }
        let (wait, fault) = match self.held.is_empty() {
            true => (Wait::Silence, None),
            false => (Wait::Head, Some(HeadFault::TooSlow)),
        };
        ready!(self.patience.poll_end(wait, context));
        self.stage = Stage::Shut(fault);
        Poll::Ready(Ok(true))
    }

    /// Reads body bytes straight into the buffer of whoever reads them.
    fn read_body(&mut self, context: &mut Context<'_>, out: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = out.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(context, out))?;
        let counted = self.count_off(&out.filled()[before..]);
        if matches!(self.stage, Stage::Body(_)) {
            // What follows the body belongs to the next head.
            self.held.extend_from_slice(&out.filled()[before + counted..]);
        }
        out.set_filled(before + counted);
        Poll::Ready(if matches!(self.stage, Stage::Broken) && counted == 0 { Err(broken()) } else { Ok(()) })
    }
}

fn broken() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "the chunks of the body are not framed as they should be")
}

impl<S: AsyncRead + Unpin> AsyncRead for Gate<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        out: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let gate = &mut *self;
        loop {
            if gate.passed > 0 {
                gate.release(out);
                return Poll::Ready(Ok(()));
            }
            match &gate.stage {
                Stage::Shut(_) => return Poll::Ready(Ok(())),
                Stage::Broken => return Poll::Ready(Err(broken())),
                Stage::Body(framing) if framing.is_over() => gate.stage = Stage::Head(HeadScan::default()),
                Stage::Body(_) if gate.held.is_empty() => return gate.read_body(context, out),
                Stage::Body(_) => {
                    let held = std::mem::take(&mut gate.held);
                    gate.passed = gate.count_off(&held);
                    gate.held = held;
                }
                Stage::Head(_) => {
                    if !ready!(gate.await_head(context))? {
                        return Poll::Ready(Ok(()));
                    }
                }
            }
        }
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Gate<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.patience.poll_progress(written, context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(context, bytes);
        self.patience.poll_progress(written, context)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.stream).poll_flush(context);
        self.patience.poll_progress(flushed, context)
    }

    /// Flushes only: a refusal may still have to be written, and the input must be drained before the stream closes.
    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.poll_flush(context)
    }
}

#[cfg(test)]
#[path = "gate_tests.rs"]
mod tests;
