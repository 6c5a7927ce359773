//! Why an attempt or an execution failed.

use serde::{Deserialize, Serialize};

use crate::time::Timestamp;

/// Why something failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Failure {
    /// Whether trying again can help.
    pub class: FailureClass,
    /// The step it happened in.
    pub step: Option<String>,
    /// The error and its causes, outermost first.
    pub chain: Vec<String>,
    /// When the server that was asked takes requests again, if it said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<Timestamp>,
}

/// Whether trying again can help.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum FailureClass {
    /// It may pass.
    Transient,
    /// A server takes no more requests; waiting spends no attempt, and was given up after a day.
    RateLimited,
    /// A credential is missing, wrong or lacks a right: a person must mend it.
    Auth,
    /// It will not pass by itself.
    Permanent,
    /// It waited longer than allowed.
    TimeoutStart,
    /// The attempt took longer than allowed.
    TimeoutRun,
    /// A step took longer than allowed.
    TimeoutStep,
    /// A step that gives signs of life gave none for longer than allowed.
    Stalled,
    /// The program itself was wrong.
    Panic,
    /// Its worker died in one step again and again.
    Quarantined,
}

impl FailureClass {
    /// Whether another attempt can help.
    pub fn can_retry(self) -> bool {
        match self {
            Self::Transient | Self::TimeoutRun | Self::TimeoutStep | Self::Stalled | Self::Panic => true,
            Self::RateLimited | Self::Auth | Self::Permanent | Self::TimeoutStart | Self::Quarantined => {
                false
            }
        }
    }
}
