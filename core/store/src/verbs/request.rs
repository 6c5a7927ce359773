//! Changes on terms: once for a key, and only to the version that was read.
//!
//! The key's record, the check of the version and the change are one commit, so no crash can come between them.

use dateline_core::id::{DraftId, ExecutionId, JobId, ProjectId};
use dateline_core::secret::SealedSecret;
use dateline_core::store::{REQUEST_KEPT, RecordedRequest, RequestKey, StoreError, Terms};
use dateline_core::time::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::fault::Fault;
use crate::queries::kept;
use crate::tables::{REQUEST_AGES, REQUESTS};
use crate::transaction::{Rows, Transaction};

/// The most forgotten requests that go with one commit: more than one, so that they dwindle.
const FORGOTTEN_MAX: usize = 16;

/// What a change is made to.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Target {
    /// What is not there yet.
    New,
    Project(ProjectId),
    Job(JobId),
    Execution(ExecutionId),
    Draft(DraftId),
}

impl Transaction<'_> {
    /// Makes a change on `terms`: again it is not made, and what it came to the first time is returned.
    pub(crate) fn under<T: Serialize + DeserializeOwned>(
        &self,
        terms: &Terms,
        target: Target,
        change: impl FnOnce(&Self) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        if let Some(key) = &terms.key
            && let Some(recorded) = kept(self, key.user, key.name, key.at)?
        {
            return effect(key, recorded);
        }
        self.check_version(terms, target)?;
        let done = change(self)?;
        if let Some(key) = &terms.key {
            let value = serde_json::to_value(&done);
            let effect =
                value.map_err(|error| Fault::Damaged(format!("an effect cannot be written: {error}")))?;
            self.record_request(key, Some(effect), None)?;
        }
        Ok(done)
    }

    fn check_version(&self, terms: &Terms, target: Target) -> Result<(), Fault> {
        let Some(wanted) = &terms.versions else { return Ok(()) };
        let version = match target {
            Target::New => return Ok(()),
            Target::Project(id) => self.found_project(id)?.version,
            Target::Job(id) => self.found_job(id)?.0.version,
            Target::Execution(id) => self.found_execution(id)?.version,
            Target::Draft(id) => self.found_draft(id)?.version,
        };
        if wanted.contains(&version) { Ok(()) } else { Err(StoreError::OtherVersion { version }.into()) }
    }

    pub(crate) fn record_answer(&self, key: &RequestKey, answer: &SealedSecret) -> Result<(), Fault> {
        let recorded = kept(self, key.user, key.name, key.at)?;
        if recorded.as_ref().is_some_and(|recorded| recorded.digest != key.digest) {
            return Err(StoreError::KeyTaken.into());
        }
        let effect = recorded.and_then(|recorded| recorded.effect);
        self.record_request(key, effect, Some(answer.clone()))
    }

    /// Forgets up to `limit` requests that can no more be sent again, oldest first; returns how many there were.
    pub(super) fn forget_requests(&self, now: Timestamp, limit: usize) -> Result<usize, Fault> {
        let oldest = i64::try_from(REQUEST_KEPT.as_millis()).unwrap_or(i64::MAX);
        let end = now.timestamp_millis().saturating_sub(oldest);
        let over = self.rows(REQUEST_AGES, ..=(end, u128::MAX, [u8::MAX; 32]), limit)?;
        for ((at, user, name), ()) in &over {
            self.remove(REQUEST_AGES, (*at, *user, *name))?;
            self.remove(REQUESTS.table, (*user, *name))?;
        }
        Ok(over.len())
    }

    /// Remembers a request in place of what its key named before, and forgets a few that are over.
    fn record_request(
        &self,
        key: &RequestKey,
        effect: Option<serde_json::Value>,
        answer: Option<SealedSecret>,
    ) -> Result<(), Fault> {
        let (user, name) = (key.user.bits(), key.name);
        self.forget_requests(key.at, FORGOTTEN_MAX)?;
        if let Some(before) = self.get(&REQUESTS, (user, name))? {
            self.remove(REQUEST_AGES, (before.at.timestamp_millis(), user, name))?;
        }
        let request = RecordedRequest { digest: key.digest.clone(), at: key.at, effect, answer };
        self.set(REQUEST_AGES, (key.at.timestamp_millis(), user, name), ())?;
        self.put(&REQUESTS, (user, name), &request)
    }
}

/// Returns what the recorded request came to, when it is the one that is asked again.
fn effect<T: DeserializeOwned>(key: &RequestKey, recorded: RecordedRequest) -> Result<T, Fault> {
    let is_same = recorded.digest == key.digest;
    let effect = recorded.effect.filter(|_| is_same).map(serde_json::from_value);
    effect.and_then(Result::ok).ok_or_else(|| StoreError::KeyTaken.into())
}
