//! Who asks, and how far that reaches: pure rules over roles, scopes and access to projects.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::id::{ProjectId, SessionId, TokenId, UserId};

/// What a person is to the instance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Role {
    /// Works on the projects they own or were added to.
    Member,
    /// Also manages people and settings; sees no more projects than a member does.
    Admin,
    /// Sees and may do everything.
    Owner,
}

/// How far a person's say in a project goes; each level includes those before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Access {
    /// Reads.
    View,
    /// Changes the project, its jobs and drafts; triggers and steers executions.
    Edit,
    /// Approves, rejects and publishes drafts.
    Approve,
    /// Owns it: removes it, adds and removes people.
    Own,
}

/// What a token allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Scope {
    /// Reads.
    Read,
    /// Runs jobs, and nothing else.
    Trigger,
    /// Reads, runs and changes what belongs to projects.
    Write,
    /// Everything its user may do, people and settings included.
    Admin,
}

impl Scope {
    /// Whether a token with this scope may do what asks for `needed`.
    pub fn covers(self, needed: Self) -> bool {
        match self {
            Self::Read => needed == Self::Read,
            Self::Trigger => needed == Self::Trigger,
            Self::Write => needed != Self::Admin,
            Self::Admin => true,
        }
    }
}

/// What a caller showed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Credential {
    /// A bearer token.
    Token(TokenId),
    /// The page's cookie.
    Session(SessionId),
    /// Nothing: the process itself, or the desktop around it.
    Process,
}

/// Who asks. Every question and every change is somebody's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// The person.
    pub user: UserId,
    /// What they are to the instance.
    pub role: Role,
    /// What they showed.
    pub credential: Credential,
    /// What the credential allows.
    pub scopes: BTreeSet<Scope>,
    /// The only projects the credential reaches; all of its user's when absent.
    pub projects: Option<BTreeSet<ProjectId>>,
}

impl Caller {
    /// Returns the owner acting through this very process.
    pub fn owner() -> Self {
        Self {
            user: UserId::OWNER,
            role: Role::Owner,
            credential: Credential::Process,
            scopes: BTreeSet::from([Scope::Admin]),
            projects: None,
        }
    }

    /// Whether the credential allows what asks for `needed`.
    pub fn may(&self, needed: Scope) -> bool {
        self.scopes.iter().any(|scope| scope.covers(needed))
    }

    /// Returns how far the caller's say goes in `project`, which `owner` owns and whose member they are with
    /// `membership`; `None` when to them there is no such project.
    pub fn access(&self, project: ProjectId, owner: UserId, membership: Option<Access>) -> Option<Access> {
        if self.projects.as_ref().is_some_and(|reached| !reached.contains(&project)) {
            return None;
        }
        if self.role == Role::Owner || self.user == owner { Some(Access::Own) } else { membership }
    }

    /// Returns how far the caller's say goes in what is `person`'s own and belongs to no project; `None` when to them
    /// there is no such thing. A credential that reaches only some projects reaches nothing else.
    pub fn access_to_own(&self, person: UserId) -> Option<Access> {
        let sees = self.projects.is_none() && (self.role == Role::Owner || self.user == person);
        sees.then_some(Access::Own)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn caller(role: Role, reached: Option<u128>) -> Caller {
        let user = UserId::from_bits(5);
        let projects = reached.map(|bits| BTreeSet::from([ProjectId::from_bits(bits)]));
        Caller { user, role, projects, ..Caller::owner() }
    }

    #[test]
    fn a_project_is_there_for_its_owner_its_members_and_the_instance_owner() {
        let (mine, other) = (UserId::from_bits(5), UserId::from_bits(6));
        let cases = [
            (caller(Role::Member, None), mine, None, Some(Access::Own)),
            (caller(Role::Member, None), other, None, None),
            (caller(Role::Member, None), other, Some(Access::Edit), Some(Access::Edit)),
            (caller(Role::Admin, None), other, None, None),
            (caller(Role::Owner, None), other, None, Some(Access::Own)),
            (caller(Role::Owner, Some(1)), other, None, Some(Access::Own)),
            (caller(Role::Owner, Some(2)), other, None, None),
            (caller(Role::Member, Some(2)), mine, Some(Access::View), None),
        ];
        for (caller, owner, membership, expected) in cases {
            let access = caller.access(ProjectId::from_bits(1), owner, membership);
            assert_eq!(access, expected, "{caller:?} {owner} {membership:?}");
        }
    }

    #[test]
    fn what_is_a_persons_own_is_there_for_them_and_for_owners() {
        let (mine, other) = (UserId::from_bits(5), UserId::from_bits(6));
        let cases = [
            (caller(Role::Member, None), mine, true),
            (caller(Role::Member, None), other, false),
            (caller(Role::Admin, None), other, false),
            (caller(Role::Owner, None), other, true),
            (caller(Role::Member, Some(1)), mine, false),
            (caller(Role::Owner, Some(1)), mine, false),
        ];
        for (caller, person, sees) in cases {
            assert_eq!(caller.access_to_own(person), sees.then_some(Access::Own), "{caller:?} {person}");
        }
    }

    #[test]
    fn a_scope_covers_what_it_says() {
        use Scope::{Admin, Read, Trigger, Write};
        let covered = |scope: Scope| [Read, Trigger, Write, Admin].map(|needed| scope.covers(needed));
        assert_eq!(covered(Read), [true, false, false, false]);
        assert_eq!(covered(Trigger), [false, true, false, false]);
        assert_eq!(covered(Write), [true, true, true, false]);
        assert_eq!(covered(Admin), [true; 4]);
    }
}
