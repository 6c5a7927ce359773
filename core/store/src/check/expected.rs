//! Every index as the records say it should be, and where it differs.

mod gates;
mod lanes;
mod people;
mod retention;

use std::collections::BTreeMap;
use std::fmt::Debug;

use dateline_core::draft::{Draft, Publication};
use dateline_core::execution::{Execution, ExecutionState, Wait};
use dateline_core::job::Job;
use dateline_core::project::Project;
use redb::Key;

use self::gates::Gates;
use self::lanes::Lanes;
use super::PROBLEMS_MAX;
use crate::fault::Fault;
use crate::record::HistoryRow;
use crate::tables::{
    ALL, BRIEFS, BY_PROJECT, CANCELLED, CLASSES, DEAD_LETTERS, DOWNSTREAM, DRAFT_INDEX, DRAFT_PUBLICATIONS,
    DRAFTS, DUE_JOBS, EXECUTIONS, FOLLOWERS, HISTORY, HistoryKey, INSTANCE, INSTANCE_KEY, Index, JOB_INDEX,
    JOB_STATES, JOBS, LEASES, LISTENERS, LOG_SIZES, LOGS, NOTED, OCCURRENCES, OPEN, OPEN_PUBLICATIONS,
    PAUSED, PROJECTS, PUBLICATION_KEYS, PUBLICATIONS, REQUEST_AGES, REQUESTS, Records, WAITING,
};
use crate::transaction::{Plain, Rows, Snapshot};
use crate::verbs::{
    dead_letter_keys, downstream_keys, draft_keys, draft_row, follower_keys, history_keys, job_keys,
    listener_keys, open_key, publication_key,
};

/// Returns where indexes and records disagree.
pub(super) fn disagreements(snapshot: &Snapshot) -> Result<Vec<String>, Fault> {
    let mut found = Vec::new();
    jobs(snapshot, &mut found)?;
    executions(snapshot, &mut found)?;
    paused(snapshot, &mut found)?;
    drafts(snapshot, &mut found)?;
    publications(snapshot, &mut found)?;
    logs(snapshot, &mut found)?;
    retention::disagreements(snapshot, &mut found)?;
    super::notifications::notifications(snapshot, &mut found)?;
    super::notifications::deliveries(snapshot, &mut found)?;
    requests(snapshot, &mut found)?;
    people::disagreements(snapshot, &mut found)?;
    Ok(found)
}

fn jobs(snapshot: &Snapshot, found: &mut Vec<String>) -> Result<(), Fault> {
    let mut index = BTreeMap::new();
    let mut due = BTreeMap::new();
    let mut downstream = BTreeMap::new();
    let mut listeners = BTreeMap::new();
    each(snapshot, &JOBS, |id, job: Job| {
        let Some(state) = snapshot.get(&JOB_STATES, id)? else {
            found.push(format!("{} has no state", job.id));
            return Ok(());
        };
        if job.cancelled_at.is_none() {
            index.extend(job_keys(&job).map(|key| (key, ())));
        } else {
            index.insert((CANCELLED, 0, id), ());
        }
        downstream.extend(downstream_keys(&job).map(|key| (key, ())));
        listeners.extend(listener_keys(&job).map(|key| (key, ())));
        if let Some(at) = state.due_ms().filter(|_| job.is_live()) {
            due.insert((at, id), ());
        }
        Ok(())
    })?;
    compare(snapshot, JOB_INDEX, &index, found)?;
    compare(snapshot, DUE_JOBS, &due, found)?;
    compare(snapshot, DOWNSTREAM, &downstream, found)?;
    compare(snapshot, LISTENERS, &listeners, found)?;
    // Which ends were noted since, no other record says; but they are noted for somebody.
    for ((job, upstream), _) in snapshot.rows(NOTED, .., usize::MAX)? {
        if !downstream.contains_key(&(upstream, job)) {
            found
                .push(format!("`noted_ends` holds an end of {upstream:032x} that {job:032x} does not await"));
        }
    }
    Ok(())
}

