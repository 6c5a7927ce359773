//! Gates: lines before the lanes, each of which lets through as many as may start.

use std::time::Duration;

use dateline_core::execution::{Execution, ExecutionState};
use dateline_core::home::Home;
use dateline_core::id::{ExecutionId, UserId};
use dateline_core::job::{Job, Payload};
use dateline_core::queue::{Gate, GateKind, KeyVariables, OnLimit, Starts};
use dateline_core::time::Timestamp;

use super::lane::{lane_of, ready_row};
use crate::fault::Fault;
use crate::record::RateState;
use crate::tables::{GATE_LINES, GATE_LOADS, GATE_PLACES, PROJECTS, RATE_DUE, RATES, READY};
use crate::transaction::{Rows, Transaction};

/// How many rates one claim looks at: a bound on one commit. The next claim goes on.
const RATES_MAX: usize = 1_000;

/// The place of who runs.
pub(crate) const RUNS: u8 = 0;
/// The place of who was let through and waits in its lane.
pub(crate) const OFFERED: u8 = 1;

/// What a concurrency key means for an execution that is new.
pub(super) enum KeyAdmission {
    /// It goes in, and perhaps waits.
    Enter,
    /// It is recorded as skipped.
    Drop,
    /// It goes in, and these are cancelled.
    Replace(Vec<ExecutionId>),
}

/// Returns since when a ready execution waits, as lines have it.
pub(crate) fn ready_ms(since: Timestamp, ready_at: Timestamp) -> i64 {
    since.max(ready_at).timestamp_millis()
}

/// Whether one more may pass where so many run, so many are let through, and so many have started.
pub(crate) fn has_room(
    kind: GateKind,
    (running, offered): (u32, u32),
    starts: &Starts,
    now: Timestamp,
) -> bool {
    match kind {
        GateKind::Past => running.saturating_add(offered) == 0,
        GateKind::Slots { limit } => running.saturating_add(offered) < limit,
        GateKind::Rate { max, per } => offered < starts.free(max, per, now),
    }
}

