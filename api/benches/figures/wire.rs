//! HTTP/1.1 as thin as it goes, so that the one that asks takes little from the one that answers.

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// A kept connection.
pub(crate) struct Connection {
    stream: TcpStream,
    bytes: Vec<u8>,
}

/// What was answered.
pub(crate) struct Answer<'a> {
    pub(crate) status: u16,
    pub(crate) head: &'a str,
    pub(crate) body: &'a [u8],
}

impl Answer<'_> {
    /// Returns the body of a success.
    pub(crate) fn json(&self) -> Value {
        assert!((200..300).contains(&self.status), "{}{}", self.head, String::from_utf8_lossy(self.body));
        serde_json::from_slice(self.body).unwrap_or_default()
    }
}

impl Connection {
    pub(crate) async fn open(address: &str) -> Self {
        let stream = TcpStream::connect(address).await.expect("the server accepts");
        stream.set_nodelay(true).expect("a socket");
        Self { stream, bytes: vec![0; 256 * 1024] }
    }

    /// Sends `request` and returns its answer whole.
    pub(crate) async fn ask(&mut self, request: &[u8]) -> Answer<'_> {
        self.stream.write_all(request).await.expect("it takes a request");
        let (mut have, mut ends) = (0, None);
        loop {
            if have == self.bytes.len() {
                self.bytes.resize(have * 2, 0);
            }
            let count = self.stream.read(&mut self.bytes[have..]).await.expect("an answer");
            assert!(count > 0, "the server hung up");
            have += count;
            let (head, end) = match ends {
                Some(ends) => ends,
                None => match measure(&self.bytes[..have]) {
                    Some(found) => *ends.insert(found),
                    None => continue,
                },
            };
            if have >= end {
                let text = std::str::from_utf8(&self.bytes[..head]).expect("ASCII");
                let status = text.get(9..12).and_then(|code| code.parse().ok()).expect("a status");
                return Answer { status, head: text, body: &self.bytes[head..end] };
            }
        }
    }

    /// Gives the stream away, for an answer without an end.
    pub(crate) fn into_stream(self) -> TcpStream {
        self.stream
    }
}

/// Returns where head and body of an answer end, once its head is there.
fn measure(bytes: &[u8]) -> Option<(usize, usize)> {
    let head = bytes.windows(4).position(|four| four == b"\r\n\r\n")? + 4;
    let text = std::str::from_utf8(&bytes[..head]).expect("ASCII");
    let length = text.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().expect("a number"))
    });
    Some((head, head + length.unwrap_or(0)))
}

/// Returns a request without a body.
pub(crate) fn get(address: &str, token: &str, path: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {token}\r\n\r\n").into_bytes()
}

/// Returns a request with a body; `credential` is a header, or nothing.
pub(crate) fn send(method: &str, address: &str, credential: &str, path: &str, body: &Value) -> Vec<u8> {
    let body = body.to_string();
    let length = body.len();
    format!(
        "{method} {path} HTTP/1.1\r\nhost: {address}\r\n{credential}content-type: application/json\r\n\
         content-length: {length}\r\n\r\n{body}"
    )
    .into_bytes()
}

/// Returns the header that shows a token.
pub(crate) fn bearer(token: &str) -> String {
    format!("authorization: Bearer {token}\r\n")
}
