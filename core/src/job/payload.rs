//! What a job does, with what its executions are told: one variant a job type, each in a file of its own.
//!
//! A new job type is a variant of [`JobType`], a file beside this one with what it is told (fields and rules), an arm in
//! each match here, and a file of steps in `actors/src/job`.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{Cleanup, GenerateContent, SyncGithub};
use crate::project::Project;
use crate::schedule::{Fault, FaultCode};

/// What a job does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum JobType {
    /// Reads a project's activity and writes a draft for each of its platforms.
    GenerateContent,
    /// Reads a GitHub repository's activity into the project's cache, so that writing needs no network.
    SyncGithub,
    /// Forgets what is over, for the whole instance.
    Cleanup,
}

/// Whether a job type works for a project.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProjectNeed {
    /// It works for one.
    Needed,
    /// It may belong to one, and needs none.
    Optional,
}

impl JobType {
    /// Returns its spelling: `GENERATE_CONTENT`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::GenerateContent => "GENERATE_CONTENT",
            Self::SyncGithub => "SYNC_GITHUB",
            Self::Cleanup => "CLEANUP",
        }
    }

    /// Whether it works for a project.
    pub const fn project_need(self) -> ProjectNeed {
        match self {
            Self::GenerateContent | Self::SyncGithub => ProjectNeed::Needed,
            Self::Cleanup => ProjectNeed::Optional,
        }
    }

    /// Returns the fields it is told.
    const fn fields(self) -> &'static [&'static str] {
        match self {
            Self::GenerateContent => GenerateContent::FIELDS,
            Self::SyncGithub => SyncGithub::FIELDS,
            Self::Cleanup => Cleanup::FIELDS,
        }
    }
}

/// What an execution is told, by what its job does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "jobType", content = "payload", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Payload {
    /// Of [`JobType::GenerateContent`].
    GenerateContent(GenerateContent),
    /// Of [`JobType::SyncGithub`].
    SyncGithub(SyncGithub),
    /// Of [`JobType::Cleanup`].
    Cleanup(Cleanup),
}

impl Payload {
    /// Returns what the job does.
    pub const fn job_type(&self) -> JobType {
        match self {
            Self::GenerateContent(_) => JobType::GenerateContent,
            Self::SyncGithub(_) => JobType::SyncGithub,
            Self::Cleanup(_) => JobType::Cleanup,
        }
    }

    /// Returns what this asks beyond what `earlier` did: steps that are taken over were done for no more.
    pub fn beyond(&self, earlier: &Self) -> Vec<Fault> {
        match (self, earlier) {
            (Self::GenerateContent(told), Self::GenerateContent(earlier)) => told.beyond(earlier),
            (Self::GenerateContent(_) | Self::SyncGithub(_) | Self::Cleanup(_), _) => Vec::new(),
        }
    }

    /// Returns what `told` means to a job of this type.
    ///
    /// # Errors
    /// Every field that is not of this type, or that cannot be read.
    pub fn read(job_type: JobType, told: &Map<String, Value>) -> Result<Self, Vec<Fault>> {
        let faults = strange(job_type, told);
        if !faults.is_empty() {
            return Err(faults);
        }
        match job_type {
            JobType::GenerateContent => typed(told).map(Self::GenerateContent),
            JobType::SyncGithub => typed(told).map(Self::SyncGithub),
            JobType::Cleanup => typed(told).map(Self::Cleanup),
        }
    }

    /// Returns it as JSON spells it, whatever the type.
    pub fn told(&self) -> Map<String, Value> {
        let value = match self {
            Self::GenerateContent(told) => serde_json::to_value(told),
            Self::SyncGithub(told) => serde_json::to_value(told),
            Self::Cleanup(told) => serde_json::to_value(told),
        };
        match value {
            Ok(Value::Object(fields)) => fields,
            Ok(_) | Err(_) => Map::new(),
        }
    }

    /// Returns what does not fit: neither each other nor the job's project.
    pub fn faults(&self, project: Option<&Project>) -> Vec<Fault> {
        match (self.job_type().project_need(), project) {
            (ProjectNeed::Needed, None) => {
                let expected = format!("a project: {} works for one", self.job_type().name());
                vec![Fault::at("/projectId", FaultCode::InvalidField, "", expected)]
            }
            (ProjectNeed::Needed | ProjectNeed::Optional, project) => match self {
                Self::GenerateContent(told) => project.map(|it| told.faults(it)).unwrap_or_default(),
                Self::SyncGithub(told) => project.map(|it| told.faults(it)).unwrap_or_default(),
                Self::Cleanup(told) => project.map(|it| told.faults(it)).unwrap_or_default(),
            },
        }
    }
}

/// Returns what a job of this type is not told.
fn strange(job_type: JobType, told: &Map<String, Value>) -> Vec<Fault> {
    let fields = job_type.fields();
    let takes = if fields.is_empty() { "nothing".to_owned() } else { fields.join(", ") };
    let expected = format!("no such field: {} is told {takes}", job_type.name());
    let strange = told.keys().filter(|name| !fields.contains(&name.as_str()));
    strange
        .map(|name| Fault::at(format!("/payload/{name}"), FaultCode::InvalidField, "", expected.clone()))
        .collect()
}

fn typed<T: DeserializeOwned>(told: &Map<String, Value>) -> Result<T, Vec<Fault>> {
    serde_json::from_value(Value::Object(told.clone()))
        .map_err(|error| vec![Fault::at("/payload", FaultCode::InvalidField, "", error.to_string())])
}

#[cfg(test)]
#[path = "payload_tests.rs"]
mod tests;
