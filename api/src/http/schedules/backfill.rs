//! Backfills as JSON spells them.

use dateline_actors::request::{BackfillPlan, BackfillRequest, BackfillRun};
use dateline_core::backfill::{BackfillMode, Served};
use dateline_core::id::{BackfillId, ExecutionId};
use poem_openapi::payload::Json;
use poem_openapi::{ApiResponse, Object};

use crate::http::fields::{Id, Instant, Word, words};

words!(BackfillMode as BackfillMode ("Which occurrences a backfill runs."): Missing, MissingAndFailed, All);
words!(Served as Served ("What became of an occurrence before."): Never, Failed, Ran);

/// A range of the past to run.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct BackfillBody {
    /// The first instant.
    pub from: Instant,
    /// The first instant that does not belong to the range any more; not to come.
    pub to: Instant,
    /// Which of its occurrences run: MISSING when absent.
    pub mode: Option<Word<BackfillMode>>,
    /// Whether only the list of what would run is asked for; false when absent.
    pub dry_run: Option<bool>,
}

impl From<BackfillBody> for BackfillRequest {
    fn from(body: BackfillBody) -> Self {
        Self {
            from: body.from.0,
            to: body.to.0,
            mode: body.mode.map(|word| word.0).unwrap_or_default(),
            is_dry_run: body.dry_run.unwrap_or(false),
        }
    }
}

/// What a backfill runs, or would run.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct Backfill {
    /// Its id; null when nothing was recorded.
    pub backfill_id: Option<Id<BackfillId>>,
    /// The runs, oldest occurrence first, at most 500.
    pub runs: Vec<BackfillRunBody>,
}

/// One occurrence of a backfill.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct BackfillRunBody {
    /// When it was due: the end of its window, which does not belong to it.
    pub due_at: Instant,
    /// The same instant as the zone's clocks show it, with their offset.
    pub local: String,
    /// The first instant of its window: when the occurrence before it was due.
    pub window_from: Instant,
    /// What became of it before.
    pub served: Word<Served>,
    /// The execution that runs it; null in a list.
    pub execution_id: Option<Id<ExecutionId>>,
}

/// Which backfill to cancel.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct BackfillCancelBody {
    /// This one; all of the job when absent.
    pub backfill_id: Option<Id<BackfillId>>,
}

/// What was cancelled.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct BackfillCancelled {
    /// How many executions were still open.
    pub cancelled: u64,
}

/// A backfill, recorded or only listed.
#[derive(ApiResponse)]
pub enum Backfills {
    /// Nothing was recorded: a list was asked for, or there is nothing to run.
    #[oai(status = 200)]
    Listed(Json<Backfill>),
    /// Its executions are on the disk and will run one after the other.
    #[oai(status = 202)]
    Recorded(Json<Backfill>),
}

impl From<BackfillPlan> for Backfills {
    fn from(plan: BackfillPlan) -> Self {
        let is_recorded = plan.backfill.is_some();
        let runs = plan.runs.into_iter().map(Into::into).collect();
        let body = Json(Backfill { backfill_id: plan.backfill.map(Id), runs });
        if is_recorded { Self::Recorded(body) } else { Self::Listed(body) }
    }
}

impl From<BackfillRun> for BackfillRunBody {
    fn from(run: BackfillRun) -> Self {
        Self {
            due_at: Instant(run.occurrence.due_at),
            local: run.occurrence.shown().to_rfc3339(),
            window_from: Instant(run.since),
            served: Word(run.served),
            execution_id: run.execution.map(Id),
        }
    }
}
