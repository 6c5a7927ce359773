//! Dead letters of a job or a project: run again or dismissed together.

use dateline_core::caller::Access;
use dateline_core::id::ExecutionId;
use dateline_core::people::AuditAction;
use dateline_core::store::{DeadLettersOf, Missing, ReplayDead, SettledDead, StoreError};

use super::Dateline;
use crate::request::RequestError;

/// The most dead letters that are settled together.
pub const SETTLED_MAX: usize = 100;

impl Dateline {
    /// Runs dead letters again, the oldest first, at most `limit` and [`SETTLED_MAX`]; with `from_failed_step`, taking
    /// over what was done.
    ///
    /// # Errors
    /// Not found for a job or project that is not there.
    pub async fn replay_dead_letters(
        &self,
        of: DeadLettersOf,
        from_failed_step: bool,
        limit: usize,
    ) -> Result<SettledDead, RequestError> {
        let (now, entropy) = (self.now(), &*self.shared.parts.entropy);
        let fresh = || ExecutionId::fresh(now, entropy);
        let ids = std::iter::repeat_with(fresh).take(limit.min(SETTLED_MAX)).collect();
        let request = ReplayDead { of, from_failed_step, ids, now };
        let store = self.settling(of, AuditAction::ExecutionReplayed).await?;
        let settled = store.replay_dead(request).await?;
        self.shared.hints.work_queued();
        Ok(settled)
    }

    /// Dismisses dead letters, the oldest first, at most `limit` and [`SETTLED_MAX`].
    ///
    /// # Errors
    /// Not found for a job or project that is not there.
    pub async fn dismiss_dead_letters(
        &self,
        of: DeadLettersOf,
        limit: usize,
    ) -> Result<SettledDead, RequestError> {
        let store = self.settling(of, AuditAction::ExecutionDismissed).await?;
        Ok(store.dismiss_dead(of, limit.min(SETTLED_MAX), self.now()).await?)
    }

    /// Returns the store as the caller settles something in it, should they be allowed to.
    async fn settling(
        &self,
        of: DeadLettersOf,
        action: AuditAction,
    ) -> Result<std::sync::Arc<dyn dateline_core::store::Store>, RequestError> {
        Ok(match of {
            DeadLettersOf::Job(job) => {
                let home = self.job_for(job, Access::Edit).await?.job.home;
                self.noting(action, job, Some(home), Some("dead letters".to_owned()))
            }
            DeadLettersOf::Home(home) => {
                // What is a person's own is settled job by job.
                let missing = StoreError::NotFound(Missing::Project);
                self.require(home.project().ok_or(missing)?, Access::Edit).await?;
                self.noting(action, home, Some(home), Some("dead letters".to_owned()))
            }
        })
    }
}
