//! `dateline simulate`: what will become of every occurrence, before it does.

mod ledger;
pub(super) mod spans;

use std::path::{Path, PathBuf};

use chrono::{Days, NaiveTime, TimeDelta};
use clap::Args;
use dateline_core::clock::Clock;
use dateline_core::policy::Policy;
use dateline_core::schedule::{Schedule, Zone};
use dateline_core::time::Timestamp;
use poem_openapi::types::ParseFromJSON;
use serde_json::{Map, Value, json};

use self::spans::{hours, restart, step};
use super::given::{name_of, text_of};
use super::local_zone::local_zone;
use super::output::{CommandError, print, tell};
use super::server::ServerArgs;
use super::text::{Moment, moment};
use crate::as_code::file::{File, WantedJob, read};
use crate::as_code::standing::{Standing, StandingJob};
use crate::as_code::yaml::BYTES_MAX;
use crate::http::schedules::PolicyBody;
use crate::os::OsClock;
use crate::time_machine::{
    ClockStep, Fate, PlayError, PlayedJob, PlayedProject, Restart, Scenario, SleepHours, play,
};

const EXAMPLES: &str = "\
Examples:
  dateline simulate --from 2027-01-01 --to 2027-12-31
  dateline simulate --to 2027-04-30 --sleep 23:00-07:00 --unusual
  dateline simulate --file dateline.yaml --project App --restart 2027-03-01T12:00:00Z:90m
  dateline simulate --clock-step 2027-03-01T12:00:00Z:-1h --json

Plays the schedules with the real scheduler under a clock that is set, and prints what became of each occurrence.
Repositories hold nothing new in it, so a run ends at once. Nothing is changed, written or sent.";

/// Days that are played when --to does not say.
const DAYS: u64 = 31;

/// Play schedules ahead of time, and print what became of each occurrence
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Simulate {
    /// Begin on this day (UTC) or at this instant [default: now]
    #[arg(long, value_name = "DATE", value_parser = moment)]
    from: Option<Moment>,
    /// End with this day (UTC) or before this instant [default: after 31 days]
    #[arg(long, value_name = "DATE", value_parser = moment)]
    to: Option<Moment>,
    /// Play what this file says, as of `dateline apply`, instead of what the server has
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
    /// Only jobs of this project, and none of those without one
    #[arg(long)]
    project: Option<String>,
    /// The machine sleeps each day between these times
    #[arg(long, value_name = "HH:MM-HH:MM", value_parser = hours)]
    sleep: Option<(NaiveTime, NaiveTime)>,
    /// The zone of --sleep [default: the zone you live in]
    #[arg(long, value_name = "ZONE", requires = "sleep")]
    tz: Option<String>,
    /// Dateline ends at this instant and starts again, at once or after a while such as 90m; repeat it for more
    #[arg(long, value_name = "INSTANT[:DURATION]", value_parser = restart)]
    restart: Vec<Restart>,
    /// Somebody sets the clock at this instant, such as +1h30m or -45s; repeat it for more
    #[arg(long, value_name = "INSTANT:±DURATION", value_parser = step)]
    clock_step: Vec<ClockStep>,
    /// Only what did not simply run when it was due
    #[arg(long)]
    unusual: bool,
    #[command(flatten)]
    server: ServerArgs,
}

impl Simulate {
    pub(super) fn run(self) -> Result<(), CommandError> {
        let (from, to) = self.window()?;
        let sleep = self.sleep_hours()?;
        let Played { mut projects, mut jobs } = match &self.file {
            Some(path) => of_file(path)?,
            None => self.of_server()?,
        };
        if let Some(name) = &self.project {
            projects.retain(|project| project.name == *name);
            jobs.clear();
            if projects.is_empty() {
                return Err(CommandError::NotFound(format!(
                    "no project is called `{}`",
                    super::text::plain(name)
                )));
            }
        }
        let Self { restart: restarts, clock_step: steps, .. } = &self;
        let (restarts, steps) = (restarts.clone(), steps.clone());
        let scenario = Scenario { from, to, projects, jobs, sleep, restarts, steps };
        let lines = play(&scenario).map_err(|error| match error {
            PlayError::Schedule { .. } | PlayError::TooMany => CommandError::Usage(error.to_string()),
            PlayError::Engine(_) | PlayError::Store(_) => CommandError::Failed(error.to_string()),
        })?;
        let counts = ledger::counts(&lines);
        let shown: Vec<_> = lines.iter().filter(|line| !self.unusual || line.fate != Fate::Ran).collect();
        if self.server.is_json() {
            return print(&super::text::json(&ledger::json(&scenario, &shown, &counts).to_string()));
        }
        if !shown.is_empty() {
            print(&ledger::table(&shown))?;
        }
        tell(&ledger::summary(&counts));
        Ok(())
    }

