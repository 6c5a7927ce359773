//! The program in a process of its own.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

use serde_json::Value;

/// A running `dateline serve`; ends with the value.
pub(crate) struct Server {
    child: Child,
    // Kept open: a server whose reader went away could fail on its next line.
    _stdout: BufReader<ChildStdout>,
    /// Host and port.
    pub(crate) address: String,
    /// The owner's token.
    pub(crate) token: String,
}

impl Server {
    /// Starts the program over the folder `data`, as people run it, log and all; what it logs is not kept.
    pub(crate) fn start(data: &Path) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_dateline"))
            .args(["serve", "--listen", "127.0.0.1:0", "--json", "--data"])
            .arg(data)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the program starts");
        let mut stdout = BufReader::new(child.stdout.take().expect("its output"));
        let mut line = String::new();
        stdout.read_line(&mut line).expect("a line");
        let listening: Value = serde_json::from_str(&line).expect("it says where it listens");
        let text = |name: &str| listening[name].as_str().expect("a text").to_owned();
        let token = std::fs::read_to_string(text("tokenFile")).expect("the owner's token");
        let address = text("address").trim_start_matches("http://").to_owned();
        Self { child, _stdout: stdout, address, token: token.trim().to_owned() }
    }

    /// Returns the memory it has, KiB.
    pub(crate) fn resident_kib(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        line.and_then(|line| line.split_whitespace().next()?.parse().ok()).expect("it tells its memory")
    }
}

impl Server {
    /// Asks it to stop and returns whether it did well, once it has.
    pub(crate) fn stop(mut self) -> bool {
        let asked = Command::new("kill").arg("-TERM").arg(self.child.id().to_string()).status();
        assert!(asked.expect("kill runs").success());
        self.child.wait().expect("it ends").success()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
