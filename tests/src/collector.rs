//! Somebody who takes what a server sends: a loopback HTTP server that keeps every request and answers as it was told.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};

/// A request that was taken.
#[derive(Debug, Clone)]
pub struct Taken {
    /// `POST /v1/traces`
    pub line: String,
    /// The headers as they came.
    pub headers: Vec<String>,
    /// The body.
    pub body: Vec<u8>,
}

/// What becomes of a request.
#[derive(Debug, Clone)]
pub enum Reply {
    /// It is answered with this status, these header lines and this body.
    Answer(u16, &'static str, String),
    /// It is never answered.
    Silence,
}

/// Takes requests until the process ends.
#[derive(Debug, Clone)]
pub struct Collector {
    address: SocketAddr,
    taken: Arc<Mutex<Vec<Taken>>>,
}

impl Default for Collector {
    fn default() -> Self {
        Self::start()
    }
}

impl Taken {
    /// Returns the value of a header by its name in any case; empty when there is none.
    pub fn header(&self, name: &str) -> &str {
        let pairs = self.headers.iter().filter_map(|line| line.split_once(':'));
        pairs
            .filter(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.trim())
            .next()
            .unwrap_or_default()
    }
}

impl Collector {
    /// Starts on a free port of the loopback.
    ///
    /// # Panics
    /// When there is none.
    pub fn start() -> Self {
        Self::answering("{}")
    }

    /// Starts on a free port of the loopback, and answers everybody with this JSON.
    ///
    /// # Panics
    /// When there is none.
    pub fn answering(json: &str) -> Self {
        Self::replying([Reply::Answer(200, "Content-Type: application/json", json.to_owned())])
    }

    /// Starts on a free port of the loopback, and does this with one request after another, the last with all that follow.
    ///
    /// # Panics
    /// When there is none.
    pub fn replying(replies: impl IntoIterator<Item = Reply>) -> Self {
        let replies = Arc::new(Mutex::new(replies.into_iter().collect::<VecDeque<_>>()));
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("an address");
        let taken = Arc::new(Mutex::new(Vec::new()));
        let sink = taken.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (sink, replies) = (sink.clone(), replies.clone());
                std::thread::spawn(move || take(stream, &sink, &replies));
            }
        });
        Self { address, taken }
    }

    /// Returns `host:port`.
    pub fn address(&self) -> String {
        self.address.to_string()
    }

    /// Returns what was taken so far.
    pub fn taken(&self) -> Vec<Taken> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Returns all bodies so far, one after another, as text.
    pub fn text(&self) -> String {
        let bodies = self.taken().into_iter().map(|taken| String::from_utf8_lossy(&taken.body).into_owned());
        bodies.collect::<Vec<_>>().join("\n")
    }
}

fn take(stream: TcpStream, sink: &Mutex<Vec<Taken>>, replies: &Mutex<VecDeque<Reply>>) {
    let Ok(mut out) = stream.try_clone() else { return };
    let mut reader = BufReader::new(stream);
    while let Some(taken) = request(&mut reader) {
        let reply = next(replies);
        sink.lock().unwrap_or_else(PoisonError::into_inner).push(taken);
        match reply {
            Reply::Answer(status, headers, body) => {
                let length = body.len();
                let head = format!("HTTP/1.1 {status} So\r\n{headers}\r\nContent-Length: {length}");
                let _ = out.write_all(format!("{head}\r\n\r\n{body}").as_bytes());
            }
            Reply::Silence => {
                // Until who asks goes away.
                let _ = reader.read(&mut [0]);
                return;
            }
        }
    }
}

fn next(replies: &Mutex<VecDeque<Reply>>) -> Reply {
    let mut replies = replies.lock().unwrap_or_else(PoisonError::into_inner);
    match replies.len() {
        0 | 1 => replies.front().cloned().unwrap_or(Reply::Silence),
        _ => replies.pop_front().unwrap_or(Reply::Silence),
    }
}

fn request(reader: &mut BufReader<TcpStream>) -> Option<Taken> {
    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).ok()? == 0 {
            return None;
        }
        let line = line.trim_end().to_owned();
        if line.is_empty() {
            break;
        }
        lines.push(line);
    }
    let named = |name: &str| {
        let found = lines.iter().filter_map(|line| line.split_once(':'));
        found
            .filter(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.trim().to_owned())
            .next()
    };
    let body = match named("content-length").and_then(|length| length.parse::<usize>().ok()) {
        Some(length) => {
            let mut body = vec![0; length];
            reader.read_exact(&mut body).ok()?;
            body
        }
        None if named("transfer-encoding").is_some() => chunks(reader)?,
        None => Vec::new(),
    };
    let headers = lines.split_off(1);
    Some(Taken { line: lines.pop()?, headers, body })
}

fn chunks(reader: &mut BufReader<TcpStream>) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let length = usize::from_str_radix(line.trim(), 16).ok()?;
        let mut chunk = vec![0; length + 2];
        reader.read_exact(&mut chunk).ok()?;
        if length == 0 {
            return Some(body);
        }
        body.extend_from_slice(&chunk[..length]);
    }
}
