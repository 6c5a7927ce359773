//! `dateline apply`: a server is made as a file says.

mod carrying_out;
mod told;

use std::path::{Path, PathBuf};

use clap::Args;
use dateline_openapi::{ClientError, calls, types};
use serde_json::{Map, Value, json};

use self::carrying_out::carry_out;
use super::confirm::ConfirmArgs;
use super::given::{name_of, text_of};
use super::output::{CommandError, print, tell};
use super::server::{ServerArgs, Session};
use crate::as_code::file::{File, Slips, read};
use crate::as_code::plan::{Action, Plan, Step, Unnamed, plan};
use crate::as_code::yaml::BYTES_MAX;

const EXAMPLES: &str = "\
Examples:
  dateline apply dateline.yaml
  dateline apply dateline.yaml --dry-run
  dateline apply dateline.yaml --prune --yes
  dateline export | dateline apply - --dry-run

Shows what differs, asks, and changes it. What the file does not say stays as it is; with --prune, jobs it does not
name are cancelled and projects it does not name are removed.
With --dry-run nothing is changed: exit code 0 when nothing differs, 7 when something does.";

/// Make projects and jobs as a file says
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Apply {
    /// The file, as `dateline export` writes it; `-` is standard input
    file: PathBuf,
    /// Only show what would be done
    #[arg(long, conflicts_with = "yes")]
    dry_run: bool,
    /// Cancel jobs and remove projects that the file does not name
    #[arg(long)]
    prune: bool,
    #[command(flatten)]
    confirm: ConfirmArgs,
    #[command(flatten)]
    server: ServerArgs,
}

impl Apply {
    pub(super) fn run(self) -> Result<(), CommandError> {
        let text = text_of(&self.file, BYTES_MAX)?;
        let file = read(&text).map_err(|slips| refused(&self.file, &slips))?;
        let Self { file: path, dry_run, prune, confirm, server } = self;
        server.run(async |session| {
            let standing = session.standing().await?;
            let unnamed = if prune { Unnamed::Go } else { Unnamed::Stay };
            let plan = plan(&file, &standing, unnamed).map_err(|slips| refused(&path, &slips))?;
            check_schedules(&session, &path, &file, &plan).await?;
            if session.is_json {
                return act(
                    Run { session: &session, path: &path, file: &file, plan: &plan },
                    dry_run,
                    &confirm,
                )
                .await;
            }
            if plan.steps.is_empty() {
                tell_unnamed(&plan);
                return print(&format!("No change: the server is as {} says.", name_of(&path)));
            }
            print(&told::plan(&plan))?;
            tell_unnamed(&plan);
            act(Run { session: &session, path: &path, file: &file, plan: &plan }, dry_run, &confirm).await
        })
    }
}

/// Says what stays although the file does not name it.
fn tell_unnamed(plan: &Plan) {
    for subject in &plan.unnamed {
        tell(&format!("Not in the file, stays as it is (--prune ends it): {}", told::subject(subject)));
    }
}

/// A plan, and where it is carried out.
struct Run<'a> {
    session: &'a Session,
    path: &'a Path,
    file: &'a File,
    plan: &'a Plan,
}

async fn act(run: Run<'_>, dry_run: bool, confirm: &ConfirmArgs) -> Result<(), CommandError> {
    let Run { session, path, file, plan } = run;
    let document = |is_applied: bool| told::json(plan, is_applied).to_string();
    if dry_run || plan.steps.is_empty() {
        if session.is_json {
            print(&super::text::json(&document(false)))?;
        }
        return if plan.steps.is_empty() { Ok(()) } else { Err(CommandError::Differs) };
    }
    confirm.ask(&told::question(plan))?;
    carry_out(session, plan, |step, error| in_file(path, file, step, error)).await?;
    if session.is_json {
        print(&super::text::json(&document(true)))
    } else {
        tell("Done.");
        Ok(())
    }
}

/// Asks the server whether it takes the schedules, before anything is changed.
async fn check_schedules(
    session: &Session,
    path: &Path,
    file: &File,
    plan: &Plan,
) -> Result<(), CommandError> {
    for step in &plan.steps {
        let Some(schedule) = schedule(step) else { continue };
        let body: types::PreviewBody = sent(schedule)?;
        if let Err(error) = session.client.send(&calls::PreviewSchedule::new(body)).await {
            return Err(in_file(path, file, step, error));
        }
    }
    Ok(())
}

fn schedule(step: &Step) -> Option<Map<String, Value>> {
    step.subject.job.as_ref()?;
    let fields = match &step.action {
        Action::Create { fields, .. } => fields,
        Action::Change { patch, .. } => patch,
        Action::Remove { .. } => return None,
    };
    let (frequency, time) = (fields.get("frequency")?, fields.get("timeConfig")?);
    let body = json!({ "frequency": frequency, "timeConfig": time, "count": 1 });
    body.as_object().cloned()
}

/// Returns fields as a type of the interface. They were checked against its document before.
fn sent<T: serde::de::DeserializeOwned>(fields: Map<String, Value>) -> Result<T, CommandError> {
    serde_json::from_value(Value::Object(fields))
        .map_err(|error| CommandError::Usage(format!("these fields cannot be sent: {error}")))
}

fn refused(path: &Path, slips: &Slips) -> CommandError {
    CommandError::Usage(format!("{}: {slips}", name_of(path)))
}

/// Returns what the server refuses as a slip of the file, where it is about fields.
fn in_file(path: &Path, file: &File, step: &Step, error: ClientError) -> CommandError {
    let faults = error.problem().map(|problem| &problem.errors[..]).unwrap_or_default();
    if faults.is_empty() || step.pointer.is_empty() {
        let subject = told::subject(&step.subject);
        return match CommandError::from(error) {
            CommandError::Conflict(why) => CommandError::Conflict(format!("{subject}: {why}")),
            CommandError::NotFound(why) => CommandError::NotFound(format!("{subject}: {why}")),
            CommandError::NotAllowed(why) => CommandError::NotAllowed(format!("{subject}: {why}")),
            CommandError::Usage(why) => CommandError::Usage(format!("{subject}: {why}")),
            other => other,
        };
    }
    let slip = |fault: &dateline_openapi::FieldFault| {
        file.slip(&format!("{}{}", step.pointer, fault.pointer), &fault.value, &fault.expected)
    };
    refused(path, &Slips(faults.iter().map(slip).collect()))
}
