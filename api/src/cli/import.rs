//! `dateline import`: schedules from elsewhere, as a file for `dateline apply`.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand, ValueEnum};
use dateline_core::crontab::{self, Entry, Form, Line, Reading};
use dateline_core::schedule::Zone;
use serde_json::{Value, json};

use super::given::{name_of, text_of};
use super::local_zone::local_zone;
use super::output::{CommandError, print, tell};
use super::text::plain;
use crate::as_code::emit::yaml;
use crate::as_code::file::VERSION;
use crate::as_code::yaml::BYTES_MAX;

const EXAMPLES: &str = "\
Examples:
  dateline import crontab /etc/crontab --project App --tz Europe/Berlin
  crontab -l | dateline import crontab - --project App > jobs.yaml
  dateline apply jobs.yaml --dry-run

The result is a file for `dateline apply`: a job of the project for each line whose time can be taken over. Every
other line is told with the reason. Commands are not taken over: the jobs do what --type says.";

/// Take schedules over from elsewhere
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Import {
    #[command(subcommand)]
    from: From,
}

#[derive(Debug, Subcommand)]
enum From {
    /// From a crontab
    #[command(after_help = EXAMPLES)]
    Crontab(CrontabArgs),
}

#[derive(Debug, Args)]
struct CrontabArgs {
    /// The crontab; `-` is standard input, as in `crontab -l | dateline import crontab -`
    file: PathBuf,
    /// The project whose jobs take the times over
    #[arg(long, value_name = "NAME")]
    project: String,
    /// What the jobs do
    #[arg(long = "type", value_enum, default_value_t = JobType::GenerateContent)]
    job_type: JobType,
    /// Read a user's name before each command [default: only of /etc/crontab and /etc/cron.d]
    #[arg(long, conflicts_with = "user")]
    system: bool,
    /// Read no user's name before commands
    #[arg(long)]
    user: bool,
    /// The zone whose clocks cron follows where CRON_TZ names none [default: the zone you live in]
    #[arg(long, value_name = "ZONE")]
    tz: Option<String>,
    /// Print one JSON document, with every line and what it came to
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum JobType {
    /// Write texts from what happened.
    GenerateContent,
    /// Read ahead what happened on GitHub.
    SyncGithub,
}

impl JobType {
    fn word(self) -> &'static str {
        match self {
            Self::GenerateContent => "GENERATE_CONTENT",
            Self::SyncGithub => "SYNC_GITHUB",
        }
    }
}

impl Import {
    pub(super) fn run(self) -> Result<(), CommandError> {
        let From::Crontab(args) = self.from;
        args.run()
    }
}

impl CrontabArgs {
    fn run(self) -> Result<(), CommandError> {
        let chars = self.project.chars().count();
        if !(1..=120).contains(&chars) || self.project.chars().any(char::is_control) {
            return Err(CommandError::argument(
                "--project",
                &self.project,
                "a project's name, 1 to 120 characters",
            ));
        }
        let zone = match &self.tz {
            None => local_zone(),
            Some(name) => Zone::named(name)
                .map_err(|_| CommandError::argument("--tz", name, "a zone of the IANA database"))?,
        };
        let text = text_of(&self.file, BYTES_MAX)?;
        let lines = crontab::read(&text, self.form(), zone);
        let entries: Vec<&Entry> = lines.iter().filter_map(Line::entry).collect();
        let file = file(&self.project, self.job_type, &entries);
        if self.json {
            let lines: Vec<_> = lines.iter().map(line_json).collect();
            return print(&json!({ "file": file, "lines": lines }).to_string());
        }
        for line in &lines {
            told(line).iter().for_each(|text| tell(&plain(text)));
        }
        let refused = lines.iter().filter(|line| matches!(line.reading, Reading::Refused(_))).count();
        tell(&format!("{} taken over, {refused} not.", entries.len()));
        if entries.is_empty() {
            return Err(CommandError::Failed(format!("{}: no line can be taken over", name_of(&self.file))));
        }
        print(&format!("{}{}", head(&lines, zone), yaml(&file).trim_end()))
    }

    fn form(&self) -> Form {
        let is_system = |path: &Path| path == Path::new("/etc/crontab") || path.starts_with("/etc/cron.d");
        if self.system || (!self.user && is_system(&self.file)) { Form::System } else { Form::User }
    }
}

fn file(project: &str, job_type: JobType, entries: &[&Entry]) -> Value {
    let job = |entry: &&Entry| {
        json!({
            "name": entry.name,
            "type": job_type.word(),
            "frequency": entry.schedule.frequency,
            "timeConfig": entry.schedule.time_config,
        })
    };
    let jobs: Vec<_> = entries.iter().map(job).collect();
    json!({ "version": VERSION, "projects": [{ "name": project, "jobs": jobs }] })
}

/// Returns remarks for the file's head: where it comes from, and what is missing in it.
fn head(lines: &[Line], zone: Zone) -> String {
    let mut head = format!("# From a crontab, by the clocks of {} where it names none.\n", zone.name());
    for line in lines {
        for text in told(line) {
            // Writing to a string cannot fail.
            let _ = writeln!(head, "# {}", plain(&text));
        }
    }
    head
}

/// Returns what there is to say of a line.
fn told(line: &Line) -> Vec<String> {
    let number = line.number;
    match &line.reading {
        Reading::Taken(entry) => {
            let note = |note: &String| format!("line {number}, taken over as `{}`: {note}", entry.name);
            entry.notes.iter().map(note).collect()
        }
        Reading::Told(text) => vec![format!("line {number}: {text}")],
        Reading::Refused(why) => vec![format!("line {number}, not taken over: {why}")],
    }
}

fn line_json(line: &Line) -> Value {
    let (outcome, job, notes) = match &line.reading {
        Reading::Taken(entry) => ("TAKEN", Some(&entry.name), entry.notes.clone()),
        Reading::Told(text) => ("TOLD", None, vec![text.clone()]),
        Reading::Refused(why) => ("REFUSED", None, vec![why.clone()]),
    };
    json!({ "line": line.number, "outcome": outcome, "job": job, "notes": notes })
}
