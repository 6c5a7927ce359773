//! Projects: created, changed, removed, read.

use dateline_core::caller::{Access, Role};
use dateline_core::home::Home;
use dateline_core::id::{ProjectId, SecretId};
use dateline_core::pause::Pauses;
use dateline_core::people::AuditAction;
use dateline_core::project::Project;
use dateline_core::secret::Secret;
use dateline_core::source::{GITHUB_API, Source, SourceError, TokenRef};
use dateline_core::store::{Page, PageRequest, SecretChanges, StoreError};

use super::Dateline;
use super::check::Faults;
use crate::local_paths::{self, Roots};
use crate::request::{NewProject, ProjectChange, RequestError, TokenChange};
use crate::source_access::{self, AccessError};

/// How often a change is made again on top of somebody else's that came between.
pub(super) const CHANGE_TRIES: usize = 4;

impl Dateline {
    /// Creates a project after looking at its source, so that a wrong path is refused now and not at night.
    ///
    /// # Errors
    /// [`RequestError::Invalid`] naming every faulty field.
    pub async fn create_project(&self, new: NewProject) -> Result<Project, RequestError> {
        let now = self.now();
        let change = new.token.map_or(TokenChange::Keep, TokenChange::Set);
        let tokens = self.source_token(new.source.clone().without_token(), None, &change)?;
        let project = Project {
            id: ProjectId::fresh(now, &*self.shared.parts.entropy),
            owner: self.caller.user,
            is_confined: self.caller.role != Role::Owner,
            name: new.name,
            source: tokens.source,
            platforms: new.platforms,
            timezone: new.timezone,
            style: new.style,
            executions_max: new.executions_max,
            pauses: Pauses::default(),
            version: 1,
            created_at: now,
            updated_at: now,
        };
        self.check_project(&project, &change).await?;
        self.look_at(&project, &change).await?;
        let store = self.noting(AuditAction::ProjectCreated, project.id, Some(project.id.into()), None);
        Ok(store.create_project(project, tokens.secrets).await?)
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
        self.require(id, Access::Edit).await?;
        let mut tries = CHANGE_TRIES;
        loop {
            let stored = self.store().project(id).await?;
            let before = stored.source.clone();
            let wanted = change.source.clone().unwrap_or_else(|| before.clone()).without_token();
            let tokens = self.source_token(wanted, Some(&before), &change.token)?;
            let is_source_new = change.token != TokenChange::Keep
                || before.clone().without_token() != tokens.source.clone().without_token();
            let paths = local_paths::named(&stored);
            let mut project = changed(stored, change.clone(), tokens.source, self.now());
            // Whoever may not name any path makes all of them answer to the roots, from now on.
            let is_moved = paths != local_paths::named(&project);
            project.is_confined |= is_moved && self.caller.role != Role::Owner;
            self.check_project(&project, &change.token).await?;
            if is_source_new {
                self.look_at(&project, &change.token).await?;
            }
            tries -= 1;
            let store = self.noting(AuditAction::ProjectChanged, id, Some(id.into()), None);
            match store.replace_project(project, tokens.secrets).await {
                Err(StoreError::Conflict { .. }) if tries > 0 => {}
                done => {
                    let project = done?;
                    // It may let more run than before.
                    self.shared.hints.work_queued();
                    return Ok(project);
                }
            }
        }
    }

    /// Removes a project: its jobs are cancelled for good with their open executions; history and drafts stay.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] for a project that is not there.
    pub async fn remove_project(&self, id: ProjectId) -> Result<(), RequestError> {
        self.require(id, Access::Own).await?;
        let store = self.noting(AuditAction::ProjectRemoved, id, Some(id.into()), None);
        store.remove_project(id, self.now()).await?;
        self.shared.hints.leases_changed();
        Ok(())
    }

    /// Returns a project.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] for a project that is not there.
    pub async fn project(&self, id: ProjectId) -> Result<Project, RequestError> {
        self.require(id, Access::View).await?;
        Ok(self.store().project(id).await?)
    }

    /// Returns the projects the caller sees, newest first.
    ///
    /// # Errors
    /// [`RequestError::Store`] when the store cannot be read.
    pub async fn projects(&self, page: PageRequest) -> Result<Page<Project>, RequestError> {
        Ok(match self.reach().await? {
            None => self.store().projects(page).await?,
            Some(homes) => {
                let among = homes.into_iter().filter_map(Home::project).collect();
                self.store().projects_among(among, page).await?
            }
        })
    }

    async fn check_project(&self, project: &Project, token: &TokenChange) -> Result<(), RequestError> {
        let mut faults = Faults::default();
        faults.name(&project.name);
        faults.source(&project.source, &self.shared.settings.private_hosts);
        faults.token(given(token));
        faults.timezone(&project.timezone);
        faults.style(&project.style);
        faults.platforms(&project.platforms);
        faults.limit("/executionsMax", project.executions_max);
        faults.into_result()?;
        // Only a path that is well formed is looked at.
        let mut faults = Faults::default();
        for (pointer, path) in local_paths::private(&self.shared, local_paths::named(project)).await {
            faults.add(pointer, &path, "a path outside the data folder");
        }
        faults.into_result()?;
        if project.is_confined { self.check_roots(project).await } else { Ok(()) }
    }

