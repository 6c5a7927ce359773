//! A project's activity as it was read piece by piece, so that a text can be written without asking its server again.
//!
//! Each sync adds one segment: what happened from one head to the next. A window is served from the cache only when
//! whole segments make it up, from the cursor to the newest head; anything else is read from the source again.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::activity::{Activity, HotFile, ScanNote, Window};
use crate::source::{ScanFrom, SourceHead};
use crate::time::Timestamp;

/// How many segments of one project are kept.
pub const SEGMENTS_MAX: usize = 500;
/// How large a segment may be, as JSON; a larger one is not kept, and its window is read from the source.
pub const SEGMENT_BYTES_MAX: usize = 4 << 20;
/// Files told as changed most often.
const HOT_FILES_MAX: usize = 20;

/// How far a project's activity has been read: the project's own cursor, which no job's cursor follows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SyncState {
    /// What was read: see [`crate::source::Source::identity`]. A project that reads something else starts anew.
    pub source: String,
    /// What was there then.
    pub head: SourceHead,
    /// When it was read.
    pub synced_at: Timestamp,
}

/// What happened between two heads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ActivitySegment {
    /// The head before it; `None` for the first one.
    pub after: Option<String>,
    /// When it was read.
    pub synced_at: Timestamp,
    /// What happened; its window ends with the head after it.
    pub activity: Activity,
}

/// What the cache holds of a project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CachedActivity {
    /// How far it was read.
    pub state: SyncState,
    /// What was read, oldest first.
    pub segments: Vec<ActivitySegment>,
}

/// What the cache knows of a window.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FromCache {
    /// All of it; `None` when nothing happened.
    Known(Option<Box<Activity>>),
    /// Not all of it: the source must be asked.
    Unknown,
}

impl SyncState {
    /// Whether it is no older than `age_max`, and of the source that is read now.
    pub fn is_fresh(&self, source: &str, age_max: Duration, now: Timestamp) -> bool {
        let age = (now - self.synced_at).to_std().unwrap_or_default();
        self.source == source && age <= age_max
    }
}

impl CachedActivity {
    /// Returns what happened from `from` up to the newest head.
    pub fn since(&self, from: &ScanFrom) -> FromCache {
        let head = self.state.head.head.as_deref();
        let start = match from {
            ScanFrom::Cursor { sha, .. } if head == Some(sha) => return FromCache::Known(None),
            ScanFrom::Cursor { sha, .. } => {
                self.segments.iter().rposition(|segment| segment.after.as_ref() == Some(sha))
            }
            ScanFrom::First => self.segments.iter().rposition(|segment| segment.after.is_none()),
            ScanFrom::Date(_) => None,
        };
        let Some(chain) = start.map(|start| &self.segments[start..]).filter(|chain| is_whole(chain, head))
        else {
            return FromCache::Unknown;
        };
        let pieces: Vec<Activity> = chain.iter().map(|segment| segment.activity.clone()).collect();
        FromCache::Known(joined(pieces).map(Box::new))
    }
}

/// Whether each segment begins where the one before it ended, up to `head`.
fn is_whole(chain: &[ActivitySegment], head: Option<&str>) -> bool {
    let follows = |pair: &[ActivitySegment]| pair[1].after.as_deref() == Some(&pair[0].activity.window.head);
    chain.windows(2).all(follows) && chain.last().map(|last| last.activity.window.head.as_str()) == head
}

/// Returns pieces of one history, oldest first, as one activity; nothing stands in it twice.
pub fn joined(pieces: Vec<Activity>) -> Option<Activity> {
    let mut pieces = pieces.into_iter();
    let mut whole = pieces.next()?;
    for piece in pieces {
        whole = after(whole, piece);
    }
    Some(whole)
}

fn after(older: Activity, newer: Activity) -> Activity {
    let mut commits = newer.commits;
    let known: BTreeSet<String> = commits.iter().map(|commit| commit.sha.clone()).collect();
    commits.extend(older.commits.into_iter().filter(|commit| !known.contains(&commit.sha)));
    // Only a person's first commit is their first.
    let mut seen = BTreeSet::new();
    for commit in commits.iter_mut().rev() {
        if !seen.insert(commit.author.key.clone()) && commit.first_time == Some(true) {
            commit.first_time = Some(false);
        }
    }
    let mut releases = newer.releases;
    for release in older.releases {
        if releases.iter().all(|known| known.tag != release.tag) {
            releases.push(release);
        }
    }
    let mut issues = newer.issues;
    for issue in older.issues {
        if issues.iter().all(|known| known.number != issue.number) {
            issues.push(issue);
        }
    }
    let mut notes: Vec<ScanNote> = newer.notes;
    for note in older.notes {
        if !notes.contains(&note) {
            notes.push(note);
        }
    }
    Activity {
        repository: newer.repository,
        window: Window {
            after: older.window.after,
            head: newer.window.head,
            from: older.window.from.min(newer.window.from),
            to: older.window.to.max(newer.window.to),
            start: older.window.start,
        },
        commits,
        releases,
        hot_files: hottest(newer.hot_files.into_iter().chain(older.hot_files)),
        issues,
        notes,
    }
}

fn hottest(files: impl Iterator<Item = HotFile>) -> Vec<HotFile> {
    let mut sums: BTreeMap<String, (u32, u64)> = BTreeMap::new();
    for file in files {
        let sum = sums.entry(file.path).or_default();
        *sum = (sum.0.saturating_add(file.commits), sum.1.saturating_add(file.lines));
    }
    let mut files: Vec<HotFile> =
        sums.into_iter().map(|(path, (commits, lines))| HotFile { path, commits, lines }).collect();
    files.sort_by(|a, b| (b.commits, b.lines).cmp(&(a.commits, a.lines)).then_with(|| a.path.cmp(&b.path)));
    files.truncate(HOT_FILES_MAX);
    files
}

#[cfg(test)]
#[path = "activity_cache_tests.rs"]
mod tests;
