//! A world for one engine after another: what is durable stays, what runs dies with its life.

mod http;
mod life;
mod mailbox;
mod mood;
mod publisher;
mod source;
mod store;
mod witness;
mod writer;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use dateline_actors::{ManualClock, Settings};
use dateline_core::entropy::Entropy;
use dateline_core::time::Timestamp;
use dateline_store::{MemoryMedium, OpenOptions, RedbStore, WriterPlace};
use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};

pub(crate) use http::{FakeServer, Reaction};
pub(crate) use life::{
    Life, cron, every_minute, new_job, new_project, outcome, patient, quick_retries, step_names, told,
};
pub(crate) use mailbox::FakeMailbox;
pub(crate) use mood::Mood;
pub(crate) use publisher::FakePublisher;
pub(crate) use source::FakeSource;
pub(crate) use store::{Trouble, TroubledStore, Troubles};
pub(crate) use witness::{Limits, Witness};
pub(crate) use writer::FakeWriter;

/// When every world begins: ten seconds before a full hour.
pub(crate) const BEGIN: &str = "2026-11-23T08:59:50Z";

/// Returns the instant `text` spells.
pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().expect("an instant")
}

/// Everything outside the engine, and what the disk holds.
pub(crate) struct World {
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) source: Arc<FakeSource>,
    pub(crate) writer: Arc<FakeWriter>,
    pub(crate) publisher: Arc<FakePublisher>,
    pub(crate) http: Arc<FakeServer>,
    pub(crate) mailbox: Arc<FakeMailbox>,
    pub(crate) troubles: Arc<Troubles>,
    entropy: Arc<SeededEntropy>,
    settings: Settings,
    disk: Mutex<MemoryMedium>,
}

impl World {
    pub(crate) fn new() -> Self {
        Self::with(Settings::default())
    }

    pub(crate) fn with(settings: Settings) -> Self {
        Self {
            clock: Arc::new(ManualClock::starting(at(BEGIN))),
            source: Arc::default(),
            writer: Arc::default(),
            publisher: Arc::default(),
            http: Arc::default(),
            mailbox: Arc::default(),
            troubles: Arc::default(),
            entropy: Arc::new(SeededEntropy::of(7)),
            settings,
            disk: Mutex::default(),
        }
    }

    /// The next so many that draw randomness panic.
    pub(crate) fn panic_next_draws(&self, count: usize) {
        self.entropy.panic_next(count);
    }

    /// Starts an engine on what the disk holds, plays, and then cuts everything off, as `kill -9` does: only what was
    /// committed is there in the next life.
    pub(crate) fn life<T>(&self, play: impl AsyncFnOnce(&Life<'_>) -> T) -> T {
        let mut builder = tokio::runtime::Builder::new_current_thread();
        let runtime = builder.enable_time().start_paused(true).build().expect("a runtime");
        let disk = self.disk.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let (value, left) = runtime.block_on(async {
            self.clock.run();
            let options = OpenOptions { now: at(BEGIN), writer: WriterPlace::Task };
            let store = RedbStore::open_on(Arc::new(disk.clone()), options).expect("a store");
            let (inner, troubles) = (Arc::new(store), self.troubles.clone());
            let witness = Arc::new(Witness::new(self.clock.clone()));
            let life = Life::start(self, Arc::new(TroubledStore { inner, troubles, witness })).await;
            let value = play(&life).await;
            self.clock.stand();
            (value, disk.bytes())
        });
        drop(runtime);
        *self.disk.lock().unwrap_or_else(PoisonError::into_inner) = MemoryMedium::of(left);
        value
    }
}

/// Randomness that a seed repeats.
pub(crate) struct SeededEntropy {
    numbers: Mutex<ChaCha8Rng>,
    panics: AtomicUsize,
}

impl SeededEntropy {
    pub(crate) fn of(seed: u64) -> Self {
        Self { numbers: Mutex::new(ChaCha8Rng::seed_from_u64(seed)), panics: AtomicUsize::new(0) }
    }

    /// The next so many draws panic.
    pub(crate) fn panic_next(&self, count: usize) {
        self.panics.store(count, Ordering::SeqCst);
    }
}

impl Entropy for SeededEntropy {
    fn fill(&self, bytes: &mut [u8]) {
        let left = self.panics.load(Ordering::SeqCst);
        if left > 0 {
            self.panics.store(left - 1, Ordering::SeqCst);
            panic!("the dice are away");
        }
        self.numbers.lock().unwrap_or_else(PoisonError::into_inner).fill_bytes(bytes);
    }
}