    fn window(&self) -> Result<(Timestamp, Timestamp), CommandError> {
        let from = self.from.map_or_else(|| OsClock::new().now(), Moment::start);
        let to = match self.to {
            // A day is played to its end, an instant is no longer played.
            Some(day @ Moment::Day(_)) => day.end() + TimeDelta::milliseconds(1),
            Some(Moment::At(at)) => at,
            None => from.checked_add_days(Days::new(DAYS)).unwrap_or(from),
        };
        if from < to {
            return Ok((from, to));
        }
        let told = |at| dateline_core::time::rfc3339(at);
        Err(CommandError::argument("--to", &told(to), &format!("an instant after {}", told(from))))
    }

    fn sleep_hours(&self) -> Result<Option<SleepHours>, CommandError> {
        let Some((from, to)) = self.sleep else { return Ok(None) };
        let zone = match &self.tz {
            None => local_zone(),
            Some(name) => Zone::named(name)
                .map_err(|_| CommandError::argument("--tz", name, "a zone of the IANA database"))?,
        };
        Ok(Some(SleepHours { from, to, zone }))
    }

    fn of_server(&self) -> Result<Played, CommandError> {
        let mut found = Standing::default();
        self.server.run(async |session| {
            found = session.standing().await?;
            Ok(())
        })?;
        let all = |jobs: Vec<StandingJob>| -> Result<Vec<PlayedJob>, CommandError> {
            jobs.into_iter().map(|job| played(job.name, &job.fields)).collect()
        };
        let projects = found.projects.into_iter();
        let projects = projects.map(|it| Ok(PlayedProject { name: it.name, jobs: all(it.jobs)? }));
        Ok(Played { projects: projects.collect::<Result<_, CommandError>>()?, jobs: all(found.jobs)? })
    }
}

/// What there is to play.
struct Played {
    projects: Vec<PlayedProject>,
    /// Those without a project.
    jobs: Vec<PlayedJob>,
}

fn of_file(path: &Path) -> Result<Played, CommandError> {
    let text = text_of(path, BYTES_MAX)?;
    let refused = |slips| CommandError::Usage(format!("{}: {slips}", name_of(path)));
    let File { projects, jobs, .. } = read(&text).map_err(refused)?;
    let all = |jobs: Option<Vec<WantedJob>>| -> Result<Vec<PlayedJob>, CommandError> {
        jobs.unwrap_or_default().into_iter().map(|job| played(job.name, &job.fields)).collect()
    };
    let projects = projects.into_iter().map(|it| Ok(PlayedProject { name: it.name, jobs: all(it.jobs)? }));
    Ok(Played { projects: projects.collect::<Result<_, CommandError>>()?, jobs: all(jobs)? })
}

/// Returns a job as it is played, from the interface's fields.
fn played(name: String, fields: &Map<String, Value>) -> Result<PlayedJob, CommandError> {
    let refused =
        |why: String| CommandError::Usage(format!("the job `{}`: {why}", super::text::plain(&name)));
    let field = |name: &str| fields.get(name).cloned().unwrap_or_default();
    let schedule = json!({ "frequency": field("frequency"), "timeConfig": field("timeConfig") });
    let schedule: Schedule = serde_json::from_value(schedule).map_err(|error| refused(error.to_string()))?;
    let policy = match fields.get("policy") {
        None => Policy::default(),
        Some(policy) => {
            let body = PolicyBody::parse_from_json(Some(policy.clone()));
            body.map_err(|error| refused(error.into_message()))?.over(Policy::default())
        }
    };
    let job_type = serde_json::from_value(field("type")).map_err(|error| refused(error.to_string()))?;
    let is_enabled = fields.get("isEnabled").and_then(Value::as_bool).unwrap_or(true);
    Ok(PlayedJob { name, job_type, schedule, is_enabled, policy })
}
