//! The audit log: who changed what, written in the transaction that makes the change.

use serde::{Deserialize, Serialize};

use crate::caller::Credential;
use crate::home::Home;
use crate::id::{AuditId, SessionId, TokenId, UserId};
use crate::time::Timestamp;

/// One change somebody made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AuditEntry {
    /// Its identity.
    pub id: AuditId,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub actor: UserId,
    /// What they were called then. The store writes it, in the same transaction.
    #[serde(default)]
    pub actor_name: String,
    /// By which means.
    pub means: Means,
    /// What they did.
    pub action: AuditAction,
    /// The id of what they did it to.
    pub subject: String,
    /// Whose that is; `None` for what is the instance's. Older records name a project.
    #[serde(alias = "project")]
    pub home: Option<Home>,
    /// What changed, in a few words and without anything secret.
    pub detail: Option<String>,
}

/// What somebody acted through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "id", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Means {
    /// A token.
    Token(TokenId),
    /// A session.
    Session(SessionId),
    /// The program itself, on the machine it runs on.
    Process,
    /// A code that was sent to them, or a password.
    SignIn,
}

impl From<Credential> for Means {
    fn from(credential: Credential) -> Self {
        match credential {
            Credential::Token(id) => Self::Token(id),
            Credential::Session(id) => Self::Session(id),
            Credential::Process => Self::Process,
        }
    }
}

/// What somebody did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[expect(missing_docs, reason = "each name is its own sentence")]
pub enum AuditAction {
    ProjectCreated,
    ProjectChanged,
    ProjectRemoved,
    ProjectPaused,
    ProjectResumed,
    MemberPut,
    MemberRemoved,
    JobCreated,
    JobChanged,
    JobCancelled,
    JobPaused,
    JobResumed,
    ExecutionTriggered,
    EventReceived,
    ExecutionReplayed,
    ExecutionCancelled,
    ExecutionDismissed,
    ExecutionPaused,
    ExecutionResumed,
    ExecutionPinned,
    ExecutionUnpinned,
    ExecutionAnswered,
    BackfillCreated,
    BackfillCancelled,
    DraftEdited,
    DraftApproved,
    DraftRejected,
    DraftPublished,
    InvitationCreated,
    InvitationRevoked,
    UserJoined,
    UserChanged,
    UserRemoved,
    PasswordChanged,
    PasswordResetCreated,
    PasswordReset,
    SignedIn,
    SignedOut,
    SignedOutEverywhere,
    OwnerRecovered,
    TokenCreated,
    TokenRevoked,
    SettingsChanged,
    EnginePaused,
    EngineResumed,
}
