//! A GitHub that keeps state: commits, requests, issues and releases of one repository, pages, `ETag`s, a budget, and
//! troubles on demand. Its objects are GitHub's own examples with the fields that matter here filled in.

use std::collections::{BTreeSet, VecDeque};
use std::convert::Infallible;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::net::SocketAddr;
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};

use http::header::{ETAG, IF_NONE_MATCH, LINK};
use http::{Request, Response, StatusCode};
use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use url::Url;

static TEMPLATES: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(include_str!("templates.json")).expect("templates are JSON"));

/// Where the fake's interface begins, as on an Enterprise server.
pub(crate) const PREFIX: &str = "/api/v3";

#[derive(Debug, Clone)]
pub(crate) struct FakeCommit {
    pub(crate) sha: String,
    pub(crate) message: String,
    pub(crate) login: Option<String>,
    pub(crate) at: String,
    pub(crate) parents: Vec<String>,
}

#[derive(Debug, Clone)]
pub(crate) struct FakePull {
    pub(crate) number: u64,
    pub(crate) title: String,
    pub(crate) body: String,
    pub(crate) at: String,
    pub(crate) is_merged: bool,
    pub(crate) merge: String,
    /// Commits that came with it.
    pub(crate) commits: Vec<String>,
    pub(crate) files: usize,
}

#[derive(Debug, Clone)]
pub(crate) struct FakeIssue {
    pub(crate) number: u64,
    pub(crate) title: String,
    pub(crate) at: String,
    pub(crate) reason: Option<String>,
    pub(crate) is_pull: bool,
}

/// What one call comes to instead of its answer.
#[derive(Debug, Clone)]
pub(crate) enum Trouble {
    Answer(u16, Vec<(&'static str, String)>, String),
    Html,
    Hang,
    Huge,
}

/// Everything the fake knows, and what it was asked.
#[derive(Debug, Default)]
pub(crate) struct State {
    pub(crate) commits: Vec<FakeCommit>,
    pub(crate) head: String,
    pub(crate) pulls: Vec<FakePull>,
    pub(crate) issues: Vec<FakeIssue>,
    /// Tag, commit and time.
    pub(crate) releases: Vec<(String, String, String)>,
    /// What calls whose address holds this text come to, one after another.
    pub(crate) troubles: VecDeque<(String, Trouble)>,
    pub(crate) token: Option<String>,
    pub(crate) has_endless_pages: bool,
    pub(crate) spent: u64,
    /// Address, `Authorization`, and the status it was answered with.
    pub(crate) asked: Vec<(String, Option<String>, u16)>,
    /// Operation and body of each good answer.
    pub(crate) answered: Vec<(&'static str, Value)>,
}

#[derive(Debug, Clone)]
pub(crate) struct FakeGithub {
    pub(crate) address: SocketAddr,
    state: Arc<Mutex<State>>,
}

impl FakeGithub {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let fake = Self { address, state: Arc::default() };
        let serving = fake.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let fake = serving.clone();
                let service = service_fn(move |request| {
                    let fake = fake.clone();
                    async move { Ok::<_, Infallible>(fake.serve(request).await) }
                });
                tokio::spawn(async move {
                    let _ = hyper::server::conn::http1::Builder::new()
                        .serve_connection(TokioIo::new(stream), service)
                        .await;
                });
            }
        });
        fake
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn api_url(&self) -> String {
        format!("http://{}{PREFIX}", self.address)
    }

    async fn serve(&self, request: Request<Incoming>) -> Response<Full<Bytes>> {
        let uri = request.uri().to_string();
        let header =
            |name| request.headers().get(name).and_then(|value| Some(value.to_str().ok()?.to_owned()));
        let (shown, known) = (header(http::header::AUTHORIZATION), header(IF_NONE_MATCH));
        let trouble = {
            let mut state = self.state();
            let found = state.troubles.iter().position(|(part, _)| uri.contains(part.as_str()));
            found.and_then(|at| state.troubles.remove(at)).map(|(_, trouble)| trouble)
        };
        let answer = match trouble {
            Some(Trouble::Hang) => std::future::pending().await,
            Some(trouble) => troubled(trouble),
            None => self.state().answer(&uri, shown.as_deref(), known.as_deref(), &self.api_url()),
        };
        self.state().asked.push((uri, shown, answer.status().as_u16()));
        answer
    }
}

