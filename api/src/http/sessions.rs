//! `/api/sessions`: signing in with a password, for a browser or any client that keeps a cookie.

use std::sync::Arc;

use dateline_actors::request::SignedIn;
use poem::web::Data;
use poem_openapi::payload::Json;
use poem_openapi::{ApiResponse, Object, OpenApi};

use super::Shared;
use super::access::{self, Remote, Signed};
use super::fields::{Instant, Line, SecretText};
use super::peer::Approach;
use super::problem::Problem;
use super::users::User;

/// Who signs in.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct SessionCreate {
    /// Your e-mail address.
    pub email: Line<254>,
    /// Your password.
    pub password: SecretText<1, 1000>,
}

/// A session.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct Session {
    /// Who signed in.
    pub user: User,
    /// From when on the session is void.
    pub expires_at: Instant,
}

/// Somebody signed in.
#[derive(ApiResponse)]
pub enum SessionCreated {
    /// The cookie lets them in from now on.
    #[oai(status = 201)]
    Session(
        Json<Session>,
        /// The session's cookie: HttpOnly, SameSite=Strict, over TLS Secure and `__Host-`.
        #[oai(header = "Set-Cookie")]
        String,
    ),
}

/// Somebody signed out.
#[derive(ApiResponse)]
pub enum SessionEnded {
    /// The session is void.
    #[oai(status = 204)]
    Done(
        /// Takes the cookie away.
        #[oai(header = "Set-Cookie")]
        String,
    ),
}

/// Returns the `Set-Cookie` of a new session.
pub fn cookie_of(approach: &Approach, signed_in: &SignedIn) -> String {
    let session = &signed_in.session;
    let seconds = (session.expires_at - session.created_at).num_seconds();
    access::cookie(signed_in.code.text(), approach.is_secure, seconds)
}

/// The sessions' part of the interface.
pub struct Sessions;

#[OpenApi(prefix_path = "/api/sessions", tag = "super::document::Group::People")]
impl Sessions {
    /// Sign in
    ///
    /// With your e-mail address and password. An unknown address is refused like a wrong password. A change made by
    /// cookie must say that it comes from a page of this server, by `Origin` or `Sec-Fetch-Site`.
    #[oai(path = "/", method = "post", operation_id = "signIn")]
    async fn create(
        &self,
        shared: Data<&Arc<Shared>>,
        remote: Data<&Remote>,
        approach: Data<&Approach>,
        body: Json<SessionCreate>,
    ) -> poem::Result<SessionCreated> {
        let SessionCreate { email, password } = body.0;
        let signed_in = shared.dateline.sign_in(&email.0, password.0, remote.0.0).await;
        let signed_in = signed_in.map_err(Problem::from)?;
        let cookie = cookie_of(&approach, &signed_in);
        let expires_at = Instant(signed_in.session.expires_at);
        Ok(SessionCreated::Session(Json(Session { user: signed_in.user.into(), expires_at }), cookie))
    }

    /// Sign out
    ///
    /// Ends the session whose cookie is sent. A token is left as it is.
    #[oai(path = "/current", method = "delete", operation_id = "signOut")]
    async fn end(
        &self,
        shared: Data<&Arc<Shared>>,
        approach: Data<&Approach>,
        caller: Signed,
    ) -> poem::Result<SessionEnded> {
        shared.as_caller(&caller).sign_out().await.map_err(Problem::from)?;
        Ok(SessionEnded::Done(access::cookie("", approach.is_secure, 0)))
    }
}
