//! Git repositories made for a test: fixed authors and dates, so that the same history is always the same bytes.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use tempfile::TempDir;

mod habits;
mod hostile;

pub use habits::{conventional, long, merge_heavy, sentences};
pub use hostile::{GITHUB_TOKEN, hostile};

const FIRST_COMMIT_AT: i64 = 1_790_000_000;
const BETWEEN_COMMITS: i64 = 3 * 3600;
const AUTHORS: [(&str, &str); 3] = [
    ("Ada Byron", "ada@example.org"),
    ("Grace Hopper", "grace@example.org"),
    ("José Núñez", "jose@example.org"),
];

/// A repository in a folder of its own, removed with the value.
#[derive(Debug)]
pub struct Repository {
    folder: TempDir,
    commits: i64,
}

/// One commit to be made.
#[derive(Debug, Clone)]
pub struct Commit<'a> {
    /// Its whole message, as bytes so that a test may write what git allows.
    pub message: &'a [u8],
    /// The file it writes.
    pub file: &'a str,
}

impl Default for Repository {
    fn default() -> Self {
        Self::new()
    }
}

impl Repository {
    /// Returns an empty repository on the branch `main`.
    ///
    /// # Panics
    /// When git cannot make it.
    pub fn new() -> Self {
        let folder = tempfile::Builder::new().prefix("history-").tempdir().expect("a folder is made");
        let repository = Self { folder, commits: 0 };
        repository.git(&["init", "--quiet", "--initial-branch=main", "."]);
        repository
    }

    /// Returns its folder.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Runs git in it and returns what it printed, trimmed.
    ///
    /// # Panics
    /// When git refuses.
    #[track_caller]
    pub fn git(&self, arguments: &[&str]) -> String {
        let output = git(self.path()).args(arguments).output().expect("git runs");
        assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }

    /// Adds a commit with `message` that writes `file`, and returns its id.
    #[track_caller]
    pub fn commit(&mut self, message: &str, file: &str) -> String {
        self.add("refs/heads/main", None, &[Commit { message: message.as_bytes(), file }]);
        self.git(&["rev-parse", "main"])
    }

    /// Adds commits to the branch `main`, in order.
    #[track_caller]
    pub fn commits(&mut self, commits: &[Commit<'_>]) {
        self.add("refs/heads/main", None, commits);
    }

    /// Makes a side branch of `commits` and merges it into `main` with `message`.
    #[track_caller]
    pub fn merge(&mut self, message: &str, commits: &[Commit<'_>]) {
        self.git(&["branch", "--force", "side", "main"]);
        self.add("refs/heads/side", None, commits);
        let merge = Commit { message: message.as_bytes(), file: "MERGED" };
        self.add("refs/heads/main", Some("refs/heads/side"), &[merge]);
        self.git(&["branch", "--quiet", "-D", "side"]);
    }

    /// Names the head of `main` as the release `name`.
    #[track_caller]
    pub fn release(&self, name: &str) {
        let date = format!("{} +0000", FIRST_COMMIT_AT + self.commits * BETWEEN_COMMITS);
        let mut tag = git(self.path());
        tag.args(["-c", "user.name=Ada Byron", "-c", "user.email=ada@example.org"]);
        tag.args(["tag", "--annotate", "--message", name, name, "main"]).env("GIT_COMMITTER_DATE", date);
        assert!(tag.status().expect("git runs").success(), "{name} is tagged");
    }

    /// Returns every commit reachable from `main`, newest first.
    #[track_caller]
    pub fn shas(&self) -> Vec<String> {
        self.git(&["rev-list", "main"]).lines().map(str::to_owned).collect()
    }

    #[track_caller]
    fn add(&mut self, branch: &str, merged: Option<&str>, commits: &[Commit<'_>]) {
        let mut stream = Vec::new();
        let exists = git(self.path()).args(["rev-parse", "--quiet", "--verify", branch]).output();
        // Within one stream a branch goes on from its last commit; only the first must name what is on the disk.
        let mut goes_on = exists.expect("git runs").status.success();
        for commit in commits {
            let at = FIRST_COMMIT_AT + self.commits * BETWEEN_COMMITS;
            let (name, email) = AUTHORS[usize::try_from(self.commits % 3).unwrap_or_default()];
            let mut head = format!("commit {branch}\n");
            for role in ["author", "committer"] {
                let _ = writeln!(head, "{role} {name} <{email}> {at} +0000");
            }
            let _ = writeln!(head, "data {}", commit.message.len());
            stream.extend_from_slice(head.as_bytes());
            stream.extend_from_slice(commit.message);
            let content =
                format!("{}\n", "line\n".repeat(usize::try_from(self.commits % 7).unwrap_or_default()));
            let content = format!("{}{content}", self.commits);
            let mut tail = String::from("\n");
            if std::mem::take(&mut goes_on) {
                let _ = writeln!(tail, "from {branch}^0");
            }
            if let Some(merged) = merged {
                let _ = writeln!(tail, "merge {merged}^0");
            }
            let _ = write!(tail, "M 100644 inline {}\ndata {}\n{content}\n", commit.file, content.len());
            stream.extend_from_slice(tail.as_bytes());
            self.commits += 1;
        }
        let mut import = git(self.path());
        import.args(["fast-import", "--quiet", "--force"]).stdin(Stdio::piped());
        let mut import = import.spawn().expect("git runs");
        import.stdin.take().expect("stdin is piped").write_all(&stream).expect("git reads");
        assert!(import.wait().expect("git ends").success(), "git takes the history");
    }
}

/// Returns git at `folder`, blind to the tester's own settings.
pub fn git(folder: &Path) -> Command {
    let mut git = Command::new("git");
    git.arg("-C").arg(folder);
    git.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
    git.env_remove("GIT_DIR").env_remove("GIT_WORK_TREE");
    git
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_history_is_the_same_bytes() {
        assert_eq!(conventional().shas(), conventional().shas());
        assert_eq!(merge_heavy().shas(), merge_heavy().shas());
        assert_eq!(hostile().shas(), hostile().shas());
    }

    #[test]
    fn merges_have_two_parents_and_commits_go_on_from_the_last() {
        let repository = merge_heavy();
        assert_eq!(repository.git(&["rev-list", "--count", "--merges", "main"]), "4");
        assert_eq!(repository.git(&["rev-list", "--count", "--max-parents=0", "main"]), "1");
        let mut repository = conventional();
        let before = repository.shas();
        let added = repository.commit("docs: say more", "README.md");
        assert_eq!(repository.shas()[0], added);
        assert_eq!(repository.shas()[1..], before);
        assert_eq!(repository.git(&["describe", "--tags", "--abbrev=0", "main"]), "v0.1.0");
        assert_eq!(long(300).shas().len(), 300);
    }
}
