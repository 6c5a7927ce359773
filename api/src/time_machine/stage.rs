//! Where a scenario is played: an engine, a store in memory and a clock, one life after the other.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use dateline_actors::request::{NewJob, NewProject, Secrets, Told};
use dateline_actors::{Dateline, Engine, ManualClock, Parts, Settings};
use dateline_core::brief::Style;
use dateline_core::clock::Clock;
use dateline_core::execution::{Execution, ExecutionState, ExecutionStatus};
use dateline_core::id::{JobId, ProjectId};
use dateline_core::job::{JobType, NextDue};
use dateline_core::platform::Platform;
use dateline_core::project::{PlatformSettings, ProjectPlatform};
use dateline_core::secret::{KeyRing, SecretKey};
use dateline_core::source::Source;
use dateline_core::store::{ExecutionFilter, PageRequest, Store};
use dateline_core::time::Timestamp;
use dateline_store::{MemoryMedium, OpenOptions, RedbStore, WriterPlace};

use super::ledger::LedgerLine;
use super::script::{Event, Life};
use super::still::{CountedEntropy, StillPublisher, StillServer, StillSource, StillWriter};
use super::{PlayError, PlayedJob, PlayedProject, Scenario};

/// So long before the next occurrence the clock stops leaping: the scheduler, which looks each second, then sleeps up
/// to the very instant.
const ARRIVAL: Duration = Duration::from_secs(2);

/// How often it is looked whether everything that is due has ended.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// So long, in its own time, a run may take in a world where nothing happens.
const SETTLE_MAX: TimeDelta = TimeDelta::days(2);

const PAGE: usize = 1_000;

pub(super) struct Stage<'a> {
    scenario: &'a Scenario,
    clock: Arc<ManualClock>,
    entropy: Arc<CountedEntropy>,
    /// Each job's id, in the scenario's order; empty until the first life has created them.
    ids: Vec<JobId>,
}

impl<'a> Stage<'a> {
    pub(super) fn new(scenario: &'a Scenario) -> Self {
        let clock = Arc::new(ManualClock::starting(scenario.from));
        Self { scenario, clock, entropy: Arc::default(), ids: Vec::new() }
    }

    /// Plays all lives, and returns what the last of them finds recorded.
    pub(super) fn perform(&mut self, lives: &[Life]) -> Result<Vec<LedgerLine>, PlayError> {
        let mut disk = Vec::new();
        let mut lines = Vec::new();
        for (index, life) in lives.iter().enumerate() {
            let medium = if index == 0 { MemoryMedium::default() } else { MemoryMedium::of(disk) };
            let mut builder = tokio::runtime::Builder::new_current_thread();
            let runtime = builder.enable_time().start_paused(true).build();
            let runtime = runtime.map_err(|error| PlayError::Engine(error.to_string()))?;
            let is_last = index + 1 == lives.len();
            lines = runtime.block_on(self.live(life, &medium, is_last))?;
            // What still runs dies with the runtime, as in a process that is killed: the disk is what was committed.
            drop(runtime);
            disk = medium.bytes();
            self.clock.pass(life.down.to_std().unwrap_or_default());
        }
        Ok(lines)
    }

    async fn live(
        &mut self,
        life: &Life,
        medium: &MemoryMedium,
        is_last: bool,
    ) -> Result<Vec<LedgerLine>, PlayError> {
        self.clock.run();
        let options = OpenOptions { now: self.clock.now(), writer: WriterPlace::Task };
        let store = RedbStore::open_on(Arc::new(medium.clone()), options);
        let store: Arc<dyn Store> = Arc::new(store.map_err(|error| PlayError::Engine(error.to_string()))?);
        let engine = Engine::start(self.parts(store.clone()), Settings::default()).await;
        let engine = engine.map_err(|error| PlayError::Engine(error.to_string()))?;
        let dateline = engine.dateline();
        if self.ids.is_empty() {
            self.set_up(&dateline).await?;
        }
        for event in &life.events {
            self.run_until(&*store, event.at()).await?;
            self.happen(*event);
        }
        self.run_until(&*store, life.until).await?;
        let lines = if is_last { self.ledger(&dateline).await } else { Ok(Vec::new()) };
        self.clock.stand();
        lines
    }

    fn parts(&self, store: Arc<dyn Store>) -> Parts {
        Parts {
            store,
            clock: self.clock.clone(),
            entropy: self.entropy.clone(),
            source: Arc::new(StillSource),
            writer: Arc::new(StillWriter),
            publisher: Arc::new(StillPublisher),
            http: Arc::new(StillServer),
            // Nothing is sealed on a stage.
            keys: Arc::new(KeyRing::new(SecretKey::new([0; 32]), Vec::new())),
            channels: BTreeMap::new(),
        }
    }

    async fn set_up(&mut self, dateline: &Dateline) -> Result<(), PlayError> {
        let refused = |error: dateline_actors::RequestError| PlayError::Engine(error.to_string());
        let mut projects = Vec::new();
        for (index, project) in self.scenario.projects.iter().enumerate() {
            let created = dateline.create_project(new_project(index, project)).await.map_err(refused)?;
            projects.push((project, created.id));
        }
        for (project, job) in self.scenario.all_jobs() {
            let id_of = |it: &PlayedProject| {
                projects.iter().find(|(known, _)| std::ptr::eq(*known, it)).map(|(_, id)| *id)
            };
            let new = new_job(project.and_then(id_of), job);
            self.ids.push(dateline.create_job(new).await.map_err(refused)?.job.id);
        }
        Ok(())
    }

