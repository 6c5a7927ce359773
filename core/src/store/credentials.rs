//! Credentials as they are stored: tokens and sessions, found by the digest of their text.

use async_trait::async_trait;

use super::{Page, PageRequest, StoreError};
use crate::id::{SessionId, TokenId, UserId};
use crate::people::{CodeDigest, Session, Token, User};
use crate::time::Timestamp;

/// What people show to be let in.
#[async_trait]
pub trait CredentialStore {
    /// Stores a new token.
    async fn create_token(&self, token: Token) -> Result<Token, StoreError>;

    /// Revokes a token. Again changes nothing.
    async fn revoke_token(&self, id: TokenId, now: Timestamp) -> Result<Token, StoreError>;

    /// Notes that a token was shown. Nothing happens when it is gone.
    async fn touch_token(&self, id: TokenId, at: Timestamp) -> Result<(), StoreError>;

    /// Returns a token.
    async fn token(&self, id: TokenId) -> Result<Token, StoreError>;

    /// Returns a user's tokens, newest first, revoked ones too.
    async fn tokens(&self, user: UserId, page: PageRequest) -> Result<Page<Token>, StoreError>;

    /// Returns the token with a digest and whose it is: one look-up for each request.
    async fn token_holder(&self, digest: CodeDigest) -> Result<Option<(Token, User)>, StoreError>;

    /// Stores a new session, and removes those of its user that are over and the oldest beyond a hundred.
    async fn create_session(&self, session: Session) -> Result<Session, StoreError>;

    /// Ends a session. Again changes nothing.
    async fn end_session(&self, id: SessionId) -> Result<(), StoreError>;

    /// Returns a session.
    async fn session(&self, id: SessionId) -> Result<Session, StoreError>;

    /// Returns the session with a digest and whose it is.
    async fn session_holder(&self, digest: CodeDigest) -> Result<Option<(Session, User)>, StoreError>;
}
