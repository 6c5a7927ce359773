//! What went wrong, in the words of [`SourceError`].

use dateline_core::source::SourceError;

/// Longest reason handed on, in bytes: gix errors can quote whole objects.
const REASON_BYTES_MAX: usize = 300;

/// Returns the error for a failed read inside an opened repository.
pub(super) fn unreadable(path: &str, error: &gix::Error) -> SourceError {
    let (path, reason) = (path.to_owned(), reason(error));
    if error.is_permission_denied() || error.iter_errors().any(is_refusal) {
        SourceError::Unreadable { path, reason }
    } else if error.is_unsupported() {
        SourceError::Unsupported { path, reason }
    } else {
        SourceError::Corrupt { path, reason }
    }
}

/// Returns the error for something that is there and makes no sense.
pub(super) fn corrupt(path: &str, reason: impl Into<String>) -> SourceError {
    SourceError::Corrupt { path: path.to_owned(), reason: reason.into() }
}

/// Returns the error for a path the system would not let us look at.
pub(super) fn from_io(path: &str, error: &std::io::Error) -> SourceError {
    use std::io::ErrorKind;
    let path = path.to_owned();
    match error.kind() {
        // `InvalidInput` is a NUL in the path, `InvalidFilename` one that is too long: nothing can be there.
        ErrorKind::NotFound
        | ErrorKind::InvalidInput
        | ErrorKind::NotADirectory
        | ErrorKind::InvalidFilename => SourceError::Missing { path },
        _ => SourceError::Unreadable { path, reason: error.to_string() },
    }
}

fn is_refusal(error: &(dyn std::error::Error + 'static)) -> bool {
    error.downcast_ref::<std::io::Error>().is_some_and(|io| io.kind() == std::io::ErrorKind::PermissionDenied)
}

/// Returns the error and its first cause as one bounded line.
fn reason(error: &gix::Error) -> String {
    let (said, cause) = (error.to_string(), error.probable_cause().to_string());
    let whole = if said.contains(&cause) { said } else { format!("{said}: {cause}") };
    let line: String = whole.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    dateline_core::message::cut_at(line.trim(), REASON_BYTES_MAX).to_owned()
}
