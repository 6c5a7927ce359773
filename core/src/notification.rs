//! Notifications: what people are told, through which channel, and when.
//!
//! ```text
//!  a verb of the store ─▶ News ─▶ for each person whose home it is: Preferences::plan
//!                                   ├─ listed: the notification is in their list
//!                                   └─ mailed: it joins a delivery that leaves at once, after the quiet hours,
//!                                      or with the day's digest
//!  PENDING ─▶ SENDING ─▶ SENT · FAILED · UNKNOWN
//!     ▲          │
//!     └──────────┘  not taken, and tries are left
//! ```
//!
//! Notifications and deliveries are recorded in the transaction that makes the news, under the unique key (person,
//! event, subject). SENDING is recorded before anything leaves: what a crash finds there may have been sent, so it is
//! told as UNKNOWN and never sent again by itself.

mod address;
mod delivery;
mod letter;
mod news;
mod preferences;
mod quiet;
mod unsubscribe;

pub use address::EmailAddress;
pub use delivery::{
    Delivery, DeliveryOutcome, DeliveryState, DeliveryStatus, NOTIFICATIONS_MAX, RETRY, lost,
};
pub use letter::{Letter, Links, message, test_message};
pub use news::{Facts, News, Subject};
pub use preferences::{Departure, Digest, Group, Override, Plan, Preferences, SETTLE, Wish};
pub use quiet::{ClockTime, ParseClockTimeError, QuietHours};
pub use unsubscribe::{unsubscribe_token, unsubscribed_user};

use serde::{Deserialize, Serialize};

use crate::home::Home;
use crate::id::{DraftId, ExecutionId, JobId, NotificationId, UserId};
use crate::time::Timestamp;

/// What a notification is about. The spelling is that of the original system.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NotificationEvent {
    /// An execution did all it should.
    JobSuccess,
    /// An execution did nothing of what it should, and no try is left.
    JobFailure,
    /// An execution did some of what it should.
    JobPartial,
    /// Occurrences passed unserved, and none that runs covers them.
    JobMissed,
    /// A job was paused because its executions failed one after another.
    JobPaused,
    /// A person is asked whether a missed occurrence runs.
    JobAsks,
    /// A run of a schedule began late.
    JobLate,
    /// A run of a schedule began in time again.
    JobRecovered,
    /// A run of a schedule was not over when the next was due.
    JobOutlasts,
    /// A draft waits for review.
    DraftReady,
    /// A draft could not be published.
    PublicationFailed,
    /// A mail was refused, or could not be handed over in many tries.
    DeliveryFailed,
    /// A mail was handed over and it is not known whether it was taken.
    DeliveryUnknown,
}

impl NotificationEvent {
    /// Every event, in the order of the API's documentation.
    pub const ALL: [Self; 13] = [
        Self::JobSuccess,
        Self::JobFailure,
        Self::JobPartial,
        Self::JobMissed,
        Self::JobPaused,
        Self::JobAsks,
        Self::JobLate,
        Self::JobRecovered,
        Self::JobOutlasts,
        Self::DraftReady,
        Self::PublicationFailed,
        Self::DeliveryFailed,
        Self::DeliveryUnknown,
    ];

    /// Returns the spelling: `job_success`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::JobSuccess => "job_success",
            Self::JobFailure => "job_failure",
            Self::JobPartial => "job_partial",
            Self::JobMissed => "job_missed",
            Self::JobPaused => "job_paused",
            Self::JobAsks => "job_asks",
            Self::JobLate => "job_late",
            Self::JobRecovered => "job_recovered",
            Self::JobOutlasts => "job_outlasts",
            Self::DraftReady => "draft_ready",
            Self::PublicationFailed => "publication_failed",
            Self::DeliveryFailed => "delivery_failed",
            Self::DeliveryUnknown => "delivery_unknown",
        }
    }

    /// Whether it is about a mail: no mail is ever sent about a mail.
    pub const fn is_about_mail(self) -> bool {
        match self {
            Self::DeliveryFailed | Self::DeliveryUnknown => true,
            Self::JobSuccess
            | Self::JobFailure
            | Self::JobPartial
            | Self::JobMissed
            | Self::JobPaused
            | Self::JobAsks
            | Self::JobLate
            | Self::JobRecovered
            | Self::JobOutlasts
            | Self::DraftReady
            | Self::PublicationFailed => false,
        }
    }
}

/// Something one person is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Notification {
    /// Its identity, derived from what makes it unique.
    pub id: NotificationId,
    /// Whom it is for; nobody else ever sees it.
    pub user: UserId,
    /// What it is about.
    pub event: NotificationEvent,
    /// The one thing it is about; it makes the news unique.
    #[serde(default)]
    pub subject: Option<Subject>,
    /// When that happened.
    pub at: Timestamp,
    /// Whose news it is. Older records name a project.
    #[serde(alias = "project")]
    pub home: Home,
    /// The job, when there is one.
    pub job: Option<JobId>,
    /// The execution, when there is one.
    pub execution: Option<ExecutionId>,
    /// The draft, when there is one.
    pub draft: Option<DraftId>,
    /// What there is to tell.
    pub facts: Facts,
    /// Whether it stands in the person's list; one that is only mailed does not.
    pub is_listed: bool,
    /// When the person read it.
    pub read_at: Option<Timestamp>,
    /// Grows with every change.
    pub version: u64,
}
