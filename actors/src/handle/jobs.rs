//! Jobs: created, changed, toggled, cancelled, read.

use dateline_core::caller::{Access, Role};
use dateline_core::home::Home;
use dateline_core::id::{JobId, ProjectId, SecretId};
use dateline_core::job::{Around, Job, JobClock, JobView, NextDue, Payload, VALUE_TAKES, is_value};
use dateline_core::pause::Pauses;
use dateline_core::people::AuditAction;
use dateline_core::policy::Policy;
use dateline_core::project::Project;
use dateline_core::schedule::{CompiledSchedule, Fault, Occurrence, Rules, Schedule};
use dateline_core::store::{JobFilter, Page, PageRequest, SecretChanges, StoreError};

use super::Dateline;
use super::check::Faults;
use super::projects::CHANGE_TRIES;
use crate::aside::aside;
use crate::planning;
use crate::request::{JobChange, NewJob, Preview, RequestError, Secrets, Told};
use dateline_core::time::Timestamp;

/// The most occurrences one preview shows.
const PREVIEW_MAX: usize = 1_000;

impl Dateline {
    /// Creates a job of an existing project, or of the caller's own. Its schedule looks forward from now.
    ///
    /// # Errors
    /// [`RequestError::Invalid`] naming every faulty field.
    pub async fn create_job(&self, new: NewJob) -> Result<JobView, RequestError> {
        let now = self.now();
        if let Some(project) = new.project {
            self.require(project, Access::Edit).await?;
        }
        let home = self.home(new.project)?;
        let payload = Payload::read(new.job_type, &new.payload);
        let fields = Fields { home, name: &new.name, policy: &new.policy, schedule: &new.schedule };
        let (mut payload, compiled) = self.check_job(fields, payload).await?;
        let secrets = self.seal(&mut payload, None, &new.secrets)?;
        let id = JobId::fresh(now, &*self.shared.parts.entropy);
        let job = Job {
            id,
            home,
            name: new.name,
            schedule: new.schedule,
            is_enabled: new.is_enabled,
            policy: new.policy,
            payload,
            depends_on: new.depends_on,
            listens_to: new.listens_to,
            condition: new.condition,
            pauses: Pauses::default(),
            cancelled_at: None,
            version: 1,
            created_at: now,
            updated_at: now,
        };
        self.check_dependencies(None, &job).await?;
        self.check_reasons(None, &job).await?;
        let clock = clock_from(&job, &compiled.seeded(&id.to_string()), now);
        let store = self.noting(AuditAction::JobCreated, id, Some(home), None);
        let view = match store.create_job_with(job.clone(), clock, secrets).await {
            Ok(view) => view,
            Err(error) => return Err(self.graph_fault(&job, error).await),
        };
        self.shared.hints.jobs_changed();
        Ok(view)
    }

    /// Changes what `change` names of a job, and returns it as it now is.
    ///
    /// What was due before is recorded first under the old schedule; the new one looks forward only.
    ///
    /// # Errors
    /// As [`Dateline::create_job`]; [`StoreError::JobCancelled`] for a cancelled job.
    pub async fn change_job(&self, id: JobId, change: JobChange) -> Result<JobView, RequestError> {
        self.job_for(id, Access::Edit).await?;
        if let Some(Some(project)) = change.project {
            self.require(project, Access::Edit).await?;
        }
        let mut tries = CHANGE_TRIES;
        loop {
            let (stored, now) = planning::settle(&self.shared, id).await?;
            if stored.job.cancelled_at.is_some() {
                return Err(StoreError::JobCancelled.into());
            }
            let payload = told_after(&stored.job.payload, &change);
            let mut job = self.changed(stored.job.clone(), change.clone(), now)?;
            let (mut payload, compiled) = self.check_job(Fields::of(&job), payload).await?;
            let secrets = self.seal(&mut payload, Some(&stored.job.payload), &change.secrets)?;
            job.payload = payload;
            self.check_dependencies(Some(&stored.job), &job).await?;
            self.check_reasons(Some(&stored.job), &job).await?;
            let compiled = compiled.seeded(&id.to_string());
            let is_clock_new = job.schedule != stored.job.schedule || job.is_enabled != stored.job.is_enabled;
            let clock = is_clock_new.then(|| clock_from(&job, &compiled, now));
            tries -= 1;
            let store = self.noting(AuditAction::JobChanged, id, Some(job.home), None);
            match store.replace_job_with(job.clone(), clock, secrets.clone()).await {
                Err(StoreError::Conflict { .. }) if tries > 0 => {}
                Err(error) => return Err(self.graph_fault(&job, error).await),
                Ok(view) => {
                    self.shared.hints.jobs_changed();
                    return Ok(view);
                }
            }
        }
    }

