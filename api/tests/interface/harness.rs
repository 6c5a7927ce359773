//! A whole interface on a temporary store, and answers that are held to the published document.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use dateline_actors::{Engine, Parts, Settings};
use dateline_api::http::contract::{Contract, answer_faults};
use dateline_api::http::cursor::CursorKey;
use dateline_api::http::{Interface, Options, Shared};
use dateline_api::os::{OsClock, OsEntropy};
use dateline_api::token::OwnerToken;
use dateline_core::activity::Activity;
use dateline_core::brief::Brief;
use dateline_core::clock::Clock;
use dateline_core::composition::Composition;
use dateline_core::platform::Platform;
use dateline_core::publisher::{PublishError, PublishRequest, Published, Publisher};
use dateline_core::source::{ActivitySource, ScanProgress, ScanRequest, Source, SourceError, SourceHead};
use dateline_core::writer::{WriteError, Writer};
use dateline_store::{OpenOptions, RedbStore, WriterPlace};
use poem::http::{HeaderMap, Method, StatusCode};
use poem::{Body, Request, RequestBuilder};
use serde_json::{Value, json};

/// The address the tests pretend to have connected to.
pub(crate) const HOST: &str = "127.0.0.1:8377";

pub(crate) struct Api {
    pub(crate) interface: Arc<Interface>,
    pub(crate) shared: Arc<Shared>,
    pub(crate) token: OwnerToken,
    document: Value,
    contract: Contract,
    _engine: Engine,
    _folder: tempfile::TempDir,
}

/// An answer whose body, when it has one, is what the published document says.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) json: Value,
}

impl Answer {
    pub(crate) fn code(&self) -> &str {
        self.json["code"].as_str().unwrap_or_default()
    }

    pub(crate) fn pointers(&self) -> Vec<&str> {
        let errors = self.json["errors"].as_array().into_iter().flatten();
        errors.filter_map(|fault| fault["pointer"].as_str()).collect()
    }
}

impl Api {
    pub(crate) async fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let clock: Arc<dyn Clock> = Arc::new(OsClock::new());
        let options = OpenOptions { now: clock.now(), writer: WriterPlace::Thread };
        let store = RedbStore::open(folder.path(), options).expect("a store");
        let parts = Parts {
            store: Arc::new(store),
            clock: clock.clone(),
            entropy: Arc::new(OsEntropy),
            source: Arc::new(Outside),
            writer: Arc::new(Outside),
            publisher: Arc::new(Outside),
        };
        let engine = Engine::start(parts, Settings::default()).await.expect("an engine");
        let backups = folder.path().join("backups");
        let shared = Arc::new(Shared::new(engine.dateline(), clock, CursorKey::new([1; 32]), backups));
        let token = OwnerToken::fresh(&OsEntropy);
        let options =
            Options { owner: token.digest(), has_docs: true, body_time_max: Duration::from_secs(30) };
        let interface = Interface::new(shared.clone(), Arc::new(OsEntropy), options).expect("an interface");
        let document = serde_json::from_str(dateline_openapi::DOCUMENT).expect("a document");
        let contract = Contract::compile(dateline_openapi::DOCUMENT).expect("a contract");
        let interface = Arc::new(interface);
        Self { interface, shared, token, document, contract, _engine: engine, _folder: folder }
    }

    /// Returns a request as the owner makes it.
    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let authorization = format!("Bearer {}", self.token.text());
        bare(method, path).header("authorization", authorization)
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(self.request(Method::GET, path).finish()).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Answer {
        self.send_json(Method::POST, path, body.to_string()).await
    }

    pub(crate) async fn patch(&self, path: &str, body: Value) -> Answer {
        self.send_json(Method::PATCH, path, body.to_string()).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Answer {
        self.send(self.request(Method::DELETE, path).finish()).await
    }

    pub(crate) async fn send_json(&self, method: Method, path: &str, body: impl Into<Body>) -> Answer {
        self.send(self.request(method, path).content_type("application/json").body(body)).await
    }

    pub(crate) async fn send(&self, request: Request) -> Answer {
        let (method, path) = (request.method().clone(), request.uri().path().to_owned());
        let response = self.interface.answer(request, local()).await;
        let (status, headers) = (response.status(), response.headers().clone());
        let bytes = response.into_body().into_vec().await.expect("a body");
        let json = serde_json::from_slice(&bytes).unwrap_or_default();
        let answer = Answer { status, headers, json };
        self.hold_to_the_document(&method, &path, &answer);
        answer
    }

    fn hold_to_the_document(&self, method: &Method, path: &str, answer: &Answer) {
        let media =
            answer.headers.get("content-type").and_then(|media| media.to_str().ok()).unwrap_or_default();
        if !answer.status.is_success() {
            assert_eq!(media, "application/problem+json", "{method} {path} {answer:?}");
            assert_eq!(answer.json["status"], answer.status.as_u16(), "{answer:?}");
        }
        let Ok(known) = self.contract.operation(method, path) else { return };
        let operations = self.document["paths"].as_object().expect("paths").values();
        let mut operations = operations.flat_map(|item| item.as_object().expect("operations").values());
        let operation =
            operations.find(|it| it["operationId"] == known.id.as_str()).expect("it is described");
        let status = answer.status.as_u16();
        if status == 204 {
            return;
        }
        // What the guard refuses for every path stands in the introduction of the document.
        if status == 405 {
            return;
        }
        let faults = answer_faults(&self.document, operation, status, media, &answer.json);
        assert_eq!(faults.unwrap_or_else(|error| panic!("{method} {path}: {error}")), [], "{method} {path}");
    }

    /// Creates a project and returns its id.
    pub(crate) async fn project(&self) -> String {
        let body = json!({ "name": "Anchor", "source": { "kind": "GIT", "path": "/repository" } });
        let answer = self.post("/api/projects", body).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{answer:?}");
        answer.json["id"].as_str().expect("an id").to_owned()
    }

    /// Creates a job of a fresh project and returns its id.
    pub(crate) async fn job(&self) -> String {
        let answer = self.post("/api/cron/schedule", job_of(&self.project().await)).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{answer:?}");
        answer.json["id"].as_str().expect("an id").to_owned()
    }
}

