//! Changing a draft's text: in an editor, or from a file.

use std::io::{IsTerminal, Read, Write};
use std::path::Path;
use std::process::Command;

use clap::Args;
use dateline_openapi::types::{DraftDetail, DraftPatch};

use crate::cli::output::CommandError;

/// What changes.
#[derive(Debug, Args)]
pub(super) struct EditArgs {
    /// A file with the new text; `-` reads standard input [default: your editor opens]
    #[arg(long, value_name = "FILE")]
    body: Option<String>,
    /// The new title
    #[arg(long)]
    title: Option<String>,
    /// The new tags
    #[arg(long, value_name = "TAG", value_delimiter = ',')]
    tags: Option<Vec<String>>,
    /// Why the words may stand although the lint doubts them
    #[arg(long)]
    note: Option<String>,
    /// The revision you have read [default: the newest]
    #[arg(long, value_name = "N")]
    revision: Option<u64>,
}

impl EditArgs {
    /// Returns the change, `None` when there is none.
    ///
    /// # Errors
    /// [`CommandError`] when the text cannot be read, or no editor can be opened.
    pub(super) fn patch(self, stored: &DraftDetail) -> Result<Option<DraftPatch>, CommandError> {
        let has_flags = self.title.is_some() || self.tags.is_some() || self.note.is_some();
        let before = &stored.content.body;
        let body = match self.body.as_deref() {
            Some("-") => {
                let mut text = String::new();
                let read = std::io::stdin().lock().read_to_string(&mut text);
                read.map_err(|error| CommandError::Failed(format!("standard input: {error}")))?;
                text
            }
            Some(path) => std::fs::read_to_string(path)
                .map_err(|error| CommandError::Usage(format!("--body `{path}`: {error}")))?,
            None if has_flags => before.clone(),
            None => edited(before)?,
        };
        if !has_flags && body == *before {
            return Ok(None);
        }
        let revision = self.revision.unwrap_or(stored.revision);
        Ok(Some(DraftPatch { revision, title: self.title, body, tags: self.tags, note: self.note }))
    }
}

/// Returns the text as an editor leaves it.
fn edited(text: &str) -> Result<String, CommandError> {
    if !(std::io::stdin().is_terminal() && std::io::stdout().is_terminal()) {
        return Err(CommandError::Usage("give --body FILE where no editor can be opened".into()));
    }
    let failed = |error: std::io::Error| CommandError::Failed(format!("the text for the editor: {error}"));
    let mut file = tempfile::Builder::new().prefix("draft-").suffix(".md").tempfile().map_err(failed)?;
    file.write_all(text.as_bytes()).and_then(|()| file.flush()).map_err(failed)?;
    let set = |name: &str| std::env::var(name).ok().filter(|value| !value.trim().is_empty());
    let editor = set("VISUAL").or_else(|| set("EDITOR")).unwrap_or_else(|| "vi".into());
    run(&editor, file.path())?;
    std::fs::read_to_string(file.path()).map_err(failed)
}

/// Opens `path` in an editor, which may be a command with arguments, and waits until it is closed.
fn run(editor: &str, path: &Path) -> Result<(), CommandError> {
    let mut words = editor.split_whitespace();
    let program = words.next().unwrap_or("vi");
    let status = Command::new(program).args(words).arg(path).status();
    match status {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => {
            Err(CommandError::Failed(format!("`{editor}` ended with {status}; nothing was changed")))
        }
        Err(error) => Err(CommandError::Failed(format!("`{editor}`: {error}; EDITOR names another one"))),
    }
}
