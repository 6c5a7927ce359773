//! What can go wrong inside a transaction, and what callers are told of it.

use std::io::ErrorKind;

use dateline_core::store::StoreError;

/// Why a verb or query did not come to its end.
#[derive(Debug)]
pub(crate) enum Fault {
    /// The answer is no; the transaction is fine.
    Refused(StoreError),
    /// Stored bytes do not mean what they should.
    Damaged(String),
    /// The disk, or redb, failed.
    Storage(Box<redb::Error>),
}

impl Fault {
    /// Returns what the caller is told.
    pub(crate) fn told(&self) -> StoreError {
        match self {
            Self::Refused(refusal) => refusal.clone(),
            Self::Damaged(reason) => StoreError::Damaged { reason: reason.clone() },
            Self::Storage(error) => match error.as_ref() {
                redb::Error::Io(io) if is_full(io) => StoreError::Full,
                error => StoreError::Unavailable { reason: error.to_string() },
            },
        }
    }

    fn of(error: redb::Error) -> Self {
        match error {
            redb::Error::Corrupted(reason) => Self::Damaged(reason),
            error @ (redb::Error::TableTypeMismatch { .. }
            | redb::Error::TableIsMultimap(_)
            | redb::Error::TableIsNotMultimap(_)
            | redb::Error::TypeDefinitionChanged { .. }
            | redb::Error::TableDoesNotExist(_)) => Self::Damaged(error.to_string()),
            error => Self::Storage(Box::new(error)),
        }
    }
}

/// Whether `io` says that there is no space left.
pub(crate) fn is_full(io: &std::io::Error) -> bool {
    matches!(io.kind(), ErrorKind::StorageFull | ErrorKind::QuotaExceeded)
}

impl From<StoreError> for Fault {
    fn from(refusal: StoreError) -> Self {
        Self::Refused(refusal)
    }
}

macro_rules! from_redb {
    ($($error:ty),*) => {
        $(impl From<$error> for Fault {
            fn from(error: $error) -> Self {
                Self::of(error.into())
            }
        })*
    };
}

from_redb!(
    redb::Error,
    redb::StorageError,
    redb::TableError,
    redb::TransactionError,
    redb::CommitError,
    redb::DatabaseError,
    redb::SetDurabilityError
);
