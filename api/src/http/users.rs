//! `/api/users`: who uses this instance; and what everybody may do about themselves.

use std::sync::Arc;

use dateline_actors::request::UserChange;
use dateline_core::caller::Role;
use dateline_core::id::UserId;
use dateline_core::people::{self, UserStatus};
use poem::web::Data;
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Json;
use poem_openapi::{ApiResponse, Object, OpenApi};

use super::access::Signed;
use super::fields::{Id, Instant, Limit, Line, SecretText, Word, words};
use super::page::{self, List};
use super::peer::Approach;
use super::problem::Problem;
use super::projects::Gone;
use super::sessions;
use super::{QueryScope, Shared};

words!(Role as Role ("What a person is to the instance: a MEMBER works on the projects they own or were added to, an \
    ADMIN also manages people and settings, an OWNER sees and may do everything."): Member, Admin, Owner);
words!(UserStatus as UserStatus ("Whether a person is let in."): Active, Disabled);

/// A person who uses this instance.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct User {
    /// Their identity.
    pub id: Id<UserId>,
    /// What others call them.
    pub name: String,
    /// What they sign in with; null until they set it.
    pub email: Option<String>,
    /// What they are to the instance.
    pub role: Word<Role>,
    /// Whether they are let in.
    pub status: Word<UserStatus>,
    /// Whether they can sign in with a password.
    pub has_password: bool,
    /// Grows with every change.
    pub version: u64,
    /// When they joined.
    pub created_at: Instant,
    /// When they, or their credentials, last changed.
    pub updated_at: Instant,
}

impl From<people::User> for User {
    fn from(user: people::User) -> Self {
        Self {
            id: Id(user.id),
            name: user.name,
            email: user.email.map(String::from),
            role: Word(user.role),
            status: Word(user.status),
            has_password: user.password.is_some(),
            version: user.version,
            created_at: Instant(user.created_at),
            updated_at: Instant(user.updated_at),
        }
    }
}

/// A change of somebody: what is absent stays as it is.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct UserPatch {
    /// What others call them.
    pub name: Option<Line<120>>,
    /// What they sign in with.
    pub email: Option<Line<254>>,
    /// What they are to the instance; nobody gives out more than their own.
    pub role: Option<Word<Role>>,
    /// Whether they are let in.
    pub status: Option<Word<UserStatus>>,
}

/// A change of oneself: what is absent stays as it is.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct MePatch {
    /// What others call you.
    pub name: Option<Line<120>>,
    /// What you sign in with.
    pub email: Option<Line<254>>,
}

/// A new password.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct PasswordChange {
    /// The present one; absent only while there is none.
    pub current_password: Option<SecretText<1, 1000>>,
    /// The new one.
    pub password: SecretText<12, 1000>,
}

/// The password was changed.
#[derive(ApiResponse)]
pub enum PasswordChanged {
    /// All credentials made before are void; who asked by cookie gets a new one.
    #[oai(status = 204)]
    Done(
        /// The new session's cookie.
        #[oai(header = "Set-Cookie")]
        Option<String>,
    ),
}

/// The users' part of the interface.
pub struct Users;

#[OpenApi(prefix_path = "/api/users", tag = "super::document::Group::People")]
impl Users {
    /// List users
    ///
    /// Oldest first.
    #[oai(path = "/", method = "get", operation_id = "listUsers")]
    async fn list(
        &self,
        shared: Data<&Arc<Shared>>,
        scope: Data<&QueryScope>,
        caller: Signed,
        /// The most items to return.
        limit: Query<Option<Limit>>,
        /// The `nextCursor` of the previous page.
        cursor: Query<Option<String>>,
    ) -> poem::Result<Json<List<User>>> {
        let page = page::asked(&shared, &scope, limit.0, cursor.0.as_deref())?;
        let users = shared.as_caller(&caller).users(page).await.map_err(Problem::from)?;
        Ok(Json(List::of(&shared, &scope, users, User::from)))
    }

