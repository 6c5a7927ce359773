//! Notifications go with their deliveries.

use std::ops::Bound;

use dateline_core::id::NotificationId;
use dateline_core::notification::{Delivery, DeliveryState, Notification};
use dateline_core::retention::cutoff;

use super::details::first_id;
use super::{Batch, NOTIFICATIONS_SCAN};
use crate::fault::Fault;
use crate::record::event_code;
use crate::tables::{
    DELIVERIES, NOTIFICATION_DELIVERIES, NOTIFICATION_INDEX, NOTIFICATION_KEYS, NOTIFICATIONS,
};
use crate::transaction::{Rows, Transaction};
use crate::verbs::notification::notification_keys;

impl Transaction<'_> {
    pub(super) fn purge_notifications(&self, batch: &mut Batch) -> Result<bool, Fault> {
        let oldest = cutoff(batch.now, batch.retention.notifications_days);
        let end = first_id(oldest.timestamp_millis());
        let next = |last: Option<u128>| {
            let from = last.map_or(Bound::Unbounded, Bound::Excluded);
            let is_over = last.is_some_and(|last| last >= end);
            Ok(if is_over { None } else { self.first_of(NOTIFICATIONS.table, (from, Bound::Excluded(end)))? })
        };
        self.go_round(NOTIFICATIONS_SCAN, batch, next, |id, batch| {
            let Some(notification) = self.get(&NOTIFICATIONS, id)? else { return Ok(()) };
            let deliveries = self.deliveries_of(id)?;
            let is_under_way = |delivery: &Delivery| match delivery.state {
                DeliveryState::Pending { .. } | DeliveryState::Sending { .. } => true,
                DeliveryState::Sent { .. } | DeliveryState::Failed { .. } | DeliveryState::Unknown { .. } => {
                    false
                }
            };
            if notification.at >= oldest || deliveries.iter().any(is_under_way) {
                batch.saw();
                return Ok(());
            }
            batch.took(self.forget_notification(&notification, deliveries)?);
            Ok(())
        })
    }

    fn deliveries_of(&self, notification: u128) -> Result<Vec<Delivery>, Fault> {
        let all = (notification, 0)..=(notification, u128::MAX);
        let rows = self.rows(NOTIFICATION_DELIVERIES, all, usize::MAX)?;
        self.get_each(&DELIVERIES, rows.into_iter().map(|((_, delivery), ())| delivery))
    }

    fn forget_notification(&self, gone: &Notification, deliveries: Vec<Delivery>) -> Result<usize, Fault> {
        let id = gone.id.bits();
        self.remove(NOTIFICATIONS.table, id)?;
        for key in notification_keys(gone) {
            self.remove(NOTIFICATION_INDEX, key)?;
        }
        if let Some(key) = self.news_key(gone)? {
            self.remove(NOTIFICATION_KEYS, key)?;
        }
        if gone.is_listed && gone.read_at.is_none() {
            self.count_unread(gone.user, -1)?;
        }
        let rows = 8 + deliveries.len() * 2;
        for delivery in deliveries {
            self.remove(NOTIFICATION_DELIVERIES, (id, delivery.id.bits()))?;
            self.part(delivery, gone.id)?;
        }
        Ok(rows)
    }

    /// Returns the row by which news knows that it was told by this notification.
    fn news_key(&self, gone: &Notification) -> Result<Option<(u128, u8, u128)>, Fault> {
        let (user, event) = (gone.user.bits(), event_code(gone.event));
        if let Some(subject) = gone.subject {
            return Ok(Some((user, event, subject.bits())));
        }
        // A record from before the subject stood in it.
        let all = self.rows(NOTIFICATION_KEYS, (user, event, 0)..=(user, event, u128::MAX), usize::MAX)?;
        Ok(all.into_iter().find(|(_, id)| *id == gone.id.bits()).map(|(key, _)| key))
    }

    /// Takes a notification out of a delivery that has ended, which goes with the last of what it told.
    fn part(&self, mut delivery: Delivery, gone: NotificationId) -> Result<(), Fault> {
        let named = delivery.notifications.len();
        delivery.notifications.retain(|id| *id != gone);
        if delivery.notifications.len() == named {
            delivery.more = delivery.more.saturating_sub(1);
        }
        if delivery.notifications.is_empty() && delivery.more == 0 {
            self.remove(DELIVERIES.table, delivery.id.bits()).map(drop)
        } else {
            self.put(&DELIVERIES, delivery.id.bits(), &delivery)
        }
    }
}
