//! Notifications, their deliveries, and what people want of them.

use std::ops::Bound;

use dateline_core::id::{DeliveryId, NotificationId, UserId};
use dateline_core::notification::{Delivery, Notification, Preferences};
use dateline_core::store::{Missing, NotificationFilter, Page, PageRequest, StoreError};
use dateline_core::time::{Timestamp, from_unix_ms};

use super::{page_of, resume_id};
use crate::fault::Fault;
use crate::record::event_code;
use crate::tables::{
    ALL, BY_EVENT, BY_PROJECT, DELIVERIES, DUE_DELIVERIES, NOTIFICATION_DELIVERIES, NOTIFICATION_INDEX,
    NOTIFICATIONS, PREFERENCES, UNREAD, UNREAD_COUNTS,
};
use crate::transaction::{Rows, Snapshot, Walk};

impl Snapshot {
    pub(crate) fn notifications(
        &self,
        filter: &NotificationFilter,
        page: &PageRequest,
    ) -> Result<Page<Notification>, Fault> {
        let (user, event) = (filter.user.bits(), filter.event.map(event_code));
        let project = filter.project.map(|project| project.bits());
        // The facet with the fewest rows beside the answer.
        let (facet, scope) = match (filter.is_read, project, event) {
            (Some(false), _, _) => (UNREAD, 0),
            (_, Some(project), _) => (BY_PROJECT, project),
            (_, None, Some(event)) => (BY_EVENT, u128::from(event)),
            (_, None, None) => (ALL, 0),
        };
        let end = match resume_id(page)? {
            Some(id) => Bound::Excluded((user, facet, scope, id)),
            None => Bound::Included((user, facet, scope, u128::MAX)),
        };
        let mut found = Vec::new();
        let range = (Bound::Included((user, facet, scope, 0)), end);
        self.walk_back(NOTIFICATION_INDEX, range, |(_, _, _, id), (of_event, of_project, is_read)| {
            let fits = event.is_none_or(|code| code == of_event)
                && project.is_none_or(|project| project == of_project)
                && filter.is_read.is_none_or(|wanted| u8::from(wanted) == is_read);
            if fits {
                found.push(self.indexed_notification(id)?);
            }
            Ok(if found.len() > page.limit { Walk::Stop } else { Walk::On })
        })?;
        Ok(page_of(found, page.limit, |one| one.id.bits().to_be_bytes().to_vec()))
    }

    pub(crate) fn unread_notifications(&self, user: UserId) -> Result<u64, Fault> {
        Ok(self.look(UNREAD_COUNTS, user.bits())?.unwrap_or(0))
    }

    pub(crate) fn notification(&self, user: UserId, id: NotificationId) -> Result<Notification, Fault> {
        let found = self.get(&NOTIFICATIONS, id.bits())?.filter(|found| found.user == user);
        found.ok_or(Fault::Refused(StoreError::NotFound(Missing::Notification)))
    }

    pub(crate) fn deliveries(&self, user: UserId, id: NotificationId) -> Result<Vec<Delivery>, Fault> {
        let id = self.notification(user, id)?.id.bits();
        let rows = self.rows(NOTIFICATION_DELIVERIES, (id, 0)..=(id, u128::MAX), usize::MAX)?;
        rows.into_iter().map(|((_, delivery), ())| self.indexed_delivery(delivery)).collect()
    }

    pub(crate) fn next_delivery(&self) -> Result<Option<Timestamp>, Fault> {
        let first = self.rows(DUE_DELIVERIES, .., 1)?;
        Ok(first.first().map(|((due, _), ())| from_unix_ms(*due)))
    }

    pub(crate) fn preferences(&self, user: UserId) -> Result<Preferences, Fault> {
        Ok(self.get(&PREFERENCES, user.bits())?.unwrap_or_default())
    }

    fn indexed_notification(&self, id: u128) -> Result<Notification, Fault> {
        self.get(&NOTIFICATIONS, id)?.ok_or_else(|| {
            Fault::Damaged(format!("{} is in an index and is gone", NotificationId::from_bits(id)))
        })
    }

    fn indexed_delivery(&self, id: u128) -> Result<Delivery, Fault> {
        self.get(&DELIVERIES, id)?.ok_or_else(|| {
            Fault::Damaged(format!("{} is in an index and is gone", DeliveryId::from_bits(id)))
        })
    }
}