fn troubled(trouble: Trouble) -> Response<Full<Bytes>> {
    let (status, headers, body) = match trouble {
        Trouble::Answer(status, headers, body) => (status, headers, body),
        Trouble::Html => (200, vec![("content-type", "text/html".to_owned())], "<html>hi</html>".to_owned()),
        Trouble::Huge => {
            let body = format!("[\"{}\"]", "x".repeat(6 << 20));
            (200, vec![("content-type", "application/json".to_owned())], body)
        }
        Trouble::Hang => unreachable!("answered by nobody"),
    };
    let mut response = Response::builder().status(status);
    for (name, value) in headers {
        response = response.header(name, value);
    }
    response.body(Full::new(body.into())).expect("a response")
}

impl State {
    fn answer(
        &mut self,
        uri: &str,
        shown: Option<&str>,
        known: Option<&str>,
        api: &str,
    ) -> Response<Full<Bytes>> {
        let refused = |status: u16, message: &str| {
            let kind = ("content-type", "application/json".to_owned());
            troubled(Trouble::Answer(status, vec![kind], json!({ "message": message }).to_string()))
        };
        let expected = self.token.as_ref().map(|token| format!("Bearer {token}"));
        if shown.is_some() && shown != expected.as_deref() {
            return refused(401, "Bad credentials");
        }
        if expected.is_some() && shown.is_none() {
            return refused(404, "Not Found");
        }
        let url = Url::parse(&format!("http://x{uri}")).expect("an address");
        let Some(route) = url.path().strip_prefix(PREFIX) else { return refused(404, "Not Found") };
        let ask = Ask::of(&url);
        let Some((operation, body)) = self.route(route, &ask) else { return refused(404, "Not Found") };
        if body == "empty" {
            return refused(409, "Git Repository is empty.");
        }
        let (body, has_next) = self.paged(operation, body, &ask);
        let text = body.to_string();
        let mut hasher = DefaultHasher::new();
        (&text, has_next).hash(&mut hasher);
        let etag = format!("W/\"{:x}\"", hasher.finish());
        let is_known = known == Some(&etag);
        if !is_known {
            self.spent += 1;
            self.answered.push((operation, body));
        }
        let mut response = Response::builder()
            .status(if is_known { StatusCode::NOT_MODIFIED } else { StatusCode::OK })
            .header("content-type", "application/json; charset=utf-8")
            .header(ETAG, &etag)
            .header("x-ratelimit-limit", "5000")
            .header("x-ratelimit-remaining", (5_000 - self.spent).to_string())
            .header("x-ratelimit-reset", "1800003600");
        if has_next {
            let next = format!("<{api}{route}?page={}>; rel=\"next\"", ask.page + 1);
            response = response.header(LINK, next);
        }
        let body = if is_known { String::new() } else { text };
        response.body(Full::new(body.into())).expect("a response")
    }

    fn paged(&self, operation: &str, body: Value, ask: &Ask) -> (Value, bool) {
        let page = |all: &[Value]| -> (Vec<Value>, bool) {
            let start = ((ask.page - 1) * ask.per_page).min(all.len());
            let end = (start + ask.per_page).min(all.len());
            let start = if self.has_endless_pages { 0 } else { start };
            (all[start..end.max(start)].to_vec(), end < all.len() || self.has_endless_pages)
        };
        match body {
            Value::Array(all) => {
                let (entries, has_next) = page(&all);
                (entries.into(), has_next)
            }
            Value::Object(mut compare) if operation == COMPARE => {
                let all = compare["commits"].as_array().cloned().unwrap_or_default();
                let (entries, has_next) = page(&all);
                compare.insert("commits".to_owned(), entries.into());
                (compare.into(), has_next)
            }
            other => (other, false),
        }
    }

    fn route(&self, route: &str, ask: &Ask) -> Option<(&'static str, Value)> {
        if route == "/search/issues" {
            let found = json!({ "total_count": self.merged_by(ask), "incomplete_results": false, "search_type": "lexical", "items": [] });
            return Some((SEARCH, found));
        }
        let rest = route.strip_prefix("/repos/example/lantern")?.replace("%2F", "/");
        let parts: Vec<&str> = rest.split('/').skip(1).collect();
        Some(match parts.as_slice() {
            [] => (REPO, self.repo()),
            ["git", "ref", "heads", _] if self.head.is_empty() => (REF, "empty".into()),
            ["git", "ref", "heads", "main"] => (REF, self.reference()),
            ["compare", basehead] => (COMPARE, self.compare(basehead)?),
            ["commits"] => (COMMITS, self.commits(ask)),
            ["commits", sha, "pulls"] => (COMMIT_PULLS, self.pulls_of(sha)),
            ["commits", "tags", tag] => {
                let release = self.releases.iter().find(|release| release.0 == *tag)?;
                (COMMIT, self.detail(&release.1)?)
            }
            ["commits", sha] => (COMMIT, self.detail(sha)?),
            ["pulls"] => (PULLS, self.pulls.iter().rev().map(|pull| pull.answer("pull")).collect()),
            ["pulls", number] => (PULL, self.pull(number)?.answer("pullDetail")),
            ["pulls", number, "files"] => (PULL_FILES, self.pull(number)?.file_answers()),
            ["issues"] => (ISSUES, self.issues.iter().rev().map(FakeIssue::answer).collect()),
            ["releases"] => (RELEASES, self.releases.iter().rev().map(release).collect()),
            _ => return None,
        })
    }

