//! Repositories that exist only in a test.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use dateline_core::activity::{Activity, Commit, FileStats, Person, Repository, Window, WindowStart};
use dateline_core::source::{
    ActivitySource, ScanFrom, ScanProgress, ScanRequest, Source, SourceAccess, SourceError, SourceHead,
};
use dateline_core::time::Timestamp;

use super::at;
use super::mood::{Mood, Moods};

/// A slow scan tells of what it reads this often.
const TELLS: Duration = Duration::from_secs(10);

/// Repositories by name, each at `/src/{name}`. Calls are named `head/{name}` and `scan/{name}`.
#[derive(Default)]
pub(crate) struct FakeSource {
    pub(crate) moods: Moods,
    repositories: Mutex<BTreeMap<String, Vec<Commit>>>,
    busy: Mutex<Busy>,
    tokens: Mutex<Vec<Option<String>>>,
}

/// Scans that are under way, by repository, and the most there ever were.
#[derive(Default)]
struct Busy {
    now: BTreeMap<String, usize>,
    most: usize,
    most_of_one: usize,
}

impl FakeSource {
    /// Returns where a repository lies.
    pub(crate) fn place(name: &str) -> Source {
        Source::Git { path: format!("/src/{name}"), branch: None }
    }

    /// Returns where a repository lies on GitHub.
    pub(crate) fn github(name: &str) -> Source {
        let (owner, repo) = ("example".to_owned(), name.to_owned());
        Source::Github { owner, repo, branch: None, api_url: None, token: None }
    }

    /// Returns the tokens that were shown, one entry a call.
    pub(crate) fn tokens(&self) -> Vec<Option<String>> {
        self.tokens.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn note(&self, access: &SourceAccess) {
        let token = access.token.as_ref().map(|token| token.expose().to_owned());
        self.tokens.lock().unwrap_or_else(PoisonError::into_inner).push(token);
    }

    /// Adds a commit with this subject to a repository, and returns its object id.
    pub(crate) fn commit(&self, name: &str, subject: &str) -> String {
        let mut repositories = self.repositories.lock().unwrap_or_else(PoisonError::into_inner);
        let commits = repositories.entry(name.to_owned()).or_default();
        let number = commits.len() + 1;
        let sha = format!("{:07x}{number:033x}", 0x9a0_b1c0 + number * 0x1357);
        let minutes = u64::try_from(number).expect("few commits");
        let committed_at: Timestamp = at("2026-11-20T12:00:00Z") + Duration::from_secs(60 * minutes);
        commits.push(Commit {
            sha: sha.clone(),
            authored_at: committed_at,
            committed_at,
            author: Person { name: "Ada Okoye".to_owned(), key: "ada".to_owned(), is_bot: false },
            co_authors: Vec::new(),
            subject: subject.to_owned(),
            body: String::new(),
            trailers: Vec::new(),
            merge: None,
            merged_in: None,
            pull_request: None,
            closes: Vec::new(),
            stats: FileStats { files: 2, insertions: 20, deletions: 4 },
            files: Vec::new(),
            first_time: Some(false),
        });
        sha
    }

    /// Leaves a repository without commits.
    pub(crate) fn forget_commits(&self, name: &str) {
        let mut repositories = self.repositories.lock().unwrap_or_else(PoisonError::into_inner);
        repositories.insert(name.to_owned(), Vec::new());
    }

    /// Returns how often a repository was scanned.
    pub(crate) fn scans(&self, name: &str) -> usize {
        self.moods.calls(&format!("scan/{name}"))
    }

    /// The next scans of a repository come to this.
    pub(crate) fn next_scans(&self, name: &str, moods: impl IntoIterator<Item = Mood>) {
        self.moods.next(&format!("scan/{name}"), moods);
    }

    /// Resolves when a repository was scanned `count` times.
    pub(crate) async fn scanned(&self, name: &str, count: usize) {
        self.moods.called(&format!("scan/{name}"), count).await;
    }

    /// Returns how many scans ever ran side by side, and how many of one repository.
    pub(crate) fn most_scans(&self) -> (usize, usize) {
        let busy = self.busy.lock().unwrap_or_else(PoisonError::into_inner);
        (busy.most, busy.most_of_one)
    }

    fn commits(&self, name: &str) -> Vec<Commit> {
        let repositories = self.repositories.lock().unwrap_or_else(PoisonError::into_inner);
        repositories.get(name).cloned().unwrap_or_default()
    }

    fn enter(&self, name: &str) -> Visit<'_> {
        let mut busy = self.busy.lock().unwrap_or_else(PoisonError::into_inner);
        let of_one = busy.now.entry(name.to_owned()).or_default();
        *of_one += 1;
        let of_one = *of_one;
        busy.most_of_one = busy.most_of_one.max(of_one);
        busy.most = busy.most.max(busy.now.values().sum());
        Visit { source: self, name: name.to_owned() }
    }
}

