//! How the engine's refusals are told over HTTP: one status and one code for each.

use dateline_actors::RequestError;
use dateline_core::content::Finding;
use dateline_core::schedule::{Fault, FaultCode};
use dateline_core::source::SourceError;
use dateline_core::store::StoreError;

use super::problem::{Code, FieldFault, Problem};

impl From<RequestError> for Problem {
    fn from(error: RequestError) -> Self {
        match error {
            RequestError::Invalid { faults } => invalid(&faults),
            RequestError::Store(error) => error.into(),
            RequestError::Source(error) => source(&error),
            RequestError::Blocked { findings } => blocked(&findings),
            RequestError::NoTarget | RequestError::StillOpen => {
                Self::new(Code::InvalidState, error.to_string())
            }
            RequestError::Stopping => Self::new(Code::Unavailable, error.to_string()),
        }
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        let code = match &error {
            StoreError::NotFound(_) => Code::NotFound,
            StoreError::Conflict { .. } => Code::Conflict,
            StoreError::Refused(_) | StoreError::DraftRefused(_) => Code::InvalidState,
            StoreError::JobCancelled => Code::JobCancelled,
            StoreError::Full => Code::Full,
            StoreError::Unavailable { .. } => Code::Unavailable,
            StoreError::StaleLease | StoreError::StepDone { .. } | StoreError::Damaged { .. } => {
                Code::Internal
            }
        };
        let detail = match &error {
            // What the disk says names paths and offsets: that is for the log.
            StoreError::Unavailable { .. } => {
                "the store is unavailable; what was asked may or may not have happened"
            }
            _ if code == Code::Internal => "the request was not completed",
            _ => return Self::new(code, error.to_string()),
        };
        tracing::error!(%error, "the store failed");
        Self::new(code, detail)
    }
}

fn invalid(faults: &[Fault]) -> Problem {
    let errors = faults.iter().map(|fault| FieldFault::new(&fault.pointer, &fault.value, &*fault.expected));
    let code = match faults {
        [only] if only.code == FaultCode::ScheduleTooDense => Code::TooDense,
        [only] if only.code == FaultCode::NeverFires => Code::NeverFires,
        _ => Code::Invalid,
    };
    Problem { code, ..Problem::invalid(errors.collect()) }
}

fn source(error: &SourceError) -> Problem {
    let (field, value) = match error {
        SourceError::NoSuchBranch { branch, .. } => ("/source/branch", branch.as_str()),
        SourceError::Missing { path }
        | SourceError::NotARepository { path }
        | SourceError::Unreadable { path, .. }
        | SourceError::Unsupported { path, .. }
        | SourceError::Corrupt { path, .. } => ("/source/path", path.as_str()),
        SourceError::Stopped => return Problem::new(Code::Unavailable, error.to_string()),
    };
    let detail = error.to_string();
    Problem { detail, ..Problem::field(field, value, "a git repository that can be read") }
}

fn blocked(findings: &[Finding]) -> Problem {
    let sentence = |finding: &Finding| format!("{:?}: {}", finding.rule, finding.message);
    let detail = findings.iter().map(sentence).collect::<Vec<_>>().join("; ");
    Problem::new(Code::DraftBlocked, detail)
}
