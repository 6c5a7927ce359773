//! What a job does, with what its executions are told: one variant a job type, each in a file of its own.
//!
//! A new job type is a variant of [`JobType`], a file beside this one with what it is told (fields and rules), an arm in
//! each match here, and a file of steps in `actors/src/job`.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{Cleanup, GenerateContent, HttpRequest, SecretHeader, SyncGithub};
use crate::egress::PrivateHosts;
use crate::id::SecretId;
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
    /// Asks a server.
    HttpRequest,
}

/// What a payload has to fit.
#[derive(Debug, Clone, Copy)]
pub struct Around<'a> {
    /// The job's project, when it has one.
    pub project: Option<&'a Project>,
    /// Hosts inside private networks that jobs may ask.
    pub private_hosts: &'a PrivateHosts,
    /// The port this program listens on.
    pub own_port: Option<u16>,
}

static NO_HOSTS: PrivateHosts = PrivateHosts::none();

impl Default for Around<'_> {
    fn default() -> Self {
        Self { project: None, private_hosts: &NO_HOSTS, own_port: None }
    }
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
            Self::HttpRequest => "HTTP_REQUEST",
        }
    }

    /// Whether it works for a project.
    pub const fn project_need(self) -> ProjectNeed {
        match self {
            Self::GenerateContent | Self::SyncGithub => ProjectNeed::Needed,
            Self::Cleanup | Self::HttpRequest => ProjectNeed::Optional,
        }
    }

    /// Returns the fields it cannot do without, each with what it is.
    const fn needs(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::GenerateContent | Self::SyncGithub | Self::Cleanup => &[],
            Self::HttpRequest => HttpRequest::NEEDS,
        }
    }

    /// Returns the fields it is told.
    const fn fields(self) -> &'static [&'static str] {
        match self {
            Self::GenerateContent => GenerateContent::FIELDS,
            Self::SyncGithub => SyncGithub::FIELDS,
            Self::Cleanup => Cleanup::FIELDS,
            Self::HttpRequest => HttpRequest::FIELDS,
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
    /// Of [`JobType::HttpRequest`].
    HttpRequest(HttpRequest),
}

impl Payload {
    /// Returns what the job does.
    pub const fn job_type(&self) -> JobType {
        match self {
            Self::GenerateContent(_) => JobType::GenerateContent,
            Self::SyncGithub(_) => JobType::SyncGithub,
            Self::Cleanup(_) => JobType::Cleanup,
            Self::HttpRequest(_) => JobType::HttpRequest,
        }
    }

    /// Returns what this asks beyond what `earlier` did: steps that are taken over were done for no more.
    pub fn beyond(&self, earlier: &Self) -> Vec<Fault> {
        match (self, earlier) {
            (Self::GenerateContent(told), Self::GenerateContent(earlier)) => told.beyond(earlier),
            (Self::GenerateContent(_) | Self::SyncGithub(_) | Self::Cleanup(_) | Self::HttpRequest(_), _) => {
                Vec::new()
            }
        }
    }

    /// Returns what `told` means to a job of this type.
    ///
    /// # Errors
    /// Every field that is not of this type, or that cannot be read.
    pub fn read(job_type: JobType, told: &Map<String, Value>) -> Result<Self, Vec<Fault>> {
        let mut faults = strange(job_type, told);
        faults.extend(absent(job_type, told));
        if !faults.is_empty() {
            return Err(faults);
        }
        match job_type {
            JobType::GenerateContent => typed(told).map(Self::GenerateContent),
            JobType::SyncGithub => typed(told).map(Self::SyncGithub),
            JobType::Cleanup => typed(told).map(Self::Cleanup),
            JobType::HttpRequest => typed(told).map(Self::HttpRequest),
        }
        .map(Self::without_secrets)
    }

    /// Returns the names of the payload's secrets, and where they are stored; they belong to the job.
    pub fn secrets(&self) -> &[SecretHeader] {
        match self {
            Self::HttpRequest(told) => &told.secret_headers,
            Self::GenerateContent(_) | Self::SyncGithub(_) | Self::Cleanup(_) => &[],
        }
    }

    /// Returns for which server they are: a value that was given for one is sent to no other.
    pub fn secrets_for(&self) -> Option<String> {
        match self {
            Self::HttpRequest(told) => told.server(),
            Self::GenerateContent(_) | Self::SyncGithub(_) | Self::Cleanup(_) => None,
        }
    }

    /// Returns the same as [`Payload::secrets`], to be filled in.
    pub fn secrets_mut(&mut self) -> &mut [SecretHeader] {
        match self {
            Self::HttpRequest(told) => &mut told.secret_headers,
            Self::GenerateContent(_) | Self::SyncGithub(_) | Self::Cleanup(_) => &mut [],
        }
    }

    /// Returns where the secrets of the payload are stored.
    pub fn secret_ids(&self) -> impl Iterator<Item = SecretId> {
        self.secrets().iter().filter_map(|header| header.secret)
    }

    /// Nobody says by hand where a secret is stored.
    fn without_secrets(mut self) -> Self {
        for header in self.secrets_mut() {
            (header.secret, header.hint) = (None, None);
        }
        self
    }

    /// Returns it as JSON spells it, whatever the type; with where secrets are stored.
    pub fn told(&self) -> Map<String, Value> {
        let value = match self {
            Self::GenerateContent(told) => serde_json::to_value(told),
            Self::SyncGithub(told) => serde_json::to_value(told),
            Self::Cleanup(told) => serde_json::to_value(told),
            Self::HttpRequest(told) => serde_json::to_value(told),
        };
        match value {
            Ok(Value::Object(fields)) => fields,
            Ok(_) | Err(_) => Map::new(),
        }
    }

    /// Returns what does not fit: neither each other nor the job's project.
    pub fn faults(&self, around: &Around<'_>) -> Vec<Fault> {
        match (self.job_type().project_need(), around.project) {
            (ProjectNeed::Needed, None) => {
                let expected = format!("a project: {} works for one", self.job_type().name());
                vec![Fault::at("/projectId", FaultCode::InvalidField, "", expected)]
            }
            (ProjectNeed::Needed | ProjectNeed::Optional, project) => match self {
                Self::GenerateContent(told) => project.map(|it| told.faults(it)).unwrap_or_default(),
                Self::SyncGithub(told) => project.map(|it| told.faults(it)).unwrap_or_default(),
                Self::Cleanup(told) => project.map(|it| told.faults(it)).unwrap_or_default(),
                Self::HttpRequest(told) => told.faults(around),
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

/// Returns what a job of this type has to be told and is not.
fn absent(job_type: JobType, told: &Map<String, Value>) -> impl Iterator<Item = Fault> {
    let absent = job_type.needs().iter().filter(|(name, _)| !told.contains_key(*name));
    absent.map(|(name, what)| Fault::at(format!("/payload/{name}"), FaultCode::InvalidField, "", *what))
}

fn typed<T: DeserializeOwned>(told: &Map<String, Value>) -> Result<T, Vec<Fault>> {
    serde_json::from_value(Value::Object(told.clone()))
        .map_err(|error| vec![Fault::at("/payload", FaultCode::InvalidField, "", error.to_string())])
}

#[cfg(test)]
#[path = "payload_tests.rs"]
mod tests;