    fn repo(&self) -> Value {
        let mut repo = TEMPLATES["repo"].clone();
        repo["full_name"] = "example/lantern".into();
        repo["name"] = "lantern".into();
        repo["default_branch"] = "main".into();
        repo["html_url"] = "https://github.com/example/lantern".into();
        repo
    }

    fn reference(&self) -> Value {
        let mut reference = TEMPLATES["ref"].clone();
        reference["ref"] = "refs/heads/main".into();
        reference["object"]["sha"] = self.head.clone().into();
        reference
    }

    fn find(&self, sha: &str) -> Option<&FakeCommit> {
        self.commits.iter().find(|commit| commit.sha == sha)
    }

    fn reachable(&self, sha: &str) -> BTreeSet<String> {
        let (mut found, mut open) = (BTreeSet::new(), vec![sha.to_owned()]);
        while let Some(sha) = open.pop() {
            if let Some(commit) = self.find(&sha).filter(|_| found.insert(sha.clone())) {
                open.extend(commit.parents.clone());
            }
        }
        found
    }

    fn compare(&self, basehead: &str) -> Option<Value> {
        let (base, head) = basehead.split_once("...")?;
        let tagged = self.releases.iter().find(|release| release.0 == base).map(|release| release.1.as_str());
        let base = self.find(tagged.unwrap_or(base))?;
        let (covered, wanted) = (self.reachable(&base.sha), self.reachable(&self.find(head)?.sha));
        let is_new = |commit: &&FakeCommit| wanted.contains(&commit.sha) && !covered.contains(&commit.sha);
        let commits: Vec<Value> =
            self.commits.iter().filter(is_new).map(|commit| commit.answer("commit")).collect();
        let mut compare = TEMPLATES["compare"].clone();
        compare["base_commit"] = base.answer("commit");
        compare["merge_base_commit"] = base.answer("commit");
        compare["ahead_by"] = commits.len().into();
        compare["behind_by"] = 0.into();
        compare["total_commits"] = commits.len().into();
        compare["status"] = if commits.is_empty() { "identical".into() } else { "ahead".into() };
        compare["commits"] = commits.into();
        Some(compare)
    }

    fn commits(&self, ask: &Ask) -> Value {
        let wanted = self.reachable(ask.get("sha").unwrap_or(&self.head));
        let is_wanted = |commit: &&FakeCommit| {
            wanted.contains(&commit.sha)
                && ask.get("since").is_none_or(|since| commit.at.as_str() >= since)
                && ask.get("until").is_none_or(|until| commit.at.as_str() <= until)
                && ask.get("author").is_none_or(|author| commit.login.as_deref() == Some(author))
        };
        self.commits.iter().rev().filter(is_wanted).map(|commit| commit.answer("commit")).collect()
    }

    fn detail(&self, sha: &str) -> Option<Value> {
        let mut detail = self.find(sha)?.answer("commitDetail");
        detail["stats"] = json!({ "additions": 7, "deletions": 2, "total": 9 });
        detail["files"] = json!([file("src/a.rs")]);
        Some(detail)
    }

    fn pull(&self, number: &str) -> Option<&FakePull> {
        self.pulls.iter().find(|pull| pull.number.to_string() == number)
    }

    fn pulls_of(&self, sha: &str) -> Value {
        let is_of = |pull: &&FakePull| pull.commits.iter().any(|commit| commit == sha);
        self.pulls.iter().filter(is_of).map(|pull| pull.answer("pull")).collect()
    }

    fn merged_by(&self, _ask: &Ask) -> usize {
        0
    }
}

