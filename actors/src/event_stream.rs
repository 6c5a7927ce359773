//! Events as a listener reads them: in order, without gaps.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use dateline_core::event::Event;
use tokio::sync::mpsc;

use crate::shared::Shared;

/// How many events wait for a listener before the bus lets it go.
const CHANNEL_MAX: usize = 256;
/// How many events are read from the store at once.
const BATCH: usize = 256;
const PAUSE: Duration = Duration::from_millis(100);

/// Committed events after a number, in order. A gap in the numbers means that the store no longer keeps what lay
/// between; nothing is ever left out because a listener was slow.
pub struct EventStream {
    shared: Arc<Shared>,
    /// The newest event that was handed out.
    after: u64,
    /// Events read from the store and not yet handed out.
    past: VecDeque<Event>,
    /// Events as they come; `None` while catching up.
    live: Option<mpsc::Receiver<Event>>,
}

impl EventStream {
    pub(crate) fn new(shared: Arc<Shared>, after: u64) -> Self {
        Self { shared, after, past: VecDeque::new(), live: None }
    }

    /// Returns the next event, or `None` when the engine has stopped. Safe to drop while waiting.
    pub async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some(event) = self.past.pop_front() {
                self.after = event.seq;
                return Some(event);
            }
            let Some(live) = &mut self.live else {
                self.catch_up().await?;
                continue;
            };
            match live.recv().await {
                Some(event) if event.seq <= self.after => {}
                Some(event) if event.seq == self.after + 1 => {
                    self.after = event.seq;
                    return Some(event);
                }
                // Let go for being slow, or the bus was restarted: the store has what was missed.
                Some(_) | None => self.live = None,
            }
        }
    }

    /// Reads the past; registers for what is to come before the last read, so that nothing falls between.
    async fn catch_up(&mut self) -> Option<()> {
        let (sender, receiver) = mpsc::channel(CHANNEL_MAX);
        let past = self.read().await?;
        if past.len() < BATCH {
            if !self.shared.hints.listen(sender).await {
                return self.pause().await;
            }
            self.past.extend(past);
            let after = self.past.back().map_or(self.after, |event| event.seq);
            let between = self.read_after(after).await?;
            // A full batch may have more behind it, which the channel does not bring.
            self.live = (between.len() < BATCH).then_some(receiver);
            self.past.extend(between);
        } else {
            self.past.extend(past);
        }
        Some(())
    }

    async fn read(&self) -> Option<Vec<Event>> {
        self.read_after(self.after).await
    }

    async fn read_after(&self, after: u64) -> Option<Vec<Event>> {
        loop {
            match self.shared.parts.store.events_after(after, BATCH).await {
                Ok(events) => return Some(events),
                Err(error) => {
                    tracing::debug!(%error, "a listener's events could not be read; they are read again");
                    self.pause().await?;
                }
            }
        }
    }

    /// Waits a moment for an actor or the store to come back; `None` when the engine has stopped.
    async fn pause(&self) -> Option<()> {
        if !self.shared.hints.is_running() {
            return None;
        }
        tokio::time::sleep(PAUSE).await;
        Some(())
    }
}
