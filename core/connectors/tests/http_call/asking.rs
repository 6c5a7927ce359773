//! Requests of jobs against servers of the tests' own on the loopback, which the guard allows them by name.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use dateline_connectors::egress::Egress;
use dateline_connectors::http_call::HttpClient;
use dateline_core::egress::PrivateHosts;
use dateline_core::http_call::{HttpAnswer, HttpCall, HttpCaller, HttpFailure, Method};
use dateline_core::secret::Secret;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What a server does with a connection once it has read a request.
type Script = Arc<dyn Fn(String, TcpStream) -> futures::future::BoxFuture<'static, ()> + Send + Sync>;

/// A server that remembers the requests it was sent.
struct Server {
    port: u16,
    heard: Arc<Mutex<Vec<String>>>,
}

impl Server {
    async fn start(script: Script) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let heard = Arc::new(Mutex::new(Vec::new()));
        let hears = heard.clone();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let (script, hears) = (script.clone(), hears.clone());
                tokio::spawn(async move {
                    let request = read_request(&mut stream).await;
                    hears.lock().expect("whole").push(request.clone());
                    script(request, stream).await;
                });
            }
        });
        Self { port, heard }
    }

    /// A server that answers each request with the same bytes and closes.
    async fn saying(answer: impl Into<Vec<u8>>) -> Self {
        let answer = Arc::new(answer.into());
        Self::start(Arc::new(move |_, mut stream| {
            let answer = answer.clone();
            Box::pin(async move {
                // Who is cut off has heard enough.
                let _ = stream.write_all(&answer).await;
                let _ = stream.shutdown().await;
            })
        }))
        .await
    }

    fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    fn heard(&self) -> Vec<String> {
        self.heard.lock().expect("whole").clone()
    }
}

async fn read_request(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let read = stream.read(&mut buffer).await.unwrap_or(0);
        bytes.extend_from_slice(&buffer[..read]);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let Some((head, body)) = text.split_once("\r\n\r\n") else {
            if read == 0 {
                return text;
            }
            continue;
        };
        let length = head.to_lowercase().lines().find_map(|line| {
            line.strip_prefix("content-length: ").and_then(|length| length.trim().parse::<usize>().ok())
        });
        if read == 0 || body.len() >= length.unwrap_or(0) {
            return text;
        }
    }
}

fn ok(body: &str) -> String {
    format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nX-Kind: plain\r\n\r\n{body}", body.len())
}

fn redirect(status: u16, to: &str) -> String {
    format!("HTTP/1.1 {status} Moved\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n")
}

fn call(url: &str) -> HttpCall {
    HttpCall {
        method: Method::Get,
        url: url.to_owned(),
        headers: Vec::new(),
        own_headers: Vec::new(),
        body: None,
        timeout: Duration::from_secs(5),
    }
}

/// Sends with a client that may ask these ports of the loopback.
async fn send(call: HttpCall, servers: &[&Server]) -> Result<HttpAnswer, HttpFailure> {
    let hosts = servers.iter().map(|server| format!("127.0.0.1:{}", server.port));
    let client = HttpClient::new(Egress::new(PrivateHosts::new(hosts)), None).expect("a client");
    client.send(call).await
}

#[tokio::test]
async fn an_answer_is_brought_back_as_it_came() {
    let server = Server::saying(ok("hello")).await;
    let post = HttpCall {
        method: Method::Post,
        headers: vec![("X-A".to_owned(), "1".to_owned())],
        own_headers: vec![("Authorization".to_owned(), Secret::new("Bearer s3cr3t"))],
        body: Some("{}".to_owned()),
        ..call(&server.url("/hook?x=1"))
    };
    let answer = send(post, &[&server]).await.expect("an answer");
    assert_eq!((answer.status, answer.redirects, answer.body.as_slice()), (200, 0, &b"hello"[..]));
    assert_eq!((answer.header("x-kind"), answer.url.as_str()), (Some("plain"), &*server.url("/hook?x=1")));
    let heard = server.heard().remove(0).to_lowercase();
    for part in
        ["post /hook?x=1 http/1.1", "x-a: 1", "authorization: bearer s3cr3t", "accept-encoding: identity"]
    {
        assert!(heard.contains(part), "{part}: {heard}");
    }
    assert!(heard.ends_with("{}"), "{heard}");
}

#[tokio::test]
async fn row_26_inner_addresses_are_refused_at_connect_without_leave() {
    let server = Server::saying(ok("hello")).await;
    for host in ["127.0.0.1", "127.1", "2130706433", "[::ffff:127.0.0.1]", "localhost"] {
        let refused = send(call(&format!("http://{host}:{}/", server.port)), &[]).await;
        assert!(matches!(refused, Err(HttpFailure::Refused(_))), "{host}: {refused:?}");
    }
    let other = Server::saying(ok("hello")).await;
    let refused = send(call(&other.url("/")), &[&server]).await;
    assert!(matches!(refused, Err(HttpFailure::Refused(_))), "another port: {refused:?}");
    assert!(server.heard().is_empty() && other.heard().is_empty());
}

