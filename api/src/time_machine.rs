//! Plays schedules ahead of time: the real engine over a store in memory, under a clock that is set, not waited for.
//!
//! ```text
//!  Scenario ── script ──▶ lives, each with its events ── stage ──▶ Engine, Store, ManualClock
//!                                                                    │
//!                                  Ledger ◀── what the engine recorded of each occurrence
//! ```
//!
//! Nothing here decides what becomes of an occurrence. Repositories are taken to hold nothing new, so that runs end at
//! once, and between occurrences the clock leaps: what would wait for a year takes seconds.

mod ledger;
mod script;
mod stage;
mod still;

use chrono::TimeDelta;
use dateline_core::job::JobType;
use dateline_core::policy::Policy;
use dateline_core::schedule::{CompiledSchedule, Rules, Schedule, ScheduleError};
use dateline_core::store::StoreError;
use dateline_core::time::Timestamp;

pub use ledger::{Fate, LedgerLine};
pub use script::SleepHours;

/// More are not played at once: a person does not read them, and a machine need not wait for them.
pub const OCCURRENCES_MAX: usize = 100_000;

/// What is played.
#[derive(Debug, Clone)]
pub struct Scenario {
    /// The first instant.
    pub from: Timestamp,
    /// The first instant that is no longer played.
    pub to: Timestamp,
    /// The projects with their jobs.
    pub projects: Vec<PlayedProject>,
    /// The jobs without a project.
    pub jobs: Vec<PlayedJob>,
    /// When the machine sleeps each day.
    pub sleep: Option<SleepHours>,
    /// When Dateline ends and starts again.
    pub restarts: Vec<Restart>,
    /// When somebody sets the clock.
    pub steps: Vec<ClockStep>,
}

impl Scenario {
    /// Returns every job with its project, in one order that is always the same.
    fn all_jobs(&self) -> impl Iterator<Item = (Option<&PlayedProject>, &PlayedJob)> {
        let of_projects = self.projects.iter().flat_map(|it| it.jobs.iter().map(move |job| (Some(it), job)));
        of_projects.chain(self.jobs.iter().map(|job| (None, job)))
    }
}

/// A project that is played.
#[derive(Debug, Clone)]
pub struct PlayedProject {
    /// Its name.
    pub name: String,
    /// Its jobs.
    pub jobs: Vec<PlayedJob>,
}

/// A job that is played.
#[derive(Debug, Clone)]
pub struct PlayedJob {
    /// Its name.
    pub name: String,
    /// What it does.
    pub job_type: JobType,
    /// When.
    pub schedule: Schedule,
    /// Whether its schedule names occurrences.
    pub is_enabled: bool,
    /// What happens when things do not go to plan.
    pub policy: Policy,
}

/// Dateline ends, and starts again after a while.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Restart {
    /// When it ends.
    pub at: Timestamp,
    /// How long nothing runs.
    pub down: TimeDelta,
}

/// Somebody sets the clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClockStep {
    /// When.
    pub at: Timestamp,
    /// By how much; back when negative.
    pub by: TimeDelta,
}

/// Why nothing was played to its end.
#[derive(Debug, thiserror::Error)]
pub enum PlayError {
    /// A schedule cannot be read.
    #[error("the job `{job}`: {error}")]
    Schedule {
        /// The job.
        job: String,
        /// Why.
        error: ScheduleError,
    },
    /// More is due than is played at once.
    #[error(
        "more than {OCCURRENCES_MAX} occurrences lie between --from and --to; take a shorter time or fewer jobs"
    )]
    TooMany,
    /// The engine refused.
    #[error("the engine: {0}")]
    Engine(String),
    /// The store in memory refused.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Plays a scenario, and returns what became of each occurrence, earliest first.
///
/// # Errors
/// [`PlayError`].
pub fn play(scenario: &Scenario) -> Result<Vec<LedgerLine>, PlayError> {
    check_size(scenario)?;
    let lives = script::lives(scenario);
    let mut lines = stage::Stage::new(scenario).perform(&lives)?;
    lines.sort_by(|one, other| {
        (one.due_at, &one.project, &one.job).cmp(&(other.due_at, &other.project, &other.job))
    });
    Ok(lines)
}

fn check_size(scenario: &Scenario) -> Result<(), PlayError> {
    let mut count = 0;
    for job in scenario.all_jobs().map(|(_, job)| job).filter(|job| job.is_enabled) {
        let compiled = compiled(job)?;
        let due = compiled.occurrences_after(scenario.from).map_while(Result::ok);
        count += due.take_while(|it| it.due_at < scenario.to).take(OCCURRENCES_MAX + 1).count();
        if count > OCCURRENCES_MAX {
            return Err(PlayError::TooMany);
        }
    }
    Ok(())
}

fn compiled(job: &PlayedJob) -> Result<CompiledSchedule, PlayError> {
    let rules = Rules { density_min: std::time::Duration::from_secs(1) };
    job.schedule.compile(&rules).map_err(|error| PlayError::Schedule { job: job.name.clone(), error })
}

#[cfg(test)]
#[path = "time_machine/time_machine_tests.rs"]
mod tests;
