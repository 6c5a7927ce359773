//! `/api/settings` and `/api/audit`: what is set for the whole instance, and who changed what.

mod retention;

use std::sync::Arc;

use dateline_actors::Dateline;
use dateline_actors::request::InstanceChange;
use dateline_core::home::Home;
use dateline_core::id::{AuditId, ProjectId, UserId};
use dateline_core::instance::InstanceSettings;
use dateline_core::people::{self, AuditAction, Means};
use poem::web::Data;
use poem_openapi::param::Query;
use poem_openapi::payload::Json;
use poem_openapi::types::MaybeUndefined;
use poem_openapi::{Object, OpenApi};

pub use self::retention::{RetentionBody, RetentionPatch};
use super::access::Signed;
use super::fields::{Id, Instant, Limit, Line, Word, given, words};
use super::page::{self, List};
use super::problem::Problem;
use super::{QueryScope, Shared};

words!(AuditAction as AuditAction ("What somebody did."): ProjectCreated, ProjectChanged, ProjectRemoved,
    ProjectPaused, ProjectResumed, MemberPut, MemberRemoved, JobCreated, JobChanged, JobCancelled, JobPaused, JobResumed,
    ExecutionTriggered, EventReceived, ExecutionReplayed, ExecutionCancelled, ExecutionDismissed,
    ExecutionPaused, ExecutionResumed, ExecutionPinned, ExecutionUnpinned, ExecutionAnswered, BackfillCreated,
    BackfillCancelled, DraftEdited, DraftApproved, DraftRejected, DraftPublished, InvitationCreated,
    InvitationRevoked, UserJoined, UserChanged, UserRemoved, PasswordChanged, PasswordResetCreated, PasswordReset,
    SignedIn, SignedOut, SignedOutEverywhere, OwnerRecovered, TokenCreated, TokenRevoked, SettingsChanged, EnginePaused, EngineResumed);

/// What is set for the whole instance.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct Settings {
    /// Folders under which projects of people other than owners may read and publish.
    pub local_roots: Vec<String>,
    /// How many failed credentials a minute an address, or an account, may show before it has to wait.
    pub sign_in_failures_max: u32,
    /// How many projects may run at once: what was set here last, else what the server was started with.
    pub projects_max: u32,
    /// How many projects may run at once as the server was started: what counts again after `"projectsMax": null`.
    pub projects_max_at_start: u32,
    /// How long records are kept.
    pub retention: RetentionBody,
    /// Grows with every change.
    pub version: u64,
}

impl Settings {
    fn new(dateline: &Dateline, settings: InstanceSettings) -> Self {
        let projects_max_at_start = dateline.projects_max_at_start();
        Self {
            local_roots: settings.local_roots,
            sign_in_failures_max: settings.sign_in_failures_max,
            projects_max: settings.projects_max.unwrap_or(projects_max_at_start),
            projects_max_at_start,
            retention: settings.retention.into(),
            version: settings.version,
        }
    }
}

/// A change of the settings: what is absent stays as it is.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct SettingsPatch {
    /// All of them, absolute paths; only an owner may set these.
    #[oai(validator(max_items = 50))]
    pub local_roots: Option<Vec<Line<4096>>>,
    /// How many failed credentials a minute are let pass.
    #[oai(validator(minimum(value = "1"), maximum(value = "100000")))]
    pub sign_in_failures_max: Option<u32>,
    /// How many projects may run at once; null for as many as the server was started with. What runs already goes on.
    #[oai(validator(minimum(value = "1"), maximum(value = "1000")))]
    pub projects_max: MaybeUndefined<u32>,
    /// How long records are kept: each field that is given.
    pub retention: Option<RetentionPatch>,
}

/// A change somebody made.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct AuditEntry {
    /// Its identity.
    pub id: Id<AuditId>,
    /// When.
    pub at: Instant,
    /// Who.
    pub actor_id: Id<UserId>,
    /// What they were called then.
    pub actor_name: String,
    /// By which means: the id of a token or session, `SIGN_IN` for a password or a code, `PROCESS` for the program
    /// itself.
    pub means: String,
    /// What they did.
    pub action: Word<AuditAction>,
    /// The id of what they did it to.
    pub subject: String,
    /// The project it belongs to.
    pub project_id: Option<Id<ProjectId>>,
    /// What changed, in a few words.
    pub detail: Option<String>,
}

impl From<people::AuditEntry> for AuditEntry {
    fn from(entry: people::AuditEntry) -> Self {
        let means = match entry.means {
            Means::Token(id) => id.to_string(),
            Means::Session(id) => id.to_string(),
            Means::Process => "PROCESS".to_owned(),
            Means::SignIn => "SIGN_IN".to_owned(),
        };
        Self {
            id: Id(entry.id),
            at: Instant(entry.at),
            actor_id: Id(entry.actor),
            actor_name: entry.actor_name,
            means,
            action: Word(entry.action),
            subject: entry.subject,
            project_id: entry.home.and_then(Home::project).map(Id),
            detail: entry.detail,
        }
    }
}

/// The instance's part of the interface.
pub struct Instance;

#[OpenApi(prefix_path = "/api", tag = "super::document::Group::Operation")]
impl Instance {
    /// Read the settings
    ///
    /// Those that can be changed while the server runs.
    #[oai(path = "/settings", method = "get", operation_id = "getSettings")]
    async fn read(&self, shared: Data<&Arc<Shared>>, caller: Signed) -> poem::Result<Json<Settings>> {
        let dateline = shared.as_caller(&caller);
        let settings = dateline.instance_settings().await.map_err(Problem::from)?;
        Ok(Json(Settings::new(&dateline, settings)))
    }

    /// Change the settings
    ///
    /// Takes effect at once. What is absent stays as it is.
    #[oai(path = "/settings", method = "patch", operation_id = "changeSettings")]
    async fn change(
        &self,
        shared: Data<&Arc<Shared>>,
        caller: Signed,
        body: Json<SettingsPatch>,
    ) -> poem::Result<Json<Settings>> {
        let SettingsPatch { local_roots, sign_in_failures_max, projects_max, retention } = body.0;
        let change = InstanceChange {
            local_roots: local_roots.map(|roots| roots.into_iter().map(|line| line.0).collect()),
            sign_in_failures_max,
            projects_max: given(projects_max),
            retention: retention.map(Into::into).unwrap_or_default(),
        };
        let dateline = shared.as_caller(&caller);
        let settings = dateline.change_instance(change).await.map_err(Problem::from)?;
        Ok(Json(Settings::new(&dateline, settings)))
    }

    /// Read the audit log
    ///
    /// Who changed what, newest first; of projects only what you see. The newest 100,000 entries are kept.
    #[oai(path = "/audit", method = "get", operation_id = "listAuditEntries")]
    async fn audit(
        &self,
        shared: Data<&Arc<Shared>>,
        scope: Data<&QueryScope>,
        caller: Signed,
        /// The most items to return.
        limit: Query<Option<Limit>>,
        /// The `nextCursor` of the previous page.
        cursor: Query<Option<String>>,
    ) -> poem::Result<Json<List<AuditEntry>>> {
        let page = page::asked(&shared, &scope, limit.0, cursor.0.as_deref())?;
        let page = shared.as_caller(&caller).audit_log(page).await.map_err(Problem::from)?;
        Ok(Json(List::of(&shared, &scope, page, AuditEntry::from)))
    }
}