    /// Decides which token a source is read with from now on, and which secrets change with it.
    ///
    /// A token stays with its repository and server: anything else would show it to somebody it was not given for.
    fn source_token(
        &self,
        wanted: Source,
        before: Option<&Source>,
        change: &TokenChange,
    ) -> Result<Tokens, RequestError> {
        let stored = before.and_then(Source::token);
        let mut secrets = SecretChanges::default();
        let Source::Github { owner, repo, branch, api_url, token: _ } = wanted else {
            secrets.remove.extend(stored.map(|token| token.secret));
            return Ok(Tokens { source: wanted, secrets });
        };
        let parts = &self.shared.parts;
        let is_shared = |source: &Source| before.is_some_and(|before| source.may_share_token(before));
        let source = |token| Source::Github { owner, repo, branch, api_url, token };
        let token = match (change, stored) {
            (TokenChange::Keep, None) => None,
            (TokenChange::Remove, stored) => {
                secrets.remove.extend(stored.map(|token| token.secret));
                None
            }
            (TokenChange::Set(secret), stored) => {
                let fresh = || SecretId::fresh(self.now(), &*parts.entropy);
                let id = stored.map_or_else(fresh, |token| token.secret);
                secrets.put.push(parts.keys.seal(id, secret, &*parts.entropy));
                Some(TokenRef { secret: id, hint: secret.hint() })
            }
            (TokenChange::Keep, Some(token)) => {
                let source = source(Some(token.clone()));
                if is_shared(&source) {
                    return Ok(Tokens { source, secrets });
                }
                let mut faults = Faults::default();
                let expected =
                    "the token again, or an empty one: it was given for another repository or server";
                faults.add("/source/token", "", expected);
                faults.into_result()?;
                return Ok(Tokens { source, secrets });
            }
        };
        Ok(Tokens { source: source(token), secrets })
    }

    /// Refuses paths outside the roots, before anything is said about what is there.
    async fn check_roots(&self, project: &Project) -> Result<(), RequestError> {
        let roots = Roots::of(&self.shared).await?;
        let mut faults = Faults::default();
        for (pointer, path) in roots.outside(local_paths::named(project)).await {
            faults.add(pointer, &path, roots.expected());
        }
        faults.into_result()?;
        let mut faults = Faults::default();
        if let Source::Git { path, branch: _ } = &project.source
            && !roots.hold_source(&self.shared, &project.source).await
        {
            faults.add("/source/path", path, format!("{}, with the whole repository", roots.expected()));
        }
        faults.into_result()
    }

    /// Asks the source what is there, and turns a refusal into a fault of the field that caused it.
    async fn look_at(&self, project: &Project, change: &TokenChange) -> Result<(), RequestError> {
        let access = match given(change) {
            Some(token) => {
                source_access::with_token(&self.shared, project.id, &project.source, Some(token.clone()))
            }
            None => match source_access::of_project(&self.shared, project).await {
                Ok(access) => access,
                Err(AccessError::Store(error)) => return Err(error.into()),
                Err(error @ AccessError::Open(_)) => {
                    let mut faults = Faults::default();
                    faults.add("/source/token", "", error.to_string());
                    return faults.into_result();
                }
            },
        };
        let Err(refused) = self.shared.parts.source.head(&project.source, &access).await else {
            return Ok(());
        };
        let mut faults = Faults::default();
        match field_of(&refused, &project.source) {
            Some((pointer, value, expected)) => faults.add(pointer, &value, format!("{expected}: {refused}")),
            None => return Err(refused.into()),
        }
        faults.into_result()
    }
}

/// Which token a source is read with, and the secrets that change with it.
struct Tokens {
    source: Source,
    secrets: SecretChanges,
}

fn given(change: &TokenChange) -> Option<&Secret> {
    match change {
        TokenChange::Set(secret) => Some(secret),
        TokenChange::Keep | TokenChange::Remove => None,
    }
}

/// Returns the field a refusal is about, its value and what would be right; `None` when no field is.
fn field_of(refused: &SourceError, source: &Source) -> Option<(&'static str, String, &'static str)> {
    let (path, branch, api_url) = match source {
        Source::Git { path, branch } => (path.clone(), branch, None),
        Source::Github { owner, repo, branch, api_url, .. } => {
            (format!("{owner}/{repo}"), branch, api_url.clone())
        }
    };
    let api_url = api_url.unwrap_or_else(|| GITHUB_API.to_owned());
    Some(match refused {
        SourceError::NoSuchBranch { .. } => {
            ("/source/branch", branch.clone().unwrap_or_default(), "a branch of the repository")
        }
        SourceError::Missing { .. }
        | SourceError::NotARepository { .. }
        | SourceError::Unreadable { .. }
        | SourceError::Unsupported { .. }
        | SourceError::Corrupt { .. } => ("/source/path", path, "a readable git repository"),
        SourceError::Auth { .. } => ("/source/token", String::new(), "a token that may read the repository"),
        SourceError::Moved { .. } => ("/source/repo", path, "the repository's present name"),
        SourceError::Blocked { .. } => ("/source/apiUrl", api_url, "a server that may be connected to"),
        SourceError::Malformed { .. } => ("/source/apiUrl", api_url, "a server with GitHub's interface"),
        SourceError::RateLimited { .. } | SourceError::Unreachable { .. } | SourceError::Stopped => {
            return None;
        }
    })
}

fn changed(
    stored: Project,
    change: ProjectChange,
    source: Source,
    now: dateline_core::time::Timestamp,
) -> Project {
    Project {
        name: change.name.unwrap_or(stored.name),
        source,
        platforms: change.platforms.unwrap_or(stored.platforms),
        timezone: change.timezone.unwrap_or(stored.timezone),
        style: change.style.unwrap_or(stored.style),
        executions_max: change.executions_max.unwrap_or(stored.executions_max),
        updated_at: now,
        ..stored
    }
}
