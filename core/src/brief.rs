//! The brief: what a writer may say, decided before a word is written. The same history gives the same bytes.
//!
//! [`build`] cleans every message, joins what belongs together (a merge and its commits, a squash and its pull
//! request), leaves out what no reader wants with the reason recorded, and weighs the rest:
//!
//! | breaking | security | feature | fix, performance | removal | other | documentation | upkeep |
//! |---|---|---|---|---|---|---|---|
//! | 100 | 90 | 50 | 30 | 25 | 15 | 10 | 2 |
//!
//! plus the binary logarithm of its changed lines up to 10, 5 when it closes an issue, 5 when its author is new.
//! Every commit of the activity ends in exactly one place: an item, the bumps, or the dropped.

mod area;
mod build;
mod class;
mod drop;
mod join;
mod people;
mod reason;
mod revert;
pub(crate) mod subject;
pub(crate) mod words;

pub use build::{BriefSetting, build};
pub use people::identity;
pub use words::cut_at_word;

use serde::{Deserialize, Serialize};

use crate::activity::{FileStats, HotFile, Person, Repository, ScanNote, Window};
use crate::time::Timestamp;

/// Everything one text may rest on: the same for every platform and every writer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Brief {
    /// The project's name, as texts call it.
    pub project: String,
    /// Where the activity was found.
    pub repository: Repository,
    /// The window it covers.
    pub window: Window,
    /// First and last day of the window in the project's zone, for the reader.
    pub period: Period,
    /// What is worth telling, most important first.
    pub items: Vec<SourceItem>,
    /// What was left out, each with its reason; in the order of the activity.
    pub dropped: Vec<Dropped>,
    /// Dependency updates, told as one line.
    pub bumps: Vec<Bump>,
    /// Releases in the window, newest first.
    pub releases: Vec<ReleaseFact>,
    /// Counts; the only numbers a text may use beside those of its items.
    pub stats: BriefStats,
    /// Files by number of changes.
    pub hot_files: Vec<HotFile>,
    /// What limits the completeness.
    pub notes: Vec<ScanNote>,
    /// How the project wants to sound.
    pub style: Style,
}

/// Calendar days in the project's zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Period {
    /// Day of the earliest item.
    pub first: chrono::NaiveDate,
    /// Day of the latest item.
    pub last: chrono::NaiveDate,
}

/// Names a source item within one brief: `S1`, `S2`, …
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SourceId(pub u32);

/// One thing that happened, joined from the commits, pull request and issues that belong together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SourceItem {
    /// Its name within the brief, stable for the same history.
    pub id: SourceId,
    /// What it is.
    pub kind: SourceKind,
    /// Pull request number, when it has one.
    pub number: Option<u64>,
    /// Full object id of the commit that stands for it.
    pub sha: String,
    /// Its web page; `None` without a known remote.
    pub url: Option<String>,
    /// The subject as its author wrote it, cleaned of controls, secrets replaced.
    pub title: String,
    /// The subject rewritten for a reader: prefix, number and full stop cut, capitalised.
    pub headline: String,
    /// Prose of the message that may be quoted, cleaned, at most 4,000 characters.
    pub body: String,
    /// The sentence that says why, taken from the body word for word.
    pub reason: Option<String>,
    /// Its author.
    pub author: Person,
    /// Others who wrote it.
    pub co_authors: Vec<Person>,
    /// Whether this is certainly its author's first contribution.
    pub first_time: bool,
    /// When it entered the history.
    pub at: Timestamp,
    /// What sort of change it is.
    pub class: Class,
    /// The scope its subject names, or the top folder it stays inside.
    pub area: Option<String>,
    /// What breaks and what to do, when something breaks; empty when the author only marked it.
    pub breaking: Option<String>,
    /// Issues it closes.
    pub closes: Vec<u64>,
    /// Its size.
    pub stats: FileStats,
    /// Object ids of commits told by this item.
    pub absorbed: Vec<String>,
    /// Its weight; see [`crate::brief`].
    pub score: u32,
    /// Whether a secret was found and replaced in its texts.
    pub redacted: bool,
}

