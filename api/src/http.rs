//! The HTTP interface: each request passes the same gates in the same order, and each answer leaves through one door.
//!
//! ```text
//!  guard ─▶ contract: is there such an operation? ─▶ who calls, may they? ─▶ query ─▶ body ─▶ once? ─▶ handler ─▶ Dateline
//!    └──────────┴──────────────────────────────────────────────┴────────────┴───────┴───────┴─────────┘
//!                              problem+json, tagged, hardened, one line in the log
//! ```

pub mod access;
pub mod again;
pub mod backups;
pub mod body;
pub mod conditions;
pub mod contract;
pub mod cursor;
pub mod dead_letters;
pub mod docs;
pub mod document;
pub mod drafts;
pub mod events;
pub mod executions;
pub mod fields;
pub mod guard;
pub mod health;
pub mod hosts;
pub mod instance;
pub mod joining;
pub mod keys;
pub mod members;
pub mod metrics;
pub mod notifications;
pub mod once;
pub mod page;
pub mod pauses;
pub mod peer;
pub mod problem;
pub mod projects;
pub mod rate;
pub mod received_events;
pub mod refusal;
pub mod schedules;
pub mod server;
pub mod sessions;
pub mod storage;
pub mod timezones;
pub mod tokens;
pub mod users;

use std::net::{IpAddr, SocketAddr};
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use dateline_actors::Dateline;
use dateline_core::clock::Clock;
use dateline_core::entropy::Entropy;
use dateline_core::id::UserId;
use dateline_core::store::Terms;
use futures::FutureExt;
use poem::endpoint::BoxEndpoint;
use poem::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderMap, HeaderName, REFERRER_POLICY};
use poem::http::{HeaderValue, Method, header};
use poem::{Endpoint, EndpointExt, IntoEndpoint, Request, Response};
use tokio_util::sync::CancellationToken;
use tracing::Instrument;

use self::access::Signed;
use self::contract::{Contract, ContractError, Operation};
use self::cursor::CursorKey;
use self::executions::ItemCache;
use self::hosts::Hosts;
use self::once::Once;
use self::peer::Proxies;
use self::problem::{Code, Problem};
use self::rate::{Rate, Seats};
use crate::folder::DataFolder;
use crate::keys::KeyChest;
use crate::log::ANSWERED;
use crate::metrics::Metrics;

/// What every handler can reach.
pub struct Shared {
    /// The engine.
    pub dateline: Dateline,
    /// The present.
    pub clock: Arc<dyn Clock>,
    /// Seals cursors.
    pub cursors: CursorKey,
    /// The data folder.
    pub folder: DataFolder,
    /// The keys that seal secrets.
    pub keys: KeyChest,
    /// What is measured; `None` when nothing is.
    pub metrics: Option<Arc<Metrics>>,
    /// Who listens to events.
    pub streams: Seats,
    /// Ended executions as they were told lately.
    pub items: ItemCache,
    stopping: CancellationToken,
}

/// A preview is worked out at once and may take milliseconds: 30 at once, then ten a second for each caller.
const PREVIEWS: (u32, Duration) = (30, Duration::from_millis(100));
/// How many streams one credential may hold open.
const STREAMS_MAX: usize = 16;

impl Shared {
    /// Returns what handlers need, for a server that is not stopping.
    pub fn new(
        dateline: Dateline,
        clock: Arc<dyn Clock>,
        cursors: CursorKey,
        folder: DataFolder,
        keys: KeyChest,
        metrics: Option<Arc<Metrics>>,
    ) -> Self {
        let (streams, stopping) = (Seats::new(STREAMS_MAX), CancellationToken::new());
        Self { dateline, clock, cursors, folder, keys, metrics, streams, items: ItemCache::new(), stopping }
    }

    /// Returns the engine as `caller` asks it: what they do not see is not there.
    pub fn as_caller(&self, caller: &Signed) -> Dateline {
        self.dateline.on_behalf_of(caller.0.clone())
    }

    /// From now on the server says that it is not ready, and streams end.
    pub fn begin_stop(&self) {
        self.stopping.cancel();
    }

    /// Whether the server stops.
    pub fn is_stopping(&self) -> bool {
        self.stopping.is_cancelled()
    }

    /// Returns what is cancelled when the server stops.
    pub fn stopping(&self) -> CancellationToken {
        self.stopping.clone()
    }
}

