//! Lanes: the line of each project, how many run in it at once, and which of its executions is offered to whoever claims.

use dateline_core::execution::Execution;
use dateline_core::policy::Priority;
use dateline_core::queue::Rank;
use dateline_core::time::{Timestamp, from_unix_ms};

use crate::fault::Fault;
use crate::tables::{LANE_LIMITS, LANE_LOADS, LANES, READY, TURNS};
use crate::transaction::{Rows, Transaction};

/// A row of the queue of ready executions, and what stands there.
pub(crate) type ReadyRow = ((u128, i64, u128), u8);

/// A row of the lanes with room.
pub(crate) type LaneKey = (u8, i64, u128, u128);

/// How many run at once in a lane where nobody has said otherwise.
pub(crate) const LANE_LIMIT: u32 = 1;

/// The first number of the rows of lanes in which nothing runs.
const IDLE: u8 = 0;
/// The first number of the rows of lanes in which something runs.
const AT_WORK: u8 = 1;

/// Returns the lane an execution waits and runs in.
pub(crate) fn lane_of(execution: &Execution) -> u128 {
    execution.lane().bits()
}

/// Returns where a QUEUED execution stands in its lane.
pub(crate) fn ready_row(execution: &Execution, since: Timestamp, ready_at: Timestamp) -> ReadyRow {
    let rank = Rank::new(execution.priority, since.max(ready_at));
    ((lane_of(execution), rank.0, execution.id.bits()), execution.priority.level())
}

/// Returns the row of a lane that holds `load`, had its last turn then, and whose first ready execution is this one.
pub(crate) fn lane_key(((lane, rank, execution), level): ReadyRow, load: u32, turn: Option<i64>) -> LaneKey {
    let priority = Priority::new(level).unwrap_or_default();
    let rank = Rank(rank).among_projects(priority, turn.map(from_unix_ms));
    (if load == 0 { IDLE } else { AT_WORK }, rank.0, execution, lane)
}

/// Returns all rows of a lane.
pub(crate) fn lane_rows(lane: u128) -> std::ops::RangeInclusive<(u128, i64, u128)> {
    (lane, i64::MIN, 0)..=(lane, i64::MAX, u128::MAX)
}

impl Transaction<'_> {
    /// Applies `change` to what is ready or running in `lane`, and keeps the lane's rows right.
    pub(super) fn change_lane(
        &self,
        lane: u128,
        change: impl FnOnce() -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        let before = self.lane_head(lane)?;
        change()?;
        let after = self.lane_head(lane)?;
        if before == after {
            return Ok(());
        }
        if let Some(head) = before {
            self.remove(LANES, head)?;
        }
        after.map_or(Ok(()), |head| self.set(LANES, head, ()))
    }

    /// Returns the row a lane has, or should have, among those with room.
    fn lane_head(&self, lane: u128) -> Result<Option<LaneKey>, Fault> {
        let load = self.look(LANE_LOADS, lane)?.unwrap_or(0);
        if load > 0 && load >= self.look(LANE_LIMITS, lane)?.unwrap_or(LANE_LIMIT) {
            return Ok(None);
        }
        let Some(first) = self.rows(READY, lane_rows(lane), 1)?.pop() else { return Ok(None) };
        Ok(Some(lane_key(first, load, self.look(TURNS, lane)?)))
    }

    /// Keeps a lane from waiting for a turn it had under a clock that was set back since; its head row is the caller's to mend.
    pub(super) fn heal_turn(&self, lane: u128, now: Timestamp) -> Result<(), Fault> {
        let now = now.timestamp_millis();
        match self.look(TURNS, lane)? {
            Some(turn) if turn > now => self.set(TURNS, lane, now),
            Some(_) | None => Ok(()),
        }
    }

    /// Counts one more or one less that runs in `lane`.
    pub(super) fn load(&self, lane: u128, by: i32) -> Result<(), Fault> {
        match self.look(LANE_LOADS, lane)?.unwrap_or(0).saturating_add_signed(by) {
            0 => self.remove(LANE_LOADS, lane).map(drop),
            load => self.set(LANE_LOADS, lane, load),
        }
    }

    /// Sets how many run in `lane` at once.
    pub(super) fn limit_lane(&self, lane: u128, max: u32) -> Result<(), Fault> {
        if self.look(LANE_LIMITS, lane)?.unwrap_or(LANE_LIMIT) == max {
            return Ok(());
        }
        self.change_lane(lane, || match max {
            LANE_LIMIT => self.remove(LANE_LIMITS, lane).map(drop),
            max => self.set(LANE_LIMITS, lane, max),
        })
    }

    /// Returns the execution whose turn it is: of any lane with room, or only of those in which something runs already.
    pub(super) fn first_in_turn(&self, has_place: bool) -> Result<Option<u128>, Fault> {
        let first =
            |kind| self.rows(LANES, (kind, i64::MIN, 0, 0)..=(kind, i64::MAX, u128::MAX, u128::MAX), 1);
        let mut heads = first(AT_WORK)?;
        if has_place {
            heads.extend(first(IDLE)?);
        }
        let by_rank = |((_, rank, execution, _), ()): &(LaneKey, ())| (*rank, *execution);
        Ok(heads.iter().map(by_rank).min().map(|(_, execution)| execution))
    }
}
