//! What people may do to each other.

use crate::caller::Role;

/// Why something about people was not done.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PeopleRefusal {
    /// The instance would be left without an owner who is let in.
    #[error("the instance would be left without an active owner")]
    LastOwner,
    /// The first owner can be disabled, not removed: the program itself acts in their name.
    #[error("the first owner can be disabled and not removed")]
    FirstOwner,
    /// Somebody has this address already.
    #[error("somebody with this e-mail address is here already")]
    EmailTaken,
    /// They own projects, and nobody was named to take them.
    #[error("they own {projects} projects: name who takes them over")]
    OwnsProjects {
        /// How many, removed ones with history included.
        projects: usize,
    },
    /// The code was used, taken back, or its time is over; or there never was such a code.
    #[error("the code is not, or no longer, good for anything")]
    VoidCode,
    /// Whoever owns a project needs no access to it.
    #[error("they own the project")]
    OwnsProject,
    /// They are not let in.
    #[error("the user is disabled")]
    Disabled,
}

/// Whether somebody with role `by` may give out `role`, or make credentials for it.
pub fn may_grant(by: Role, role: Role) -> bool {
    by >= Role::Admin && role <= by
}

/// Whether somebody with role `by` may change, disable or remove a user with role `of`.
pub fn may_manage(by: Role, of: Role) -> bool {
    by >= Role::Admin && of <= by
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_reaches_up_to_its_own_and_members_reach_nobody() {
        use Role::{Admin, Member, Owner};
        let reach = |by| [Member, Admin, Owner].map(|role| may_grant(by, role));
        assert_eq!(reach(Member), [false; 3]);
        assert_eq!(reach(Admin), [true, true, false]);
        assert_eq!(reach(Owner), [true; 3]);
        let manage = |by| [Member, Admin, Owner].map(|role| may_manage(by, role));
        assert_eq!(
            [manage(Member), manage(Admin), manage(Owner)],
            [reach(Member), reach(Admin), reach(Owner)]
        );
    }
}
