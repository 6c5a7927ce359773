//! Users: read, changed, removed; passwords, and signing out everywhere.

use dateline_core::caller::{Credential, Role};
use dateline_core::id::UserId;
use dateline_core::people::{AuditAction, EmailAddress, PasswordHash, User, UserStatus, may_grant};
use dateline_core::secret::Secret;
use dateline_core::store::{Page, PageRequest, StoreError};

use super::Dateline;
use super::check::Faults;
use super::projects::CHANGE_TRIES;
use crate::people::Guesser;
use crate::request::{RequestError, UserChange};

/// How many characters a password has.
const PASSWORD_CHARS: std::ops::RangeInclusive<usize> = 12..=1_000;

impl Dateline {
    /// Returns the caller as a user.
    ///
    /// # Errors
    /// [`RequestError::Store`] when the store cannot be read.
    pub async fn me(&self) -> Result<User, RequestError> {
        Ok(self.store().user(self.caller().user).await?)
    }

    /// Returns a user.
    ///
    /// # Errors
    /// [`RequestError::Forbidden`] for members; not found for an unknown one.
    pub async fn user(&self, id: UserId) -> Result<User, RequestError> {
        self.require_role(Role::Admin)?;
        Ok(self.store().user(id).await?)
    }

    /// Returns users, oldest first.
    ///
    /// # Errors
    /// [`RequestError::Forbidden`] for members.
    pub async fn users(&self, page: PageRequest) -> Result<Page<User>, RequestError> {
        self.require_role(Role::Admin)?;
        Ok(self.store().users(page).await?)
    }

    /// Changes the caller's own name and address.
    ///
    /// # Errors
    /// [`RequestError::Invalid`] naming every faulty field; refused for an address somebody else has.
    pub async fn change_me(&self, change: UserChange) -> Result<User, RequestError> {
        let change = UserChange { role: None, status: None, ..change };
        self.change(self.caller().user, change).await
    }

    /// Changes somebody the caller manages. A disabled user is no longer let in from this commit on.
    ///
    /// # Errors
    /// As [`Dateline::change_me`]; [`RequestError::Forbidden`] for somebody, or a role, above the caller's own; refused
    /// when no active owner would be left.
    pub async fn change_user(&self, id: UserId, change: UserChange) -> Result<User, RequestError> {
        self.manage(id).await?;
        if change.role.is_some_and(|role| !may_grant(self.caller().role, role)) {
            return Err(RequestError::Forbidden { reason: "only an owner may make an owner".to_owned() });
        }
        self.change(id, change).await
    }

    async fn change(&self, id: UserId, change: UserChange) -> Result<User, RequestError> {
        let mut faults = Faults::default();
        if let Some(name) = &change.name {
            faults.name(name);
        }
        let email = change.email.as_deref().and_then(|email| faults.email(email));
        faults.into_result()?;
        let changed = |stored: User| {
            let detail = [
                change.name.as_ref().filter(|name| **name != stored.name).map(|_| "name".to_owned()),
                email
                    .as_ref()
                    .filter(|email| stored.email.as_ref() != Some(*email))
                    .map(|_| "email".to_owned()),
                change.role.filter(|role| *role != stored.role).map(|role| format!("role {role:?}")),
                change.status.filter(|it| *it != stored.status).map(|status| format!("status {status:?}")),
            ];
            let detail = detail.into_iter().flatten().collect::<Vec<_>>().join(", ");
            let user = User {
                name: change.name.clone().unwrap_or(stored.name),
                email: email.clone().or(stored.email),
                role: change.role.unwrap_or(stored.role),
                status: change.status.unwrap_or(stored.status),
                ..stored
            };
            (user, detail)
        };
        self.replace(id, AuditAction::UserChanged, changed).await
    }

    /// Removes a user with their credentials and memberships. `heir` takes over their projects; jobs of their own that
    /// belong to no project are cancelled for good.
    ///
    /// # Errors
    /// [`RequestError::Forbidden`] for somebody above the caller; refused while they own projects and nobody takes these,
    /// and for the first and the last active owner.
    pub async fn remove_user(&self, id: UserId, heir: Option<UserId>) -> Result<(), RequestError> {
        self.manage(id).await?;
        if let Some(heir) = heir {
            self.refuse_heir(id, heir).await?;
        }
        let detail = heir.map(|heir| format!("projects to {heir}"));
        self.noting(AuditAction::UserRemoved, id, None, detail).remove_user(id, heir, self.now()).await?;
        self.shared.hints.leases_changed();
        self.shared.people.changed();
        Ok(())
    }

