//! Tokens and sessions, by their ids and by what they show.

use std::ops::Bound;

use dateline_core::id::{SessionId, TokenId, UserId};
use dateline_core::people::{CodeDigest, Session, Token, User};
use dateline_core::store::{Missing, Page, PageRequest, StoreError};

use super::{page_of, resume_id};
use crate::fault::Fault;
use crate::tables::{SESSION_CODES, SESSIONS, TOKEN_CODES, TOKENS, USER_TOKENS, USERS};
use crate::transaction::{Rows, Snapshot, Walk};

impl Snapshot {
    pub(crate) fn token(&self, id: TokenId) -> Result<Token, Fault> {
        self.get(&TOKENS, id.bits())?.ok_or(Fault::Refused(StoreError::NotFound(Missing::Token)))
    }

    pub(crate) fn tokens(&self, user: UserId, page: &PageRequest) -> Result<Page<Token>, Fault> {
        let user = user.bits();
        let end = match resume_id(page)? {
            Some(id) => Bound::Excluded((user, id)),
            None => Bound::Included((user, u128::MAX)),
        };
        let mut found = Vec::new();
        self.walk_back(USER_TOKENS, (Bound::Included((user, 0)), end), |(_, id), ()| {
            found.push(self.token(TokenId::from_bits(id))?);
            Ok(if found.len() > page.limit { Walk::Stop } else { Walk::On })
        })?;
        Ok(page_of(found, page.limit, |token| token.id.bits().to_be_bytes().to_vec()))
    }

    pub(crate) fn token_holder(&self, digest: CodeDigest) -> Result<Option<(Token, User)>, Fault> {
        let Some(id) = self.look(TOKEN_CODES, digest.bytes())? else { return Ok(None) };
        let Some(token) = self.get(&TOKENS, id)? else { return Ok(None) };
        let user = self.get(&USERS, token.user.bits())?;
        Ok(user.map(|user| (token, user)))
    }

    pub(crate) fn session(&self, id: SessionId) -> Result<Session, Fault> {
        self.get(&SESSIONS, id.bits())?.ok_or(Fault::Refused(StoreError::NotFound(Missing::Session)))
    }

    pub(crate) fn session_holder(&self, digest: CodeDigest) -> Result<Option<(Session, User)>, Fault> {
        let Some(id) = self.look(SESSION_CODES, digest.bytes())? else { return Ok(None) };
        let Some(session) = self.get(&SESSIONS, id)? else { return Ok(None) };
        let user = self.get(&USERS, session.user.bits())?;
        Ok(user.map(|user| (session, user)))
    }
}