    /// Read yourself
    ///
    /// As whom the credential lets you in.
    #[oai(path = "/me", method = "get", operation_id = "getMe")]
    async fn me(&self, shared: Data<&Arc<Shared>>, caller: Signed) -> poem::Result<Json<User>> {
        Ok(Json(shared.as_caller(&caller).me().await.map_err(Problem::from)?.into()))
    }

    /// Change yourself
    ///
    /// Your name, and what you sign in with.
    #[oai(path = "/me", method = "patch", operation_id = "changeMe")]
    async fn change_me(
        &self,
        shared: Data<&Arc<Shared>>,
        caller: Signed,
        body: Json<MePatch>,
    ) -> poem::Result<Json<User>> {
        let MePatch { name, email } = body.0;
        let (name, email) = (name.map(|line| line.0), email.map(|line| line.0));
        let change = UserChange { name, email, role: None, status: None };
        Ok(Json(shared.as_caller(&caller).change_me(change).await.map_err(Problem::from)?.into()))
    }

    /// Change your password
    ///
    /// All your sessions and tokens are void then; who asks by cookie gets a new session.
    #[oai(path = "/me/password", method = "post", operation_id = "changePassword")]
    async fn change_password(
        &self,
        shared: Data<&Arc<Shared>>,
        approach: Data<&Approach>,
        caller: Signed,
        body: Json<PasswordChange>,
    ) -> poem::Result<PasswordChanged> {
        let PasswordChange { current_password, password } = body.0;
        let current = current_password.map(|text| text.0);
        let changed = shared.as_caller(&caller).change_password(current, password.0).await;
        let session = changed.map_err(Problem::from)?;
        Ok(PasswordChanged::Done(session.map(|session| sessions::cookie_of(&approach, &session))))
    }

    /// Sign out everywhere
    ///
    /// All your sessions and tokens are void from now on, the one you ask with too.
    #[oai(path = "/me/sign-out-everywhere", method = "post", operation_id = "signOutEverywhere")]
    async fn sign_out_everywhere(&self, shared: Data<&Arc<Shared>>, caller: Signed) -> poem::Result<Gone> {
        shared.as_caller(&caller).sign_out_everywhere().await.map_err(Problem::from)?;
        Ok(Gone::Done)
    }

    /// Read a user
    ///
    /// Whatever their status.
    #[oai(path = "/:id", method = "get", operation_id = "getUser")]
    async fn read(
        &self,
        shared: Data<&Arc<Shared>>,
        caller: Signed,
        /// The user.
        id: Path<Id<UserId>>,
    ) -> poem::Result<Json<User>> {
        Ok(Json(shared.as_caller(&caller).user(id.0.0).await.map_err(Problem::from)?.into()))
    }

    /// Change a user
    ///
    /// Who is disabled is let in no longer, with no credential. The last active owner stays one.
    #[oai(path = "/:id", method = "patch", operation_id = "changeUser")]
    async fn change(
        &self,
        shared: Data<&Arc<Shared>>,
        caller: Signed,
        /// The user.
        id: Path<Id<UserId>>,
        body: Json<UserPatch>,
    ) -> poem::Result<Json<User>> {
        let body = body.0;
        let change = UserChange {
            name: body.name.map(|line| line.0),
            email: body.email.map(|line| line.0),
            role: body.role.map(|word| word.0),
            status: body.status.map(|word| word.0),
        };
        Ok(Json(shared.as_caller(&caller).change_user(id.0.0, change).await.map_err(Problem::from)?.into()))
    }

    /// Remove a user
    ///
    /// With their credentials and memberships. While they own projects, name who takes these over: nothing is removed
    /// with its owner. The audit log keeps what they did.
    #[oai(path = "/:id", method = "delete", operation_id = "removeUser")]
    async fn remove(
        &self,
        shared: Data<&Arc<Shared>>,
        caller: Signed,
        /// The user.
        id: Path<Id<UserId>>,
        /// Who takes over their projects.
        #[oai(name = "handOverTo")]
        hand_over_to: Query<Option<Id<UserId>>>,
    ) -> poem::Result<Gone> {
        let heir = hand_over_to.0.map(|id| id.0);
        shared.as_caller(&caller).remove_user(id.0.0, heir).await.map_err(Problem::from)?;
        Ok(Gone::Done)
    }
}
