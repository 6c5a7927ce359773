//! Members of a project: added, removed, read.

use dateline_core::caller::Access;
use dateline_core::id::{ProjectId, UserId};
use dateline_core::people::{AuditAction, Membership, User};
use dateline_core::store::{Page, PageRequest, StoreError};

use super::Dateline;
use super::check::Faults;
use crate::request::RequestError;

impl Dateline {
    /// Returns who was added to a project, by their ids.
    ///
    /// # Errors
    /// Not found for a project the caller does not see.
    pub async fn members(
        &self,
        project: ProjectId,
        page: PageRequest,
    ) -> Result<Page<(Membership, User)>, RequestError> {
        self.require(project, Access::View).await?;
        Ok(self.store().members(project, page).await?)
    }

    /// Adds a user to a project, or changes how far their say goes: VIEW, EDIT or APPROVE.
    ///
    /// # Errors
    /// Not found for a project the caller does not see; [`RequestError::Forbidden`] unless they own it;
    /// [`RequestError::Invalid`] for an unknown user; refused for its owner and for a disabled user.
    pub async fn put_member(
        &self,
        project: ProjectId,
        user: UserId,
        access: Access,
    ) -> Result<(Membership, User), RequestError> {
        self.require(project, Access::Own).await?;
        let mut faults = Faults::default();
        let found = match self.store().user(user).await {
            Ok(user) => Some(user),
            Err(StoreError::NotFound(_)) => None,
            Err(error) => return Err(error.into()),
        };
        if access == Access::Own {
            faults.add("/access", "OWN", "VIEW, EDIT or APPROVE");
        }
        let Some(found) = found else {
            faults.add("/userId", &user.to_string(), "a user of this instance");
            return Err(faults.into_result().err().unwrap_or(RequestError::Stopping));
        };
        faults.into_result()?;
        let membership =
            Membership { project, user, access, added_by: self.caller().user, added_at: self.now() };
        let detail = Some(format!("{access:?}").to_uppercase());
        let store = self.noting(AuditAction::MemberPut, user, Some(project.into()), detail);
        let membership = store.put_member(membership).await?;
        self.shared.people.changed();
        Ok((membership, found))
    }

    /// Removes a user from a project; members may remove themselves. Again changes nothing.
    ///
    /// # Errors
    /// Not found for a project the caller does not see; [`RequestError::Forbidden`] unless they own it.
    pub async fn remove_member(&self, project: ProjectId, user: UserId) -> Result<(), RequestError> {
        let needed = if user == self.caller().user { Access::View } else { Access::Own };
        self.require(project, needed).await?;
        let store = self.noting(AuditAction::MemberRemoved, user, Some(project.into()), None);
        store.remove_member(project, user).await?;
        self.shared.people.changed();
        Ok(())
    }
}
