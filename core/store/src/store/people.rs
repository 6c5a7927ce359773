//! The part of the store that keeps people.

use std::collections::BTreeSet;

use async_trait::async_trait;
use dateline_core::home::Home;
use dateline_core::id::{InvitationId, UserId};
use dateline_core::instance::InstanceSettings;
use dateline_core::people::{
    AuditEntry, CodeDigest, EmailAddress, Invitation, PasswordHash, PasswordReset, User,
};
use dateline_core::store::{Page, PageRequest, PeopleStore, StoreError};
use dateline_core::time::Timestamp;

use super::RedbStore;
use crate::transaction::Snapshot;

#[async_trait]
impl PeopleStore for RedbStore {
    async fn create_user(&self, user: User) -> Result<User, StoreError> {
        self.write(move |t| t.create_user(&user)).await
    }

    async fn replace_user(&self, user: User) -> Result<User, StoreError> {
        self.write(move |t| t.replace_user(&user)).await
    }

    async fn remove_user(&self, id: UserId, heir: Option<UserId>, now: Timestamp) -> Result<(), StoreError> {
        self.write(move |t| t.remove_user(id, heir, now)).await
    }

    async fn user(&self, id: UserId) -> Result<User, StoreError> {
        self.read(move |s| s.user(id)).await
    }

    async fn user_by_email(&self, email: EmailAddress) -> Result<User, StoreError> {
        self.read(move |s| s.user_by_email(&email)).await
    }

    async fn users(&self, page: PageRequest) -> Result<Page<User>, StoreError> {
        self.read(move |s| s.users(&page)).await
    }

    async fn create_invitation(&self, invitation: Invitation) -> Result<Invitation, StoreError> {
        self.write(move |t| t.create_invitation(&invitation)).await
    }

    async fn revoke_invitation(&self, id: InvitationId, now: Timestamp) -> Result<Invitation, StoreError> {
        self.write(move |t| t.revoke_invitation(id, now)).await
    }

    async fn invitation(&self, code: CodeDigest) -> Result<Invitation, StoreError> {
        self.read(move |s| s.invitation(code)).await
    }

    async fn invitations(&self, page: PageRequest) -> Result<Page<Invitation>, StoreError> {
        self.read(move |s| s.invitations(&page)).await
    }

    async fn accept_invitation(&self, code: CodeDigest, user: User) -> Result<User, StoreError> {
        self.write(move |t| t.accept_invitation(code, &user)).await
    }

    async fn put_password_reset(&self, reset: PasswordReset) -> Result<(), StoreError> {
        self.write(move |t| t.put_password_reset(&reset)).await
    }

    async fn password_reset(&self, code: CodeDigest) -> Result<PasswordReset, StoreError> {
        self.read(move |s| s.password_reset(code)).await
    }

    async fn use_password_reset(
        &self,
        code: CodeDigest,
        password: PasswordHash,
        now: Timestamp,
    ) -> Result<User, StoreError> {
        self.write(move |t| t.use_password_reset(code, &password, now)).await
    }

    async fn instance_settings(&self) -> Result<InstanceSettings, StoreError> {
        self.read(Snapshot::instance_settings).await
    }

    async fn replace_instance_settings(
        &self,
        settings: InstanceSettings,
    ) -> Result<InstanceSettings, StoreError> {
        self.write(move |t| t.replace_instance_settings(&settings)).await
    }

    async fn audit_log(
        &self,
        within: Option<BTreeSet<Home>>,
        page: PageRequest,
    ) -> Result<Page<AuditEntry>, StoreError> {
        self.read(move |s| s.audit_log(within.as_ref(), &page)).await
    }
}
