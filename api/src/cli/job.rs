//! `dateline job`: what is done, and when.

mod backfill;
mod dependencies;
pub(super) mod reasons;
mod request;
mod schedule;

use clap::{Args, Subcommand};
use dateline_core::clock::Clock;
use dateline_openapi::{calls, types};
use serde_json::{Value, json};

use self::backfill::BackfillArgs;
use self::dependencies::DependencyArgs;
use self::reasons::ReasonArgs;
use self::request::RequestArgs;
use self::schedule::ScheduleArgs;
use super::body::WithArgs;
use super::confirm::ConfirmArgs;
use super::output::{CommandError, tell};
use super::pause::{PauseArgs, all_told};
use super::server::{PageArgs, ServerArgs, Session};
use super::table::{sheet, table};
use super::text::{Moment, PlatformName, moment, word_of};
use crate::os::OsClock;

const EXAMPLES: &str = "\
Examples:
  dateline job create App --name 'Friday article' --weekly fri --at 17:00
  dateline job create App --name 'Release notes' --after 'Friday article'
  dateline job create App --name Launch --on-event release-published
  dateline job create App --name Weekly --weekly fri --at 17:00 --condition 'activity.items >= 5'
  dateline job create App --name Daily --cron '0 9 * * 1-5' --tz Europe/Berlin
  dateline job create App --name Posts --weekly mon,thu --at 09:00,17:30 --except-calendar holidays.ics
  dateline job create App --name Often --every 90m --except-hours 22:00-06:00 --except-day sat,sun
  dateline job create App --name Launch --once 2027-01-04T09:00 --tz Europe/Berlin
  dateline job create --name Ping --cron '0 7 * * *' --type http-request --url https://example.com/health
  dateline job list --project App
  dateline job next friday
  dateline job edit friday --at 18:30
  dateline job edit friday --with '{\"policy\": {\"overlap\": \"BUFFER_ONE\"}}'
  dateline job backfill friday --from 2026-10-01 --to 2026-11-01 --dry-run
  dateline job pause friday --reason holidays --until 2027-01-04
  dateline job resume friday
  dateline job disable friday
  dateline job cancel friday

JOB and PROJECT are an id, its beginning or end, a name, or the beginning of one.";

/// List, create, change and look ahead at jobs
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Job {
    #[command(subcommand)]
    verb: Verb,
    #[command(flatten)]
    server: ServerArgs,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// List jobs
    List(ListArgs),
    /// Show one job
    Show {
        /// The job
        job: String,
    },
    /// Create a job: for a project, or of your own
    Create {
        /// The project; a job that needs none is yours alone without it
        project: Option<String>,
        /// What people call it
        #[arg(long)]
        name: String,
        /// Create it disabled
        #[arg(long)]
        disabled: bool,
        #[command(flatten)]
        fields: Fields,
    },
    /// Change a job; what is not given stays as it is
    Edit {
        /// The job
        job: String,
        /// What people call it
        #[arg(long)]
        name: Option<String>,
        #[command(flatten)]
        fields: Fields,
    },
    /// Let a job's schedule fire
    Enable {
        /// The job
        job: String,
    },
    /// Keep a job's schedule from firing
    Disable {
        /// The job
        job: String,
    },
    /// Let a job's occurrences pass as skipped until it is resumed
    Pause {
        /// The job
        job: String,
        #[command(flatten)]
        pause: PauseArgs,
    },
    /// End a job's pause
    Resume {
        /// The job
        job: String,
        /// Also run it now when the pause kept an occurrence back
        #[arg(long)]
        run_latest: bool,
    },
    /// Run occurrences of the past that never ran: listed first, then run one after the other
    Backfill {
        /// The job
        job: String,
        #[command(flatten)]
        backfill: BackfillArgs,
    },
    /// Cancel a job for good; its history stays
    Cancel {
        /// The job
        job: String,
        #[command(flatten)]
        confirm: ConfirmArgs,
    },
    /// Show when a job runs next
    Next {
        /// The job
        job: String,
        /// How many occurrences
        #[arg(short, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..=50))]
        n: u64,
    },
    /// Show past and coming occurrences, and what became of each
    History {
        /// The job
        job: String,
        /// Due from this day (UTC) or instant on
        #[arg(long, value_name = "DATE", value_parser = moment)]
        from: Option<Moment>,
        /// Due no later than this day (UTC) or instant
        #[arg(long, value_name = "DATE", value_parser = moment)]
        to: Option<Moment>,
        #[command(flatten)]
        page: PageArgs,
    },
}

#[derive(Debug, Args)]
struct ListArgs {
    /// Jobs of this project
    #[arg(long)]
    project: Option<String>,
    /// Jobs whose name holds this text
    #[arg(long, value_name = "TEXT")]
    search: Option<String>,
    /// Only enabled ones
    #[arg(long, conflicts_with = "disabled")]
    enabled: bool,
    /// Only disabled ones
    #[arg(long)]
    disabled: bool,
    #[command(flatten)]
    page: PageArgs,
}

