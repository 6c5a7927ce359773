//! The indexes of people, their credentials and their projects.

use std::collections::BTreeMap;

use dateline_core::people::{Invitation, PasswordReset, Session, Token, User};
use dateline_core::project::Project;

use super::{compare, each};
use crate::fault::Fault;
use crate::record::RemovedProject;
use crate::tables::{
    INVITATION_CODES, INVITATIONS, MEMBERS, PASSWORD_RESETS, PROJECT_OWNERS, PROJECTS, REMOVED_PROJECTS,
    RESET_CODES, SESSION_CODES, SESSIONS, TOKEN_CODES, TOKENS, USER_EMAILS, USER_PROJECTS, USER_SESSIONS,
    USER_TOKENS, USERS,
};
use crate::transaction::{Rows, Snapshot};

/// Adds where indexes and records disagree.
pub(super) fn disagreements(snapshot: &Snapshot, found: &mut Vec<String>) -> Result<(), Fault> {
    emails(snapshot, found)?;
    credentials(snapshot, found)?;
    codes(snapshot, found)?;
    projects(snapshot, found)
}

/// The index of addresses has texts as keys, which [`compare`] does not take.
fn emails(snapshot: &Snapshot, found: &mut Vec<String>) -> Result<(), Fault> {
    let mut expected = 0;
    each(snapshot, &USERS, |id, user: User| {
        if let Some(email) = &user.email {
            expected += 1;
            if snapshot.look(USER_EMAILS, email.key().as_str())? != Some(id) {
                found.push(format!("{} is not found by their address", user.id));
            }
        }
        Ok(())
    })?;
    let table = snapshot.table(USER_EMAILS)?;
    let rows = redb::ReadableTableMetadata::len(&table)?;
    if rows != expected {
        found.push(format!("`user_emails` has {rows} rows for {expected} addresses"));
    }
    Ok(())
}

fn credentials(snapshot: &Snapshot, found: &mut Vec<String>) -> Result<(), Fault> {
    let (mut by_code, mut by_user) = (BTreeMap::new(), BTreeMap::new());
    each(snapshot, &TOKENS, |id, token: Token| {
        by_code.insert(token.digest.bytes(), id);
        by_user.insert((token.user.bits(), id), ());
        Ok(())
    })?;
    compare(snapshot, TOKEN_CODES, &by_code, found)?;
    compare(snapshot, USER_TOKENS, &by_user, found)?;
    let (mut by_code, mut by_user) = (BTreeMap::new(), BTreeMap::new());
    each(snapshot, &SESSIONS, |id, session: Session| {
        by_code.insert(session.digest.bytes(), id);
        by_user.insert((session.user.bits(), id), ());
        Ok(())
    })?;
    compare(snapshot, SESSION_CODES, &by_code, found)?;
    compare(snapshot, USER_SESSIONS, &by_user, found)
}

fn codes(snapshot: &Snapshot, found: &mut Vec<String>) -> Result<(), Fault> {
    let mut invitations = BTreeMap::new();
    each(snapshot, &INVITATIONS, |id, invitation: Invitation| {
        invitations.insert(invitation.digest.bytes(), id);
        Ok(())
    })?;
    compare(snapshot, INVITATION_CODES, &invitations, found)?;
    let mut resets = BTreeMap::new();
    each(snapshot, &PASSWORD_RESETS, |user, reset: PasswordReset| {
        resets.insert(reset.digest.bytes(), user);
        Ok(())
    })?;
    compare(snapshot, RESET_CODES, &resets, found)
}

fn projects(snapshot: &Snapshot, found: &mut Vec<String>) -> Result<(), Fault> {
    let mut owners = BTreeMap::new();
    each(snapshot, &PROJECTS, |id, project: Project| {
        owners.insert((project.owner.bits(), id), ());
        Ok(())
    })?;
    each(snapshot, &REMOVED_PROJECTS, |id, removed: RemovedProject| {
        owners.insert((removed.project.owner.bits(), id), ());
        Ok(())
    })?;
    compare(snapshot, PROJECT_OWNERS, &owners, found)?;
    let members = snapshot.list(&MEMBERS, .., usize::MAX)?;
    let seats = members.into_iter().map(|((project, user), _)| ((user, project), ())).collect();
    compare(snapshot, USER_PROJECTS, &seats, found)
}
