//! A world from its first life to its last.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use dateline_actors::{Dateline, Engine, ManualClock, Parts, Settings};
use dateline_core::channel::{Channel, ChannelKind};
use dateline_core::clock::Clock;
use dateline_core::job::NextDue;
use dateline_core::secret::{KeyRing, SecretKey};
use dateline_core::store::{Store, StoreGauges};
use dateline_core::time::Timestamp;
use dateline_store::conformance::Rng;
use dateline_store::conformance::disk::{self, Disk};
use dateline_store::{OpenOptions, RedbStore, WriterPlace};
use futures::FutureExt as _;

use super::ledger::Ledger;
use super::options::{Fault, Options};
use crate::world::{
    FakeMailbox, FakePublisher, FakeSource, FakeWriter, Limits, SeededEntropy, Trouble, TroubledStore,
    Troubles, Witness,
};

/// So long before something is due the clock stops leaping: the scheduler, which looks each second, then sleeps up to
/// the very instant.
const ARRIVAL: Duration = Duration::from_millis(1_100);
/// What runs is given so long before the clock leaps over it.
const PATIENCE: Duration = Duration::from_secs(120);

/// While something waits or cannot be done, the clock leaps this far at most.
const STRIDE: Duration = Duration::from_secs(900);

/// What was played.
#[derive(Debug, Clone, Default)]
pub(super) struct Played {
    /// A hash of every call of the store.
    pub(super) trace: u64,
    pub(super) days: f64,
    pub(super) lives: u64,
    pub(super) executions: u64,
    pub(super) occurrences: u64,
}

impl Played {
    pub(super) fn add(&mut self, other: &Self) {
        self.days += other.days;
        self.lives += other.lives;
        self.executions += other.executions;
        self.occurrences += other.occurrences;
    }
}

impl fmt::Display for Played {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let years = self.days / 365.25;
        let Self { lives, executions, occurrences, .. } = self;
        write!(
            f,
            "{years:.0} years, {lives} lives, {executions} executions, {occurrences} occurrences accounted for"
        )
    }
}

/// How a life ended.
enum End {
    PowerCut,
    Killed,
    Stopped,
}

/// What lives.
pub(super) struct Stage {
    pub(super) dateline: Dateline,
    /// The store beside all troubles.
    pub(super) store: Arc<dyn Store>,
    pub(super) engine: Engine,
}

/// A world.
pub(super) struct Play {
    pub(super) options: Options,
    pub(super) rng: Rng,
    pub(super) clock: Arc<ManualClock>,
    pub(super) source: Arc<FakeSource>,
    pub(super) writer: Arc<FakeWriter>,
    pub(super) publisher: Arc<FakePublisher>,
    mailbox: Arc<FakeMailbox>,
    pub(super) troubles: Arc<Troubles>,
    pub(super) witness: Arc<Witness>,
    pub(super) entropy: Arc<SeededEntropy>,
    pub(super) disk: Disk,
    pub(super) ledger: Ledger,
    pub(super) played: Played,
    /// From then on nothing is late.
    pub(super) faultless_since: Timestamp,
    is_created: bool,
    is_set_up: bool,
}

impl Play {
    pub(super) fn new(options: Options) -> Self {
        let clock = Arc::new(ManualClock::starting(options.begin));
        let witness = Arc::new(Witness::new(clock.clone()));
        let plans_beside = [Fault::Edits, Fault::Pauses, Fault::Panic, Fault::LostAnswers];
        if !plans_beside.into_iter().any(|fault| options.has(fault)) {
            witness.expect_pace();
        }
        if options.has(Fault::Steering) {
            witness.expect_steering();
        }
        let Options { projects_max, executions_max, .. } = options;
        witness.expect_limits(Limits { projects_max, executions_max });
        Self {
            rng: Rng::new(options.seed ^ 0x5EED),
            clock,
            source: Arc::default(),
            writer: Arc::default(),
            publisher: Arc::default(),
            mailbox: Arc::default(),
            troubles: Arc::default(),
            witness,
            entropy: Arc::new(SeededEntropy::of(options.seed)),
            disk: Disk::of(Vec::new()),
            ledger: Ledger { high: options.begin, ..Ledger::default() },
            played: Played::default(),
            faultless_since: Timestamp::MAX_UTC,
            is_created: false,
            is_set_up: false,
            options,
        }
    }

