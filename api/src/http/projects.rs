//! `/api/projects`: what is written about, and for which platforms.

mod wire;

use std::sync::Arc;

use dateline_actors::request::{NewProject, ProjectChange};
use dateline_core::brief::Style;
use dateline_core::id::ProjectId;
use dateline_core::pause::PauseLevel;
use dateline_core::platform::Platform;
use poem::web::Data;
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Json;
use poem_openapi::{ApiResponse, Object, OpenApi};

pub use self::wire::{PlatformEntry, SourceBody, SourceView, StyleBody, TargetBody};
use super::access::Signed;
use super::fields::{Id, Instant, Limit, Line};
use super::page::{self, List};
use super::pauses::{Pause, PauseBody};
use super::problem::Problem;
use super::{QueryScope, Shared};

/// A project to create.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct ProjectCreate {
    /// What texts call it.
    pub name: Line<120>,
    /// Where its activity is read.
    pub source: SourceBody,
    /// What is written, one entry a platform; each platform at most once. A Markdown article when absent.
    #[oai(validator(min_items = 1, max_items = 8))]
    pub platforms: Option<Vec<PlatformEntry>>,
    /// The zone dates in its texts are told in, an IANA name; UTC when absent.
    #[oai(validator(min_length = 1, max_length = 64))]
    pub timezone: Option<String>,
    /// How it wants to sound.
    pub style: Option<StyleBody>,
    /// How many of its executions may run at once; 1 when absent.
    #[oai(validator(minimum(value = "1"), maximum(value = "1000")))]
    pub executions_max: Option<u32>,
}

/// A change of a project: what is absent stays as it is.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct ProjectPatch {
    /// What texts call it.
    pub name: Option<Line<120>>,
    /// Where its activity is read.
    pub source: Option<SourceBody>,
    /// What is written, all of it.
    #[oai(validator(min_items = 1, max_items = 8))]
    pub platforms: Option<Vec<PlatformEntry>>,
    /// The zone dates in its texts are told in, an IANA name.
    #[oai(validator(min_length = 1, max_length = 64))]
    pub timezone: Option<String>,
    /// How it wants to sound.
    pub style: Option<StyleBody>,
    /// How many of its executions may run at once.
    #[oai(validator(minimum(value = "1"), maximum(value = "1000")))]
    pub executions_max: Option<u32>,
}

/// What is written about, and for which platforms.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct Project {
    /// Its identity.
    pub id: Id<ProjectId>,
    /// What texts call it.
    pub name: String,
    /// Where its activity is read.
    pub source: SourceView,
    /// What is written, one entry a platform.
    pub platforms: Vec<PlatformEntry>,
    /// The zone dates in its texts are told in.
    pub timezone: String,
    /// How it wants to sound.
    pub style: StyleBody,
    /// How many of its executions may run at once.
    pub executions_max: u32,
    /// The pause that keeps its jobs' occurrences from running.
    pub pause: Option<Pause>,
    /// Grows with every change.
    pub version: u64,
    /// When it was created.
    pub created_at: Instant,
    /// When it last changed.
    pub updated_at: Instant,
}

impl Project {
    /// Returns a project of the engine in the interface's own types.
    pub(in crate::http) fn new(shared: &Shared, project: dateline_core::project::Project) -> Self {
        let pause = project.pauses.in_force(shared.dateline.now());
        Self {
            pause: pause.map(|pause| Pause::new(PauseLevel::Project, pause)),
            id: Id(project.id),
            name: project.name,
            source: project.source.into(),
            platforms: project.platforms.into_iter().map(Into::into).collect(),
            timezone: project.timezone,
            style: project.style.into(),
            executions_max: project.executions_max,
            version: project.version,
            created_at: Instant(project.created_at),
            updated_at: Instant(project.updated_at),
        }
    }
}

/// The project as it now is.
#[derive(ApiResponse)]
pub enum Created {
    /// It was created.
    #[oai(status = 201)]
    Project(Json<Project>),
}

/// Nothing is left to say.
#[derive(ApiResponse)]
pub enum Gone {
    /// It is done.
    #[oai(status = 204)]
    Done,
}

/// The projects' part of the interface.
pub struct Projects;

