//! What is set for the whole instance, and who changed what.

use std::path::Path;

use dateline_core::caller::Role;
use dateline_core::instance::{InstanceSettings, SIGN_IN_FAILURES_MAX};
use dateline_core::people::{AuditAction, AuditEntry};
use dateline_core::store::{Page, PageRequest, StoreError};

use super::Dateline;
use super::check::Faults;
use super::projects::CHANGE_TRIES;
use crate::request::{InstanceChange, RequestError};

/// The most local roots.
const ROOTS_MAX: usize = 50;

impl Dateline {
    /// Returns what is set for the whole instance.
    ///
    /// # Errors
    /// [`RequestError::Forbidden`] for members.
    pub async fn instance_settings(&self) -> Result<InstanceSettings, RequestError> {
        self.require_role(Role::Admin)?;
        Ok(self.store().instance_settings().await?)
    }

    /// Changes what `change` names. Takes effect at once.
    ///
    /// # Errors
    /// [`RequestError::Forbidden`] for members, and for local roots by anybody but an owner; [`RequestError::Invalid`]
    /// naming every faulty field.
    pub async fn change_instance(&self, change: InstanceChange) -> Result<InstanceSettings, RequestError> {
        self.require_role(if change.local_roots.is_some() { Role::Owner } else { Role::Admin })?;
        let mut faults = Faults::default();
        for (index, root) in change.local_roots.iter().flatten().enumerate() {
            faults.absolute(&format!("/localRoots/{index}"), root);
            if Path::new(root).components().any(|part| part == std::path::Component::ParentDir) {
                faults.add(format!("/localRoots/{index}"), root, "a path without `..`");
            }
        }
        if change.local_roots.as_ref().is_some_and(|roots| roots.len() > ROOTS_MAX) {
            faults.add("/localRoots", "", format!("at most {ROOTS_MAX} folders"));
        }
        if let Some(max) = change.sign_in_failures_max.filter(|max| !(1..=SIGN_IN_FAILURES_MAX).contains(max))
        {
            let expected = format!("1 to {SIGN_IN_FAILURES_MAX} failures a minute");
            faults.add("/signInFailuresMax", &max.to_string(), expected);
        }
        if let Some(max) = change.projects_max.flatten() {
            faults.limit("/projectsMax", max);
        }
        for wrong in change.retention.out_of_bounds() {
            let unit = if wrong.field == "runsMin" { "executions" } else { "days" };
            let expected = format!("1 to {} {unit}", wrong.max);
            faults.add(format!("/retention/{}", wrong.field), &wrong.value.to_string(), expected);
        }
        faults.into_result()?;
        let mut tries = CHANGE_TRIES;
        loop {
            let stored = self.store().instance_settings().await?;
            let (settings, detail) = changed(stored, change.clone());
            if detail.is_empty() {
                return Ok(settings);
            }
            tries -= 1;
            let store = self.noting(AuditAction::SettingsChanged, "settings", None, Some(detail));
            match store.replace_instance_settings(settings).await {
                Err(StoreError::Conflict { .. }) if tries > 0 => {}
                done => {
                    let settings = done?;
                    // More may run than before.
                    self.shared.hints.work_queued();
                    return Ok(settings);
                }
            }
        }
    }

    /// Returns how many projects may run at once as the program was started, before anybody sets it.
    pub fn projects_max_at_start(&self) -> u32 {
        self.shared.settings.projects_max
    }

    /// Returns who changed what, newest first; of what belongs to projects only what the caller sees.
    ///
    /// # Errors
    /// [`RequestError::Forbidden`] for members.
    pub async fn audit_log(&self, page: PageRequest) -> Result<Page<AuditEntry>, RequestError> {
        self.require_role(Role::Admin)?;
        Ok(self.store().audit_log(self.reach().await?, page).await?)
    }
}

/// Returns the changed settings and the names of what differs.
fn changed(stored: InstanceSettings, change: InstanceChange) -> (InstanceSettings, String) {
    let next = InstanceSettings {
        local_roots: change.local_roots.unwrap_or_else(|| stored.local_roots.clone()),
        sign_in_failures_max: change.sign_in_failures_max.unwrap_or(stored.sign_in_failures_max),
        projects_max: change.projects_max.unwrap_or(stored.projects_max),
        retention: stored.retention.with(change.retention),
        pauses: stored.pauses.clone(),
        version: stored.version,
    };
    let mut names = Vec::new();
    if next.local_roots != stored.local_roots {
        names.push("localRoots");
    }
    if next.sign_in_failures_max != stored.sign_in_failures_max {
        names.push("signInFailuresMax");
    }
    if next.projects_max != stored.projects_max {
        names.push("projectsMax");
    }
    if next.retention != stored.retention {
        names.push("retention");
    }
    (next, names.join(", "))
}
