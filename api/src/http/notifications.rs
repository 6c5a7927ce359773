//! `/api/notifications`: what a person was told, how it reached them, and what they want to be told.

pub mod preferences;
pub mod unsubscribe;

use std::sync::Arc;

use dateline_actors::request::{NotificationQuery, TestOutcome};
use dateline_core::channel::ChannelKind;
use dateline_core::id::{DeliveryId, DraftId, ExecutionId, JobId, NotificationId, ProjectId};
use dateline_core::notification::{DeliveryState, DeliveryStatus, NotificationEvent};
use poem::web::Data;
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::{Html, Json};
use poem_openapi::{Object, OpenApi};

use super::access::Signed;
use super::fields::{Id, Instant, Limit, Word, words};
use super::page::{self, List};
use super::problem::Problem;
use super::{QueryScope, Shared};
use preferences::{PreferencesBody, PreferencesPatch};

words!(NotificationEvent as NotificationEvent ("What a notification is about."):
    JobSuccess, JobFailure, JobPartial, JobMissed, JobPaused, JobAsks, JobLate, JobRecovered, JobOutlasts, DraftReady, PublicationFailed, DeliveryFailed,
    DeliveryUnknown);
words!(ChannelKind as Channel ("A way to a person: the list of notifications, or mail."): InApp, Email);
words!(DeliveryStatus as DeliveryStatus
    ("Where a message stands. UNKNOWN: it was handed over and may or may not have arrived; it is not sent again."):
    Pending, Sending, Sent, Failed, Unknown);
words!(TestOutcome as TestOutcome ("What came of a test mail."): Sent, Failed, Unknown);

/// Something the caller is told.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct Notification {
    /// Its identity.
    pub id: Id<NotificationId>,
    /// What it is about.
    pub event: Word<NotificationEvent>,
    /// When that happened.
    pub at: Instant,
    /// What it says in one line.
    pub subject: String,
    /// What else there is to say, a sentence each.
    pub details: Vec<String>,
    /// The project it belongs to; null when it is about a job without one.
    pub project_id: Option<Id<ProjectId>>,
    /// The job.
    pub job_id: Option<Id<JobId>>,
    /// The execution.
    pub execution_id: Option<Id<ExecutionId>>,
    /// The draft.
    pub draft_id: Option<Id<DraftId>>,
    /// When the caller read it; null while they have not.
    pub read_at: Option<Instant>,
}

impl From<dateline_core::notification::Notification> for Notification {
    fn from(notification: dateline_core::notification::Notification) -> Self {
        Self {
            subject: notification.title(),
            details: notification.details(),
            id: Id(notification.id),
            event: Word(notification.event),
            at: Instant(notification.at),
            project_id: notification.home.project().map(Id),
            job_id: notification.job.map(Id),
            execution_id: notification.execution.map(Id),
            draft_id: notification.draft.map(Id),
            read_at: notification.read_at.map(Instant),
        }
    }
}

/// Part of the caller's notifications.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct NotificationList {
    /// The items of this page.
    pub items: Vec<Notification>,
    /// What to send as `cursor` for the next page; null at the end.
    pub next_cursor: Option<String>,
    /// How many of all their notifications the caller has not read, whatever the filters.
    pub unread_count: u64,
}

/// A message on its way.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct Delivery {
    /// Its identity.
    pub id: Id<DeliveryId>,
    /// The way it takes.
    pub channel: Word<ChannelKind>,
    /// Where it stands.
    pub status: Word<DeliveryStatus>,
    /// Since when; of one that waits, when it is due.
    pub status_at: Instant,
    /// Tries so far.
    pub attempts: u32,
    /// Where it goes, once it was tried.
    pub address: Option<String>,
    /// Why it waits again, failed, or is unknown.
    pub reason: Option<String>,
    /// What the other side calls it.
    pub reference: Option<String>,
    /// How many notifications it tells.
    pub notification_count: u64,
    /// When it was recorded.
    pub created_at: Instant,
}