#[OpenApi(prefix_path = "/api/projects", tag = "super::document::Group::Projects")]
impl Projects {
    /// Create a project
    ///
    /// The source is looked at before anything is stored, so that a wrong path is refused now and not at night.
    #[oai(path = "/", method = "post", operation_id = "createProject")]
    async fn create(
        &self,
        shared: Data<&Arc<Shared>>,
        caller: Signed,
        body: Json<ProjectCreate>,
    ) -> poem::Result<Created> {
        let body = body.0;
        let markdown = || vec![PlatformEntry::plain(Platform::Markdown)];
        let (source, token) = body.source.parted();
        let new = NewProject {
            name: body.name.0,
            source,
            token: token.given(),
            platforms: body.platforms.unwrap_or_else(markdown).into_iter().map(Into::into).collect(),
            timezone: body.timezone.unwrap_or_else(|| "UTC".into()),
            style: body.style.map_or_else(Style::default, Into::into),
            executions_max: body.executions_max.unwrap_or(1),
        };
        let project = shared.as_caller(&caller).create_project(new).await.map_err(Problem::from)?;
        Ok(Created::Project(Json(Project::new(&shared, project))))
    }

    /// List projects
    ///
    /// Newest first.
    #[oai(path = "/", method = "get", operation_id = "listProjects")]
    async fn list(
        &self,
        shared: Data<&Arc<Shared>>,
        scope: Data<&QueryScope>,
        caller: Signed,
        /// The most items to return.
        limit: Query<Option<Limit>>,
        /// The `nextCursor` of the previous page.
        cursor: Query<Option<String>>,
    ) -> poem::Result<Json<List<Project>>> {
        let page = page::asked(&shared, &scope, limit.0, cursor.0.as_deref())?;
        let page = shared.as_caller(&caller).projects(page).await.map_err(Problem::from)?;
        Ok(Json(List::of(&shared, &scope, page, |project| Project::new(&shared, project))))
    }

    /// Read a project
    ///
    /// A removed project is not found.
    #[oai(path = "/:id", method = "get", operation_id = "getProject")]
    async fn read(
        &self,
        shared: Data<&Arc<Shared>>,
        caller: Signed,
        /// The project.
        id: Path<Id<ProjectId>>,
    ) -> poem::Result<Json<Project>> {
        let project = shared.as_caller(&caller).project(id.0.0).await.map_err(Problem::from)?;
        Ok(Json(Project::new(&shared, project)))
    }

    /// Change a project
    ///
    /// What is absent stays as it is; lists and objects are replaced as a whole.
    #[oai(path = "/:id", method = "patch", operation_id = "changeProject")]
    async fn change(
        &self,
        shared: Data<&Arc<Shared>>,
        caller: Signed,
        /// The project.
        id: Path<Id<ProjectId>>,
        body: Json<ProjectPatch>,
    ) -> poem::Result<Json<Project>> {
        let body = body.0;
        let (source, token) = body.source.map(SourceBody::parted).unzip();
        let change = ProjectChange {
            name: body.name.map(|name| name.0),
            source,
            token: token.unwrap_or_default(),
            platforms: body.platforms.map(|entries| entries.into_iter().map(Into::into).collect()),
            timezone: body.timezone,
            style: body.style.map(Into::into),
            executions_max: body.executions_max,
        };
        let project = shared.as_caller(&caller).change_project(id.0.0, change).await;
        Ok(Json(Project::new(&shared, project.map_err(Problem::from)?)))
    }

    /// Pause a project
    ///
    /// All its jobs: until its end, or until somebody resumes, also over restarts. What falls due meanwhile is recorded
    /// as skipped; what runs or is queued goes on, and jobs can still be run by hand.
    #[oai(path = "/:id/pause", method = "post", operation_id = "pauseProject")]
    async fn pause(
        &self,
        shared: Data<&Arc<Shared>>,
        caller: Signed,
        /// The project.
        id: Path<Id<ProjectId>>,
        body: Json<PauseBody>,
    ) -> poem::Result<Json<Project>> {
        let project = shared.as_caller(&caller).pause_project(id.0.0, body.0.into()).await;
        Ok(Json(Project::new(&shared, project.map_err(Problem::from)?)))
    }

    /// Resume a project
    ///
    /// Its jobs' schedules look forward from now; jobs that are paused themselves stay so. Again changes nothing.
    #[oai(path = "/:id/resume", method = "post", operation_id = "resumeProject")]
    async fn resume(
        &self,
        shared: Data<&Arc<Shared>>,
        caller: Signed,
        /// The project.
        id: Path<Id<ProjectId>>,
    ) -> poem::Result<Json<Project>> {
        let project = shared.as_caller(&caller).resume_project(id.0.0).await.map_err(Problem::from)?;
        Ok(Json(Project::new(&shared, project)))
    }

    /// Remove a project
    ///
    /// Its jobs are cancelled for good with their open executions. History and drafts stay.
    #[oai(path = "/:id", method = "delete", operation_id = "removeProject")]
    async fn remove(
        &self,
        shared: Data<&Arc<Shared>>,
        caller: Signed,
        /// The project.
        id: Path<Id<ProjectId>>,
    ) -> poem::Result<Gone> {
        shared.as_caller(&caller).remove_project(id.0.0).await.map_err(Problem::from)?;
        Ok(Gone::Done)
    }
}
