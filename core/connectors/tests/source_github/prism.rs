//! Every call we make, held against GitHub's own description by Prism, which answers from it and refuses what it does
//! not know.
//!
//! Skipped, visibly, where Prism is not installed (`script/test` installs it); a failure there under `CI`.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use dateline_connectors::egress::{Egress, Patience};
use dateline_connectors::source::github::{GithubSource, Limits};
use dateline_core::egress::PrivateHosts;
use dateline_core::source::{
    ActivitySource, FileDetail, ScanFrom, ScanProgress, ScanRequest, Source, SourceAccess,
};

use super::scene::{NOW, at};

/// Prism over GitHub's description; ends with the value.
struct Prism {
    child: Child,
    port: u16,
    lines: std::sync::mpsc::Receiver<String>,
    _folder: tempfile::TempDir,
}

impl Prism {
    fn program() -> Option<PathBuf> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let program = root.join("tests/contracts/node_modules/.bin/prism");
        if program.is_file() {
            return Some(program);
        }
        assert!(std::env::var_os("CI").is_none(), "Prism is not installed in {}", program.display());
        println!("SKIPPED 1 contract test: Prism is not installed in {}", program.display());
        None
    }

    /// Starts it; `None` when it, or the description, is not there.
    fn start() -> Option<Self> {
        let (program, description) = (Self::program()?, super::contract::description()?);
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("github.json");
        std::fs::write(&file, description.to_string()).expect("the description is written");
        let port =
            std::net::TcpListener::bind("127.0.0.1:0").and_then(|bound| bound.local_addr()).expect("a port");
        let mut child = Command::new(program)
            .args(["mock", "--host", "127.0.0.1", "--port", &port.port().to_string()])
            .arg(file)
            .env("FORCE_COLOR", "0")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("Prism starts");
        let stdout = BufReader::new(child.stdout.take().expect("its words"));
        let (sender, lines) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            for line in stdout.lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    break;
                }
            }
        });
        let prism = Self { child, port: port.port(), lines, _folder: folder };
        let patience = std::time::Duration::from_secs(120);
        loop {
            let line = prism.lines.recv_timeout(patience).expect("Prism listens in time");
            if line.contains("Prism is listening") {
                return Some(prism);
            }
        }
    }
}

impl Drop for Prism {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

struct Silent;

impl ScanProgress for Silent {
    fn commits_read(&self, _read: usize) {}
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_call_is_one_that_github_describes() {
    let Some(prism) = Prism::start() else { return };
    let egress = Egress::new(PrivateHosts::new(["127.0.0.1"]));
    let github = GithubSource::new(egress, Patience::default(), Limits::default());
    let source = Source::Github {
        owner: "octocat".to_owned(),
        repo: "Hello-World".to_owned(),
        branch: Some("main".to_owned()),
        api_url: Some(format!("http://127.0.0.1:{}", prism.port)),
        token: None,
    };
    let access = SourceAccess::bare(at(NOW));
    github.head(&source, &access).await.expect("a head");
    for from in [
        ScanFrom::Cursor { sha: "1".repeat(40), at: at("2011-01-01T00:00:00Z") },
        ScanFrom::Date(at("2010-01-01T00:00:00Z")),
        ScanFrom::First,
    ] {
        let request =
            ScanRequest { from: from.clone(), until: None, now: at(NOW), files: FileDetail::Counted };
        let found = github.scan(&source, &access, request, std::sync::Arc::new(Silent)).await;
        assert!(found.expect("readable").is_some(), "{from:?}");
    }
    let said: Vec<String> = prism.lines.try_iter().collect();
    let wrong: Vec<&String> = said.iter().filter(|line| is_complaint(line)).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    let asked = said.iter().filter(|line| line.contains("Request received")).count();
    assert!(asked > 10, "{asked} calls: {said:#?}");
}

/// Whether Prism found something in a call that the description does not allow. What it finds in its own answers is
/// GitHub's: some of its examples do not fit its schemas.
fn is_complaint(line: &str) -> bool {
    ["Violation: request", "did not pass the validation", "NO_PATH_MATCHED", "NO_METHOD_MATCHED"]
        .iter()
        .any(|word| line.contains(word))
}
