//! People at projects: added, removed.

use dateline_core::id::{ProjectId, UserId};
use dateline_core::people::{Membership, PeopleRefusal, UserStatus};
use dateline_core::store::StoreError;

use crate::fault::Fault;
use crate::tables::{MEMBERS, USER_PROJECTS};
use crate::transaction::{Rows, Transaction};

impl Transaction<'_> {
    pub(crate) fn put_member(&self, membership: &Membership) -> Result<Membership, Fault> {
        let project = self.found_project(membership.project)?;
        let user = self.found_user(membership.user)?;
        if project.owner == user.id {
            return Err(StoreError::from(PeopleRefusal::OwnsProject).into());
        }
        if user.status == UserStatus::Disabled {
            return Err(StoreError::from(PeopleRefusal::Disabled).into());
        }
        let (project, user) = (project.id.bits(), user.id.bits());
        self.set(USER_PROJECTS, (user, project), ())?;
        self.put(&MEMBERS, (project, user), membership)?;
        Ok(membership.clone())
    }

    pub(crate) fn remove_member(&self, project: ProjectId, user: UserId) -> Result<(), Fault> {
        let (project, user) = (project.bits(), user.bits());
        if self.has(USER_PROJECTS, (user, project))? {
            self.remove(USER_PROJECTS, (user, project))?;
            self.remove(MEMBERS.table, (project, user))?;
        }
        Ok(())
    }

    pub(crate) fn remove_seats_of(&self, user: UserId) -> Result<(), Fault> {
        let bits = user.bits();
        let seats = self.rows(USER_PROJECTS, (bits, 0)..=(bits, u128::MAX), usize::MAX)?;
        seats
            .into_iter()
            .try_for_each(|((_, project), ())| self.remove_member(ProjectId::from_bits(project), user))
    }
}
