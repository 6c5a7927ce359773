//! The part of the store that knows who sees which project.

use std::collections::BTreeSet;

use async_trait::async_trait;
use dateline_core::home::Home;
use dateline_core::id::{ProjectId, UserId};
use dateline_core::people::{Membership, Seat, User};
use dateline_core::project::Project;
use dateline_core::store::{AccessStore, Page, PageRequest, StoreError};

use super::RedbStore;

#[async_trait]
impl AccessStore for RedbStore {
    async fn put_member(&self, membership: Membership) -> Result<Membership, StoreError> {
        self.write(move |t| t.put_member(&membership)).await
    }

    async fn remove_member(&self, project: ProjectId, user: UserId) -> Result<(), StoreError> {
        self.write(move |t| t.remove_member(project, user)).await
    }

    async fn members(
        &self,
        project: ProjectId,
        page: PageRequest,
    ) -> Result<Page<(Membership, User)>, StoreError> {
        self.read(move |s| s.members(project, &page)).await
    }

    async fn seat(&self, project: ProjectId, user: UserId) -> Result<Option<Seat>, StoreError> {
        self.read(move |s| s.seat(project, user)).await
    }

    async fn reach(&self, user: UserId) -> Result<BTreeSet<Home>, StoreError> {
        self.read(move |s| s.reach(user)).await
    }

    async fn projects_among(
        &self,
        among: BTreeSet<ProjectId>,
        page: PageRequest,
    ) -> Result<Page<Project>, StoreError> {
        self.read(move |s| s.projects_among(&among, &page)).await
    }
}