/// Returns the body that creates a daily job.
pub(crate) fn job_of(project: &str) -> Value {
    json!({
        "projectId": project,
        "type": "GENERATE_CONTENT",
        "name": "Daily",
        "frequency": "DAILY",
        "timeConfig": { "hour": 9, "minute": 30, "timezone": "Europe/Berlin" }
    })
}

/// Returns a request without a token.
pub(crate) fn bare(method: Method, path: &str) -> RequestBuilder {
    Request::builder().method(method).uri_str(path).header("host", HOST)
}

pub(crate) fn local() -> SocketAddr {
    HOST.parse().expect("an address")
}

/// The outside world: a repository without activity, a writer without words, a place that takes nothing.
struct Outside;

#[async_trait]
impl ActivitySource for Outside {
    async fn head(&self, source: &Source) -> Result<SourceHead, SourceError> {
        let Source::Git { path, branch } = source;
        match path.as_str() {
            "/panic" => panic!("the secret is /panic"),
            "/missing" => Err(SourceError::Missing { path: path.clone() }),
            _ if branch.as_deref() == Some("gone") => {
                Err(SourceError::NoSuchBranch { path: path.clone(), branch: "gone".into() })
            }
            _ => Ok(SourceHead { stream: "refs/heads/main".into(), head: None }),
        }
    }

    async fn scan(
        &self,
        _: &Source,
        _: ScanRequest,
        _: Arc<dyn ScanProgress>,
    ) -> Result<Option<Activity>, SourceError> {
        Ok(None)
    }
}

#[async_trait]
impl Writer for Outside {
    fn id(&self) -> &str {
        "nobody/1"
    }

    async fn compose(&self, _: &Brief, _: Platform) -> Result<Composition, WriteError> {
        Err(WriteError::NothingToTell)
    }
}

#[async_trait]
impl Publisher for Outside {
    async fn publish(&self, _: &PublishRequest) -> Result<Published, PublishError> {
        Err(PublishError::Rejected { reason: "never".into() })
    }
}