    /// Lets time pass until the wall clock shows `target`, and everything due by then has ended.
    async fn run_until(&self, store: &dyn Store, target: Timestamp) -> Result<(), PlayError> {
        loop {
            self.settle(store).await?;
            let now = self.clock.now();
            if now >= target {
                return Ok(());
            }
            let asked = questions(store).await?.into_iter().min();
            let next = next_at(store).await?.into_iter().chain(asked).min();
            let next = next.filter(|at| *at < target).unwrap_or(target);
            let left = (next - now).to_std().unwrap_or_default();
            if left > ARRIVAL {
                // Nothing is due on the way, so nobody sees the leap but the clock.
                self.clock.pass(left - ARRIVAL);
            }
            tokio::time::sleep(left.min(ARRIVAL)).await;
        }
    }

    /// Waits until nothing is due and nothing is open but what asks: nobody answers on a stage.
    async fn settle(&self, store: &dyn Store) -> Result<(), PlayError> {
        let since = self.clock.now();
        loop {
            let now = self.clock.now();
            // In this order: what is due becomes open in one commit, and asked the other way round it could hide in between.
            let is_due = !store.due_jobs(now, 1).await?.is_empty();
            let gauges = store.gauges().await?;
            let open = gauges.queued + gauges.waiting + gauges.running;
            if !is_due && (open == 0 || is_asking_only(store, open, now).await?) {
                return Ok(());
            }
            if now - since > SETTLE_MAX {
                return Err(PlayError::Engine("a run does not end".to_owned()));
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    fn happen(&self, event: Event) {
        let span = |by: TimeDelta| by.to_std().unwrap_or_default();
        match event {
            Event::Sleep { until, .. } => self.clock.set_forward(span(until - self.clock.now())),
            Event::Step { by, .. } if by < TimeDelta::zero() => self.clock.set_back(span(-by)),
            Event::Step { by, .. } => self.clock.set_forward(span(by)),
        }
    }

    async fn ledger(&self, dateline: &Dateline) -> Result<Vec<LedgerLine>, PlayError> {
        let jobs = self.scenario.all_jobs();
        let jobs = jobs.map(|(project, job)| (project.map(|it| it.name.as_str()), job.name.as_str()));
        let (from, to) = (Some(self.scenario.from), Some(self.scenario.to));
        let mut lines = Vec::new();
        for ((project, job), id) in jobs.zip(&self.ids) {
            let mut after = None;
            loop {
                let page = PageRequest { limit: PAGE, after };
                let page = dateline.occurrences(*id, from, to, page).await;
                let page = page.map_err(|error| PlayError::Engine(error.to_string()))?;
                lines.extend(page.items.into_iter().map(|entry| LedgerLine::new(project, job, entry)));
                after = page.next;
                if after.is_none() {
                    break;
                }
            }
        }
        Ok(lines)
    }
}

/// Returns when each execution that asks runs without an answer.
async fn questions(store: &dyn Store) -> Result<Vec<Timestamp>, PlayError> {
    let filter = ExecutionFilter { status: Some(ExecutionStatus::Waiting), ..ExecutionFilter::default() };
    let page = PageRequest { limit: PAGE, after: None };
    let waiting = store.executions(filter, page).await?.items;
    let until = |one: &Execution| match &one.state {
        ExecutionState::Waiting { wait, .. } if one.state.is_asking() => Some(wait.until),
        _ => None,
    };
    Ok(waiting.iter().filter_map(until).collect())
}

/// Whether all that is open waits for an answer, and will for a while.
async fn is_asking_only(store: &dyn Store, open: u64, now: Timestamp) -> Result<bool, PlayError> {
    let questions = questions(store).await?;
    Ok(questions.len() as u64 == open && questions.iter().all(|until| *until > now))
}

/// Returns when the next occurrence is to start.
async fn next_at(store: &dyn Store) -> Result<Option<Timestamp>, PlayError> {
    let next = store.due_jobs(Timestamp::MAX_UTC, 1).await?;
    Ok(next.first().and_then(|view| match &view.clock.next {
        NextDue::At(occurrence) => Some(occurrence.effective_at),
        NextDue::Off | NextDue::Ended | NextDue::Unsatisfiable => None,
    }))
}

fn new_job(project: Option<ProjectId>, job: &PlayedJob) -> NewJob {
    let PlayedJob { name, job_type, schedule, is_enabled, policy } = job;
    NewJob {
        project,
        job_type: *job_type,
        name: name.clone(),
        schedule: schedule.clone(),
        is_enabled: *is_enabled,
        policy: policy.clone(),
        payload: told(*job_type),
        secrets: Secrets::new(),
        depends_on: None,
        listens_to: Vec::new(),
        condition: None,
    }
}

/// Returns what a job needs to be told to be played: that is not what it is told in earnest, for nothing is asked here.
fn told(job_type: JobType) -> Told {
    match job_type {
        JobType::GenerateContent | JobType::SyncGithub | JobType::Cleanup => Told::new(),
        JobType::HttpRequest => Told::from_iter([("url".to_owned(), "https://still.example".into())]),
    }
}

/// Returns a project whose repository is nowhere: only jobs that sync need one of GitHub's kind.
fn new_project(index: usize, project: &PlayedProject) -> NewProject {
    let is_synced = project.jobs.iter().any(|job| job.job_type == JobType::SyncGithub);
    let source = if is_synced {
        let (owner, repo) = ("example".to_owned(), format!("project-{index}"));
        Source::Github { owner, repo, branch: None, api_url: None, token: None }
    } else {
        Source::Git { path: format!("/simulated/{index}"), branch: None }
    };
    let settings = PlatformSettings { target: None, body_chars_max: None };
    NewProject {
        name: project.name.clone(),
        source,
        token: None,
        platforms: vec![ProjectPlatform { platform: Platform::Markdown, is_enabled: true, settings }],
        timezone: "UTC".to_owned(),
        style: Style::default(),
        executions_max: 1,
    }
}
