//! A fake with a little history, and a source that reads it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use dateline_connectors::egress::{Egress, Patience};
use dateline_connectors::source::github::{GithubSource, Limits};
use dateline_core::activity::Activity;
use dateline_core::egress::PrivateHosts;
use dateline_core::secret::Secret;
use dateline_core::source::{
    ActivitySource, AnswerCache, CachedAnswer, FileDetail, RateBudget, ScanFrom, ScanProgress, ScanRequest,
    Source, SourceAccess, SourceError, SourceHead,
};
use dateline_core::time::Timestamp;

use super::fake::{FakeCommit, FakeGithub, FakeIssue, FakePull};

/// The present of every scene.
pub(crate) const NOW: &str = "2026-11-23T12:00:00Z";

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().expect("an instant")
}

/// Returns the sha of commit number `n`.
pub(crate) fn sha(n: usize) -> String {
    format!("{n:040x}")
}

pub(crate) struct Scene {
    pub(crate) fake: FakeGithub,
    pub(crate) source: Source,
    pub(crate) token: Option<String>,
    pub(crate) limits: Limits,
    pub(crate) answers: Arc<Kept>,
    pub(crate) heard: Arc<Heard>,
}

impl Scene {
    /// Returns a scene with `commits` plain commits, one a minute up to 11:00.
    pub(crate) async fn with(commits: usize) -> Self {
        let fake = FakeGithub::start().await;
        {
            let mut state = fake.state();
            for n in 1..=commits {
                let minute = 660_i64 - i64::try_from(commits - n).expect("few");
                let at = at("2026-11-23T00:00:00Z") + chrono::TimeDelta::minutes(minute);
                state.commits.push(FakeCommit {
                    sha: sha(n),
                    message: format!("feat: change number {n}"),
                    login: Some("ann".to_owned()),
                    at: at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true),
                    parents: if n > 1 { vec![sha(n - 1)] } else { Vec::new() },
                });
            }
            state.head = if commits > 0 { sha(commits) } else { String::new() };
        }
        let source = Source::Github {
            owner: "example".to_owned(),
            repo: "lantern".to_owned(),
            branch: None,
            api_url: Some(fake.api_url()),
            token: None,
        };
        let (answers, heard) = (Arc::default(), Arc::default());
        Self { fake, source, token: None, limits: Limits::default(), answers, heard }
    }

    pub(crate) fn github(&self) -> GithubSource {
        let egress = Egress::new(PrivateHosts::new(["127.0.0.1"]));
        let patience = Patience { total: Duration::from_secs(2), ..Patience::default() };
        GithubSource::new(egress, patience, self.limits)
    }

    pub(crate) fn access(&self) -> SourceAccess {
        SourceAccess {
            token: self.token.as_ref().map(Secret::new),
            answers: self.answers.clone(),
            now: at(NOW),
        }
    }

    pub(crate) async fn head(&self) -> Result<SourceHead, SourceError> {
        self.github().head(&self.source, &self.access()).await
    }

    pub(crate) async fn scan(&self, from: ScanFrom) -> Result<Option<Activity>, SourceError> {
        let request = ScanRequest { from, until: None, now: at(NOW), files: FileDetail::Counted };
        self.github().scan(&self.source, &self.access(), request, self.heard.clone()).await
    }

    /// Returns what happened after commit number `n`.
    pub(crate) async fn since(&self, n: usize) -> Activity {
        let from = ScanFrom::Cursor { sha: sha(n), at: at("2026-11-23T10:00:00Z") };
        self.scan(from).await.expect("readable").expect("something happened")
    }

    /// Returns how many calls were answered with `status`.
    pub(crate) fn asked(&self, status: u16) -> usize {
        self.fake.state().asked.iter().filter(|(_, _, answered)| *answered == status).count()
    }
}

pub(crate) fn pull(number: u64, title: &str, body: &str, merge: &str, commits: &[String]) -> FakePull {
    FakePull {
        number,
        title: title.to_owned(),
        body: body.to_owned(),
        at: "2026-11-23T10:58:00Z".to_owned(),
        is_merged: true,
        merge: merge.to_owned(),
        commits: commits.to_vec(),
        files: 2,
    }
}

pub(crate) fn issue(number: u64, reason: Option<&str>) -> FakeIssue {
    FakeIssue {
        number,
        title: format!("Issue {number}"),
        at: "2026-11-23T10:58:30Z".to_owned(),
        reason: reason.map(str::to_owned),
        is_pull: false,
    }
}

/// Answers kept in memory.
#[derive(Default)]
pub(crate) struct Kept(Mutex<BTreeMap<String, CachedAnswer>>);

#[async_trait]
impl AnswerCache for Kept {
    async fn answer(&self, url: &str) -> Option<CachedAnswer> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(url).cloned()
    }

    async fn keep(&self, url: &str, answer: CachedAnswer) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(url.to_owned(), answer);
    }
}

/// What a scan said of its budget.
#[derive(Default)]
pub(crate) struct Heard(Mutex<Option<RateBudget>>);

impl Heard {
    pub(crate) fn budget(&self) -> Option<RateBudget> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ScanProgress for Heard {
    fn commits_read(&self, _read: usize) {}

    fn budget_left(&self, budget: RateBudget) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(budget);
    }
}
