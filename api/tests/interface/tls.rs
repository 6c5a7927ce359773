//! The server with a certificate of its own.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use dateline_api::http::server::{Site, Waits};
use dateline_api::tls::{Certificates, TlsFiles};
use rcgen::CertifiedKey;
use rustls::crypto::ring::default_provider;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ProtocolVersion, RootCertStore, SupportedProtocolVersion};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::served::{Served, is_refusal, rest, served_with};

struct Secure {
    served: Served,
    certificates: Arc<Certificates>,
    trusted: CertificateDer<'static>,
    folder: tempfile::TempDir,
}

fn issue(folder: &Path) -> CertificateDer<'static> {
    let CertifiedKey { cert, signing_key } =
        rcgen::generate_simple_self_signed(["127.0.0.1".into()]).expect("a certificate");
    std::fs::write(folder.join("cert.pem"), cert.pem()).expect("written");
    std::fs::write(folder.join("key.pem"), signing_key.serialize_pem()).expect("written");
    cert.der().clone()
}

async fn secure() -> Secure {
    let folder = tempfile::tempdir().expect("a folder");
    let trusted = issue(folder.path());
    let files = TlsFiles { certificate: folder.path().join("cert.pem"), key: folder.path().join("key.pem") };
    let certificates = Arc::new(Certificates::load(files).expect("a certificate"));
    let config = Arc::new(certificates.config().expect("a configuration"));
    let short = Waits { head: Duration::from_millis(300), ..Waits::default() };
    let served = served_with(|site| Site { tls: Some(config), waits: short, ..site }).await;
    Secure { served, certificates, trusted, folder }
}

impl Secure {
    async fn connect_as(
        &self,
        protocols: &[&[u8]],
        versions: &[&'static SupportedProtocolVersion],
    ) -> std::io::Result<TlsStream<TcpStream>> {
        let mut roots = RootCertStore::empty();
        roots.add(self.trusted.clone()).expect("a root");
        let builder = ClientConfig::builder_with_provider(Arc::new(default_provider()));
        let builder = builder.with_protocol_versions(versions).expect("versions");
        let mut config = builder.with_root_certificates(roots).with_no_client_auth();
        config.alpn_protocols = protocols.iter().map(|name| name.to_vec()).collect();
        let stream = TcpStream::connect(self.served.address).await?;
        let name = ServerName::try_from("127.0.0.1").expect("a name");
        TlsConnector::from(Arc::new(config)).connect(name, stream).await
    }

    async fn connect(&self) -> TlsStream<TcpStream> {
        self.connect_as(&[], rustls::ALL_VERSIONS).await.expect("a handshake")
    }

    fn probe(&self, more: &str) -> Vec<u8> {
        format!("GET /healthz HTTP/1.1\r\nhost: {}\r\n{more}\r\n", self.served.address).into_bytes()
    }

    async fn ask(&self, stream: &mut TlsStream<TcpStream>) -> String {
        stream.write_all(&self.probe("")).await.expect("it takes them");
        let mut answer = [0; 4096];
        let count = stream.read(&mut answer).await.expect("an answer");
        String::from_utf8_lossy(&answer[..count]).into_owned()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_travel_encrypted_and_browsers_are_told_to_stay() {
    let secure = secure().await;
    let answer = secure.ask(&mut secure.connect().await).await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(answer.contains("\r\nstrict-transport-security: max-age=63072000\r\n"), "{answer}");
    let mut refused = secure.connect().await;
    refused.write_all(b"GET /\n\n").await.expect("it takes them");
    let answer = rest(&mut refused).await;
    is_refusal(&answer, "400", "MALFORMED_REQUEST");
    assert!(answer.contains("strict-transport-security"), "{answer}");
}

#[tokio::test(flavor = "multi_thread")]
async fn both_safe_versions_and_only_http_1_are_spoken() {
    let secure = secure().await;
    for (version, name) in [
        (&rustls::version::TLS12, ProtocolVersion::TLSv1_2),
        (&rustls::version::TLS13, ProtocolVersion::TLSv1_3),
    ] {
        let stream = secure.connect_as(&[b"h2", b"http/1.1"], &[version]).await.expect("a handshake");
        assert_eq!(stream.get_ref().1.protocol_version(), Some(name));
        assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"http/1.1"[..]));
    }
    let only_2 = secure.connect_as(&[b"h2"], rustls::ALL_VERSIONS).await;
    assert!(only_2.is_err_and(|error| error.to_string().contains("NoApplicationProtocol")));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_does_not_speak_tls_is_told_or_cut() {
    let secure = secure().await;
    let answer = secure.served.exchange(&secure.probe("")).await;
    is_refusal(&answer, "400", "MALFORMED_REQUEST");
    assert!(answer.contains("use https"), "{answer}");
    assert_eq!(secure.served.exchange(b"").await, "", "silence is cut");
    assert_eq!(secure.served.exchange(&[0x16, 3, 1]).await, "", "half a handshake is cut");
    let garbage = secure.served.exchange(&[0x16; 500]).await;
    assert!(!garbage.contains("HTTP"), "{garbage:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_renewed_certificate_is_shown_and_open_connections_go_on() {
    let mut secure = secure().await;
    let mut old = secure.connect().await;
    assert!(secure.ask(&mut old).await.starts_with("HTTP/1.1 200"));
    secure.trusted = issue(secure.folder.path());
    let early = secure.connect_as(&[], rustls::ALL_VERSIONS).await;
    assert!(early.is_err(), "the old one is still shown");
    secure.certificates.reload().expect("it is read");
    assert!(secure.ask(&mut secure.connect().await).await.starts_with("HTTP/1.1 200"));
    assert!(secure.ask(&mut old).await.starts_with("HTTP/1.1 200"), "nobody was dropped");
}
