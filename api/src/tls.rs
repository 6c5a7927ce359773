//! The certificate this server shows, and its renewal while connections go on.
//!
//! A certificate that cannot be used when the server starts ends the start. One that cannot be used later (a renewal
//! caught halfway, say) is reported, and the one before goes on being shown.

mod validity;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Duration, SystemTime};

use dateline_core::clock::Clock;
use rustls::crypto::CryptoProvider;
use rustls::crypto::ring::default_provider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls::{Error, InconsistentKeys, ServerConfig};
use tokio::signal::unix::{SignalKind, signal};
use tokio::time::{MissedTickBehavior, interval};

use self::validity::Validity;

/// How often the files are looked at.
const LOOK_EVERY: Duration = Duration::from_secs(10);

/// Where the certificate and its key are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsFiles {
    /// The certificate and those that vouch for it, in PEM.
    pub certificate: PathBuf,
    /// Its private key, in PEM.
    pub key: PathBuf,
}

/// Why a certificate cannot be shown.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file cannot be read.
    #[error("`{path}`: {source}")]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A file holds not what it should.
    #[error("`{path}` holds no {what} in PEM: expected a block that begins with `{expected}`")]
    Nothing {
        /// The file.
        path: PathBuf,
        /// What it should hold.
        what: &'static str,
        /// How that begins.
        expected: &'static str,
    },
    /// A file is damaged.
    #[error("`{path}` cannot be used: {reason}")]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// The two do not belong together.
    #[error("the key in `{key}` is not the key of the certificate in `{certificate}`")]
    Mismatch {
        /// The certificate's file.
        certificate: PathBuf,
        /// The key's file.
        key: PathBuf,
    },
    /// The library refuses.
    #[error("TLS cannot be set up: {0}")]
    Setup(#[from] Error),
}

/// The certificate in use, read again when its files change.
#[derive(Debug)]
pub struct Certificates {
    files: TlsFiles,
    current: RwLock<Arc<CertifiedKey>>,
    /// The files as they were when they were last read, well or not.
    seen: Mutex<Option<[Stamp; 2]>>,
}

type Stamp = Option<(SystemTime, u64)>;

impl Certificates {
    /// Reads the files.
    ///
    /// # Errors
    /// [`TlsError`] naming the file and what is wrong with it.
    pub fn load(files: TlsFiles) -> Result<Self, TlsError> {
        let seen = stamps(&files);
        let current = read(&files)?;
        Ok(Self { files, current: RwLock::new(Arc::new(current)), seen: Mutex::new(Some(seen)) })
    }

    /// Reads the files again; new connections get what they hold now.
    ///
    /// # Errors
    /// [`TlsError`]; the certificate in use stays.
    pub fn reload(&self) -> Result<(), TlsError> {
        let fresh = Arc::new(read(&self.files)?);
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = fresh;
        Ok(())
    }

    /// Returns what is wrong with the certificate's dates, in words, when something is.
    pub fn date_warning(&self, clock: &dyn Clock) -> Option<String> {
        let current = self.current();
        let validity = current.cert.first().and_then(|leaf| Validity::of(leaf))?;
        let fault = validity.fault_at(clock.now())?;
        Some(format!("the certificate in `{}` {fault}", self.files.certificate.display()))
    }

    /// Returns how connections are set up: TLS 1.2 or newer, HTTP/1.1, this certificate.
    ///
    /// # Errors
    /// [`TlsError::Setup`] when the library knows none of these.
    pub fn config(self: &Arc<Self>) -> Result<ServerConfig, TlsError> {
        let versions = [&rustls::version::TLS13, &rustls::version::TLS12];
        let builder = ServerConfig::builder_with_provider(provider()).with_protocol_versions(&versions)?;
        let mut config = builder.with_no_client_auth().with_cert_resolver(self.clone());
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(config)
    }

    /// Reads the files again whenever they change, and at SIGHUP; never ends.
    pub async fn keep_fresh(self: Arc<Self>, clock: Arc<dyn Clock>) {
        let mut looks = interval(LOOK_EVERY);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        // Without signals the files are still looked at.
        let mut hangup = signal(SignalKind::hangup()).ok();
        loop {
            let is_asked = tokio::select! {
                _ = looks.tick() => false,
                Some(()) = async { hangup.as_mut()?.recv().await } => true,
            };
            if self.has_changed() || is_asked {
                self.renew(&*clock);
            }
        }
    }

    fn renew(&self, clock: &dyn Clock) {
        match self.reload() {
            Ok(()) => match self.date_warning(clock) {
                None => tracing::info!("the certificate was read again"),
                Some(warning) => tracing::warn!("{warning}"),
            },
            Err(error) => tracing::error!(%error, "the certificate stays as it was"),
        }
    }

    fn has_changed(&self) -> bool {
        let now = Some(stamps(&self.files));
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::replace(&mut *seen, now) != now
    }

    fn current(&self) -> Arc<CertifiedKey> {
        self.current.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl ResolvesServerCert for Certificates {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.current())
    }
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(default_provider())
}

fn stamps(files: &TlsFiles) -> [Stamp; 2] {
    [&files.certificate, &files.key].map(|path| {
        let about = std::fs::metadata(path).ok()?;
        Some((about.modified().ok()?, about.len()))
    })
}

fn read(files: &TlsFiles) -> Result<CertifiedKey, TlsError> {
    let TlsFiles { certificate, key } = files;
    let damaged = |path: &Path, reason: String| TlsError::Damaged { path: path.to_owned(), reason };
    let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_slice_iter(&bytes(certificate)?)
        .collect::<Result<_, _>>()
        .map_err(|error| damaged(certificate, error.to_string()))?;
    if chain.is_empty() {
        let (what, expected) = ("certificate", "-----BEGIN CERTIFICATE-----");
        return Err(TlsError::Nothing { path: certificate.clone(), what, expected });
    }
    let secret = PrivateKeyDer::from_pem_slice(&bytes(key)?).map_err(|error| match error {
        rustls::pki_types::pem::Error::NoItemsFound => {
            let (what, expected) = ("private key", "-----BEGIN PRIVATE KEY-----");
            TlsError::Nothing { path: key.clone(), what, expected }
        }
        error => damaged(key, error.to_string()),
    })?;
    let signing = provider().key_provider.load_private_key(secret);
    let pair = CertifiedKey::new(chain, signing.map_err(|error| damaged(key, error.to_string()))?);
    match pair.keys_match() {
        Ok(()) | Err(Error::InconsistentKeys(InconsistentKeys::Unknown)) => Ok(pair),
        Err(Error::InconsistentKeys(_)) => {
            Err(TlsError::Mismatch { certificate: certificate.clone(), key: key.clone() })
        }
        Err(error) => Err(damaged(certificate, error.to_string())),
    }
}

fn bytes(path: &Path) -> Result<Vec<u8>, TlsError> {
    std::fs::read(path).map_err(|source| TlsError::Read { path: path.to_owned(), source })
}

#[cfg(test)]
#[path = "tls/tls_tests.rs"]
mod tests;
