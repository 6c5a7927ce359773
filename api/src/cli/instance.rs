//! `dateline settings`: what is set for the whole instance while it runs.

use std::path::PathBuf;

use clap::{ArgGroup, Args, Subcommand};
use dateline_openapi::{calls, types};

use super::output::CommandError;
use super::server::{ServerArgs, Session};
use super::table::sheet;

const EXAMPLES: &str = "\
Examples:
  dateline settings show
  dateline settings set --local-root /srv/repositories --local-root /srv/site
  dateline settings set --no-local-roots
  dateline settings set --sign-in-failures 20
  dateline settings set --projects-max 12
  dateline settings set --projects-max start
  dateline settings set --keep-failed 180 --keep-logs 30

For admins; local roots are an owner's to set. What a server is started with is shown by
`dateline config show`.";

/// Show and change what is set for the whole instance
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Settings {
    #[command(subcommand)]
    verb: Verb,
    #[command(flatten)]
    server: ServerArgs,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Show the settings
    Show,
    /// Change settings, at once; what is not given stays as it is
    Set(Box<SetArgs>),
}

/// What `set` can change: at least one of them is given.
const CHANGES: [&str; 13] = [
    "local_roots",
    "no_local_roots",
    "sign_in_failures",
    "projects_max",
    "keep_succeeded",
    "keep_failed",
    "keep_skipped",
    "keep_logs",
    "keep_steps",
    "keep_activity",
    "keep_notifications",
    "keep_audit",
    "keep_runs",
];

#[derive(Debug, Args)]
#[group(skip)]
#[command(group = ArgGroup::new("change").required(true).multiple(true).args(CHANGES))]
struct SetArgs {
    /// A folder under which projects of members may read and publish; repeat it: these replace all there were
    #[arg(long = "local-root", value_name = "DIR")]
    local_roots: Vec<PathBuf>,
    /// Let members use no local folder at all
    #[arg(long, conflicts_with = "local_roots")]
    no_local_roots: bool,
    /// How many failed credentials a minute an address, or an account, may show before it has to wait
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=100_000))]
    sign_in_failures: Option<u64>,
    /// How many projects may run at once, 1 to 1000, or `start` for as many as the server was started with
    #[arg(long, value_name = "N|start", value_parser = projects_max)]
    projects_max: Option<ProjectsMax>,
    #[command(flatten)]
    keep: KeepArgs,
}

/// How many projects may run at once; as many as the server was started with when there is no number.
#[derive(Debug, Clone, Copy)]
struct ProjectsMax(Option<u64>);

fn projects_max(text: &str) -> Result<ProjectsMax, String> {
    let number = || text.parse().ok().filter(|max| (1..=1000).contains(max));
    match text {
        "start" => Ok(ProjectsMax(None)),
        _ => {
            number().map(|max| ProjectsMax(Some(max))).ok_or_else(|| "expected 1 to 1000, or `start`".into())
        }
    }
}

/// A number of days.
fn days() -> clap::builder::RangedU64ValueParser {
    clap::value_parser!(u64).range(1..=3_650)
}

/// How long records are kept after they ended.
#[derive(Debug, Args)]
#[group(skip)]
struct KeepArgs {
    /// Keep runs that were completed or cancelled for so many days
    #[arg(long, value_name = "DAYS", value_parser = days())]
    keep_succeeded: Option<u64>,
    /// Keep runs that failed or were missed for so many days
    #[arg(long, value_name = "DAYS", value_parser = days())]
    keep_failed: Option<u64>,
    /// Keep runs that were skipped for so many days
    #[arg(long, value_name = "DAYS", value_parser = days())]
    keep_skipped: Option<u64>,
    /// Keep logs for so many days
    #[arg(long, value_name = "DAYS", value_parser = days())]
    keep_logs: Option<u64>,
    /// Keep what steps came to for so many days
    #[arg(long, value_name = "DAYS", value_parser = days())]
    keep_steps: Option<u64>,
    /// Keep what was read of projects' activity for so many days
    #[arg(long, value_name = "DAYS", value_parser = days())]
    keep_activity: Option<u64>,
    /// Keep notifications for so many days
    #[arg(long, value_name = "DAYS", value_parser = days())]
    keep_notifications: Option<u64>,
    /// Keep the audit log for so many days
    #[arg(long, value_name = "DAYS", value_parser = days())]
    keep_audit: Option<u64>,
    /// Keep the newest N runs of each job, whatever their age
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=1_000))]
    keep_runs: Option<u64>,
}

impl KeepArgs {
    fn patch(&self) -> Option<types::RetentionPatch> {
        let patch = types::RetentionPatch {
            succeeded_days: self.keep_succeeded,
            failed_days: self.keep_failed,
            skipped_days: self.keep_skipped,
            logs_days: self.keep_logs,
            steps_days: self.keep_steps,
            activity_days: self.keep_activity,
            notifications_days: self.keep_notifications,
            audit_days: self.keep_audit,
            runs_min: self.keep_runs,
        };
        (patch != types::RetentionPatch::default()).then_some(patch)
    }
}

impl Settings {
    pub(super) fn run(self) -> Result<(), CommandError> {
        let Self { verb, server } = self;
        server.run(async |session| match verb {
            Verb::Show => session.show(&calls::GetSettings, whole).await,
            Verb::Set(set) => session.show(&calls::ChangeSettings::new(set.patch()?), whole).await,
        })
    }
}

impl SetArgs {
    fn patch(self) -> Result<types::SettingsPatch, CommandError> {
        let given = self.no_local_roots || !self.local_roots.is_empty();
        let roots: Result<Vec<_>, _> = self.local_roots.iter().map(absolute).collect();
        let local_roots = if given { Some(roots?) } else { None };
        let projects_max = self.projects_max.map(|max| max.0);
        let retention = self.keep.patch();
        let sign_in_failures_max = self.sign_in_failures;
        Ok(types::SettingsPatch { local_roots, sign_in_failures_max, projects_max, retention })
    }
}

/// Returns a folder's absolute path. The server may be elsewhere, so whether it exists is the server's to say.
fn absolute(path: &PathBuf) -> Result<String, CommandError> {
    let refused = |expected: &str| CommandError::argument("--local-root", &path.to_string_lossy(), expected);
    let absolute = std::path::absolute(path).map_err(|_| refused("a folder's path"))?;
    absolute.to_str().map(str::to_owned).ok_or_else(|| refused("a path in UTF-8"))
}

fn whole(_: &Session, settings: &types::Settings) -> String {
    let roots = match settings.local_roots.as_slice() {
        [] => "none: members use no local folder".to_owned(),
        roots => roots.join(", "),
    };
    let failures = format!("{} a minute, then 429", settings.sign_in_failures_max);
    let (max, start) = (settings.projects_max, settings.projects_max_at_start);
    let at_once = if max == start {
        format!("{max} projects")
    } else {
        format!("{max} projects, {start} at the start")
    };
    let kept = &settings.retention;
    let days = |days: u64| Some(format!("{days} days"));
    sheet([
        ("local roots", Some(roots)),
        ("sign-in failures", Some(failures)),
        ("at once", Some(at_once)),
        ("runs that did well", days(kept.succeeded_days)),
        ("runs that failed", days(kept.failed_days)),
        ("runs that were skipped", days(kept.skipped_days)),
        ("of each job at least", Some(format!("its newest {} runs", kept.runs_min))),
        ("logs", days(kept.logs_days)),
        ("steps", days(kept.steps_days)),
        ("activity read", days(kept.activity_days)),
        ("notifications", days(kept.notifications_days)),
        ("audit log", days(kept.audit_days)),
    ])
}
