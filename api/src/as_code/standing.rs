//! What a server has, as far as a file can say it.

use dateline_openapi::types;
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::file::VERSION;
use super::upstream::{name_of, renamed};

/// The fields of a project that a file says, in the order in which it says them.
const PROJECT_FIELDS: [&str; 6] = ["name", "source", "platforms", "timezone", "style", "executionsMax"];

/// The fields of a job that a file says.
const JOB_FIELDS: [&str; 10] = [
    "name",
    "type",
    "frequency",
    "timeConfig",
    "isEnabled",
    "policy",
    "payload",
    "dependsOn",
    "listensTo",
    "condition",
];

/// Everything of a server that its caller sees.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Standing {
    /// Its projects by name, each with its jobs by name.
    pub projects: Vec<StandingProject>,
    /// The caller's own jobs, which have no project, by name.
    pub jobs: Vec<StandingJob>,
}

/// A project of the server.
#[derive(Debug, Clone, PartialEq)]
pub struct StandingProject {
    /// Its identity.
    pub id: String,
    /// What it is changed in.
    pub version: u64,
    /// What texts call it.
    pub name: String,
    /// What a file says of it.
    pub fields: Map<String, Value>,
    /// Its jobs.
    pub jobs: Vec<StandingJob>,
}

/// A job of the server.
#[derive(Debug, Clone, PartialEq)]
pub struct StandingJob {
    /// Its identity.
    pub id: String,
    /// What it is changed in.
    pub version: u64,
    /// What people call it.
    pub name: String,
    /// What a file says of it.
    pub fields: Map<String, Value>,
}

impl Standing {
    /// Returns what the server answered to user `me`, sorted so that the same things make the same file. Owners see other
    /// people's own jobs too, which no file is about.
    pub fn new(me: &str, projects: &[types::Project], jobs: &[types::Job]) -> Self {
        let sorted = |is_meant: &dyn Fn(&types::Job) -> bool| {
            let mut found: Vec<_> = jobs.iter().filter(|job| is_meant(job)).map(job_of).collect();
            found.sort_by(|one, other| (&one.name, &one.id).cmp(&(&other.name, &other.id)));
            found
        };
        let of = |project: &types::Project| {
            let own = sorted(&|job| job.project_id.as_ref() == Some(&project.id));
            StandingProject { jobs: own, ..project_of(project) }
        };
        let mut projects: Vec<_> = projects.iter().map(of).collect();
        projects.sort_by(|one, other| (&one.name, &one.id).cmp(&(&other.name, &other.id)));
        Self { projects, jobs: sorted(&|job| job.owner_id.as_deref() == Some(me)) }
    }

    /// Keeps this project alone.
    #[must_use]
    pub fn only(mut self, id: &str) -> Self {
        self.projects.retain(|project| project.id == id);
        self.jobs.clear();
        self
    }

    /// Returns the file that says all of it. Only what shares its name with another says its id.
    pub fn file(&self) -> Value {
        let name = |project: &StandingProject| project.name.clone();
        let projects: Vec<Value> = self
            .projects
            .iter()
            .map(|project| {
                let has_twin = self.projects.iter().filter(|it| name(it) == project.name).count() > 1;
                let mut entry = entry(&project.id, &project.fields, has_twin);
                entry["jobs"] = self.list(&project.jobs);
                entry
            })
            .collect();
        let mut file = json!({ "version": VERSION, "projects": projects });
        if !self.jobs.is_empty() {
            file["jobs"] = self.list(&self.jobs);
        }
        file
    }

    fn list(&self, jobs: &[StandingJob]) -> Value {
        let of = |job: &StandingJob| {
            let has_twin = jobs.iter().filter(|it| it.name == job.name).count() > 1;
            let fields = renamed(&job.fields, |_, id| name_of(self, jobs, id));
            entry(&job.id, &fields, has_twin)
        };
        jobs.iter().map(of).collect()
    }
}

fn entry(id: &str, fields: &Map<String, Value>, has_twin: bool) -> Value {
    let mut entry = Map::new();
    if has_twin {
        entry.insert("id".into(), id.into());
    }
    entry.extend(fields.clone());
    Value::Object(entry)
}

fn project_of(project: &types::Project) -> StandingProject {
    let mut fields = picked(project, &PROJECT_FIELDS);
    if let Some(source) = fields.get_mut("source").and_then(Value::as_object_mut) {
        source.shift_remove("hasToken");
        source.shift_remove("tokenHint");
    }
    for platform in fields.get_mut("platforms").and_then(Value::as_array_mut).into_iter().flatten() {
        let platform = platform.as_object_mut();
        if let Some(platform) = platform.filter(|it| it.get("settings") == Some(&json!({}))) {
            platform.shift_remove("settings");
        }
    }
    let types::Project { id, version, name, .. } = project;
    StandingProject { id: id.clone(), version: *version, name: name.clone(), fields, jobs: Vec::new() }
}

fn job_of(job: &types::Job) -> StandingJob {
    let mut fields = picked(job, &JOB_FIELDS);
    fields.retain(|name, value| !value.is_null() && (name != "listensTo" || *value != json!([])));
    let secrets = fields.get_mut("payload").and_then(|it| it.get_mut("secretHeaders"));
    for header in secrets.and_then(Value::as_array_mut).into_iter().flatten() {
        if let Some(header) = header.as_object_mut() {
            header.shift_remove("hint");
        }
    }
    StandingJob { id: job.id.clone(), version: job.version, name: job.name.clone(), fields }
}

fn picked(whole: &impl Serialize, names: &[&str]) -> Map<String, Value> {
    let mut whole = serde_json::to_value(whole).unwrap_or_default();
    let pick = |name: &&str| Some(((*name).to_owned(), whole.get_mut(*name).map(Value::take)?));
    names.iter().filter_map(pick).collect()
}
