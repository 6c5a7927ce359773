//! Events as a listener reads them: in order, and all those that are theirs to see.

use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use dateline_core::caller::Credential;
use dateline_core::event::{Event, EventKind};
use dateline_core::home::Home;
use tokio::sync::mpsc::error::TryRecvError;
use tokio::sync::{mpsc, watch};

use crate::handle::Dateline;
use crate::shared::Shared;

/// How many events wait for a listener before the bus lets it go.
const CHANNEL_MAX: usize = 64;
/// How many events are read from the store at once.
const BATCH: usize = 64;
const PAUSE: Duration = Duration::from_millis(100);

/// How often a listener's credential is looked at although nobody says that it changed: it may have expired.
const LOOK_AGAIN_EVERY: Duration = Duration::from_secs(1);

/// Committed events after a number, in order, of the projects the caller sees. To who sees all, a gap in the numbers
/// means that the store no longer keeps what lay between; nothing is ever left out because a listener was slow. The
/// stream ends within a second when the caller's credential becomes void.
pub struct EventStream {
    dateline: Dateline,
    /// Whose things the caller sees; `None` for all.
    reach: Option<BTreeSet<Home>>,
    /// Tells that credentials or memberships changed; the first look is always due.
    changes: watch::Receiver<u64>,
    looked_at: Option<Duration>,
    /// The newest event that was looked at.
    after: u64,
    /// Whether the store had forgotten what came before an event.
    has_gap: bool,
    /// Events read from the store and not yet handed out.
    past: VecDeque<Arc<Event>>,
    /// Events as they come; `None` while catching up.
    live: Option<mpsc::Receiver<Arc<Event>>>,
}

impl EventStream {
    pub(crate) fn new(dateline: Dateline, after: u64) -> Self {
        dateline.shared().streams.fetch_add(1, Ordering::Relaxed);
        let changes = dateline.shared().people.changes();
        Self {
            dateline,
            reach: None,
            changes,
            looked_at: None,
            after,
            has_gap: false,
            past: VecDeque::new(),
            live: None,
        }
    }

    /// Returns the number of the newest event that was looked at, seen by the caller or not: where to go on.
    pub fn position(&self) -> u64 {
        self.after
    }

    /// Returns the next event, or `None` when the engine has stopped or the caller is no longer let in. Safe to drop
    /// while waiting.
    pub async fn next(&mut self) -> Option<Arc<Event>> {
        loop {
            self.look_again().await?;
            if let Some(event) = self.past.pop_front() {
                if self.look_at(&event) {
                    return Some(event);
                }
                continue;
            }
            let Some(live) = &mut self.live else {
                self.catch_up().await?;
                continue;
            };
            let received = tokio::select! {
                biased;
                received = live.recv() => received,
                _ = self.changes.changed() => {
                    self.looked_at = None;
                    continue;
                }
                () = tokio::time::sleep(LOOK_AGAIN_EVERY) => continue,
            };
            match received {
                Some(event) if event.seq <= self.after => {}
                Some(event) if event.seq == self.after + 1 => self.past.push_back(event),
                // Let go for being slow, or the bus was restarted: the store has what was missed.
                Some(_) | None => self.live = None,
            }
        }
    }

    /// Returns the next event if that needs no waiting.
    pub fn ready(&mut self) -> Option<Arc<Event>> {
        loop {
            let event = match self.past.pop_front() {
                Some(event) => event,
                None => match self.live.as_mut()?.try_recv() {
                    Ok(event) if event.seq <= self.after => continue,
                    Ok(event) if event.seq == self.after + 1 => event,
                    Err(TryRecvError::Empty) => return None,
                    // Let go for being slow, or the bus was restarted: the store has what was missed.
                    Ok(_) | Err(TryRecvError::Disconnected) => {
                        self.live = None;
                        return None;
                    }
                },
            };
            if self.look_at(&event) {
                return Some(event);
            }
        }
    }

    /// Whether, since this was last asked, the stream passed over events that the store no longer keeps.
    pub fn takes_gap(&mut self) -> bool {
        std::mem::take(&mut self.has_gap)
    }

    /// Moves on to `event`; whether the caller sees it.
    fn look_at(&mut self, event: &Event) -> bool {
        self.has_gap |= event.seq > self.after + 1;
        self.after = event.seq;
        let is_reached = match (&self.reach, event.home) {
            (None, _) => true,
            (Some(reach), Some(home)) => reach.contains(&home),
            // What spans projects is somebody's own, or concerns everybody.
            (Some(_), None) => event.audience.is_some() || event.kind == EventKind::Engine,
        };
        is_reached && event.is_for(self.dateline.caller().user)
    }

    /// Asks once a second, and after each change among people, whether the caller is still let in and what they see.
    /// While the store cannot answer, nothing is told.
    async fn look_again(&mut self) -> Option<()> {
        if self.dateline.caller().credential == Credential::Process {
            return Some(());
        }
        // What was granted before an event was made counts for that event.
        if self.changes.has_changed().unwrap_or_default() {
            self.changes.mark_unchanged();
            self.looked_at = None;
        }
        loop {
            let now = self.shared().parts.clock.monotonic();
            if self.looked_at.is_some_and(|at| now.saturating_sub(at) < LOOK_AGAIN_EVERY) {
                return Some(());
            }
            match (self.dateline.is_still_let_in().await, self.dateline.reach().await) {
                (Ok(true), Ok(reach)) => {
                    self.reach = reach;
                    self.looked_at = Some(now);
                    return Some(());
                }
                (Ok(false), _) => return None,
                (Err(error), _) | (_, Err(error)) => {
                    tracing::debug!(%error, "a listener's say could not be read; it is read again");
                    self.pause().await?;
                }
            }
        }
    }

    fn shared(&self) -> &Shared {
        self.dateline.shared()
    }

    /// Reads the past; registers for what is to come before the last read, so that nothing falls between.
    async fn catch_up(&mut self) -> Option<()> {
        let (sender, receiver) = mpsc::channel(CHANNEL_MAX);
        let past = self.read().await?;
        if past.len() < BATCH {
            if !self.shared().hints.listen(sender).await {
                return self.pause().await;
            }
            self.past.extend(past.into_iter().map(Arc::new));
            let after = self.past.back().map_or(self.after, |event| event.seq);
            let between = self.read_after(after).await?;
            // A full batch may have more behind it, which the channel does not bring.
            self.live = (between.len() < BATCH).then_some(receiver);
            self.past.extend(between.into_iter().map(Arc::new));
        } else {
            self.past.extend(past.into_iter().map(Arc::new));
        }
        Some(())
    }

    async fn read(&self) -> Option<Vec<Event>> {
        self.read_after(self.after).await
    }

    async fn read_after(&self, after: u64) -> Option<Vec<Event>> {
        loop {
            match self.shared().parts.store.events_after(after, BATCH).await {
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
        if !self.shared().hints.is_running() {
            return None;
        }
        tokio::time::sleep(PAUSE).await;
        Some(())
    }
}

impl Drop for EventStream {
    fn drop(&mut self) {
        self.dateline.shared().streams.fetch_sub(1, Ordering::Relaxed);
    }
}
