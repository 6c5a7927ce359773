//! Versions in headers: `ETag` on what is read, `If-None-Match` for what is known already, `If-Match` for changes that
//! are made only to what was read, and `HEAD`.
//!
//! A tag is `"v<version>.<digest>"`. The version counts what people change and decides `If-Match`; the digest also tells
//! what changes by itself, such as a job's next run, and decides `If-None-Match`. `If-Match: "v<version>"` is enough.

use poem::Response;
use poem::http::header::{CONTENT_LENGTH, CONTENT_TYPE, ETAG, HeaderMap, IF_MATCH, IF_NONE_MATCH};
use poem::http::{HeaderValue, StatusCode};
use serde::Deserialize;

use super::cursor;
use super::problem::{Code, Problem};

/// The operations whose change checks the version in its own transaction.
const CHANGES: [&str; 18] = [
    "changeProject",
    "removeProject",
    "pauseProject",
    "resumeProject",
    "changeSchedule",
    "toggleSchedule",
    "pauseSchedule",
    "resumeSchedule",
    "cancelSchedule",
    "cancelExecution",
    "pauseExecution",
    "resumeExecution",
    "pinExecution",
    "unpinExecution",
    "dismissExecution",
    "editDraft",
    "approveDraft",
    "rejectDraft",
];

/// Whether the operation takes `If-Match`.
pub fn is_change(operation: &str) -> bool {
    CHANGES.contains(&operation)
}

/// Returns the versions `If-Match` allows a change to be made to; any when there is no such header.
///
/// # Errors
/// 412 where nothing has a version, since then nothing can match.
pub fn versions(operation: &str, headers: &HeaderMap) -> Result<Option<Vec<u64>>, Problem> {
    let tags = tags(headers, &IF_MATCH);
    if tags.is_empty() || tags.contains(&"*") {
        return Ok(None);
    }
    if !is_change(operation) {
        return Err(Problem::new(Code::PreconditionFailed, "what this changes has no ETag"));
    }
    Ok(Some(tags.into_iter().filter_map(version).collect()))
}

/// Returns the version in a strong tag.
fn version(tag: &str) -> Option<u64> {
    let text = tag.strip_prefix("\"v")?.strip_suffix('"')?;
    text.split_once('.').map_or(text, |(version, _)| version).parse().ok()
}

/// Returns the tags of a header, spread over one line or several.
fn tags<'h>(headers: &'h HeaderMap, name: &poem::http::HeaderName) -> Vec<&'h str> {
    let lines = headers.get_all(name).iter().map(|line| line.to_str().unwrap_or("?"));
    lines.flat_map(|line| line.split(',')).map(str::trim).filter(|tag| !tag.is_empty()).collect()
}

#[derive(Deserialize)]
struct Versioned {
    version: u64,
}

/// Gives a resource that was read its tag, and leaves its body out when the caller has it already.
///
/// # Errors
/// 500 when the body cannot be read.
pub async fn tagged(asked: &HeaderMap, response: Response) -> Result<Response, Problem> {
    if response.status() != StatusCode::OK {
        return Ok(response);
    }
    let (mut parts, body) = response.into_parts();
    let unreadable = |_| Problem::new(Code::Internal, "the request was not completed");
    let body = body.into_bytes().await.map_err(unreadable)?;
    let Ok(Versioned { version }) = serde_json::from_slice(&body) else {
        return Ok(Response::from_parts(parts, body.into()));
    };
    let digest = cursor::to_hex(&blake3::hash(&body).as_bytes()[..8]);
    let tag = format!("\"v{version}.{digest}\"");
    if let Ok(value) = HeaderValue::from_str(&tag) {
        parts.headers.insert(ETAG, value);
    }
    let known = tags(asked, &IF_NONE_MATCH);
    if known.iter().any(|it| *it == "*" || it.trim_start_matches("W/") == tag) {
        parts.status = StatusCode::NOT_MODIFIED;
        parts.headers.remove(CONTENT_TYPE);
        return Ok(Response::from_parts(parts, poem::Body::empty()));
    }
    Ok(Response::from_parts(parts, body.into()))
}

/// Returns the answer to `HEAD`: that to `GET`, without its body.
pub async fn without_body(response: Response) -> Response {
    let (mut parts, body) = response.into_parts();
    let is_endless = parts.headers.get(CONTENT_TYPE).is_some_and(|media| media == super::events::MEDIA_TYPE);
    let has_none = parts.status == StatusCode::NOT_MODIFIED || parts.status == StatusCode::NO_CONTENT;
    if !is_endless
        && !has_none
        && let Ok(bytes) = body.into_bytes().await
    {
        parts.headers.insert(CONTENT_LENGTH, HeaderValue::from(bytes.len()));
    }
    Response::from_parts(parts, poem::Body::empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(operation: &str, lines: &[&str]) -> Result<Option<Vec<u64>>, Code> {
        let lines = lines.iter().map(|line| (IF_MATCH, HeaderValue::from_str(line).expect("a header")));
        versions(operation, &lines.collect()).map_err(|problem| problem.code)
    }

    #[test]
    fn the_version_in_a_tag_decides_a_change() {
        let change = |lines: &[&str]| wanted("changeProject", lines);
        assert_eq!(change(&[]), Ok(None));
        assert_eq!(change(&["*"]), Ok(None));
        assert_eq!(change(&["\"v3\""]), Ok(Some(vec![3])));
        assert_eq!(change(&["\"v3.0f1e2d3c4b5a6978\", \"v7\""]), Ok(Some(vec![3, 7])));
        for foreign in
            ["v3", "\"3\"", "W/\"v3\"", "\"v-1\"", "\"v\"", "\"vx.1\"", "\"v99999999999999999999\""]
        {
            assert_eq!(change(&[foreign]), Ok(Some(vec![])), "{foreign}");
        }
        assert_eq!(wanted("createProject", &["\"v3\""]), Err(Code::PreconditionFailed));
        assert_eq!(wanted("createProject", &["*"]), Ok(None));
    }

    #[tokio::test]
    async fn a_tag_changes_with_the_body_and_saves_it() {
        let answer = |body: &'static str| Response::builder().body(body);
        let first = tagged(&HeaderMap::new(), answer("{\"version\":3,\"a\":1}")).await.expect("an answer");
        let second = tagged(&HeaderMap::new(), answer("{\"version\":3,\"a\":2}")).await.expect("an answer");
        let tag = first.headers()[ETAG].clone();
        assert!(tag.to_str().expect("text").starts_with("\"v3.") && tag != second.headers()[ETAG]);
        let known = HeaderMap::from_iter([(IF_NONE_MATCH, tag.clone())]);
        let saved = tagged(&known, answer("{\"version\":3,\"a\":1}")).await.expect("an answer");
        assert_eq!((saved.status(), &saved.headers()[ETAG]), (StatusCode::NOT_MODIFIED, &tag));
        assert!(saved.into_body().into_vec().await.expect("a body").is_empty());
        let other = tagged(&known, answer("{\"version\":3,\"a\":2}")).await.expect("an answer");
        assert_eq!(other.status(), StatusCode::OK);
        let plain = tagged(&known, answer("{\"items\":[]}")).await.expect("an answer");
        assert!(!plain.headers().contains_key(ETAG));
    }
}