impl Brief {
    /// Returns the item `id` names.
    pub fn item(&self, id: SourceId) -> Option<&SourceItem> {
        let at = usize::try_from(id.0).ok()?.checked_sub(1)?;
        let counted = self.items.get(at).filter(|item| item.id == id);
        counted.or_else(|| self.items.iter().find(|item| item.id == id))
    }

    /// Returns the page that shows everything in the window; `None` without a remote, or when nothing came before.
    pub fn window_url(&self) -> Option<String> {
        self.repository.links.as_ref()?.window_url(&self.window)
    }
}

impl SourceItem {
    /// Returns the area its author put in front of the subject, as in `parser: accept tabs`; a conventional scope
    /// or a folder is none.
    pub fn named_area(&self) -> Option<&str> {
        let area = self.area.as_deref()?;
        let rest = self.title.trim_start_matches('[').strip_prefix(area)?;
        rest.starts_with([':', '!', ']']).then_some(area)
    }

    /// Returns what texts call it: its number, `#1518`, else the beginning of its object id, `599626b`.
    ///
    /// The beginning is long enough to hold a letter, or it would read like a figure.
    pub fn label(&self) -> String {
        let letter = self.sha.find(|digit: char| digit.is_ascii_alphabetic()).unwrap_or(self.sha.len());
        let sha = self.sha.get(..7.max(letter + 1)).unwrap_or(&self.sha);
        self.number.map_or_else(|| sha.to_owned(), |number| format!("#{number}"))
    }

    /// Returns its author and co-authors, without a robot that authored it.
    pub fn people(&self) -> impl Iterator<Item = &Person> {
        std::iter::once(&self.author).filter(|author| !author.is_bot).chain(&self.co_authors)
    }
}

/// What an item is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum SourceKind {
    /// A single commit.
    Commit,
    /// A merged pull or merge request, or a merged branch.
    PullRequest,
}

/// What sort of change an item is, in the order texts tell them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Class {
    /// Closes a hole.
    Security,
    /// New ability.
    Feature,
    /// Something wrong is right now.
    Fix,
    /// Faster or smaller.
    Performance,
    /// Taken away.
    Removal,
    /// Anything else worth telling.
    Other,
    /// For readers.
    Documentation,
    /// Work users do not see: refactoring, tests, builds.
    Upkeep,
}

/// Something left out, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Dropped {
    /// Object id of the commit.
    pub sha: String,
    /// Its subject, cleaned, at most 200 characters.
    pub title: String,
    /// Why it is left out.
    pub reason: DropReason,
}

/// Why something is left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum DropReason {
    /// A merge commit that brings no text of its own.
    Merge,
    /// A robot's work.
    Bot,
    /// A commit that only names a release.
    ReleaseCommit,
    /// `fixup!`, `squash!`, `wip`.
    WorkInProgress,
    /// `[skip changelog]` or the like.
    Marked,
    /// Reverted in the same window, or the revert itself.
    Reverted,
    /// Chore, test, build, style or refactoring.
    Housekeeping,
    /// No usable words in its message.
    Empty,
}

/// A dependency update.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Bump {
    /// Object id of the commit.
    pub sha: String,
    /// Its subject, cleaned.
    pub title: String,
}

/// A release in the window.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ReleaseFact {
    /// Tag name.
    pub tag: String,
    /// Its web page.
    pub url: Option<String>,
    /// When.
    pub at: Timestamp,
}

/// Counts over a brief.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BriefStats {
    /// Commits in the window, dropped ones included.
    pub commits: usize,
    /// Items kept.
    pub items: usize,
    /// Distinct people behind the kept items, robots aside.
    pub people: usize,
    /// Days from first to last, both counted.
    pub days: i64,
    /// Lines and files over the kept items.
    pub changed: FileStats,
    /// Everything left out.
    pub dropped: usize,
}

/// How a project wants to sound, and what it calls itself.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Style {
    /// Tags to put under a text, most fitting first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// Names or addresses whose commits count as a robot's.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub bots: Vec<String>,
}
