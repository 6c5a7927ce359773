//! Why a store could not do what was asked.

use crate::dependency::DependencyRefusal;
use crate::draft::DraftRefusal;
use crate::execution::Refusal;
use crate::people::PeopleRefusal;
use crate::platform::Platform;

/// Why a store could not do what was asked.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StoreError {
    /// There is no such thing.
    #[error("no such {0}")]
    NotFound(Missing),
    /// It changed since it was read: read it again.
    #[error("it was changed meanwhile; its version is now {version}")]
    Conflict {
        /// The stored version.
        version: u64,
    },
    /// It is not in the version the change was asked for.
    #[error("it is in version {version}, which is not the one the change was asked for")]
    OtherVersion {
        /// The stored version.
        version: u64,
    },
    /// The request's key names another request.
    #[error("the key names another request")]
    KeyTaken,
    /// The worker no longer holds the execution.
    #[error("the lease is no longer held")]
    StaleLease,
    /// The step is recorded as done already.
    #[error("step `{name}` is recorded as done already")]
    StepDone {
        /// The step.
        name: String,
    },
    /// Another execution moved a cursor since this one read it: what was written from there is written already.
    #[error("the cursor of {platform} has moved on since it was read", platform = platform.name())]
    CursorMoved {
        /// The platform.
        platform: Platform,
    },
    /// An execution's state has no answer to the event.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// A draft's state has no answer to the event.
    #[error(transparent)]
    DraftRefused(#[from] DraftRefusal),
    /// People do not allow it.
    #[error(transparent)]
    PeopleRefused(#[from] PeopleRefusal),
    /// A job cannot depend on what it was asked to depend on.
    #[error(transparent)]
    DependencyRefused(#[from] DependencyRefusal),
    /// The job is cancelled for good.
    #[error("the job is cancelled")]
    JobCancelled,
    /// The disk is full. As after every failed commit: look before trying again.
    #[error("the disk is full")]
    Full,
    /// The disk did not confirm. What was asked may or may not have happened.
    #[error("the store is unavailable: {reason}")]
    Unavailable {
        /// What failed.
        reason: String,
    },
    /// Stored bytes do not mean what they should.
    #[error("the store is damaged: {reason}")]
    Damaged {
        /// What was found, and where.
        reason: String,
    },
}

/// The kind of thing that was not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missing {
    /// A project.
    Project,
    /// A job.
    Job,
    /// An execution.
    Execution,
    /// A draft.
    Draft,
    /// A brief.
    Brief,
    /// A publication.
    Publication,
    /// A secret.
    Secret,
    /// A notification.
    Notification,
    /// A delivery.
    Delivery,
    /// A user.
    User,
    /// A token.
    Token,
    /// A session.
    Session,
    /// An invitation.
    Invitation,
    /// A password reset.
    PasswordReset,
    /// A member of a project.
    Member,
}

impl std::fmt::Display for Missing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Project => "project",
            Self::Job => "job",
            Self::Execution => "execution",
            Self::Draft => "draft",
            Self::Brief => "brief",
            Self::Publication => "publication",
            Self::Secret => "secret",
            Self::Notification => "notification",
            Self::Delivery => "delivery",
            Self::User => "user",
            Self::Token => "token",
            Self::Session => "session",
            Self::Invitation => "invitation",
            Self::PasswordReset => "password reset",
            Self::Member => "member",
        })
    }
}
