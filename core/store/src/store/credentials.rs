//! The part of the store that keeps credentials.

use async_trait::async_trait;
use dateline_core::id::{SessionId, TokenId, UserId};
use dateline_core::people::{CodeDigest, Session, Token, User};
use dateline_core::store::{CredentialStore, Page, PageRequest, StoreError};
use dateline_core::time::Timestamp;

use super::RedbStore;

#[async_trait]
impl CredentialStore for RedbStore {
    async fn create_token(&self, token: Token) -> Result<Token, StoreError> {
        self.write(move |t| t.create_token(&token)).await
    }

    async fn revoke_token(&self, id: TokenId, now: Timestamp) -> Result<Token, StoreError> {
        self.write(move |t| t.revoke_token(id, now)).await
    }

    async fn touch_token(&self, id: TokenId, at: Timestamp) -> Result<(), StoreError> {
        self.write(move |t| t.touch_token(id, at)).await
    }

    async fn token(&self, id: TokenId) -> Result<Token, StoreError> {
        self.read(move |s| s.token(id)).await
    }

    async fn tokens(&self, user: UserId, page: PageRequest) -> Result<Page<Token>, StoreError> {
        self.read(move |s| s.tokens(user, &page)).await
    }

    async fn token_holder(&self, digest: CodeDigest) -> Result<Option<(Token, User)>, StoreError> {
        self.read(move |s| s.token_holder(digest)).await
    }

    async fn create_session(&self, session: Session) -> Result<Session, StoreError> {
        self.write(move |t| t.create_session(&session)).await
    }

    async fn end_session(&self, id: SessionId) -> Result<(), StoreError> {
        self.write(move |t| t.end_session(id)).await
    }

    async fn session(&self, id: SessionId) -> Result<Session, StoreError> {
        self.read(move |s| s.session(id)).await
    }

    async fn session_holder(&self, digest: CodeDigest) -> Result<Option<(Session, User)>, StoreError> {
        self.read(move |s| s.session_holder(digest)).await
    }
}
