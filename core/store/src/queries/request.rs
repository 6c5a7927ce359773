//! Requests remembered by their key.

use dateline_core::id::UserId;
use dateline_core::store::{REQUEST_KEPT, RecordedRequest};
use dateline_core::time::Timestamp;

use crate::fault::Fault;
use crate::tables::REQUESTS;
use crate::transaction::{Rows, Snapshot};

/// Returns the recorded request unless it is too old to count.
pub(crate) fn kept(
    rows: &impl Rows,
    user: UserId,
    name: [u8; 32],
    now: Timestamp,
) -> Result<Option<RecordedRequest>, Fault> {
    let recorded: Option<RecordedRequest> = rows.get(&REQUESTS, (user.bits(), name))?;
    Ok(recorded.filter(|request| !is_over(request.at, now)))
}

/// Whether a request made at `at` has been forgotten.
pub(crate) fn is_over(at: Timestamp, now: Timestamp) -> bool {
    (now - at).to_std().is_ok_and(|age| age >= REQUEST_KEPT)
}

impl Snapshot {
    pub(crate) fn request(
        &self,
        user: UserId,
        name: [u8; 32],
        now: Timestamp,
    ) -> Result<Option<RecordedRequest>, Fault> {
        kept(self, user, name, now)
    }
}
