//! Users, invitations, resets, the instance's settings, and who changed what.

use std::collections::BTreeSet;
use std::ops::Bound;

use dateline_core::home::Home;
use dateline_core::id::UserId;
use dateline_core::instance::InstanceSettings;
use dateline_core::people::{AuditEntry, CodeDigest, EmailAddress, Invitation, PasswordReset, User};
use dateline_core::store::{Missing, Page, PageRequest, StoreError};
use redb::ReadableTable;

use super::{page_of, resume, resume_id};
use crate::fault::Fault;
use crate::record::decode;
use crate::tables::{
    AUDIT, INSTANCE, INSTANCE_KEY, INVITATION_CODES, INVITATIONS, PASSWORD_RESETS, RESET_CODES, USER_EMAILS,
    USERS,
};
use crate::transaction::{Rows, Snapshot};

fn missing(what: Missing) -> Fault {
    Fault::Refused(StoreError::NotFound(what))
}

/// Returns how many projects may run at once: what somebody has set, else what the program was started with.
pub(crate) fn projects_max(rows: &impl Rows, started_with: u32) -> Result<u32, Fault> {
    let settings = rows.get(&INSTANCE, INSTANCE_KEY)?;
    Ok(settings.and_then(|settings| settings.projects_max).unwrap_or(started_with))
}

impl Snapshot {
    pub(crate) fn user(&self, id: UserId) -> Result<User, Fault> {
        self.get(&USERS, id.bits())?.ok_or_else(|| missing(Missing::User))
    }

    pub(crate) fn user_by_email(&self, email: &EmailAddress) -> Result<User, Fault> {
        let id = self.look(USER_EMAILS, email.key().as_str())?.ok_or_else(|| missing(Missing::User))?;
        self.user(UserId::from_bits(id))
    }

    pub(crate) fn users(&self, page: &PageRequest) -> Result<Page<User>, Fault> {
        let start = resume_id(page)?.map_or(Bound::Unbounded, Bound::Excluded);
        let found = self.list(&USERS, (start, Bound::Unbounded), page.limit + 1)?;
        let found = found.into_iter().map(|(_, user)| user).collect();
        Ok(page_of(found, page.limit, |user: &User| user.id.bits().to_be_bytes().to_vec()))
    }

    pub(crate) fn invitation(&self, code: CodeDigest) -> Result<Invitation, Fault> {
        let id = self.look(INVITATION_CODES, code.bytes())?.ok_or_else(|| missing(Missing::Invitation))?;
        self.get(&INVITATIONS, id)?.ok_or_else(|| missing(Missing::Invitation))
    }

    pub(crate) fn invitations(&self, page: &PageRequest) -> Result<Page<Invitation>, Fault> {
        let end = resume_id(page)?.map_or(Bound::Unbounded, Bound::Excluded);
        let table = self.table(INVITATIONS.table)?;
        let mut found = Vec::new();
        for row in table.range::<u128>((Bound::Unbounded, end))?.rev().take(page.limit + 1) {
            found.push(decode(row?.1.value(), INVITATIONS.name)?);
        }
        Ok(page_of(found, page.limit, |invitation: &Invitation| invitation.id.bits().to_be_bytes().to_vec()))
    }

    pub(crate) fn password_reset(&self, code: CodeDigest) -> Result<PasswordReset, Fault> {
        let user = self.look(RESET_CODES, code.bytes())?.ok_or_else(|| missing(Missing::PasswordReset))?;
        self.get(&PASSWORD_RESETS, user)?.ok_or_else(|| missing(Missing::PasswordReset))
    }

    pub(crate) fn instance_settings(&self) -> Result<InstanceSettings, Fault> {
        Ok(self.get(&INSTANCE, INSTANCE_KEY)?.unwrap_or_default())
    }

    pub(crate) fn audit_log(
        &self,
        within: Option<&BTreeSet<Home>>,
        page: &PageRequest,
    ) -> Result<Page<AuditEntry>, Fault> {
        let is_seen = |entry: &AuditEntry| match (within, entry.home) {
            (Some(within), Some(home)) => within.contains(&home),
            (None, _) | (_, None) => true,
        };
        let end =
            resume::<8>(page)?.map_or(Bound::Unbounded, |number| Bound::Excluded(u64::from_be_bytes(number)));
        let table = self.table(AUDIT.table)?;
        let mut found = Vec::new();
        for row in table.range::<u64>((Bound::Unbounded, end))?.rev() {
            let (number, bytes) = row?;
            let entry = decode(bytes.value(), AUDIT.name)?;
            found.extend(is_seen(&entry).then_some((number.value(), entry)));
            if found.len() > page.limit {
                break;
            }
        }
        let page = page_of(found, page.limit, |(number, _)| number.to_be_bytes().to_vec());
        Ok(Page { items: page.items.into_iter().map(|(_, entry)| entry).collect(), next: page.next })
    }
}
