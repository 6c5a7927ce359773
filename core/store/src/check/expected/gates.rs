//! The gates as the records say they should be.

use std::collections::BTreeMap;

use dateline_core::execution::Execution;
use dateline_core::queue::GateKind;
use dateline_core::time::Timestamp;

use super::compare;
use crate::fault::Fault;
use crate::record::RateState;
use crate::tables::{DEBOUNCES, GATE_LINES, GATE_LOADS, GATE_PLACES, RATE_DUE, RATES};
use crate::transaction::{Rows, Snapshot};
use crate::verbs::{OFFERED, RUNS, lane_of, limit_of, ready_ms};

/// Who waits before which gate, and who has passed it.
#[derive(Default)]
pub(super) struct Gates {
    lines: BTreeMap<(u128, i64, u128), (u32, u128)>,
    places: BTreeMap<(u128, u8, u128), u128>,
    loads: BTreeMap<u128, (u32, u32)>,
    debounces: BTreeMap<u128, u128>,
}

impl Gates {
    /// Adds a ready execution; says whether it is through all its gates. How far it was let through stands in the rows alone.
    pub(super) fn waits(
        &mut self,
        snapshot: &Snapshot,
        execution: &Execution,
        since: Timestamp,
        ready_at: Timestamp,
    ) -> Result<bool, Fault> {
        let (id, lane) = (execution.id.bits(), lane_of(execution));
        for gate in execution.gates() {
            let place = (gate.id, OFFERED, id);
            if !snapshot.has(GATE_PLACES, place)? {
                let row = (limit_of(gate.kind), lane);
                self.lines.insert((gate.id, ready_ms(since, ready_at), id), row);
                return Ok(false);
            }
            self.places.insert(place, lane);
            self.loads.entry(gate.id).or_default().1 += 1;
        }
        Ok(true)
    }

    /// Adds an execution that waits for its time.
    pub(super) fn rests(&mut self, execution: &Execution) {
        self.debounces.extend(execution.debounce_id().map(|alike| (alike, execution.id.bits())));
    }

    pub(super) fn runs(&mut self, execution: &Execution) {
        for gate in execution.gates().filter(|gate| !matches!(gate.kind, GateKind::Rate { .. })) {
            self.places.insert((gate.id, RUNS, execution.id.bits()), lane_of(execution));
            self.loads.entry(gate.id).or_default().0 += 1;
        }
    }

    pub(super) fn disagreements(&self, snapshot: &Snapshot, found: &mut Vec<String>) -> Result<(), Fault> {
        compare(snapshot, GATE_LINES, &self.lines, found)?;
        compare(snapshot, GATE_PLACES, &self.places, found)?;
        compare(snapshot, GATE_LOADS, &self.loads, found)?;
        compare(snapshot, DEBOUNCES, &self.debounces, found)?;
        let rates: BTreeMap<u128, RateState> = snapshot.list(&RATES, .., usize::MAX)?.into_iter().collect();
        let due = rates.iter().filter_map(|(gate, rate)| Some(((rate.due_at?, *gate), ())));
        compare(snapshot, RATE_DUE, &due.collect(), found)?;
        let mut last = None;
        for ((gate, _, id), (limit, _)) in &self.lines {
            if last.replace(*gate) == Some(*gate) {
                continue;
            }
            let load = self.loads.get(gate).copied().unwrap_or_default();
            // Whether a rate lets one through is the clock's to say; somebody must have been told to look, or be in its place.
            let is_forgotten = match rates.get(gate) {
                Some(rate) => rate.due_at.is_none() && load.1 < rate.max,
                None => load.0 + load.1 < *limit,
            };
            if is_forgotten {
                found.push(format!("gate {gate:032x} is open and {id:032x} waits before it"));
            }
        }
        Ok(())
    }
}
