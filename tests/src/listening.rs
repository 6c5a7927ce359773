//! A listener to the server's events, as a program without an SSE library would be one.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::Value;

/// One event as it was told.
#[derive(Debug, Clone, PartialEq)]
pub struct Told {
    /// Where the stream then stands.
    pub id: u64,
    /// What it is about.
    pub name: String,
    /// What it says.
    pub data: Value,
}

/// An open stream of events.
#[derive(Debug)]
pub struct Listener {
    lines: BufReader<TcpStream>,
}

impl Listener {
    /// Opens a stream that goes on after `last`, or begins now.
    ///
    /// # Errors
    /// The status when the server refuses, or 0 when there is no answer.
    ///
    /// # Panics
    /// When no connection can be made.
    pub fn open(address: &str, token: &str, last: Option<u64>) -> Result<Self, u16> {
        let mut stream = TcpStream::connect(address).expect("the server accepts");
        stream.set_read_timeout(Some(Duration::from_secs(30))).expect("a time limit is set");
        let resume = last.map_or(String::new(), |id| format!("last-event-id: {id}\r\n"));
        let request = format!(
            "GET /api/events HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {token}\r\n{resume}\r\n"
        );
        stream.write_all(request.as_bytes()).map_err(|_| 0_u16)?;
        let mut lines = BufReader::new(stream);
        let mut line = String::new();
        lines.read_line(&mut line).map_err(|_| 0_u16)?;
        let status = line.split(' ').nth(1).and_then(|code| code.parse().ok()).unwrap_or(0);
        if status != 200 {
            return Err(status);
        }
        while line != "\r\n" {
            line.clear();
            if lines.read_line(&mut line).map_err(|_| 0_u16)? == 0 {
                return Err(0);
            }
        }
        Ok(Self { lines })
    }

    /// Returns the next event, or `None` when the stream has ended.
    ///
    /// # Panics
    /// When nothing comes for 30 s, or what comes is no event.
    pub fn told(&mut self) -> Option<Told> {
        let (mut id, mut name, mut data) = (None, None, None);
        loop {
            let mut line = String::new();
            match self.lines.read_line(&mut line) {
                Ok(0) => return None,
                Ok(_) => {}
                Err(error) if error.kind() == std::io::ErrorKind::ConnectionReset => return None,
                Err(error) => panic!("the stream said nothing: {error}"),
            }
            // The last chunk is empty; the connection would take another request.
            if line == "0\r\n" {
                return None;
            }
            // Chunk sizes stand between the lines; no event has a line like them.
            match line.trim_end().split_once(": ") {
                Some(("id", text)) => id = Some(text.parse().expect("a number")),
                Some(("event", text)) => name = Some(text.to_owned()),
                Some(("data", text)) => data = Some(serde_json::from_str(text).expect("JSON")),
                _ => {}
            }
            if line == "\n"
                && let (Some(id), Some(name), Some(data)) = (id.take(), name.take(), data.take())
            {
                return Some(Told { id, name, data });
            }
        }
    }
}
