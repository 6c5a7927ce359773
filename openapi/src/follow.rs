//! Live events: a stream that goes on where it broke off.

use std::time::Duration;

use futures::StreamExt;
use reqwest::header::{ACCEPT, AUTHORIZATION, HeaderValue};

use crate::client::Client;
use crate::problem::ClientError;

/// The longest event that is read.
const EVENT_BYTES_MAX: usize = 1024 * 1024;

/// The server says something at least every 15 s; this much silence is a dead connection.
const SILENCE_MAX: Duration = Duration::from_secs(60);

/// The pause before the first try to connect again; it doubles with each.
const FIRST_PAUSE: Duration = Duration::from_millis(200);

/// The longest pause between two tries to connect again.
const PAUSE_MAX: Duration = Duration::from_secs(10);

/// One event of the stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LiveEvent {
    /// Its number; what to give to [`Client::follow`] to go on behind it.
    pub id: Option<String>,
    /// What happened, such as `execution.changed`; `reset` when events were lost for good.
    pub event: String,
    /// The rest, as JSON.
    pub data: String,
}

/// A stream of live events. Lost connections are made again, behind the last event.
pub struct Follow {
    client: Client,
    last: Option<String>,
    open: Option<Open>,
    pause: Duration,
}

struct Open {
    bytes: futures::stream::BoxStream<'static, Result<Vec<u8>, reqwest::Error>>,
    lines: Lines,
}

impl Client {
    /// Follows what happens, behind the event `last` when it is given.
    pub fn follow(&self, last: Option<String>) -> Follow {
        Follow { client: self.clone(), last, open: None, pause: FIRST_PAUSE }
    }
}

impl Follow {
    /// Returns the next event; waits for it as long as it takes.
    ///
    /// # Errors
    /// [`ClientError`] when the server refuses, or nobody answers at the first try. Later losses are waited out.
    pub async fn next(&mut self) -> Result<LiveEvent, ClientError> {
        let mut is_first = self.open.is_none();
        loop {
            if self.open.is_none() {
                match self.connect().await {
                    Ok(open) => self.open = Some(open),
                    Err(error @ (ClientError::Refused(_) | ClientError::Settings(_))) => return Err(error),
                    Err(error) if is_first && self.last.is_none() => return Err(error),
                    Err(_) => {
                        tokio::time::sleep(self.pause).await;
                        self.pause = (self.pause * 2).min(PAUSE_MAX);
                    }
                }
                is_first = false;
                continue;
            }
            if let Some(event) = self.received().await {
                self.pause = FIRST_PAUSE;
                return Ok(event);
            }
            self.open = None;
            tokio::time::sleep(self.pause).await;
        }
    }

    /// Returns the next event of the open stream, `None` when it ended.
    async fn received(&mut self) -> Option<LiveEvent> {
        let open = self.open.as_mut()?;
        loop {
            let event = open.lines.event();
            if open.lines.last.is_some() {
                self.last.clone_from(&open.lines.last);
            }
            if event.is_some() {
                return event;
            }
            let more = tokio::time::timeout(SILENCE_MAX, open.bytes.next()).await;
            let bytes = more.ok().flatten()?.ok()?;
            open.lines.push(&bytes)?;
        }
    }

    async fn connect(&self) -> Result<Open, ClientError> {
        let mut url = self.client.base.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(["api", "events"]);
        }
        let mut request = reqwest::Request::new(reqwest::Method::GET, url);
        let headers = request.headers_mut();
        headers.insert(ACCEPT, HeaderValue::from_static("text/event-stream"));
        if let Some(value) = &self.client.authorization {
            headers.insert(AUTHORIZATION, value.clone());
        }
        if let Some(last) = self.last.as_deref().and_then(|last| HeaderValue::from_str(last).ok()) {
            headers.insert("last-event-id", last);
        }
        let response = self.client.http.execute(request).await.map_err(|error| self.client.lost(&error))?;
        let status = response.status();
        if !status.is_success() {
            let headers = response.headers().clone();
            let text = response.text().await.map_err(|error| self.client.lost(&error))?;
            return Err(self.client.refusal(status.as_u16(), &headers, &text));
        }
        let bytes = response.bytes_stream().map(|chunk| chunk.map(Vec::from)).boxed();
        Ok(Open { bytes, lines: Lines::default() })
    }
}