    async fn refuse_heir(&self, id: UserId, heir: UserId) -> Result<(), RequestError> {
        let found = match self.store().user(heir).await {
            Ok(user) => Some(user),
            Err(StoreError::NotFound(_)) => None,
            Err(error) => return Err(error.into()),
        };
        let mut faults = Faults::default();
        if heir == id || found.is_none_or(|user| user.status == UserStatus::Disabled) {
            faults.add("/handOverTo", &heir.to_string(), "another user who is active");
        }
        faults.into_result()
    }

    /// Gives the caller a new password. All their other credentials are void from this commit on; returns the code of a
    /// new session when they used one.
    ///
    /// # Errors
    /// [`RequestError::WrongPassword`] when `current` is not the present one; [`RequestError::Invalid`] for a new one that
    /// is too short or too long; [`RequestError::Busy`] after too many failures.
    pub async fn change_password(
        &self,
        current: Option<Secret>,
        new: Secret,
    ) -> Result<Option<crate::request::SignedIn>, RequestError> {
        let mut faults = Faults::default();
        faults.password("/password", &new);
        faults.into_result()?;
        let me = self.me().await?;
        self.refuse_wrong_password(&me, current).await?;
        let hash = self.shared.people.passwords.hash(new, &*self.shared.parts.entropy).await?;
        let user = self.renew(me.id, AuditAction::PasswordChanged, Some(hash)).await?;
        match self.caller().credential {
            Credential::Session(_) => Ok(Some(self.open_session(user).await?)),
            Credential::Token(_) | Credential::Process => Ok(None),
        }
    }

    /// A stolen session or token must not become a password. Who has none yet shows none.
    async fn refuse_wrong_password(&self, me: &User, current: Option<Secret>) -> Result<(), RequestError> {
        let Some(kept) = me.password.clone() else { return Ok(()) };
        let guessers = [Guesser::Account(me.id.to_string())];
        self.refuse_guessers(&guessers).await?;
        let entropy = &*self.shared.parts.entropy;
        let shown = current.unwrap_or_else(|| Secret::new(""));
        if self.shared.people.passwords.is_right(shown, Some(kept), entropy).await? {
            return Ok(());
        }
        self.shared.people.count(&guessers, self.shared.parts.clock.monotonic());
        let mut faults = Faults::default();
        faults.add("/currentPassword", "", "your present password");
        faults.into_result()
    }

    /// Voids all the caller's credentials, this one too.
    ///
    /// # Errors
    /// [`RequestError::Store`] when the store cannot be written.
    pub async fn sign_out_everywhere(&self) -> Result<(), RequestError> {
        self.renew(self.caller().user, AuditAction::SignedOutEverywhere, None).await.map(drop)
    }

    /// Begins the next generation of a user's credentials, with a new password when there is one.
    async fn renew(
        &self,
        id: UserId,
        action: AuditAction,
        password: Option<PasswordHash>,
    ) -> Result<User, RequestError> {
        let renewed = |stored: User| {
            let password = password.clone().or(stored.password);
            (User { password, generation: stored.generation + 1, ..stored }, String::new())
        };
        self.replace(id, action, renewed).await
    }

    /// Stores what `change` makes of a user, also when somebody else's change came between.
    async fn replace(
        &self,
        id: UserId,
        action: AuditAction,
        change: impl Fn(User) -> (User, String),
    ) -> Result<User, RequestError> {
        let mut tries = CHANGE_TRIES;
        loop {
            let (user, detail) = change(self.store().user(id).await?);
            let user = User { updated_at: self.now(), ..user };
            let detail = Some(detail).filter(|detail| !detail.is_empty());
            tries -= 1;
            match self.noting(action, id, None, detail).replace_user(user).await {
                Err(StoreError::Conflict { .. }) if tries > 0 => {}
                done => {
                    let user = done?;
                    self.shared.people.changed();
                    return Ok(user);
                }
            }
        }
    }
}

impl Faults {
    /// Returns the address `text` spells; notes a fault when it spells none.
    pub(super) fn email(&mut self, text: &str) -> Option<EmailAddress> {
        match text.parse() {
            Ok(email) => Some(email),
            Err(_) => {
                self.add("/email", text, "an e-mail address such as `ana@example.org`");
                None
            }
        }
    }

    pub(super) fn password(&mut self, pointer: &str, password: &Secret) {
        let chars = password.expose().chars().count();
        if !PASSWORD_CHARS.contains(&chars) {
            // The value is nobody's to see.
            let (least, most) = (PASSWORD_CHARS.start(), PASSWORD_CHARS.end());
            self.add(pointer, "", format!("{least} to {most} characters"));
        }
    }
}
