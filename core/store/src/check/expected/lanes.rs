//! The lanes as the records say they should be.

use std::collections::BTreeMap;

use dateline_core::execution::Execution;
use dateline_core::project::Project;
use dateline_core::time::Timestamp;

use super::{compare, each};
use crate::fault::Fault;
use crate::tables::{BUSY, JOBS, LANE_LIMITS, LANE_LOADS, LANES, PROJECTS, READY, REMOVED_PROJECTS, TURNS};
use crate::transaction::{Rows, Snapshot};
use crate::verbs::{LANE_LIMIT, lane_key, lane_of, ready_row};

/// What waits and runs in all lanes.
#[derive(Default)]
pub(super) struct Lanes {
    ready: BTreeMap<(u128, i64, u128), u8>,
    busy: BTreeMap<(u128, u128), ()>,
    loads: BTreeMap<u128, u32>,
}

impl Lanes {
    pub(super) fn waits(&mut self, execution: &Execution, since: Timestamp, ready_at: Timestamp) {
        self.ready.extend([ready_row(execution, since, ready_at)]);
    }

    pub(super) fn runs(&mut self, execution: &Execution) {
        let lane = lane_of(execution);
        self.busy.insert((lane, execution.id.bits()), ());
        *self.loads.entry(lane).or_default() += 1;
    }

    pub(super) fn disagreements(&self, snapshot: &Snapshot, found: &mut Vec<String>) -> Result<(), Fault> {
        let mut limits = BTreeMap::new();
        each(snapshot, &PROJECTS, |id, project: Project| {
            limits.extend((project.executions_max != LANE_LIMIT).then_some((id, project.executions_max)));
            Ok(())
        })?;
        // When a lane had its last turn stands nowhere else.
        let turns: BTreeMap<_, _> = snapshot.rows(TURNS, .., usize::MAX)?.into_iter().collect();
        let mut heads = BTreeMap::new();
        for (key, level) in &self.ready {
            heads.entry(key.0).or_insert((*key, *level));
        }
        let load_of = |lane: &u128| self.loads.get(lane).copied().unwrap_or(0);
        let limit_of = |lane: &u128| limits.get(lane).copied().unwrap_or(LANE_LIMIT);
        let with_room = heads.iter().filter(|(lane, _)| load_of(lane) == 0 || load_of(lane) < limit_of(lane));
        let offered = with_room
            .map(|(lane, row)| (lane_key(*row, load_of(lane), turns.get(lane).copied()), ()))
            .collect();
        for lane in self.loads.keys().filter(|lane| !turns.contains_key(lane)) {
            found.push(format!("lane {lane:032x} is at work and never had a turn"));
        }
        for lane in turns.keys() {
            let is_known = snapshot.has(JOBS.table, *lane)?
                || snapshot.has(PROJECTS.table, *lane)?
                || snapshot.has(REMOVED_PROJECTS.table, *lane)?;
            if !is_known {
                found.push(format!("lane {lane:032x} had a turn and is nobody's"));
            }
        }
        compare(snapshot, READY, &self.ready, found)?;
        compare(snapshot, BUSY, &self.busy, found)?;
        compare(snapshot, LANE_LOADS, &self.loads, found)?;
        compare(snapshot, LANE_LIMITS, &limits, found)?;
        compare(snapshot, LANES, &offered, found)
    }
}
