//! Who may do what: each request passes here before it touches anything.
//!
//! What a caller does not see is not there: the answer, and the way to it, are those for an id nobody has.

use std::collections::BTreeSet;
use std::sync::Arc;

use dateline_core::caller::{Access, Role};
use dateline_core::draft::Draft;
use dateline_core::execution::Execution;
use dateline_core::id::{AuditId, DraftId, ExecutionId, JobId, ProjectId};
use dateline_core::job::JobView;
use dateline_core::people::{AuditAction, AuditEntry};
use dateline_core::store::{Missing, Store, StoreError};

use super::Dateline;
use crate::request::RequestError;

impl Dateline {
    /// Returns how far the caller's say goes in a project, a removed one too, when it goes as far as `needed`.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when to the caller there is no such project; [`RequestError::Forbidden`] when they see
    /// it and may not do this.
    pub async fn require(&self, project: ProjectId, needed: Access) -> Result<Access, RequestError> {
        self.enough(self.access(project).await?, needed, Missing::Project)
    }

    /// Refuses callers below a role.
    ///
    /// # Errors
    /// [`RequestError::Forbidden`].
    pub fn require_role(&self, needed: Role) -> Result<(), RequestError> {
        if self.caller().role >= needed {
            return Ok(());
        }
        let who = match needed {
            Role::Owner => "only an owner",
            Role::Admin | Role::Member => "only an admin or an owner",
        };
        Err(RequestError::Forbidden { reason: format!("{who} may do this") })
    }

    /// Returns the only projects the caller sees, removed ones too; `None` when they see all.
    pub(crate) async fn reach(&self) -> Result<Option<BTreeSet<ProjectId>>, RequestError> {
        let limits = &self.caller().projects;
        if self.caller().role == Role::Owner {
            return Ok(limits.clone());
        }
        let mut seen = self.store().reach(self.caller().user).await?;
        if let Some(limits) = limits {
            seen.retain(|project| limits.contains(project));
        }
        Ok(Some(seen))
    }

    /// Returns a job the caller may do `needed` to.
    pub(super) async fn job_for(&self, id: JobId, needed: Access) -> Result<JobView, RequestError> {
        let found = self.store().job(id).await;
        let project = found.as_ref().map_or(ProjectId::from_bits(id.bits()), |view| view.job.project);
        self.seen(found, project, needed, Missing::Job).await
    }

    /// Returns an execution the caller may do `needed` to.
    pub(super) async fn execution_for(
        &self,
        id: ExecutionId,
        needed: Access,
    ) -> Result<Execution, RequestError> {
        let found = self.store().execution(id).await;
        let project = found.as_ref().map_or(ProjectId::from_bits(id.bits()), |execution| execution.project);
        self.seen(found, project, needed, Missing::Execution).await
    }

    /// Returns the newest revision of a draft the caller may do `needed` to.
    pub(super) async fn draft_for(&self, id: DraftId, needed: Access) -> Result<Draft, RequestError> {
        let found = self.store().draft(id).await;
        let project = found.as_ref().map_or(ProjectId::from_bits(id.bits()), |draft| draft.project);
        self.seen(found, project, needed, Missing::Draft).await
    }

    /// Returns the store as it notes, beside each change, that the caller made it.
    pub(super) fn noting(
        &self,
        action: AuditAction,
        subject: impl ToString,
        project: Option<ProjectId>,
        detail: Option<String>,
    ) -> Arc<dyn Store> {
        let now = self.now();
        self.store().audited(AuditEntry {
            id: AuditId::fresh(now, &*self.shared.parts.entropy),
            at: now,
            actor: self.caller().user,
            actor_name: String::new(),
            means: self.caller().credential.into(),
            action,
            subject: subject.to_string(),
            project,
            detail,
        })
    }

    /// Passes on what was found when its project is the caller's to see. The project is asked for also when nothing was
    /// found, so that either answer takes the same steps.
    async fn seen<T>(
        &self,
        found: Result<T, StoreError>,
        project: ProjectId,
        needed: Access,
        what: Missing,
    ) -> Result<T, RequestError> {
        let access = self.access(project).await?;
        let found = found?;
        self.enough(access, needed, what)?;
        Ok(found)
    }

    async fn access(&self, project: ProjectId) -> Result<Option<Access>, RequestError> {
        let caller = self.caller();
        let seat = self.store().seat(project, caller.user).await?;
        Ok(seat.and_then(|seat| caller.access(project, seat.owner, seat.membership)))
    }

    fn enough(&self, access: Option<Access>, needed: Access, what: Missing) -> Result<Access, RequestError> {
        match access {
            None => Err(StoreError::NotFound(what).into()),
            Some(access) if access >= needed => Ok(access),
            Some(access) => Err(RequestError::Forbidden {
                reason: format!("this needs {} in the project, not {}", word(needed), word(access)),
            }),
        }
    }
}

fn word(access: Access) -> &'static str {
    match access {
        Access::View => "VIEW",
        Access::Edit => "EDIT",
        Access::Approve => "APPROVE",
        Access::Own => "OWN",
    }
}
