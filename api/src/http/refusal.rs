//! How the engine's refusals are told over HTTP: one status and one code for each.

use dateline_actors::RequestError;
use dateline_core::content::Finding;
use dateline_core::people::PeopleRefusal;
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
            RequestError::NoSuchToken => Self::field("/token", "", "the link of a mail from this Dateline"),
            RequestError::TooSoon { wait } => {
                let retry_after = Some(wait.as_secs() + 1);
                Self { retry_after, ..Self::new(Code::RateLimited, error.to_string()) }
            }
            RequestError::Unauthorized => {
                Self::new(Code::Unauthorized, "expected the header `Authorization: Bearer dl_…`")
            }
            RequestError::WrongPassword => Self::new(Code::Unauthorized, error.to_string()),
            RequestError::Forbidden { reason } => Self::new(Code::Forbidden, reason),
            RequestError::Busy { retry_after } => {
                let seconds = retry_after.as_secs() + u64::from(retry_after.subsec_nanos() > 0);
                Self { retry_after: Some(seconds.max(1)), ..Self::new(Code::RateLimited, error.to_string()) }
            }
            RequestError::Stopping => Self::new(Code::Unavailable, error.to_string()),
        }
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        if let StoreError::PeopleRefused(PeopleRefusal::VoidCode) = &error {
            return Self::field("/code", "", "a code that is still good: each works once and for a while");
        }
        let code = match &error {
            StoreError::NotFound(_) => Code::NotFound,
            StoreError::Conflict { .. } => Code::Conflict,
            StoreError::OtherVersion { .. } => Code::PreconditionFailed,
            StoreError::KeyTaken => Code::IdempotencyConflict,
            StoreError::Refused(_) | StoreError::DraftRefused(_) => Code::InvalidState,
            StoreError::PeopleRefused(refusal) => people(refusal),
            StoreError::DependencyRefused(_) => Code::Invalid,
            StoreError::JobCancelled => Code::JobCancelled,
            StoreError::Full => Code::Full,
            StoreError::Unavailable { .. } => Code::Unavailable,
            StoreError::StaleLease
            | StoreError::StepDone { .. }
            | StoreError::CursorMoved { .. }
            | StoreError::Damaged { .. } => Code::Internal,
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

fn people(refusal: &PeopleRefusal) -> Code {
    match refusal {
        PeopleRefusal::VoidCode => Code::Invalid,
        PeopleRefusal::LastOwner
        | PeopleRefusal::FirstOwner
        | PeopleRefusal::EmailTaken
        | PeopleRefusal::OwnsProjects { .. }
        | PeopleRefusal::OwnsProject
        | PeopleRefusal::Disabled => Code::PeopleConflict,
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
        SourceError::Stopped | SourceError::RateLimited { .. } | SourceError::Unreachable { .. } => {
            return Problem::new(Code::Unavailable, error.to_string());
        }
        SourceError::Auth { .. } => ("/source/token", ""),
        SourceError::Malformed { host, .. } | SourceError::Blocked { host, .. } => {
            ("/source/apiUrl", host.as_str())
        }
        SourceError::Moved { repository, .. } => ("/source/repo", repository.as_str()),
    };
    let detail = error.to_string();
    Problem { detail, ..Problem::field(field, value, "a repository that can be read") }
}

fn blocked(findings: &[Finding]) -> Problem {
    let sentence = |finding: &Finding| format!("{:?}: {}", finding.rule, finding.message);
    let detail = findings.iter().map(sentence).collect::<Vec<_>>().join("; ");
    Problem::new(Code::DraftBlocked, detail)
}

#[cfg(test)]
mod tests {
    use dateline_core::content::{Rule, Severity};
    use dateline_core::store::Missing;

    use super::*;

    #[test]
    fn each_refusal_has_its_status_and_tells_nothing_of_the_inside() {
        let secret = "/var/lib/secret: os error 5";
        let unavailable = StoreError::Unavailable { reason: secret.into() };
        let damaged = StoreError::Damaged { reason: secret.into() };
        let cases = [
            (StoreError::NotFound(Missing::Job), 404, "NOT_FOUND"),
            (StoreError::Conflict { version: 3 }, 409, "CONFLICT"),
            (StoreError::JobCancelled, 409, "JOB_CANCELLED"),
            (StoreError::Full, 507, "DISK_FULL"),
            (unavailable, 503, "UNAVAILABLE"),
            (damaged, 500, "INTERNAL_ERROR"),
            (StoreError::StaleLease, 500, "INTERNAL_ERROR"),
        ];
        for (error, status, code) in cases {
            let problem = Problem::from(error);
            assert_eq!((problem.code.status().as_u16(), problem.code.name()), (status, code));
            assert!(!problem.detail.contains("secret"), "{}", problem.detail);
        }
    }

    #[test]
    fn a_single_fault_of_a_schedule_names_itself() {
        let fault = |code| Fault {
            pointer: "/timeConfig/cronExpression".into(),
            value: "* * * * * *".into(),
            expected: "at least 60 s between two occurrences, not 1 s".into(),
            code,
        };
        let code = |faults| Problem::from(RequestError::Invalid { faults }).code;
        assert_eq!(code(vec![fault(FaultCode::ScheduleTooDense)]), Code::TooDense);
        assert_eq!(code(vec![fault(FaultCode::NeverFires)]), Code::NeverFires);
        assert_eq!(
            code(vec![fault(FaultCode::ScheduleTooDense), fault(FaultCode::InvalidField)]),
            Code::Invalid
        );
    }

    #[test]
    fn a_blocked_draft_says_what_blocks_it() {
        let finding =
            Finding { rule: Rule::L7, severity: Severity::Error, message: "a secret".into(), excerpt: None };
        let problem = Problem::from(RequestError::Blocked { findings: vec![finding] });
        assert_eq!((problem.code, problem.detail.as_str()), (Code::DraftBlocked, "L7: a secret"));
    }
}
