//! The two ways to a password: an invitation, and a reset. Both are codes that work once and for a while.

use serde::{Deserialize, Serialize};

use super::{CodeDigest, EmailAddress};
use crate::caller::Role;
use crate::id::{InvitationId, UserId};
use crate::time::Timestamp;

/// A person who may join.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Invitation {
    /// Its identity.
    pub id: InvitationId,
    /// Who is meant; what they will sign in with.
    pub email: EmailAddress,
    /// What they will be to the instance.
    pub role: Role,
    /// Who invited them.
    pub invited_by: UserId,
    /// When.
    pub created_at: Timestamp,
    /// From when on it is void.
    pub expires_at: Timestamp,
    /// Who they became, once they have joined.
    pub accepted_by: Option<UserId>,
    /// When it was taken back.
    pub revoked_at: Option<Timestamp>,
    /// What is kept of its code.
    pub digest: CodeDigest,
}

/// Where an invitation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum InvitationStatus {
    /// It can be accepted.
    Open,
    /// Its person has joined.
    Accepted,
    /// It was taken back.
    Revoked,
    /// Its time is over.
    Expired,
}

impl Invitation {
    /// Returns where it stands at `now`.
    pub fn status(&self, now: Timestamp) -> InvitationStatus {
        if self.accepted_by.is_some() {
            InvitationStatus::Accepted
        } else if self.revoked_at.is_some() {
            InvitationStatus::Revoked
        } else if now < self.expires_at {
            InvitationStatus::Open
        } else {
            InvitationStatus::Expired
        }
    }
}

/// A way to a new password. A user has at most one; a newer one takes its place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PasswordReset {
    /// Whose password it resets.
    pub user: UserId,
    /// Who made it.
    pub made_by: UserId,
    /// When.
    pub created_at: Timestamp,
    /// From when on it is void.
    pub expires_at: Timestamp,
    /// What is kept of its code.
    pub digest: CodeDigest,
}
