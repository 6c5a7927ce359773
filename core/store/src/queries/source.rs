//! What was read from projects' servers.

use dateline_core::activity_cache::CachedActivity;
use dateline_core::id::ProjectId;
use dateline_core::source::CachedAnswer;

use crate::fault::Fault;
use crate::record::answer_key;
use crate::tables::{ACTIVITY, ANSWERS, SYNC_STATES};
use crate::transaction::{Rows, Snapshot};

impl Snapshot {
    pub(crate) fn cached_activity(&self, project: ProjectId) -> Result<Option<CachedActivity>, Fault> {
        let id = project.bits();
        let Some(state) = self.get(&SYNC_STATES, id)? else { return Ok(None) };
        let segments = self.list(&ACTIVITY, (id, i64::MIN)..=(id, i64::MAX), usize::MAX)?;
        let segments = segments.into_iter().map(|(_, segment)| segment).collect();
        Ok(Some(CachedActivity { state, segments }))
    }

    pub(crate) fn cached_answer(&self, project: ProjectId, key: &str) -> Result<Option<CachedAnswer>, Fault> {
        let kept = self.get(&ANSWERS, (project.bits(), answer_key(key)))?;
        Ok(kept.map(|kept| kept.answer))
    }
}
