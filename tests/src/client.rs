//! A small JSON client with a bearer token.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::Value;
use ureq::http::Request;

/// Speaks HTTP to one server.
#[derive(Debug, Clone)]
pub struct Client {
    agent: ureq::Agent,
    base: String,
    token: Option<String>,
}

/// What the server answered.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// The headers by their lower-case names.
    pub headers: BTreeMap<String, String>,
    /// The body.
    pub text: String,
    asked: String,
}

impl Client {
    /// Returns a client of the server at `address` (`host:port`).
    pub fn new(address: &str, token: Option<&str>) -> Self {
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .proxy(None)
            .allow_non_standard_methods(true)
            .timeout_global(Some(Duration::from_secs(30)))
            .build();
        Self { agent: config.into(), base: format!("http://{address}"), token: token.map(str::to_owned) }
    }

    /// Sends a request, or says why no whole answer came.
    ///
    /// # Errors
    /// The connection's own words.
    pub fn try_send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<&[u8]>,
    ) -> Result<Answer, String> {
        let mut request = Request::builder().method(method).uri(format!("{}{path}", self.base));
        if let Some(token) = &self.token {
            request = request.header("Authorization", format!("Bearer {token}"));
        }
        if body.is_some() && !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type")) {
            request = request.header("Content-Type", "application/json");
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let sent = match body {
            Some(body) => {
                let request = request.body(body).map_err(|error| error.to_string())?;
                self.agent.run(self.agent.configure_request(request).build())
            }
            None => self.agent.run(request.body(()).map_err(|error| error.to_string())?),
        };
        let mut response = sent.map_err(|error| error.to_string())?;
        let named = |(name, value): (&ureq::http::HeaderName, &ureq::http::HeaderValue)| {
            (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
        };
        let bytes = response.body_mut().with_config().limit(64 << 20).read_to_vec();
        Ok(Answer {
            status: response.status().as_u16(),
            headers: response.headers().iter().map(named).collect(),
            text: String::from_utf8_lossy(&bytes.map_err(|error| error.to_string())?).into_owned(),
            asked: format!("{method} {path}"),
        })
    }

    /// Sends a request.
    ///
    /// # Panics
    /// When no whole answer comes.
    #[track_caller]
    pub fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: Option<&[u8]>) -> Answer {
        let sent = self.try_send(method, path, headers, body);
        sent.unwrap_or_else(|error| panic!("{method} {path}: {error}"))
    }

    /// Asks for `path`.
    #[track_caller]
    pub fn get(&self, path: &str) -> Answer {
        self.send("GET", path, &[], None)
    }

    /// Sends `body` as JSON.
    #[track_caller]
    pub fn post(&self, path: &str, body: &Value) -> Answer {
        self.send("POST", path, &[], Some(body.to_string().as_bytes()))
    }

    /// Sends a change as JSON.
    #[track_caller]
    pub fn patch(&self, path: &str, body: &Value) -> Answer {
        self.send("PATCH", path, &[], Some(body.to_string().as_bytes()))
    }

    /// Deletes `path`.
    #[track_caller]
    pub fn delete(&self, path: &str) -> Answer {
        self.send("DELETE", path, &[], None)
    }

    /// Returns all items of a list, page after page of at most `limit`.
    ///
    /// # Panics
    /// When a page is no list.
    #[track_caller]
    pub fn all(&self, path: &str, limit: usize) -> Vec<Value> {
        let joint = if path.contains('?') { '&' } else { '?' };
        let mut next = format!("{path}{joint}limit={limit}");
        let mut all = Vec::new();
        loop {
            let page = self.get(&next).expect(200);
            let items = page["items"].as_array().unwrap_or_else(|| panic!("{path} lists no items: {page}"));
            assert!(items.len() <= limit, "{path} gave more than asked");
            all.extend(items.iter().cloned());
            match page["nextCursor"].as_str() {
                Some(cursor) => next = format!("{path}{joint}limit={limit}&cursor={cursor}"),
                None => return all,
            }
            assert!(all.len() < 100_000, "{path} never ends");
        }
    }
}

impl Answer {
    /// Returns the body as JSON.
    ///
    /// # Panics
    /// When the status is another one, or the body is no JSON (an empty one is `null`).
    #[track_caller]
    pub fn expect(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}: {}", self.asked, self.text);
        if self.text.is_empty() { Value::Null } else { self.json() }
    }

    /// Returns the body as JSON whatever the status.
    ///
    /// # Panics
    /// When it is none.
    #[track_caller]
    pub fn json(&self) -> Value {
        let json = serde_json::from_str(&self.text);
        json.unwrap_or_else(|error| panic!("{} {}: {error}: {}", self.asked, self.status, self.text))
    }

    /// Returns the header `name` (lower case), or nothing.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }

    /// Returns the problem the server described.
    ///
    /// # Panics
    /// When the status is another one, or the answer breaks the rules every problem keeps.
    #[track_caller]
    pub fn problem(&self, status: u16) -> Value {
        let problem = self.expect(status);
        assert_eq!(self.header("content-type"), "application/problem+json", "{}: {}", self.asked, self.text);
        assert_eq!(problem["status"], status, "{}: {}", self.asked, self.text);
        for field in ["title", "code"] {
            let said = problem[field].as_str().unwrap_or_default();
            assert!(!said.is_empty(), "{}: a problem has a {field}: {}", self.asked, self.text);
        }
        let hidden = self.text.chars().find(|c| c.is_control() && !matches!(c, '\n' | '\t'));
        assert_eq!(hidden, None, "{}: controls are not echoed: {:?}", self.asked, self.text);
        for leak in ["panicked", ".cargo", "/src/", "dateline_", "redb::", "stack backtrace"] {
            assert!(!self.text.contains(leak), "{}: `{leak}` shows the inside: {}", self.asked, self.text);
        }
        problem
    }
}
