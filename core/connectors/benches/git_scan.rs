//! Figures of the local git source on a history of 20,000 commits and 50,000 changed files.
//!
//! A plain program rather than a harness: one scan takes seconds, and the peak of memory belongs to the process.
//! Each figure comes from a process of its own, so that no scan warms another's caches or adds to its peak.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use dateline_connectors::source::git::GitSource;
use dateline_core::source::{
    ActivitySource, FileDetail, ScanFrom, ScanProgress, ScanRequest, Source, SourceAccess,
};
use dateline_core::time::from_unix_ms;

const COMMITS: usize = 20_000;
const START: i64 = 1_700_000_000;
const STEP: i64 = 600;

/// Names, commits read back, file detail, target.
const SCANS: [(&str, usize, FileDetail, Duration); 4] = [
    ("20,000 commits with file counts", COMMITS, FileDetail::Counted, Duration::from_secs(10)),
    ("20,000 commits without", COMMITS, FileDetail::Omitted, Duration::from_secs(2)),
    ("1,000 commits with file counts", 1_000, FileDetail::Counted, Duration::from_millis(600)),
    ("3 commits with file counts", 3, FileDetail::Counted, Duration::from_millis(600)),
];

struct Quiet;

impl ScanProgress for Quiet {
    fn commits_read(&self, _: usize) {}
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    if let [_, scan, path, number] = &arguments[..]
        && scan == "scan"
    {
        return print_scan(path, number.parse().expect("a number"));
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    build(folder.path());
    for number in 0..SCANS.len() {
        let program = std::env::current_exe().expect("this program");
        let path = folder.path().display().to_string();
        let ended =
            Command::new(program).args(["scan", &path, &number.to_string()]).status().expect("a process");
        assert!(ended.success());
    }
}

fn print_scan(path: &str, number: usize) {
    let (name, commits, files, target) = SCANS[number];
    let last = START + COMMITS as i64 * STEP;
    let request = ScanRequest {
        from: ScanFrom::Cursor { sha: ancestor(path, commits), at: from_unix_ms(START * 1000) },
        until: None,
        now: from_unix_ms(last * 1000),
        files,
    };
    let source = Source::Git { path: path.to_owned(), branch: None };
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let started_at = now();
    let scan = runtime.block_on(GitSource::default().scan(
        &source,
        &SourceAccess::bare(from_unix_ms(0)),
        request,
        Arc::new(Quiet),
    ));
    let took = now() - started_at;
    let activity = scan.expect("readable").expect("commits");
    let (mut changed, mut lines) = (0, 0);
    for commit in &activity.commits {
        changed += u64::from(commit.stats.files);
        lines += commit.stats.insertions + commit.stats.deletions;
    }
    let read = activity.commits.len();
    println!(
        "{name}: {took:.2?} (target {target:?}), peak {} MiB (target 200); {read} commits, {changed} files, {lines} lines",
        peak_mib()
    );
}

#[expect(clippy::disallowed_methods, reason = "a bench measures real time")]
fn now() -> std::time::Instant {
    std::time::Instant::now()
}

/// Returns the commit `distance` before the head; the one before the first is none, so the first stays out.
fn ancestor(path: &str, distance: usize) -> String {
    let name = format!("HEAD~{}", distance.min(COMMITS - 1));
    let output = Command::new("git").args(["-C", path, "rev-parse", &name]).output().expect("git runs");
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

fn peak_mib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib: Option<u64> = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
    kib.unwrap_or(0) / 1024
}

/// Imports the history: 500 files in 25 folders, two or three changed by each commit.
fn build(path: &Path) {
    let git = |args: &[&str], stdin: Stdio| {
        let mut command = Command::new("git");
        command.arg("-C").arg(path).args(args).env("GIT_CONFIG_GLOBAL", "/dev/null").stdin(stdin);
        command.spawn().expect("git runs")
    };
    assert!(git(&["init", "-q", "-b", "main"], Stdio::null()).wait().expect("git ends").success());
    let mut import = git(&["fast-import", "--quiet"], Stdio::piped());
    let mut stream = std::io::BufWriter::new(import.stdin.take().expect("a pipe"));
    let mut versions = vec![0_usize; 500];
    let mut changed = 0;
    for number in 0..COMMITS {
        stream.write_all(commit(number, &mut versions, &mut changed).as_bytes()).expect("git reads");
    }
    drop(stream);
    assert!(import.wait().expect("git ends").success());
    println!("built {COMMITS} commits, {changed} changed files");
}

fn commit(number: usize, versions: &mut [usize], changed: &mut usize) -> String {
    let at = START + number as i64 * STEP;
    let who = number % 40;
    let message = format!(
        "feat(part{}): change number {number} (#{number})\n\nBecause it used to fail.\n\nCloses #{number}\nSigned-off-by: Person {who} <p{who}@example.com>\n",
        who % 7
    );
    let mut text = String::new();
    let length = message.len();
    write!(text, "commit refs/heads/main\nauthor Person {who} <p{who}@example.com> {at} +0000\ncommitter Person {who} <p{who}@example.com> {at} +0000\ndata {length}\n{message}\n").expect("text");
    let files = versions.len();
    for file in (0..2 + number % 2).map(|n| (number * 7 + n * 131) % files) {
        versions[file] += 1;
        *changed += 1;
        let content = content(file, versions[file]);
        let (folder, length) = (file % 25, content.len());
        write!(text, "M 100644 inline part{folder}/file{file}.rs\ndata {length}\n{content}\n").expect("text");
    }
    text
}

/// Returns a file of 200 lines of which a dozen differ between versions.
fn content(file: usize, version: usize) -> String {
    let mut text = String::new();
    for line in 0..200 {
        let written = if line % 17 == version % 17 { version } else { version / 17 };
        writeln!(text, "    let value_{line} = compute(part_{file}, {written});").expect("text");
    }
    text
}
