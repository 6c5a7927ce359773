//! One call at a time: octocrab carries it, bounded in time and size; what an answer costs and whether it changed are
//! noted. No redirect leads the token to another server, and no address in an answer is ever followed as it stands.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use dateline_core::hygiene::clean_line;
use dateline_core::source::{
    CachedAnswer, GITHUB_API, RateBudget, ScanProgress, Source, SourceAccess, SourceError,
};
use dateline_core::time::from_unix_ms;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, ETAG, IF_NONE_MATCH, LINK, LOCATION, USER_AGENT};
use http::{HeaderMap, HeaderValue, Request, Response, StatusCode, Uri};
use http_body_util::{BodyExt, Limited};
use octocrab::service::middleware::base_uri::BaseUriLayer;
use octocrab::service::middleware::extra_headers::ExtraHeadersLayer;
use octocrab::{AuthState, OctoBody, Octocrab, OctocrabBuilder};
use serde::de::DeserializeOwned;
use url::Url;

use super::Limits;
use super::failure::{Asked, Failure, number};
use crate::egress::Egress;

/// How often a call may be sent on within its server: a renamed repository takes one.
const HOPS_MAX: usize = 3;
/// Answers larger than this are not kept: asking again is cheaper than storing them.
const KEPT_BYTES_MAX: usize = 256 << 10;

/// The repository that is read.
#[derive(Debug, Clone)]
pub(super) struct Repo {
    pub(super) owner: String,
    pub(super) name: String,
    pub(super) branch: Option<String>,
    api_url: String,
}

impl Repo {
    pub(super) fn of(source: &Source) -> Result<Self, SourceError> {
        match source {
            Source::Github { owner, repo, branch, api_url, token: _ } => Ok(Self {
                owner: owner.clone(),
                name: repo.clone(),
                branch: branch.clone(),
                api_url: api_url.clone().unwrap_or_else(|| GITHUB_API.to_owned()),
            }),
            Source::Git { path, .. } => Err(SourceError::Missing { path: path.clone() }),
        }
    }

    pub(super) fn full_name(&self) -> String {
        format!("{}/{}", self.owner, self.name)
    }

    /// Returns the route of `rest` below this repository.
    pub(super) fn route(&self, rest: &str) -> String {
        format!("/repos/{}/{}{rest}", segment(&self.owner), segment(&self.name))
    }
}

