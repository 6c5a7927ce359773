//! The graph of jobs: what stands above and below one, and what followed what.

use dateline_core::dependency::{JobLinks, LinkedJob};
use dateline_core::home::Home;
use dateline_core::id::{ExecutionId, JobId};
use dateline_core::job::Job;
use dateline_core::received_event::Topic;
use dateline_core::store::{Missing, StoreError};

use super::job::job_status;
use crate::fault::Fault;
use crate::tables::{DOWNSTREAM, FOLLOWERS, JOBS, LISTENERS, NOTED};
use crate::transaction::{Rows, Snapshot};
use crate::verbs::listeners_of;

impl Snapshot {
    pub(crate) fn job_links(&self, id: JobId) -> Result<JobLinks, Fault> {
        let missing = Fault::Refused(StoreError::NotFound(Missing::Job));
        let job = self.get(&JOBS, id.bits())?.ok_or(missing)?;
        let upstream = job.depends_on.map(|depends_on| depends_on.jobs).unwrap_or_default();
        let mut links = JobLinks { upstream: Vec::new(), downstream: Vec::new() };
        for upstream in upstream {
            let noted = self.look(NOTED, (id.bits(), upstream.bits()))?.map(ExecutionId::from_bits);
            links.upstream.extend(self.linked(upstream)?.map(|linked| LinkedJob { noted, ..linked }));
        }
        let below = self.rows(DOWNSTREAM, (id.bits(), 0)..=(id.bits(), u128::MAX), usize::MAX)?;
        for ((_, downstream), ()) in below {
            links.downstream.extend(self.linked(JobId::from_bits(downstream))?);
        }
        Ok(links)
    }

    pub(crate) fn followers(&self, id: ExecutionId) -> Result<Vec<ExecutionId>, Fault> {
        let rows = self.rows(FOLLOWERS, (id.bits(), 0)..=(id.bits(), u128::MAX), usize::MAX)?;
        Ok(rows.into_iter().map(|(_, execution)| ExecutionId::from_bits(execution)).collect())
    }

    pub(crate) fn listeners(
        &self,
        home: Home,
        topic: &Topic,
        except: Option<JobId>,
        limit: usize,
    ) -> Result<usize, Fault> {
        let rows = self.rows(LISTENERS, listeners_of(home, topic), limit.saturating_add(1))?;
        let is_other = |job: u128| except.is_none_or(|except| except.bits() != job);
        Ok(rows.into_iter().filter(|((.., job), ())| is_other(*job)).take(limit).count())
    }

    /// Returns a job of the graph; nothing for one that was cancelled so long ago that it is forgotten.
    fn linked(&self, id: JobId) -> Result<Option<LinkedJob>, Fault> {
        let Some(job) = self.get(&JOBS, id.bits())? else { return Ok(None) };
        let status = job_status(self, id)?;
        let Job { name, home, cancelled_at, .. } = job;
        Ok(Some(LinkedJob { job: id, name, home, status, cancelled_at, noted: None }))
    }
}