    /// Enables or disables a job; flips it when `is_enabled` is absent.
    ///
    /// # Errors
    /// As [`Dateline::change_job`].
    pub async fn toggle_job(&self, id: JobId, is_enabled: Option<bool>) -> Result<JobView, RequestError> {
        let is_enabled = match is_enabled {
            Some(wanted) => wanted,
            None => !self.job_for(id, Access::Edit).await?.job.is_enabled,
        };
        self.change_job(id, JobChange { is_enabled: Some(is_enabled), ..JobChange::default() }).await
    }

    /// Cancels a job for good: disables it and cancels its open executions; history stays. Again changes nothing.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] for a job that is not there.
    pub async fn cancel_job(&self, id: JobId) -> Result<(), RequestError> {
        let home = self.job_for(id, Access::Edit).await?.job.home;
        let (_, now) = planning::settle(&self.shared, id).await?;
        let store = self.noting(AuditAction::JobCancelled, id, Some(home), None);
        store.cancel_job(id, now).await?;
        self.shared.hints.leases_changed();
        Ok(())
    }

    /// Returns a job, also a cancelled one.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] for a job that is not there.
    pub async fn job(&self, id: JobId) -> Result<JobView, RequestError> {
        self.job_for(id, Access::View).await
    }

    /// Returns jobs that are not cancelled, newest first.
    ///
    /// # Errors
    /// [`RequestError::Store`] when the store cannot be read.
    pub async fn jobs(&self, filter: JobFilter, page: PageRequest) -> Result<Page<JobView>, RequestError> {
        let filter = JobFilter { within: self.reach().await?, ..filter };
        Ok(self.store().jobs(filter, page).await?)
    }

    /// Returns a schedule in plain English. A stored schedule that today's rules no longer take says so.
    pub fn describe(&self, schedule: &Schedule) -> String {
        match planning::compile_stored(schedule) {
            Ok(compiled) => compiled.description(),
            Err(refused) => refused.to_string(),
        }
    }

    /// Returns a schedule in words and its next `count` occurrences after `from`, or after now.
    ///
    /// # Errors
    /// [`RequestError::Invalid`] naming what is wrong with the schedule or the count.
    pub async fn preview(
        &self,
        schedule: &Schedule,
        from: Option<Timestamp>,
        count: usize,
    ) -> Result<Preview, RequestError> {
        if !(1..=PREVIEW_MAX).contains(&count) {
            let mut faults = Faults::default();
            faults.add("/count", &count.to_string(), format!("1 to {PREVIEW_MAX}"));
            faults.into_result()?;
        }
        let compiled = schedule.compile(&self.rules())?;
        let from = from.unwrap_or_else(|| self.now());
        let list = move || {
            let all = compiled.occurrences_after(from).map_while(Result::ok);
            let runs = |occurrence: &Occurrence| occurrence.excluded.is_none();
            let occurrences =
                all.take_while(planning::until_spent(compiled.runs_max(), runs)).take(count).collect();
            Preview { description: compiled.description(), occurrences }
        };
        aside(list).await.map_err(|_| RequestError::Stopping)
    }

    fn rules(&self) -> Rules {
        Rules { density_min: self.shared.settings.density_min }
    }

    /// Passes on a job's payload and compiled schedule when nothing is wrong with any of its fields.
    async fn check_job(
        &self,
        job: Fields<'_>,
        payload: Result<Payload, Vec<Fault>>,
    ) -> Result<(Payload, CompiledSchedule), RequestError> {
        if matches!(payload, Ok(Payload::Cleanup(_))) {
            self.require_role(Role::Admin)?;
        }
        let project = self.project_of(job.home).await?;
        let mut faults = Faults::default();
        faults.name(job.name);
        faults.policy(job.policy);
        match &payload {
            Ok(payload) => faults.extend(payload.faults(&self.around(project.as_ref()))),
            Err(unread) => faults.extend(unread.clone()),
        }
        let compiled = job.schedule.compile(&self.rules());
        if let Err(refused) = &compiled {
            faults.extend(refused.faults.clone());
        }
        faults.into_result()?;
        Ok((payload.map_err(|faults| RequestError::Invalid { faults })?, compiled?))
    }

    /// Returns the project of what is at home there; none for a person's own.
    pub(super) async fn project_of(&self, home: Home) -> Result<Option<Project>, RequestError> {
        Ok(match home.project() {
            Some(id) => Some(self.store().project(id).await?),
            None => None,
        })
    }

    /// Returns what a payload has to fit.
    pub(super) fn around<'a>(&'a self, project: Option<&'a Project>) -> Around<'a> {
        let settings = &self.shared.settings;
        Around { project, private_hosts: &settings.http_private_hosts, own_port: settings.own_port }
    }

