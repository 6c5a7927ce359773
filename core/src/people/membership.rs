//! Who was added to whose project, and with how much say.

use serde::{Deserialize, Serialize};

use crate::caller::Access;
use crate::id::{ProjectId, UserId};
use crate::time::Timestamp;

/// A person added to a project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Membership {
    /// The project.
    pub project: ProjectId,
    /// The person.
    pub user: UserId,
    /// How far their say goes: VIEW, EDIT or APPROVE.
    pub access: Access,
    /// Who added them.
    pub added_by: UserId,
    /// When.
    pub added_at: Timestamp,
}

/// Where a person sits at a project, removed ones too: their history stays visible to those who saw them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seat {
    /// Whose project it is.
    pub owner: UserId,
    /// How far the person's say goes as a member.
    pub membership: Option<Access>,
}
