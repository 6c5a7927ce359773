//! One engine's life, and what a test asks of it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use dateline_actors::request::{ExecutionDetail, NewJob, NewProject, Secrets, Told};
use dateline_actors::{Dateline, Engine, Parts};
use dateline_core::brief::Style;
use dateline_core::channel::{Channel, ChannelKind};
use dateline_core::draft::Draft;
use dateline_core::execution::{Execution, ExecutionState, ExecutionStatus, Outcome};
use dateline_core::id::{ExecutionId, JobId, ProjectId};
use dateline_core::job::{JobType, JobView};
use dateline_core::platform::Platform;
use dateline_core::policy::Policy;
use dateline_core::project::{PlatformSettings, Project, ProjectPlatform};
use dateline_core::publisher::{SiteKind, Target};
use dateline_core::retry::RetryPolicy;
use dateline_core::schedule::{Frequency, Schedule, TimeConfig};
use dateline_core::secret::{KeyRing, SecretKey};
use dateline_core::store::{DraftFilter, ExecutionFilter, PageRequest, Store};

use super::{FakeSource, World};

/// So long a test waits for anything, in virtual time.
const PATIENCE: Duration = Duration::from_secs(7_200);

/// An engine that runs.
pub(crate) struct Life<'w> {
    pub(crate) world: &'w World,
    pub(crate) dateline: Dateline,
    pub(crate) store: Arc<dyn Store>,
    engine: Mutex<Option<Engine>>,
}

impl<'w> Life<'w> {
    pub(super) async fn start(world: &'w World, store: Arc<dyn Store>) -> Self {
        let parts = Parts {
            store: store.clone(),
            clock: world.clock.clone(),
            entropy: world.entropy.clone(),
            source: world.source.clone(),
            writer: world.writer.clone(),
            publisher: world.publisher.clone(),
            http: world.http.clone(),
            keys: Arc::new(KeyRing::new(SecretKey::new([7; 32]), Vec::new())),
            channels: BTreeMap::from([(ChannelKind::Email, world.mailbox.clone() as Arc<dyn Channel>)]),
        };
        let engine = Engine::start(parts, world.settings.clone()).await.expect("the engine starts");
        Self { world, store, dateline: engine.dateline(), engine: Mutex::new(Some(engine)) }
    }

    /// Stops the engine softly.
    pub(crate) async fn stop(&self) {
        let engine = self.engine.lock().unwrap_or_else(PoisonError::into_inner).take();
        engine.expect("the engine runs").stop().await;
    }

    /// Waits until the engine gives up, and returns why.
    pub(crate) async fn failed(&self) -> String {
        let engine = self.engine.lock().unwrap_or_else(PoisonError::into_inner).take();
        let engine = engine.expect("the engine runs");
        tokio::time::timeout(PATIENCE, engine.failed()).await.expect("the engine gives up")
    }

    /// Lets virtual time pass, and with it everything the engine does meanwhile.
    pub(crate) async fn pass(&self, time: Duration) {
        tokio::time::sleep(time).await;
    }

    /// Creates a project with one commit in its repository.
    pub(crate) async fn project(&self, name: &str, platforms: &[Platform]) -> Project {
        self.world.source.commit(name, "feat: read tabs as four columns");
        let new = new_project(name, platforms);
        self.dateline.create_project(new).await.expect("a project")
    }

    /// Creates an enabled job.
    pub(crate) async fn job(&self, project: ProjectId, schedule: Schedule, policy: Policy) -> JobView {
        self.dateline.create_job(new_job(project, schedule, policy)).await.expect("a job")
    }

    /// Creates a project with a job for these platforms that no schedule wakes soon, and runs it.
    pub(crate) async fn started(&self, platforms: &[Platform], policy: Policy) -> (JobId, ExecutionId) {
        let project = self.project("lantern", platforms).await;
        let job = self.job(project.id, cron("0 0 1 1 *"), policy).await.job.id;
        (job, self.dateline.trigger(job, None).await.expect("an execution").id)
    }

    /// Waits until `look` finds something; it looks again after every event.
    pub(crate) async fn until<T>(&self, what: &str, look: impl AsyncFn() -> Option<T>) -> T {
        let mut events = self.dateline.subscribe(None).await.expect("events");
        let waiting = async {
            loop {
                if let Some(found) = look().await {
                    return found;
                }
                events.next().await.expect("the engine runs");
            }
        };
        tokio::time::timeout(PATIENCE, waiting)
            .await
            .unwrap_or_else(|_| panic!("it never came to this: {what}"))
    }

    /// Waits until an execution has this status.
    pub(crate) async fn reaches(&self, id: ExecutionId, status: ExecutionStatus) -> Execution {
        let look = async || Some(self.execution(id).await).filter(|found| found.state.status() == status);
        self.until(&format!("{id} is {status:?}"), look).await
    }