    /// Plays all lives.
    pub(super) fn run(mut self) -> Result<Played, String> {
        for life in 0..=self.options.lives {
            let lived = self.one_life(life == self.options.lives);
            lived.map_err(|broken| format!("in life {life} at {}: {broken}", self.clock.now()))?;
        }
        self.played.trace = self.witness.trace();
        self.played.lives = self.options.lives + 1;
        self.played.days = (self.clock.now() - self.options.begin).as_seconds_f64() / 86_400.0;
        Ok(self.played)
    }

    fn one_life(&mut self, is_last: bool) -> Result<(), String> {
        let mut builder = tokio::runtime::Builder::new_current_thread();
        let runtime = builder.enable_time().start_paused(true).build().map_err(|error| error.to_string())?;
        let end = runtime.block_on(async {
            self.clock.run();
            let end = self.live(is_last).await;
            self.clock.stand();
            end
        })?;
        match end {
            End::Stopped => {
                drop(runtime);
                self.disk.kill();
            }
            // What the process still does while it falls apart reaches no disk.
            End::Killed => {
                self.disk.kill();
                drop(runtime);
            }
            End::PowerCut => {
                self.disk.reboot(&mut self.rng);
                drop(runtime);
            }
        }
        if let Some(broken) = self.witness.broken().first() {
            return Err(broken.clone());
        }
        let down = 60 + self.rng.below(self.options.down_hours_max * 3_600);
        let down = if self.rng.one_in(3) { self.rng.below(60) } else { down };
        self.clock.pass(Duration::from_millis(down * 1_000 + self.rng.below(1_000)));
        self.ledger.see(self.clock.now());
        Ok(())
    }

    async fn live(&mut self, is_last: bool) -> Result<End, String> {
        if self.options.has(Fault::CutWhileOpening) && !is_last && self.rng.one_in(3) {
            self.disk.set_fault(disk::Fault::PowerCut(1 + self.rng.below(120)));
        }
        let options = OpenOptions { now: self.clock.now(), writer: WriterPlace::Task };
        let store: Arc<dyn Store> = match RedbStore::open_on(Arc::new(self.disk.clone()), options) {
            Ok(store) => Arc::new(store),
            Err(_) if self.disk.is_off() => {
                if !self.is_created {
                    // A new file appears whole or not at all, which a bare disk does not know.
                    self.disk = Disk::of(Vec::new());
                }
                return Ok(End::PowerCut);
            }
            Err(error) => return Err(format!("the store does not open: {error}")),
        };
        self.is_created = true;
        if self.disk.is_off() {
            return Ok(End::PowerCut);
        }
        // A cut that was to come while opening came too late.
        self.disk.set_fault(disk::Fault::None);
        self.witness.begin_life();
        self.calm();
        if self.is_set_up && !is_last {
            self.arm();
        }
        let (troubles, witness) = (self.troubles.clone(), self.witness.clone());
        let troubled = Arc::new(TroubledStore { inner: store.clone(), troubles, witness });
        let engine = match Engine::start(self.parts(troubled), self.settings()).await {
            Ok(engine) => engine,
            Err(error) if is_last => return Err(format!("the engine does not start: {error}")),
            Err(_) => return Ok(self.crash()),
        };
        let stage = Stage { dateline: engine.dateline(), store, engine };
        if !self.disk.is_off() {
            self.check_acknowledged(&stage).await?;
        }
        if !self.is_set_up {
            self.set_up(&stage).await?;
            self.is_set_up = true;
            if !is_last {
                self.arm();
            }
        }
        if is_last {
            self.end_well(&stage).await?;
            self.check_all(&stage).await?;
            stage.engine.stop().await;
            return Ok(End::Stopped);
        }
        for _ in 0..self.options.deeds {
            self.deed(&stage).await?;
            if self.disk.is_off() || stage.engine.failed().now_or_never().is_some() {
                return Ok(self.crash());
            }
        }
        Ok(self.close(stage).await)
    }

    fn parts(&self, store: Arc<dyn Store>) -> Parts {
        Parts {
            store,
            clock: self.clock.clone(),
            entropy: self.entropy.clone(),
            source: self.source.clone(),
            writer: self.writer.clone(),
            publisher: self.publisher.clone(),
            http: Arc::new(crate::world::FakeServer::default()),
            keys: Arc::new(KeyRing::new(SecretKey::new([7; 32]), Vec::new())),
            channels: BTreeMap::from([(ChannelKind::Email, self.mailbox.clone() as Arc<dyn Channel>)]),
        }
    }

    fn settings(&self) -> Settings {
        Settings { projects_max: self.options.projects_max, ..Settings::default() }
    }

