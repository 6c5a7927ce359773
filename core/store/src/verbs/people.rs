//! Users, invitations and password resets; what is set for the instance.

use dateline_core::home::Home;
use dateline_core::id::{InvitationId, ProjectId, UserId};
use dateline_core::instance::InstanceSettings;
use dateline_core::people::{
    CodeDigest, EmailAddress, Invitation, InvitationStatus, PasswordHash, PasswordReset, PeopleRefusal, User,
};
use dateline_core::store::{Missing, StoreError};
use dateline_core::time::Timestamp;

use crate::fault::Fault;
use crate::tables::{
    INSTANCE, INSTANCE_KEY, INVITATION_CODES, INVITATIONS, PASSWORD_RESETS, PROJECT_OWNERS, PROJECTS,
    REMOVED_PROJECTS, RESET_CODES, USER_EMAILS, USERS,
};
use crate::transaction::{Rows, Transaction};

impl Transaction<'_> {
    pub(crate) fn create_user(&self, user: &User) -> Result<User, Fault> {
        if let Some(stored) = self.get(&USERS, user.id.bits())? {
            return Err(StoreError::Conflict { version: stored.version }.into());
        }
        if let Some(email) = &user.email {
            self.refuse_taken(email)?;
            self.set(USER_EMAILS, email.key().as_str(), user.id.bits())?;
        }
        let user = User { version: 1, ..user.clone() };
        self.put(&USERS, user.id.bits(), &user)?;
        Ok(user)
    }

    pub(crate) fn replace_user(&self, user: &User) -> Result<User, Fault> {
        let stored = self.found_user(user.id)?;
        if stored.version != user.version {
            return Err(StoreError::Conflict { version: stored.version }.into());
        }
        if stored.is_active_owner() && !user.is_active_owner() {
            self.refuse_last_owner(user.id)?;
        }
        let key = |user: &User| user.email.as_ref().map(EmailAddress::key);
        let (before, after) = (key(&stored), key(user));
        if before != after {
            if let Some(email) = &user.email {
                self.refuse_taken(email)?;
            }
            if let Some(before) = before {
                self.remove(USER_EMAILS, before.as_str())?;
            }
            if let Some(after) = after {
                self.set(USER_EMAILS, after.as_str(), user.id.bits())?;
            }
        }
        let next = User { version: stored.version + 1, created_at: stored.created_at, ..user.clone() };
        self.put(&USERS, user.id.bits(), &next)?;
        Ok(next)
    }

    /// Removes a user. Their own jobs are cancelled in the same commit, however many.
    pub(crate) fn remove_user(&self, id: UserId, heir: Option<UserId>, now: Timestamp) -> Result<(), Fault> {
        let user = self.found_user(id)?;
        if id == UserId::OWNER {
            return Err(StoreError::from(PeopleRefusal::FirstOwner).into());
        }
        if user.is_active_owner() {
            self.refuse_last_owner(id)?;
        }
        let bits = id.bits();
        let owned = self.rows(PROJECT_OWNERS, (bits, 0)..=(bits, u128::MAX), usize::MAX)?;
        match heir {
            Some(heir) if heir != id => drop(self.found_user(heir)?),
            _ if owned.is_empty() => {}
            Some(_) | None => {
                return Err(StoreError::from(PeopleRefusal::OwnsProjects { projects: owned.len() }).into());
            }
        }
        for ((_, project), ()) in owned {
            self.give_project(ProjectId::from_bits(project), heir.unwrap_or(UserId::OWNER))?;
        }
        for job in self.jobs_of(Home::Person(id))? {
            self.end_job(&job, now)?;
        }
        self.remove_seats_of(id)?;
        self.remove_credentials_of(id)?;
        self.drop_password_reset(id)?;
        if let Some(email) = &user.email {
            self.remove(USER_EMAILS, email.key().as_str())?;
        }
        self.remove(USERS.table, bits).map(drop)
    }

    /// Gives a project, also a removed one, to somebody else.
    fn give_project(&self, project: ProjectId, heir: UserId) -> Result<(), Fault> {
        if let Some(mut stored) = self.get(&PROJECTS, project.bits())? {
            self.remove(PROJECT_OWNERS, (stored.owner.bits(), project.bits()))?;
            stored.owner = heir;
            stored.version += 1;
            self.put(&PROJECTS, project.bits(), &stored)?;
        } else if let Some(mut removed) = self.get(&REMOVED_PROJECTS, project.bits())? {
            self.remove(PROJECT_OWNERS, (removed.project.owner.bits(), project.bits()))?;
            removed.project.owner = heir;
            self.put(&REMOVED_PROJECTS, project.bits(), &removed)?;
        }
        self.set(PROJECT_OWNERS, (heir.bits(), project.bits()), ())?;
        // Whoever owns it needs no seat.
        self.remove_member(project, heir)
    }

    fn refuse_taken(&self, email: &EmailAddress) -> Result<(), Fault> {
        if self.has(USER_EMAILS, email.key().as_str())? {
            return Err(StoreError::from(PeopleRefusal::EmailTaken).into());
        }
        Ok(())
    }

    /// Refuses when nobody but `leaving` is an owner who is let in.
    fn refuse_last_owner(&self, leaving: UserId) -> Result<(), Fault> {
        let users = self.list(&USERS, .., usize::MAX)?;
        if users.iter().any(|(_, user)| user.id != leaving && user.is_active_owner()) {
            return Ok(());
        }
        Err(StoreError::from(PeopleRefusal::LastOwner).into())
    }

    /// Returns a user, or refuses.
    pub(crate) fn found_user(&self, id: UserId) -> Result<User, Fault> {
        self.get(&USERS, id.bits())?.ok_or(Fault::Refused(StoreError::NotFound(Missing::User)))
    }

    pub(crate) fn create_invitation(&self, invitation: &Invitation) -> Result<Invitation, Fault> {
        self.refuse_taken(&invitation.email)?;
        self.set(INVITATION_CODES, invitation.digest.bytes(), invitation.id.bits())?;
        self.put(&INVITATIONS, invitation.id.bits(), invitation)?;
        Ok(invitation.clone())
    }

    pub(crate) fn revoke_invitation(&self, id: InvitationId, now: Timestamp) -> Result<Invitation, Fault> {
        let missing = Fault::Refused(StoreError::NotFound(Missing::Invitation));
        let mut invitation = self.get(&INVITATIONS, id.bits())?.ok_or(missing)?;
        match invitation.status(now) {
            InvitationStatus::Open => {
                invitation.revoked_at = Some(now);
                self.put(&INVITATIONS, id.bits(), &invitation)?;
                Ok(invitation)
            }
            InvitationStatus::Accepted | InvitationStatus::Revoked | InvitationStatus::Expired => {
                Ok(invitation)
            }
        }
    }

    pub(crate) fn accept_invitation(&self, code: CodeDigest, user: &User) -> Result<User, Fault> {
        let void = || Fault::Refused(PeopleRefusal::VoidCode.into());
        let id = self.look(INVITATION_CODES, code.bytes())?.ok_or_else(void)?;
        let mut invitation = self.get(&INVITATIONS, id)?.ok_or_else(void)?;
        if invitation.status(user.created_at) != InvitationStatus::Open {
            return Err(void());
        }
        let joined = User { email: Some(invitation.email.clone()), role: invitation.role, ..user.clone() };
        let joined = self.create_user(&joined)?;
        invitation.accepted_by = Some(joined.id);
        self.put(&INVITATIONS, id, &invitation)?;
        Ok(joined)
    }

    pub(crate) fn put_password_reset(&self, reset: &PasswordReset) -> Result<(), Fault> {
        self.found_user(reset.user)?;
        self.drop_password_reset(reset.user)?;
        self.set(RESET_CODES, reset.digest.bytes(), reset.user.bits())?;
        self.put(&PASSWORD_RESETS, reset.user.bits(), reset)
    }

    pub(crate) fn use_password_reset(
        &self,
        code: CodeDigest,
        password: &PasswordHash,
        now: Timestamp,
    ) -> Result<User, Fault> {
        let void = || Fault::Refused(PeopleRefusal::VoidCode.into());
        let user = self.look(RESET_CODES, code.bytes())?.ok_or_else(void)?;
        let reset = self.get(&PASSWORD_RESETS, user)?.ok_or_else(void)?;
        if now >= reset.expires_at {
            return Err(void());
        }
        let user = self.found_user(reset.user)?;
        self.drop_password_reset(reset.user)?;
        let generation = user.generation + 1;
        self.replace_user(&User { password: Some(password.clone()), generation, updated_at: now, ..user })
    }

    fn drop_password_reset(&self, user: UserId) -> Result<(), Fault> {
        if let Some(reset) = self.get(&PASSWORD_RESETS, user.bits())? {
            self.remove(RESET_CODES, reset.digest.bytes())?;
            self.remove(PASSWORD_RESETS.table, user.bits())?;
        }
        Ok(())
    }

    pub(crate) fn replace_instance_settings(
        &self,
        settings: &InstanceSettings,
    ) -> Result<InstanceSettings, Fault> {
        let stored = self.get(&INSTANCE, INSTANCE_KEY)?.unwrap_or_default();
        if stored.version != settings.version {
            return Err(StoreError::Conflict { version: stored.version }.into());
        }
        let next =
            InstanceSettings { version: stored.version + 1, pauses: stored.pauses, ..settings.clone() };
        self.put(&INSTANCE, INSTANCE_KEY, &next)?;
        Ok(next)
    }
}
