//! `dateline demo`: an article about a repository, written by a scheduled execution a minute from now.

use std::io::IsTerminal;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use chrono::{DurationRound, TimeDelta, Timelike};
use clap::Args;
use dateline_actors::request::{NewJob, NewProject, Secrets, Told};
use dateline_actors::{Dateline, RequestError};
use dateline_core::brief::Style;
use dateline_core::draft::Draft;
use dateline_core::execution::{Execution, ExecutionStatus};
use dateline_core::job::{JobType, JobView, NextDue};
use dateline_core::platform::Platform;
use dateline_core::policy::Policy;
use dateline_core::project::{PlatformSettings, ProjectPlatform};
use dateline_core::schedule::{Frequency, Schedule, TimeConfig, Zone};
use dateline_core::source::Source;
use dateline_core::store::{DraftFilter, ExecutionFilter, PageRequest};
use dateline_core::time::Timestamp;

use super::local_zone::local_zone;
use super::output::{CommandError, Progress, print, runtime, tell};
use super::serve::StopSignals;
use super::text::readable;
use super::write::absolute;
use crate::config::Config;
use crate::running::Running;
use crate::telemetry::start_plain_log;

const EXAMPLES: &str = "\
Examples:
  dateline demo                 about the repository you are in
  dateline demo ~/src/app

Needs no token and no network. It keeps everything in a data folder of its own,
serves until Ctrl-C on a terminal, and otherwise ends after the article.";

/// What the demo writes, most readable first.
const PLATFORMS: [Platform; 4] =
    [Platform::Markdown, Platform::Linkedin, Platform::Mastodon, Platform::ReleaseNotes];

/// A schedule this close would be missed by the time it is stored.
const LEAD_MIN: TimeDelta = TimeDelta::seconds(2);

/// How long after its due time the article may take before something must be wrong.
const PATIENCE: TimeDelta = TimeDelta::minutes(15);

/// Write an article about a repository, on schedule, a minute from now
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Demo {
    /// The repository, its work tree or a folder inside
    #[arg(default_value = ".")]
    path: PathBuf,
    /// Keep everything in this folder [default: a new one among the temporary files]
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
}

impl Demo {
    pub(super) fn run(self) -> Result<(), CommandError> {
        start_plain_log("error");
        let path = absolute(&self.path)?;
        runtime()?.block_on(self.show(path))
    }

    async fn show(self, path: String) -> Result<(), CommandError> {
        let mut stop = StopSignals::new()?;
        let data = self.data.map_or_else(fresh_folder, Ok)?;
        let listen = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let running = Running::start(&Config::plain(listen, &data)?).await?;
        let shown = tokio::select! {
            shown = tell_the_story(&running, path) => shown,
            () = stop.next() => Err(CommandError::Failed("stopped before the article was written".into())),
            reason = running.failed() => Err(CommandError::Failed(format!("the engine gave up: {reason}"))),
        };
        if shown.is_ok() && std::io::stdout().is_terminal() {
            tell("Serving until Ctrl-C.");
            stop.next().await;
        }
        running.stop().await;
        shown
    }
}

async fn tell_the_story(running: &Running, path: String) -> Result<(), CommandError> {
    let dateline = running.dateline();
    let zone = local_zone();
    let (job, due_at) = schedule(dateline, path, zone).await?;
    tell(&format!("Data folder  {}", running.folder.path().display()));
    tell(&format!("Server       http://{}", running.address));
    tell(&format!("Schedule     {}", dateline.describe(&job.job.schedule)));
    let execution = ended(dateline, &job, due_at).await?;
    let drafts = drafts_of(dateline, &execution).await?;
    match execution.state.status() {
        ExecutionStatus::Completed | ExecutionStatus::Partial => {}
        ExecutionStatus::Skipped => {
            tell(
                "The execution ran on time and found nothing worth telling: this history has no activity yet.",
            );
            return Ok(());
        }
        status => {
            let chain = execution.error.map(|error| error.chain.join(": ")).unwrap_or_default();
            return Err(CommandError::Failed(format!("the execution ended as {status:?}: {chain}")));
        }
    }
    if let Some(article) = drafts.first() {
        print(&readable(article.platform, &article.content))?;
    }
    where_next(running, &execution, &drafts);
    Ok(())
}

