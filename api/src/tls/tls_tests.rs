//! Which files make a certificate, and what is said about those that do not.

use std::fs;

use dateline_core::time::Timestamp;
use rcgen::{CertificateParams, CertifiedKey as Made, KeyPair, date_time_ymd};

use super::*;

struct At(&'static str);

impl Clock for At {
    fn now(&self) -> Timestamp {
        self.0.parse().expect("an instant")
    }

    fn monotonic(&self) -> Duration {
        Duration::ZERO
    }
}

fn made() -> (String, String) {
    let Made { cert, signing_key } = rcgen::generate_simple_self_signed(["localhost".into()]).expect("made");
    (cert.pem(), signing_key.serialize_pem())
}

fn files(folder: &Path, certificate: &str, key: &str) -> TlsFiles {
    let files = TlsFiles { certificate: folder.join("cert.pem"), key: folder.join("key.pem") };
    fs::write(&files.certificate, certificate).expect("written");
    fs::write(&files.key, key).expect("written");
    files
}

#[track_caller]
fn refusal(certificate: &str, key: &str) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    let error = Certificates::load(files(folder.path(), certificate, key)).expect_err("it is refused");
    error.to_string().replace(&folder.path().display().to_string(), "")
}

#[test]
fn a_certificate_that_cannot_be_used_is_named_with_its_fault() {
    let (certificate, key) = made();
    let (other, _) = made();
    assert_eq!(
        refusal("", &key),
        "`/cert.pem` holds no certificate in PEM: expected a block that begins with `-----BEGIN CERTIFICATE-----`"
    );
    assert!(refusal(&key, &key).starts_with("`/cert.pem` holds no certificate in PEM"));
    assert!(refusal(&certificate, "words").starts_with("`/key.pem` holds no private key in PEM"));
    assert!(refusal(&certificate, &certificate).starts_with("`/key.pem` holds no private key in PEM"));
    assert_eq!(
        refusal(&other, &key),
        "the key in `/key.pem` is not the key of the certificate in `/cert.pem`"
    );
    let broken = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    assert!(refusal(broken, &key).starts_with("`/cert.pem` cannot be used: "), "{}", refusal(broken, &key));
    let broken = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n";
    assert!(refusal(&certificate, broken).starts_with("`/key.pem` cannot be used: "));
    let cut = &certificate[..certificate.len() / 2];
    assert!(refusal(cut, &key).starts_with("`/cert.pem` cannot be used: "), "{}", refusal(cut, &key));
    let nowhere = TlsFiles { certificate: "/nowhere/cert.pem".into(), key: "/nowhere/key.pem".into() };
    let error = Certificates::load(nowhere).expect_err("it is refused").to_string();
    assert!(error.starts_with("`/nowhere/cert.pem`: No such file"), "{error}");
}

#[test]
fn dates_that_do_not_hold_are_warned_about() {
    let folder = tempfile::tempdir().expect("a folder");
    let key = KeyPair::generate().expect("a key");
    let mut params = CertificateParams::new(["localhost".to_owned()]).expect("parameters");
    params.not_before = date_time_ymd(2026, 1, 2);
    params.not_after = date_time_ymd(2051, 3, 4);
    let certificate = params.self_signed(&key).expect("a certificate").pem();
    let loaded =
        Certificates::load(files(folder.path(), &certificate, &key.serialize_pem())).expect("usable");
    assert_eq!(loaded.date_warning(&At("2026-06-01T00:00:00Z")), None);
    let warning = |at| loaded.date_warning(&At(at)).expect("a warning");
    assert!(warning("2025-12-31T00:00:00Z").ends_with("cert.pem` is not valid before 2026-01-02 00:00:00Z"));
    assert!(warning("2051-03-05T00:00:00Z").ends_with("cert.pem` expired at 2051-03-04 00:00:00Z"));
}

#[test]
fn a_renewal_replaces_the_certificate_and_a_broken_one_does_not() {
    let folder = tempfile::tempdir().expect("a folder");
    let (certificate, key) = made();
    let loaded = Certificates::load(files(folder.path(), &certificate, &key)).expect("usable");
    let first = loaded.current().cert.clone();
    assert!(!loaded.has_changed());
    files(folder.path(), "half a", &key);
    assert!(loaded.has_changed());
    assert!(loaded.reload().is_err());
    assert_eq!(loaded.current().cert, first);
    let (certificate, key) = made();
    files(folder.path(), &certificate, &key);
    assert!(loaded.has_changed() && !loaded.has_changed());
    loaded.reload().expect("usable");
    assert_ne!(loaded.current().cert, first);
}
