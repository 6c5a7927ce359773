//! Gates: what an execution that is ready must pass before it stands in its project's line.
//!
//! A gate has a line of its own, first come first served. Only so many of it are let through as may start now, so that
//! ten thousand which wait at one gate are in nobody else's way. What was let through and has not started keeps its place.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::debounce::Debounced;
use super::key::{KeyTemplate, KeyVariables};
use crate::execution::Execution;
use crate::id::{JobId, UserId};

/// How many executions with one key run at once, over all jobs and projects of the projects' owner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Concurrency {
    /// What is counted together.
    pub key: KeyTemplate,
    /// How many may run at once.
    pub limit: u32,
    /// What becomes of one that finds the key taken.
    #[serde(default)]
    pub on_limit: OnLimit,
}

/// What becomes of an execution that finds its key taken when it is recorded.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum OnLimit {
    /// It waits.
    #[default]
    Queue,
    /// It is recorded as skipped.
    Drop,
    /// The oldest of its project with the key are cancelled, as if a person asked, and it follows them.
    Replace,
}

impl Concurrency {
    /// Returns what an execution that `variables` describe, of a project of `owner`, is bound to.
    pub fn bind(&self, owner: UserId, variables: &KeyVariables<'_>) -> BoundConcurrency {
        BoundConcurrency { owner, key: self.key.resolve(variables), limit: self.limit }
    }
}

/// What an execution holds while it runs: one of so many with its key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BoundConcurrency {
    /// Whose keys these are: equal keys of two people are two keys.
    pub owner: UserId,
    /// The key.
    pub key: String,
    /// It starts while fewer than this many run.
    pub limit: u32,
}

/// A gate as one execution meets it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gate {
    /// Which: equal ones share a line.
    pub id: u128,
    /// When it is open.
    pub kind: GateKind,
}

/// When a gate is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GateKind {
    /// While none of the job's backfills runs.
    Past,
    /// While fewer than `limit` run.
    Slots {
        /// How many may run.
        limit: u32,
    },
    /// While fewer than `max` have started in the last `per`.
    Rate {
        /// How many may start.
        max: u32,
        /// In any window as long as this.
        per: Duration,
    },
}

impl Execution {
    /// Returns the gates it passes before it starts, in their order. What has started once takes part in no rate any more.
    pub fn gates(&self) -> impl Iterator<Item = Gate> {
        let past =
            self.backfilled().map(|_| Gate { id: gate_id("backfill", &self.job, &[]), kind: GateKind::Past });
        let rate = self.rate.as_ref().filter(|_| self.attempts.is_empty());
        let rate = rate.map(|bound| Gate {
            id: gate_id("rate", &bound.owner, &[&bound.max, &bound.per.as_millis(), &bound.key]),
            kind: GateKind::Rate { max: bound.max, per: bound.per },
        });
        let slots = self.concurrency.as_ref().map(|bound| Gate {
            id: gate_id("concurrency", &bound.owner, &[&bound.key]),
            kind: GateKind::Slots { limit: bound.limit },
        });
        past.into_iter().chain(rate).chain(slots)
    }

    /// Returns the number of what its triggers have in common, where those wait for others like them.
    pub fn debounce_id(&self) -> Option<u128> {
        self.debounce.as_ref().map(|bound| bound.id(self.job))
    }
}

impl Debounced {
    /// Returns the number of what triggers of a job have in common.
    pub fn id(&self, job: JobId) -> u128 {
        gate_id("debounce", &self.owner, &[&job, &self.key])
    }
}

/// Returns the number of a gate: 128 bits, so that no two are ever one. Only the last part may hold any character.
fn gate_id(kind: &str, owner: &dyn fmt::Display, parts: &[&dyn fmt::Display]) -> u128 {
    let mut text = format!("{kind} {owner}");
    for part in parts {
        text.push_str(&format!(" {part}"));
    }
    let digest = *blake3::hash(text.as_bytes()).as_bytes();
    digest.first_chunk::<16>().map_or(0, |bits| u128::from_be_bytes(*bits))
}
