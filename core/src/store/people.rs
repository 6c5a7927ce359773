//! People as they are stored: users, the two ways to a password, what the instance's people set, and who changed what.

use std::collections::BTreeSet;

use async_trait::async_trait;

use super::{Page, PageRequest, StoreError};
use crate::home::Home;
use crate::id::{InvitationId, UserId};
use crate::instance::InstanceSettings;
use crate::people::{AuditEntry, CodeDigest, EmailAddress, Invitation, PasswordHash, PasswordReset, User};
use crate::time::Timestamp;

/// Users and what concerns all of them.
#[async_trait]
pub trait PeopleStore {
    /// Stores a new user; refused when somebody has the address.
    async fn create_user(&self, user: User) -> Result<User, StoreError>;

    /// Replaces a user whose stored version is `user.version`, and returns them with the next version. Refused when
    /// somebody else has the address, and when no active owner would be left.
    async fn replace_user(&self, user: User) -> Result<User, StoreError>;

    /// Removes a user with all their credentials and memberships; `heir` takes over their projects. Refused while they
    /// own any and nobody takes these, and when no active owner would be left.
    async fn remove_user(&self, id: UserId, heir: Option<UserId>, now: Timestamp) -> Result<(), StoreError>;

    /// Returns a user.
    async fn user(&self, id: UserId) -> Result<User, StoreError>;

    /// Returns the user with an address, whatever its case.
    async fn user_by_email(&self, email: EmailAddress) -> Result<User, StoreError>;

    /// Returns users, oldest first.
    async fn users(&self, page: PageRequest) -> Result<Page<User>, StoreError>;

    /// Stores a new invitation; refused when somebody has the address.
    async fn create_invitation(&self, invitation: Invitation) -> Result<Invitation, StoreError>;

    /// Takes an open invitation back. Again changes nothing.
    async fn revoke_invitation(&self, id: InvitationId, now: Timestamp) -> Result<Invitation, StoreError>;

    /// Returns the invitation with a code.
    async fn invitation(&self, code: CodeDigest) -> Result<Invitation, StoreError>;

    /// Returns invitations, newest first.
    async fn invitations(&self, page: PageRequest) -> Result<Page<Invitation>, StoreError>;

    /// Stores `user`, who shows the code of an open invitation, with the address and role it gives them; the invitation
    /// is then used.
    async fn accept_invitation(&self, code: CodeDigest, user: User) -> Result<User, StoreError>;

    /// Stores a way to a new password in place of the user's earlier one.
    async fn put_password_reset(&self, reset: PasswordReset) -> Result<(), StoreError>;

    /// Returns the reset with a code.
    async fn password_reset(&self, code: CodeDigest) -> Result<PasswordReset, StoreError>;

    /// Gives the user whose reset the code opens a new password, and voids all their credentials and the reset.
    async fn use_password_reset(
        &self,
        code: CodeDigest,
        password: PasswordHash,
        now: Timestamp,
    ) -> Result<User, StoreError>;

    /// Returns what is set for the whole instance.
    async fn instance_settings(&self) -> Result<InstanceSettings, StoreError>;

    /// Replaces the settings whose stored version is `settings.version`.
    async fn replace_instance_settings(
        &self,
        settings: InstanceSettings,
    ) -> Result<InstanceSettings, StoreError>;

    /// Returns who changed what, newest first; of what belongs to projects only that of those `within`, or all.
    async fn audit_log(
        &self,
        within: Option<BTreeSet<Home>>,
        page: PageRequest,
    ) -> Result<Page<AuditEntry>, StoreError>;
}
