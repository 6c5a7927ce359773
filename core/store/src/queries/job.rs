//! Projects and jobs.

use std::ops::Bound;

use dateline_core::home::Home;
use dateline_core::id::{JobId, ProjectId};
use dateline_core::job::{Job, JobStatus, JobView};
use dateline_core::pause::{JobPauses, Pauses};
use dateline_core::project::Project;
use dateline_core::store::{JobFilter, Missing, Page, PageRequest, StoreError};
use dateline_core::time::Timestamp;
use redb::ReadableTable;

use super::{page_of, resume_id};
use crate::fault::Fault;
use crate::record::JobState;
use crate::tables::{
    ALL, BY_PROJECT, CURSORS, DUE_JOBS, INSTANCE, INSTANCE_KEY, JOB_INDEX, JOB_STATES, JOBS, OPEN, PAUSED,
    PROJECTS, scope_of,
};
use crate::transaction::{Rows, Snapshot, Walk};
use crate::verbs::OF_THE_PAST;

/// Returns a job with all that belongs to it.
pub(crate) fn job_view(rows: &impl Rows, job: Job) -> Result<JobView, Fault> {
    let id = job.id.bits();
    let state: JobState =
        rows.get(&JOB_STATES, id)?.ok_or_else(|| Fault::Damaged(format!("{} has no state", job.id)))?;
    let status = status_of(rows, job.id, &state)?;
    let cursors = {
        let table = rows.table(CURSORS.table)?;
        let mut cursors = Vec::new();
        for row in table.range((id, "", "")..)? {
            let (key, value) = row?;
            if key.value().0 != id {
                break;
            }
            cursors.push(crate::record::decode(value.value(), CURSORS.name)?);
        }
        cursors
    };
    let pauses = job_pauses(rows, &job)?;
    let JobState { clock, last_run_at, failures_in_row, health, last_ended: _ } = state;
    Ok(JobView { job, clock, status, last_run_at, cursors, pauses, failures_in_row, health })
}

/// Returns a job's own status.
pub(super) fn job_status(rows: &impl Rows, id: JobId) -> Result<JobStatus, Fault> {
    let state = rows.get(&JOB_STATES, id.bits())?;
    status_of(rows, id, &state.ok_or_else(|| Fault::Damaged(format!("{id} has no state")))?)
}

fn status_of(rows: &impl Rows, id: JobId, state: &JobState) -> Result<JobStatus, Fault> {
    let id = id.bits();
    // What asks a person is open and nothing that a job does.
    let has_open =
        |class| Ok::<_, Fault>(!rows.rows(OPEN, (id, class, 0)..=(id, class, u128::MAX), 1)?.is_empty());
    let is_busy = has_open(0)? || has_open(1)? || has_open(OF_THE_PAST)?;
    Ok(if is_busy { JobStatus::Running } else { state.idle_status() })
}

/// Returns everything that keeps a job's occurrences from running, or did so lately.
pub(crate) fn job_pauses(rows: &impl Rows, job: &Job) -> Result<JobPauses, Fault> {
    let project = match job.home.project().map(ProjectId::bits) {
        Some(id) if rows.has(PAUSED, (BY_PROJECT, id))? => rows.get(&PROJECTS, id)?,
        Some(_) | None => None,
    };
    let project = project.map(|project| project.pauses).unwrap_or_default();
    Ok(JobPauses { job: job.pauses.clone(), project, engine: engine_pauses(rows)? })
}

/// Returns when everything was paused.
pub(crate) fn engine_pauses(rows: &impl Rows) -> Result<Pauses, Fault> {
    if !rows.has(PAUSED, (ALL, 0))? {
        return Ok(Pauses::default());
    }
    Ok(rows.get(&INSTANCE, INSTANCE_KEY)?.map(|settings| settings.pauses).unwrap_or_default())
}

impl Snapshot {
    pub(crate) fn project(&self, id: ProjectId) -> Result<Project, Fault> {
        self.get(&PROJECTS, id.bits())?.ok_or(Fault::Refused(StoreError::NotFound(Missing::Project)))
    }