    /// Seals the given values of a payload's secrets and notes in it where they are. What is not given stays where
    /// `stored` has it under the same name and for the same server; what is not kept so goes. Values for another server
    /// get other places, so that no execution that waits finds them there.
    fn seal(
        &self,
        payload: &mut Payload,
        stored: Option<&Payload>,
        given: &Secrets,
    ) -> Result<SecretChanges, RequestError> {
        let parts = &self.shared.parts;
        let mut changes = SecretChanges::default();
        let mut faults = Faults::default();
        let server = payload.secrets_for();
        let all = stored.map(Payload::secrets).unwrap_or_default();
        let is_same_server = stored.is_some_and(|stored| stored.secrets_for() == server);
        for (index, slot) in payload.secrets_mut().iter_mut().enumerate() {
            let before = all.iter().find(|known| known.name == slot.name);
            let kept = before.filter(|_| is_same_server);
            match (given.get(&slot.name), kept) {
                (Some(value), _) if is_value(value.expose()) => {
                    let id = kept.and_then(|it| it.secret);
                    let id = id.unwrap_or_else(|| SecretId::fresh(self.now(), &*parts.entropy));
                    changes.put.push(parts.keys.seal(id, value, &*parts.entropy));
                    (slot.secret, slot.hint) = (Some(id), value.hint());
                }
                (None, Some(kept)) => (slot.secret, slot.hint) = (kept.secret, kept.hint.clone()),
                (given, _) => {
                    let is_elsewhere = given.is_none() && before.is_some();
                    let again = "the value again: the one that is stored is for another server";
                    let expected = if is_elsewhere { again } else { VALUE_TAKES };
                    faults.add(format!("/payload/secretHeaders/{index}/value"), "", expected);
                }
            }
        }
        faults.into_result()?;
        let kept: Vec<SecretId> = payload.secret_ids().collect();
        let before = stored.into_iter().flat_map(Payload::secret_ids);
        changes.remove.extend(before.filter(|id| !kept.contains(id)));
        Ok(changes)
    }

    /// Returns where a job of this project is at home: without one, with the caller.
    pub(super) fn home(&self, project: Option<ProjectId>) -> Result<Home, RequestError> {
        match project {
            Some(id) => Ok(Home::Project(id)),
            None if self.caller().projects.is_some() => {
                let reason = "this token reaches its projects only: name one of them".to_owned();
                Err(RequestError::Forbidden { reason })
            }
            None => Ok(Home::Person(self.caller().user)),
        }
    }

    /// Returns the job as `change` makes it, but for its payload.
    fn changed(&self, stored: Job, change: JobChange, now: Timestamp) -> Result<Job, RequestError> {
        let home = match (change.project, stored.home) {
            (None, home) | (Some(None), home @ Home::Person(_)) => home,
            (Some(project), _) => self.home(project)?,
        };
        Ok(Job {
            home,
            name: change.name.unwrap_or(stored.name),
            schedule: change.schedule.unwrap_or(stored.schedule),
            is_enabled: change.is_enabled.unwrap_or(stored.is_enabled),
            policy: change.policy.unwrap_or(stored.policy),
            depends_on: change.depends_on.unwrap_or(stored.depends_on),
            listens_to: change.listens_to.unwrap_or(stored.listens_to),
            condition: change.condition.unwrap_or(stored.condition),
            updated_at: now,
            ..stored
        })
    }
}

/// The fields of a job that are checked, beside its payload.
struct Fields<'a> {
    home: Home,
    name: &'a str,
    policy: &'a Policy,
    schedule: &'a Schedule,
}

impl<'a> Fields<'a> {
    fn of(job: &'a Job) -> Self {
        Self { home: job.home, name: &job.name, policy: &job.policy, schedule: &job.schedule }
    }
}

/// Returns a clock that starts now: nothing before is ever due.
fn clock_from(job: &Job, compiled: &CompiledSchedule, now: Timestamp) -> JobClock {
    let next = if job.is_live() { planning::next_due(compiled, now) } else { NextDue::Off };
    // The store goes on counting the runs of a schedule that stays.
    JobClock { recorded_through: now, next, runs: 0 }
}

/// Returns what a job's executions are told after `change`.
fn told_after(stored: &Payload, change: &JobChange) -> Result<Payload, Vec<Fault>> {
    let job_type = change.job_type.unwrap_or(stored.job_type());
    match &change.payload {
        Some(told) => Payload::read(job_type, told),
        None if job_type == stored.job_type() => Ok(stored.clone()),
        None => Payload::read(job_type, &Told::new()),
    }
}
