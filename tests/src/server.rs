//! A running `dateline serve`, started, stopped and killed from outside.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

use serde_json::Value;

use crate::client::Client;
use crate::command::{self, Ran};
use crate::waiting::{Stopwatch, until};

/// A running server. Ends with the value; what it said on stderr is shown when the test fails.
#[derive(Debug)]
pub struct Server {
    data: PathBuf,
    /// What the environment holds besides.
    environment: Vec<(String, String)>,
    files_max: Option<u32>,
    running: Option<Running>,
}

#[derive(Debug)]
struct Running {
    child: Child,
    // Kept open: a server whose reader went away could fail on its next line.
    _stdout: BufReader<ChildStdout>,
    address: String,
    token: String,
    token_file: PathBuf,
    warnings: Vec<String>,
}

impl Server {
    /// Returns a server over the folder `data` that listens on a free port of the loopback.
    ///
    /// # Panics
    /// When it ends instead of listening.
    #[track_caller]
    pub fn start(data: &Path) -> Self {
        Self::try_start(data).unwrap_or_else(|ran| panic!("serve ended: {ran:?}"))
    }

    /// Returns a server over `data`, or what `serve` left behind when it refused.
    ///
    /// # Errors
    /// The exit code and what was said.
    pub fn try_start(data: &Path) -> Result<Self, Ran> {
        Self::try_start_with(data, &[])
    }

    /// Returns a server over `data` with these variables in its environment, or what `serve` left behind.
    ///
    /// # Errors
    /// The exit code and what was said.
    pub fn try_start_with(data: &Path, environment: &[(&str, &str)]) -> Result<Self, Ran> {
        let environment = environment.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
        let mut server = Self { data: data.to_owned(), environment, files_max: None, running: None };
        server.running = Some(server.launch()?);
        Ok(server)
    }

    /// Returns a server over the folder `data` that may open so many files at once.
    ///
    /// # Panics
    /// When it ends instead of listening.
    #[track_caller]
    pub fn start_with_files(data: &Path, files_max: u32) -> Self {
        let (data, files_max) = (data.to_owned(), Some(files_max));
        let mut server = Self { data, environment: Vec::new(), files_max, running: None };
        server.running = Some(server.launch().unwrap_or_else(|ran| panic!("serve ended: {ran:?}")));
        server
    }

    fn said_file(&self) -> PathBuf {
        let mut name = self.data.clone().into_os_string();
        name.push(".stderr");
        name.into()
    }

    fn launch(&self) -> Result<Running, Ran> {
        let said = std::fs::File::options().create(true).append(true).open(self.said_file());
        let before = std::fs::read_to_string(self.said_file()).unwrap_or_default().len();
        let mut program = self.files_max.map_or_else(command::program, command::program_with_files);
        let mut child = program
            .args(["serve", "--listen", "127.0.0.1:0", "--json", "--data"])
            .arg(&self.data)
            // What is counted and listed is what a test made, unless it is about the cleanup.
            .env("DATELINE_CLEANUP_TIME", "off")
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .stdout(Stdio::piped())
            .stderr(said.expect("stderr has a file"))
            .spawn()
            .expect("serve starts");
        let mut stdout = BufReader::new(child.stdout.take().expect("stdout is piped"));
        let mut line = String::new();
        stdout.read_line(&mut line).expect("stdout is text");
        if line.trim().is_empty() {
            let code = child.wait().expect("serve ends").code();
            let said = std::fs::read_to_string(self.said_file()).unwrap_or_default();
            return Err(Ran { code, stdout: line, stderr: said[before..].to_owned() });
        }
        let told: Value = serde_json::from_str(&line).unwrap_or_else(|_| panic!("one JSON line: {line:?}"));
        let address = told["address"].as_str().unwrap_or_else(|| panic!("an address: {told}"));
        let token_file =
            PathBuf::from(told["tokenFile"].as_str().unwrap_or_else(|| panic!("a file: {told}")));
        let token = std::fs::read_to_string(&token_file).expect("the token file is read").trim().to_owned();
        let warnings = told["warnings"].as_array().into_iter().flatten();
        let warnings = warnings.filter_map(|warning| warning.as_str().map(str::to_owned)).collect();
        let address = address.trim_start_matches("http://").trim_start_matches("https://").to_owned();
        Ok(Running { child, _stdout: stdout, address, token, token_file, warnings })
    }

    fn running(&self) -> &Running {
        self.running.as_ref().expect("the server runs")
    }

    /// Returns the data folder.
    pub fn data(&self) -> &Path {
        &self.data
    }

    /// Returns `host:port`.
    pub fn address(&self) -> &str {
        &self.running().address
    }

    /// Returns the owner's token.
    pub fn token(&self) -> &str {
        &self.running().token
    }

    /// Returns where the owner's token is kept.
    pub fn token_file(&self) -> &Path {
        &self.running().token_file
    }

    /// Returns what it warned of when it started.
    pub fn warnings(&self) -> &[String] {
        &self.running().warnings
    }

    /// Returns the process id.
    pub fn pid(&self) -> u32 {
        self.running().child.id()
    }

    /// Returns a client that shows the owner's token.
    pub fn client(&self) -> Client {
        Client::new(self.address(), Some(self.token()))
    }

    /// Returns a client without a token.
    pub fn stranger(&self) -> Client {
        Client::new(self.address(), None)
    }

    /// Returns what the server said on stderr, all its lives together.
    pub fn said(&self) -> String {
        std::fs::read_to_string(self.said_file()).unwrap_or_default()
    }

    /// Ends the process as a power cut would end it: without a word.
    pub fn kill9(&mut self) {
        if let Some(mut running) = self.running.take() {
            running.child.kill().expect("the server is killed");
            running.child.wait().expect("the server is gone");
        }
    }

    /// Starts it again on the same folder.
    #[track_caller]
    pub fn restart(&mut self) {
        self.kill9();
        self.running = Some(self.launch().unwrap_or_else(|ran| panic!("serve ended: {ran:?}")));
    }

    /// Asks the process to end and returns its exit code and how long it took.
    ///
    /// # Panics
    /// When it takes longer than 20 s.
    #[track_caller]
    pub fn stop(&mut self) -> (Option<i32>, Duration) {
        let mut running = self.running.take().expect("the server runs");
        let watch = Stopwatch::start();
        signal("TERM", running.child.id());
        let mut ended = || running.child.try_wait().expect("the server is watched");
        let status = until(Duration::from_secs(20), "the server to stop", &mut ended);
        (status.code(), watch.elapsed())
    }
}

/// Sends a signal by its name.
///
/// # Panics
/// When the process is not there.
#[track_caller]
pub fn signal(name: &str, pid: u32) {
    let status = Command::new("kill").arg(format!("-{name}")).arg(pid.to_string()).status();
    assert!(status.expect("kill runs").success(), "process {pid} takes SIG{name}");
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(mut running) = self.running.take() {
            let _ = running.child.kill();
            let _ = running.child.wait();
        }
        if std::thread::panicking() {
            let said = self.said();
            let lines: Vec<&str> =
                said.lines().filter(|line| !line.contains("\"message\":\"answered\"")).collect();
            let last = &lines[lines.len().saturating_sub(40)..];
            eprintln!("--- the server said last:\n{}", last.join("\n"));
        }
    }
}
