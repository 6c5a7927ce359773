//! Tokens and sessions: made, used, ended.

use dateline_core::id::{SessionId, TokenId, UserId};
use dateline_core::people::{Session, Token};
use dateline_core::store::{Missing, StoreError};
use dateline_core::time::Timestamp;

use crate::fault::Fault;
use crate::tables::{SESSION_CODES, SESSIONS, TOKEN_CODES, TOKENS, USER_SESSIONS, USER_TOKENS};
use crate::transaction::{Rows, Transaction};

/// How many sessions a user keeps; the oldest go first.
const SESSIONS_MAX: usize = 100;

impl Transaction<'_> {
    pub(crate) fn create_token(&self, token: &Token) -> Result<Token, Fault> {
        self.found_user(token.user)?;
        let id = token.id.bits();
        self.set(TOKEN_CODES, token.digest.bytes(), id)?;
        self.set(USER_TOKENS, (token.user.bits(), id), ())?;
        self.put(&TOKENS, id, token)?;
        Ok(token.clone())
    }

    pub(crate) fn revoke_token(&self, id: TokenId, now: Timestamp) -> Result<Token, Fault> {
        let missing = Fault::Refused(StoreError::NotFound(Missing::Token));
        let mut token = self.get(&TOKENS, id.bits())?.ok_or(missing)?;
        if token.revoked_at.is_none() {
            token.revoked_at = Some(now);
            self.put(&TOKENS, id.bits(), &token)?;
        }
        Ok(token)
    }

    pub(crate) fn touch_token(&self, id: TokenId, at: Timestamp) -> Result<(), Fault> {
        let Some(mut token) = self.get(&TOKENS, id.bits())? else { return Ok(()) };
        token.last_used_at = Some(at);
        self.put(&TOKENS, id.bits(), &token)
    }

    pub(crate) fn create_session(&self, session: &Session) -> Result<Session, Fault> {
        self.found_user(session.user)?;
        self.thin_sessions(session.user, session.created_at)?;
        let id = session.id.bits();
        self.set(SESSION_CODES, session.digest.bytes(), id)?;
        self.set(USER_SESSIONS, (session.user.bits(), id), ())?;
        self.put(&SESSIONS, id, session)?;
        Ok(session.clone())
    }

    pub(crate) fn end_session(&self, id: SessionId) -> Result<(), Fault> {
        let Some(session) = self.get(&SESSIONS, id.bits())? else { return Ok(()) };
        self.remove(SESSION_CODES, session.digest.bytes())?;
        self.remove(USER_SESSIONS, (session.user.bits(), id.bits()))?;
        self.remove(SESSIONS.table, id.bits()).map(drop)
    }

    /// Ends sessions that are over, and the oldest of the others until there is room for one.
    fn thin_sessions(&self, user: UserId, now: Timestamp) -> Result<(), Fault> {
        let mut open = Vec::new();
        for id in self.sessions_of(user)? {
            match self.get(&SESSIONS, id.bits())? {
                Some(session) if now < session.expires_at => open.push(id),
                Some(_) | None => self.end_session(id)?,
            }
        }
        let surplus = (open.len() + 1).saturating_sub(SESSIONS_MAX);
        open.into_iter().take(surplus).try_for_each(|id| self.end_session(id))
    }

    fn sessions_of(&self, user: UserId) -> Result<Vec<SessionId>, Fault> {
        let user = user.bits();
        let rows = self.rows(USER_SESSIONS, (user, 0)..=(user, u128::MAX), usize::MAX)?;
        Ok(rows.into_iter().map(|((_, id), ())| SessionId::from_bits(id)).collect())
    }

    pub(crate) fn remove_credentials_of(&self, user: UserId) -> Result<(), Fault> {
        for id in self.sessions_of(user)? {
            self.end_session(id)?;
        }
        let user = user.bits();
        for ((_, id), ()) in self.rows(USER_TOKENS, (user, 0)..=(user, u128::MAX), usize::MAX)? {
            if let Some(token) = self.get(&TOKENS, id)? {
                self.remove(TOKEN_CODES, token.digest.bytes())?;
            }
            self.remove(TOKENS.table, id)?;
            self.remove(USER_TOKENS, (user, id))?;
        }
        Ok(())
    }
}
