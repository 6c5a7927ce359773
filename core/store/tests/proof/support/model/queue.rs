//! Whose turn it is, by walking everything: the definition, without ranks.

use std::collections::BTreeSet;
use std::time::Duration;

use dateline_core::execution::{Execution, ExecutionEvent, ExecutionState};
use dateline_core::home::Lane;
use dateline_core::id::ProjectId;
use dateline_core::queue::AGEING;
use dateline_core::store::ClaimRequest;
use dateline_core::time::Timestamp;

use super::{Model, Res};

/// A priority with what waiting adds, in milliseconds of waiting.
fn aged(execution: &Execution, since: Timestamp, now: Timestamp) -> i64 {
    let ageing = i64::try_from(AGEING.as_millis()).expect("minutes");
    i64::from(execution.priority.level()) * ageing + (now - since).num_milliseconds()
}

impl Model {
    /// Lets everything go on whose waiting is over, the longest over first.
    pub(super) fn wake(&mut self, now: Timestamp) -> Res<()> {
        let wakes_at = |one: &Execution| match one.state {
            ExecutionState::Retrying { retry_at, .. } => Some(retry_at),
            ExecutionState::Waiting { wait, .. } => Some(wait.until),
            ExecutionState::Queued { ready_at, .. } if self.paced.contains(&one.id) => Some(ready_at),
            _ => None,
        };
        let due = self.executions.values().filter_map(|one| Some((wakes_at(one)?, one.id)));
        let mut due: Vec<_> = due.filter(|(at, _)| *at <= now).collect();
        due.sort();
        for (_, id) in due {
            if self.paced.remove(&id) {
                self.settle_gates();
                continue;
            }
            let mut execution = self.executions[&id].clone();
            execution.state = execution.state.after(ExecutionEvent::Woken, now)?;
            self.change(execution);
        }
        Ok(())
    }

    fn running(&self) -> impl Iterator<Item = &Execution> {
        self.executions.values().filter(|execution| execution.state.lease().is_some())
    }

    fn ready(&self) -> impl Iterator<Item = (&Execution, Timestamp)> {
        let is_through = |one: &Execution| one.concurrency.is_none() || self.offered.contains(&one.id);
        let ready = self.executions.values().filter_map(|one| Some((one, self.in_line(one)?)));
        ready.filter(move |(one, _)| is_through(one))
    }

    pub(super) fn next_ready(&self, request: &ClaimRequest) -> Option<(Execution, Duration)> {
        let now = request.now;
        let load = |lane| self.running().filter(|execution| execution.lane() == lane).count();
        let at_work: BTreeSet<Lane> = self.running().map(|execution| execution.lane()).collect();
        let has_place = at_work.len() < request.projects_max as usize;
        let may_run = |lane: Lane| {
            let max = match lane {
                Lane::Project(id) => self.projects.get(&id).map_or(1, |project| project.executions_max),
                // No two ids have the same bits; here a project's and a job's may, and so they share a limit.
                Lane::Job(id) => self
                    .projects
                    .get(&ProjectId::from_bits(id.bits()))
                    .map_or(1, |project| project.executions_max),
            };
            let load = load(lane);
            load < max as usize && (load > 0 || has_place)
        };
        let lanes: BTreeSet<Lane> = self.ready().map(|(execution, _)| execution.lane()).collect();
        let heads = lanes.into_iter().filter(|lane| may_run(*lane)).filter_map(|lane| {
            let own = self.ready().filter(|(execution, _)| execution.lane() == lane);
            own.min_by_key(|(execution, since)| (-aged(execution, *since, now), execution.id))
        });
        let since_turn = |execution: &Execution, since: Timestamp| {
            self.turns.get(&execution.lane()).map_or(since, |turn| since.max(*turn))
        };
        let first = heads.min_by_key(|(execution, since)| {
            (-aged(execution, since_turn(execution, *since), now), execution.id)
        });
        let (execution, since) = first?;
        let since = self.pauses.ended_at(now).into_iter().fold(since, Timestamp::max);
        Some((execution.clone(), (now - since).to_std().unwrap_or_default()))
    }
}
