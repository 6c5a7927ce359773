//! What a job depends on, as flags say it, and as a person reads it.

use clap::Args;
use dateline_openapi::types;
use serde_json::{Value, json};

use crate::cli::output::CommandError;
use crate::cli::server::Session;
use crate::cli::text::{plain, word_of};

/// The jobs whose ends start a job.
#[derive(Debug, Args)]
#[command(next_help_heading = "Dependencies")]
pub(super) struct DependencyArgs {
    /// Run when this job has ended; several times for several jobs
    #[arg(long, value_name = "JOB")]
    after: Vec<String>,
    /// Whether all of them must have ended, or each end is enough [default: all]
    #[arg(long, value_name = "MODE", value_parser = word_of(types::DependencyMode::WORDS))]
    after_mode: Option<String>,
    /// How they must have ended [default: success]
    #[arg(long, value_name = "END", value_parser = word_of(types::DependencyOn::WORDS))]
    after_end: Option<String>,
    /// Run after no job any more
    #[arg(long, conflicts_with_all = ["after", "after_mode", "after_end"])]
    after_none: bool,
}

impl DependencyArgs {
    /// Whether there are jobs to run after.
    pub(super) fn has_jobs(&self) -> bool {
        !self.after.is_empty()
    }

    /// Adds `dependsOn` to the fields of a new or a stored job, when any of it was given.
    ///
    /// # Errors
    /// [`CommandError`] for a job nobody knows, or how to run after no job.
    pub(super) async fn add_to(
        &self,
        fields: &mut Value,
        session: &Session,
        stored: Option<&types::Job>,
    ) -> Result<(), CommandError> {
        if self.after_none {
            fields["dependsOn"] = Value::Null;
            return Ok(());
        }
        if !self.has_jobs() && self.after_mode.is_none() && self.after_end.is_none() {
            return Ok(());
        }
        let known = stored.and_then(|job| job.depends_on.as_ref());
        let mut jobs = Vec::new();
        for name in &self.after {
            jobs.push(session.job(name).await?.id);
        }
        let jobs = if jobs.is_empty() { known.map(|it| it.jobs.clone()).unwrap_or_default() } else { jobs };
        if jobs.is_empty() {
            return Err(CommandError::Usage("--after JOB is needed: the job to run after".into()));
        }
        let mut depends_on = json!(known);
        depends_on["jobs"] = json!(jobs);
        for (name, word) in [("mode", &self.after_mode), ("on", &self.after_end)] {
            if let Some(word) = word {
                depends_on[name] = json!(word);
            }
        }
        fields["dependsOn"] = depends_on;
        Ok(())
    }
}

/// Tells what a job depends on: `all of Sync, Build: SUCCESS`.
pub(super) fn upstream(job: &types::Job) -> Option<String> {
    let depends_on = job.depends_on.as_ref()?;
    let known = job.upstream.as_deref().unwrap_or_default();
    let name = |id: &String| match known.iter().find(|it| it.job_id == *id) {
        None => id.clone(),
        Some(it) if it.cancelled_at.is_some() => format!("{} (cancelled)", plain(&it.name)),
        Some(it) if it.noted.is_some() => format!("{} (has ended)", plain(&it.name)),
        Some(it) => plain(&it.name),
    };
    let names = depends_on.jobs.iter().map(name).collect::<Vec<_>>().join(", ");
    let on = depends_on.on.as_ref().map_or("SUCCESS", |on| on.as_str());
    let is_any = depends_on.mode.as_ref().is_some_and(|mode| mode.as_str() == "ANY");
    let mode = match (&depends_on.jobs[..], is_any) {
        ([_], _) => "",
        (_, true) => "any of ",
        (_, false) => "all of ",
    };
    Some(format!("{mode}{names}: {on}"))
}

/// Tells which jobs depend on a job.
pub(super) fn downstream(job: &types::Job) -> Option<String> {
    let names = job.downstream.as_deref().unwrap_or_default().iter().map(|it| plain(&it.name));
    Some(names.collect::<Vec<_>>().join(", ")).filter(|names| !names.is_empty())
}
