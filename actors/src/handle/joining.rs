//! Joining, and coming back without a password: invitations and resets. Their codes are shown once, to whoever makes
//! them; who sends a code on, and how, is not decided here.

use std::net::IpAddr;
use std::time::Duration;

use dateline_core::caller::Role;
use dateline_core::id::{InvitationId, UserId};
use dateline_core::people::{
    AccessCode, AuditAction, CodeDigest, CodeKind, Invitation, InvitationStatus, PasswordReset,
    PeopleRefusal, User, UserStatus, may_grant,
};
use dateline_core::secret::Secret;
use dateline_core::store::{Page, PageRequest, StoreError};

use super::Dateline;
use super::check::Faults;
use super::sign_in::at;
use crate::request::RequestError;
use crate::shared::later;

const INVITATION_TTL: Duration = Duration::from_secs(7 * 24 * 3600);
const RESET_TTL: Duration = Duration::from_secs(24 * 3600);

impl Dateline {
    /// Invites somebody and returns the invitation with its code, which is shown this once.
    ///
    /// # Errors
    /// [`RequestError::Forbidden`] for members, and for a role above the caller's; refused for an address somebody has.
    pub async fn invite(&self, email: &str, role: Role) -> Result<(Invitation, AccessCode), RequestError> {
        self.require_role(Role::Admin)?;
        if !may_grant(self.caller().role, role) {
            return Err(RequestError::Forbidden { reason: "only an owner may invite an owner".to_owned() });
        }
        let mut faults = Faults::default();
        let address = faults.email(email);
        faults.into_result()?;
        let Some(email) = address else { return Err(RequestError::Stopping) };
        let (now, entropy) = (self.now(), &*self.shared.parts.entropy);
        let code = AccessCode::fresh(CodeKind::Invitation, entropy);
        let invitation = Invitation {
            id: InvitationId::fresh(now, entropy),
            email,
            role,
            invited_by: self.caller().user,
            created_at: now,
            expires_at: later(now, INVITATION_TTL),
            accepted_by: None,
            revoked_at: None,
            digest: code.digest(),
        };
        let detail = Some(format!("{} as {role:?}", invitation.email));
        let store = self.noting(AuditAction::InvitationCreated, invitation.id, None, detail);
        Ok((store.create_invitation(invitation).await?, code))
    }

    /// Returns invitations, newest first.
    ///
    /// # Errors
    /// [`RequestError::Forbidden`] for members.
    pub async fn invitations(&self, page: PageRequest) -> Result<Page<Invitation>, RequestError> {
        self.require_role(Role::Admin)?;
        Ok(self.store().invitations(page).await?)
    }

    /// Takes an invitation back. One that was used stays so; again changes nothing.
    ///
    /// # Errors
    /// [`RequestError::Forbidden`] for members; not found for an unknown one.
    pub async fn revoke_invitation(&self, id: InvitationId) -> Result<Invitation, RequestError> {
        self.require_role(Role::Admin)?;
        let store = self.noting(AuditAction::InvitationRevoked, id, None, None);
        Ok(store.revoke_invitation(id, self.now()).await?)
    }

    /// Makes whoever shows the code of an open invitation a user.
    ///
    /// # Errors
    /// [`RequestError::Invalid`] for a name or password that cannot be; refused for a void code;
    /// [`RequestError::Busy`] after too many guesses.
    pub async fn accept_invitation(
        &self,
        code: &str,
        name: String,
        password: Secret,
        from: Option<IpAddr>,
    ) -> Result<User, RequestError> {
        let mut faults = Faults::default();
        faults.name(&name);
        faults.password("/password", &password);
        faults.into_result()?;
        let digest = self.known_code(CodeKind::Invitation, code, from).await?;
        let invitation = self.store().invitation(digest).await?;
        let now = self.now();
        if invitation.status(now) != InvitationStatus::Open {
            return Err(void());
        }
        let entropy = &*self.shared.parts.entropy;
        let hash = self.shared.people.passwords.hash(password, entropy).await?;
        let user = User {
            id: UserId::fresh(now, entropy),
            name,
            email: Some(invitation.email),
            role: invitation.role,
            status: UserStatus::Active,
            password: Some(hash),
            generation: 1,
            version: 1,
            created_at: now,
            updated_at: now,
        };
        let entry = self.entry_by(&user, AuditAction::UserJoined, user.id);
        Ok(self.store().audited(entry).accept_invitation(digest, user).await?)
    }

    /// Makes a way to a new password for somebody the caller manages; an earlier one is void then. Its code is shown this
    /// once.
    ///
    /// # Errors
    /// [`RequestError::Forbidden`] for somebody above the caller; not found for an unknown user.
    pub async fn make_password_reset(
        &self,
        user: UserId,
    ) -> Result<(PasswordReset, AccessCode), RequestError> {
        let user = self.manage(user).await?;
        let now = self.now();
        let code = AccessCode::fresh(CodeKind::PasswordReset, &*self.shared.parts.entropy);
        let reset = PasswordReset {
            user: user.id,
            made_by: self.caller().user,
            created_at: now,
            expires_at: later(now, RESET_TTL),
            digest: code.digest(),
        };
        let store = self.noting(AuditAction::PasswordResetCreated, user.id, None, None);
        store.put_password_reset(reset.clone()).await?;
        Ok((reset, code))
    }

    /// Gives whoever shows the code of a reset a new password. All credentials made before are void from this commit on.
    ///
    /// # Errors
    /// As [`Dateline::accept_invitation`].
    pub async fn reset_password(
        &self,
        code: &str,
        password: Secret,
        from: Option<IpAddr>,
    ) -> Result<User, RequestError> {
        let mut faults = Faults::default();
        faults.password("/password", &password);
        faults.into_result()?;
        let digest = self.known_code(CodeKind::PasswordReset, code, from).await?;
        let reset = self.store().password_reset(digest).await?;
        let now = self.now();
        if now >= reset.expires_at {
            return Err(void());
        }
        let user = self.store().user(reset.user).await?;
        let hash = self.shared.people.passwords.hash(password, &*self.shared.parts.entropy).await?;
        let entry = self.entry_by(&user, AuditAction::PasswordReset, user.id);
        let user = self.store().audited(entry).use_password_reset(digest, hash, now).await?;
        self.shared.people.changed();
        Ok(user)
    }

    /// Returns the digest of a code that was made once; a guess counts against its maker.
    async fn known_code(
        &self,
        kind: CodeKind,
        code: &str,
        from: Option<IpAddr>,
    ) -> Result<CodeDigest, RequestError> {
        let guessers = at(from);
        self.refuse_guessers(&guessers).await?;
        let digest = AccessCode::parse(kind, code).ok().map(|code| code.digest());
        let is_known = match (digest, kind) {
            (None, _) => false,
            (Some(digest), CodeKind::Invitation) => is_there(self.store().invitation(digest).await)?,
            (Some(digest), CodeKind::PasswordReset) => is_there(self.store().password_reset(digest).await)?,
            (Some(_), CodeKind::Token | CodeKind::Session) => false,
        };
        match digest.filter(|_| is_known) {
            Some(digest) => Ok(digest),
            None => {
                self.shared.people.count(&guessers, self.shared.parts.clock.monotonic());
                Err(void())
            }
        }
    }
}

fn is_there<T>(found: Result<T, StoreError>) -> Result<bool, RequestError> {
    match found {
        Ok(_) => Ok(true),
        Err(StoreError::NotFound(_)) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

fn void() -> RequestError {
    StoreError::from(PeopleRefusal::VoidCode).into()
}