    pub(crate) fn projects(&self, page: &PageRequest) -> Result<Page<Project>, Fault> {
        let end = resume_id(page)?.map_or(Bound::Unbounded, Bound::Excluded);
        let table = self.table(PROJECTS.table)?;
        let mut found = Vec::new();
        for row in table.range::<u128>((Bound::Unbounded, end))?.rev() {
            let (_, value) = row?;
            found.push(crate::record::decode::<Project>(value.value(), PROJECTS.name)?);
            if found.len() > page.limit {
                break;
            }
        }
        Ok(page_of(found, page.limit, |project| project.id.bits().to_be_bytes().to_vec()))
    }

    pub(crate) fn job(&self, id: JobId) -> Result<JobView, Fault> {
        let missing = Fault::Refused(StoreError::NotFound(Missing::Job));
        job_view(self, self.get(&JOBS, id.bits())?.ok_or(missing)?)
    }

    pub(crate) fn jobs(&self, filter: &JobFilter, page: &PageRequest) -> Result<Page<JobView>, Fault> {
        let words: Option<Vec<String>> = filter
            .search
            .as_ref()
            .map(|search| search.to_lowercase().split_whitespace().map(str::to_owned).collect());
        let is_within = |home| filter.within.as_ref().is_none_or(|within| within.contains(&home));
        let scopes = match (filter.project.map(Home::Project), &filter.within) {
            (Some(home), _) if is_within(home) => vec![scope_of(home)],
            (Some(_), _) => Vec::new(),
            (None, Some(within)) => within.iter().map(|home| scope_of(*home)).collect(),
            (None, None) => vec![(ALL, 0)],
        };
        self.jobs_where(&scopes, page, |job| {
            filter.job_type.is_none_or(|wanted| wanted == job.job_type())
                && filter.is_enabled.is_none_or(|wanted| wanted == job.is_enabled)
                && words.as_ref().is_none_or(|words| has_words(&job.name, words))
        })
    }

    pub(crate) fn live_jobs(&self, page: &PageRequest) -> Result<Page<JobView>, Fault> {
        self.jobs_where(&[(ALL, 0)], page, Job::is_live)
    }

    fn jobs_where(
        &self,
        scopes: &[(u8, u128)],
        page: &PageRequest,
        fits: impl Fn(&Job) -> bool,
    ) -> Result<Page<JobView>, Fault> {
        let after = resume_id(page)?;
        let ranges = scopes.iter().map(|&(facet, scope)| {
            let end = match after {
                Some(id) => Bound::Excluded((facet, scope, id)),
                None => Bound::Included((facet, scope, u128::MAX)),
            };
            (Bound::Included((facet, scope, 0)), end)
        });
        let mut found = Vec::new();
        self.walk_back_merged(
            JOB_INDEX,
            ranges,
            |(_, _, id)| *id,
            |(_, _, id), ()| {
                let job = self.indexed_job(id)?;
                if fits(&job) {
                    found.push(job_view(self, job)?);
                }
                Ok(if found.len() > page.limit { Walk::Stop } else { Walk::On })
            },
        )?;
        Ok(page_of(found, page.limit, |view| view.job.id.bits().to_be_bytes().to_vec()))
    }

    pub(crate) fn due_jobs(&self, now: Timestamp, limit: usize) -> Result<Vec<JobView>, Fault> {
        let due = self.rows(DUE_JOBS, ..=(now.timestamp_millis(), u128::MAX), limit)?;
        due.into_iter().map(|((_, id), ())| job_view(self, self.indexed_job(id)?)).collect()
    }

    fn indexed_job(&self, id: u128) -> Result<Job, Fault> {
        self.get(&JOBS, id)?
            .ok_or_else(|| Fault::Damaged(format!("{} is in an index and is gone", JobId::from_bits(id))))
    }
}

fn has_words(name: &str, words: &[String]) -> bool {
    let name = name.to_lowercase();
    words.iter().all(|word| name.contains(word.as_str()))
}
