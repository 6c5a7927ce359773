//! Drafts: texts under review, their life and their publication.

use serde::{Deserialize, Serialize};

use crate::brief::{Brief, SourceId};
use crate::composition::Composition;
use crate::content::{Content, Evidence, Finding, Severity};
use crate::id::{DraftId, ExecutionId, JobId, ProjectId, PublicationId};
use crate::platform::Platform;
use crate::publisher::{Published, Target};
use crate::time::Timestamp;

/// A text for one platform made from one activity, with all that proves it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Draft {
    /// Its identity through all revisions.
    pub id: DraftId,
    /// The project it is about.
    pub project: ProjectId,
    /// The job that wrote it.
    pub job: JobId,
    /// The execution that wrote it.
    pub execution: ExecutionId,
    /// What it is written for.
    pub platform: Platform,
    /// Where it stands.
    pub state: DraftState,
    /// Counts edits from 1.
    pub revision: u32,
    /// The text of this revision.
    pub content: Content,
    /// What each statement rests on. An edit keeps the evidence of statements that still stand word for word.
    pub evidence: Vec<Evidence>,
    /// What the lint says of this revision.
    pub findings: Vec<Finding>,
    /// Items cut so that the text fits.
    pub cut: Vec<SourceId>,
    /// The statements it was rendered from; absent once a person has edited it.
    pub composition: Option<Composition>,
    /// Digest naming the stored brief it rests on.
    pub brief: BriefDigest,
    /// Who wrote it: `template/1`, or `person` after an edit.
    pub writer: String,
    /// Why a person's edit may stand although the lint doubts its words.
    pub note: Option<String>,
    /// Grows with every change: edits, decisions, publication.
    #[serde(default)]
    pub version: u64,
    /// When it was first written.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

impl Draft {
    /// Returns the findings that block approval and publication.
    pub fn blocking(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|finding| finding.severity == Severity::Error)
    }
}

/// Names a stored brief by its content: 64 hex digits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct BriefDigest(pub String);

impl BriefDigest {
    /// Returns the digest of a brief: equal briefs have equal digests.
    pub fn of(brief: &Brief) -> Self {
        let mut hasher = blake3::Hasher::new();
        // Writing into a hasher cannot fail, and every field of a brief is plain data.
        let _ = serde_json::to_writer(&mut hasher, brief);
        Self(hasher.finalize().to_hex().to_string())
    }
}

/// Where a draft stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "SCREAMING_SNAKE_CASE", rename_all_fields = "camelCase")]
pub enum DraftState {
    /// Waits for review.
    Draft,
    /// May be published.
    Approved {
        /// When.
        at: Timestamp,
    },
    /// Will not be published.
    Rejected {
        /// When.
        at: Timestamp,
        /// Why, when somebody said.
        reason: Option<String>,
    },
    /// Is out.
    Published {
        /// When.
        at: Timestamp,
    },
    /// Publishing failed for good.
    Failed {
        /// When.
        at: Timestamp,
        /// Why.
        reason: String,
    },
}

/// A draft's state as a bare name, for filters and lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum DraftStatus {
    /// Waits for review.
    Draft,
    /// May be published.
    Approved,
    /// Will not be published.
    Rejected,
    /// Is out.
    Published,
    /// Publishing failed for good.
    Failed,
}

impl DraftState {
    /// Returns the bare name.
    pub fn status(&self) -> DraftStatus {
        match self {
            Self::Draft => DraftStatus::Draft,
            Self::Approved { .. } => DraftStatus::Approved,
            Self::Rejected { .. } => DraftStatus::Rejected,
            Self::Published { .. } => DraftStatus::Published,
            Self::Failed { .. } => DraftStatus::Failed,
        }
    }

    /// Returns the state that follows `event`.
    ///
    /// # Errors
    /// [`DraftRefusal`] when `event` has no meaning in this state, such as approving a published draft.
    pub fn after(self, event: DraftEvent, now: Timestamp) -> Result<Self, DraftRefusal> {
        match (self, event) {
            // An edit of an approved draft makes a new revision that must be reviewed again.
            (
                Self::Draft | Self::Approved { .. } | Self::Rejected { .. } | Self::Failed { .. },
                DraftEvent::Edited,
            ) => Ok(Self::Draft),
            (Self::Draft, DraftEvent::Approved) => Ok(Self::Approved { at: now }),
            (Self::Draft | Self::Approved { .. } | Self::Failed { .. }, DraftEvent::Rejected { reason }) => {
                Ok(Self::Rejected { at: now, reason })
            }
            (Self::Approved { .. } | Self::Failed { .. } | Self::Published { .. }, DraftEvent::Published) => {
                Ok(Self::Published { at: now })
            }
            (Self::Approved { .. } | Self::Failed { .. }, DraftEvent::PublishFailed { reason }) => {
                Ok(Self::Failed { at: now, reason })
            }
            // A second target failing does not take back what is out.
            (published @ Self::Published { .. }, DraftEvent::PublishFailed { .. }) => Ok(published),
            (state, event) => Err(DraftRefusal { status: state.status(), event: event.name() }),
        }
    }
}

/// Something that happens to a draft.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DraftEvent {
    /// A person changed the text.
    Edited,
    /// A person approved it.
    Approved,
    /// A person rejected it.
    Rejected {
        /// Why.
        reason: Option<String>,
    },
    /// It went out.
    Published,
    /// It could not go out.
    PublishFailed {
        /// Why.
        reason: String,
    },
}

impl DraftEvent {
    fn name(&self) -> &'static str {
        match self {
            Self::Edited => "edited",
            Self::Approved => "approved",
            Self::Rejected { .. } => "rejected",
            Self::Published | Self::PublishFailed { .. } => "published",
        }
    }
}

/// An event a draft's state has no answer to.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a draft in state {status:?} cannot be {event}")]
pub struct DraftRefusal {
    /// The state it is in.
    pub status: DraftStatus,
    /// What was asked.
    pub event: &'static str,
}

/// The record that a draft is, or is about to be, out at one target.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Publication {
    /// Its identity; the same in every try.
    pub id: PublicationId,
    /// The draft.
    pub draft: DraftId,
    /// The revision that goes out.
    pub revision: u32,
    /// Where to.
    pub target: Target,
    /// When the intent was recorded.
    pub intended_at: Timestamp,
    /// What became of it; `None` until that is recorded.
    pub outcome: Option<PublicationOutcome>,
}

/// What became of a publication.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "SCREAMING_SNAKE_CASE", rename_all_fields = "camelCase")]
pub enum PublicationOutcome {
    /// It is out.
    Published {
        /// When that was known.
        at: Timestamp,
        /// Where it can be found.
        published: Published,
    },
    /// It is not.
    Failed {
        /// When that was known.
        at: Timestamp,
        /// Why.
        reason: String,
    },
}
