//! Who calls, and what their credential allows: the gate behind the guard.
//!
//! A credential is a bearer token or a session's cookie. The contract says of each operation which scope and role it
//! needs (`x-scope`, `x-role`); what belongs to a project is the engine's to judge.

use std::net::IpAddr;

use dateline_actors::{Dateline, RequestError, Shown};
use dateline_core::caller::{Caller, Credential, Role, Scope};
use poem::http::header::{AUTHORIZATION, COOKIE, HeaderMap, ORIGIN};
use poem::http::{HeaderValue, Method};
use poem::{Request, RequestBody};
use poem_openapi::registry::{MetaSecurityScheme, Registry};
use poem_openapi::{ApiExtractor, ApiExtractorType, ExtractParamOptions};

use super::peer::Approach;
use super::problem::{Code, Problem};

/// The cookie of a session, over plain HTTP and over TLS: a browser takes the second only from where it was made.
const COOKIE_NAMES: [&str; 2] = ["dateline_session", "__Host-dateline_session"];

const CREDENTIAL_BYTES_MAX: usize = 256;

/// What an operation asks of its callers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Needs {
    /// What their credential must allow.
    pub scope: Scope,
    /// What they must at least be to the instance.
    pub role: Role,
}

/// A caller who was let in. An operation without it is anybody's, and a test knows all of these.
#[derive(Debug, Clone)]
pub struct Signed(pub Caller);

impl<'a> ApiExtractor<'a> for Signed {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::SecurityScheme];

    type ParamType = ();
    type ParamRawType = ();

    fn register(registry: &mut Registry) {
        let token = MetaSecurityScheme {
            ty: "http",
            description: Some("An access token."),
            name: None,
            key_in: None,
            scheme: Some("bearer"),
            bearer_format: Some("dl_…"),
            flows: None,
            openid_connect_url: None,
        };
        let session = MetaSecurityScheme {
            ty: "apiKey",
            description: Some("The cookie of `POST /api/sessions`; over TLS its name begins with `__Host-`."),
            name: Some(COOKIE_NAMES[0]),
            key_in: Some("cookie"),
            scheme: None,
            bearer_format: None,
            flows: None,
            openid_connect_url: None,
        };
        registry.create_security_scheme("token", token);
        registry.create_security_scheme("session", session);
    }

    fn security_schemes() -> Vec<&'static str> {
        vec!["token", "session"]
    }

    async fn from_request(
        request: &'a Request,
        _body: &mut RequestBody,
        _options: ExtractParamOptions<()>,
    ) -> poem::Result<Self> {
        // The gate puts it there; without it nobody was let in.
        let signed = request.extensions().get::<Self>().cloned();
        signed.ok_or_else(|| Problem::from(RequestError::Unauthorized).into())
    }
}

/// Returns whom a request's credential makes the caller.
///
/// # Errors
/// 401 without a valid credential, always in the same words; 429 after too many guesses; 403 for a change that a cookie
/// carries from elsewhere.
pub async fn let_in(request: &Request, remote: Remote, dateline: &Dateline) -> Result<Signed, Problem> {
    let headers = request.headers();
    let Some(shown) = shown(headers) else { return Err(RequestError::Unauthorized.into()) };
    let caller = dateline.let_in(shown, remote.0).await?;
    if matches!(caller.credential, Credential::Session(_)) {
        refuse_elsewhere(request.method(), headers)?;
    }
    Ok(Signed(caller))
}

/// Refuses a caller whose credential or role does not reach.
///
/// # Errors
/// 403.
pub fn check(caller: &Caller, needs: Needs) -> Result<(), Problem> {
    if !caller.may(needs.scope) {
        let scope = serde_json::to_value(needs.scope).unwrap_or_default();
        let detail = format!("this needs a token with the scope {}", scope.as_str().unwrap_or_default());
        return Err(Problem::new(Code::ScopeMissing, detail));
    }
    if caller.role < needs.role {
        let who = if needs.role == Role::Owner { "an owner" } else { "an admin or an owner" };
        return Err(Problem::new(Code::Forbidden, format!("only {who} may do this")));
    }
    Ok(())
}

/// Where guesses are counted: the peer's address. `None` within the process, where nobody guesses.
#[derive(Debug, Clone, Copy)]
pub struct Remote(pub Option<IpAddr>);

impl Remote {
    /// Returns where `request`, which made this approach, comes from.
    pub fn of(request: &Request, approach: &Approach) -> Self {
        Self(request.remote_addr().as_socket_addr().map(|_| approach.peer.0))
    }
}

