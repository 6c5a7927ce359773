//! Projects: created, replaced, removed.

use dateline_core::event::EventKind;
use dateline_core::id::ProjectId;
use dateline_core::pause::Pauses;
use dateline_core::project::Project;
use dateline_core::store::{Missing, SecretChanges, StoreError};
use dateline_core::time::Timestamp;

use crate::fault::Fault;
use crate::record::RemovedProject;
use crate::tables::{BY_PROJECT, PAUSED, PROJECT_OWNERS, PROJECTS, REMOVED_PROJECTS};
use crate::transaction::{Rows, Transaction};
use crate::verbs::LANE_LIMIT;

impl Transaction<'_> {
    pub(crate) fn create_project(
        &self,
        project: &Project,
        secrets: &SecretChanges,
    ) -> Result<Project, Fault> {
        let id = project.id.bits();
        if let Some(stored) = self.get(&PROJECTS, id)? {
            return Err(StoreError::Conflict { version: stored.version }.into());
        }
        if let Some(removed) = self.get(&REMOVED_PROJECTS, id)? {
            return Err(StoreError::Conflict { version: removed.project.version }.into());
        }
        let project = Project { version: 1, pauses: Pauses::default(), ..project.clone() };
        self.set(PROJECT_OWNERS, (project.owner.bits(), id), ())?;
        self.write_project(&project, project.created_at)?;
        self.change_secrets(secrets)?;
        Ok(project)
    }

    pub(crate) fn replace_project(
        &self,
        project: &Project,
        secrets: &SecretChanges,
    ) -> Result<Project, Fault> {
        let stored = self.found_project(project.id)?;
        if stored.version != project.version {
            return Err(StoreError::Conflict { version: stored.version }.into());
        }
        let next = Project {
            version: stored.version + 1,
            owner: stored.owner,
            created_at: stored.created_at,
            pauses: stored.pauses,
            ..project.clone()
        };
        self.write_project(&next, next.updated_at)?;
        self.change_secrets(secrets)?;
        Ok(next)
    }

    pub(super) fn write_project(&self, project: &Project, at: Timestamp) -> Result<(), Fault> {
        self.put(&PROJECTS, project.id.bits(), project)?;
        self.limit_lane(project.id.bits(), project.executions_max)?;
        self.tell_project(project, project.version, at)
    }

    fn tell_project(&self, project: &Project, version: u64, at: Timestamp) -> Result<(), Fault> {
        self.emit(EventKind::Project, project.id.to_string(), project.id.into(), version, at)
    }

    /// Removes a project. Its jobs and their open executions are cancelled in the same commit, however many.
    pub(crate) fn remove_project(&self, id: ProjectId, now: Timestamp) -> Result<(), Fault> {
        let project = self.found_project(id)?;
        for job in self.jobs_of(id.into())? {
            self.end_job(&job, now)?;
        }
        self.forget_sources(id)?;
        if let Some(token) = project.source.token() {
            self.remove_secret(token.secret)?;
        }
        let project = Project { source: project.source.clone().without_token(), ..project };
        self.remove(PROJECTS.table, id.bits())?;
        self.limit_lane(id.bits(), LANE_LIMIT)?;
        if !project.pauses.is_empty() {
            self.remove(PAUSED, (BY_PROJECT, id.bits()))?;
        }
        self.tell_project(&project, project.version + 1, now)?;
        self.put(&REMOVED_PROJECTS, id.bits(), &RemovedProject { removed_at: now, project })
    }

    /// Returns a project that has not been removed, or refuses.
    pub(crate) fn found_project(&self, id: ProjectId) -> Result<Project, Fault> {
        self.get(&PROJECTS, id.bits())?.ok_or(Fault::Refused(StoreError::NotFound(Missing::Project)))
    }
}
