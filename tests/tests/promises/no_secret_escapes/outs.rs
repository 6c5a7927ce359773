//! The ways out: whatever comes by one of them is looked through for every canary.

use std::fs;
use std::path::Path;

use dateline_tests::client::Answer;
use dateline_tests::listening::Listener;
use dateline_tests::server::Server;
use serde_json::json;

/// What may hold secrets in plain: the keys, each read by its owner alone.
const KEY_FILES: [&str; 3] = ["owner.token", "secret.key", "cursor.key"];

/// Everything an owner reads.
const READS: [&str; 24] = [
    "/healthz",
    "/readyz",
    "/metrics",
    "/openapi.json",
    "/docs",
    "/api/projects",
    "/api/cron/schedules",
    "/api/cron/executions?stats=true",
    "/api/drafts",
    "/api/timezones",
    "/api/users",
    "/api/users/me",
    "/api/invitations",
    "/api/tokens",
    "/api/settings",
    "/api/storage",
    "/api/audit",
    "/api/audit?limit=200",
    "/api/notifications",
    "/api/notifications/preferences",
    "/api/backups/nightly",
    "/api/nothing",
    "/api/users/usr_00000000000000000000000001",
    "/api/projects?limit=-1",
];

/// Everything that came out, by the way it took.
#[derive(Default)]
pub(super) struct Outs(Vec<(String, Vec<u8>)>);

impl Outs {
    pub(super) fn add(&mut self, way: impl Into<String>, bytes: impl Into<Vec<u8>>) {
        self.0.push((way.into(), bytes.into()));
    }

    pub(super) fn answer(&mut self, asked: &str, answer: &Answer) {
        self.add(format!("the answer to {asked}"), format!("{:?} {}", answer.headers, answer.text));
    }

    /// Asks for everything there is to read, and for `more`.
    pub(super) fn add_reads(&mut self, server: &Server, more: &[String]) {
        let client = server.client();
        for path in READS.iter().copied().chain(more.iter().map(String::as_str)) {
            self.answer(path, &client.get(path));
        }
        for notification in client.get("/api/notifications").json()["items"].as_array().into_iter().flatten()
        {
            let path = format!("/api/notifications/{}/deliveries", notification["id"].as_str().unwrap_or(""));
            self.answer(&path, &client.get(&path));
        }
        for user in client.get("/api/users").json()["items"].as_array().into_iter().flatten() {
            let path = format!("/api/tokens?userId={}", user["id"].as_str().unwrap_or(""));
            self.answer(&path, &client.get(&path));
        }
    }

    /// Listens to everything that was told so far.
    pub(super) fn add_events(&mut self, server: &Server) {
        let client = server.client();
        let projects = client.all("/api/projects", 10);
        let project = projects[0]["id"].as_str().expect("an id");
        let mut stream = Listener::open(server.address(), server.token(), Some(0)).expect("a stream");
        let changed =
            client.patch(&format!("/api/projects/{project}"), &json!({ "name": "Last" })).expect(200);
        loop {
            let told = stream.told().expect("the stream goes on");
            self.add("the events", format!("{told:?}"));
            if told.name == "project.changed" && told.data["version"] == changed["version"] {
                return;
            }
        }
    }

    /// Looks at what everybody on the machine sees of a server, and at all that its children see.
    pub(super) fn add_processes(&mut self, pid: u32) {
        self.add("the process list", fs::read(format!("/proc/{pid}/cmdline")).expect("it runs"));
        for process in fs::read_dir("/proc").expect("processes").flatten() {
            let read = |file: &str| fs::read(process.path().join(file)).unwrap_or_default();
            let status = String::from_utf8_lossy(&read("status")).into_owned();
            if status.lines().any(|line| line == format!("PPid:\t{pid}")) {
                self.add("a child's command line", read("cmdline"));
                self.add("a child's environment", read("environ"));
            }
        }
    }

    pub(super) fn add_files(&mut self, folder: &Path) {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            let name = path.file_name().expect("a name").to_string_lossy().into_owned();
            if path.is_dir() {
                self.add_files(&path);
            } else if !KEY_FILES.contains(&name.as_str()) {
                self.add(name, fs::read(&path).expect("a file"));
            }
        }
    }

    /// Whether something came by a way that begins like this.
    pub(super) fn has(&self, way: &str) -> bool {
        self.0.iter().any(|(name, _)| name.starts_with(way))
    }

    /// Returns where `canary` came out.
    pub(super) fn with(&self, canary: &str) -> Vec<&str> {
        let holds = |bytes: &[u8]| bytes.windows(canary.len()).any(|window| window == canary.as_bytes());
        self.0.iter().filter(|(_, bytes)| holds(bytes)).map(|(way, _)| way.as_str()).collect()
    }
}