/// A scan under way.
struct Visit<'a> {
    source: &'a FakeSource,
    name: String,
}

impl Drop for Visit<'_> {
    fn drop(&mut self) {
        let mut busy = self.source.busy.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = busy.now.get_mut(&self.name) {
            *count -= 1;
        }
    }
}

#[async_trait]
impl ActivitySource for FakeSource {
    async fn head(&self, source: &Source, access: &SourceAccess) -> Result<SourceHead, SourceError> {
        self.note(access);
        let (path, name) = named(source);
        live_through(self.moods.take(&format!("head/{name}")), &path, None).await?;
        let (Source::Git { branch, .. } | Source::Github { branch, .. }) = source;
        let branch = branch.as_deref().unwrap_or("main");
        if branch != "main" {
            return Err(SourceError::NoSuchBranch { path, branch: branch.to_owned() });
        }
        let repositories = self.repositories.lock().unwrap_or_else(PoisonError::into_inner);
        let commits = repositories.get(&name).ok_or(SourceError::Missing { path })?;
        let head = commits.last().map(|commit| commit.sha.clone());
        Ok(SourceHead { stream: "refs/heads/main".to_owned(), head })
    }

    async fn places(&self, _: &Source) -> Result<Vec<std::path::PathBuf>, SourceError> {
        Ok(Vec::new())
    }

    async fn scan(
        &self,
        source: &Source,
        access: &SourceAccess,
        request: ScanRequest,
        progress: Arc<dyn ScanProgress>,
    ) -> Result<Option<Activity>, SourceError> {
        self.note(access);
        let (path, name) = named(source);
        let _visit = self.enter(&name);
        live_through(self.moods.take(&format!("scan/{name}")), &path, Some(&*progress)).await?;
        let mut commits = self.commits(&name);
        let after = match &request.from {
            ScanFrom::Cursor { sha, at: _ } => Some(sha.clone()),
            ScanFrom::First | ScanFrom::Date(_) => None,
        };
        let first = commits.iter().position(|commit| Some(&commit.sha) == after.as_ref());
        commits.drain(..first.map_or(0, |covered| covered + 1));
        if let ScanFrom::Date(since) = &request.from {
            commits.retain(|commit| commit.committed_at >= *since);
        }
        commits.retain(|commit| request.until.is_none_or(|until| commit.committed_at <= until));
        commits.reverse();
        let (Some(newest), Some(oldest)) = (commits.first(), commits.last()) else { return Ok(None) };
        let start = if after.is_some() { WindowStart::Cursor } else { WindowStart::ThirtyDays };
        let (from, to, head) = (oldest.committed_at, newest.committed_at, newest.sha.clone());
        Ok(Some(Activity {
            repository: Repository { name, branch: Some("main".to_owned()), links: None },
            window: Window { after, head, from, to, start },
            commits,
            releases: Vec::new(),
            hot_files: Vec::new(),
            issues: Vec::new(),
            notes: Vec::new(),
        }))
    }
}

fn named(source: &Source) -> (String, String) {
    match source {
        Source::Git { path, branch: _ } => {
            (path.clone(), path.strip_prefix("/src/").unwrap_or(path).to_owned())
        }
        Source::Github { owner, repo, .. } => (format!("{owner}/{repo}"), repo.clone()),
    }
}

async fn live_through(
    mood: Mood,
    path: &str,
    progress: Option<&dyn ScanProgress>,
) -> Result<(), SourceError> {
    match mood {
        Mood::Well => Ok(()),
        Mood::Slow(time) => {
            // It reads on meanwhile, as a real source does.
            let mut left = time;
            while !left.is_zero() {
                let piece = left.min(TELLS);
                tokio::time::sleep(piece).await;
                left -= piece;
                if let Some(progress) = progress {
                    progress.commits_read(1);
                }
            }
            Ok(())
        }
        Mood::Fail => {
            Err(SourceError::Unreadable { path: path.to_owned(), reason: "the disk is busy".to_owned() })
        }
        Mood::Limited(until) => Err(SourceError::RateLimited { host: "api.github.com".to_owned(), until }),
        Mood::Away(until) => Err(SourceError::Unreachable {
            host: "api.github.com".to_owned(),
            reason: "it answered 503".to_owned(),
            until,
        }),
        Mood::Refuse => Err(SourceError::Missing { path: path.to_owned() }),
        Mood::Panic => panic!("the source is wrong"),
        Mood::Long => {
            while !progress.is_some_and(ScanProgress::is_stopped) {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            Err(SourceError::Stopped)
        }
        Mood::Deaf => std::future::pending().await,
    }
}
