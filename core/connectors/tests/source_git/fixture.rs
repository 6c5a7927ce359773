//! Repositories made by the real `git`, with a clock of their own.

use std::cell::Cell;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;

use dateline_connectors::source::git::GitSource;
use dateline_core::activity::{Activity, Commit};
use dateline_core::source::{
    ActivitySource, FileDetail, ScanFrom, ScanProgress, ScanRequest, Source, SourceAccess, SourceError,
    SourceHead,
};
use dateline_core::time::{Timestamp, from_unix_ms};
use tempfile::TempDir;

/// 1 March 2026, 00:00 UTC: when every repository here begins.
pub(crate) const START: i64 = 1_772_323_200;

/// A repository in a folder of its own; each commit is an hour later than the one before.
pub(crate) struct Repo {
    folder: TempDir,
    pub(crate) path: PathBuf,
    now: Cell<i64>,
    author: Cell<&'static str>,
}

impl Repo {
    pub(crate) fn new() -> Self {
        let repo = Self::without_init("rocket");
        std::fs::create_dir(&repo.path).expect("a folder");
        repo.git(&["init", "-q", "-b", "main"]);
        repo
    }

    /// Returns a repository that is a clone of `origin`.
    pub(crate) fn clone_of(origin: &Repo, options: &[&str]) -> Self {
        let repo = Self::without_init("clone");
        let url = format!("file://{}", origin.path.display());
        let target = repo.path.display().to_string();
        run(
            &mut repo.command_in(repo.folder.path(), &[&["clone", "-q"], options, &[&url, &target]].concat()),
            "",
        );
        repo
    }

    fn without_init(name: &str) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join(name);
        Self { folder, path, now: Cell::new(START), author: Cell::new("Ann Lee <ann@example.com>") }
    }

    /// The folder around the repository.
    pub(crate) fn around(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn set_now(&self, seconds: i64) {
        self.now.set(seconds);
    }

    pub(crate) fn now(&self) -> i64 {
        self.now.get()
    }

    pub(crate) fn set_author(&self, author: &'static str) {
        self.author.set(author);
    }

    fn command_in(&self, folder: &Path, args: &[&str]) -> Command {
        let (name, email) = self.author.get().trim_end_matches('>').split_once(" <").expect("Name <email>");
        let date = format!("@{} +0000", self.now.get());
        let mut command = Command::new("git");
        command
            .current_dir(folder)
            .args(args)
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.folder.path())
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_AUTHOR_NAME", name)
            .env("GIT_AUTHOR_EMAIL", email)
            .env("GIT_AUTHOR_DATE", &date)
            .env("GIT_COMMITTER_NAME", "Cy Merger")
            .env("GIT_COMMITTER_EMAIL", "cy@example.com")
            .env("GIT_COMMITTER_DATE", &date);
        command
    }

    /// Runs git, which must succeed, and returns what it printed.
    pub(crate) fn git(&self, args: &[&str]) -> String {
        run(&mut self.command_in(&self.path, args), "")
    }

    /// Runs git with `input`.
    pub(crate) fn git_with(&self, args: &[&str], input: impl AsRef<[u8]>) -> String {
        run(&mut self.command_in(&self.path, args), input)
    }

    pub(crate) fn write(&self, path: &str, content: impl AsRef<[u8]>) {
        let path = self.path.join(path);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        std::fs::write(path, content).expect("a file");
    }

    /// Commits everything in the work tree an hour later than the last commit; returns its id.
    pub(crate) fn commit(&self, message: impl AsRef<[u8]>) -> String {
        self.now.set(self.now.get() + 3600);
        self.git(&["add", "-A"]);
        self.git_with(&["commit", "-q", "--allow-empty", "--cleanup=verbatim", "-F", "-"], message);
        self.head()
    }

    /// Commits `content` at `path`.
    pub(crate) fn commit_file(&self, path: &str, content: &str, message: &str) -> String {
        self.write(path, content);
        self.commit(message)
    }

    /// Merges `branches` with a commit of its own; returns its id.
    pub(crate) fn merge(&self, branches: &[&str], message: &str) -> String {
        self.now.set(self.now.get() + 3600);
        self.git(&[&["merge", "-q", "--no-ff", "--cleanup=verbatim", "-m", message], branches].concat());
        self.head()
    }

    pub(crate) fn head(&self) -> String {
        self.git(&["rev-parse", "HEAD"]).trim().to_owned()
    }

    pub(crate) fn source(&self) -> Source {
        source(&self.path, None)
    }

    /// Scans with file counts, as of an hour after the last commit.
    pub(crate) fn try_scan(&self, from: ScanFrom) -> Result<Option<Activity>, SourceError> {
        scan(GitSource::default(), &self.source(), self.request(from))
    }

    pub(crate) fn scan(&self, from: ScanFrom) -> Activity {
        self.try_scan(from).expect("a readable repository").expect("something in the window")
    }

    pub(crate) fn request(&self, from: ScanFrom) -> ScanRequest {
        ScanRequest { from, until: None, now: at(self.now.get() + 3600), files: FileDetail::Counted }
    }

    pub(crate) fn first(&self) -> Activity {
        self.scan(ScanFrom::First)
    }
}

/// Runs `command` with `input`; returns its output.
fn run(command: &mut Command, input: impl AsRef<[u8]>) -> String {
    use std::io::Write;
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("git runs");
    child.stdin.take().expect("a pipe").write_all(input.as_ref()).expect("git reads");
    let output = child.wait_with_output().expect("git ends");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {errors}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

pub(crate) fn at(seconds: i64) -> Timestamp {
    from_unix_ms(seconds * 1000)
}

pub(crate) fn since(sha: &str) -> ScanFrom {
    ScanFrom::Cursor { sha: sha.to_owned(), at: at(START) }
}

pub(crate) fn source(path: &Path, branch: Option<&str>) -> Source {
    Source::Git { path: path.display().to_string(), branch: branch.map(str::to_owned) }
}

/// Listens to nothing.
pub(crate) struct Quiet;

impl ScanProgress for Quiet {
    fn commits_read(&self, _: usize) {}
}

pub(crate) fn scan(
    git: GitSource,
    source: &Source,
    request: ScanRequest,
) -> Result<Option<Activity>, SourceError> {
    block_on(git.scan(source, &access(), request, Arc::new(Quiet)))
}

pub(crate) fn head(source: &Source) -> Result<SourceHead, SourceError> {
    block_on(GitSource::default().head(source, &access()))
}

pub(crate) fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().expect("a runtime").block_on(future)
}

pub(crate) fn shas(activity: &Activity) -> Vec<&str> {
    activity.commits.iter().map(|commit| commit.sha.as_str()).collect()
}

pub(crate) fn subjects(activity: &Activity) -> Vec<&str> {
    activity.commits.iter().map(|commit| commit.subject.as_str()).collect()
}

pub(crate) fn named<'a>(activity: &'a Activity, subject: &str) -> &'a Commit {
    activity.commits.iter().find(|commit| commit.subject == subject).expect("a commit of that subject")
}

/// Returns what reading a folder needs: nothing.
pub(crate) fn access() -> SourceAccess {
    SourceAccess::bare(from_unix_ms(0))
}
