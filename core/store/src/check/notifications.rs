//! The indexes of notifications and deliveries as the records say they should be.

use std::collections::BTreeMap;

use dateline_core::notification::{Delivery, DeliveryState, Notification};

use super::expected::{compare, each};
use crate::fault::Fault;
use crate::tables::{
    DELIVERIES, DUE_DELIVERIES, NOTIFICATION_DELIVERIES, NOTIFICATION_INDEX, NOTIFICATION_KEYS,
    NOTIFICATIONS, OPEN_GROUPS, SENDING_DELIVERIES, UNREAD_COUNTS,
};
use crate::transaction::{Rows, Snapshot};
use crate::verbs::{group_key, notification_keys, notification_row};

pub(super) fn notifications(snapshot: &Snapshot, found: &mut Vec<String>) -> Result<(), Fault> {
    let (mut index, mut unread) = (BTreeMap::new(), BTreeMap::new());
    let mut listed_by_key = BTreeMap::new();
    each(snapshot, &NOTIFICATIONS, |id, notification: Notification| {
        index.extend(
            notification_keys(&notification).into_iter().map(|key| (key, notification_row(&notification))),
        );
        if notification.is_listed && notification.read_at.is_none() {
            *unread.entry(notification.user.bits()).or_default() += 1;
        }
        listed_by_key.insert(id, notification.user.bits());
        Ok(())
    })?;
    for ((user, event, subject), id) in snapshot.rows(NOTIFICATION_KEYS, .., usize::MAX)? {
        if listed_by_key.remove(&id) != Some(user) {
            found.push(format!("the key ({user:x}, {event}, {subject:x}) names no notification of its own"));
        }
    }
    found.extend(listed_by_key.keys().map(|id| format!("notification {id:032x} has no key")));
    compare(snapshot, NOTIFICATION_INDEX, &index, found)?;
    compare(snapshot, UNREAD_COUNTS, &unread, found)
}

pub(super) fn deliveries(snapshot: &Snapshot, found: &mut Vec<String>) -> Result<(), Fault> {
    let (mut due, mut sending, mut groups) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
    each(snapshot, &DELIVERIES, |id, delivery: Delivery| {
        match &delivery.state {
            DeliveryState::Pending { due_at, .. } => {
                due.insert((due_at.timestamp_millis(), id), ());
            }
            DeliveryState::Sending { .. } => {
                sending.insert(id, ());
            }
            DeliveryState::Sent { .. } | DeliveryState::Failed { .. } | DeliveryState::Unknown { .. } => {}
        }
        if let Some(key) = group_key(&delivery) {
            groups.insert(key, id);
        }
        for told in &delivery.notifications {
            if !snapshot.has(NOTIFICATION_DELIVERIES, (told.bits(), id))? {
                found.push(format!("{told} does not know that {} tells it", delivery.id));
            }
        }
        Ok(())
    })?;
    compare(snapshot, DUE_DELIVERIES, &due, found)?;
    compare(snapshot, SENDING_DELIVERIES, &sending, found)?;
    compare(snapshot, OPEN_GROUPS, &groups, found)
}
