//! What a job depends on, and what depends on it, as JSON spells it.

use dateline_core::dependency::{Dependencies, DependencyMode, DependencyOn, LinkedJob};
use dateline_core::id::{ExecutionId, JobId, ProjectId};
use dateline_core::job::JobStatus;
use poem_openapi::Object;

use crate::http::fields::{Id, Instant, Word, words};

words!(DependencyMode as DependencyMode ("How many upstream jobs must have ended."): All, Any);
words!(DependencyOn as DependencyOn ("Which ends of upstream jobs count."): Success, Failure, Partial, Any);

/// The jobs whose ends start a job.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", skip_serializing_if_is_none)]
pub struct DependenciesBody {
    /// Its upstream jobs. One of another project takes EDIT in both; what would make a job depend on itself is refused.
    #[oai(validator(min_items = 1, max_items = 32, unique_items))]
    pub jobs: Vec<Id<JobId>>,
    /// Whether all of them must have ended since the job last ran for them, or each end starts it; ALL when absent.
    pub mode: Option<Word<DependencyMode>>,
    /// How they must have ended: SUCCESS (COMPLETED) when absent. ANY is each of COMPLETED, PARTIAL, FAILED and
    /// SKIPPED for want of activity. What was cancelled, missed or otherwise skipped never counts.
    pub on: Option<Word<DependencyOn>>,
}

/// A job next to another one in the graph.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct LinkedJobBody {
    /// The job.
    pub job_id: Id<JobId>,
    /// What people call it.
    pub name: String,
    /// Its project; null for a person's own job.
    pub project_id: Option<Id<ProjectId>>,
    /// Its own status.
    pub status: Word<JobStatus>,
    /// When it was cancelled for good: it then never ends again.
    pub cancelled_at: Option<Instant>,
    /// The end that is noted while the other upstream jobs are waited for.
    pub noted: Option<Id<ExecutionId>>,
}

impl From<DependenciesBody> for Dependencies {
    fn from(body: DependenciesBody) -> Self {
        Self {
            jobs: body.jobs.into_iter().map(|id| id.0).collect(),
            mode: body.mode.map(|word| word.0).unwrap_or_default(),
            on: body.on.map(|word| word.0).unwrap_or_default(),
        }
    }
}

impl From<Dependencies> for DependenciesBody {
    fn from(depends_on: Dependencies) -> Self {
        Self {
            jobs: depends_on.jobs.into_iter().map(Id).collect(),
            mode: Some(Word(depends_on.mode)),
            on: Some(Word(depends_on.on)),
        }
    }
}

impl From<LinkedJob> for LinkedJobBody {
    fn from(linked: LinkedJob) -> Self {
        Self {
            job_id: Id(linked.job),
            name: linked.name,
            project_id: linked.home.project().map(Id),
            status: Word(linked.status),
            cancelled_at: linked.cancelled_at.map(Instant),
            noted: linked.noted.map(Id),
        }
    }
}
