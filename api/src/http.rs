//! The HTTP interface: each request passes the same gates in the same order, and each answer leaves through one door.
//!
//! ```text
//!  guard ─▶ contract: is there such an operation? ─▶ owner? ─▶ query ─▶ body ─▶ handler ─▶ Dateline
//!    └──────────┴────────────────────────────────────┴─────────┴───────┴─────────┘
//!                              problem+json, hardened, one line in the log
//! ```

pub mod access;
pub mod backups;
pub mod body;
pub mod contract;
pub mod cursor;
pub mod docs;
pub mod document;
pub mod drafts;
pub mod executions;
pub mod fields;
pub mod guard;
pub mod health;
pub mod page;
pub mod problem;
pub mod projects;
pub mod refusal;
pub mod schedules;
pub mod server;
pub mod timezones;

use std::net::SocketAddr;
use std::panic::AssertUnwindSafe;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use dateline_actors::Dateline;
use dateline_core::clock::Clock;
use dateline_core::entropy::Entropy;
use futures::FutureExt;
use poem::endpoint::BoxEndpoint;
use poem::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderMap, HeaderName, REFERRER_POLICY};
use poem::http::{HeaderValue, header};
use poem::{Endpoint, EndpointExt, IntoEndpoint, Request, Response};

use self::access::Checked;
use self::contract::{Contract, ContractError};
use self::cursor::CursorKey;
use self::problem::{Code, Problem};
use crate::token::TokenDigest;

/// What every handler can reach.
pub struct Shared {
    /// The engine.
    pub dateline: Dateline,
    /// The present.
    pub clock: Arc<dyn Clock>,
    /// Seals cursors.
    pub cursors: CursorKey,
    /// The folder that receives backups.
    pub backups: PathBuf,
    stopping: AtomicBool,
}

impl Shared {
    /// Returns what handlers need, for a server that is not stopping.
    pub fn new(dateline: Dateline, clock: Arc<dyn Clock>, cursors: CursorKey, backups: PathBuf) -> Self {
        Self { dateline, clock, cursors, backups, stopping: AtomicBool::new(false) }
    }

    /// From now on the server says that it is not ready.
    pub fn begin_stop(&self) {
        self.stopping.store(true, Ordering::Release);
    }

    /// Whether the server stops.
    pub fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::Acquire)
    }
}

/// What a cursor of this request belongs to: its path and its filters.
#[derive(Debug, Clone)]
pub struct QueryScope(pub String);

/// What differs between one server and another.
pub struct Options {
    /// Recognises the owner.
    pub owner: TokenDigest,
    /// Whether `/docs` and `/openapi.json` are served: only to the own machine.
    pub has_docs: bool,
    /// How long a body may take to arrive.
    pub body_time_max: Duration,
}

/// The whole interface, without a socket.
pub struct Interface {
    contract: Contract,
    endpoint: BoxEndpoint<'static, Response>,
    shared: Arc<Shared>,
    entropy: Arc<dyn Entropy>,
    options: Options,
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
        Ok(Self { contract, endpoint, shared, entropy, options })
    }

    /// Answers a request that reached this server at `local`. Never fails: a panic is a 500.
    pub async fn answer(&self, request: Request, local: SocketAddr) -> Response {
        let started = self.shared.clock.monotonic();
        let id = self.request_id();
        // The query stays out of the log: people put tokens there.
        let (method, path) = (request.method().clone(), problem::shown(request.uri().path()));
        let mut is_unread = has_body(request.headers());
        let answer = AssertUnwindSafe(self.handle(request, local, &mut is_unread)).catch_unwind().await;
        let mut response = match answer {
            Ok(Ok(response)) => response,
            Ok(Err(problem)) => problem.response(),
            Err(_) => Problem::new(Code::Internal, "the request was not completed").response(),
        };
        harden(response.headers_mut(), &id);
        if is_unread {
            // The rest of the body stands before the next request: whoever sent it must not reuse the connection.
            response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
        let ms = u64::try_from((self.shared.clock.monotonic() - started).as_millis()).unwrap_or(u64::MAX);
        let status = response.status().as_u16();
        tracing::info!(request = id, method = %problem::shown(method.as_str()), path, status, ms, "answered");
        response
    }

    async fn handle(
        &self,
        mut request: Request,
        local: SocketAddr,
        is_unread: &mut bool,
    ) -> Result<Response, Problem> {
        guard::check(&request, local)?;
        if let Some(answer) = docs::answer(&request).filter(|_| self.options.has_docs) {
            return answer;
        }
        let operation = self.contract.operation(request.method(), request.uri().path())?;
        if operation.needs_owner {
            guard::check_owner(request.headers(), &self.options.owner)?;
            request.extensions_mut().insert(Checked::owner());
        }
        self.contract.check_ids(request.method(), request.uri().path())?;
        let filters = operation.check_query(request.uri().query())?;
        let scope = QueryScope(format!("{} {filters}", request.uri().path()));
        request.extensions_mut().insert(scope);
        // Also where none is asked for: what is left of it would be taken for the next request.
        let bytes = body::read(&mut request, self.options.body_time_max).await?;
        *is_unread = false;
        if operation.takes_body()
            && let Some(value) = operation.check_body(request.headers(), &bytes)?
        {
            let json = HeaderValue::from_static("application/json");
            request.headers_mut().insert(header::CONTENT_TYPE, json);
            request.set_body(value.to_string());
        }
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

    fn request_id(&self) -> String {
        let mut bits = [0; 8];
        self.entropy.fill(&mut bits);
        format!("req_{}", cursor::to_hex(&bits))
    }
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
