//! Tokens: made, listed, revoked.

use std::collections::BTreeSet;

use dateline_core::caller::{Access, Role, Scope};
use dateline_core::id::{ProjectId, TokenId, UserId};
use dateline_core::people::{AccessCode, AuditAction, CodeKind, Token, may_manage};
use dateline_core::store::{Missing, Page, PageRequest, StoreError};

use super::Dateline;
use super::check::Faults;
use crate::request::{NewToken, RequestError};

/// The most projects one token is limited to.
const PROJECTS_MAX: usize = 200;

impl Dateline {
    /// Makes a token of the caller's and returns it with its text, which is shown this once.
    ///
    /// # Errors
    /// [`RequestError::Invalid`] naming every faulty field: a token reaches no further than the credential it is made
    /// with.
    pub async fn create_token(&self, new: NewToken) -> Result<(Token, AccessCode), RequestError> {
        let now = self.now();
        let mut faults = Faults::default();
        faults.name(&new.name);
        if new.expires_at.is_some_and(|at| at <= now) {
            faults.add("/expiresAt", "", "an instant to come");
        }
        if new.scopes.is_empty() {
            faults.add("/scopes", "[]", "at least one scope");
        }
        for (index, scope) in new.scopes.iter().enumerate().filter(|(_, scope)| !self.caller().may(**scope)) {
            faults.add(format!("/scopes/{index}"), word(*scope), "a scope of the credential it is made with");
        }
        let projects = self.token_projects(new.projects, &mut faults).await?;
        faults.into_result()?;
        let code = AccessCode::fresh(CodeKind::Token, &*self.shared.parts.entropy);
        let user = self.store().user(self.caller().user).await?;
        let token = Token {
            id: TokenId::fresh(now, &*self.shared.parts.entropy),
            user: user.id,
            name: new.name,
            scopes: new.scopes,
            projects,
            expires_at: new.expires_at,
            last_used_at: None,
            created_at: now,
            revoked_at: None,
            generation: user.generation,
            digest: code.digest(),
            hint: code.hint(),
        };
        let store = self.noting(AuditAction::TokenCreated, token.id, None, Some(token.name.clone()));
        Ok((store.create_token(token).await?, code))
    }

    /// Returns the projects a new token is limited to: those asked for, within the limits of the caller's credential.
    async fn token_projects(
        &self,
        asked: Option<Vec<ProjectId>>,
        faults: &mut Faults,
    ) -> Result<Option<BTreeSet<ProjectId>>, RequestError> {
        let Some(asked) = asked else { return Ok(self.caller().projects.clone()) };
        if asked.is_empty() || asked.len() > PROJECTS_MAX {
            faults.add(
                "/projectIds",
                "",
                format!("1 to {PROJECTS_MAX} projects, or no such field for all of them"),
            );
            return Ok(None);
        }
        for (index, project) in asked.iter().enumerate() {
            match self.require(*project, Access::View).await {
                Err(RequestError::Store(StoreError::NotFound(_))) => {
                    faults.add(format!("/projectIds/{index}"), &project.to_string(), "a project you see");
                }
                other => drop(other?),
            }
        }
        Ok(Some(asked.into_iter().collect()))
    }

    /// Returns tokens, newest first, revoked and expired ones too: the caller's, or of somebody they manage.
    ///
    /// # Errors
    /// [`RequestError::Forbidden`] for somebody else's without the role; not found for an unknown user.
    pub async fn tokens(&self, of: Option<UserId>, page: PageRequest) -> Result<Page<Token>, RequestError> {
        let user = of.unwrap_or(self.caller().user);
        if user != self.caller().user {
            self.manage(user).await?;
            if !self.caller().may(Scope::Admin) {
                return Err(RequestError::Forbidden { reason: "this needs the scope ADMIN".to_owned() });
            }
        }
        Ok(self.store().tokens(user, page).await?)
    }

    /// Revokes a token of the caller's, or of somebody they manage. It is void from this commit on. Again changes
    /// nothing.
    ///
    /// # Errors
    /// Not found for an unknown token, and for one of somebody they do not manage.
    pub async fn revoke_token(&self, id: TokenId) -> Result<Token, RequestError> {
        let token = self.store().token(id).await?;
        let is_own = token.user == self.caller().user;
        if !is_own {
            let holder = self.store().user(token.user).await?;
            if !may_manage(self.caller().role, holder.role) {
                return Err(StoreError::NotFound(Missing::Token).into());
            }
        }
        let store = self.noting(AuditAction::TokenRevoked, id, None, Some(token.name));
        let token = store.revoke_token(id, self.now()).await?;
        self.shared.people.changed();
        Ok(token)
    }

    /// Refuses callers who do not manage people, then unknown users, then those above the caller.
    pub(super) async fn manage(&self, id: UserId) -> Result<dateline_core::people::User, RequestError> {
        self.require_role(Role::Admin)?;
        let user = self.store().user(id).await?;
        if may_manage(self.caller().role, user.role) {
            Ok(user)
        } else {
            Err(RequestError::Forbidden { reason: "only an owner may do this to an owner".to_owned() })
        }
    }
}

fn word(scope: Scope) -> &'static str {
    match scope {
        Scope::Read => "READ",
        Scope::Trigger => "TRIGGER",
        Scope::Write => "WRITE",
        Scope::Admin => "ADMIN",
    }
}
