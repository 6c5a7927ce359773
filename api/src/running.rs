//! A running Dateline: store, engine and interface put together, started in order and stopped softly.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use dateline_actors::{Dateline, Engine, Parts, Settings, StartError};
use dateline_connectors::publisher::Publishers;
use dateline_connectors::source::git::GitSource;
use dateline_connectors::writer::template::TemplateWriter;
use dateline_core::clock::Clock;
use dateline_core::entropy::Entropy;
use dateline_store::{OpenError, OpenOptions, RedbStore, WriterPlace};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::folder::{DataFolder, FolderError};
use crate::http::contract::ContractError;
use crate::http::{Interface, Options, Shared, server};
use crate::os::{OsClock, OsEntropy};
use crate::token::OwnerToken;

/// A stop that takes longer is cut off, so that whoever waits for the process need not kill it.
const STOP_TIME_MAX: Duration = Duration::from_secs(13);

/// How long a body may take to arrive.
const BODY_TIME_MAX: Duration = Duration::from_secs(30);

/// Where to listen and where to keep everything.
#[derive(Debug, Clone)]
pub struct Start {
    /// The address; port 0 takes any free one.
    pub listen: SocketAddr,
    /// The data folder.
    pub data: PathBuf,
}

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
    /// The published contract cannot be read.
    #[error(transparent)]
    Contract(#[from] ContractError),
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
    /// The owner's token, when it was made just now.
    pub new_token: Option<OwnerToken>,
    shared: Arc<Shared>,
    engine: Engine,
    stop: CancellationToken,
    serving: JoinHandle<()>,
}

impl Running {
    /// Opens the store, starts the engine, and listens.
    ///
    /// # Errors
    /// [`RunError`] naming what is in the way.
    pub async fn start(start: Start) -> Result<Self, RunError> {
        let folder = DataFolder::prepare(&start.data)?;
        let clock: Arc<dyn Clock> = Arc::new(OsClock::new());
        let entropy: Arc<dyn Entropy> = Arc::new(OsEntropy);
        let store = open_store(&folder, &*clock)?;
        let (token, is_new) = folder.owner_token(&*entropy)?;
        let cursors = folder.cursor_key(&*entropy)?;
        // Listening comes before the engine: a taken port must not cost a run that is cut off again.
        let listener = bind(start.listen).await?;
        let address =
            listener.local_addr().map_err(|source| RunError::Listen { listen: start.listen, source })?;
        let settings = Settings { private_folder: folder.path().to_owned(), ..Settings::default() };
        let engine = Engine::start(parts(store, clock.clone(), entropy.clone()), settings).await?;
        let shared = Arc::new(Shared::new(engine.dateline(), clock, cursors, folder.backups()));
        let options = Options {
            owner: token.digest(),
            has_docs: address.ip().is_loopback(),
            body_time_max: BODY_TIME_MAX,
        };
        let interface = Arc::new(Interface::new(shared.clone(), entropy, options)?);
        let stop = CancellationToken::new();
        let serving = tokio::spawn(server::serve(listener, interface, stop.clone()));
        folder.write_note(address)?;
        let new_token = is_new.then_some(token);
        Ok(Self { address, folder, new_token, shared, engine, stop, serving })
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

async fn bind(listen: SocketAddr) -> Result<TcpListener, RunError> {
    TcpListener::bind(listen).await.map_err(|source| RunError::Listen { listen, source })
}

fn parts(store: RedbStore, clock: Arc<dyn Clock>, entropy: Arc<dyn Entropy>) -> Parts {
    Parts {
        store: Arc::new(store),
        clock,
        entropy,
        source: Arc::new(GitSource::default()),
        writer: Arc::new(TemplateWriter),
        publisher: Arc::new(Publishers::default()),
    }
}