impl From<dateline_core::notification::Delivery> for Delivery {
    fn from(delivery: dateline_core::notification::Delivery) -> Self {
        let status = Word(delivery.state.status());
        let (at, reason, reference) = match delivery.state {
            DeliveryState::Pending { due_at, error } => (due_at, error, None),
            DeliveryState::Sending { since } => (since, None, None),
            DeliveryState::Sent { at, reference } => (at, None, reference),
            DeliveryState::Failed { at, reason } | DeliveryState::Unknown { at, reason } => {
                (at, Some(reason), None)
            }
        };
        Self {
            id: Id(delivery.id),
            channel: Word(delivery.channel),
            status,
            status_at: Instant(at),
            attempts: delivery.attempt,
            address: delivery.address,
            reason,
            reference,
            notification_count: delivery.notifications.len() as u64 + delivery.more,
            created_at: Instant(delivery.created_at),
        }
    }
}

/// The deliveries that told a notification.
#[derive(Debug, Object)]
pub struct Deliveries {
    /// Oldest first.
    pub items: Vec<Delivery>,
}

/// How many notifications were marked.
#[derive(Debug, Object)]
pub struct ReadAll {
    /// How many had not been read.
    pub count: u64,
}

/// What came of a test mail.
#[derive(Debug, Object)]
pub struct TestMail {
    /// In a word.
    pub outcome: Word<TestOutcome>,
    /// Where it went.
    pub address: String,
    /// In a sentence, mostly the mail server's.
    pub detail: String,
}

/// What the link in a mail does.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct Unsubscribed {
    /// Always false now.
    pub email_notifications: bool,
}

/// The notifications' part of the interface.
pub struct Notifications;

