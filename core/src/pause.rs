//! Pauses: spans of time in which schedules name occurrences and none of them runs.
//!
//! A job, a project or everything can be paused, each until somebody resumes it or until an instant. What falls due
//! meanwhile is recorded as skipped, so nothing has to be done when an instant passes: the next occurrence simply lies
//! outside. A pause that is over is remembered for a while, since what fell due in it may still have to be recorded.

use serde::{Deserialize, Serialize};

use crate::execution::Failure;
use crate::hygiene::{clean_line, redact_secrets};
use crate::id::{ExecutionId, UserId};
use crate::time::Timestamp;

/// So many pauses of one thing are remembered, the newest ones.
pub const PAUSES_KEPT: usize = 8;

/// The most characters of a reason.
pub const REASON_CHARS_MAX: usize = 500;

/// A span of time in which nothing that falls due runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Pause {
    /// The first instant of it.
    pub since: Timestamp,
    /// The first instant after it; `None` until somebody resumes.
    pub until: Option<Timestamp>,
    /// Why, in a person's words.
    pub reason: Option<String>,
    /// Who began it.
    pub by: PausedBy,
}

/// Who began a pause.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum PausedBy {
    /// Somebody.
    Person {
        /// Who.
        user: UserId,
    },
    /// Nobody: the job's executions failed one after another.
    Failures {
        /// How many.
        count: u32,
    },
}

/// What is to become of the pauses of something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PauseChange {
    /// One begins; where one is in force, it gets this end and these words.
    Begin(Pause),
    /// The one in force ends at this instant; where none is, nothing changes.
    End {
        /// The present.
        at: Timestamp,
        /// Of a job: the id of an execution to record for the latest occurrence the pause kept back, if there is one.
        run_latest: Option<ExecutionId>,
    },
}

impl PauseChange {
    /// Returns the present, as it says.
    pub fn at(&self) -> Timestamp {
        match self {
            Self::Begin(pause) => pause.since,
            Self::End { at, .. } => *at,
        }
    }
}

/// The pauses of one thing, oldest first, without overlaps.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Pauses(Vec<Pause>);

impl Pause {
    /// Returns the pause of a job whose latest `count` executions failed, the last of them with `error`.
    pub fn after_failures(count: u32, error: Option<&Failure>, since: Timestamp) -> Self {
        let what = error.map(|error| error.chain.join(": ")).unwrap_or_default();
        let what = clean_line(&redact_secrets(&what).text);
        let reason = match count {
            1 => format!("a run failed: {what}"),
            _ => format!("{count} runs in a row failed, the last one with: {what}"),
        };
        let reason = Some(reason.chars().take(REASON_CHARS_MAX).collect());
        Self { since, until: None, reason, by: PausedBy::Failures { count } }
    }

    /// Whether it has not ended at `now`. One that begins later counts too: the clock was set back.
    pub fn is_in_force(&self, now: Timestamp) -> bool {
        self.until.is_none_or(|until| now < until)
    }

    /// Whether `at` lies in it.
    pub fn covers(&self, at: Timestamp) -> bool {
        self.since <= at && self.is_in_force(at)
    }
}

impl Pauses {
    /// Whether there never was one, or all are forgotten.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the pause that has not ended at `now`.
    pub fn in_force(&self, now: Timestamp) -> Option<&Pause> {
        self.0.last().filter(|pause| pause.is_in_force(now))
    }

    /// Whether `at` lies in one of them.
    pub fn cover(&self, at: Timestamp) -> bool {
        self.0.iter().any(|pause| pause.covers(at))
    }

    /// Returns these after `change`.
    #[must_use]
    pub fn after(&self, change: &PauseChange) -> Self {
        match change {
            PauseChange::Begin(pause) => self.begun(pause.clone()),
            PauseChange::End { at, .. } => self.ended(*at),
        }
    }

    /// Returns when the last one that is over at `now` ended.
    pub fn ended_at(&self, now: Timestamp) -> Option<Timestamp> {
        self.0.iter().rev().filter_map(|pause| pause.until).find(|until| *until <= now)
    }

    /// Returns these with `pause` begun. Where one is in force, it goes on since when it did, with the new end and words.
    #[must_use]
    pub fn begun(&self, pause: Pause) -> Self {
        let mut pauses = self.0.clone();
        match pauses.last_mut().filter(|last| last.is_in_force(pause.since)) {
            Some(last) => *last = Pause { since: last.since.min(pause.since), ..pause },
            None => pauses.push(pause),
        }
        let old = pauses.len().saturating_sub(PAUSES_KEPT);
        pauses.drain(..old);
        Self(pauses)
    }

    /// Returns these with the one in force ended at `now`. Where none is, nothing changes.
    #[must_use]
    pub fn ended(&self, now: Timestamp) -> Self {
        let mut pauses = self.0.clone();
        if let Some(last) = pauses.last_mut().filter(|last| last.is_in_force(now)) {
            last.until = Some(now.max(last.since));
        }
        Self(pauses)
    }
}

/// Everything that can keep a job's occurrences from running.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct JobPauses {
    /// Its own.
    pub job: Pauses,
    /// Its project's.
    pub project: Pauses,
    /// Those of everything.
    pub engine: Pauses,
}

impl JobPauses {
    /// Returns what is in force at `now`, the nearest first.
    pub fn in_force(&self, now: Timestamp) -> impl Iterator<Item = (PauseLevel, &Pause)> {
        self.each().filter_map(move |(level, pauses)| Some((level, pauses.in_force(now)?)))
    }

    /// Whether what is due at `due_at` does not run, judged at `now`: it fell due in a pause, or comes to run in one.
    pub fn keep_back(&self, due_at: Timestamp, now: Timestamp) -> bool {
        self.each().any(|(_, pauses)| pauses.in_force(now).is_some() || pauses.cover(due_at))
    }

    /// Whether what is due at `due_at`, still to come at `now`, falls into a pause that is known now.
    pub fn will_keep_back(&self, due_at: Timestamp, now: Timestamp) -> bool {
        self.in_force(now).any(|(_, pause)| pause.is_in_force(due_at))
    }

    /// Returns the first instant, not before `now`, at which nothing is in force any more; `None` when somebody has to resume.
    pub fn over_at(&self, now: Timestamp) -> Option<Timestamp> {
        self.in_force(now).try_fold(now, |latest, (_, pause)| Some(latest.max(pause.until?)))
    }

    fn each(&self) -> impl Iterator<Item = (PauseLevel, &Pauses)> {
        [
            (PauseLevel::Job, &self.job),
            (PauseLevel::Project, &self.project),
            (PauseLevel::Engine, &self.engine),
        ]
        .into_iter()
    }
}

/// What is paused, as a bare name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum PauseLevel {
    /// The job itself.
    Job,
    /// Its project.
    Project,
    /// Everything.
    Engine,
}

#[cfg(test)]
#[path = "pause_tests.rs"]
mod tests;