/// Cuts a stream of bytes into events, as the standard says: fields line by line, an empty line ends an event.
#[derive(Default)]
struct Lines {
    pending: Vec<u8>,
    read: usize,
    /// The last number that was told; signs of life tell one too.
    last: Option<String>,
}

impl Lines {
    /// Adds what arrived; `None` when an event is longer than any can be.
    fn push(&mut self, bytes: &[u8]) -> Option<()> {
        self.pending.drain(..self.read);
        self.read = 0;
        self.pending.extend_from_slice(bytes);
        (self.pending.len() <= EVENT_BYTES_MAX).then_some(())
    }

    /// Returns the next whole event.
    fn event(&mut self) -> Option<LiveEvent> {
        loop {
            let rest = &self.pending[self.read..];
            let end = rest.windows(2).position(|pair| pair == b"\n\n").map(|at| (at, 2));
            let crlf = rest.windows(4).position(|four| four == b"\r\n\r\n").map(|at| (at, 4));
            let (at, joint) = end.into_iter().chain(crlf).min()?;
            let block = String::from_utf8_lossy(&rest[..at]).into_owned();
            self.read += at + joint;
            let event = parsed(&block);
            if event.id.is_some() {
                self.last.clone_from(&event.id);
            }
            // The standard drops events without data: they only keep the connection alive.
            if !event.data.is_empty() {
                return Some(event);
            }
        }
    }
}

/// Returns the event a block of lines spells.
fn parsed(block: &str) -> LiveEvent {
    let mut event = LiveEvent { id: None, event: "message".into(), data: String::new() };
    let mut is_data = false;
    for line in block.lines() {
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "id" => event.id = Some(value.to_owned()),
            "event" => value.clone_into(&mut event.event),
            "data" => {
                if is_data {
                    event.data.push('\n');
                }
                event.data.push_str(value);
                is_data = true;
            }
            _ => {}
        }
    }
    event
}

#[cfg(test)]
mod tests {
    use super::*;

    fn events(chunks: &[&str]) -> Vec<LiveEvent> {
        let mut lines = Lines::default();
        let mut found = Vec::new();
        for chunk in chunks {
            lines.push(chunk.as_bytes()).expect("short");
            found.extend(std::iter::from_fn(|| lines.event()));
        }
        found
    }

    #[test]
    fn events_are_read_however_the_bytes_arrive() {
        let whole =
            ": hello\n\nid: 7\nevent: job.changed\ndata: {\"a\":1}\n\n:\n\ndata: x\ndata: y\n\nid: 9\n";
        let seven = LiveEvent { id: Some("7".into()), event: "job.changed".into(), data: "{\"a\":1}".into() };
        let plain = LiveEvent { id: None, event: "message".into(), data: "x\ny".into() };
        let expected = vec![seven, plain];
        assert_eq!(events(&[whole]), expected);
        let single: Vec<String> = whole.chars().map(String::from).collect();
        assert_eq!(events(&single.iter().map(String::as_str).collect::<Vec<_>>()), expected);
        assert_eq!(events(&[&whole.replace('\n', "\r\n")]), expected);
    }

    #[test]
    fn a_sign_of_life_tells_where_the_stream_stands() {
        let mut lines = Lines::default();
        lines.push(b"retry: 2000\n:\nid: 41\n\n").expect("short");
        assert_eq!((lines.event(), lines.last.as_deref()), (None, Some("41")));
    }

    #[test]
    fn an_endless_event_is_not_kept() {
        let mut lines = Lines::default();
        assert!(lines.push(&vec![b'x'; EVENT_BYTES_MAX + 1]).is_none());
    }
}
