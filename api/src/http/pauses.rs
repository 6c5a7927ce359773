//! Pauses as JSON spells them, and `/api/engine`: whether everything is paused.

use std::sync::Arc;

use dateline_actors::request::PauseRequest;
use dateline_core::id::UserId;
use dateline_core::pause::{self, PauseLevel, PausedBy, Pauses};
use poem::web::Data;
use poem_openapi::payload::Json;
use poem_openapi::{Object, OpenApi};

use super::Shared;
use super::access::Signed;
use super::fields::{Id, Instant, Line, Word, words};
use super::problem::Problem;

words!(PauseLevel as PauseLevel ("What is paused: the job itself, its project, or everything."): Job, Project, Engine);

/// A pause to begin. Where one is in force, it gets this end and this reason.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct PauseBody {
    /// Why; whoever sees what is paused can read it.
    pub reason: Option<Line<500>>,
    /// When it ends by itself, an instant to come; when somebody resumes, if absent.
    pub until: Option<Instant>,
}

impl From<PauseBody> for PauseRequest {
    fn from(body: PauseBody) -> Self {
        Self { reason: body.reason.map(|line| line.0), until: body.until.map(|at| at.0) }
    }
}

/// The end of a job's pause.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct ResumeBody {
    /// Also run the job now when the pause kept an occurrence back: once, for the latest; false when absent.
    pub run_latest: Option<bool>,
}

/// A pause that is in force.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct Pause {
    /// What is paused.
    pub level: Word<PauseLevel>,
    /// Since when.
    pub since: Instant,
    /// When it ends by itself; null until somebody resumes.
    pub until: Option<Instant>,
    /// Why.
    pub reason: Option<String>,
    /// Who paused it; null when nobody did, but so many failures in a row.
    pub paused_by: Option<Id<UserId>>,
    /// How many executions failed in a row when that paused the job.
    pub failures: Option<u32>,
}

impl Pause {
    /// Returns a pause of `level` in the interface's own types.
    pub fn new(level: PauseLevel, pause: &pause::Pause) -> Self {
        let (paused_by, failures) = match pause.by {
            PausedBy::Person { user } => (Some(Id(user)), None),
            PausedBy::Failures { count } => (None, Some(count)),
        };
        Self {
            level: Word(level),
            since: Instant(pause.since),
            until: pause.until.map(Instant),
            reason: pause.reason.clone(),
            paused_by,
            failures,
        }
    }
}

/// Whether everything is paused.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct Engine {
    /// Whether everything is paused: no schedule fires, and nothing that is queued starts.
    pub is_paused: bool,
    /// The pause that is in force.
    pub pause: Option<Pause>,
}

impl Engine {
    fn new(shared: &Shared, pauses: &Pauses) -> Self {
        let pause = pauses.in_force(shared.dateline.now()).map(|it| Pause::new(PauseLevel::Engine, it));
        Self { is_paused: pause.is_some(), pause }
    }
}

/// The engine's part of the interface.
pub struct EngineApi;

#[OpenApi(prefix_path = "/api/engine", tag = "super::document::Group::Operation")]
impl EngineApi {
    /// See whether everything is paused
    ///
    /// For everybody: it explains why nothing runs.
    #[oai(path = "/", method = "get", operation_id = "getEngine")]
    async fn read(&self, shared: Data<&Arc<Shared>>, caller: Signed) -> poem::Result<Json<Engine>> {
        let pauses = shared.as_caller(&caller).engine_pauses().await.map_err(Problem::from)?;
        Ok(Json(Engine::new(&shared, &pauses)))
    }

    /// Pause everything
    ///
    /// Until its end, or until somebody resumes, also over restarts. What falls due meanwhile is recorded as skipped,
    /// and what is queued or comes back for another try waits. What runs goes on.
    #[oai(path = "/pause", method = "post", operation_id = "pauseEngine")]
    async fn pause(
        &self,
        shared: Data<&Arc<Shared>>,
        caller: Signed,
        body: Json<PauseBody>,
    ) -> poem::Result<Json<Engine>> {
        let pauses = shared.as_caller(&caller).pause_engine(body.0.into()).await.map_err(Problem::from)?;
        Ok(Json(Engine::new(&shared, &pauses)))
    }

    /// Resume everything
    ///
    /// Schedules look forward from now; what waited in the queue starts. Jobs and projects that are paused themselves
    /// stay so. Again changes nothing.
    #[oai(path = "/resume", method = "post", operation_id = "resumeEngine")]
    async fn resume(&self, shared: Data<&Arc<Shared>>, caller: Signed) -> poem::Result<Json<Engine>> {
        let pauses = shared.as_caller(&caller).resume_engine().await.map_err(Problem::from)?;
        Ok(Json(Engine::new(&shared, &pauses)))
    }
}
