//! The mail server of `tests/mail`, started and asked.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use serde_json::Value;

/// A running mail server; ends with the value.
pub(crate) struct MailServer {
    pub(crate) port: u16,
    child: Child,
    said: BufReader<ChildStdout>,
    _folder: tempfile::TempDir,
}

/// How it is set up.
#[derive(Default)]
pub(crate) struct Setup {
    /// `starttls`, `implicit`, or nothing.
    pub(crate) tls: Option<&'static str>,
    /// The name in its certificate.
    pub(crate) name: &'static str,
    /// `user:password`.
    pub(crate) login: Option<&'static str>,
}

/// Returns the Python that has `tests/mail/requirements.txt`, or `None` visibly.
fn python() -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let own = std::env::var_os("DATELINE_PYTHON").map(PathBuf::from);
    let found = [Some(root.join(".venv/bin/python")), own].into_iter().flatten().find(|python| {
        let mut import = Command::new(python);
        import.args(["-c", "import aiosmtpd"]).stderr(Stdio::null());
        import.status().is_ok_and(|status| status.success())
    });
    assert!(
        found.is_some() || std::env::var_os("CI").is_none(),
        "the Python of tests/mail/requirements.txt is missing"
    );
    if found.is_none() {
        println!(
            "SKIPPED 1 mail test: no Python with tests/mail/requirements.txt, in .venv or DATELINE_PYTHON"
        );
    }
    found
}

impl MailServer {
    /// Starts a server; returns it with the certificate of the authority that vouches for it. `None` where there is
    /// no Python for it.
    pub(crate) fn start(setup: &Setup) -> Option<(Self, Vec<u8>)> {
        let python = python()?;
        let folder = tempfile::tempdir().expect("a folder");
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/mail/smtp_server.py");
        let mut command = Command::new(python);
        command.arg(script);
        let mut authority = Vec::new();
        if let Some(tls) = setup.tls {
            let (pem, certificate, key) = certificates(setup.name, folder.path());
            authority = pem;
            command.args(["--tls", tls]).arg("--certificate").arg(certificate).arg("--key").arg(key);
        }
        if let Some(login) = setup.login {
            command.args(["--login", login]);
        }
        let mut child =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("the mail server starts");
        let mut said = BufReader::new(child.stdout.take().expect("stdout is piped"));
        let mut port = String::new();
        said.read_line(&mut port).expect("a port");
        let port = port.trim().parse().expect("a port");
        Some((Self { port, child, said, _folder: folder }, authority))
    }

    /// Waits for the next message whose content the server was given.
    pub(crate) fn given(&mut self) -> Value {
        let mut line = String::new();
        self.said.read_line(&mut line).expect("a message");
        serde_json::from_str(&line).unwrap_or_else(|_| panic!("a message: {line:?}"))
    }

    /// Ends the server and returns every message it was given that nobody asked for.
    pub(crate) fn rest(mut self) -> Vec<String> {
        drop(self.child.stdin.take());
        let lines = std::io::Read::by_ref(&mut self.said).lines();
        lines.map(|line| line.expect("text")).collect()
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Returns an authority of our own as PEM, and the files of a certificate it gave to `name`.
fn certificates(name: &str, folder: &Path) -> (Vec<u8>, PathBuf, PathBuf) {
    let mut params = CertificateParams::new(Vec::new()).expect("parameters");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority =
        CertifiedIssuer::self_signed(params, KeyPair::generate().expect("a key")).expect("an authority");
    let key = KeyPair::generate().expect("a key");
    let leaf = CertificateParams::new(vec![name.to_owned()]).expect("parameters");
    let leaf = leaf.signed_by(&key, &authority).expect("a certificate");
    let (certificate_file, key_file) = (folder.join("certificate.pem"), folder.join("key.pem"));
    std::fs::write(&certificate_file, leaf.pem()).expect("written");
    std::fs::write(&key_file, key.serialize_pem()).expect("written");
    (authority.pem().into_bytes(), certificate_file, key_file)
}