impl Transaction<'_> {
    /// Binds an execution to what its job's policies say of it and of what it is told.
    pub(super) fn bind(&self, job: &Job, execution: &mut Execution) -> Result<(), Fault> {
        let (concurrency, rate) = (&job.policy.concurrency, &job.policy.rate_limit);
        if concurrency.is_none() && rate.is_none() {
            return Ok(());
        }
        let owner = self.owner_of(execution.home)?;
        with_variables(job, &execution.payload, |variables| {
            execution.concurrency = concurrency.as_ref().map(|policy| policy.bind(owner, variables));
            execution.rate = rate.as_ref().map(|policy| policy.bind(owner, variables));
        });
        Ok(())
    }

    /// Returns whose keys the executions of a home have: the project's owner's, or the person's own.
    pub(super) fn owner_of(&self, home: Home) -> Result<UserId, Fault> {
        match home {
            Home::Person(user) => Ok(user),
            Home::Project(id) => {
                let project = self.get(&PROJECTS, id.bits())?;
                let gone = || Fault::Damaged(format!("{id} is gone, its jobs are not"));
                project.map(|project| project.owner).ok_or_else(gone)
            }
        }
    }

    /// Decides what a new execution's concurrency key means for it and for others with the key.
    pub(super) fn key_admission(&self, job: &Job, execution: &Execution) -> Result<KeyAdmission, Fault> {
        let (Some(policy), Some(gate)) = (&job.policy.concurrency, execution.gates().last()) else {
            return Ok(KeyAdmission::Enter);
        };
        let limit = policy.limit as usize;
        match policy.on_limit {
            OnLimit::Queue => Ok(KeyAdmission::Enter),
            OnLimit::Drop => {
                let (running, offered) = self.look(GATE_LOADS, gate.id)?.unwrap_or_default();
                let waiting = self.rows(GATE_LINES, line(gate.id), limit)?.len();
                let is_taken = running as usize + offered as usize + waiting >= limit;
                Ok(if is_taken { KeyAdmission::Drop } else { KeyAdmission::Enter })
            }
            OnLimit::Replace => Ok(KeyAdmission::Replace(self.oldest_beyond(&gate, execution, limit)?)),
        }
    }

    /// Returns the oldest of an execution's project with its key that must go for fewer than `limit` to stay. Those that are
    /// being cancelled are gone already.
    fn oldest_beyond(
        &self,
        gate: &Gate,
        execution: &Execution,
        limit: usize,
    ) -> Result<Vec<ExecutionId>, Fault> {
        let lane = lane_of(execution);
        let (mut own, mut others) = (Vec::new(), 0);
        let mut count = |id: u128, of: u128| if of == lane { own.push(id) } else { others += 1 };
        for ((_, place, id), of) in self.rows(GATE_PLACES, places(gate.id), usize::MAX)? {
            let is_leaving = place == RUNS
                && matches!(self.indexed_execution(id)?.state, ExecutionState::Cancelling { .. });
            if !is_leaving {
                count(id, of);
            }
        }
        for ((_, _, id), (_, of)) in self.rows(GATE_LINES, line(gate.id), usize::MAX)? {
            count(id, of);
        }
        own.sort_unstable();
        let beyond = (own.len() + others + 1).saturating_sub(limit);
        Ok(own.into_iter().take(beyond).map(ExecutionId::from_bits).collect())
    }

    /// Lets an execution that became ready through `gates` as far as they are open; says whether it is through all.
    pub(super) fn pass(
        &self,
        execution: &Execution,
        ready: i64,
        gates: impl Iterator<Item = Gate>,
        now: Timestamp,
    ) -> Result<bool, Fault> {
        let (id, lane) = (execution.id.bits(), lane_of(execution));
        for gate in gates {
            if !self.is_open(gate, now)? || !self.rows(GATE_LINES, line(gate.id), 1)?.is_empty() {
                self.set(GATE_LINES, (gate.id, ready, id), (limit_of(gate.kind), lane))?;
                return Ok(false);
            }
            self.set(GATE_PLACES, (gate.id, OFFERED, id), lane)?;
            self.load_gate(gate.id, 0, 1)?;
        }
        Ok(true)
    }

    /// Gives up every place of an execution that is ready and has not started.
    pub(super) fn leave_gates(&self, execution: &Execution, ready: i64) -> Result<(), Fault> {
        let id = execution.id.bits();
        for gate in execution.gates() {
            if self.remove(GATE_PLACES, (gate.id, OFFERED, id))? {
                self.load_gate(gate.id, 0, -1)?;
            } else {
                self.remove(GATE_LINES, (gate.id, ready, id))?;
            }
        }
        Ok(())
    }

    /// Counts an execution that starts as one that runs behind its gates.
    pub(super) fn hold_gates(&self, execution: &Execution) -> Result<(), Fault> {
        for gate in execution.gates() {
            match gate.kind {
                GateKind::Past | GateKind::Slots { .. } => {
                    self.set(GATE_PLACES, (gate.id, RUNS, execution.id.bits()), lane_of(execution))?;
                    self.load_gate(gate.id, 1, 0)?;
                }
                GateKind::Rate { .. } => {}
            }
        }
        Ok(())
    }

    /// Counts the first start of an execution.
    pub(super) fn count_start(&self, execution: &Execution, now: Timestamp) -> Result<(), Fault> {
        for gate in execution.gates() {
            if let GateKind::Rate { max, per } = gate.kind {
                let mut rate = self.rate(gate.id, max, per)?;
                rate.starts.push(max, now);
                self.put(&RATES, gate.id, &rate)?;
            }
        }
        Ok(())
    }

    fn rate(&self, gate: u128, max: u32, per: Duration) -> Result<RateState, Fault> {
        let new = || RateState { max, per, starts: Starts::default(), due_at: None };
        Ok(self.get(&RATES, gate)?.unwrap_or_else(new))
    }

    /// Whether one more may be let through a gate.
    fn is_open(&self, gate: Gate, now: Timestamp) -> Result<bool, Fault> {
        let load = self.look(GATE_LOADS, gate.id)?.unwrap_or_default();
        let starts = match gate.kind {
            GateKind::Past | GateKind::Slots { .. } => Starts::default(),
            GateKind::Rate { max, per } => self.rate(gate.id, max, per)?.starts,
        };
        Ok(has_room(gate.kind, load, &starts, now))
    }

    /// Counts an execution that ran behind its gates no longer.
    pub(super) fn release_gates(&self, execution: &Execution) -> Result<(), Fault> {
        for gate in execution.gates() {
            match gate.kind {
                GateKind::Past | GateKind::Slots { .. } => {
                    self.remove(GATE_PLACES, (gate.id, RUNS, execution.id.bits()))?;
                    self.load_gate(gate.id, -1, 0)?;
                }
                GateKind::Rate { .. } => {}
            }
        }
        Ok(())
    }

    /// Lets through whoever may pass now, first come first.
    pub(super) fn settle_gates(
        &self,
        gates: impl Iterator<Item = Gate>,
        now: Timestamp,
    ) -> Result<(), Fault> {
        for gate in gates {
            while let Some(((_, ready, id), (limit, lane))) = self.rows(GATE_LINES, line(gate.id), 1)?.pop() {
                let kind = match gate.kind {
                    GateKind::Slots { .. } => GateKind::Slots { limit },
                    kind @ (GateKind::Past | GateKind::Rate { .. }) => kind,
                };
                if !self.is_open(Gate { kind, ..gate }, now)? {
                    break;
                }
                self.remove(GATE_LINES, (gate.id, ready, id))?;
                self.set(GATE_PLACES, (gate.id, OFFERED, id), lane)?;
                self.load_gate(gate.id, 0, 1)?;
                let execution = self.indexed_execution(id)?;
                let next = execution.gates().skip_while(|other| other.id != gate.id).skip(1);
                if self.pass(&execution, ready, next, now)? {
                    self.join_ready(&execution)?;
                }
            }
            if let GateKind::Rate { max, per } = gate.kind {
                self.plan_rate(gate.id, self.rate(gate.id, max, per)?, now)?;
            }
        }
        Ok(())
    }

    /// Remembers when there is something to do for a rate limit: to let the next through, or to forget what no longer counts.
    fn plan_rate(&self, gate: u128, rate: RateState, now: Timestamp) -> Result<(), Fault> {
        let is_awaited = !self.rows(GATE_LINES, line(gate), 1)?.is_empty();
        let due_at = if is_awaited {
            let (_, offered) = self.look(GATE_LOADS, gate)?.unwrap_or_default();
            rate.starts.free_at(rate.max, rate.per, offered, now)
        } else {
            rate.starts.over_at(rate.per)
        };
        let due_at = due_at.map(|at| at.timestamp_millis());
        let is_over = !is_awaited && due_at.is_none_or(|at| at <= now.timestamp_millis());
        if let Some(planned) = rate.due_at.filter(|at| is_over || Some(*at) != due_at) {
            self.remove(RATE_DUE, (planned, gate))?;
        }
        if is_over {
            return self.remove(RATES.table, gate).map(drop);
        }
        if rate.due_at != due_at {
            if let Some(at) = due_at {
                self.set(RATE_DUE, (at, gate), ())?;
            }
            self.put(&RATES, gate, &RateState { due_at, ..rate })?;
        }
        Ok(())
    }

    /// Lets go on what waited for a rate whose time has come; after a clock was set back, whatever waits for one.
    pub(super) fn wake_rates(&self, now: Timestamp, is_clock_back: bool) -> Result<(), Fault> {
        if is_clock_back {
            for (id, mut rate) in self.list(&RATES, .., usize::MAX)? {
                rate.starts.set_back(now);
                self.put(&RATES, id, &rate)?;
                self.settle_gates(std::iter::once(rate.gate(id)), now)?;
            }
        }
        let until = (now.timestamp_millis(), u128::MAX);
        for ((_, id), ()) in self.rows(RATE_DUE, ..=until, RATES_MAX)? {
            let rate = self.get(&RATES, id)?;
            let rate = rate.ok_or_else(|| Fault::Damaged(format!("rate {id:032x} is due and gone")))?;
            self.settle_gates(std::iter::once(rate.gate(id)), now)?;
        }
        Ok(())
    }

    /// Whether all gates are open for an execution that is about to start. Executions with another limit may have started
    /// since it was let through, or the clock was set back.
    pub(super) fn may_start(&self, execution: &Execution, now: Timestamp) -> Result<bool, Fault> {
        for gate in execution.gates() {
            let (running, _) = self.look(GATE_LOADS, gate.id)?.unwrap_or_default();
            let is_free = match gate.kind {
                GateKind::Past => running == 0,
                GateKind::Slots { limit } => running < limit,
                GateKind::Rate { max, per } => self.rate(gate.id, max, per)?.starts.free(max, per, now) > 0,
            };
            if !is_free {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Takes an execution from its lane's line back to the gate that is shut for it.
    pub(super) fn step_back(&self, execution: &Execution, now: Timestamp) -> Result<(), Fault> {
        let ExecutionState::Queued { since, ready_at } = &execution.state else { return Ok(()) };
        let (key, _) = ready_row(execution, *since, *ready_at);
        self.change_lane(key.0, || self.remove(READY, key).map(drop))?;
        let ready = ready_ms(*since, *ready_at);
        self.leave_gates(execution, ready)?;
        if self.pass(execution, ready, execution.gates(), now)? {
            self.join_ready(execution)?;
        }
        self.settle_gates(execution.gates(), now)
    }

    fn load_gate(&self, gate: u128, running: i32, offered: i32) -> Result<(), Fault> {
        let (runs, waits) = self.look(GATE_LOADS, gate)?.unwrap_or_default();
        match (runs.saturating_add_signed(running), waits.saturating_add_signed(offered)) {
            (0, 0) => self.remove(GATE_LOADS, gate).map(drop),
            load => self.set(GATE_LOADS, gate, load),
        }
    }
}

/// Returns how many a gate lets be at once, or start in its time.
pub(crate) fn limit_of(kind: GateKind) -> u32 {
    match kind {
        GateKind::Past => 1,
        GateKind::Slots { limit } => limit,
        GateKind::Rate { max, .. } => max,
    }
}

/// Shows `look` what templates of keys may name.
pub(super) fn with_variables<T>(
    job: &Job,
    payload: &Payload,
    look: impl FnOnce(&KeyVariables<'_>) -> T,
) -> T {
    let told = serde_json::to_value(payload).unwrap_or_default();
    let job_type = job.job_type().name();
    look(&KeyVariables { home: job.home, job: job.id, job_type, payload: &told["payload"] })
}

/// Returns the rows of all that wait before a gate.
pub(crate) fn line(gate: u128) -> std::ops::RangeInclusive<(u128, i64, u128)> {
    (gate, i64::MIN, 0)..=(gate, i64::MAX, u128::MAX)
}

/// Returns the rows of all that have passed a gate.
pub(crate) fn places(gate: u128) -> std::ops::RangeInclusive<(u128, u8, u128)> {
    (gate, 0, 0)..=(gate, u8::MAX, u128::MAX)
}
