//! `/api/tokens`: access tokens for programs. The text of one is shown once, when it is made.

use std::sync::Arc;

use dateline_actors::request::NewToken;
use dateline_core::caller::Scope;
use dateline_core::id::{ProjectId, TokenId, UserId};
use dateline_core::people;
use poem::web::Data;
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Json;
use poem_openapi::{ApiResponse, Object, OpenApi};

use super::access::Signed;
use super::fields::{Id, Instant, Limit, Line, Word, words};
use super::page::{self, List};
use super::problem::Problem;
use super::projects::Gone;
use super::{QueryScope, Shared};

words!(Scope as Scope ("What a token allows: READ reads, TRIGGER only runs jobs, WRITE does both and changes what \
    belongs to projects, ADMIN does all its user may do."): Read, Trigger, Write, Admin);

/// A token to make.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct TokenCreate {
    /// What you call it.
    pub name: Line<120>,
    /// What it allows: nothing that the credential it is made with does not.
    #[oai(validator(min_items = 1, max_items = 4))]
    pub scopes: Vec<Word<Scope>>,
    /// The only projects it reaches; all of yours when absent.
    #[oai(validator(min_items = 1, max_items = 200))]
    pub project_ids: Option<Vec<Id<ProjectId>>>,
    /// From when on it is void; never when absent.
    pub expires_at: Option<Instant>,
}

/// An access token, without its text.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct Token {
    /// Its identity.
    pub id: Id<TokenId>,
    /// Whose it is.
    pub user_id: Id<UserId>,
    /// What its holder calls it.
    pub name: String,
    /// What it allows.
    pub scopes: Vec<Word<Scope>>,
    /// The only projects it reaches; null for all of its user's.
    pub project_ids: Option<Vec<Id<ProjectId>>>,
    /// The last four characters of its text.
    pub hint: String,
    /// When it was made.
    pub created_at: Instant,
    /// From when on it is void; null for never.
    pub expires_at: Option<Instant>,
    /// When it was last shown, to the minute.
    pub last_used_at: Option<Instant>,
    /// When it was revoked.
    pub revoked_at: Option<Instant>,
}

impl From<people::Token> for Token {
    fn from(token: people::Token) -> Self {
        Self {
            id: Id(token.id),
            user_id: Id(token.user),
            name: token.name,
            scopes: token.scopes.into_iter().map(Word).collect(),
            project_ids: token.projects.map(|projects| projects.into_iter().map(Id).collect()),
            hint: token.hint,
            created_at: Instant(token.created_at),
            expires_at: token.expires_at.map(Instant),
            last_used_at: token.last_used_at.map(Instant),
            revoked_at: token.revoked_at.map(Instant),
        }
    }
}

/// A token and its text.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct TokenMade {
    /// The text to send as `Authorization: Bearer …`. Shown this once.
    pub token: String,
    /// What is known of it from now on.
    pub details: Token,
}

/// The token that was made.
#[derive(ApiResponse)]
pub enum TokenCreated {
    /// It works from now on.
    #[oai(status = 201)]
    Token(Json<TokenMade>),
}

/// The tokens' part of the interface.
pub struct Tokens;

#[OpenApi(prefix_path = "/api/tokens", tag = "super::document::Group::People")]
impl Tokens {
    /// Make a token
    ///
    /// Of your own, and reaching no further than the credential it is made with. Its text is shown in this answer and
    /// never again.
    #[oai(path = "/", method = "post", operation_id = "createToken")]
    async fn create(
        &self,
        shared: Data<&Arc<Shared>>,
        caller: Signed,
        body: Json<TokenCreate>,
    ) -> poem::Result<TokenCreated> {
        let body = body.0;
        let new = NewToken {
            name: body.name.0,
            scopes: body.scopes.into_iter().map(|scope| scope.0).collect(),
            projects: body.project_ids.map(|ids| ids.into_iter().map(|id| id.0).collect()),
            expires_at: body.expires_at.map(|at| at.0),
        };
        let (token, code) = shared.as_caller(&caller).create_token(new).await.map_err(Problem::from)?;
        let token = TokenMade { token: code.text().to_owned(), details: token.into() };
        Ok(TokenCreated::Token(Json(token)))
    }

    /// List tokens
    ///
    /// Newest first, revoked and expired ones too: yours, or those of somebody you manage.
    #[oai(path = "/", method = "get", operation_id = "listTokens")]
    async fn list(
        &self,
        shared: Data<&Arc<Shared>>,
        scope: Data<&QueryScope>,
        caller: Signed,
        /// Whose tokens, for admins with the scope ADMIN; yours when absent.
        #[oai(name = "userId")]
        user_id: Query<Option<Id<UserId>>>,
        /// The most items to return.
        limit: Query<Option<Limit>>,
        /// The `nextCursor` of the previous page.
        cursor: Query<Option<String>>,
    ) -> poem::Result<Json<List<Token>>> {
        let page = page::asked(&shared, &scope, limit.0, cursor.0.as_deref())?;
        let tokens = shared.as_caller(&caller).tokens(user_id.0.map(|id| id.0), page).await;
        Ok(Json(List::of(&shared, &scope, tokens.map_err(Problem::from)?, Token::from)))
    }

    /// Revoke a token
    ///
    /// Yours, or that of somebody you manage. It is void at once, also on streams it holds open. Again changes nothing.
    #[oai(path = "/:id", method = "delete", operation_id = "revokeToken")]
    async fn revoke(
        &self,
        shared: Data<&Arc<Shared>>,
        caller: Signed,
        /// The token.
        id: Path<Id<TokenId>>,
    ) -> poem::Result<Gone> {
        shared.as_caller(&caller).revoke_token(id.0.0).await.map_err(Problem::from)?;
        Ok(Gone::Done)
    }
}