/// What a cursor of this request belongs to: its caller, its path and its filters.
#[derive(Debug, Clone)]
pub struct QueryScope(pub String);

/// What differs between one server and another.
pub struct Options {
    /// Whether `/docs` and `/openapi.json` are served: only to the own machine.
    pub has_docs: bool,
    /// How long a body may take to arrive.
    pub body_time_max: Duration,
    /// The names the server answers to besides its addresses.
    pub hosts: Hosts,
    /// Whose word about others counts.
    pub proxies: Proxies,
}

/// The whole interface, without a socket.
pub struct Interface {
    contract: Contract,
    endpoint: BoxEndpoint<'static, Response>,
    shared: Arc<Shared>,
    entropy: Arc<dyn Entropy>,
    options: Options,
    once: Once,
    previews: Rate,
}

impl Interface {
    /// Returns the interface to an engine.
    ///
    /// # Errors
    /// [`ContractError`] when the published document is not what this program was built with.
    pub fn new(
        shared: Arc<Shared>,
        entropy: Arc<dyn Entropy>,
        options: Options,
    ) -> Result<Self, ContractError> {
        let contract = Contract::compile(dateline_openapi::DOCUMENT)?;
        let endpoint = document::service().into_endpoint().data(shared.clone()).map_to_response().boxed();
        let (once, previews) = (Once::default(), Rate::new(PREVIEWS.0, PREVIEWS.1));
        Ok(Self { contract, endpoint, shared, entropy, options, once, previews })
    }

    /// Answers a request that reached this server at `local`. Never fails: a panic is a 500.
    pub async fn answer(&self, request: Request, local: SocketAddr) -> Response {
        let id = self.request_id();
        // At every level of the log: its lines carry the id.
        let span = tracing::error_span!("request", request = id, operation = tracing::field::Empty);
        self.answer_as(id, request, local).instrument(span).await
    }

