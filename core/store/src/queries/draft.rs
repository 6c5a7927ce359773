//! Drafts, briefs and publications.

use std::ops::Bound;

use dateline_core::brief::Brief;
use dateline_core::draft::{BriefDigest, Draft, Publication};
use dateline_core::id::{DraftId, ProjectId};
use dateline_core::store::{DraftFilter, Missing, Page, PageRequest, StoreError};

use super::{page_of, resume_id};
use crate::fault::Fault;
use crate::record::{draft_status_code, platform_code};
use crate::tables::{
    ALL, BRIEFS, BY_EXECUTION, BY_PLATFORM, BY_PROJECT, BY_STATUS, DRAFT_INDEX, DRAFT_PUBLICATIONS, DRAFTS,
    OPEN_PUBLICATIONS, PUBLICATIONS, REVISIONS,
};
use crate::transaction::{Rows, Snapshot, Walk};

impl Snapshot {
    pub(crate) fn draft(&self, id: DraftId) -> Result<Draft, Fault> {
        self.get(&DRAFTS, id.bits())?.ok_or(Fault::Refused(StoreError::NotFound(Missing::Draft)))
    }

    pub(crate) fn drafts(&self, filter: &DraftFilter, page: &PageRequest) -> Result<Page<Draft>, Fault> {
        let status = filter.status.map(draft_status_code);
        let platform = filter.platform.map(platform_code);
        let after = resume_id(page)?;
        let range = |(facet, scope)| {
            let end = match after {
                Some(id) => Bound::Excluded((facet, scope, id)),
                None => Bound::Included((facet, scope, u128::MAX)),
            };
            (Bound::Included((facet, scope, 0)), end)
        };
        let ranges = facets_of(filter, status, platform).into_iter().map(range);
        let is_of = |id, project: ProjectId| self.has(DRAFT_INDEX, (BY_PROJECT, project.bits(), id));
        let mut found = Vec::new();
        self.walk_back_merged(
            DRAFT_INDEX,
            ranges,
            |(_, _, id)| *id,
            |(facet, _, id), row| {
                let mut fits =
                    status.is_none_or(|code| code == row.0) && platform.is_none_or(|code| code == row.1);
                if let Some(project) = filter.project.filter(|_| fits && facet == BY_EXECUTION) {
                    fits = is_of(id, project)?;
                }
                if fits {
                    let draft = self.draft(DraftId::from_bits(id))?;
                    // Only an execution's drafts can lie outside what was looked through.
                    let within = filter.within.as_ref();
                    found.extend(
                        within.is_none_or(|within| within.contains(&draft.project.into())).then_some(draft),
                    );
                }
                Ok(if found.len() > page.limit { Walk::Stop } else { Walk::On })
            },
        )?;
        Ok(page_of(found, page.limit, |draft| draft.id.bits().to_be_bytes().to_vec()))
    }

    pub(crate) fn revisions(&self, id: DraftId) -> Result<Vec<Draft>, Fault> {
        let newest = self.draft(id)?;
        let older = self.list(&REVISIONS, (id.bits(), 0)..=(id.bits(), u32::MAX), usize::MAX)?;
        Ok(older.into_iter().map(|(_, draft)| draft).chain([newest]).collect())
    }

    pub(crate) fn brief(&self, digest: &BriefDigest) -> Result<Brief, Fault> {
        let missing = Fault::Refused(StoreError::NotFound(Missing::Brief));
        self.get(&BRIEFS, digest.0.as_str())?.ok_or(missing)
    }

    pub(crate) fn publications(&self, draft: DraftId) -> Result<Vec<Publication>, Fault> {
        self.draft(draft)?;
        let draft = draft.bits();
        let mut found = Vec::new();
        self.walk_back(DRAFT_PUBLICATIONS, (draft, 0)..=(draft, u128::MAX), |(_, id), ()| {
            found.push(self.indexed_publication(id)?);
            Ok(Walk::On)
        })?;
        Ok(found)
    }

    pub(crate) fn open_publications(&self) -> Result<Vec<Publication>, Fault> {
        let open = self.rows(OPEN_PUBLICATIONS, .., usize::MAX)?;
        open.into_iter().map(|(id, ())| self.indexed_publication(id)).collect()
    }

    fn indexed_publication(&self, id: u128) -> Result<Publication, Fault> {
        self.get(&PUBLICATIONS, id)?
            .ok_or_else(|| Fault::Damaged(format!("publication {id:032x} is in an index and is gone")))
    }
}

/// Returns the facets with the fewest rows beside the answer.
fn facets_of(filter: &DraftFilter, status: Option<u8>, platform: Option<u8>) -> Vec<(u8, u128)> {
    let is_within =
        |project: ProjectId| filter.within.as_ref().is_none_or(|within| within.contains(&project.into()));
    let one = if let Some(execution) = filter.execution {
        (BY_EXECUTION, execution.bits())
    } else if let Some(project) = filter.project {
        return is_within(project).then_some((BY_PROJECT, project.bits())).into_iter().collect();
    } else if let Some(within) = &filter.within {
        let projects = within.iter().filter_map(|home| home.project());
        return projects.map(|project| (BY_PROJECT, project.bits())).collect();
    } else if let Some(status) = status {
        (BY_STATUS, u128::from(status))
    } else if let Some(platform) = platform {
        (BY_PLATFORM, u128::from(platform))
    } else {
        (ALL, 0)
    };
    vec![one]
}
