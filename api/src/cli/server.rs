//! Which server a command asks, as whom, and how its answers are shown.

use std::path::PathBuf;

use clap::Args;
use dateline_openapi::call::{Call, Pages};
use dateline_openapi::{Answer, Client, ClientError, List, Settings};

use super::DataArgs;
use super::output::{CommandError, print, runtime, tell};
use super::text::plain;
use super::when::When;
use crate::folder::DataFolder;
use crate::os::{OsClock, OsEntropy};

/// Who is asked.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Server")]
pub(super) struct ServerArgs {
    /// The server's address [default: the server running over the data folder]
    #[arg(long, global = true, value_name = "URL", env = "DATELINE_SERVER", hide_env_values = true)]
    server: Option<String>,
    /// A file with the token [default: $DATELINE_TOKEN, else the data folder's owner.token]
    #[arg(long, global = true, value_name = "FILE")]
    token_file: Option<PathBuf>,
    /// A certificate to trust besides the system's, as PEM
    #[arg(long, global = true, value_name = "FILE", env = "DATELINE_CA", hide_env_values = true)]
    ca_file: Option<PathBuf>,
    /// The data folder [default: $XDG_DATA_HOME/dateline, else ~/.local/share/dateline]
    #[arg(long, global = true, value_name = "DIR")]
    data: Option<PathBuf>,
    /// The configuration's file [default: dateline.toml in the data folder, else in ~/.config/dateline]
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Print the server's answer as it is
    #[arg(long, global = true)]
    json: bool,
}

/// How much of a list is shown.
#[derive(Debug, Clone, Args)]
pub(super) struct PageArgs {
    /// The most items to show
    #[arg(short = 'n', long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(u64).range(1..=200))]
    limit: u64,
    /// Go on where a page ended: its `nextCursor`
    #[arg(long, value_name = "CURSOR")]
    cursor: Option<String>,
    /// Show everything
    #[arg(long, conflicts_with_all = ["limit", "cursor"])]
    all: bool,
}

impl PageArgs {
    pub(super) fn all(&self) -> bool {
        self.all
    }

    pub(super) fn limit(&self) -> Option<u64> {
        Some(self.limit)
    }

    pub(super) fn cursor(&self) -> Option<String> {
        self.cursor.clone()
    }
}

/// A server that is asked, and somebody who reads the answers.
pub(super) struct Session {
    /// Sends the calls.
    pub(super) client: Client,
    /// Says when.
    pub(super) when: When,
    /// Whether a program reads.
    pub(super) is_json: bool,
}

impl ServerArgs {
    /// Runs `work` with the server these arguments name.
    pub(super) fn run(
        &self,
        work: impl AsyncFnOnce(Session) -> Result<(), CommandError>,
    ) -> Result<(), CommandError> {
        let session = self.session()?;
        runtime()?.block_on(work(session))
    }

    /// Whether a program reads.
    pub(super) fn is_json(&self) -> bool {
        self.json
    }

    /// Whether a server is named, which then need not be on this machine.
    pub(super) fn is_named(&self) -> bool {
        self.server.is_some()
    }

    /// Returns the flags that say which configuration and data folder are meant.
    pub(super) fn data_args(&self) -> DataArgs {
        DataArgs { data: self.data.clone(), config: self.config.clone() }
    }

    /// Returns the data folder these arguments name, when it is there.
    pub(super) fn folder(&self) -> Result<Option<DataFolder>, CommandError> {
        let path = self.data_args().path()?;
        Ok(DataFolder::existing(&path))
    }

    /// Returns the address that is asked, whether somebody answers there or not.
    ///
    /// # Errors
    /// [`CommandError::NoServer`] when none is named and none runs over the data folder.
    pub(super) fn address(&self) -> Result<String, CommandError> {
        if let Some(server) = &self.server {
            return Ok(server.clone());
        }
        let note = self.folder()?.and_then(|folder| folder.note());
        note.map(|note| note.address).ok_or_else(|| {
            let path = self.data_args().path().unwrap_or_default();
            CommandError::NoServer(format!("no server runs over `{}`", path.display()))
        })
    }

    /// Returns a session with that server.
    ///
    /// # Errors
    /// [`CommandError`] when there is no server, no token, or one that cannot be used.
    pub(super) fn session(&self) -> Result<Session, CommandError> {
        let address = self.address()?;
        let trusted_pem = self.ca_file.as_ref().map(|path| {
            std::fs::read(path).map_err(|error| CommandError::Usage(format!("`{}`: {error}", path.display())))
        });
        let settings = Settings {
            token: Some(self.token(&address)?),
            trusted_pem: trusted_pem.transpose()?,
            ..Settings::new(address)
        };
        let client = Client::new(settings)?;
        Ok(Session { client, when: When::local(OsClock::new()), is_json: self.json })
    }

