//! What a person shows to be let in, and whom it makes the caller.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{CodeDigest, User, UserStatus};
use crate::caller::{Caller, Credential, Scope};
use crate::id::{ProjectId, SessionId, TokenId, UserId};
use crate::time::Timestamp;

/// An access token: for programs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Token {
    /// Its identity.
    pub id: TokenId,
    /// Whose it is.
    pub user: UserId,
    /// What its holder calls it: 1 to 120 characters.
    pub name: String,
    /// What it allows.
    pub scopes: BTreeSet<Scope>,
    /// The only projects it reaches; all of its user's when absent.
    pub projects: Option<BTreeSet<ProjectId>>,
    /// From when on it is void; never when absent.
    pub expires_at: Option<Timestamp>,
    /// When it was last shown, to the minute.
    pub last_used_at: Option<Timestamp>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
    /// The generation of its user's credentials it belongs to.
    pub generation: u64,
    /// What is kept of its text.
    pub digest: CodeDigest,
    /// The last four characters of its text.
    pub hint: String,
}

/// A browser, or another client, somebody signed in with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Session {
    /// Its identity.
    pub id: SessionId,
    /// Who signed in.
    pub user: UserId,
    /// When.
    pub created_at: Timestamp,
    /// From when on it is void.
    pub expires_at: Timestamp,
    /// The generation of its user's credentials it belongs to.
    pub generation: u64,
    /// What is kept of its cookie.
    pub digest: CodeDigest,
}

impl Token {
    /// Whether it still lets `user`, whose it is, in at `now`.
    pub fn is_valid(&self, user: &User, now: Timestamp) -> bool {
        self.revoked_at.is_none()
            && self.expires_at.is_none_or(|at| now < at)
            && holds(self.user, self.generation, user)
    }

    /// Returns whom it makes the caller at `now`; `None` when it is void.
    pub fn caller(&self, user: &User, now: Timestamp) -> Option<Caller> {
        self.is_valid(user, now).then(|| Caller {
            user: self.user,
            role: user.role,
            credential: Credential::Token(self.id),
            scopes: self.scopes.clone(),
            projects: self.projects.clone(),
        })
    }
}

impl Session {
    /// Whether it still lets `user`, whose it is, in at `now`.
    pub fn is_valid(&self, user: &User, now: Timestamp) -> bool {
        now < self.expires_at && holds(self.user, self.generation, user)
    }

    /// Returns whom it makes the caller at `now`: who signed in may do everything they may do. `None` when it is void.
    pub fn caller(&self, user: &User, now: Timestamp) -> Option<Caller> {
        self.is_valid(user, now).then(|| Caller {
            user: self.user,
            role: user.role,
            credential: Credential::Session(self.id),
            scopes: BTreeSet::from([Scope::Admin]),
            projects: None,
        })
    }
}

fn holds(of: UserId, generation: u64, user: &User) -> bool {
    of == user.id && generation == user.generation && user.status == UserStatus::Active
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::caller::Role;
    use crate::time::from_unix_ms;

    fn token() -> Token {
        Token {
            id: TokenId::from_bits(9),
            user: UserId::OWNER,
            name: "ci".into(),
            scopes: BTreeSet::from([Scope::Read]),
            projects: None,
            expires_at: Some(from_unix_ms(100)),
            last_used_at: None,
            created_at: from_unix_ms(0),
            revoked_at: None,
            generation: 1,
            digest: CodeDigest::new([0; 32]),
            hint: "abcd".into(),
        }
    }

    #[test]
    fn a_token_lets_its_active_user_in_until_it_expires_or_is_revoked() {
        let user = User::first_owner(from_unix_ms(0));
        let is_valid = |token: &Token, user: &User, ms| token.caller(user, from_unix_ms(ms)).is_some();
        assert!(is_valid(&token(), &user, 99));
        assert!(!is_valid(&token(), &user, 100));
        assert!(is_valid(&Token { expires_at: None, ..token() }, &user, i64::MAX));
        assert!(!is_valid(&Token { revoked_at: Some(from_unix_ms(50)), ..token() }, &user, 10));
        assert!(!is_valid(&token(), &User { status: UserStatus::Disabled, ..user.clone() }, 10));
        assert!(!is_valid(&token(), &User { generation: 2, ..user.clone() }, 10));
        assert!(!is_valid(&token(), &User { id: UserId::from_bits(2), ..user }, 10));
    }

    #[test]
    fn a_caller_has_the_role_their_user_has_now() {
        let user = User { role: Role::Member, ..User::first_owner(from_unix_ms(0)) };
        let caller = token().caller(&user, from_unix_ms(0)).expect("valid");
        assert_eq!(
            (caller.role, caller.credential),
            (Role::Member, Credential::Token(TokenId::from_bits(9)))
        );
    }
}
