//! TLS with a certificate of the operator's: served, renewed, and refused in words.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use dateline_tests::command::dateline;
use dateline_tests::server::{self, Server};
use dateline_tests::waiting::until;
use rcgen::{CertificateParams, KeyPair, date_time_ymd};
use rustls::crypto::ring::default_provider;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use tempfile::TempDir;

struct Papers {
    folder: TempDir,
    trusted: CertificateDer<'static>,
}

impl Papers {
    fn new() -> Self {
        let folder = tempfile::Builder::new().prefix("papers-").tempdir().expect("a folder is made");
        let trusted = issue(folder.path(), 2051);
        Self { folder, trusted }
    }

    fn certificate(&self) -> PathBuf {
        self.folder.path().join("cert.pem")
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn serve(&self) -> Result<Server, String> {
        let (certificate, key) = (text(&self.certificate()), text(&self.folder.path().join("key.pem")));
        let settings = [("DATELINE_TLS_CERT", &*certificate), ("DATELINE_TLS_KEY", &*key)];
        Server::try_start_with(&self.data(), &settings).map_err(|ran| {
            assert_eq!(ran.code, Some(1), "{ran:?}");
            ran.said()
        })
    }
}

fn text(path: &Path) -> String {
    path.to_str().expect("a path in UTF-8").to_owned()
}

/// Writes a new certificate and its key, and returns what a client has to trust.
fn issue(folder: &Path, last_year: i32) -> CertificateDer<'static> {
    let key = KeyPair::generate().expect("a key");
    let mut params = CertificateParams::new(["127.0.0.1".to_owned()]).expect("parameters");
    params.not_after = date_time_ymd(last_year, 1, 1);
    let certificate = params.self_signed(&key).expect("a certificate");
    std::fs::write(folder.join("cert.pem"), certificate.pem()).expect("a file is written");
    std::fs::write(folder.join("key.pem"), key.serialize_pem()).expect("a file is written");
    certificate.der().clone()
}

type Line = StreamOwned<ClientConnection, TcpStream>;

/// Connects, trusting nobody but `trusted`, and returns the connection after one answer.
fn ask(address: &str, trusted: &CertificateDer<'static>) -> Result<(Line, String), std::io::Error> {
    let mut roots = RootCertStore::empty();
    roots.add(trusted.clone()).expect("a root");
    let builder = ClientConfig::builder_with_provider(Arc::new(default_provider()));
    let builder = builder.with_protocol_versions(rustls::ALL_VERSIONS).expect("versions");
    let config = builder.with_root_certificates(roots).with_no_client_auth();
    let name = ServerName::try_from("127.0.0.1").expect("a name");
    let connection = ClientConnection::new(Arc::new(config), name).expect("a connection");
    let socket = TcpStream::connect(address)?;
    socket.set_read_timeout(Some(Duration::from_secs(5)))?;
    let mut line = StreamOwned::new(connection, socket);
    let answer = again(&mut line, address)?;
    Ok((line, answer))
}

fn again(line: &mut Line, address: &str) -> Result<String, std::io::Error> {
    line.write_all(format!("GET /healthz HTTP/1.1\r\nHost: {address}\r\n\r\n").as_bytes())?;
    let mut bytes = [0; 4096];
    let count = line.read(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes[..count]).into_owned())
}

#[test]
fn a_certificate_is_served_and_renewed_while_connections_go_on() {
    let papers = Papers::new();
    let server = papers.serve().expect("it starts");
    let address = server.address();
    assert_eq!(server.warnings(), [""; 0], "nothing to warn of");
    let (mut line, answer) = ask(address, &papers.trusted).expect("a handshake");
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(answer.contains("strict-transport-security: max-age="), "{answer}");
    let renewed = issue(papers.folder.path(), 2052);
    server::signal("HUP", server.pid());
    let (_, answer) = until(Duration::from_secs(8), "the new certificate", || ask(address, &renewed).ok());
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(ask(address, &papers.trusted).is_err(), "the old one is gone");
    assert!(
        again(&mut line, address).is_ok_and(|answer| answer.starts_with("HTTP/1.1 200")),
        "nobody is dropped"
    );
    std::fs::write(papers.certificate(), "half a file").expect("a file is written");
    server::signal("HUP", server.pid());
    until(Duration::from_secs(8), "a word about it", || {
        server.said().contains("the certificate stays as it was").then_some(())
    });
    assert!(ask(address, &renewed).is_ok(), "what cannot be used replaces nothing");
    let backup = dateline(["backup", "--data", &text(&papers.data())]);
    assert_eq!(backup.code, Some(0), "the commands of this machine still reach it: {backup:?}");
}

#[test]
fn a_certificate_that_cannot_be_used_ends_the_start_in_words() {
    let papers = Papers::new();
    let key = papers.folder.path().join("key.pem");
    let check = |path: &Path, content: Option<&str>, words: &str| {
        let before = std::fs::read(path).expect("a file is read");
        match content {
            Some(content) => std::fs::write(path, content).expect("a file is written"),
            None => std::fs::remove_file(path).expect("a file is removed"),
        }
        let said = papers.serve().expect_err("it does not start");
        assert!(said.contains(&format!("`{}`", text(path))) && said.contains(words), "{said}");
        std::fs::write(path, before).expect("a file is written");
    };
    check(&papers.certificate(), None, "No such file");
    check(&papers.certificate(), Some("words"), "holds no certificate in PEM");
    check(&key, None, "No such file");
    check(&key, Some("words"), "holds no private key in PEM");
    check(
        &key,
        Some(&KeyPair::generate().expect("a key").serialize_pem()),
        "is not the key of the certificate",
    );
    let alone = dateline(["serve", "--tls-cert", "cert.pem"]);
    assert_eq!(alone.code, Some(2), "one needs the other: {alone:?}");
    let wrong = dateline(["serve", "--trusted-proxy", "10.0.0.1/8"]);
    assert!(wrong.code == Some(2) && wrong.stderr.contains("10.0.0.0/8"), "{wrong:?}");
    let wrong = dateline(["serve", "--host", "https://news.example"]);
    assert!(wrong.code == Some(2) && wrong.stderr.contains("without a scheme"), "{wrong:?}");
}

#[test]
fn an_expired_certificate_is_served_with_a_warning() {
    let papers = Papers::new();
    issue(papers.folder.path(), 2020);
    let server = papers.serve().expect("it starts");
    assert!(server.warnings().iter().any(|warning| warning.contains("expired at 2020-01-01")));
    assert!(server.said().contains("expired at 2020-01-01"), "the log has it too");
}
