//! What was read from projects' servers: kept within bounds, and gone with its project.

use dateline_core::activity_cache::SEGMENTS_MAX;
use dateline_core::id::ProjectId;
use dateline_core::retention::cutoff;
use dateline_core::source::CachedAnswer;
use dateline_core::store::SyncCommit;
use dateline_core::time::Timestamp;
use redb::ReadableTable;

use crate::fault::Fault;
use crate::record::{KeptAnswer, answer_key};
use crate::tables::{ACTIVITY, ANSWER_AGES, ANSWERS, INSTANCE, INSTANCE_KEY, SYNC_STATES};
use crate::transaction::{Rows, Transaction};

/// How many answers are kept for one project.
const ANSWERS_MAX: usize = 300;

impl Transaction<'_> {
    /// Moves a project's own cursor and adds what was read. Of another source than before, everything starts anew.
    pub(crate) fn commit_sync(
        &self,
        project: ProjectId,
        sync: &SyncCommit,
        now: Timestamp,
    ) -> Result<(), Fault> {
        let id = project.bits();
        let before = self.get(&SYNC_STATES, id)?;
        let is_another = before.is_some_and(|before| {
            before.source != sync.state.source || before.head.stream != sync.state.head.stream
        });
        if is_another {
            self.forget_activity(project)?;
        }
        self.forget_old_activity(project, now)?;
        if let Some(segment) = &sync.segment {
            let last = self.segment_times(project)?.pop();
            // The wall clock may have been set back meanwhile; the order of reading stays.
            let at = last.map_or(now.timestamp_millis(), |last| now.timestamp_millis().max(last + 1));
            self.put(&ACTIVITY, (id, at), segment)?;
        }
        self.put(&SYNC_STATES, id, &sync.state)
    }

    /// Returns the keys of a project's segments, oldest first, without reading them.
    fn segment_times(&self, project: ProjectId) -> Result<Vec<i64>, Fault> {
        let id = project.bits();
        let table = self.table(ACTIVITY.table)?;
        let rows = table.range((id, i64::MIN)..=(id, i64::MAX))?;
        rows.map(|row| Ok(row?.0.value().1)).collect()
    }

    fn forget_old_activity(&self, project: ProjectId, now: Timestamp) -> Result<(), Fault> {
        let times = self.segment_times(project)?;
        let days = self.get(&INSTANCE, INSTANCE_KEY)?.unwrap_or_default().retention.activity_days;
        let oldest = cutoff(now, days).timestamp_millis();
        let surplus = (times.len() + 1).saturating_sub(SEGMENTS_MAX);
        for (place, at) in times.into_iter().enumerate() {
            if place < surplus || at < oldest {
                self.remove(ACTIVITY.table, (project.bits(), at))?;
            }
        }
        Ok(())
    }

    fn forget_activity(&self, project: ProjectId) -> Result<(), Fault> {
        for at in self.segment_times(project)? {
            self.remove(ACTIVITY.table, (project.bits(), at))?;
        }
        self.remove(SYNC_STATES.table, project.bits()).map(drop)
    }

    /// Keeps an answer; the oldest of the project's go when there are too many. Nothing is kept for a project that is
    /// gone.
    pub(crate) fn keep_answer(
        &self,
        project: ProjectId,
        key: &str,
        answer: &CachedAnswer,
        now: Timestamp,
    ) -> Result<(), Fault> {
        self.found_project(project)?;
        let (id, digest) = (project.bits(), answer_key(key));
        if let Some(before) = self.get(&ANSWERS, (id, digest))? {
            self.drop_answer((id, before.kept_at.timestamp_millis(), digest))?;
        }
        let ages = self.answer_ages(project)?;
        let surplus = (ages.len() + 1).saturating_sub(ANSWERS_MAX);
        for age in ages.into_iter().take(surplus) {
            self.drop_answer(age)?;
        }
        self.put(&ANSWERS, (id, digest), &KeptAnswer { kept_at: now, answer: answer.clone() })?;
        self.set(ANSWER_AGES, (id, now.timestamp_millis(), digest), ())
    }

    fn answer_ages(&self, project: ProjectId) -> Result<Vec<(u128, i64, u128)>, Fault> {
        let id = project.bits();
        let rows = self.rows(ANSWER_AGES, (id, i64::MIN, 0)..=(id, i64::MAX, u128::MAX), usize::MAX)?;
        Ok(rows.into_iter().map(|(key, ())| key).collect())
    }

    pub(super) fn drop_answer(&self, age: (u128, i64, u128)) -> Result<(), Fault> {
        self.remove(ANSWERS.table, (age.0, age.2))?;
        self.remove(ANSWER_AGES, age).map(drop)
    }

    /// Removes everything that was read for a project.
    pub(crate) fn forget_sources(&self, project: ProjectId) -> Result<(), Fault> {
        self.forget_activity(project)?;
        for age in self.answer_ages(project)? {
            self.drop_answer(age)?;
        }
        Ok(())
    }
}
