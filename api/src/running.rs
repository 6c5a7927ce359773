//! A running Dateline: store, engine and interface put together, started in order and stopped softly.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use dateline_actors::{BackupPlan, CleanupPlan, Dateline, Engine, Parts, RequestError, Settings, StartError};
use dateline_connectors::egress::{Egress, Patience};
use dateline_connectors::http_call::HttpClient;
use dateline_connectors::publisher::Publishers;
use dateline_connectors::source::Sources;
use dateline_connectors::source::github::{GithubSource, Limits};
use dateline_connectors::writer::template::TemplateWriter;
use dateline_core::clock::Clock;
use dateline_core::egress::PrivateHosts;
use dateline_core::entropy::Entropy;
use dateline_core::notification::Links;
use dateline_core::people::{AccessCode, CodeKind};
use dateline_core::secret::KeyRing;
use dateline_core::store::Store;
use dateline_store::{OpenError, OpenOptions, RedbStore, WriterPlace};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::config::Config;
use crate::door::from_here;
use crate::folder::{DataFolder, FolderError};
use crate::http::contract::ContractError;
use crate::http::hosts::Hosts;
use crate::http::peer::Proxies;
use crate::http::server::Site;
use crate::http::{Interface, Options, Shared, server};
use crate::keys::{KeyChest, KeyError, OsKeyring};
use crate::mail::{self, Mail, MailError};
use crate::metrics::{self, Metrics};
use crate::os::{OsClock, OsEntropy};
use crate::tls::{Certificates, TlsError};

/// A stop that takes longer is cut off, so that whoever waits for the process need not kill it.
const STOP_TIME_MAX: Duration = Duration::from_secs(13);

/// How long a body may take to arrive.
const BODY_TIME_MAX: Duration = Duration::from_secs(30);

