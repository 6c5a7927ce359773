//! Whose turn it is on a connection: the client's, or ours until an answer has left.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use futures::task::AtomicWaker;
use hyper::body::{Body, Frame, SizeHint};

use super::roster::Seat;

/// Shared by the gate, which lets one request in at a time, and the answer, whose end lets the next one in.
#[derive(Debug)]
pub(super) struct Turns {
    seat: Seat,
    is_ours: AtomicBool,
    waiting: AtomicWaker,
}

impl Turns {
    /// Returns the turns of a fresh connection: the client begins.
    pub(super) fn new(seat: Seat) -> Self {
        Self { seat, is_ours: AtomicBool::new(false), waiting: AtomicWaker::new() }
    }

    /// A request goes in, and the client has to wait; false when the connection has to leave instead.
    pub(super) fn begin(&self) -> bool {
        self.is_ours.store(true, Ordering::Release);
        self.seat.begin()
    }

    fn end(&self) {
        self.is_ours.store(false, Ordering::Release);
        self.seat.rest();
        self.waiting.wake();
    }

    /// Whether a request is being answered; when so, the task is woken at its end.
    pub(super) fn is_ours(&self, context: &Context<'_>) -> bool {
        self.waiting.register(context.waker());
        self.is_ours.load(Ordering::Acquire)
    }
}

/// One request from its first byte to the last byte of its answer; its end is the client's turn.
#[derive(Debug)]
pub(super) struct Turn(pub(super) Arc<Turns>);

impl Drop for Turn {
    fn drop(&mut self) {
        self.0.end();
    }
}

/// The body of an answer, which keeps the turn until it has been sent or given up.
#[derive(Debug)]
pub(super) struct Held<B> {
    body: B,
    _turn: Turn,
}

impl<B> Held<B> {
    /// Returns `body`; `turn` ends with it.
    pub(super) fn new(body: B, turn: Turn) -> Self {
        Self { body, _turn: turn }
    }
}

impl<B: Body + Unpin> Body for Held<B> {
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<B::Data>, B::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