    async fn answer_as(&self, id: String, mut request: Request, local: SocketAddr) -> Response {
        let started = self.shared.clock.monotonic();
        // The query stays out of the log: people put tokens there.
        let (method, path) = (request.method().clone(), problem::shown(request.uri().path()));
        let mut heard = Heard { operation: String::new(), is_unread: has_body(request.headers()) };
        if method == Method::HEAD {
            request.set_method(Method::GET);
        }
        let answer = AssertUnwindSafe(self.handle(request, local, &mut heard)).catch_unwind().await;
        let mut response = match answer {
            Ok(Ok(response)) => response,
            Ok(Err(problem)) => problem.response(),
            Err(_) => Problem::new(Code::Internal, "the request was not completed").response(),
        };
        if method == Method::HEAD {
            response = conditions::without_body(response).await;
        }
        harden(response.headers_mut(), &id);
        if heard.is_unread {
            // The rest of the body stands before the next request: whoever sent it must not reuse the connection.
            response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
        let took = self.shared.clock.monotonic().saturating_sub(started);
        let ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
        let status = response.status().as_u16();
        if let Some(metrics) = &self.shared.metrics {
            metrics.answered(&heard.operation, status, took);
        }
        tracing::info!(request = id, method = %problem::shown(method.as_str()), path, status, ms, "{ANSWERED}");
        response
    }

    async fn handle(
        &self,
        mut request: Request,
        local: SocketAddr,
        heard: &mut Heard,
    ) -> Result<Response, Problem> {
        let approach = self.options.proxies.approach(&request, local)?;
        guard::check(&request, &approach, &self.options.hosts)?;
        let remote = access::Remote::of(&request, &approach);
        request.extensions_mut().insert(remote);
        request.extensions_mut().insert(approach.peer);
        request.extensions_mut().insert(approach);
        if let Some(answer) = docs::answer(&request).filter(|_| self.options.has_docs) {
            return answer;
        }
        let operation = self.contract.operation(request.method(), request.uri().path())?;
        heard.operation.clone_from(&operation.id);
        tracing::Span::current().record("operation", operation.id.as_str());
        let mut caller = None;
        if let Some(needs) = operation.needs {
            let signed = access::let_in(&request, remote, &self.shared.dateline).await?;
            access::check(&signed.0, needs)?;
            caller = Some(signed.0.user);
            request.extensions_mut().insert(signed);
        }
        operation.check_accept(request.headers())?;
        self.contract.check_ids(request.method(), request.uri().path())?;
        let filters = operation.check_query(request.uri().query())?;
        let asker = caller.map(|user| user.to_string()).unwrap_or_default();
        let scope = QueryScope(format!("{asker} {} {filters}", request.uri().path()));
        request.extensions_mut().insert(scope);
        // Also where none is asked for: what is left of it would be taken for the next request.
        let bytes = body::read(&mut request, self.options.body_time_max).await?;
        heard.is_unread = false;
        if operation.takes_body()
            && let Some(value) = operation.check_body(request.headers(), &bytes)?
        {
            let json = HeaderValue::from_static("application/json");
            request.headers_mut().insert(header::CONTENT_TYPE, json);
            request.set_body(value.to_string());
        }
        if let Some(caller) = caller.filter(|_| operation.id == "previewSchedule") {
            self.previews.take(caller, self.shared.clock.monotonic())?;
        }
        self.fulfil(operation, request, &bytes, caller).await
    }

    /// Does what is asked: once for its key, only to the version it names, and only if the caller does not know it.
    async fn fulfil(
        &self,
        operation: &Operation,
        request: Request,
        body: &[u8],
        caller: Option<UserId>,
    ) -> Result<Response, Problem> {
        if operation.has_version {
            let headers = request.headers().clone();
            return conditions::tagged(&headers, self.call(request).await?).await;
        }
        if request.method() == Method::GET {
            return self.call(request).await;
        }
        // Keys are somebody's own: without a caller there is nothing to remember them under.
        let Some(caller) = caller else { return self.call(request).await };
        let versions = conditions::versions(&operation.id, request.headers())?;
        let key = once::key(&self.shared.cursors, &request, body, caller, self.shared.clock.now())?;
        let terms = Terms { key: key.clone(), versions };
        let work = async {
            let done = self.shared.dateline.under(terms, self.call(request)).await;
            done.unwrap_or_else(|| Err(Problem::new(Code::Internal, "the request was not completed")))
        };
        match key {
            Some(key) => self.once.answer(&self.shared, &operation.id, key, work).await,
            None => work.await,
        }
    }

    async fn call(&self, request: Request) -> Result<Response, Problem> {
        match self.endpoint.call(request).await {
            Ok(response) => Ok(response),
            Err(error) if error.is_from_response() => Ok(error.into_response()),
            Err(error) => {
                // The contract let it pass and the decoder did not: their disagreement is a fault of this program.
                tracing::error!(%error, "a request that fits the contract could not be decoded");
                Err(Problem::new(Code::Internal, "the request was not completed"))
            }
        }
    }

    /// Answers what never became a request.
    pub fn refuse(&self, problem: &Problem) -> Response {
        let id = self.request_id();
        let mut response = problem.response();
        harden(response.headers_mut(), &id);
        let status = response.status().as_u16();
        tracing::info!(request = id, status, why = problem.detail, "refused before it was a request");
        response
    }

    /// Whether many people speak from `address`: this machine, or a trusted proxy.
    pub fn is_shared(&self, address: IpAddr) -> bool {
        address.to_canonical().is_loopback() || self.options.proxies.trusts(address)
    }

    fn request_id(&self) -> String {
        let mut bits = [0; 8];
        self.entropy.fill(&mut bits);
        format!("req_{}", cursor::to_hex(&bits))
    }
}

/// What was found out about a request until it was answered.
struct Heard {
    /// The id of what it asks for; empty while that is unknown.
    operation: String,
    /// Whether a body stands unread before the next request.
    is_unread: bool,
}

/// Whether a body follows the headers.
fn has_body(headers: &HeaderMap) -> bool {
    let is_empty = |length: &HeaderValue| length.as_bytes() == b"0";
    headers.contains_key(header::TRANSFER_ENCODING)
        || headers.get(header::CONTENT_LENGTH).is_some_and(|length| !is_empty(length))
}

/// Adds what keeps an answer from being framed, sniffed, leaked or kept.
fn harden(headers: &mut HeaderMap, id: &str) {
    let closed = "default-src 'none'; frame-ancestors 'none'";
    let defaults = [(CACHE_CONTROL, "no-store"), (CONTENT_SECURITY_POLICY, closed)];
    for (name, value) in defaults {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    // poem names the character set of JSON, which has only one; the contract says `application/json`.
    if headers.get(header::CONTENT_TYPE).is_some_and(|media| media == "application/json; charset=utf-8") {
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    }
    if let Ok(id) = HeaderValue::from_str(id) {
        headers.insert(HeaderName::from_static("x-request-id"), id);
    }
}
