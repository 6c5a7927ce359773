//! Why a call did not succeed.

use std::fmt;
use std::time::Duration;

pub use crate::types::{FieldFault, ProblemCode};

/// A refusal as the server tells it (RFC 9457).
#[derive(Debug, Clone, PartialEq)]
pub struct Problem {
    /// The HTTP status.
    pub status: u16,
    /// Why, for programs: these words never change.
    pub code: ProblemCode,
    /// The same for every problem with this code.
    pub title: String,
    /// What is wrong this time.
    pub detail: String,
    /// Every faulty field.
    pub errors: Vec<FieldFault>,
    /// The server's name for the request; its log has the same.
    pub request_id: Option<String>,
    /// When trying again can help.
    pub retry_after: Option<Duration>,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.errors.is_empty() {
            return f.write_str(&self.detail);
        }
        for (index, FieldFault { pointer, value, expected }) in self.errors.iter().enumerate() {
            let joint = if index == 0 { "" } else { "; " };
            if value.is_empty() {
                write!(f, "{joint}{pointer}: expected {expected}")?;
            } else {
                write!(f, "{joint}{pointer} is `{value}`: expected {expected}")?;
            }
        }
        Ok(())
    }
}

/// Why there is no answer to use.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The client cannot be made from these settings.
    #[error("{0}")]
    Settings(String),
    /// The server refuses.
    #[error("{0}")]
    Refused(Box<Problem>),
    /// Nobody answers there.
    #[error("nobody answers at {base}: {reason}")]
    Unreachable {
        /// The server that was asked.
        base: String,
        /// What the connection says.
        reason: String,
    },
    /// The request went out and no whole answer came back: it may or may not have been done.
    #[error("the answer of {base} did not arrive: {reason}")]
    Lost {
        /// The server that was asked.
        base: String,
        /// What the connection says.
        reason: String,
    },
    /// What answers does not speak this interface.
    #[error("{base} answers {status} with something that is not Dateline's: {reason}")]
    Foreign {
        /// The server that was asked.
        base: String,
        /// The HTTP status.
        status: u16,
        /// What was not understood.
        reason: String,
    },
}

impl ClientError {
    /// Returns the server's refusal, when it is one.
    pub fn problem(&self) -> Option<&Problem> {
        match self {
            Self::Refused(problem) => Some(problem),
            Self::Settings(_) | Self::Unreachable { .. } | Self::Lost { .. } | Self::Foreign { .. } => None,
        }
    }
}