/// Returns `text` as one segment of a path.
pub(super) fn segment(text: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    text.bytes()
        .map(|byte| if is_plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

/// An answer's body, and whether another page follows.
#[derive(Debug)]
struct Page {
    body: String,
    has_next: bool,
}

/// What a client is opened for.
pub(super) struct Opening<'a> {
    pub(super) repo: Repo,
    pub(super) access: SourceAccess,
    pub(super) egress: &'a Egress,
    pub(super) limits: Limits,
}

/// Asks one server about one repository.
pub(super) struct Client {
    octocrab: Octocrab,
    pub(super) repo: Repo,
    pub(super) asked: Asked,
    pub(super) limits: Limits,
    pub(super) access: SourceAccess,
    base: Url,
    progress: Option<Arc<dyn ScanProgress>>,
}

impl Client {
    pub(super) fn open(
        opening: Opening<'_>,
        transport: impl FnOnce() -> reqwest::Result<reqwest::Client>,
    ) -> Result<Self, SourceError> {
        let Opening { repo, access, egress, limits } = opening;
        let shown = Url::parse(&repo.api_url).ok().and_then(|url| url.host_str().map(str::to_owned));
        let host = shown.unwrap_or_else(|| clean_line(&repo.api_url));
        let base = egress
            .vet(&repo.api_url)
            .map_err(|refusal| SourceError::Blocked { host: host.clone(), reason: refusal.to_string() })?;
        let asked = Asked { host, repository: repo.full_name(), has_token: access.token.is_some() };
        let transport = transport().map_err(|error| asked.unreachable(format!("no client: {error}")))?;
        let octocrab = octocrab(transport, &base, &access, &asked)?;
        Ok(Self { octocrab, repo, asked, limits, access, base, progress: None })
    }

    /// Tells `progress` what is asked, and stops when it says so.
    pub(super) fn watched(self, progress: Arc<dyn ScanProgress>) -> Self {
        Self { progress: Some(progress), ..self }
    }

    pub(super) fn commits_read(&self, read: usize) {
        if let Some(progress) = &self.progress {
            progress.commits_read(read);
        }
    }

    /// Returns what `route` answers.
    pub(super) async fn get<T: DeserializeOwned>(&self, route: &str) -> Result<T, Failure> {
        Ok(self.page(route).await?.0)
    }

    /// Returns what `route` answers, and whether another page follows.
    pub(super) async fn page<T: DeserializeOwned>(&self, route: &str) -> Result<(T, bool), Failure> {
        let page = self.ask(route).await?;
        let read =
            serde_json::from_str(&page.body).map_err(|error| self.asked.malformed(error.to_string()))?;
        Ok((read, page.has_next))
    }

    /// Returns the entries of a list, page after page while `is_wanted` says so of the last, and whether pages were
    /// left unread for their number.
    pub(super) async fn list<T: DeserializeOwned>(
        &self,
        route: &str,
        pages_max: u32,
        is_wanted: impl Fn(&T) -> bool,
    ) -> Result<(Vec<T>, bool), Failure> {
        let joint = if route.contains('?') { '&' } else { '?' };
        let mut all = Vec::new();
        for number in 1..=pages_max {
            let asked = format!("{route}{joint}per_page=100&page={number}");
            let (entries, has_next): (Vec<T>, bool) = self.page(&asked).await?;
            let goes_on = has_next && entries.last().is_some_and(&is_wanted);
            all.extend(entries);
            if !goes_on {
                return Ok((all, false));
            }
        }
        Ok((all, true))
    }

    async fn ask(&self, route: &str) -> Result<Page, Failure> {
        if self.progress.as_ref().is_some_and(|progress| progress.is_stopped()) {
            return Err(SourceError::Stopped.into());
        }
        let address = format!("{}{route}", self.base.as_str().trim_end_matches('/'));
        let known = self.access.answers.answer(&address).await;
        let mut target = route.to_owned();
        for _ in 0..=HOPS_MAX {
            let answer = self.send(&target, known.as_ref()).await?;
            let status = answer.status();
            self.note_budget(answer.headers());
            if let (StatusCode::NOT_MODIFIED, Some(known)) = (status, &known) {
                return Ok(Page { body: known.body.clone(), has_next: known.has_next });
            }
            if status.is_redirection() {
                target = self.next_hop(answer.headers())?;
                continue;
            }
            return self.read(&address, answer).await;
        }
        Err(self.asked.malformed("it sends the request around in a circle").into())
    }

    async fn send(&self, target: &str, known: Option<&CachedAnswer>) -> Result<Response<Body>, Failure> {
        let uri: Uri = target.parse().map_err(|_| self.asked.malformed("an address that is none"))?;
        let etag = known.and_then(|known| HeaderValue::from_str(&known.etag).ok());
        let headers = etag.map(|etag| HeaderMap::from_iter([(IF_NONE_MATCH, etag)]));
        let answer = self.octocrab._get_with_headers(uri, headers).await;
        Ok(answer.map_err(|error| self.asked.unanswered(&error))?)
    }

    /// Returns where to ask instead, within the same server.
    fn next_hop(&self, headers: &HeaderMap) -> Result<String, Failure> {
        let to = headers.get(LOCATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let moved = || SourceError::Moved { repository: self.asked.repository.clone(), to: clean_line(to) };
        let url = self.base.join(to).map_err(|_| moved())?;
        if to.is_empty() || url.origin() != self.base.origin() {
            return Err(moved().into());
        }
        let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
        Ok(format!("{}{query}", url.path()))
    }

    async fn read(&self, address: &str, answer: Response<Body>) -> Result<Page, Failure> {
        let (head, body) = answer.into_parts();
        let collected = Limited::new(body, self.limits.body_bytes).collect().await;
        let bytes = collected.map_err(|error| self.cut_short(&*error))?.to_bytes();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if !head.status.is_success() {
            return Err(self.asked.refused(head.status, &head.headers, &text, self.access.now));
        }
        let kind = head.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        if !kind.contains("json") {
            let kind = clean_line(kind);
            return Err(self.asked.malformed(format!("expected JSON, found `{kind}`")).into());
        }
        let has_next = has_next(&head.headers);
        if let Some(etag) = head.headers.get(ETAG).and_then(|value| value.to_str().ok())
            && text.len() <= KEPT_BYTES_MAX
        {
            let answer = CachedAnswer { etag: etag.to_owned(), has_next, body: text.clone() };
            self.access.answers.keep(address, answer).await;
        }
        Ok(Page { body: text, has_next })
    }

    fn cut_short(&self, error: &(dyn std::error::Error + 'static)) -> SourceError {
        if error.is::<http_body_util::LengthLimitError>() {
            let limit = self.limits.body_bytes;
            return self.asked.malformed(format!("an answer of more than {limit} bytes"));
        }
        self.asked.unanswered(error)
    }

    fn note_budget(&self, headers: &HeaderMap) {
        let told = |name| number(headers, name);
        let (Some(remaining), Some(limit), Some(reset), Some(progress)) = (
            told("x-ratelimit-remaining"),
            told("x-ratelimit-limit"),
            told("x-ratelimit-reset"),
            &self.progress,
        ) else {
            return;
        };
        let ms = i64::try_from(reset).unwrap_or(i64::MAX).saturating_mul(1_000);
        progress.budget_left(RateBudget { remaining, limit, resets_at: from_unix_ms(ms) });
    }
}

type Body = http_body_util::combinators::BoxBody<bytes::Bytes, octocrab::Error>;

/// Whether a page follows, by the `Link` header; its addresses are not used.
fn has_next(headers: &HeaderMap) -> bool {
    let links = headers.get_all(LINK).into_iter().filter_map(|value| value.to_str().ok());
    links.flat_map(|value| value.split(',')).any(|link| link.contains("rel=\"next\""))
}

fn octocrab(
    transport: reqwest::Client,
    base: &Url,
    access: &SourceAccess,
    asked: &Asked,
) -> Result<Octocrab, SourceError> {
    let base: Uri = base.as_str().parse().map_err(|_| asked.malformed("an address that is none"))?;
    let mut headers = vec![
        (USER_AGENT, HeaderValue::from_static(concat!("dateline/", env!("CARGO_PKG_VERSION")))),
        (ACCEPT, HeaderValue::from_static("application/vnd.github+json")),
    ];
    if let Some(token) = &access.token {
        let mut value = HeaderValue::from_str(&format!("Bearer {}", token.expose())).map_err(|_| {
            SourceError::Auth { reason: "the token holds characters no token has".to_owned() }
        })?;
        value.set_sensitive(true);
        headers.push((AUTHORIZATION, value));
    }
    let built = OctocrabBuilder::new_empty()
        .with_service(Transport(transport))
        .with_layer(&BaseUriLayer::new(base))
        .with_layer(&ExtraHeadersLayer::new(Arc::new(headers)))
        .with_auth(AuthState::None)
        .build();
    match built {
        Ok(octocrab) => Ok(octocrab),
        Err(never) => match never {},
    }
}

/// Sends octocrab's requests through the one way out.
#[derive(Clone)]
struct Transport(reqwest::Client);

impl tower_service::Service<Request<OctoBody>> for Transport {
    type Response = Response<reqwest::Body>;
    type Error = reqwest::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Self::Error>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<OctoBody>) -> Self::Future {
        let client = self.0.clone();
        Box::pin(async move {
            let request = reqwest::Request::try_from(request.map(reqwest::Body::wrap))?;
            client.execute(request).await.map(Response::from)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_cannot_leave_their_place_in_a_route() {
        assert_eq!(segment("a/../b?c#d e"), "a%2F..%2Fb%3Fc%23d%20e");
        assert_eq!(segment("feat/ü?x"), "feat%2F%C3%BC%3Fx");
    }

    #[test]
    fn only_the_relation_of_a_link_counts() {
        let check = |text: &str, expected: bool| {
            let headers = HeaderMap::from_iter([(LINK, text.parse().expect("a header"))]);
            assert_eq!(has_next(&headers), expected, "{text}");
        };
        check(r#"<https://api.github.com/x?page=2>; rel="next", <https://x?page=9>; rel="last""#, true);
        check(r#"<https://api.github.com/x?page=1>; rel="prev""#, false);
    }
}
