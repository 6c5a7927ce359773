//! A plan as people and programs read it.

use serde_json::{Value, json};

use crate::as_code::plan::{Action, Plan, Step, Subject};
use crate::cli::text::plain;

/// Longer values are cut where a person reads them.
const VALUE_CHARS_MAX: usize = 80;

/// Returns what something is called: `project App`, `job Friday of App`.
pub(super) fn subject(subject: &Subject) -> String {
    match (&subject.project, &subject.job) {
        (Some(project), Some(job)) => format!("job `{}` of `{}`", plain(job), plain(project)),
        (None, Some(job)) => format!("job `{}`", plain(job)),
        (project, None) => format!("project `{}`", plain(project.as_deref().unwrap_or_default())),
    }
}

/// Returns the plan, a line a step and a line a field: `+` is created, `~` changed, `-` gone.
pub(super) fn plan(plan: &Plan) -> String {
    let mut lines = Vec::new();
    for step in &plan.steps {
        let name = subject(&step.subject);
        match &step.action {
            Action::Create { fields, .. } => {
                lines.push(format!("+ {name}"));
                let told = fields.iter().filter(|(field, _)| *field != "name");
                lines.extend(told.map(|(field, value)| format!("    {field}: {}", shown(value))));
            }
            Action::Change { differences, .. } => {
                lines.push(format!("~ {name}"));
                lines.extend(differences.iter().map(|it| {
                    let value = |value: &Option<Value>| value.as_ref().map_or_else(|| "(none)".into(), shown);
                    format!("    {}: {} → {}", plain(&it.field), value(&it.from), value(&it.to))
                }));
            }
            Action::Remove { .. } => lines.push(format!("- {name}{}", ending(step))),
        }
    }
    lines.push(format!("Plan: {}.", counted(plan)));
    lines.join("\n")
}

/// Returns what the user is asked to want.
pub(super) fn question(plan: &Plan) -> String {
    format!("This makes the server as the file says: {}", counted(plan))
}

/// Returns the plan for programs.
pub(super) fn json(plan: &Plan, is_applied: bool) -> Value {
    let of = |it: &Subject| json!({ "kind": if it.job.is_some() { "JOB" } else { "PROJECT" }, "project": it.project, "job": it.job });
    let steps = plan.steps.iter().map(|step| {
        let mut entry = of(&step.subject);
        let (action, id, fields) = match &step.action {
            Action::Create { fields, .. } => {
                let field = |(field, value): (&String, &Value)| json!({ "field": field, "from": null, "to": value });
                ("CREATE", None, fields.iter().map(field).collect())
            }
            Action::Change { id, differences, .. } => {
                let field = |it: &crate::as_code::difference::Difference| {
                    json!({ "field": it.field, "from": it.from, "to": it.to })
                };
                ("CHANGE", Some(id), differences.iter().map(field).collect())
            }
            Action::Remove { id, .. } => ("REMOVE", Some(id), Vec::new()),
        };
        entry["action"] = json!(action);
        entry["id"] = json!(id);
        entry["fields"] = Value::Array(fields);
        entry
    });
    let steps: Vec<_> = steps.collect();
    json!({ "isApplied": is_applied, "steps": steps, "unnamed": plan.unnamed.iter().map(of).collect::<Vec<_>>() })
}

fn ending(step: &Step) -> String {
    match (&step.action, &step.subject.job) {
        (Action::Remove { jobs: 0, .. }, None) => " is removed".into(),
        (Action::Remove { jobs, .. }, None) => {
            format!(" is removed, and its jobs are cancelled for good ({jobs})")
        }
        _ => " is cancelled for good".into(),
    }
}

fn counted(plan: &Plan) -> String {
    let count = |is: fn(&Action) -> bool| plan.steps.iter().filter(|step| is(&step.action)).count();
    format!(
        "{} to create, {} to change, {} to end",
        count(|it| matches!(it, Action::Create { .. })),
        count(|it| matches!(it, Action::Change { .. })),
        count(|it| matches!(it, Action::Remove { .. })),
    )
}

fn shown(value: &Value) -> String {
    let text = plain(&value.as_str().map_or_else(|| value.to_string(), str::to_owned));
    match text.char_indices().nth(VALUE_CHARS_MAX) {
        Some((cut, _)) => format!("{}…", &text[..cut]),
        None => text,
    }
}
