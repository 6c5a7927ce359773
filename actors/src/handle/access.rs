//! Who may do what: each request passes here before it touches anything.
//!
//! What a caller does not see is not there: the answer, and the way to it, are those for an id nobody has.

use std::collections::BTreeSet;
use std::sync::Arc;

use dateline_core::caller::{Access, Role};
use dateline_core::draft::Draft;
use dateline_core::execution::Execution;
use dateline_core::home::Home;
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
        self.enough(self.access(project.into()).await?, needed, Missing::Project)
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

    /// Returns the only homes whose things the caller sees, those of removed projects too; `None` when they see all.
    pub(crate) async fn reach(&self) -> Result<Option<BTreeSet<Home>>, RequestError> {
        let limits: Option<BTreeSet<Home>> =
            self.caller().projects.as_ref().map(|limits| limits.iter().copied().map(Home::Project).collect());
        if self.caller().role == Role::Owner {
            return Ok(limits);
        }
        let mut seen = self.store().reach(self.caller().user).await?;
        if let Some(limits) = limits {
            seen.retain(|home| limits.contains(home));
        }
        Ok(Some(seen))
    }

    /// Returns a job the caller may do `needed` to.
    pub(super) async fn job_for(&self, id: JobId, needed: Access) -> Result<JobView, RequestError> {
        let found = self.store().job(id).await;
        let home = found.as_ref().map_or(nowhere(id.bits()), |view| view.job.home);
        self.seen(found, home, needed, Missing::Job).await
    }

    /// Returns an execution the caller may do `needed` to.
    pub(super) async fn execution_for(
        &self,
        id: ExecutionId,
        needed: Access,
    ) -> Result<Execution, RequestError> {
        let found = self.store().execution(id).await;
        let home = found.as_ref().map_or(nowhere(id.bits()), |execution| execution.home);
        self.seen(found, home, needed, Missing::Execution).await
    }

    /// Returns the newest revision of a draft the caller may do `needed` to.
    pub(super) async fn draft_for(&self, id: DraftId, needed: Access) -> Result<Draft, RequestError> {
        let found = self.store().draft(id).await;
        let home = found.as_ref().map_or(nowhere(id.bits()), |draft| draft.project.into());
        self.seen(found, home, needed, Missing::Draft).await
    }

    /// Returns the store as it notes, beside each change, that the caller made it.
    pub(super) fn noting(
        &self,
        action: AuditAction,
        subject: impl ToString,
        home: Option<Home>,
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
            home,
            detail,
        })
    }

    /// Passes on what was found when its home is the caller's to see. The home is asked for also when nothing was found,
    /// so that either answer takes the same steps.
    async fn seen<T>(
        &self,
        found: Result<T, StoreError>,
        home: Home,
        needed: Access,
        what: Missing,
    ) -> Result<T, RequestError> {
        let access = self.access(home).await?;
        let found = found?;
        self.enough(access, needed, what)?;
        Ok(found)
    }

    async fn access(&self, home: Home) -> Result<Option<Access>, RequestError> {
        let caller = self.caller();
        // A seat is looked for also at a person's own, where there is none: each answer takes the same steps.
        let project = home.project().unwrap_or(ProjectId::from_bits(home.bits()));
        let seat = self.store().seat(project, caller.user).await?;
        Ok(match home {
            Home::Project(project) => {
                seat.and_then(|seat| caller.access(project, seat.owner, seat.membership))
            }
            Home::Person(person) => caller.access_to_own(person),
        })
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

/// Returns the home of what is not there.
fn nowhere(id: u128) -> Home {
    Home::Project(ProjectId::from_bits(id))
}

fn word(access: Access) -> &'static str {
    match access {
        Access::View => "VIEW",
        Access::Edit => "EDIT",
        Access::Approve => "APPROVE",
        Access::Own => "OWN",
    }
}
