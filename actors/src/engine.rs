//! The engine as its owner sees it: started from its parts, asked through [`Dateline`], stopped softly.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use dateline_core::caller::Caller;
use dateline_core::channel::{Channel, ChannelKind};
use dateline_core::clock::Clock;
use dateline_core::egress::PrivateHosts;
use dateline_core::entropy::Entropy;
use dateline_core::http_call::HttpCaller;
use dateline_core::notification::Links;
use dateline_core::publisher::Publisher;
use dateline_core::secret::{KeyRing, Secret};
use dateline_core::source::ActivitySource;
use dateline_core::store::{Store, StoreError};
use dateline_core::writer::Writer;

use ractor::{Actor, ActorRef};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::backup_keeper::BackupPlan;
use crate::handle::Dateline;
use crate::hints::CommitHints;
use crate::housekeeping::{CleanupPlan, ensure_cleanup};
use crate::owner::ensure_owner;
use crate::people::PasswordCost;
use crate::publishing;
use crate::request::STOP_GRACE;
use crate::shared::Shared;
use crate::supervisor::{Supervisor, SupervisorMessage, chain};

/// Everything the engine does not bring itself.
#[derive(Clone)]
pub struct Parts {
    /// Where everything durable lives.
    pub store: Arc<dyn Store>,
    /// The present.
    pub clock: Arc<dyn Clock>,
    /// Randomness for ids and back-off.
    pub entropy: Arc<dyn Entropy>,
    /// Where activity is read.
    pub source: Arc<dyn ActivitySource>,
    /// Who puts briefs into words.
    pub writer: Arc<dyn Writer>,
    /// Where texts go out.
    pub publisher: Arc<dyn Publisher>,
    /// What asks servers that jobs name.
    pub http: Arc<dyn HttpCaller>,
    /// What seals and opens stored secrets.
    pub keys: Arc<KeyRing>,
    /// The ways to people. The list of notifications needs none.
    pub channels: BTreeMap<ChannelKind, Arc<dyn Channel>>,
}

/// What an operator can set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// At most this many projects run at once, until somebody sets another number while it runs.
    pub projects_max: u32,
    /// Misfires that run late start one per this time.
    pub misfire_pace: Duration,
    /// The shortest interval between two occurrences of a new schedule.
    pub density_min: Duration,
    /// How long a worker's claim lasts unless renewed; it is renewed three times as often.
    pub lease_ttl: Duration,
    /// The data folder: sources and targets inside it are refused. Empty when there is none.
    pub private_folder: PathBuf,
    /// The token for projects on github.com that have none of their own; shown to no other server.
    pub github_token: Option<Secret>,
    /// Hosts inside private networks that projects may name.
    pub private_hosts: PrivateHosts,
    /// Hosts inside private networks that jobs may ask.
    pub http_private_hosts: PrivateHosts,
    /// The port this program listens on: no job asks it.
    pub own_port: Option<u16>,
    /// How old a sync may be for texts to be written from it without asking the network.
    pub sync_fresh: Duration,
    /// How long a worker without work stays.
    pub worker_idle: Duration,
    /// Where messages point to: nowhere without a public address.
    pub links: Links,
    /// What hashing a password costs.
    pub password_cost: PasswordCost,
    /// The nightly backup; none when absent.
    pub backups: Option<BackupPlan>,
    /// When the cleanup runs that a store without one is given; none is given when absent.
    pub cleanup: Option<CleanupPlan>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            projects_max: 5,
            misfire_pace: Duration::from_secs(1),
            density_min: Duration::from_secs(60),
            lease_ttl: Duration::from_secs(15),
            private_folder: PathBuf::new(),
            github_token: None,
            private_hosts: PrivateHosts::default(),
            http_private_hosts: PrivateHosts::default(),
            own_port: None,
            sync_fresh: Duration::from_secs(15 * 60),
            worker_idle: Duration::from_secs(30),
            links: Links::default(),
            password_cost: PasswordCost::default(),
            backups: None,
            cleanup: None,
        }
    }
}

/// Why the engine did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The store could not be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// An actor could not be started.
    #[error("the engine did not start: {reason}")]
    Actor {
        /// What failed.
        reason: String,
    },
}

/// A running engine.
pub struct Engine {
    shared: Arc<Shared>,
    supervisor: ActorRef<SupervisorMessage>,
    supervising: JoinHandle<()>,
}

impl Engine {
    /// Starts every actor, in the order in which they need each other, and takes up what an earlier process left.
    ///
    /// # Errors
    /// [`StartError`] when the store cannot be read or an actor cannot start.
    pub async fn start(parts: Parts, settings: Settings) -> Result<Self, StartError> {
        let shared = Arc::new(Shared::new(parts, settings));
        // Answers of the store come before any actor, so that its error reaches the caller as what it is.
        shared.parts.store.newest_event().await?;
        ensure_owner(&*shared.parts.store, shared.now()).await?;
        if let Some(plan) = &shared.settings.cleanup {
            ensure_cleanup(&*shared.parts.store, plan, shared.now()).await?;
        }
        shared.parts.store.listen(Arc::new(CommitHints(Arc::downgrade(&shared))));
        let started = Actor::spawn(None, Supervisor, shared.clone()).await;
        let (supervisor, supervising) =
            started.map_err(|error| StartError::Actor { reason: chain(&error) })?;
        tokio::spawn({
            let shared = shared.clone();
            async move {
                if let Err(error) = publishing::take_up(&shared).await {
                    tracing::error!(%error, "open publications cannot be read; the next start tries again");
                }
            }
        });
        Ok(Self { shared, supervisor, supervising })
    }

    /// Returns the handle every face calls, with the owner's say.
    pub fn dateline(&self) -> Dateline {
        Dateline::new(self.shared.clone(), Arc::new(Caller::owner()))
    }

    /// Resolves with the reason when supervision gave up: the process should say it and exit.
    pub async fn failed(&self) -> String {
        let mut failure = self.shared.failure.subscribe();
        match failure.wait_for(Option::is_some).await {
            Ok(reason) => reason.clone().unwrap_or_default(),
            // The sender lives as long as `self`.
            Err(_) => std::future::pending().await,
        }
    }

    /// Stops softly: nothing new is claimed, running attempts let go at their next step boundary and are queued
    /// again, messages on their way are finished, and after ten seconds all that is left is cut off.
    pub async fn stop(self) {
        let (done, all_let_go) = oneshot::channel();
        let (told, nothing_leaves) = oneshot::channel();
        if self.shared.hints.tell(SupervisorMessage::StopRequested { done, told }) {
            // Dropped unanswered when nothing ran.
            let both = async { tokio::join!(all_let_go, nothing_leaves) };
            let _ = tokio::time::timeout(STOP_MAX, both).await;
        }
        self.supervisor.stop(None);
        let _ = tokio::time::timeout(STOP_MAX - STOP_GRACE, self.supervising).await;
    }
}

/// How long stopping may take in all, before what still runs is cut off.
const STOP_MAX: Duration = Duration::from_secs(10);
