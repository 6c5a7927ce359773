//! Which executions make way in a store of plain maps.

use dateline_core::execution::{AttemptOutcome, Execution, ExecutionEvent, ExecutionState};
use dateline_core::id::{ExecutionId, JobId};
use dateline_core::job::Job;
use dateline_core::overlap::{Admission, Ending, Open, admit};
use dateline_core::policy::OverlapPolicy;
use dateline_core::time::Timestamp;

use super::{Model, Res};

impl Model {
    pub(super) fn admission(&self, job: &Job, policy: OverlapPolicy) -> Admission {
        let open = || self.open_of(job.id).filter(|e| is_rival(e));
        let waiting = open().filter(|e| e.attempts.is_empty()).count();
        let started = open().count() - waiting;
        admit(policy, Open { started, waiting })
    }

    pub(super) fn cover_questions(&mut self, job: JobId, newer: ExecutionId, now: Timestamp) -> Res<()> {
        let asking: Vec<_> = self.open_of(job).filter(|e| e.state.is_asking()).cloned().collect();
        for mut execution in asking {
            execution.state = execution.state.after(ExecutionEvent::Covered, now)?;
            execution.superseded_by = Some(newer);
            self.change(execution);
        }
        Ok(())
    }

    pub(super) fn make_way(
        &mut self,
        job: JobId,
        admission: Admission,
        newer: ExecutionId,
        now: Timestamp,
    ) -> Res<()> {
        let Admission::Replace(ending) = admission else { return Ok(()) };
        let open: Vec<_> = self.open_of(job).filter(|e| is_rival(e)).cloned().collect();
        for mut execution in open {
            let is_stopping = matches!(execution.state, ExecutionState::Cancelling { .. });
            let was_held = execution.state.lease().is_some();
            let event = match ending {
                Ending::Cancel if is_stopping => continue,
                Ending::Cancel => ExecutionEvent::CancelRequested,
                Ending::Terminate => ExecutionEvent::Terminated,
            };
            execution.state = execution.state.after(event, now)?;
            execution.superseded_by = Some(newer);
            if was_held && ending == Ending::Terminate {
                let attempt = execution.attempts.last_mut().expect("it runs");
                (attempt.ended_at, attempt.end) = (Some(now), Some(AttemptOutcome::Cancelled));
            }
            self.change(execution);
        }
        Ok(())
    }
}

/// Whether an open execution is one that an occurrence of its job can overlap with.
fn is_rival(execution: &Execution) -> bool {
    !execution.state.is_asking() && execution.backfilled().is_none()
}