fn paused(snapshot: &Snapshot, found: &mut Vec<String>) -> Result<(), Fault> {
    let mut paused = BTreeMap::new();
    each(snapshot, &PROJECTS, |id, project: Project| {
        if !project.pauses.is_empty() {
            paused.insert((BY_PROJECT, id), ());
        }
        Ok(())
    })?;
    if snapshot.get(&INSTANCE, INSTANCE_KEY)?.is_some_and(|settings| !settings.pauses.is_empty()) {
        paused.insert((ALL, 0), ());
    }
    compare(snapshot, PAUSED, &paused, found)
}

#[derive(Default)]
struct Queues {
    occurrences: BTreeMap<(u128, i64), u128>,
    waiting: BTreeMap<(i64, u128), ()>,
    lanes: Lanes,
    gates: Gates,
    leases: BTreeMap<(i64, u128), u128>,
    open: BTreeMap<(u128, u8, u128), ()>,
    history: BTreeMap<HistoryKey, (u8, u8, u64, u64)>,
    dead_letters: BTreeMap<HistoryKey, ()>,
    followers: BTreeMap<(u128, u128), u128>,
}

fn executions(snapshot: &Snapshot, found: &mut Vec<String>) -> Result<(), Fault> {
    let mut queues = Queues::default();
    each(snapshot, &EXECUTIONS, |_, execution: Execution| {
        if let Some(twin) = queues.add(snapshot, &execution)? {
            found.push(format!("{} and {twin:032x} stand in each other's place", execution.id));
        }
        Ok(())
    })?;
    compare(snapshot, OCCURRENCES, &queues.occurrences, found)?;
    compare(snapshot, WAITING, &queues.waiting, found)?;
    queues.lanes.disagreements(snapshot, found)?;
    queues.gates.disagreements(snapshot, found)?;
    compare(snapshot, LEASES, &queues.leases, found)?;
    compare(snapshot, OPEN, &queues.open, found)?;
    compare(snapshot, HISTORY, &queues.history, found)?;
    compare(snapshot, DEAD_LETTERS, &queues.dead_letters, found)?;
    compare(snapshot, FOLLOWERS, &queues.followers, found)?;
    let (classes, tallies) = crate::migrate::history(snapshot)?;
    compare(snapshot, CLASSES, &classes, found)?;
    retention::tallies(snapshot, &tallies, found)
}

impl Queues {
    /// Adds an execution's rows; returns another that claims one of them: one stands for an instant.
    fn add(&mut self, snapshot: &Snapshot, execution: &Execution) -> Result<Option<u128>, Fault> {
        let id = execution.id.bits();
        let mut twin = None;
        if let Some(due) = &execution.due {
            let key = (execution.job.bits(), due.key().timestamp_millis());
            twin = self.occurrences.insert(key, id);
        }
        for key in follower_keys(execution) {
            twin = twin.or(self.followers.insert(key, id));
        }
        if execution.state.is_open() {
            self.open.insert(open_key(execution), ());
        }
        self.dead_letters.extend(dead_letter_keys(execution).map(|key| (key, ())));
        for key in history_keys(execution) {
            self.history.insert(key, HistoryRow::of(execution).to_row());
        }
        match &execution.state {
            ExecutionState::Queued { since, ready_at } => {
                let waiting = (ready_at.timestamp_millis(), id);
                // A paced start waits until a claim finds that its time has come: either place is right, one it is.
                if ready_at > since && snapshot.has(WAITING, waiting)? {
                    self.waiting.insert(waiting, ());
                    self.gates.rests(execution);
                } else if self.gates.waits(snapshot, execution, *since, *ready_at)? {
                    self.lanes.waits(execution, *since, *ready_at);
                }
            }
            ExecutionState::Retrying { retry_at: until, .. }
            | ExecutionState::Waiting { wait: Wait { until, .. }, .. } => {
                self.waiting.insert((until.timestamp_millis(), id), ());
            }
            ExecutionState::Running { lease, .. } | ExecutionState::Cancelling { lease, .. } => {
                self.lanes.runs(execution);
                self.gates.runs(execution);
                self.leases.insert((lease.expires_at.timestamp_millis(), id), lease.holder.bits());
            }
            ExecutionState::Paused { .. } | ExecutionState::Finished { .. } => {}
        }
        Ok(twin)
    }
}

