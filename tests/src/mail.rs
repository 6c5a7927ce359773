//! A real mail server beside the program: `tests/mail/smtp_server.py`.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::Value;

use crate::repository;

/// A running mail server that takes everything. Ends with the value.
#[derive(Debug)]
pub struct MailServer {
    port: u16,
    login: Option<String>,
    given: Arc<Mutex<Vec<Value>>>,
    child: Child,
}

impl MailServer {
    /// Returns a mail server on a free port of the loopback, or says on stdout that a test is skipped.
    ///
    /// # Panics
    /// When its Python is missing where `CI` is set.
    pub fn start() -> Option<Self> {
        Self::start_for(None)
    }

    /// Returns a mail server that takes messages only from who signs in with `login` (`user:password`).
    ///
    /// # Panics
    /// As [`MailServer::start`].
    pub fn start_for(login: Option<&str>) -> Option<Self> {
        let Some(python) = python() else {
            assert!(std::env::var_os("CI").is_none(), "the Python of tests/mail/requirements.txt is missing");
            println!("SKIPPED 1 mail promise: no Python with tests/mail/requirements.txt");
            return None;
        };
        let mut command = Command::new(python);
        command.arg(repository::root().join("tests/mail/smtp_server.py"));
        command.args(login.iter().flat_map(|login| ["--login", login]));
        let started = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
        let mut child = started.expect("the mail server starts");
        let mut said = BufReader::new(child.stdout.take().expect("stdout is piped"));
        let mut port = String::new();
        said.read_line(&mut port).expect("a port");
        let given = Arc::new(Mutex::new(Vec::new()));
        let keep = given.clone();
        std::thread::spawn(move || {
            for line in said.lines().map_while(Result::ok) {
                let message = serde_json::from_str(&line).expect("a message is JSON");
                keep.lock().unwrap_or_else(PoisonError::into_inner).push(message);
            }
        });
        let (port, login) = (port.trim().parse().expect("a port"), login.map(str::to_owned));
        Some(Self { port, login, given, child })
    }

    /// Returns the variables that make the program send its mail here.
    pub fn settings(&self) -> Vec<(String, String)> {
        let login = self.login.as_ref().map_or(String::new(), |login| format!("{login}@"));
        vec![
            ("DATELINE_MAIL_FROM".to_owned(), "Dateline <dateline@example.net>".to_owned()),
            ("DATELINE_SMTP_URL".to_owned(), format!("smtp://{login}127.0.0.1:{}", self.port)),
            ("DATELINE_PUBLIC_URL".to_owned(), "https://dateline.example.net".to_owned()),
        ]
    }

    /// Returns the text of every message it was given so far, headers and all.
    pub fn messages(&self) -> Vec<String> {
        let given = self.given.lock().unwrap_or_else(PoisonError::into_inner);
        given.iter().map(|message| decoded(message["content"].as_str().expect("content"))).collect()
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn python() -> Option<PathBuf> {
    let own = std::env::var_os("DATELINE_PYTHON").map(PathBuf::from);
    [Some(repository::root().join(".venv/bin/python")), own].into_iter().flatten().find(|python| {
        let mut import = Command::new(python);
        import.args(["-c", "import aiosmtpd"]).stderr(Stdio::null());
        import.status().is_ok_and(|status| status.success())
    })
}

/// Returns the text that base64 stands for.
fn decoded(base64: &str) -> String {
    let digit = |byte: u8| match byte {
        b'A'..=b'Z' => u32::from(byte - b'A'),
        b'a'..=b'z' => u32::from(byte - b'a') + 26,
        b'0'..=b'9' => u32::from(byte - b'0') + 52,
        b'+' => 62,
        _ => 63,
    };
    let mut bytes = Vec::new();
    for chunk in base64.trim_end_matches('=').as_bytes().chunks(4) {
        let bits = chunk.iter().fold(0, |bits, byte| bits << 6 | digit(*byte)) << (6 * (4 - chunk.len()));
        bytes.extend_from_slice(&bits.to_be_bytes()[1..chunk.len()]);
    }
    String::from_utf8(bytes).expect("mail is ASCII")
}