    /// Turns everything off that goes wrong by itself.
    pub(super) fn calm(&mut self) {
        self.troubles.clear();
        self.entropy.panic_next(0);
        for moods in [&self.source.moods, &self.writer.moods, &self.publisher.moods] {
            moods.clear();
        }
    }

    /// Draws what goes wrong by itself in this life.
    fn arm(&mut self) {
        if self.options.has(Fault::LostAnswers) && self.rng.one_in(2) {
            let one_in = 20 + self.rng.below(300);
            self.troubles.at_random(self.rng.number(), one_in);
        }
        if self.options.has(Fault::LostAnswers) && self.rng.one_in(2) {
            // A step that arrives when its attempt was given up, and another perhaps runs.
            let by = Duration::from_millis(58_000 + self.rng.below(20_000));
            self.troubles.next("record_step", [Trouble::Delayed(by)]);
        }
        if self.options.has(Fault::PowerCut) && self.rng.one_in(2) {
            self.disk.set_fault(disk::Fault::PowerCut(1 + self.rng.below(3_000)));
        }
    }

    fn crash(&self) -> End {
        if self.disk.is_off() { End::PowerCut } else { End::Killed }
    }

    /// Ends a life in one of the ways that are on.
    async fn close(&mut self, stage: Stage) -> End {
        let ways: Vec<Fault> = [Fault::Stop, Fault::Kill, Fault::PowerCut]
            .into_iter()
            .filter(|fault| self.options.has(*fault))
            .collect();
        let way = ways.get(self.rng.index(ways.len())).copied().unwrap_or(Fault::Stop);
        if way == Fault::Stop {
            stage.engine.stop().await;
            return if self.disk.is_off() { End::PowerCut } else { End::Stopped };
        }
        if self.rng.one_in(2) {
            tokio::time::sleep(Duration::from_millis(self.rng.below(2_000))).await;
        }
        // Anywhere between two awaits of whoever is at work.
        for _ in 0..self.rng.below(60) {
            tokio::task::yield_now().await;
        }
        if way == Fault::PowerCut || self.disk.is_off() { End::PowerCut } else { End::Killed }
    }

    /// Lets time pass until the wall clock shows `target`: it leaps where nothing is due and nothing runs.
    pub(super) async fn run_until(&mut self, stage: &Stage, target: Timestamp) {
        let (mut busy, mut step) = (Duration::ZERO, Duration::from_secs(2));
        loop {
            let now = self.clock.now();
            if now >= target || self.disk.is_off() {
                break;
            }
            let next = self.next_at(stage).await;
            let is_due = next.is_some_and(|at| at <= now);
            let next = next.filter(|at| now < *at && *at < target).unwrap_or(target);
            let left = (next - now).to_std().unwrap_or_default();
            let gauges = stage.store.gauges().await.unwrap_or_default();
            let is_at_work = gauges.running + gauges.queued > 0 || is_due;
            if is_at_work && busy < PATIENCE {
                let wait = Duration::from_millis(250).max(busy / 4).min(Duration::from_secs(2));
                busy += wait;
                tokio::time::sleep(wait.min(left)).await;
                continue;
            }
            let mut leap = left.saturating_sub(ARRIVAL);
            if gauges.waiting > 0 || is_at_work {
                leap = leap.min(step);
                step = (step * 2).min(STRIDE);
            }
            self.clock.pass(leap);
            let rest = (left - leap).clamp(Duration::from_millis(1), ARRIVAL);
            tokio::time::sleep(rest).await;
        }
        self.ledger.see(self.clock.now());
    }

    /// Returns when something is due next.
    pub(super) async fn next_at(&self, stage: &Stage) -> Option<Timestamp> {
        let first = stage.store.due_jobs(Timestamp::MAX_UTC, 1).await.ok()?.into_iter().next()?;
        match first.clock.next {
            NextDue::At(next) => Some(next.effective_at),
            NextDue::Off | NextDue::Ended | NextDue::Unsatisfiable => None,
        }
    }

    /// Whether nothing is open and nothing due.
    pub(super) async fn is_settled(&self, stage: &Stage) -> bool {
        // In this order: what is due becomes open in one commit, and asked the other way round it could hide in between.
        let Ok(due) = stage.store.due_jobs(self.clock.now(), 1).await else { return false };
        let Ok(StoreGauges { queued, waiting, running, .. }) = stage.store.gauges().await else {
            return false;
        };
        due.is_empty() && queued + waiting + running == 0
    }
}
