//! Answers written without hyper: to what never became a request.

use poem::Response;
use poem::http::HeaderValue;
use poem::http::header::{CONNECTION, CONTENT_LENGTH};

/// Returns an answer as bytes, which also say that the connection ends with it.
pub(super) async fn wire(answer: Response) -> Vec<u8> {
    let (parts, body) = answer.into_parts();
    // A refusal is made of text at hand: reading it cannot fail.
    let body = body.into_vec().await.unwrap_or_default();
    let mut headers = parts.headers;
    headers.insert(CONNECTION, HeaderValue::from_static("close"));
    headers.insert(CONTENT_LENGTH, HeaderValue::from(body.len()));
    let mut bytes = format!("HTTP/1.1 {}\r\n", parts.status).into_bytes();
    for (name, value) in &headers {
        for part in [name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"] {
            bytes.extend_from_slice(part);
        }
    }
    bytes.extend_from_slice(b"\r\n");
    bytes.extend_from_slice(&body);
    bytes
}
