//! Who sees which project, as it is stored.

use std::collections::BTreeSet;

use async_trait::async_trait;

use super::{Page, PageRequest, StoreError};
use crate::home::Home;
use crate::id::{ProjectId, UserId};
use crate::people::{Membership, Seat, User};
use crate::project::Project;

/// People at projects.
#[async_trait]
pub trait AccessStore {
    /// Adds a user to a project, or changes how far their say goes. Refused for its owner and for a disabled user.
    async fn put_member(&self, membership: Membership) -> Result<Membership, StoreError>;

    /// Removes a user from a project. Again changes nothing.
    async fn remove_member(&self, project: ProjectId, user: UserId) -> Result<(), StoreError>;

    /// Returns the members of a project by their ids.
    async fn members(
        &self,
        project: ProjectId,
        page: PageRequest,
    ) -> Result<Page<(Membership, User)>, StoreError>;

    /// Returns where a user sits at a project, a removed one too; `None` for an id nothing has.
    async fn seat(&self, project: ProjectId, user: UserId) -> Result<Option<Seat>, StoreError>;

    /// Returns whose things a user sees: their own, and those of the projects they own or were added to, removed ones too.
    async fn reach(&self, user: UserId) -> Result<BTreeSet<Home>, StoreError>;

    /// Returns those of `among` that have not been removed, newest first.
    async fn projects_among(
        &self,
        among: BTreeSet<ProjectId>,
        page: PageRequest,
    ) -> Result<Page<Project>, StoreError>;
}
