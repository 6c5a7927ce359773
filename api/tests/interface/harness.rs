//! A whole interface on a temporary store, and answers that are held to the published document.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use dateline_actors::{Engine, Parts, PasswordCost, Settings};
use dateline_api::config::Config;
use dateline_api::folder::DataFolder;
use dateline_api::http::contract::{Contract, answer_faults};
use dateline_api::http::cursor::CursorKey;
use dateline_api::http::hosts::Hosts;
use dateline_api::http::peer::Proxies;
use dateline_api::http::{Interface, Options, Shared};
use dateline_api::keys::{KeyChest, OsKeyring};
use dateline_api::metrics::Metrics;
use dateline_api::os::{OsClock, OsEntropy};
use dateline_core::activity::Activity;
use dateline_core::brief::Brief;
use dateline_core::channel::{Channel, ChannelError, ChannelKind, Message, Sent};
use dateline_core::clock::Clock;
use dateline_core::composition::Composition;
use dateline_core::http_call::{HttpAnswer, HttpCall, HttpCaller, HttpFailure};
use dateline_core::people::{AccessCode, CodeKind};
use dateline_core::platform::Platform;
use dateline_core::publisher::{PublishError, PublishRequest, Published, Publisher};
use dateline_core::secret::{KeyRing, SecretKey};
use dateline_core::source::{
    ActivitySource, ScanProgress, ScanRequest, Source, SourceAccess, SourceError, SourceHead,
};
use dateline_core::store::Store;
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
    pub(crate) token: AccessCode,
    pub(crate) store: Arc<dyn Store>,
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
        Self::over(Arc::new(store), folder).await
    }

    /// Returns an interface over a store that holds something already.
    pub(crate) async fn over(store: Arc<dyn Store>, folder: tempfile::TempDir) -> Self {
        let clock: Arc<dyn Clock> = Arc::new(OsClock::new());
        let parts = Parts {
            store: store.clone(),
            clock: clock.clone(),
            entropy: Arc::new(OsEntropy),
            source: Arc::new(Outside),
            writer: Arc::new(Outside),
            publisher: Arc::new(Outside),
            http: Arc::new(Outside),
            keys: Arc::new(KeyRing::new(SecretKey::new([7; 32]), Vec::new())),
            channels: BTreeMap::from([(ChannelKind::Email, Arc::new(Outside) as Arc<dyn Channel>)]),
        };
        let listen = HOST.parse().expect("an address");
        let config = Config::plain(listen, folder.path()).expect("a configuration");
        let data = DataFolder::prepare(folder.path()).expect("a folder");
        let keys = KeyChest::open(&config, &data, OsKeyring, &*parts.store, &OsEntropy).await.expect("keys");
        // What hashing costs is told elsewhere; here it is only waited for.
        let password_cost = PasswordCost { memory_kib: 64, passes: 1 };
        let settings = Settings { password_cost, ..Settings::default() };
        let engine = Engine::start(parts, settings).await.expect("an engine");
        let (dateline, metrics) = (engine.dateline(), Some(Arc::new(Metrics::new())));
        let shared = Shared::new(dateline, clock, CursorKey::new([1; 32]), data, keys, metrics);
        let shared = Arc::new(shared);
        let token = AccessCode::fresh(CodeKind::Token, &OsEntropy);
        assert!(engine.dateline().adopt_owner_token(&token).await.expect("a store"));
        let options = Options {
            has_docs: true,
            body_time_max: Duration::from_secs(30),
            hosts: Hosts::default(),
            proxies: Proxies::default(),
        };
        let interface = Interface::new(shared.clone(), Arc::new(OsEntropy), options).expect("an interface");
        let document = serde_json::from_str(dateline_openapi::DOCUMENT).expect("a document");
        let contract = Contract::compile(dateline_openapi::DOCUMENT).expect("a contract");
        let interface = Arc::new(interface);
        Self { interface, shared, token, store, document, contract, _engine: engine, _folder: folder }
    }

    /// Sends a request as whoever holds `token`; a body goes along when there is one.
    pub(crate) async fn ask(&self, token: &str, method: Method, path: &str, body: Option<Value>) -> Answer {
        let request = bare(method, path).header("authorization", format!("Bearer {token}"));
        self.send(match body {
            Some(body) => request.content_type("application/json").body(body.to_string()),
            None => request.finish(),
        })
        .await
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

    /// Sends a request under an idempotency key.
    pub(crate) async fn keyed(&self, key: &str, method: Method, path: &str, body: Option<&Value>) -> Answer {
        let request = self.request(method, path).header("idempotency-key", key);
        let request = match body {
            Some(body) => request.content_type("application/json").body(body.to_string()),
            None => request.finish(),
        };
        self.send(request).await
    }

    pub(crate) async fn send_json(&self, method: Method, path: &str, body: impl Into<Body>) -> Answer {
        self.send(self.request(method, path).content_type("application/json").body(body)).await
    }

    pub(crate) async fn send(&self, request: Request) -> Answer {
        let (method, path) = (request.method().clone(), request.uri().path().to_owned());
        let response = self.interface.answer(request, local()).await;
        let (status, headers) = (response.status(), response.headers().clone());
        let bytes = response.into_body().into_vec().await.expect("a body");
        let media = headers.get("content-type").map_or("", |media| media.to_str().unwrap_or_default());
        // Figures are no JSON, and described as a text.
        let json = match media.starts_with("application/openmetrics-text") {
            true => std::str::from_utf8(&bytes).expect("text").into(),
            false => serde_json::from_slice(&bytes).unwrap_or_default(),
        };
        let answer = Answer { status, headers, json };
        self.hold_to_the_document(&method, &path, &answer);
        answer
    }

    fn hold_to_the_document(&self, method: &Method, path: &str, answer: &Answer) {
        let media =
            answer.headers.get("content-type").and_then(|media| media.to_str().ok()).unwrap_or_default();
        if answer.status == StatusCode::NOT_MODIFIED {
            assert!(answer.json.is_null() && answer.headers.contains_key("etag"), "{answer:?}");
            return;
        }
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

/// The outside world: a repository without activity, a writer without words, a place that takes nothing, a mail server
/// that takes everything but what is for `full@example.org`.
struct Outside;

#[async_trait]
impl ActivitySource for Outside {
    async fn head(&self, source: &Source, _: &SourceAccess) -> Result<SourceHead, SourceError> {
        let Source::Git { path, branch } = source else {
            return Ok(SourceHead { stream: "refs/heads/main".into(), head: None });
        };
        match path.as_str() {
            "/panic" => panic!("the secret is /panic"),
            "/missing" => Err(SourceError::Missing { path: path.clone() }),
            _ if branch.as_deref() == Some("gone") => {
                Err(SourceError::NoSuchBranch { path: path.clone(), branch: "gone".into() })
            }
            _ => Ok(SourceHead { stream: "refs/heads/main".into(), head: None }),
        }
    }

    async fn places(&self, _: &Source) -> Result<Vec<std::path::PathBuf>, SourceError> {
        Ok(Vec::new())
    }

    async fn scan(
        &self,
        _: &Source,
        _: &SourceAccess,
        _: ScanRequest,
        _: Arc<dyn ScanProgress>,
    ) -> Result<Option<Activity>, SourceError> {
        Ok(None)
    }
}

#[async_trait]
impl HttpCaller for Outside {
    async fn send(&self, call: HttpCall) -> Result<HttpAnswer, HttpFailure> {
        Ok(HttpAnswer { status: 200, url: call.url, redirects: 0, headers: Vec::new(), body: Vec::new() })
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

#[async_trait]
impl Channel for Outside {
    async fn send(&self, message: &Message) -> Result<Sent, ChannelError> {
        if message.to == "full@example.org" {
            return Err(ChannelError::Permanent { reason: "552 the mailbox is full".into() });
        }
        Ok(Sent { reference: Some("2.0.0 queued".into()) })
    }
}
