//! What else starts a job, and what keeps it from running for nothing, as flags say it and as a person reads it.

use clap::Args;
use dateline_openapi::types;
use serde_json::{Value, json};

use crate::cli::output::CommandError;
use crate::cli::text::plain;

/// Events that start a job, and its condition.
#[derive(Debug, Args)]
#[command(next_help_heading = "Events and conditions")]
pub(super) struct ReasonArgs {
    /// Run when this happens, such as release-published or custom:build.finished; several times for several events
    #[arg(long, value_name = "EVENT", value_parser = topic)]
    on_event: Vec<Value>,
    /// Run on no event any more
    #[arg(long, conflicts_with = "on_event")]
    on_event_none: bool,
    /// Run only when this holds, such as 'activity.items >= 5'
    #[arg(long, value_name = "EXPRESSION")]
    condition: Option<String>,
    /// Run whatever the condition said
    #[arg(long, conflicts_with = "condition")]
    condition_none: bool,
}

impl ReasonArgs {
    /// Whether there are events to run on.
    pub(super) fn has_events(&self) -> bool {
        !self.on_event.is_empty()
    }

    /// Adds what was given to the fields of a job.
    pub(super) fn add_to(&self, fields: &mut Value) {
        if self.has_events() || self.on_event_none {
            fields["listensTo"] = json!(self.on_event);
        }
        if let Some(condition) = &self.condition {
            fields["condition"] = json!(condition);
        }
        if self.condition_none {
            fields["condition"] = Value::Null;
        }
    }
}

/// Returns the event a word names: `release-published`, or `custom:NAME`.
pub(in crate::cli) fn topic(word: &str) -> Result<Value, String> {
    let (kind, name) = word.split_once(':').map_or((word, None), |(kind, name)| (kind, Some(name)));
    let kind = kind.to_uppercase().replace('-', "_");
    if !types::EventType::WORDS.contains(&kind.as_str()) {
        let known: Vec<String> =
            types::EventType::WORDS.iter().map(|word| word.to_lowercase().replace('_', "-")).collect();
        return Err(format!("one of {}, or custom:NAME", known.join(", ")));
    }
    match (kind.as_str(), name) {
        ("CUSTOM", None) => Err("custom needs a name, such as custom:build.finished".to_owned()),
        ("CUSTOM", Some(name)) => Ok(json!({ "type": kind, "name": name })),
        (_, Some(_)) => Err("only custom events have a name".to_owned()),
        (_, None) => Ok(json!({ "type": kind })),
    }
}

/// Tells what a job listens to.
pub(super) fn events(job: &types::Job) -> Option<String> {
    let told = job.listens_to.iter().map(|it| match &it.name {
        Some(name) => plain(name),
        None => it.r#type.to_string(),
    });
    Some(told.collect::<Vec<_>>().join(", ")).filter(|told| !told.is_empty())
}

/// Reads an object that says more of an event.
///
/// # Errors
/// [`CommandError::Usage`] for what is none.
pub(in crate::cli) fn object(text: &str) -> Result<Value, CommandError> {
    let value: Value = serde_json::from_str(text)
        .map_err(|error| CommandError::Usage(format!("--with is no JSON: {error}")))?;
    if value.is_object() {
        Ok(value)
    } else {
        Err(CommandError::Usage("--with must be a JSON object".into()))
    }
}
