//! Why a request was not done.

use std::time::Duration;

use dateline_core::content::Finding;
use dateline_core::schedule::{Fault, ScheduleError};
use dateline_core::source::SourceError;
use dateline_core::store::StoreError;

/// Why a request was not done.
#[derive(Debug, thiserror::Error)]
pub enum RequestError {
    /// The request itself is wrong; every fault is named.
    #[error("{}", sentence(faults))]
    Invalid {
        /// At least one fault.
        faults: Vec<Fault>,
    },
    /// The store refused or could not.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The source could not be read.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// The lint found errors that block approval and publication.
    #[error("the text has {} that must be mended first", count(findings.len()))]
    Blocked {
        /// The findings that block.
        findings: Vec<Finding>,
    },
    /// The project names no target for the draft's platform: the text is for copying.
    #[error("the project names no target for this platform")]
    NoTarget,
    /// The execution still runs or waits; a replay starts from an ended one.
    #[error("the execution has not ended yet")]
    StillOpen,
    /// No token of this instance.
    #[error("the link is not valid, or its key is no longer in use")]
    NoSuchToken,
    /// It was asked too soon again.
    #[error("this can be asked again in {} s", wait.as_secs() + 1)]
    TooSoon {
        /// How long to wait.
        wait: Duration,
    },
    /// The credential is not, or no longer, valid.
    #[error("a valid credential is needed")]
    Unauthorized,
    /// The e-mail address or the password is wrong; it is not told which.
    #[error("the e-mail address or the password is wrong")]
    WrongPassword,
    /// The caller sees what it is about and may not do this.
    #[error("{reason}")]
    Forbidden {
        /// What it needs.
        reason: String,
    },
    /// Too many failed before, or too many ask at once.
    #[error("too many attempts; try again in {} s", retry_after.as_secs().max(1))]
    Busy {
        /// How long to wait.
        retry_after: Duration,
    },
    /// The engine is stopping, or lost the task that did the work.
    #[error("the engine is stopping")]
    Stopping,
}

impl From<ScheduleError> for RequestError {
    fn from(refused: ScheduleError) -> Self {
        Self::Invalid { faults: refused.faults }
    }
}

fn count(findings: usize) -> String {
    if findings == 1 { "one finding".to_owned() } else { format!("{findings} findings") }
}

fn sentence(faults: &[Fault]) -> String {
    let phrase = |fault: &Fault| match fault.value.as_str() {
        "" => format!("{}: expected {}", fault.pointer, fault.expected),
        value => format!("{} is `{value}`: expected {}", fault.pointer, fault.expected),
    };
    faults.iter().map(phrase).collect::<Vec<_>>().join("; ")
}
