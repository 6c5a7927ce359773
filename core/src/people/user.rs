//! Users: the people this instance knows.

use serde::{Deserialize, Serialize};

use super::EmailAddress;
use crate::caller::Role;
use crate::id::UserId;
use crate::time::Timestamp;

/// A person who uses this instance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct User {
    /// Their identity.
    pub id: UserId,
    /// What others call them: 1 to 120 characters.
    pub name: String,
    /// What they sign in with; unique, whatever its case. The owner has none before they set it.
    pub email: Option<EmailAddress>,
    /// What they are to the instance.
    pub role: Role,
    /// Whether they are let in.
    pub status: UserStatus,
    /// Argon2id as a PHC string; without one nobody signs in with a password.
    pub password: Option<PasswordHash>,
    /// Counts generations of credentials: those made under an earlier one are void.
    pub generation: u64,
    /// Grows with every change.
    pub version: u64,
    /// When they joined.
    pub created_at: Timestamp,
    /// When anything of this last changed.
    pub updated_at: Timestamp,
}

/// Whether a person is let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum UserStatus {
    /// They are.
    Active,
    /// None of their credentials is taken.
    Disabled,
}

/// A password as it is kept. Never shown.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PasswordHash(String);

impl PasswordHash {
    /// Returns the hash that a PHC string spells.
    pub fn new(phc: impl Into<String>) -> Self {
        Self(phc.into())
    }

    /// Returns the PHC string, for comparing a password with it.
    pub fn phc(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PasswordHash(…)")
    }
}

impl User {
    /// Returns the owner, whom the first start creates: nameless to others until they say otherwise.
    pub fn first_owner(now: Timestamp) -> Self {
        Self {
            id: UserId::OWNER,
            name: "Owner".to_owned(),
            email: None,
            role: Role::Owner,
            status: UserStatus::Active,
            password: None,
            generation: 1,
            version: 1,
            created_at: now,
            updated_at: now,
        }
    }

    /// Whether they are an owner who is let in.
    pub fn is_active_owner(&self) -> bool {
        self.role == Role::Owner && self.status == UserStatus::Active
    }
}
