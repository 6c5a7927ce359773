//! Who sees which project.

use std::collections::BTreeSet;
use std::ops::Bound;

use dateline_core::home::Home;
use dateline_core::id::{ProjectId, UserId};
use dateline_core::people::{Membership, Seat, User};
use dateline_core::project::Project;
use dateline_core::store::{Page, PageRequest};

use super::{page_of, resume_id};
use crate::fault::Fault;
use crate::tables::{MEMBERS, PROJECT_OWNERS, PROJECTS, REMOVED_PROJECTS, USER_PROJECTS};
use crate::transaction::{Rows, Snapshot};

impl Snapshot {
    pub(crate) fn members(
        &self,
        project: ProjectId,
        page: &PageRequest,
    ) -> Result<Page<(Membership, User)>, Fault> {
        let project = project.bits();
        let start = match resume_id(page)? {
            Some(user) => Bound::Excluded((project, user)),
            None => Bound::Included((project, 0)),
        };
        let rows = self.list(&MEMBERS, (start, Bound::Included((project, u128::MAX))), page.limit + 1)?;
        let mut found = Vec::new();
        for (_, membership) in rows {
            let user = self.user(membership.user)?;
            found.push((membership, user));
        }
        Ok(page_of(found, page.limit, |(_, user): &(Membership, User)| user.id.bits().to_be_bytes().to_vec()))
    }

    pub(crate) fn seat(&self, project: ProjectId, user: UserId) -> Result<Option<Seat>, Fault> {
        // The membership is looked for also where there is no project: both answers take the same steps.
        let membership = self.get(&MEMBERS, (project.bits(), user.bits()))?;
        let project = match self.get(&PROJECTS, project.bits())? {
            Some(project) => Some(project),
            None => self.get(&REMOVED_PROJECTS, project.bits())?.map(|removed| removed.project),
        };
        let access = membership.map(|membership: Membership| membership.access);
        Ok(project.map(|project| Seat { owner: project.owner, membership: access }))
    }

    pub(crate) fn reach(&self, user: UserId) -> Result<BTreeSet<Home>, Fault> {
        let all = (user.bits(), 0)..=(user.bits(), u128::MAX);
        let owned = self.rows(PROJECT_OWNERS, all.clone(), usize::MAX)?;
        let added = self.rows(USER_PROJECTS, all, usize::MAX)?;
        let projects = owned.into_iter().chain(added);
        let projects = projects.map(|((_, id), ())| Home::Project(ProjectId::from_bits(id)));
        Ok(projects.chain([Home::Person(user)]).collect())
    }

    pub(crate) fn projects_among(
        &self,
        among: &BTreeSet<ProjectId>,
        page: &PageRequest,
    ) -> Result<Page<Project>, Fault> {
        let before = resume_id(page)?.map(ProjectId::from_bits);
        let mut found = Vec::new();
        for id in among.iter().rev().filter(|id| before.is_none_or(|before| **id < before)) {
            found.extend(self.get(&PROJECTS, id.bits())?);
            if found.len() > page.limit {
                break;
            }
        }
        Ok(page_of(found, page.limit, |project: &Project| project.id.bits().to_be_bytes().to_vec()))
    }
}
