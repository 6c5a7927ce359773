//! What the next calls of a fake come to.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use dateline_core::time::Timestamp;
use tokio::sync::watch;

/// What one call comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mood {
    /// It works.
    Well,
    /// It fails in a way that may pass.
    Fail,
    /// It fails in a way that does not pass.
    Refuse,
    /// A server limits its caller, until this instant when it says so.
    Limited(Option<Timestamp>),
    /// A server is away, until this instant when it says so.
    Away(Option<Timestamp>),
    /// The program is wrong.
    Panic,
    /// It goes on until it is told to stop.
    Long,
    /// It goes on for ever and hears nothing.
    Deaf,
    /// It works and takes this long.
    Slow(Duration),
}

/// What calls are to come to, and how many there were, by name.
pub(crate) struct Moods {
    inner: Mutex<Inner>,
    changed: watch::Sender<()>,
}

#[derive(Default)]
struct Inner {
    coming: BTreeMap<String, VecDeque<Mood>>,
    always: BTreeMap<String, Mood>,
    calls: BTreeMap<String, usize>,
}

impl Default for Moods {
    fn default() -> Self {
        Self { inner: Mutex::default(), changed: watch::Sender::new(()) }
    }
}

impl Moods {
    /// The next calls of `name` come to these, one after another; those after them work.
    pub(crate) fn next(&self, name: &str, moods: impl IntoIterator<Item = Mood>) {
        self.with(|inner| inner.coming.entry(name.to_owned()).or_default().extend(moods));
    }

    /// Every call of `name` comes to this, unless told otherwise.
    pub(crate) fn always(&self, name: &str, mood: Mood) {
        self.with(|inner| inner.always.insert(name.to_owned(), mood));
    }

    /// From now on every call works.
    pub(crate) fn clear(&self) {
        self.with(|inner| {
            inner.coming.clear();
            inner.always.clear();
        });
    }

    /// Returns how often `name` was called.
    pub(crate) fn calls(&self, name: &str) -> usize {
        self.with(|inner| inner.calls.get(name).copied().unwrap_or(0))
    }

    /// Resolves when `name` was called `count` times.
    pub(crate) async fn called(&self, name: &str, count: usize) {
        let mut changed = self.changed.subscribe();
        while self.calls(name) < count {
            changed.changed().await.expect("the fake lives as long as the world");
        }
    }

    /// Counts a call and returns what it comes to.
    pub(super) fn take(&self, name: &str) -> Mood {
        let mood = self.with(|inner| {
            *inner.calls.entry(name.to_owned()).or_default() += 1;
            let coming = inner.coming.get_mut(name).and_then(VecDeque::pop_front);
            coming.or_else(|| inner.always.get(name).copied()).unwrap_or(Mood::Well)
        });
        self.changed.send_replace(());
        mood
    }

    fn with<T>(&self, act: impl FnOnce(&mut Inner) -> T) -> T {
        act(&mut self.inner.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
