//! Why an execution does not go on, as JSON spells it.

use dateline_core::execution::WaitReason;
use dateline_core::id::ExecutionId;
use dateline_core::queue::{BoundConcurrency, Obstacle};
use poem_openapi::Object;
use serde::{Deserialize, Serialize};

use super::Execution;
use crate::http::fields::{Id, Instant, Word, words};

/// What keeps an execution from going on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum WaitKind {
    /// A person paused it.
    Paused,
    /// An attempt failed and another follows.
    RetryAt,
    /// A server takes no more requests for a while.
    ServerLimit,
    /// Its start is spread with others after downtime.
    Paced,
    /// Triggers like its own are waited for.
    Debounced,
    /// As many with its key have started as may in that time.
    RateLimit,
    /// Everything is paused.
    PausedEngine,
    /// As many with its concurrency key run as may.
    ConcurrencyKey,
    /// A person is asked whether it runs.
    Answer,
    /// Its job's backfills run one after the other.
    Backfill,
    /// As many of its project run as it lets.
    ProjectBusy,
    /// As many projects run as may.
    GlobalLimit,
    /// Nothing but its turn.
    Turn,
}

words!(WaitKind as WaitKind ("What keeps an execution from going on."): Paused, RetryAt, ServerLimit, Paced,
    Debounced, RateLimit, PausedEngine, ConcurrencyKey, Answer, Backfill, ProjectBusy, GlobalLimit, Turn);

/// What keeps an open execution from going on: the first thing that has to pass.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct WaitingFor {
    /// What.
    pub kind: Word<WaitKind>,
    /// The same in a sentence.
    pub text: String,
    /// Until when, where that is known.
    pub until: Option<Instant>,
    /// The key, of CONCURRENCY_KEY and RATE_LIMIT.
    pub key: Option<String>,
    /// How many run that count; of GLOBAL_LIMIT projects, else executions.
    pub running: Option<u32>,
    /// How many of them may.
    pub limit: Option<u32>,
    /// Those of them that you may see, at most 5.
    pub execution_ids: Vec<Id<ExecutionId>>,
    /// How many are ahead of it in line, at most 1,000.
    pub ahead: Option<u32>,
}

impl From<&Obstacle> for WaitKind {
    fn from(obstacle: &Obstacle) -> Self {
        match obstacle {
            Obstacle::Paused { .. } => Self::Paused,
            Obstacle::RetryAt { .. } => Self::RetryAt,
            Obstacle::Outside(wait) => match wait.reason {
                WaitReason::RateLimit => Self::ServerLimit,
                WaitReason::Ask => Self::Answer,
            },
            Obstacle::Paced { .. } => Self::Paced,
            Obstacle::Debounced { .. } => Self::Debounced,
            Obstacle::RateLimit { .. } => Self::RateLimit,
            Obstacle::PausedEngine { .. } => Self::PausedEngine,
            Obstacle::ConcurrencyKey { .. } => Self::ConcurrencyKey,
            Obstacle::Backfill { .. } => Self::Backfill,
            Obstacle::ProjectBusy { .. } => Self::ProjectBusy,
            Obstacle::GlobalLimit { .. } => Self::GlobalLimit,
            Obstacle::Turn { .. } => Self::Turn,
        }
    }
}

impl From<Obstacle> for WaitingFor {
    fn from(obstacle: Obstacle) -> Self {
        let count = |number: usize| u32::try_from(number).ok();
        let held = obstacle.held();
        let (running, limit) = match &obstacle {
            Obstacle::GlobalLimit { running, limit } => (Some(*running), Some(*limit)),
            _ => held.map(|held| (held.running, held.limit)).unzip(),
        };
        let ahead = match &obstacle {
            Obstacle::Turn { ahead } | Obstacle::Backfill { ahead } | Obstacle::RateLimit { ahead, .. } => {
                count(*ahead)
            }
            _ => held.and_then(|held| count(held.ahead)),
        };
        Self {
            kind: Word(WaitKind::from(&obstacle)),
            text: obstacle.sentence(),
            until: obstacle.until().map(Instant),
            running,
            limit,
            execution_ids: held.map(|held| held.by.iter().copied().map(Id).collect()).unwrap_or_default(),
            ahead,
            key: match obstacle {
                Obstacle::ConcurrencyKey { key, .. } | Obstacle::RateLimit { key, .. } => Some(key),
                _ => None,
            },
        }
    }
}

/// What an execution holds one of while it runs.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct BoundBody {
    /// The key, as it came out for this execution.
    pub key: String,
    /// It starts while fewer than this many with the key run.
    pub limit: u32,
}

impl From<BoundConcurrency> for BoundBody {
    fn from(bound: BoundConcurrency) -> Self {
        Self { key: bound.key, limit: bound.limit }
    }
}

/// Returns an execution as the interface spells it, with what keeps it from going on.
pub(super) fn told(execution: dateline_core::execution::Execution, obstacle: Option<Obstacle>) -> Execution {
    Execution { waiting_for: obstacle.map(Into::into), ..execution.into() }
}
