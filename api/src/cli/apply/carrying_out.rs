//! Step by step, each only if what it changes is still what was looked at.

use std::collections::BTreeMap;

use dateline_openapi::{ClientError, calls, types};
use serde_json::{Map, Value, json};

use super::{sent, told};
use crate::as_code::plan::{Action, Meant, Owner, Plan, Step};
use crate::cli::output::{CommandError, tell};
use crate::cli::server::Session;

/// Does what `plan` says, and says what was done before something was refused.
pub(super) async fn carry_out(
    session: &Session,
    plan: &Plan,
    refused: impl Fn(&Step, ClientError) -> CommandError,
) -> Result<(), CommandError> {
    let mut created = BTreeMap::new();
    for (index, step) in plan.steps.iter().enumerate() {
        let done = match step.subject.job {
            None => project(session, step, &mut created).await,
            Some(_) => job(session, step, &mut created).await,
        };
        let error = match done {
            Ok(()) => continue,
            Err(Stopped::Unsent(error)) => error,
            Err(Stopped::Refused(error)) => refused(step, error),
        };
        if index > 0 {
            let last = told::subject(&plan.steps[index - 1].subject);
            tell(&format!(
                "{index} of {} steps were done, the last is {last}; apply again to go on.",
                plan.steps.len()
            ));
        }
        return Err(error);
    }
    Ok(())
}

enum Stopped {
    Unsent(CommandError),
    Refused(ClientError),
}

impl From<ClientError> for Stopped {
    fn from(error: ClientError) -> Self {
        Self::Refused(error)
    }
}

impl From<CommandError> for Stopped {
    fn from(error: CommandError) -> Self {
        Self::Unsent(error)
    }
}

/// Projects and jobs that this run created, by where the file wants them.
type Created = BTreeMap<String, String>;

async fn project(session: &Session, step: &Step, created: &mut Created) -> Result<(), Stopped> {
    match &step.action {
        Action::Create { fields, .. } => {
            let body: types::ProjectCreate = sent(fields.clone())?;
            let made = session.client.send(&calls::CreateProject::new(body)).await?.value;
            created.insert(step.pointer.clone(), made.id);
        }
        Action::Change { id, version, patch, .. } => {
            let body: types::ProjectPatch = sent(patch.clone())?;
            let call =
                calls::ChangeProject { if_match: tag(*version), ..calls::ChangeProject::new(id, body) };
            session.client.send(&call).await?;
        }
        Action::Remove { id, version, .. } => {
            let call = calls::RemoveProject { if_match: tag(*version), ..calls::RemoveProject::new(id) };
            session.client.send(&call).await?;
        }
    }
    Ok(())
}

async fn job(session: &Session, step: &Step, created: &mut Created) -> Result<(), Stopped> {
    match &step.action {
        Action::Create { owner, fields, upstream } => {
            let fields = linked(owned(fields, owner.as_ref(), created), upstream, created);
            let made = session.client.send(&calls::CreateSchedule::new(sent(fields)?)).await?.value;
            created.insert(step.pointer.clone(), made.id);
        }
        Action::Change { id, version, moves_to, patch, upstream, .. } => {
            let mut fields = linked(owned(patch, moves_to.as_ref(), created), upstream, created);
            fields.insert("id".into(), json!(id));
            let call = calls::ChangeSchedule {
                if_match: tag(*version),
                ..calls::ChangeSchedule::new(sent(fields)?)
            };
            session.client.send(&call).await?;
        }
        Action::Remove { id, version, .. } => {
            let call = calls::CancelSchedule { if_match: tag(*version), ..calls::CancelSchedule::new(id) };
            session.client.send(&call).await?;
        }
    }
    Ok(())
}

fn owned(fields: &Map<String, Value>, owner: Option<&Owner>, created: &Created) -> Map<String, Value> {
    let mut fields = fields.clone();
    let id = match owner {
        None => return fields,
        Some(Owner::Known(id)) => Some(id),
        Some(Owner::Created(pointer)) => created.get(pointer),
        Some(Owner::Caller) => None,
    };
    fields.insert("projectId".into(), json!(id));
    fields
}

/// Returns `fields` with the jobs they depend on by their ids.
fn linked(mut fields: Map<String, Value>, upstream: &[Meant], created: &Created) -> Map<String, Value> {
    let ids: Vec<_> = upstream.iter().filter_map(|meant| id_of(meant, created)).collect();
    if let Some(depends_on) = fields.get_mut("dependsOn").and_then(Value::as_object_mut) {
        depends_on.insert("jobs".into(), json!(ids));
    }
    fields
}

fn id_of<'a>(meant: &'a Meant, created: &'a Created) -> Option<&'a String> {
    match meant {
        Meant::Known(id) => Some(id),
        Meant::Created(pointer) => created.get(pointer),
    }
}

fn tag(version: u64) -> Option<String> {
    Some(format!("\"v{version}\""))
}
