//! One durable trigger over HTTP: from the request's first byte to the answer's last, on a kept connection.
//!
//! `cargo bench -p dateline-api --bench trigger` prints the median; nothing is judged here, machines differ.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use dateline_api::config::Config;
use dateline_api::os::OsClock;
use dateline_api::running::Running;
use dateline_core::clock::Clock;
use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::client::conn::http1::SendRequest;
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::TcpStream;

const ROUNDS: usize = 2_000;

struct Client {
    sender: SendRequest<Full<Bytes>>,
    host: String,
    token: String,
}

impl Client {
    async fn post(&mut self, path: &str, body: Value) -> Value {
        let request = hyper::Request::post(path)
            .header("host", &self.host)
            .header("authorization", format!("Bearer {}", self.token))
            .header("content-type", "application/json")
            .body(Full::from(body.to_string()))
            .expect("a request");
        self.sender.ready().await.expect("a connection");
        let response = self.sender.send_request(request).await.expect("an answer");
        let bytes = response.into_body().collect().await.expect("a body").to_bytes();
        serde_json::from_slice(&bytes).expect("JSON")
    }
}

/// Makes a repository without commits: the executions that are triggered end at once and do not disturb the measure.
fn empty_repository(folder: &Path) -> std::io::Result<PathBuf> {
    let path = folder.join("repository");
    for part in ["objects", "refs/heads"] {
        std::fs::create_dir_all(path.join(".git").join(part))?;
    }
    std::fs::write(path.join(".git/HEAD"), "ref: refs/heads/main\n")?;
    path.canonicalize()
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let folder = tempfile::tempdir().expect("a folder");
    let listen = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let config = Config::plain(listen, &folder.path().join("data")).expect("a configuration");
    let running = Running::start(&config).await.expect("a server");
    let token = running.new_token.as_ref().expect("a token").text().to_owned();
    let stream = TcpStream::connect(running.address).await.expect("a connection");
    stream.set_nodelay(true).expect("a socket");
    let (sender, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.expect("a connection");
    tokio::spawn(connection);
    let mut client = Client { sender, host: running.address.to_string(), token };
    let path = empty_repository(folder.path()).expect("a repository");
    let project = json!({ "name": "Bench", "source": { "kind": "GIT", "path": path } });
    let project = client.post("/api/projects", project).await["id"].clone();
    let config = json!({ "hour": 0, "minute": 0, "timezone": "UTC" });
    let job = json!({
        "projectId": project, "type": "GENERATE_CONTENT", "name": "Bench", "frequency": "DAILY", "timeConfig": config
    });
    let job = client.post("/api/cron/schedule", job).await["id"].clone();
    let clock = OsClock::new();
    let mut times: Vec<Duration> = Vec::with_capacity(ROUNDS);
    for _ in 0..ROUNDS {
        let before = clock.monotonic();
        let answer = client.post("/api/cron/trigger", json!({ "jobId": job })).await;
        times.push(clock.monotonic() - before);
        assert!(answer["executionId"].is_string(), "{answer}");
    }
    times.sort_unstable();
    let at = |percent: usize| times[ROUNDS * percent / 100].as_micros();
    println!(
        "one durable trigger over HTTP, {ROUNDS} rounds: p50 {} µs, p95 {} µs, p99 {} µs",
        at(50),
        at(95),
        at(99)
    );
    running.stop().await;
}