#[derive(Debug, Args)]
struct Fields {
    #[command(flatten)]
    schedule: ScheduleArgs,
    /// What it does [default: generate-content, or http-request with --url]
    #[arg(long = "type", value_name = "TYPE", value_parser = word_of(types::JobType::WORDS))]
    job_type: Option<String>,
    /// Write for these platforms only
    #[arg(long = "for", value_name = "PLATFORM", value_enum, value_delimiter = ',')]
    platforms: Vec<PlatformName>,
    #[command(flatten)]
    dependencies: DependencyArgs,
    #[command(flatten)]
    reasons: ReasonArgs,
    #[command(flatten)]
    request: RequestArgs,
    #[command(flatten)]
    with: WithArgs,
}

impl Fields {
    async fn into_json(
        self,
        session: &Session,
        name: Option<String>,
        stored: Option<&types::Job>,
    ) -> Result<(Value, WithArgs), CommandError> {
        let now = OsClock::new().now();
        let runs_after = self.dependencies.has_jobs() || self.reasons.has_events();
        let mut fields = self.schedule.json(stored, !self.with.is_empty(), runs_after, now)?;
        self.dependencies.add_to(&mut fields, session, stored).await?;
        self.reasons.add_to(&mut fields);
        if let Some(name) = name {
            fields["name"] = json!(name);
        }
        if !self.platforms.is_empty() {
            let words: Vec<_> = self.platforms.iter().map(|it| it.word()).collect();
            fields["payload"] = json!({ "platforms": words });
        }
        let asks = |job: &&types::Job| job.r#type == types::JobType::HttpRequest;
        let payload = stored.filter(asks).and_then(|job| serde_json::to_value(&job.payload).ok());
        if let Some(request) = self.request.json(payload)? {
            fields["type"] = json!("HTTP_REQUEST");
            fields["payload"] = request;
        }
        if let Some(job_type) = self.job_type {
            fields["type"] = json!(job_type);
        }
        Ok((fields, self.with))
    }
}

impl Job {
    pub(super) fn run(self) -> Result<(), CommandError> {
        let Self { verb, server } = self;
        server.run(async |session| act(verb, &session).await)
    }
}

async fn act(verb: Verb, session: &Session) -> Result<(), CommandError> {
    match verb {
        Verb::List(list) => list.show(session).await,
        Verb::Show { job } => {
            let id = session.job(&job).await?.id;
            session.show(&calls::GetSchedule::new(id), whole).await
        }
        Verb::Create { project, name, disabled, fields } => {
            let (mut body, with) = fields.into_json(session, Some(name), None).await?;
            if let Some(project) = project {
                body["projectId"] = json!(session.project(&project).await?.id);
            }
            if body.get("type").is_none() {
                body["type"] = json!("GENERATE_CONTENT");
            }
            if disabled {
                body["isEnabled"] = json!(false);
            }
            session.show(&calls::CreateSchedule::new(with.over(body)?), whole).await
        }
        Verb::Edit { job, name, fields } => {
            let stored = session.job(&job).await?;
            let (mut body, with) = fields.into_json(session, name, Some(&stored)).await?;
            if body.as_object().is_none_or(serde_json::Map::is_empty) && with.is_empty() {
                return Err(CommandError::Usage(
                    "nothing to change was given; `dateline job edit --help`".into(),
                ));
            }
            body["id"] = json!(stored.id);
            session.show(&calls::ChangeSchedule::new(with.over(body)?), whole).await
        }
        Verb::Enable { job } => toggle(session, &job, true).await,
        Verb::Disable { job } => toggle(session, &job, false).await,
        Verb::Pause { job, pause } => {
            let (id, body) = (session.job(&job).await?.id, Some(pause.body(session)));
            session.show(&calls::PauseSchedule { body, ..calls::PauseSchedule::new(id) }, whole).await
        }
        Verb::Resume { job, run_latest } => {
            let id = session.job(&job).await?.id;
            let body = Some(types::ResumeBody { run_latest: Some(run_latest) });
            session.show(&calls::ResumeSchedule { body, ..calls::ResumeSchedule::new(id) }, whole).await
        }
        Verb::Backfill { job, backfill } => backfill.run(session, &job).await,
        Verb::Cancel { job, confirm } => {
            let job = session.job(&job).await?;
            confirm.ask(&format!("This cancels the job `{}` for good, and its open runs", job.name))?;
            session.ask(&calls::CancelSchedule::new(job.id.clone())).await?;
            tell(&format!("Cancelled {}.", job.id));
            Ok(())
        }
        Verb::Next { job, n } => next(session, &job, n).await,
        Verb::History { job, from, to, page } => {
            let id = session.job(&job).await?.id;
            let mut call = calls::ListOccurrences::new(id);
            call.from = from.map(Moment::start);
            call.to = to.map(Moment::end);
            call.limit = page.limit();
            call.cursor = page.cursor();
            session.list(call, &page, "Nothing was or will be due in this time.", history).await
        }
    }
}

