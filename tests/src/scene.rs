//! A data folder, a server over it, and the calls most promises begin with.

use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::client::Client;
use crate::server::Server;
use crate::waiting::until;

/// A pattern whose next occurrence is years away, for jobs that are triggered by hand.
pub const SELDOM: &str = "0 0 29 2 *";

/// Every platform, as the API names it.
pub const PLATFORMS: [&str; 8] =
    ["DEVTO", "HASHNODE", "LINKEDIN", "MASTODON", "BLUESKY", "RELEASE_NOTES", "EMAIL", "MARKDOWN"];

/// The statuses an execution does not leave.
pub const ENDED: [&str; 6] = ["COMPLETED", "PARTIAL", "FAILED", "SKIPPED", "MISSED", "CANCELLED"];

/// A server over a data folder of its own.
#[derive(Debug)]
pub struct Scene {
    /// The server; ends before its folder goes.
    pub server: Server,
    folder: TempDir,
}

impl Default for Scene {
    fn default() -> Self {
        Self::new()
    }
}

impl Scene {
    /// Returns a new server over an empty data folder.
    #[track_caller]
    pub fn new() -> Self {
        let folder = tempfile::Builder::new().prefix("scene-").tempdir().expect("a folder is made");
        Self { server: Server::start(&folder.path().join("data")), folder }
    }

    /// Returns a new server over an empty data folder with these variables in its environment.
    #[track_caller]
    pub fn with(environment: &[(&str, &str)]) -> Self {
        let folder = tempfile::Builder::new().prefix("scene-").tempdir().expect("a folder is made");
        let started = Server::try_start_with(&folder.path().join("data"), environment);
        Self { server: started.unwrap_or_else(|ran| panic!("serve ended: {ran:?}")), folder }
    }

    /// Returns a new server over an empty data folder that may open so many files at once.
    #[track_caller]
    pub fn with_files(files_max: u32) -> Self {
        let folder = tempfile::Builder::new().prefix("scene-").tempdir().expect("a folder is made");
        Self { server: Server::start_with_files(&folder.path().join("data"), files_max), folder }
    }

    /// Returns a folder for files that belong to the test, beside the data folder.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Returns a client that shows the owner's token.
    pub fn client(&self) -> Client {
        self.server.client()
    }

    /// Creates a project of the repository at `path` and returns its id.
    #[track_caller]
    pub fn project(&self, path: &Path, platforms: &[&str]) -> String {
        text(&self.client().post("/api/projects", &project(path, platforms)).expect(201)["id"])
    }

    /// Creates a job for `project` that fires as `pattern` says and returns its id.
    #[track_caller]
    pub fn job(&self, project: &str, pattern: &str) -> String {
        text(&self.client().post("/api/cron/schedule", &job(project, pattern)).expect(201)["id"])
    }

    /// Creates a project for `platforms` and a job that waits to be triggered; returns the ids of both.
    #[track_caller]
    pub fn work(&self, path: &Path, platforms: &[&str]) -> (String, String) {
        let project = self.project(path, platforms);
        let job = self.job(&project, SELDOM);
        (project, job)
    }

    /// Triggers `job` and returns the id of its execution.
    #[track_caller]
    pub fn trigger(&self, job: &str) -> String {
        text(&self.client().post("/api/cron/trigger", &json!({ "jobId": job })).expect(202)["executionId"])
    }

    /// Waits until `execution` has ended and returns it.
    #[track_caller]
    pub fn ended(&self, execution: &str) -> Value {
        let client = self.client();
        let path = format!("/api/cron/executions/{execution}");
        until(Duration::from_secs(60), &format!("{execution} to end"), || {
            let found = client.get(&path).expect(200);
            ENDED.contains(&text(&found["status"]).as_str()).then_some(found)
        })
    }

    /// Triggers `job`, waits for the end and returns the execution.
    #[track_caller]
    pub fn run(&self, job: &str) -> Value {
        let execution = self.trigger(job);
        self.ended(&execution)
    }

    /// Runs a job over `path` and returns the drafts it wrote.
    #[track_caller]
    pub fn written(&self, path: &Path, platforms: &[&str]) -> Vec<Value> {
        let (_, job) = self.work(path, platforms);
        let execution = self.run(&job);
        assert_eq!(execution["status"], "COMPLETED", "{execution:#}");
        self.drafts_of(&text(&execution["id"]))
    }

    /// Returns the drafts that `execution` wrote, as lists show them.
    #[track_caller]
    pub fn drafts_of(&self, execution: &str) -> Vec<Value> {
        self.client().all(&format!("/api/drafts?executionId={execution}"), 100)
    }
}

/// Returns the body that creates a project of the repository at `path`.
pub fn project(path: &Path, platforms: &[&str]) -> Value {
    let platforms: Vec<Value> =
        platforms.iter().map(|name| json!({ "platform": name, "isEnabled": true })).collect();
    json!({
        "name": "Example",
        "source": { "kind": "GIT", "path": path },
        "platforms": platforms,
        "timezone": "Europe/Paris",
    })
}

/// Returns the body that creates a job for `project` that fires as `pattern` says.
pub fn job(project: &str, pattern: &str) -> Value {
    json!({
        "projectId": project,
        "type": "GENERATE_CONTENT",
        "name": "Weekly news",
        "frequency": "CUSTOM",
        "timeConfig": { "cronExpression": pattern, "timezone": "UTC" },
    })
}

/// Returns the text that `value` holds.
///
/// # Panics
/// When it is none.
#[track_caller]
pub fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("a text, not {value}")).to_owned()
}