    /// Waits until an execution has ended.
    pub(crate) async fn ended(&self, id: ExecutionId) -> Execution {
        let look = async || Some(self.execution(id).await).filter(|found| !found.state.is_open());
        self.until(&format!("{id} has ended"), look).await
    }

    /// Waits until a job has `count` records that have all ended, and returns them, oldest first.
    pub(crate) async fn all_ended(&self, job: JobId, count: usize) -> Vec<Execution> {
        let look = async || {
            let found = self.executions(job).await;
            let is_done = found.len() >= count && found.iter().all(|one| !one.state.is_open());
            is_done.then_some(found)
        };
        self.until(&format!("{count} executions have ended"), look).await
    }

    pub(crate) async fn execution(&self, id: ExecutionId) -> Execution {
        self.detail(id).await.execution
    }

    pub(crate) async fn detail(&self, id: ExecutionId) -> ExecutionDetail {
        self.dateline.execution(id).await.expect("an execution")
    }

    /// Returns a job's executions by due time, those without one last.
    pub(crate) async fn executions(&self, job: JobId) -> Vec<Execution> {
        let filter = ExecutionFilter { job: Some(job), ..ExecutionFilter::default() };
        let page = PageRequest { limit: 5_000, after: None };
        let mut found = self.dateline.executions(filter, page).await.expect("executions").items;
        found.sort_by_key(|one| (one.due.is_none(), one.due.as_ref().map(|due| due.key()), one.id));
        found
    }

    /// Returns a job's outcomes in the order of [`Life::executions`].
    pub(crate) async fn outcomes(&self, job: JobId) -> Vec<Option<Outcome>> {
        self.executions(job).await.iter().map(outcome).collect()
    }

    /// Returns the drafts an execution wrote.
    pub(crate) async fn drafts(&self, execution: ExecutionId) -> Vec<Draft> {
        let filter = DraftFilter { execution: Some(execution), ..DraftFilter::default() };
        let page = PageRequest { limit: 100, after: None };
        self.dateline.drafts(filter, page).await.expect("drafts").items
    }

    pub(crate) async fn view(&self, job: JobId) -> JobView {
        self.dateline.job(job).await.expect("a job")
    }
}

pub(crate) fn outcome(execution: &Execution) -> Option<Outcome> {
    match &execution.state {
        ExecutionState::Finished { outcome, .. } => Some(*outcome),
        _ => None,
    }
}

pub(crate) fn step_names(detail: &ExecutionDetail) -> Vec<&str> {
    detail.steps.iter().map(|step| step.name.as_str()).collect()
}

pub(crate) fn new_project(name: &str, platforms: &[Platform]) -> NewProject {
    let entry = |platform: &Platform| ProjectPlatform {
        platform: *platform,
        is_enabled: true,
        settings: PlatformSettings {
            target: (*platform == Platform::Devto)
                .then(|| Target::Folder { path: "/site/content".to_owned(), site: SiteKind::Hugo }),
            body_chars_max: None,
        },
    };
    NewProject {
        name: name.to_owned(),
        source: FakeSource::place(name),
        token: None,
        platforms: platforms.iter().map(entry).collect(),
        timezone: "UTC".to_owned(),
        style: Style::default(),
        executions_max: 1,
    }
}

pub(crate) fn new_job(project: ProjectId, schedule: Schedule, policy: Policy) -> NewJob {
    NewJob {
        project: Some(project),
        job_type: JobType::GenerateContent,
        name: "Weekly words".to_owned(),
        schedule,
        is_enabled: true,
        policy,
        payload: Told::new(),
        depends_on: None,
        listens_to: Vec::new(),
        condition: None,
        secrets: Secrets::new(),
    }
}

/// Returns what an execution is told that writes for these platforms alone.
pub(crate) fn told(platforms: &[Platform]) -> Told {
    let platforms = serde_json::to_value(platforms).expect("they are words");
    Told::from_iter([("platforms".to_owned(), platforms)])
}

/// Returns a schedule for a cron pattern in UTC.
pub(crate) fn cron(pattern: &str) -> Schedule {
    let time_config = TimeConfig {
        cron_expression: Some(pattern.to_owned()),
        timezone: Some("UTC".to_owned()),
        ..TimeConfig::default()
    };
    Schedule { frequency: Frequency::Custom, time_config }
}

pub(crate) fn every_minute() -> Schedule {
    cron("* * * * *")
}

/// A policy with three quick attempts.
pub(crate) fn quick_retries() -> Policy {
    let (base, cap) = (Duration::from_secs(2), Duration::from_secs(10));
    Policy { retry: RetryPolicy { base, cap, ..RetryPolicy::default() }, ..Policy::default() }
}

/// A policy whose executions may take their time.
pub(crate) fn patient() -> Policy {
    let mut policy = Policy::default();
    policy.timeouts.step = Duration::from_secs(6 * 3600);
    policy.timeouts.run = Duration::from_secs(12 * 3600);
    policy
}
