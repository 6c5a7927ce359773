//! Ended executions that were read lately, so that lists which are asked for again and again decode nothing.

use dateline_core::execution::Execution;
use quick_cache::Weighter;
use quick_cache::sync::Cache;

use crate::fault::Fault;
use crate::record::decode;
use crate::tables::EXECUTIONS;

/// What the recalled executions may take, in bytes.
const BYTES_MAX: u64 = 24 << 20;
/// About how many that are.
const ITEMS: usize = 8_192;

/// Executions by their id, each with the bytes it was decoded from. Equal bytes are an equal execution, so that nothing
/// has to be told when one changes: the bytes are read from the snapshot each time, and only their meaning is recalled.
pub(crate) struct Recall(Cache<u128, Recalled, ByBytes>);

#[derive(Clone)]
struct Recalled {
    bytes: std::sync::Arc<[u8]>,
    execution: std::sync::Arc<Execution>,
}

#[derive(Clone)]
struct ByBytes;

impl Weighter<u128, Recalled> for ByBytes {
    /// The decoded form is about twice as large as its bytes.
    fn weight(&self, _: &u128, recalled: &Recalled) -> u64 {
        recalled.bytes.len() as u64 * 3
    }
}

impl Recall {
    pub(crate) fn new() -> Self {
        Self(Cache::with_weighter(ITEMS, BYTES_MAX, ByBytes))
    }

    /// Returns the execution that `bytes`, stored under `id`, are.
    ///
    /// # Errors
    /// [`Fault::Damaged`] for bytes that are none.
    pub(crate) fn execution(&self, id: u128, bytes: &[u8]) -> Result<Execution, Fault> {
        if let Some(recalled) = self.0.get(&id).filter(|recalled| *recalled.bytes == *bytes) {
            return Ok(Execution::clone(&recalled.execution));
        }
        let execution: Execution = decode(bytes, EXECUTIONS.name)?;
        if !execution.state.is_open() {
            self.0.insert(id, Recalled { bytes: bytes.into(), execution: execution.clone().into() });
        }
        Ok(execution)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conformance::samples::{at, manual};
    use crate::record::encode;
    use crate::verbs::new_execution;
    use dateline_core::execution::{ExecutionState, Outcome, Trigger};

    #[test]
    fn what_was_changed_since_is_read_anew() {
        let job = crate::conformance::samples::job(1, 1);
        let state = ExecutionState::Finished { outcome: Outcome::Completed, at: at(2) };
        let first = new_execution(&job, manual(7, 1, 0).id, Trigger::Manual, None, state, at(0));
        let recall = Recall::new();
        let id = first.id.bits();
        let bytes = encode(&first).expect("bytes");
        assert_eq!(recall.execution(id, &bytes).expect("one"), first);
        assert_eq!(recall.execution(id, &bytes).expect("the same"), first);
        let second = Execution { pinned_at: Some(at(3)), version: 2, ..first };
        let bytes = encode(&second).expect("bytes");
        assert_eq!(recall.execution(id, &bytes).expect("the newer"), second);
        recall.execution(id, b"?").expect_err("no execution");
    }
}