    /// Returns the token to show. The data folder's own goes to no other server than the one running over it.
    fn token(&self, address: &str) -> Result<String, CommandError> {
        let read = |path: &std::path::Path| {
            let read = std::fs::read_to_string(path);
            read.map(|text| text.trim().to_owned()).map_err(|error| {
                CommandError::NotAllowed(format!("the token in `{}`: {error}", path.display()))
            })
        };
        if let Some(path) = &self.token_file {
            return read(path);
        }
        if let Some(token) = std::env::var("DATELINE_TOKEN").ok().filter(|token| !token.is_empty()) {
            return Ok(token);
        }
        let folder = self.folder()?;
        let own = folder
            .filter(|folder| folder.note().is_some_and(|note| note.address == address.trim_end_matches('/')));
        match own {
            Some(folder) => read(&folder.token_file()),
            None => Err(CommandError::NotAllowed(format!(
                "no token for {address}: give --token-file FILE, or set DATELINE_TOKEN"
            ))),
        }
    }
}

/// Returns what the server that runs over `folder` answers its owner; `None` when none does.
pub(super) async fn of_folder<C: Call>(
    folder: &DataFolder,
    call: &C,
) -> Result<Option<Answer<C::Answer>>, CommandError> {
    let (token, _) = folder.owner_token(&OsEntropy)?;
    let Some(note) = folder.note() else { return Ok(None) };
    let client =
        Client::new(Settings { token: Some(token.text().to_owned()), ..Settings::new(note.address) })?;
    match client.send(call).await {
        Ok(answer) => Ok(Some(answer)),
        // A note can outlive its server.
        Err(ClientError::Unreachable { .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

impl Session {
    /// Sends `call`.
    pub(super) async fn ask<C: Call>(&self, call: &C) -> Result<C::Answer, CommandError> {
        Ok(self.client.send(call).await?.value)
    }

    /// Sends `call` and shows the answer: as it is to a program, through `human` to a person.
    pub(super) async fn show<C: Call>(
        &self,
        call: &C,
        human: impl FnOnce(&Self, &C::Answer) -> String,
    ) -> Result<(), CommandError> {
        let answer = self.client.send(call).await?;
        self.tell(&answer, human)
    }

    /// Shows an answer.
    pub(super) fn tell<T>(
        &self,
        answer: &Answer<T>,
        human: impl FnOnce(&Self, &T) -> String,
    ) -> Result<(), CommandError> {
        if self.is_json {
            return if answer.json.is_empty() { Ok(()) } else { print(&super::text::json(&answer.json)) };
        }
        print(&human(self, &answer.value))
    }

    /// Sends `call` for a page or for everything, and shows the list; an empty one is said to be so.
    pub(super) async fn list<C>(
        &self,
        call: C,
        page: &PageArgs,
        none: &str,
        table: impl FnOnce(&Self, &[C::Item]) -> String,
    ) -> Result<(), CommandError>
    where
        C: Pages<Answer = List<<C as Pages>::Item>>,
    {
        let answer = if page.all { self.client.all(call).await? } else { self.client.send(&call).await? };
        self.listed(&answer, none, table)
    }

    /// Shows a page of a list.
    pub(super) fn listed<T>(
        &self,
        answer: &Answer<List<T>>,
        none: &str,
        table: impl FnOnce(&Self, &[T]) -> String,
    ) -> Result<(), CommandError> {
        if !self.is_json && answer.value.items.is_empty() {
            tell(none);
            return Ok(());
        }
        self.tell(answer, |session, list| table(session, &list.items))?;
        if !self.is_json && answer.value.next_cursor.is_some() {
            tell("There are more: --all shows everything.");
        }
        Ok(())
    }
}

impl From<ClientError> for CommandError {
    fn from(error: ClientError) -> Self {
        let told = plain(&error.to_string());
        match &error {
            ClientError::Settings(_) => Self::Usage(told),
            ClientError::Unreachable { .. } => Self::NoServer(told),
            ClientError::Lost { .. } | ClientError::Foreign { .. } => Self::Failed(told),
            ClientError::Refused(problem) => match problem.status {
                401 => Self::NotAllowed(format!("{told} (the server does not know this token)")),
                403 => Self::NotAllowed(told),
                404 => Self::NotFound(told),
                409 | 412 => Self::Conflict(told),
                422 => Self::Usage(told),
                _ => Self::Failed(told),
            },
        }
    }
}