/// Why nothing was started.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The data folder cannot be used.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// Another process has the data folder.
    #[error("Dateline is already running in `{path}`{}", pid.map_or(String::new(), |pid| format!(" (process {pid})")))]
    AlreadyRunning {
        /// The data folder.
        path: PathBuf,
        /// The process, when it is known.
        pid: Option<u32>,
    },
    /// The keys that seal secrets cannot be used.
    #[error(transparent)]
    Keys(#[from] KeyError),
    /// The store cannot be opened.
    #[error("`{path}`: {source}")]
    Store {
        /// The data folder.
        path: PathBuf,
        /// Why.
        source: OpenError,
    },
    /// The engine did not start.
    #[error(transparent)]
    Engine(#[from] StartError),
    /// Mail is not set up as it must be.
    #[error(transparent)]
    Mail(#[from] MailError),
    /// The owner's token could not be stored.
    #[error("the owner's token: {0}")]
    OwnerToken(#[from] RequestError),
    /// Servers cannot be asked.
    #[error("the system's certificates cannot be read: {0}")]
    Certificates(String),
    /// The published contract cannot be read.
    #[error(transparent)]
    Contract(#[from] ContractError),
    /// The certificate cannot be shown.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// The address is not free, or not ours.
    #[error("cannot listen on {listen}: {source}")]
    Listen {
        /// The address.
        listen: SocketAddr,
        /// What the system said.
        source: std::io::Error,
    },
}

/// A running Dateline.
pub struct Running {
    /// Where it listens.
    pub address: SocketAddr,
    /// Its data folder.
    pub folder: DataFolder,
    /// What the operator should know.
    pub warnings: Vec<String>,
    /// The owner's token, when it was made just now.
    pub new_token: Option<AccessCode>,
    shared: Arc<Shared>,
    engine: Engine,
    stop: CancellationToken,
    serving: JoinHandle<()>,
    is_secure: bool,
}

impl Running {
    /// Opens the store, starts the engine, and listens.
    ///
    /// # Errors
    /// [`RunError`] naming what is in the way.
    pub async fn start(config: &Config) -> Result<Self, RunError> {
        let door = config.door();
        let folder = DataFolder::prepare(&config.data_folder()?)?;
        let clock: Arc<dyn Clock> = Arc::new(OsClock::new());
        let entropy: Arc<dyn Entropy> = Arc::new(OsEntropy);
        let store = open_store(&folder, &*clock)?;
        let (token, is_new) = folder.owner_token(&*entropy)?;
        let cursors = folder.cursor_key(&*entropy)?;
        let certificates = door.tls.clone().map(Certificates::load).transpose()?.map(Arc::new);
        // Listening comes before the engine: a taken port must not cost a run that is cut off again.
        let listen = config.listen;
        let listener = bind(listen).await?;
        let address = listener.local_addr().map_err(|source| RunError::Listen { listen, source })?;
        let metrics = config.metrics.then(|| Arc::new(Metrics::new()));
        if let Some(metrics) = &metrics {
            store.measure(metrics.clone());
        }
        let store: Arc<dyn Store> = Arc::new(store);
        let keys = KeyChest::open(config, &folder, OsKeyring, &*store, &*entropy).await?;
        let Mail { channels, links } = mail::from_environment(&|name| config.said(name))?;
        let settings = Settings { own_port: Some(address.port()), ..settings(config, &folder, links) };
        let egress = Egress::new(settings.private_hosts.clone());
        let github = GithubSource::new(egress, Patience::default(), Limits::default());
        let http = HttpClient::new(Egress::new(settings.http_private_hosts.clone()), settings.own_port)
            .map_err(|error| RunError::Certificates(error.to_string()))?;
        let parts = parts(store, clock.clone(), entropy.clone(), keys.ring(), github, http);
        let engine = Engine::start(Parts { channels, ..parts }, settings).await?;
        let dateline = engine.dateline();
        let new_token = let_owner_in(&dateline, &folder, &*entropy, (token, is_new)).await?;
        if let Some(metrics) = &metrics {
            metrics::follow(metrics, &dateline);
        }
        let shared = Arc::new(Shared::new(dateline, clock, cursors, folder.clone(), keys, metrics));
        let mut warnings = door.warnings(address);
        let options = Options {
            has_docs: door.is_private(address),
            body_time_max: BODY_TIME_MAX,
            hosts: Hosts::new(door.hosts),
            proxies: Proxies::new(door.proxies),
        };
        let interface = Arc::new(Interface::new(shared.clone(), entropy, options)?);
        warnings.extend(certificates.as_ref().and_then(|it| it.date_warning(&*shared.clock)));
        let stop = CancellationToken::new();
        let (here, serving) = serve(listener, certificates, interface, &shared, &stop).await?;
        folder.write_note(here.unwrap_or(from_here(address)))?;
        Ok(Self {
            address,
            folder,
            warnings,
            new_token,
            shared,
            engine,
            stop,
            serving,
            is_secure: here.is_some(),
        })
    }

    /// Returns `http` or `https`.
    pub fn scheme(&self) -> &'static str {
        if self.is_secure { "https" } else { "http" }
    }

    /// Returns the handle to the engine.
    pub fn dateline(&self) -> &Dateline {
        &self.shared.dateline
    }

    /// Resolves with the reason when the engine gives up.
    pub async fn failed(&self) -> String {
        self.engine.failed().await
    }

    /// Stops softly: not ready at once, no new connections, requests and steps in flight are finished.
    pub async fn stop(self) {
        self.shared.begin_stop();
        self.stop.cancel();
        let both = async { tokio::join!(self.serving, self.engine.stop()) };
        if tokio::time::timeout(STOP_TIME_MAX, both).await.is_err() {
            tracing::warn!("the stop was cut off; what was running is taken up at the next start");
        }
        self.folder.remove_note();
    }
}

fn settings(config: &Config, folder: &DataFolder, links: Links) -> Settings {
    Settings {
        projects_max: config.projects_max,
        misfire_pace: config.misfire_pace,
        density_min: config.density_min,
        private_folder: folder.path().to_owned(),
        backups: config.backup_time.map(|at| BackupPlan {
            folder: folder.backups(),
            at,
            timezone: config.backup_timezone.name().to_owned(),
            keep: config.backup_keep,
        }),
        cleanup: config.cleanup_time.map(|at| {
            let timezone = config.backup_timezone.name().to_owned();
            CleanupPlan { at, timezone }
        }),
        github_token: config.github_token.clone(),
        private_hosts: PrivateHosts::new(config.github_private_hosts.clone()),
        http_private_hosts: PrivateHosts::new(config.http_private_hosts.clone()),
        links,
        ..Settings::default()
    }
}

fn open_store(folder: &DataFolder, clock: &dyn Clock) -> Result<RedbStore, RunError> {
    let options = OpenOptions { now: clock.now(), writer: WriterPlace::Thread };
    RedbStore::open(folder.path(), options).map_err(|source| {
        let path = folder.path().to_owned();
        match source {
            OpenError::Locked { pid } => RunError::AlreadyRunning { path, pid },
            source => RunError::Store { path, source },
        }
    })
}

/// Makes the token in the data folder one of the owner's; one that was good once and no longer is gets a new one in its
/// place. Returns it when it was made just now.
async fn let_owner_in(
    dateline: &Dateline,
    folder: &DataFolder,
    entropy: &dyn Entropy,
    (token, is_new): (AccessCode, bool),
) -> Result<Option<AccessCode>, RunError> {
    if dateline.adopt_owner_token(&token).await? {
        return Ok(is_new.then_some(token));
    }
    let renewed = AccessCode::fresh(CodeKind::Token, entropy);
    folder.put_owner_token(&renewed)?;
    dateline.adopt_owner_token(&renewed).await?;
    Ok(Some(renewed))
}

/// Serves on `listener`. Beside TLS, the commands of this machine get a plain port of their own, whose address is
/// returned: the certificate names the public host, and they come by the loopback.
async fn serve(
    listener: TcpListener,
    certificates: Option<Arc<Certificates>>,
    interface: Arc<Interface>,
    shared: &Shared,
    stop: &CancellationToken,
) -> Result<(Option<SocketAddr>, JoinHandle<()>), RunError> {
    let Some(certificates) = certificates else {
        let serving = server::serve(Site::plain(listener), interface, stop.clone());
        return Ok((None, tokio::spawn(serving)));
    };
    let listen = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let local = bind(listen).await?;
    let here = local.local_addr().map_err(|source| RunError::Listen { listen, source })?;
    let site = Site { tls: Some(Arc::new(certificates.config()?)), ..Site::plain(listener) };
    let outside = server::serve(site, interface.clone(), stop.clone());
    let inside = server::serve(Site::plain(local), interface, stop.clone());
    let (clock, stop) = (shared.clock.clone(), stop.clone());
    let serving = tokio::spawn(async move {
        let renewing = stop.run_until_cancelled(certificates.keep_fresh(clock));
        tokio::join!(outside, inside, renewing);
    });
    Ok((Some(here), serving))
}

async fn bind(listen: SocketAddr) -> Result<TcpListener, RunError> {
    TcpListener::bind(listen).await.map_err(|source| RunError::Listen { listen, source })
}

fn parts(
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    keys: KeyRing,
    github: GithubSource,
    http: HttpClient,
) -> Parts {
    Parts {
        store,
        clock,
        entropy,
        source: Arc::new(Sources::new(github)),
        writer: Arc::new(TemplateWriter),
        publisher: Arc::new(Publishers::default()),
        http: Arc::new(http),
        keys: Arc::new(keys),
        channels: BTreeMap::new(),
    }
}
