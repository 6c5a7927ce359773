//! `/api/projects`: what is written about, and for which platforms.

mod wire;

use std::sync::Arc;

use dateline_actors::request::{NewProject, ProjectChange};
use dateline_core::brief::Style;
use dateline_core::id::ProjectId;
use dateline_core::platform::Platform;
use poem::web::Data;
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Json;
use poem_openapi::{ApiResponse, Object, OpenApi};

pub use self::wire::{PlatformEntry, SourceBody, StyleBody, TargetBody};
use super::access::Owner;
use super::fields::{Id, Instant, Limit, Line};
use super::page::{self, List};
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
    pub source: SourceBody,
    /// What is written, one entry a platform.
    pub platforms: Vec<PlatformEntry>,
    /// The zone dates in its texts are told in.
    pub timezone: String,
    /// How it wants to sound.
    pub style: StyleBody,
    /// Grows with every change.
    pub version: u64,
    /// When it was created.
    pub created_at: Instant,
    /// When it last changed.
    pub updated_at: Instant,
}

impl From<dateline_core::project::Project> for Project {
    fn from(project: dateline_core::project::Project) -> Self {
        Self {
            id: Id(project.id),
            name: project.name,
            source: project.source.into(),
            platforms: project.platforms.into_iter().map(Into::into).collect(),
            timezone: project.timezone,
            style: project.style.into(),
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
        _owner: Owner,
        body: Json<ProjectCreate>,
    ) -> poem::Result<Created> {
        let body = body.0;
        let markdown = || vec![PlatformEntry::plain(Platform::Markdown)];
        let new = NewProject {
            name: body.name.0,
            source: body.source.into(),
            platforms: body.platforms.unwrap_or_else(markdown).into_iter().map(Into::into).collect(),
            timezone: body.timezone.unwrap_or_else(|| "UTC".into()),
            style: body.style.map_or_else(Style::default, Into::into),
        };
        let project = shared.dateline.create_project(new).await.map_err(Problem::from)?;
        Ok(Created::Project(Json(project.into())))
    }

    /// List projects
    ///
    /// Newest first.
    #[oai(path = "/", method = "get", operation_id = "listProjects")]
    async fn list(
        &self,
        shared: Data<&Arc<Shared>>,
        scope: Data<&QueryScope>,
        _owner: Owner,
        /// The most items to return.
        limit: Query<Option<Limit>>,
        /// The `nextCursor` of the previous page.
        cursor: Query<Option<String>>,
    ) -> poem::Result<Json<List<Project>>> {
        let page = page::asked(&shared, &scope, limit.0, cursor.0.as_deref())?;
        let page = shared.dateline.projects(page).await.map_err(Problem::from)?;
        Ok(Json(List::of(&shared, &scope, page, Project::from)))
    }

    /// Read a project
    ///
    /// A removed project is not found.
    #[oai(path = "/:id", method = "get", operation_id = "getProject")]
    async fn read(
        &self,
        shared: Data<&Arc<Shared>>,
        _owner: Owner,
        /// The project.
        id: Path<Id<ProjectId>>,
    ) -> poem::Result<Json<Project>> {
        Ok(Json(shared.dateline.project(id.0.0).await.map_err(Problem::from)?.into()))
    }

    /// Change a project
    ///
    /// What is absent stays as it is; lists and objects are replaced as a whole.
    #[oai(path = "/:id", method = "patch", operation_id = "changeProject")]
    async fn change(
        &self,
        shared: Data<&Arc<Shared>>,
        _owner: Owner,
        /// The project.
        id: Path<Id<ProjectId>>,
        body: Json<ProjectPatch>,
    ) -> poem::Result<Json<Project>> {
        let body = body.0;
        let change = ProjectChange {
            name: body.name.map(|name| name.0),
            source: body.source.map(Into::into),
            platforms: body.platforms.map(|entries| entries.into_iter().map(Into::into).collect()),
            timezone: body.timezone,
            style: body.style.map(Into::into),
        };
        Ok(Json(shared.dateline.change_project(id.0.0, change).await.map_err(Problem::from)?.into()))
    }

    /// Remove a project
    ///
    /// Its jobs are cancelled for good with their open executions. History and drafts stay.
    #[oai(path = "/:id", method = "delete", operation_id = "removeProject")]
    async fn remove(
        &self,
        shared: Data<&Arc<Shared>>,
        _owner: Owner,
        /// The project.
        id: Path<Id<ProjectId>>,
    ) -> poem::Result<Gone> {
        shared.dateline.remove_project(id.0.0).await.map_err(Problem::from)?;
        Ok(Gone::Done)
    }
}