fn drafts(snapshot: &Snapshot, found: &mut Vec<String>) -> Result<(), Fault> {
    let mut index = BTreeMap::new();
    each(snapshot, &DRAFTS, |_, draft: Draft| {
        if !snapshot.has(BRIEFS.table, draft.brief.0.as_str())? {
            found.push(format!("{} rests on a brief that is gone", draft.id));
        }
        index.extend(draft_keys(&draft).map(|key| (key, draft_row(&draft))));
        Ok(())
    })?;
    compare(snapshot, DRAFT_INDEX, &index, found)
}

fn publications(snapshot: &Snapshot, found: &mut Vec<String>) -> Result<(), Fault> {
    let (mut of_draft, mut keys, mut open) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
    each(snapshot, &PUBLICATIONS, |id, publication: Publication| {
        of_draft.insert((publication.draft.bits(), id), ());
        keys.insert(publication_key(&publication)?, id);
        if publication.outcome.is_none() {
            open.insert(id, ());
        }
        Ok(())
    })?;
    compare(snapshot, DRAFT_PUBLICATIONS, &of_draft, found)?;
    compare(snapshot, PUBLICATION_KEYS, &keys, found)?;
    compare(snapshot, OPEN_PUBLICATIONS, &open, found)
}

fn logs(snapshot: &Snapshot, found: &mut Vec<String>) -> Result<(), Fault> {
    for (id, (first, last, _, dropped)) in snapshot.rows(LOG_SIZES, .., usize::MAX)? {
        let lines = snapshot.list(&LOGS, (id, 1)..=(id, u64::MAX), usize::MAX)?.len() as u64;
        if lines + first != last.saturating_add(1) || dropped.saturating_add(1) != first {
            found.push(format!("the log of {id:032x} holds {lines} lines and says {first} to {last}"));
        }
    }
    Ok(())
}

fn requests(snapshot: &Snapshot, found: &mut Vec<String>) -> Result<(), Fault> {
    let recorded = snapshot.list(&REQUESTS, .., usize::MAX)?;
    let ages = recorded.into_iter().map(|((user, name), it)| ((it.at.timestamp_millis(), user, name), ()));
    compare(snapshot, REQUEST_AGES, &ages.collect(), found)
}

pub(super) fn each<T: serde::de::DeserializeOwned>(
    snapshot: &Snapshot,
    records: &Records<u128, T>,
    mut visit: impl FnMut(u128, T) -> Result<(), Fault>,
) -> Result<(), Fault> {
    let table = snapshot.table(records.table)?;
    for row in redb::ReadableTable::iter(&table)? {
        let (key, value) = row?;
        visit(key.value(), crate::record::decode(value.value(), records.name)?)?;
    }
    Ok(())
}

pub(super) fn compare<K: Key + Plain + Ord + Debug, V: Plain + PartialEq + Debug>(
    snapshot: &Snapshot,
    index: Index<K, V>,
    expected: &BTreeMap<K, V>,
    found: &mut Vec<String>,
) -> Result<(), Fault> {
    let name = redb::TableHandle::name(&index).to_owned();
    differences(&name, snapshot.rows(index, .., usize::MAX)?.into_iter().collect(), expected, found);
    Ok(())
}

/// Tells where the `rows` of a table are not those that were expected.
fn differences<K: Ord + Debug, V: PartialEq + Debug>(
    name: &str,
    rows: BTreeMap<K, V>,
    expected: &BTreeMap<K, V>,
    found: &mut Vec<String>,
) {
    for (key, value) in expected.iter().filter(|(key, value)| rows.get(key) != Some(value)) {
        found.push(format!("`{name}` lacks {key:?} = {value:?}"));
        if found.len() >= PROBLEMS_MAX {
            return;
        }
    }
    for key in rows.keys().filter(|key| !expected.contains_key(key)) {
        found.push(format!("`{name}` has {key:?} without a record"));
        if found.len() >= PROBLEMS_MAX {
            return;
        }
    }
}
