//! Why something waits: read from the rows that decide it.

use dateline_core::execution::{Execution, ExecutionState};
use dateline_core::id::ExecutionId;
use dateline_core::queue::{AHEAD_MAX, GateKind, Held, NAMED_MAX, Obstacle};
use dateline_core::store::ObstacleQuery;
use redb::ReadableTableMetadata;

use super::{engine_pauses, projects_max};
use crate::fault::Fault;
use crate::tables::{
    BUSY, EXECUTIONS, GATE_LINES, GATE_LOADS, GATE_PLACES, LANE_LIMITS, LANE_LOADS, RATES, READY, WAITING,
};
use crate::transaction::{Rows, Snapshot};
use crate::verbs::{LANE_LIMIT, OFFERED, RUNS, ready_ms, ready_row};

impl Snapshot {
    pub(crate) fn obstacles(&self, asked: &ObstacleQuery) -> Result<Vec<Option<Obstacle>>, Fault> {
        let look = |id: &ExecutionId| match self.get(&EXECUTIONS, id.bits())? {
            Some(execution) => self.obstacle(&execution, asked),
            None => Ok(None),
        };
        asked.executions.iter().map(look).collect()
    }

    fn obstacle(&self, execution: &Execution, asked: &ObstacleQuery) -> Result<Option<Obstacle>, Fault> {
        Ok(match &execution.state {
            ExecutionState::Queued { since, ready_at } => {
                let ready_at = *ready_at;
                if ready_at > asked.now
                    && self.has(WAITING, (ready_at.timestamp_millis(), execution.id.bits()))?
                {
                    return Ok(Some(match &execution.debounce {
                        Some(bound) => Obstacle::Debounced { until: ready_at, joined: bound.joined },
                        None => Obstacle::Paced { until: ready_at },
                    }));
                }
                let pauses = engine_pauses(self)?;
                if let Some(pause) = pauses.in_force(asked.now) {
                    return Ok(Some(Obstacle::PausedEngine { until: pause.until }));
                }
                let ready = ready_ms(*since, ready_at);
                let before_gate = self.before_gate(execution, ready, asked)?;
                if before_gate.is_some() {
                    return Ok(before_gate);
                }
                let (key, _) = ready_row(execution, *since, ready_at);
                Some(self.in_lane(key, asked)?)
            }
            ExecutionState::Retrying { retry_at, .. } => Some(Obstacle::RetryAt { until: *retry_at }),
            ExecutionState::Waiting { wait, .. } => Some(Obstacle::Outside(*wait)),
            ExecutionState::Paused { since } => Some(Obstacle::Paused { since: *since }),
            ExecutionState::Running { .. }
            | ExecutionState::Cancelling { .. }
            | ExecutionState::Finished { .. } => None,
        })
    }

    /// Returns the gate a ready execution waits before, if it does.
    fn before_gate(
        &self,
        execution: &Execution,
        ready: i64,
        asked: &ObstacleQuery,
    ) -> Result<Option<Obstacle>, Fault> {
        let id = execution.id.bits();
        for gate in execution.gates() {
            if self.has(GATE_PLACES, (gate.id, OFFERED, id))?
                || !self.has(GATE_LINES, (gate.id, ready, id))?
            {
                continue;
            }
            let (running, offered) = self.look(GATE_LOADS, gate.id)?.unwrap_or_default();
            let before = (gate.id, i64::MIN, 0)..(gate.id, ready, id);
            let ahead = self.rows(GATE_LINES, before, AHEAD_MAX)?.len();
            return Ok(Some(match gate.kind {
                GateKind::Past => Obstacle::Backfill { ahead },
                GateKind::Slots { limit } => {
                    let places = (gate.id, RUNS, 0)..=(gate.id, RUNS, u128::MAX);
                    let holders = self.rows(GATE_PLACES, places, NAMED_MAX)?;
                    let by = self.seen(holders.into_iter().map(|((_, _, id), _)| id), asked)?;
                    let key = execution.concurrency.as_ref().map(|bound| bound.key.clone());
                    let held = Held { by, running, limit, ahead };
                    Obstacle::ConcurrencyKey { key: key.unwrap_or_default(), held }
                }
                GateKind::Rate { max, per } => {
                    let starts = self.get(&RATES, gate.id)?.map(|rate| rate.starts).unwrap_or_default();
                    let key = execution.rate.as_ref().map(|bound| bound.key.clone()).unwrap_or_default();
                    Obstacle::RateLimit { key, until: starts.free_at(max, per, offered, asked.now), ahead }
                }
            }));
        }
        Ok(None)
    }

    /// Returns what an execution waits for that stands in its lane.
    fn in_lane(&self, key: (u128, i64, u128), asked: &ObstacleQuery) -> Result<Obstacle, Fault> {
        let lane = key.0;
        let ahead = self.rows(READY, (lane, i64::MIN, 0)..key, AHEAD_MAX)?.len();
        let running = self.look(LANE_LOADS, lane)?.unwrap_or(0);
        let limit = self.look(LANE_LIMITS, lane)?.unwrap_or(LANE_LIMIT);
        if running > 0 && running >= limit {
            let holders = self.rows(BUSY, (lane, 0)..=(lane, u128::MAX), NAMED_MAX)?;
            let by = self.seen(holders.into_iter().map(|((_, id), ())| id), asked)?;
            return Ok(Obstacle::ProjectBusy { held: Held { by, running, limit, ahead } });
        }
        let lanes = self.table(LANE_LOADS)?.len()?;
        let limit = projects_max(self, asked.projects_max)?;
        if running == 0 && lanes >= u64::from(limit) {
            let running = u32::try_from(lanes).unwrap_or(u32::MAX);
            return Ok(Obstacle::GlobalLimit { running, limit });
        }
        Ok(Obstacle::Turn { ahead })
    }

    /// Keeps the executions the asker may see.
    fn seen(
        &self,
        ids: impl Iterator<Item = u128>,
        asked: &ObstacleQuery,
    ) -> Result<Vec<ExecutionId>, Fault> {
        let mut seen = Vec::new();
        for id in ids {
            let is_seen = match &asked.within {
                None => true,
                Some(within) => {
                    let execution = self.get(&EXECUTIONS, id)?;
                    execution.is_some_and(|execution| within.contains(&execution.home))
                }
            };
            if is_seen {
                seen.push(ExecutionId::from_bits(id));
            }
        }
        Ok(seen)
    }
}
