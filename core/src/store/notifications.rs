//! Notifications and their deliveries. The news itself is recorded by the verbs that make it.

use async_trait::async_trait;

use super::{Page, PageRequest, StoreError};
use crate::id::{DeliveryId, NotificationId, ProjectId, UserId};
use crate::notification::{Delivery, DeliveryOutcome, Notification, NotificationEvent, Preferences};
use crate::time::Timestamp;

/// Which of a person's notifications to list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotificationFilter {
    /// Whose.
    pub user: UserId,
    /// Only read ones, or only unread ones.
    pub is_read: Option<bool>,
    /// Of this event.
    pub event: Option<NotificationEvent>,
    /// Of this project.
    pub project: Option<ProjectId>,
}

impl NotificationFilter {
    /// Returns the filter that lets everything of `user` through.
    pub fn of(user: UserId) -> Self {
        Self { user, is_read: None, event: None, project: None }
    }
}

/// A delivery whose try was just recorded, with all that its message is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimedDelivery {
    /// The delivery, in SENDING.
    pub delivery: Delivery,
    /// What it tells, oldest first.
    pub notifications: Vec<Notification>,
    /// What its person wants now.
    pub preferences: Preferences,
    /// Where it goes; `None` when the person wants no more mail or has no address any more.
    pub address: Option<String>,
}

/// Notifications, deliveries, and what people want of them. Everything is one person's own: to anybody else it is not
/// there.
#[async_trait]
pub trait NotificationStore {
    /// Returns a person's notifications that are listed, newest first.
    async fn notifications(
        &self,
        filter: NotificationFilter,
        page: PageRequest,
    ) -> Result<Page<Notification>, StoreError>;

    /// Returns how many listed notifications a person has not read, whatever their number without counting.
    async fn unread_notifications(&self, user: UserId) -> Result<u64, StoreError>;

    /// Returns a person's notification.
    async fn notification(&self, user: UserId, id: NotificationId) -> Result<Notification, StoreError>;

    /// Records that a person has read a notification. Again changes nothing.
    async fn read_notification(
        &self,
        user: UserId,
        id: NotificationId,
        now: Timestamp,
    ) -> Result<Notification, StoreError>;

    /// Records that a person has read up to `limit` of what they had not, oldest first; returns how many these were.
    async fn read_notifications(
        &self,
        user: UserId,
        limit: usize,
        now: Timestamp,
    ) -> Result<usize, StoreError>;

    /// Returns the deliveries that told a person's notification, oldest first.
    async fn deliveries(
        &self,
        user: UserId,
        notification: NotificationId,
    ) -> Result<Vec<Delivery>, StoreError>;

    /// Returns when the earliest waiting delivery is due, or `None` when none waits.
    async fn next_delivery(&self) -> Result<Option<Timestamp>, StoreError>;

    /// Records the next try of up to `limit` due deliveries, earliest first. A message leaves only after this.
    async fn claim_deliveries(
        &self,
        limit: usize,
        now: Timestamp,
    ) -> Result<Vec<ClaimedDelivery>, StoreError>;

    /// Records what the `attempt`-th try came to, and tells its person when that is not good. Refused with
    /// [`StoreError::StaleLease`] unless that try is under way.
    async fn finish_delivery(
        &self,
        id: DeliveryId,
        attempt: u32,
        outcome: DeliveryOutcome,
        now: Timestamp,
    ) -> Result<Delivery, StoreError>;

    /// Records of every try that is under way that its outcome is not known: whoever could have told is gone.
    /// Returns how many there were.
    async fn abandon_deliveries(&self, now: Timestamp) -> Result<usize, StoreError>;

    /// Returns what a person wants.
    async fn preferences(&self, user: UserId) -> Result<Preferences, StoreError>;

    /// Replaces what a person wants, whose stored version is `preferences.version`; returns it with the next one.
    async fn put_preferences(
        &self,
        user: UserId,
        preferences: Preferences,
    ) -> Result<Preferences, StoreError>;
}
