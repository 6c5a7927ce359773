//! `/api/invitations` and `/api/password-resets`: codes that let somebody choose a password, shown once and good once.

use std::sync::Arc;

use dateline_core::caller::Role;
use dateline_core::id::{InvitationId, UserId};
use dateline_core::people::{self, InvitationStatus};
use dateline_core::time::Timestamp;
use poem::web::Data;
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Json;
use poem_openapi::{ApiResponse, Object, OpenApi};

use super::access::{Remote, Signed};
use super::fields::{Id, Instant, Limit, Line, SecretText, Word, words};
use super::page::{self, List};
use super::problem::Problem;
use super::projects::Gone;
use super::users::User;
use super::{QueryScope, Shared};

words!(InvitationStatus as InvitationStatus ("Where an invitation stands."): Open, Accepted, Revoked, Expired);

/// Who to invite.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct InvitationCreate {
    /// What they will sign in with.
    pub email: Line<254>,
    /// What they will be to the instance; MEMBER when absent.
    pub role: Option<Word<Role>>,
}

/// A person who may join.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct Invitation {
    /// Its identity.
    pub id: Id<InvitationId>,
    /// What they will sign in with.
    pub email: String,
    /// What they will be to the instance.
    pub role: Word<Role>,
    /// Where it stands.
    pub status: Word<InvitationStatus>,
    /// Who invited them.
    pub invited_by: Id<UserId>,
    /// Who they became, once they have joined.
    pub accepted_by: Option<Id<UserId>>,
    /// When it was made.
    pub created_at: Instant,
    /// From when on it is void.
    pub expires_at: Instant,
}

impl Invitation {
    fn of(invitation: people::Invitation, now: Timestamp) -> Self {
        Self {
            id: Id(invitation.id),
            status: Word(invitation.status(now)),
            email: invitation.email.into(),
            role: Word(invitation.role),
            invited_by: Id(invitation.invited_by),
            accepted_by: invitation.accepted_by.map(Id),
            created_at: Instant(invitation.created_at),
            expires_at: Instant(invitation.expires_at),
        }
    }
}

/// An invitation and its code.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct InvitationMade {
    /// What the invited person shows to join. Shown this once: pass it on to them.
    pub code: String,
    /// What is known of it from now on.
    pub details: Invitation,
}

/// The invitation that was made.
#[derive(ApiResponse)]
pub enum InvitationCreated {
    /// It can be accepted from now on.
    #[oai(status = 201)]
    Invitation(Json<InvitationMade>),
}

/// Who accepts an invitation.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct Acceptance {
    /// The invitation's code.
    pub code: SecretText<1, 200>,
    /// What others will call you.
    pub name: Line<120>,
    /// What you will sign in with.
    pub password: SecretText<12, 1000>,
}

/// The user somebody became.
#[derive(ApiResponse)]
pub enum Joined {
    /// They can sign in.
    #[oai(status = 201)]
    User(Json<User>),
}

/// Whose password to reset.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct PasswordResetCreate {
    /// The user.
    pub user_id: Id<UserId>,
}

/// A way to a new password.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct PasswordResetMade {
    /// What the user shows to choose a new password. Shown this once: pass it on to them.
    pub code: String,
    /// The user.
    pub user_id: Id<UserId>,
    /// From when on it is void.
    pub expires_at: Instant,
}

/// The reset that was made.
#[derive(ApiResponse)]
pub enum PasswordResetCreated {
    /// It can be used from now on.
    #[oai(status = 201)]
    Reset(Json<PasswordResetMade>),
}

/// Who chooses a new password.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct NewPassword {
    /// The reset's code.
    pub code: SecretText<1, 200>,
    /// The new password.
    pub password: SecretText<12, 1000>,
}

/// The invitations' part of the interface.
pub struct Invitations;