pub(crate) const REPO: &str = "/repos/{owner}/{repo}";
pub(crate) const REF: &str = "/repos/{owner}/{repo}/git/ref/{ref}";
pub(crate) const COMPARE: &str = "/repos/{owner}/{repo}/compare/{basehead}";
pub(crate) const COMMITS: &str = "/repos/{owner}/{repo}/commits";
pub(crate) const COMMIT: &str = "/repos/{owner}/{repo}/commits/{ref}";
pub(crate) const COMMIT_PULLS: &str = "/repos/{owner}/{repo}/commits/{commit_sha}/pulls";
pub(crate) const PULLS: &str = "/repos/{owner}/{repo}/pulls";
pub(crate) const PULL: &str = "/repos/{owner}/{repo}/pulls/{pull_number}";
pub(crate) const PULL_FILES: &str = "/repos/{owner}/{repo}/pulls/{pull_number}/files";
pub(crate) const ISSUES: &str = "/repos/{owner}/{repo}/issues";
pub(crate) const RELEASES: &str = "/repos/{owner}/{repo}/releases";
pub(crate) const SEARCH: &str = "/search/issues";

/// A query, read.
struct Ask {
    pairs: Vec<(String, String)>,
    page: usize,
    per_page: usize,
}

impl Ask {
    fn of(url: &Url) -> Self {
        let pairs: Vec<(String, String)> = url.query_pairs().into_owned().collect();
        let number = |name: &str| pairs.iter().find(|pair| pair.0 == name)?.1.parse().ok();
        let (page, per_page) = (number("page").unwrap_or(1), number("per_page").unwrap_or(30));
        Self { pairs, page, per_page }
    }

    fn get(&self, name: &str) -> Option<&str> {
        self.pairs.iter().find(|pair| pair.0 == name).map(|pair| pair.1.as_str())
    }
}

impl FakeCommit {
    fn answer(&self, template: &str) -> Value {
        let mut answer = TEMPLATES[template].clone();
        let name = self.login.as_deref().unwrap_or("Nobody Known");
        let person = json!({ "name": name, "email": format!("{name}@example.com"), "date": self.at });
        answer["sha"] = self.sha.clone().into();
        answer["commit"]["message"] = self.message.clone().into();
        answer["commit"]["author"] = person.clone();
        answer["commit"]["committer"] = person;
        match &self.login {
            Some(login) => answer["author"]["login"] = login.clone().into(),
            None => answer["author"] = Value::Null,
        }
        let parent = |sha: &String| json!({ "sha": sha, "url": format!("https://api.github.com/c/{sha}") });
        answer["parents"] = self.parents.iter().map(parent).collect();
        answer
    }
}

impl FakePull {
    fn answer(&self, template: &str) -> Value {
        let mut answer = TEMPLATES[template].clone();
        answer["number"] = self.number.into();
        answer["title"] = self.title.clone().into();
        answer["body"] = self.body.clone().into();
        answer["state"] = "closed".into();
        answer["updated_at"] = self.at.clone().into();
        answer["closed_at"] = self.at.clone().into();
        answer["merged_at"] = if self.is_merged { self.at.clone().into() } else { Value::Null };
        answer["merge_commit_sha"] = self.merge.clone().into();
        answer["head"]["ref"] = format!("branch-{}", self.number).into();
        answer["base"]["ref"] = "main".into();
        if template == "pullDetail" {
            answer["changed_files"] = self.files.into();
            answer["additions"] = (self.files * 3).into();
            answer["deletions"] = self.files.into();
            answer["commits"] = self.commits.len().into();
        }
        answer
    }

    fn file_answers(&self) -> Value {
        (0..self.files).map(|n| file(&format!("src/file-{n}.rs"))).collect()
    }
}

impl FakeIssue {
    fn answer(&self) -> Value {
        let mut answer = TEMPLATES["issue"].clone();
        answer["number"] = self.number.into();
        answer["title"] = self.title.clone().into();
        answer["state"] = "closed".into();
        answer["closed_at"] = self.at.clone().into();
        answer["updated_at"] = self.at.clone().into();
        answer["state_reason"] = self.reason.clone().into();
        if self.is_pull {
            let url = "https://api.github.com/repos/example/lantern/pulls/1";
            answer["pull_request"] =
                json!({ "url": url, "html_url": url, "diff_url": url, "patch_url": url });
        }
        answer
    }
}

fn file(name: &str) -> Value {
    let mut file = TEMPLATES["file"].clone();
    file["filename"] = name.into();
    file["status"] = "modified".into();
    (file["additions"], file["deletions"], file["changes"]) = (3.into(), 1.into(), 4.into());
    file["patch"] = "@@ -1 +1 @@".into();
    file
}

fn release((tag, _, at): &(String, String, String)) -> Value {
    let mut release = TEMPLATES["release"].clone();
    release["tag_name"] = tag.clone().into();
    release["name"] = tag.clone().into();
    release["body"] = "Notes.".into();
    (release["draft"], release["prerelease"]) = (false.into(), false.into());
    (release["created_at"], release["published_at"]) = (at.clone().into(), at.clone().into());
    release
}
