//! What a job depends on: checked against what its editor may see and change, and shown to those who see it.

use dateline_core::caller::Access;
use dateline_core::dependency::{
    ABOVE_MAX, DOWNSTREAM_MAX, DependencyRefusal, JobLinks, LinkedJob, UPSTREAM_MAX,
};
use dateline_core::id::{ExecutionId, JobId};
use dateline_core::job::Job;
use dateline_core::store::StoreError;

use super::Dateline;
use super::check::Faults;
use crate::request::RequestError;

impl Dateline {
    /// Returns the jobs next to one in the graph, as far as the caller sees them.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] for a job that is not there.
    pub async fn job_links(&self, id: JobId) -> Result<JobLinks, RequestError> {
        self.job_for(id, Access::View).await?;
        let JobLinks { upstream, downstream } = self.store().job_links(id).await?;
        Ok(JobLinks { upstream: self.seen_of(upstream).await?, downstream: self.seen_of(downstream).await? })
    }

    /// Returns the executions that followed the end of one, as far as the caller sees them.
    pub(super) async fn followers(&self, id: ExecutionId) -> Result<Vec<ExecutionId>, RequestError> {
        let mut seen = Vec::new();
        for follower in self.store().followers(id).await? {
            match self.execution_for(follower, Access::View).await {
                Ok(_) => seen.push(follower),
                Err(RequestError::Store(StoreError::NotFound(_))) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(seen)
    }

    async fn seen_of(&self, jobs: Vec<LinkedJob>) -> Result<Vec<LinkedJob>, RequestError> {
        let reach = self.reach().await?;
        let is_seen = |job: &LinkedJob| reach.as_ref().is_none_or(|seen| seen.contains(&job.home));
        Ok(jobs.into_iter().filter(is_seen).collect())
    }

    /// Checks what a job is to depend on. What it depended on before, in the same project, was checked then.
    pub(super) async fn check_dependencies(
        &self,
        stored: Option<&Job>,
        job: &Job,
    ) -> Result<(), RequestError> {
        let Some(depends_on) = &job.depends_on else { return Ok(()) };
        let mut faults = Faults::default();
        let same = stored.filter(|stored| stored.home == job.home);
        let known = same.and_then(|stored| stored.depends_on.as_ref()).map(|known| &known.jobs[..]);
        let jobs = &depends_on.jobs;
        if jobs.is_empty() || jobs.len() > UPSTREAM_MAX {
            let expected = format!("1 to {UPSTREAM_MAX} jobs, or no such field");
            faults.add("/dependsOn/jobs", &jobs.len().to_string(), expected);
            return faults.into_result();
        }
        for (index, upstream) in jobs.iter().enumerate() {
            let pointer = format!("/dependsOn/jobs/{index}");
            if jobs[..index].contains(upstream) {
                faults.add(pointer, &upstream.to_string(), "each job at most once");
            } else if !known.is_some_and(|known| known.contains(upstream))
                && let Some(expected) = self.upstream_fault(job, *upstream).await?
            {
                faults.add(pointer, &upstream.to_string(), expected);
            }
        }
        faults.into_result()
    }

    /// Returns what would be right, when a job must not depend on `upstream`.
    async fn upstream_fault(&self, job: &Job, upstream: JobId) -> Result<Option<&'static str>, RequestError> {
        let view = match self.job_for(upstream, Access::View).await {
            Ok(view) => view,
            Err(RequestError::Store(StoreError::NotFound(_))) => return Ok(Some("a job you can see")),
            Err(error) => return Err(error),
        };
        if view.job.cancelled_at.is_some() {
            return Ok(Some("a job that is not cancelled for good"));
        }
        if view.job.home == job.home {
            return Ok(None);
        }
        match self.job_for(upstream, Access::Edit).await {
            Ok(_) => Ok(None),
            Err(RequestError::Forbidden { .. }) => {
                Ok(Some("a job of the same project, or of another in which you may EDIT"))
            }
            Err(error) => Err(error),
        }
    }

    /// Returns the store's refusal of a graph as a fault of the field.
    pub(super) async fn graph_fault(&self, job: &Job, error: StoreError) -> RequestError {
        let StoreError::DependencyRefused(refusal) = error else { return error.into() };
        let (upstream, expected) = match &refusal {
            DependencyRefusal::Cycle { path } => (
                path.get(1).copied(),
                format!("a job that does not depend on this one: {}", self.way(path).await),
            ),
            DependencyRefusal::Gone { job } => {
                (Some(*job), "a job that is not cancelled for good".to_owned())
            }
            DependencyRefusal::Crowded { job } => {
                (Some(*job), format!("a job on which fewer than {DOWNSTREAM_MAX} depend"))
            }
            DependencyRefusal::TooLarge => (None, format!("jobs with at most {ABOVE_MAX} jobs above them")),
        };
        let named = job.depends_on.as_ref().map(|it| &it.jobs[..]).unwrap_or_default();
        let index = upstream.and_then(|upstream| named.iter().position(|it| *it == upstream));
        let pointer = index.map_or("/dependsOn/jobs".into(), |index| format!("/dependsOn/jobs/{index}"));
        let mut faults = Faults::default();
        faults.add(pointer, &upstream.map(|it| it.to_string()).unwrap_or_default(), expected);
        faults.into_result().err().unwrap_or_else(|| StoreError::from(refusal).into())
    }

    /// Tells a way through the graph by the names of its jobs; those the caller does not see have none.
    async fn way(&self, path: &[JobId]) -> String {
        let mut names = Vec::new();
        for id in path {
            let view = self.job_for(*id, Access::View).await;
            names.push(view.map_or("a job you cannot see".into(), |view| format!("`{}`", view.job.name)));
        }
        names.join(" → ")
    }
}
