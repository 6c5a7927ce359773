//! Forgets what is over, kind by kind, and gives back the space when there is much of it:
//!
//! ```text
//!  purge/logs ──▶ purge/steps ──▶ purge/executions ──▶ … ──▶ purge/requests ──▶ compact
//! ```
//!
//! Each step works in batches of one transaction each, between which others have their turn. Cut off anywhere, it goes on
//! where it was: what is gone is gone, and each scan remembers how far it came.

use std::collections::BTreeMap;
use std::sync::Arc;

use dateline_core::execution::{FailureClass, Items, Outcome};
use dateline_core::retention::RecordKind;
use dateline_core::store::{PURGE_BATCH, PurgeRequest};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::attempt::{Done, Ending, Fault, Halt, Run};

/// The file before and after.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Size {
    used_bytes: u64,
    file_bytes_before: u64,
    file_bytes: u64,
}

/// Runs what is left of the steps.
pub(super) async fn perform(run: &Arc<Run>) -> Ending {
    match steps(run).await {
        Ok(output) => {
            Ending::Done { outcome: Outcome::Completed, items: Items::default(), output, failure: None }
        }
        Err(halt) => halt.ending(Items::default(), Value::Null),
    }
}

async fn steps(run: &Arc<Run>) -> Result<Value, Halt> {
    let mut removed = BTreeMap::new();
    for kind in RecordKind::ALL {
        let count: u64 = run.step(&format!("purge/{}", kind.name()), purge(run, kind)).await?;
        removed.insert(kind.name(), count);
    }
    let size: Size = run.step("compact", compact(run)).await?;
    Ok(json!({ "removed": removed, "storage": size }))
}

/// Removes what of a kind is over; returns how much that was, since this attempt began with it.
async fn purge(run: &Arc<Run>, kind: RecordKind) -> Result<Done<u64>, Fault> {
    let store = &run.shared.parts.store;
    let retention = store.instance_settings().await?.retention;
    let mut removed = 0;
    loop {
        if run.is_stopped() {
            return Err(Fault::said(FailureClass::Transient, "it was told to stop"));
        }
        let request = PurgeRequest { kind, retention, limit: PURGE_BATCH, now: run.now() };
        let batch = store.purge(request).await?;
        removed += batch.removed;
        if batch.is_done {
            run.info(&format!("{removed} {} removed", kind.name()));
            return Ok(Done::of(removed));
        }
    }
}

/// Makes the file smaller when that is worth everybody's waiting.
async fn compact(run: &Arc<Run>) -> Result<Done<Size>, Fault> {
    let store = &run.shared.parts.store;
    let before = store.storage().await?;
    let mut after = before;
    if before.is_worth_compacting() {
        let done = store.compact().await?;
        run.info(&format!("the file of {} bytes became one of {}", done.bytes_before, done.bytes_after));
        after = store.storage().await?;
    }
    run.shared.saw_storage(after);
    let (used_bytes, file_bytes_before) = (after.used_bytes, before.file_bytes);
    Ok(Done::of(Size { used_bytes, file_bytes_before, file_bytes: after.file_bytes }))
}
