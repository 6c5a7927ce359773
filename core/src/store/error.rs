//! Why a store could not do what was asked.

use crate::draft::DraftRefusal;
use crate::execution::Refusal;

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
    /// The worker no longer holds the execution.
    #[error("the lease is no longer held")]
    StaleLease,
    /// The step is recorded as done already.
    #[error("step `{name}` is recorded as done already")]
    StepDone {
        /// The step.
        name: String,
    },
    /// An execution's state has no answer to the event.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// A draft's state has no answer to the event.
    #[error(transparent)]
    DraftRefused(#[from] DraftRefusal),
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
        })
    }
}
