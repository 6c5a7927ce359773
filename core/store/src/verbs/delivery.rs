//! Deliveries: joined by news, tried, ended.

use dateline_core::channel::ChannelKind;
use dateline_core::id::{DeliveryId, NotificationId};
use dateline_core::notification::{
    Delivery, DeliveryOutcome, DeliveryState, Departure, Group, NOTIFICATIONS_MAX, News, Notification, lost,
};
use dateline_core::store::{ClaimedDelivery, Missing, StoreError};
use dateline_core::time::Timestamp;

use crate::fault::Fault;
use crate::record::channel_code;
use crate::tables::{
    DELIVERIES, DUE_DELIVERIES, GroupKey, NOTIFICATION_DELIVERIES, NOTIFICATIONS, OPEN_GROUPS, PREFERENCES,
    SENDING_DELIVERIES,
};
use crate::transaction::{Rows, Transaction};

/// Returns the row by which news finds a delivery to join, while it was never tried.
pub(crate) fn group_key(delivery: &Delivery) -> Option<GroupKey> {
    let is_open = delivery.attempt == 0 && matches!(delivery.state, DeliveryState::Pending { .. });
    let (kind, group) = match delivery.group {
        Group::Subject(subject) => (0, subject),
        Group::Instant(at) => (1, u128::try_from(at.timestamp_millis()).unwrap_or(0)),
    };
    is_open.then(|| (delivery.user.bits(), channel_code(delivery.channel), kind, group))
}

impl Transaction<'_> {
    /// Puts a notification into the delivery of its group that has not left, or begins one.
    pub(crate) fn join_delivery(
        &self,
        notification: &Notification,
        channel: ChannelKind,
        departure: Departure,
    ) -> Result<(), Fault> {
        let fresh = Delivery {
            id: DeliveryId::begun_by(notification),
            user: notification.user,
            channel,
            notifications: Vec::new(),
            more: 0,
            group: departure.group,
            address: None,
            attempt: 0,
            state: DeliveryState::Pending { due_at: departure.due_at, error: None },
            created_at: notification.at,
        };
        let open = match group_key(&fresh) {
            Some(key) => self.look(OPEN_GROUPS, key)?,
            None => None,
        };
        let before = open.map(|id| self.found_delivery(DeliveryId::from_bits(id))).transpose()?;
        let mut after = before.clone().unwrap_or(fresh);
        if after.notifications.len() < NOTIFICATIONS_MAX {
            after.notifications.push(notification.id);
        } else {
            after.more += 1;
        }
        // An execution's end takes along the drafts that wait for each other.
        if let DeliveryState::Pending { due_at, .. } = &mut after.state {
            *due_at = departure.due_at.min(*due_at);
        }
        self.set(NOTIFICATION_DELIVERIES, (notification.id.bits(), after.id.bits()), ())?;
        self.change_delivery(before.as_ref(), &after)
    }

    pub(crate) fn claim_deliveries(
        &self,
        limit: usize,
        now: Timestamp,
    ) -> Result<Vec<ClaimedDelivery>, Fault> {
        let due = self.rows(DUE_DELIVERIES, ..=(now.timestamp_millis(), u128::MAX), limit)?;
        due.into_iter().map(|((_, id), ())| self.claim_delivery(DeliveryId::from_bits(id), now)).collect()
    }

    fn claim_delivery(&self, id: DeliveryId, now: Timestamp) -> Result<ClaimedDelivery, Fault> {
        let before = self.found_delivery(id)?;
        let preferences = self.get(&PREFERENCES, before.user.bits())?.unwrap_or_default();
        let current = self.address_of(before.user, &preferences)?;
        let wanted = current.filter(|_| preferences.email_notifications);
        let address = wanted.map(|current| before.address.clone().unwrap_or(current));
        let delivery = Delivery {
            address: before.address.clone().or_else(|| address.clone()),
            attempt: before.attempt + 1,
            state: DeliveryState::Sending { since: now },
            ..before.clone()
        };
        self.change_delivery(Some(&before), &delivery)?;
        let ids = delivery.notifications.iter();
        let notifications = ids.map(|id| self.told(*id)).collect::<Result<_, Fault>>()?;
        Ok(ClaimedDelivery { delivery, notifications, preferences, address })
    }

    pub(crate) fn finish_delivery(
        &self,
        id: DeliveryId,
        attempt: u32,
        outcome: &DeliveryOutcome,
        now: Timestamp,
    ) -> Result<Delivery, Fault> {
        let before = self.found_delivery(id)?;
        if before.attempt != attempt || !matches!(before.state, DeliveryState::Sending { .. }) {
            return Err(StoreError::StaleLease.into());
        }
        let after = Delivery { state: outcome.clone().state(now), ..before.clone() };
        self.change_delivery(Some(&before), &after)?;
        if let Some(first) = after.notifications.first()
            && let Some(news) = News::of_delivery(&after, &self.told(*first)?)
        {
            self.notify(after.user, &news, now)?;
        }
        Ok(after)
    }

    pub(crate) fn abandon_deliveries(&self, now: Timestamp) -> Result<usize, Fault> {
        let sending = self.rows(SENDING_DELIVERIES, .., usize::MAX)?;
        for (id, ()) in &sending {
            let delivery = self.found_delivery(DeliveryId::from_bits(*id))?;
            self.finish_delivery(delivery.id, delivery.attempt, &lost(), now)?;
        }
        Ok(sending.len())
    }

    /// Stores what a delivery has become, with its index rows.
    fn change_delivery(&self, before: Option<&Delivery>, after: &Delivery) -> Result<(), Fault> {
        if let Some(before) = before {
            if let Some(key) = group_key(before) {
                self.remove(OPEN_GROUPS, key)?;
            }
            match &before.state {
                DeliveryState::Pending { due_at, .. } => {
                    self.remove(DUE_DELIVERIES, (due_at.timestamp_millis(), before.id.bits()))?;
                }
                DeliveryState::Sending { .. } => {
                    self.remove(SENDING_DELIVERIES, before.id.bits())?;
                }
                DeliveryState::Sent { .. } | DeliveryState::Failed { .. } | DeliveryState::Unknown { .. } => {
                }
            }
        }
        let id = after.id.bits();
        self.put(&DELIVERIES, id, after)?;
        if let Some(key) = group_key(after) {
            self.set(OPEN_GROUPS, key, id)?;
        }
        match &after.state {
            DeliveryState::Pending { due_at, .. } => {
                self.set(DUE_DELIVERIES, (due_at.timestamp_millis(), id), ())
            }
            DeliveryState::Sending { .. } => self.set(SENDING_DELIVERIES, id, ()),
            DeliveryState::Sent { .. } | DeliveryState::Failed { .. } | DeliveryState::Unknown { .. } => {
                Ok(())
            }
        }
    }

    fn found_delivery(&self, id: DeliveryId) -> Result<Delivery, Fault> {
        self.get(&DELIVERIES, id.bits())?.ok_or(Fault::Refused(StoreError::NotFound(Missing::Delivery)))
    }

    /// Returns a notification that a delivery names.
    fn told(&self, id: NotificationId) -> Result<Notification, Fault> {
        self.get(&NOTIFICATIONS, id.bits())?
            .ok_or_else(|| Fault::Damaged(format!("{id} is in a delivery and is gone")))
    }
}
