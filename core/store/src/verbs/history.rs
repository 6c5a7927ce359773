//! Where an execution stands in history, and what it adds to the statistics when it ends.

use dateline_core::execution::Execution;

use crate::fault::Fault;
use crate::record::{HistoryRow, OPEN_CLASS};
use crate::tables::{ALL, BY_JOB, CLASSES, ClassKey, HISTORY, HistoryKey, TALLIES, TallyKey, scope_of};
use crate::tally::SPANS;
use crate::transaction::{Rows, Transaction};

/// Returns the keys of an execution's rows in history.
pub(crate) fn history_keys(execution: &Execution) -> [HistoryKey; 3] {
    let (at, id) = (execution.created_at.timestamp_millis(), execution.id.bits());
    let (facet, scope) = scope_of(execution.home);
    [(ALL, 0, at, id), (facet, scope, at, id), (BY_JOB, execution.job.bits(), at, id)]
}

/// Returns the keys of the rows an execution has among those of a class.
pub(crate) fn class_keys(execution: &Execution, class: u8) -> [ClassKey; 3] {
    history_keys(execution).map(|(facet, scope, at, id)| (facet, scope, class, at, id))
}

/// Returns the keys of the tallies an ended execution of a class is counted in.
pub(crate) fn tally_keys(execution: &Execution, class: u8) -> impl Iterator<Item = TallyKey> {
    let at = execution.created_at.timestamp_millis();
    let (facet, home) = scope_of(execution.home);
    let scopes = [(ALL, 0, 0), (facet, home, 0), (BY_JOB, execution.job.bits(), home)];
    scopes.into_iter().flat_map(move |(facet, scope, of)| {
        SPANS.map(|span| (facet, scope, of, span.code, span.number(at), class))
    })
}

impl Transaction<'_> {
    /// Brings history and statistics up to what an execution is `after` a change.
    pub(super) fn note_history(&self, before: Option<&Execution>, after: &Execution) -> Result<(), Fault> {
        let (known, row) = (before.map(HistoryRow::of), HistoryRow::of(after));
        if known == Some(row) {
            return Ok(());
        }
        for key in history_keys(after) {
            self.set(HISTORY, key, row.to_row())?;
        }
        let (was, class) = (known.map(HistoryRow::class), row.class());
        if let Some(was) = was.filter(|was| *was != class) {
            for key in class_keys(after, was) {
                self.remove(CLASSES, key)?;
            }
        }
        for key in class_keys(after, class) {
            self.set(CLASSES, key, row.to_row())?;
        }
        let has_ended = class != OPEN_CLASS && was.is_none_or(|was| was == OPEN_CLASS);
        if has_ended {
            self.note_passed(after, class)?;
        }
        for key in tally_keys(after, class).filter(|_| has_ended) {
            let mut tally = self.get(&TALLIES, key)?.unwrap_or_default();
            tally.add(&row);
            self.put(&TALLIES, key, &tally)?;
        }
        Ok(())
    }
}
