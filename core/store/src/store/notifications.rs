//! The part of the store that keeps notifications.

use async_trait::async_trait;
use dateline_core::id::{DeliveryId, NotificationId, UserId};
use dateline_core::notification::{Delivery, DeliveryOutcome, Notification, Preferences};
use dateline_core::store::{
    ClaimedDelivery, NotificationFilter, NotificationStore, Page, PageRequest, StoreError,
};
use dateline_core::time::Timestamp;

use super::RedbStore;
use crate::transaction::Snapshot;

#[async_trait]
impl NotificationStore for RedbStore {
    async fn notifications(
        &self,
        filter: NotificationFilter,
        page: PageRequest,
    ) -> Result<Page<Notification>, StoreError> {
        self.read(move |s| s.notifications(&filter, &page)).await
    }

    async fn unread_notifications(&self, user: UserId) -> Result<u64, StoreError> {
        self.read(move |s| s.unread_notifications(user)).await
    }

    async fn notification(&self, user: UserId, id: NotificationId) -> Result<Notification, StoreError> {
        self.read(move |s| s.notification(user, id)).await
    }

    async fn read_notification(
        &self,
        user: UserId,
        id: NotificationId,
        now: Timestamp,
    ) -> Result<Notification, StoreError> {
        self.write(move |t| t.read_notification(user, id, now)).await
    }

    async fn read_notifications(
        &self,
        user: UserId,
        limit: usize,
        now: Timestamp,
    ) -> Result<usize, StoreError> {
        self.write(move |t| t.read_notifications(user, limit, now)).await
    }

    async fn deliveries(
        &self,
        user: UserId,
        notification: NotificationId,
    ) -> Result<Vec<Delivery>, StoreError> {
        self.read(move |s| s.deliveries(user, notification)).await
    }

    async fn next_delivery(&self) -> Result<Option<Timestamp>, StoreError> {
        self.read(Snapshot::next_delivery).await
    }

    async fn claim_deliveries(
        &self,
        limit: usize,
        now: Timestamp,
    ) -> Result<Vec<ClaimedDelivery>, StoreError> {
        self.write(move |t| t.claim_deliveries(limit, now)).await
    }

    async fn finish_delivery(
        &self,
        id: DeliveryId,
        attempt: u32,
        outcome: DeliveryOutcome,
        now: Timestamp,
    ) -> Result<Delivery, StoreError> {
        self.write(move |t| t.finish_delivery(id, attempt, &outcome, now)).await
    }

    async fn abandon_deliveries(&self, now: Timestamp) -> Result<usize, StoreError> {
        self.write(move |t| t.abandon_deliveries(now)).await
    }

    async fn preferences(&self, user: UserId) -> Result<Preferences, StoreError> {
        self.read(move |s| s.preferences(user)).await
    }

    async fn put_preferences(
        &self,
        user: UserId,
        preferences: Preferences,
    ) -> Result<Preferences, StoreError> {
        self.write(move |t| t.put_preferences(user, &preferences)).await
    }
}