/// Stores the project and a job that is due at the next whole minute.
async fn schedule(
    dateline: &Dateline,
    path: String,
    zone: Zone,
) -> Result<(JobView, Timestamp), CommandError> {
    let name = name_of(Path::new(&path)).unwrap_or("repository");
    let enabled =
        |platform| ProjectPlatform { platform, is_enabled: true, settings: PlatformSettings::default() };
    let project = NewProject {
        name: name.chars().filter(|it| !it.is_control()).take(120).collect(),
        source: Source::Git { path, branch: None },
        token: None,
        platforms: PLATFORMS.map(enabled).to_vec(),
        timezone: zone.name().into(),
        style: Style::default(),
        executions_max: 1,
    };
    let project = dateline.create_project(project).await.map_err(refused)?;
    let minute = next_minute(dateline.now());
    let local = minute.with_timezone(&zone.offset_at(minute));
    let config = TimeConfig {
        hour: Some(local.hour().into()),
        minute: Some(local.minute().into()),
        timezone: Some(zone.name().into()),
        ..TimeConfig::default()
    };
    let job = NewJob {
        project: Some(project.id),
        job_type: JobType::GenerateContent,
        name: format!("What happened in {}", project.name).chars().take(120).collect(),
        schedule: Schedule { frequency: Frequency::Daily, time_config: config },
        is_enabled: true,
        policy: Policy::default(),
        payload: Told::new(),
        depends_on: None,
        listens_to: Vec::new(),
        condition: None,
        secrets: Secrets::new(),
    };
    let job = dateline.create_job(job).await.map_err(refused)?;
    match &job.clock.next {
        NextDue::At(occurrence) => {
            let due_at = occurrence.effective_at;
            Ok((job, due_at))
        }
        NextDue::Off | NextDue::Ended | NextDue::Unsatisfiable => {
            Err(CommandError::Failed("the schedule names no occurrence".into()))
        }
    }
}

/// Returns the name of the work tree's top folder, also for a folder inside.
fn name_of(path: &Path) -> Option<&str> {
    let top = path.ancestors().find(|folder| folder.join(".git").exists()).unwrap_or(path);
    top.file_name()?.to_str()
}

fn next_minute(now: Timestamp) -> Timestamp {
    let minute = TimeDelta::minutes(1);
    // Truncation fails only for instants far outside of any clock.
    let this = (now + LEAD_MIN).duration_trunc(minute).unwrap_or(now);
    this + minute
}

/// Waits until the job's first execution has ended.
async fn ended(dateline: &Dateline, job: &JobView, due_at: Timestamp) -> Result<Execution, CommandError> {
    let progress = Progress::new();
    let mut ticks = tokio::time::interval(Duration::from_millis(200));
    let filter = ExecutionFilter { job: Some(job.job.id), ..ExecutionFilter::default() };
    loop {
        ticks.tick().await;
        let page = PageRequest { limit: 1, after: None };
        let newest = dateline.executions(filter.clone(), page).await.map_err(refused)?.items.pop();
        let now = dateline.now();
        match newest {
            Some(execution) if !execution.state.is_open() => return Ok(execution),
            Some(execution) => progress.say(&format!("The execution is {:?} …", execution.state.status())),
            None => {
                let seconds = (due_at - now).num_seconds().max(0);
                progress.say(&format!("Due at {} UTC, {seconds} s from now …", due_at.format("%H:%M:%S")));
            }
        }
        if now > due_at + PATIENCE {
            return Err(CommandError::Failed(
                "the article took too long; see the log with DATELINE_LOG=info".into(),
            ));
        }
    }
}

async fn drafts_of(dateline: &Dateline, execution: &Execution) -> Result<Vec<Draft>, CommandError> {
    let filter = DraftFilter { execution: Some(execution.id), ..DraftFilter::default() };
    let page = PageRequest { limit: PLATFORMS.len(), after: None };
    let mut drafts = dateline.drafts(filter, page).await.map_err(refused)?.items;
    drafts.sort_by_key(|draft| PLATFORMS.iter().position(|platform| *platform == draft.platform));
    Ok(drafts)
}

/// Says what lies behind the article and what can be done with it.
fn where_next(running: &Running, execution: &Execution, drafts: &[Draft]) {
    let took = execution.duration().unwrap_or_default();
    let links: usize = drafts.iter().map(|draft| draft.evidence.len()).sum();
    let (count, address) = (drafts.len(), running.address);
    tell(&format!(
        "\nWritten in {} ms: {count} drafts, {links} statements linked to what they rest on.",
        took.as_millis()
    ));
    for draft in drafts {
        tell(&format!("  {}  {}", draft.id, draft.platform));
    }
    let token = running.folder.token_file();
    tell("\nWhere next:");
    tell(&format!("  TOKEN=$(cat {})", quoted(&token.display().to_string())));
    if let Some(draft) = drafts.first() {
        tell(&format!("  curl -H \"Authorization: Bearer $TOKEN\" http://{address}/api/drafts/{}", draft.id));
    }
    tell(&format!("  http://{address}/docs  every call, in a browser"));
    tell(&format!(
        "  dateline serve --data {}  the same data later",
        quoted(&running.folder.path().display().to_string())
    ));
}

/// Returns a path as a shell takes it.
fn quoted(path: &str) -> String {
    format!("'{}'", path.replace('\'', r"'\''"))
}

fn fresh_folder() -> Result<PathBuf, CommandError> {
    let made = tempfile::Builder::new().prefix("dateline-demo-").tempdir();
    // It outlives the demo: the drafts are the user's.
    made.map(tempfile::TempDir::keep)
        .map_err(|error| CommandError::Failed(format!("no data folder: {error}")))
}

fn refused(error: RequestError) -> CommandError {
    CommandError::Failed(error.to_string())
}