#[tokio::test]
async fn row_28_redirects_are_vetted_hop_by_hop_and_three_are_followed() {
    let end = Server::saying(ok("there")).await;
    let metadata = Server::saying(redirect(302, "http://169.254.169.254/latest/meta-data/")).await;
    let refused = send(call(&metadata.url("/")), &[&metadata]).await;
    assert!(matches!(refused, Err(HttpFailure::Refused(_))), "{refused:?}");
    let relative = Server::start(Arc::new(|request: String, mut stream: TcpStream| {
        Box::pin(async move {
            let step: u8 = request.as_bytes().get(5).copied().unwrap_or(b'0') - b'0';
            let answer = if step == 3 { ok("there") } else { redirect(302, &format!("/{}", step + 1)) };
            let _ = stream.write_all(answer.as_bytes()).await;
        })
    }))
    .await;
    let answer = send(call(&relative.url("/0")), &[&relative]).await.expect("an answer");
    assert_eq!((answer.redirects, answer.url.as_str()), (3, &*relative.url("/3")));
    let endless = Server::saying(redirect(302, "/again")).await;
    let refused = send(call(&endless.url("/")), &[&endless]).await;
    assert!(matches!(refused, Err(HttpFailure::Redirect { .. })), "{refused:?}");
    assert_eq!(endless.heard().len(), 4, "the first and three more");
    let file = Server::saying(redirect(301, "file:///etc/passwd")).await;
    assert!(send(call(&file.url("/")), &[&file, &end]).await.is_err());
}

#[tokio::test]
async fn row_28_secrets_stay_with_the_server_they_were_given_for() {
    let end = Server::saying(ok("there")).await;
    let start = Server::saying(redirect(302, &end.url("/elsewhere"))).await;
    let with_secrets = HttpCall {
        headers: vec![
            ("Authorization".to_owned(), "Basic abc".to_owned()),
            ("X-Plain".to_owned(), "1".to_owned()),
        ],
        own_headers: vec![("X-Token".to_owned(), Secret::new("s3cr3t"))],
        ..call(&start.url("/"))
    };
    send(with_secrets, &[&start, &end]).await.expect("an answer");
    let (first, second) = (start.heard().remove(0).to_lowercase(), end.heard().remove(0).to_lowercase());
    assert!(first.contains("authorization: basic abc") && first.contains("x-token: s3cr3t"), "{first}");
    assert!(second.contains("x-plain: 1"), "{second}");
    assert!(!second.contains("authorization") && !second.contains("s3cr3t"), "{second}");
}

#[tokio::test]
async fn row_28_a_body_is_not_taken_to_another_server() {
    let end = Server::saying(ok("there")).await;
    for (status, is_followed) in [(307, false), (308, false), (303, true)] {
        let start = Server::saying(redirect(status, &end.url("/elsewhere"))).await;
        let body = Some("a secret perhaps".to_owned());
        let post = HttpCall { method: Method::Post, body, ..call(&start.url("/")) };
        let answer = send(post, &[&start, &end]).await;
        assert_eq!(answer.is_ok(), is_followed, "{status}: {answer:?}");
    }
    let heard = end.heard();
    assert_eq!(heard.len(), 1);
    assert!(heard[0].starts_with("GET /elsewhere") && !heard[0].contains("secret"), "{heard:?}");
}

#[tokio::test]
async fn row_30_an_answer_is_taken_within_bounds() {
    let said = Server::saying("HTTP/1.1 200 OK\r\nContent-Length: 10000000000\r\n\r\nx".as_bytes()).await;
    assert_eq!(send(call(&said.url("/")), &[&said]).await, Err(HttpFailure::TooLarge));
    let mut bytes = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n".to_vec();
    bytes.resize(2 * 1024 * 1024, b'x');
    let unsaid = Server::saying(bytes).await;
    assert_eq!(send(call(&unsaid.url("/")), &[&unsaid]).await, Err(HttpFailure::TooLarge));
    let headers: String = (0..1_000_000).map(|n| format!("X-{n}: 1\r\n")).collect();
    let many = Server::saying(format!("HTTP/1.1 200 OK\r\n{headers}\r\n")).await;
    assert!(send(call(&many.url("/")), &[&many]).await.is_err());
}

#[tokio::test]
async fn row_30_what_is_packed_is_not_unpacked() {
    // What a bomb unfolds to costs nothing while nobody unfolds it.
    let head = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\n";
    let bomb = Server::saying([head.as_bytes(), &[0x1f, 0x8b, 8, 0]].concat()).await;
    let answer = send(call(&bomb.url("/")), &[&bomb]).await.expect("an answer");
    assert_eq!(answer.body, [0x1f, 0x8b, 8, 0]);
}

#[tokio::test]
async fn row_30_an_endless_drip_is_cut() {
    let drip = Server::start(Arc::new(|_, mut stream: TcpStream| {
        Box::pin(async move {
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n").await;
            while stream.write_all(b"x").await.is_ok() {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        })
    }))
    .await;
    let timeout = Duration::from_millis(300);
    let cut = send(HttpCall { timeout, ..call(&drip.url("/")) }, &[&drip]).await;
    assert_eq!(cut, Err(HttpFailure::TimedOut { timeout }));
}

#[tokio::test]
async fn who_is_not_there_may_come_back() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    drop(listener);
    let client = HttpClient::new(Egress::new(PrivateHosts::new([format!("127.0.0.1:{port}")])), None);
    let failure = client.expect("a client").send(call(&format!("http://127.0.0.1:{port}/"))).await;
    assert!(matches!(failure, Err(HttpFailure::Unreachable { .. })), "{failure:?}");
}