#[OpenApi(prefix_path = "/api/invitations", tag = "super::document::Group::People")]
impl Invitations {
    /// Invite somebody
    ///
    /// The code in the answer is shown this once; it is good for seven days and one person.
    #[oai(path = "/", method = "post", operation_id = "createInvitation")]
    async fn create(
        &self,
        shared: Data<&Arc<Shared>>,
        caller: Signed,
        body: Json<InvitationCreate>,
    ) -> poem::Result<InvitationCreated> {
        let role = body.0.role.map_or(Role::Member, |word| word.0);
        let invited = shared.as_caller(&caller).invite(&body.0.email.0, role).await;
        let (invitation, code) = invited.map_err(Problem::from)?;
        let details = Invitation::of(invitation, shared.clock.now());
        Ok(InvitationCreated::Invitation(Json(InvitationMade { code: code.text().to_owned(), details })))
    }

    /// List invitations
    ///
    /// Newest first, used and void ones too.
    #[oai(path = "/", method = "get", operation_id = "listInvitations")]
    async fn list(
        &self,
        shared: Data<&Arc<Shared>>,
        scope: Data<&QueryScope>,
        caller: Signed,
        /// The most items to return.
        limit: Query<Option<Limit>>,
        /// The `nextCursor` of the previous page.
        cursor: Query<Option<String>>,
    ) -> poem::Result<Json<List<Invitation>>> {
        let page = page::asked(&shared, &scope, limit.0, cursor.0.as_deref())?;
        let page = shared.as_caller(&caller).invitations(page).await.map_err(Problem::from)?;
        let now = shared.clock.now();
        Ok(Json(List::of(&shared, &scope, page, |invitation| Invitation::of(invitation, now))))
    }

    /// Take an invitation back
    ///
    /// One that was accepted stays so. Again changes nothing.
    #[oai(path = "/:id", method = "delete", operation_id = "revokeInvitation")]
    async fn revoke(
        &self,
        shared: Data<&Arc<Shared>>,
        caller: Signed,
        /// The invitation.
        id: Path<Id<InvitationId>>,
    ) -> poem::Result<Gone> {
        shared.as_caller(&caller).revoke_invitation(id.0.0).await.map_err(Problem::from)?;
        Ok(Gone::Done)
    }

    /// Accept an invitation
    ///
    /// Needs no token: the code is what lets you in. Sign in afterwards.
    #[oai(path = "/accept", method = "post", operation_id = "acceptInvitation")]
    async fn accept(
        &self,
        shared: Data<&Arc<Shared>>,
        remote: Data<&Remote>,
        body: Json<Acceptance>,
    ) -> poem::Result<Joined> {
        let Acceptance { code, name, password } = body.0;
        let accepted =
            shared.dateline.accept_invitation(code.0.expose(), name.0, password.0, remote.0.0).await;
        Ok(Joined::User(Json(accepted.map_err(Problem::from)?.into())))
    }
}

/// The password resets' part of the interface.
pub struct PasswordResets;

#[OpenApi(prefix_path = "/api/password-resets", tag = "super::document::Group::People")]
impl PasswordResets {
    /// Make a password reset
    ///
    /// For somebody who forgot theirs. The code in the answer is shown this once and good for a day; an earlier one is
    /// void.
    #[oai(path = "/", method = "post", operation_id = "createPasswordReset")]
    async fn create(
        &self,
        shared: Data<&Arc<Shared>>,
        caller: Signed,
        body: Json<PasswordResetCreate>,
    ) -> poem::Result<PasswordResetCreated> {
        let made = shared.as_caller(&caller).make_password_reset(body.0.user_id.0).await;
        let (reset, code) = made.map_err(Problem::from)?;
        Ok(PasswordResetCreated::Reset(Json(PasswordResetMade {
            code: code.text().to_owned(),
            user_id: Id(reset.user),
            expires_at: Instant(reset.expires_at),
        })))
    }

    /// Choose a new password
    ///
    /// Needs no token: the code is what lets you in. All sessions and tokens made before are void then.
    #[oai(path = "/accept", method = "post", operation_id = "acceptPasswordReset")]
    async fn accept(
        &self,
        shared: Data<&Arc<Shared>>,
        remote: Data<&Remote>,
        body: Json<NewPassword>,
    ) -> poem::Result<Gone> {
        let NewPassword { code, password } = body.0;
        let reset = shared.dateline.reset_password(code.0.expose(), password.0, remote.0.0).await;
        reset.map_err(Problem::from)?;
        Ok(Gone::Done)
    }
}
