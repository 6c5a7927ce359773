//! Bytes on a TCP connection: requests that no well-behaved client would send.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use crate::waiting::Stopwatch;

/// What came back on a raw connection.
#[derive(Debug, Clone)]
pub struct RawAnswer {
    /// The status of the first answer; 0 when the connection closed without one.
    pub status: u16,
    /// Status line and headers.
    pub head: String,
    /// What followed.
    pub body: String,
    /// Whether the server closed the connection.
    pub closed: bool,
    /// How long that took.
    pub took: Duration,
}

impl RawAnswer {
    /// Returns the value of the header `name`, in any case, or nothing.
    pub fn header(&self, name: &str) -> &str {
        let mut fields = self.head.lines().skip(1).filter_map(|line| line.split_once(':'));
        fields.find(|(key, _)| key.eq_ignore_ascii_case(name)).map_or("", |(_, value)| value.trim())
    }
}

/// Sends `bytes` to `address` and returns what comes back until the server closes, or `patience` ends.
///
/// # Panics
/// When no connection can be made.
#[track_caller]
pub fn exchange(address: &str, bytes: &[u8], patience: Duration) -> RawAnswer {
    let watch = Stopwatch::start();
    let mut stream = TcpStream::connect(address).expect("the server accepts");
    stream.set_write_timeout(Some(Duration::from_secs(5))).expect("a time limit is set");
    // A server may answer and close before it has read all: that is not our failure.
    let _ = stream.write_all(bytes);
    answer(&mut stream, watch, patience)
}

/// Reads an answer from a connection until the server closes, a whole answer is there, or `patience` ends.
///
/// # Panics
/// When the connection takes no time limit.
#[track_caller]
pub fn answer(stream: &mut TcpStream, watch: Stopwatch, patience: Duration) -> RawAnswer {
    stream.set_read_timeout(Some(Duration::from_millis(50))).expect("a time limit is set");
    let mut bytes = Vec::new();
    let mut buffer = [0; 4096];
    let mut closed = false;
    while !closed && watch.elapsed() < patience && !is_whole(&bytes) {
        match stream.read(&mut buffer) {
            Ok(0) => closed = true,
            Ok(count) => bytes.extend_from_slice(&buffer[..count]),
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
            Err(_) => closed = true,
        }
    }
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
    let status = head.split(' ').nth(1).and_then(|code| code.parse().ok()).unwrap_or(0);
    RawAnswer { status, head: head.to_owned(), body: body.to_owned(), closed, took: watch.elapsed() }
}

/// Reads everything until the server closes or `patience` ends.
///
/// # Panics
/// When the connection takes no time limit.
#[track_caller]
pub fn all(stream: &mut TcpStream, patience: Duration) -> String {
    stream.set_read_timeout(Some(patience)).expect("a time limit is set");
    let mut bytes = Vec::new();
    // A reset after the answer is an end like any other.
    let _ = stream.read_to_end(&mut bytes);
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Tells an answer whose announced length has arrived.
fn is_whole(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let length = head.lines().filter_map(|line| line.split_once(':'));
    let mut length = length.filter(|(name, _)| name.eq_ignore_ascii_case("content-length"));
    length
        .next()
        .and_then(|(_, value)| value.trim().parse().ok())
        .is_some_and(|length: usize| body.len() >= length)
}
