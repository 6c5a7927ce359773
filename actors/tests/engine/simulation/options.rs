//! What a seed's world is like: drawn first, whole, and printed when the world breaks.

use std::collections::BTreeSet;

use dateline_core::time::{Timestamp, from_unix_ms};
use dateline_store::conformance::Rng;

/// Something that can go wrong, or that people can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fault {
    /// The power goes at some operation of the disk; what was not synced is lost, torn or reordered.
    PowerCut,
    /// And once more while the store is being opened.
    CutWhileOpening,
    /// The process is killed between any two awaits.
    Kill,
    /// It is asked to stop.
    Stop,
    /// An operation of the disk fails.
    IoError,
    /// And the disk forgets what was not synced.
    ForgetfulDisk,
    /// There is no space for a while.
    FullDisk,
    /// The store's answers are lost or late, and writes are delayed.
    LostAnswers,
    /// A handler panics.
    Panic,
    /// The wall clock is set back.
    ClockBack,
    /// The wall clock is set forward, or the machine sleeps: timers stand.
    Sleep,
    /// Sources fail.
    Source,
    /// Sources and writers hang, or are slow.
    Hang,
    /// Sources limit their callers.
    RateLimit,
    /// Writers fail or panic.
    Writer,
    /// Places to publish to fail.
    Publisher,
    /// Jobs are created, changed, disabled, cancelled.
    Edits,
    /// Jobs, projects and everything are paused.
    Pauses,
    /// Executions are cancelled, paused, resumed, replayed.
    Steering,
    /// Requests carry keys and are sent again.
    Keys,
    /// How many may run at once changes while they run.
    Limits,
}

impl Fault {
    const ALL: [Self; 21] = [
        Self::PowerCut,
        Self::CutWhileOpening,
        Self::Kill,
        Self::Stop,
        Self::IoError,
        Self::ForgetfulDisk,
        Self::FullDisk,
        Self::LostAnswers,
        Self::Panic,
        Self::ClockBack,
        Self::Sleep,
        Self::Source,
        Self::Hang,
        Self::RateLimit,
        Self::Writer,
        Self::Publisher,
        Self::Edits,
        Self::Pauses,
        Self::Steering,
        Self::Keys,
        Self::Limits,
    ];
}

/// A world before it begins.
#[derive(Debug, Clone)]
pub(super) struct Options {
    pub(super) seed: u64,
    pub(super) faults: BTreeSet<Fault>,
    pub(super) begin: Timestamp,
    /// How many schedules there are at first.
    pub(super) jobs: u64,
    pub(super) projects: u64,
    /// At most so many projects run at once.
    pub(super) projects_max: u32,
    /// At most so many executions of a project run at once.
    pub(super) executions_max: u32,
    /// How many lives there are before the last.
    pub(super) lives: u64,
    /// How much happens in each.
    pub(super) deeds: u64,
    /// How long nothing runs between lives, at most.
    pub(super) down_hours_max: u64,
}

impl Options {
    /// Draws the world of a seed.
    pub(super) fn draw(seed: u64) -> Self {
        let rng = &mut Rng::new(seed);
        let density = rng.below(5);
        let faults = Fault::ALL.into_iter().filter(|_| rng.below(4) < density).collect();
        let jobs = match rng.below(40) {
            0 => 4 + rng.below(37),
            _ => 1 + rng.below(4),
        };
        // Two years from the first of December 2026.
        let begin = from_unix_ms(1_796_083_200_000 + rng.below(2 * 365 * 86_400) as i64 * 1_000);
        // Many small worlds find more than few large ones.
        let is_crowd = jobs > 4;
        Self {
            seed,
            faults,
            begin,
            jobs,
            projects: 1 + rng.below(jobs.min(6)),
            projects_max: 1 + rng.below(5) as u32,
            executions_max: [1, 1, 2, 3][rng.index(4)],
            lives: 1 + if is_crowd { 0 } else { rng.below(3) },
            deeds: 2 + if is_crowd { 1 } else { rng.below(4) },
            down_hours_max: [1, 12, 240, 1_000][rng.index(4)],
        }
    }

    pub(super) fn has(&self, fault: Fault) -> bool {
        self.faults.contains(&fault)
    }
}