#[OpenApi(prefix_path = "/api/notifications", tag = "super::document::Group::Notifications")]
impl Notifications {
    /// List notifications
    ///
    /// The caller's own, newest first, with how many of them are unread.
    #[oai(path = "/", method = "get", operation_id = "listNotifications")]
    #[expect(
        clippy::too_many_arguments,
        reason = "one argument a query parameter is how the contract is written"
    )]
    async fn list(
        &self,
        shared: Data<&Arc<Shared>>,
        scope: Data<&QueryScope>,
        caller: Signed,
        /// Only read ones, or only unread ones.
        #[oai(name = "isRead")]
        is_read: Query<Option<bool>>,
        /// Notifications of this event.
        event: Query<Option<Word<NotificationEvent>>>,
        /// Notifications of this project.
        #[oai(name = "projectId")]
        project_id: Query<Option<Id<ProjectId>>>,
        /// The most items to return.
        limit: Query<Option<Limit>>,
        /// The `nextCursor` of the previous page.
        cursor: Query<Option<String>>,
    ) -> poem::Result<Json<NotificationList>> {
        let query = NotificationQuery {
            is_read: is_read.0,
            event: event.0.map(|word| word.0),
            project: project_id.0.map(|id| id.0),
        };
        let page = page::asked(&shared, &scope, limit.0, cursor.0.as_deref())?;
        let page = shared.as_caller(&caller).notifications(query, page).await.map_err(Problem::from)?;
        let unread_count = shared.as_caller(&caller).unread_notifications().await.map_err(Problem::from)?;
        let List { items, next_cursor } = List::of(&shared, &scope, page, Notification::from);
        Ok(Json(NotificationList { items, next_cursor, unread_count }))
    }

    /// Mark a notification read
    ///
    /// Again changes nothing.
    #[oai(path = "/:id/read", method = "post", operation_id = "readNotification")]
    async fn read(
        &self,
        shared: Data<&Arc<Shared>>,
        caller: Signed,
        /// The notification.
        id: Path<Id<NotificationId>>,
    ) -> poem::Result<Json<Notification>> {
        Ok(Json(shared.as_caller(&caller).read_notification(id.0.0).await.map_err(Problem::from)?.into()))
    }

    /// Mark all notifications read
    ///
    /// All of the caller's own, however many; again changes nothing.
    #[oai(path = "/read", method = "post", operation_id = "readAllNotifications")]
    async fn read_all(&self, shared: Data<&Arc<Shared>>, caller: Signed) -> poem::Result<Json<ReadAll>> {
        let count = shared.as_caller(&caller).read_notifications().await.map_err(Problem::from)?;
        Ok(Json(ReadAll { count }))
    }

    /// List a notification's deliveries
    ///
    /// Each message that told it, oldest first, and what became of it. One that is only listed has none.
    #[oai(path = "/:id/deliveries", method = "get", operation_id = "listDeliveries")]
    async fn deliveries(
        &self,
        shared: Data<&Arc<Shared>>,
        caller: Signed,
        /// The notification.
        id: Path<Id<NotificationId>>,
    ) -> poem::Result<Json<Deliveries>> {
        let deliveries =
            shared.as_caller(&caller).notification_deliveries(id.0.0).await.map_err(Problem::from)?;
        Ok(Json(Deliveries { items: deliveries.into_iter().map(Into::into).collect() }))
    }

    /// Read notification preferences
    ///
    /// What the caller wants to be told, through which channel and when.
    #[oai(path = "/preferences", method = "get", operation_id = "getNotificationPreferences")]
    async fn preferences(
        &self,
        shared: Data<&Arc<Shared>>,
        caller: Signed,
    ) -> poem::Result<Json<PreferencesBody>> {
        Ok(Json(shared.as_caller(&caller).notification_preferences().await.map_err(Problem::from)?.into()))
    }

    /// Change notification preferences
    ///
    /// What is absent stays; lists and objects are replaced as a whole; null removes an address or quiet hours.
    #[oai(path = "/preferences", method = "patch", operation_id = "changeNotificationPreferences")]
    async fn change(
        &self,
        shared: Data<&Arc<Shared>>,
        caller: Signed,
        body: Json<PreferencesPatch>,
    ) -> poem::Result<Json<PreferencesBody>> {
        let change = body.0.into_change()?;
        let changed = shared.as_caller(&caller).change_notification_preferences(change).await;
        Ok(Json(changed.map_err(Problem::from)?.into()))
    }

    /// Send yourself a test mail
    ///
    /// At once, to the address in the preferences; says what came of it. Once in 15 seconds.
    #[oai(path = "/test", method = "post", operation_id = "testNotification")]
    async fn test(&self, shared: Data<&Arc<Shared>>, caller: Signed) -> poem::Result<Json<TestMail>> {
        let result = shared.as_caller(&caller).test_notification().await.map_err(Problem::from)?;
        let outcome = Word(result.outcome);
        Ok(Json(TestMail { outcome, address: result.address, detail: result.detail }))
    }

    /// Show the page behind the link in a mail
    ///
    /// It asks, since programs that look at mail open every link, and shows nothing of the token, be it valid or not.
    #[oai(path = "/unsubscribe", method = "get", operation_id = "showUnsubscribePage")]
    async fn unsubscribe_page(
        &self,
        /// The token in the link.
        #[oai(validator(max_length = 400))]
        token: Query<Option<String>>,
    ) -> Html<&'static str> {
        drop(token);
        Html(unsubscribe::PAGE)
    }

    /// Switch mail off by the link in a mail
    ///
    /// Needs no signing in: the token in the link is enough (RFC 8058).
    #[oai(path = "/unsubscribe", method = "post", operation_id = "unsubscribe")]
    async fn unsubscribe(
        &self,
        shared: Data<&Arc<Shared>>,
        /// The token in the link.
        #[oai(validator(min_length = 1, max_length = 400))]
        token: Query<String>,
    ) -> poem::Result<Json<Unsubscribed>> {
        shared.dateline.unsubscribe(&token.0).await.map_err(Problem::from)?;
        Ok(Json(Unsubscribed { email_notifications: false }))
    }
}