async fn toggle(session: &Session, job: &str, is_enabled: bool) -> Result<(), CommandError> {
    let id = session.job(job).await?.id;
    let body = Some(types::Toggle { is_enabled: Some(is_enabled) });
    session.show(&calls::ToggleSchedule { body, ..calls::ToggleSchedule::new(id) }, whole).await
}

async fn next(session: &Session, job: &str, n: u64) -> Result<(), CommandError> {
    let job = session.job(job).await?;
    if !job.is_enabled {
        tell(&format!("`{}` is disabled; this is when it would run.", super::text::plain(&job.name)));
    }
    let body = types::PreviewBody {
        frequency: job.frequency,
        time_config: job.time_config,
        from: None,
        count: Some(n),
    };
    let none = "It will not run again.";
    let answer = session.client.send(&calls::PreviewSchedule::new(body)).await?;
    if answer.value.occurrences.is_empty() && !session.is_json {
        tell(none);
        return Ok(());
    }
    session.tell(&answer, |session, preview| {
        let head = format!("due ({})", session.when.zone());
        let row = |it: &types::PlannedBody| {
            [session.when.brief(it.due_at), it.local.clone(), it.note_text.clone().unwrap_or_default()]
        };
        table([&head, "schedule's own clock", "note"], preview.occurrences.iter().map(row))
    })
}

impl ListArgs {
    async fn show(self, session: &Session) -> Result<(), CommandError> {
        let project_id = match &self.project {
            Some(project) => Some(session.project(project).await?.id),
            None => None,
        };
        let call = calls::ListSchedules {
            project_id,
            is_enabled: if self.enabled { Some(true) } else { self.disabled.then_some(false) },
            search: self.search,
            limit: self.page.limit(),
            cursor: self.page.cursor(),
            ..calls::ListSchedules::default()
        };
        let none = "No such jobs: `dateline job create PROJECT` makes one.";
        session.list(call, &self.page, none, rows).await
    }
}

fn rows(session: &Session, jobs: &[types::Job]) -> String {
    let next = format!("next ({})", session.when.zone());
    let row = |job: &types::Job| {
        let next = job.next_run_at.map_or_else(|| standing(job).to_owned(), |at| session.when.brief(at));
        [job.id.clone(), job.name.clone(), job.description.clone(), next, job.status.to_string()]
    };
    table(["id", "name", "when", &next, "status"], jobs.iter().map(row))
}

/// Returns why a job has no next run.
fn standing(job: &types::Job) -> &'static str {
    match job {
        job if job.cancelled_at.is_some() => "cancelled",
        job if job.is_unsatisfiable => "never again",
        job if !job.is_enabled => "disabled",
        job if !job.pauses.is_empty() => "paused",
        job if job.frequency.as_str() == "NONE" => "not by the clock",
        _ => "ended",
    }
}

fn whole(session: &Session, job: &types::Job) -> String {
    let when = |at: Option<dateline_openapi::Instant>| at.map(|at| session.when.whole(at));
    let cursors = job.cursors.iter().map(|it| {
        let sha: String = it.sha.chars().take(10).collect();
        format!("{} at {sha}", it.platform)
    });
    let cursors = cursors.collect::<Vec<_>>().join(", ");
    sheet([
        ("id", Some(job.id.clone())),
        ("name", Some(job.name.clone())),
        ("project", job.project_id.clone()),
        ("type", Some(job.r#type.to_string())),
        ("when", Some(job.description.clone())),
        ("next run", Some(when(job.next_run_at).unwrap_or_else(|| standing(job).into()))),
        ("runs left", job.runs_left.map(|left| left.to_string())),
        ("runs after", dependencies::upstream(job)),
        ("starts", dependencies::downstream(job)),
        ("runs on", reasons::events(job)),
        ("condition", job.condition.clone()),
        ("paused", all_told(session, &job.pauses)),
        ("last run", when(job.last_run_at)),
        ("status", Some(job.status.to_string())),
        ("watch out", health(job)),
        ("written up to", Some(cursors).filter(|it| !it.is_empty())),
        ("cancelled", when(job.cancelled_at)),
        ("changed", when(Some(job.updated_at))),
    ])
}

/// Tells what is wrong with a job's punctuality.
fn health(job: &types::Job) -> Option<String> {
    let late = job.is_late.then_some("its last run began late, or was missed");
    let long = job.outlasts.then_some("its last run was not over when the next was due");
    Some(late.into_iter().chain(long).collect::<Vec<_>>().join("; ")).filter(|told| !told.is_empty())
}

fn history(session: &Session, occurrences: &[types::OccurrenceBody]) -> String {
    let head = format!("due ({})", session.when.zone());
    let row = |it: &types::OccurrenceBody| {
        let many = if it.count > 1 { format!(" ×{}", it.count) } else { String::new() };
        let why = it.reason_text.clone().or_else(|| it.note_text.clone()).unwrap_or_default();
        [
            session.when.brief(it.due_at),
            format!("{}{many}", it.status),
            it.execution_id.clone().unwrap_or_default(),
            why,
        ]
    };
    table([&head, "status", "run", "why"], occurrences.iter().map(row))
}