/// Returns the `Set-Cookie` that gives a browser its session, or takes it away when `code` is empty.
pub fn cookie(code: &str, is_tls: bool, max_age: i64) -> String {
    let (name, secure) = if is_tls { (COOKIE_NAMES[1], "; Secure") } else { (COOKIE_NAMES[0], "") };
    format!("{name}={code}; Path=/; Max-Age={max_age}; HttpOnly; SameSite=Strict{secure}")
}

/// Returns the only credential in the headers. A token outranks a cookie, which browsers send unasked.
fn shown(headers: &HeaderMap) -> Option<Shown<'_>> {
    let mut given = headers.get_all(AUTHORIZATION).iter();
    match (given.next(), given.next()) {
        (Some(value), None) => bearer(value).map(Shown::Token),
        (Some(_), Some(_)) => None,
        (None, _) => session(headers).map(Shown::Session),
    }
}

fn bearer(value: &HeaderValue) -> Option<&str> {
    let (scheme, token) = value.to_str().ok()?.split_at_checked(7)?;
    (scheme.eq_ignore_ascii_case("bearer ") && token.len() <= CREDENTIAL_BYTES_MAX).then_some(token)
}

fn session(headers: &HeaderMap) -> Option<&str> {
    let pairs = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    let pairs = pairs.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
    let mut found = pairs.filter(|(name, _)| COOKIE_NAMES.contains(name)).map(|(_, code)| code);
    match (found.next(), found.next()) {
        (Some(code), None) if code.len() <= CREDENTIAL_BYTES_MAX => Some(code),
        _ => None,
    }
}

/// A browser adds the cookie to whatever a page sends. A change must say that it comes from a page of this very server;
/// the guard has already refused every other origin.
fn refuse_elsewhere(method: &Method, headers: &HeaderMap) -> Result<(), Problem> {
    let is_same_site = headers.get("sec-fetch-site").is_some_and(|site| site.as_bytes() == b"same-origin");
    if method == Method::GET || method == Method::HEAD || is_same_site || headers.contains_key(ORIGIN) {
        return Ok(());
    }
    Err(Problem::new(
        Code::ForeignOrigin,
        "a change by cookie needs `Origin` or `Sec-Fetch-Site: same-origin`",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(values: &[(poem::http::HeaderName, &str)]) -> HeaderMap {
        values.iter().fold(HeaderMap::new(), |mut headers, (name, value)| {
            headers.append(name, value.parse().expect("a header"));
            headers
        })
    }

    fn token(values: &[(poem::http::HeaderName, &str)]) -> Option<String> {
        match shown(&headers(values))? {
            Shown::Token(text) => Some(format!("token {text}")),
            Shown::Session(text) => Some(format!("session {text}")),
        }
    }

    #[test]
    fn one_credential_is_read_and_no_guess_is_made_among_two() {
        let long = format!("Bearer {}", "x".repeat(20_000));
        assert_eq!(token(&[(AUTHORIZATION, "bearer a")]).as_deref(), Some("token a"));
        assert_eq!(token(&[(AUTHORIZATION, "Bearer a"), (AUTHORIZATION, "Bearer a")]), None);
        for wrong in ["", "Bearer", "Basic b3duZXI6", "é Bearer", &long] {
            assert_eq!(token(&[(AUTHORIZATION, wrong), (COOKIE, "dateline_session=b")]), None, "{wrong}");
        }
        assert_eq!(token(&[(COOKIE, "a=1; dateline_session=b")]).as_deref(), Some("session b"));
        assert_eq!(token(&[(COOKIE, "dateline_session=b"), (COOKIE, "dateline_session=c")]), None);
        assert_eq!(token(&[(COOKIE, "dateline_session=b; __Host-dateline_session=c")]), None);
        assert_eq!(token(&[(COOKIE, "xdateline_session=b")]), None);
    }

    #[test]
    fn a_change_by_cookie_comes_from_the_own_page_and_says_so() {
        let code = |method: Method, values: &[(poem::http::HeaderName, &str)]| {
            refuse_elsewhere(&method, &headers(values)).map_err(|problem| problem.code)
        };
        let site = poem::http::HeaderName::from_static("sec-fetch-site");
        assert_eq!(code(Method::GET, &[]), Ok(()));
        assert_eq!(code(Method::POST, &[]), Err(Code::ForeignOrigin));
        assert_eq!(code(Method::POST, &[(site.clone(), "same-origin")]), Ok(()));
        assert_eq!(code(Method::POST, &[(site, "same-site")]), Err(Code::ForeignOrigin));
        assert_eq!(code(Method::POST, &[(ORIGIN, "http://localhost:8377")]), Ok(()));
    }
}
