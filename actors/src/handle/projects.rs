//! Projects: created, changed, removed, read.

use dateline_core::id::ProjectId;
use dateline_core::project::Project;
use dateline_core::source::{Source, SourceError};
use dateline_core::store::{Page, PageRequest, StoreError};

use super::Dateline;
use super::check::Faults;
use super::paths::refuse_private;
use crate::request::{NewProject, ProjectChange, RequestError};

/// How often a change is made again on top of somebody else's that came between.
pub(super) const CHANGE_TRIES: usize = 4;

impl Dateline {
    /// Creates a project after looking at its source, so that a wrong path is refused now and not at night.
    ///
    /// # Errors
    /// [`RequestError::Invalid`] naming every faulty field.
    pub async fn create_project(&self, new: NewProject) -> Result<Project, RequestError> {
        let now = self.now();
        let project = Project {
            id: ProjectId::fresh(now, &*self.shared.parts.entropy),
            name: new.name,
            source: new.source,
            platforms: new.platforms,
            timezone: new.timezone,
            style: new.style,
            version: 1,
            created_at: now,
            updated_at: now,
        };
        self.check_project(&project, true).await?;
        Ok(self.store().create_project(project).await?)
    }

    /// Changes what `change` names of a project, and returns it as it now is.
    ///
    /// # Errors
    /// As [`Dateline::create_project`]; [`StoreError::NotFound`] for a project that is not there.
    pub async fn change_project(
        &self,
        id: ProjectId,
        change: ProjectChange,
    ) -> Result<Project, RequestError> {
        let mut tries = CHANGE_TRIES;
        loop {
            let stored = self.store().project(id).await?;
            let is_source_new = change.source.as_ref().is_some_and(|source| *source != stored.source);
            let project = changed(stored, change.clone(), self.now());
            self.check_project(&project, is_source_new).await?;
            tries -= 1;
            match self.store().replace_project(project).await {
                Err(StoreError::Conflict { .. }) if tries > 0 => {}
                done => return Ok(done?),
            }
        }
    }

    /// Removes a project: its jobs are cancelled for good with their open executions; history and drafts stay.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] for a project that is not there.
    pub async fn remove_project(&self, id: ProjectId) -> Result<(), RequestError> {
        self.store().remove_project(id, self.now()).await?;
        self.shared.hints.leases_changed();
        Ok(())
    }

    /// Returns a project.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] for a project that is not there.
    pub async fn project(&self, id: ProjectId) -> Result<Project, RequestError> {
        Ok(self.store().project(id).await?)
    }

    /// Returns projects, newest first.
    ///
    /// # Errors
    /// [`RequestError::Store`] when the store cannot be read.
    pub async fn projects(&self, page: PageRequest) -> Result<Page<Project>, RequestError> {
        Ok(self.store().projects(page).await?)
    }

    async fn check_project(&self, project: &Project, is_source_new: bool) -> Result<(), RequestError> {
        let mut faults = Faults::default();
        faults.name(&project.name);
        let Source::Git { path, branch } = &project.source;
        faults.absolute("/source/path", path);
        if branch.as_ref().is_some_and(|name| name.is_empty() || name.chars().any(char::is_control)) {
            faults.add("/source/branch", branch.as_deref().unwrap_or_default(), "a branch's name");
        }
        faults.timezone(&project.timezone);
        faults.style(&project.style);
        faults.platforms(&project.platforms);
        faults.into_result()?;
        // Only a path that is well formed is looked at.
        let mut faults = Faults::default();
        refuse_private(&self.shared, project, &mut faults).await;
        faults.into_result()?;
        if is_source_new { self.look_at(&project.source).await } else { Ok(()) }
    }

    /// Asks the source what is there, and turns a refusal into a fault of the field that caused it.
    async fn look_at(&self, source: &Source) -> Result<(), RequestError> {
        let Err(refused) = self.shared.parts.source.head(source).await else { return Ok(()) };
        let Source::Git { path, branch } = source;
        let mut faults = Faults::default();
        match &refused {
            SourceError::NoSuchBranch { .. } => {
                let value = branch.as_deref().unwrap_or_default();
                faults.add("/source/branch", value, format!("a branch of the repository: {refused}"));
            }
            SourceError::Stopped => return Err(refused.into()),
            SourceError::Missing { .. }
            | SourceError::NotARepository { .. }
            | SourceError::Unreadable { .. }
            | SourceError::Unsupported { .. }
            | SourceError::Corrupt { .. } => {
                faults.add("/source/path", path, format!("a readable git repository: {refused}"));
            }
        }
        faults.into_result()
    }
}

fn changed(stored: Project, change: ProjectChange, now: dateline_core::time::Timestamp) -> Project {
    Project {
        name: change.name.unwrap_or(stored.name),
        source: change.source.unwrap_or(stored.source),
        platforms: change.platforms.unwrap_or(stored.platforms),
        timezone: change.timezone.unwrap_or(stored.timezone),
        style: change.style.unwrap_or(stored.style),
        updated_at: now,
        ..stored
    }
}
