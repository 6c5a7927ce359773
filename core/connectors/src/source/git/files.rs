//! Which files a commit changed, and by how many lines.
//!
//! Blobs are compared as stored, by Myers' algorithm as git does by default. Attributes, filters, text conversions and
//! external diffs have no part in it: they could run programs, and they depend on the machine.

use dateline_core::activity::{FileChange, FileChangeKind, FileStats, LineCounts};
use gix::bstr::{BStr, ByteSlice};
use gix::diff::blob::pipeline::{Mode, WorktreeRoots};
use gix::diff::blob::{Algorithm, Diff, InternedInput, Pipeline, Platform};
use gix::diff::tree::recorder::Change as TreeChange;
use gix::diff::tree_with_rewrites::ChangeRef;
use gix::error::ResultExt;
use gix::objs::TreeRefIter;
use gix::objs::tree::EntryMode;
use gix::prelude::FindExt;
use gix::{ObjectId, Repository};

/// Files of one commit that are kept by name.
pub(super) const FILES_MAX: usize = 50;

/// A file is binary when a NUL stands in its first bytes: git's rule and figure.
const BINARY_PROBE_BYTES: usize = 8000;

/// Above this size a file takes no part in the search for renames by likeness.
const LIKENESS_BYTES_MAX: u64 = 8 << 20;

/// Compares trees, keeping buffers between commits.
pub(super) struct FileReader {
    state: gix::diff::tree::State,
    platform: Platform,
    before: Vec<u8>,
    after: Vec<u8>,
}

/// One end of a change.
type Entry = (EntryMode, ObjectId);

/// A change before its lines are counted.
struct Found {
    path: String,
    previous: Option<String>,
    old: Option<Entry>,
    new: Option<Entry>,
}

impl FileReader {
    /// Prepares comparisons in `repo`.
    pub(super) fn new(repo: &Repository) -> gix::Result<Self> {
        let empty = gix::index::State::new(repo.object_hash());
        let attributes = gix::worktree::stack::state::attributes::Source::IdMapping;
        let filter =
            gix::filter::plumbing::Pipeline::new(Default::default(), repo.object_hash(), Default::default());
        let options = gix::diff::blob::pipeline::Options {
            large_file_threshold_bytes: LIKENESS_BYTES_MAX,
            ..Default::default()
        };
        let platform = Platform::new(
            gix::diff::blob::platform::Options { algorithm: Some(Algorithm::Myers), ..Default::default() },
            Pipeline::new(WorktreeRoots::default(), filter, Vec::new(), options),
            Mode::ToGit,
            repo.attributes_only(&empty, attributes)?.detach(),
        );
        Ok(Self { state: Default::default(), platform, before: Vec::new(), after: Vec::new() })
    }

    /// Returns every file that differs between two trees; `old` is `None` for a first commit.
    ///
    /// # Errors
    /// When a tree or blob cannot be read. A blob too large to unpack is no error but a binary file.
    pub(super) fn changes(
        &mut self,
        repo: &Repository,
        old: Option<ObjectId>,
        new: ObjectId,
    ) -> gix::Result<Vec<FileChange>> {
        if old == Some(new) {
            return Ok(Vec::new());
        }
        let old_tree = old.map_or_else(|| Ok(repo.empty_tree()), |id| repo.find_tree(id))?;
        let new_tree = repo.find_tree(new)?;
        let kind = repo.object_hash();
        let (lhs, rhs) =
            (TreeRefIter::from_bytes(&old_tree.data, kind), TreeRefIter::from_bytes(&new_tree.data, kind));
        let mut recorder = gix::diff::tree::Recorder::default();
        gix::diff::tree(lhs, rhs, &mut self.state, &repo.objects, &mut recorder).or_error()?;
        let mut found: Vec<Found> = recorder.records.into_iter().filter_map(found_plain).collect();
        // Only a file that came beside one that went can have moved.
        if found.iter().any(|change| change.old.is_none()) && found.iter().any(|change| change.new.is_none())
        {
            found = self.with_renames(repo, lhs, rhs)?;
        }
        found.into_iter().map(|change| self.counted(repo, change)).collect()
    }

    fn with_renames(
        &mut self,
        repo: &Repository,
        lhs: TreeRefIter<'_>,
        rhs: TreeRefIter<'_>,
    ) -> gix::Result<Vec<Found>> {
        let options = gix::diff::tree_with_rewrites::Options {
            location: Some(gix::diff::tree::recorder::Location::Path),
            rewrites: Some(gix::diff::Rewrites::default()),
        };
        let mut found = Vec::new();
        let visit = |change: ChangeRef<'_>| -> gix::Result<std::ops::ControlFlow<()>> {
            found.extend(found_renamed(change));
            Ok(std::ops::ControlFlow::Continue(()))
        };
        let (state, platform) = (&mut self.state, &mut self.platform);
        let outcome = gix::diff::tree_with_rewrites(lhs, rhs, platform, state, &repo.objects, visit, options)
            .or_error();
        // The cache is not bounded by itself.
        self.platform.clear_resource_cache();
        outcome.map(|_| found)
    }

    fn counted(&mut self, repo: &Repository, change: Found) -> gix::Result<FileChange> {
        let lines = self.lines(repo, change.old, change.new)?;
        let kind = match (&change.previous, change.old, change.new) {
            (Some(_), _, _) => FileChangeKind::Renamed,
            (None, None, _) => FileChangeKind::Added,
            (None, _, None) => FileChangeKind::Deleted,
            (None, Some(_), Some(_)) => FileChangeKind::Modified,
        };
        Ok(FileChange { path: change.path, previous: change.previous, kind, lines })
    }

    /// Returns the lines between two states of a file; `None` for binary files, submodules and giants.
    fn lines(
        &mut self,
        repo: &Repository,
        old: Option<Entry>,
        new: Option<Entry>,
    ) -> gix::Result<Option<LineCounts>> {
        if [old, new].into_iter().flatten().any(|(mode, _)| mode.is_commit()) {
            return Ok(None);
        }
        if old.map(|(_, id)| id) == new.map(|(_, id)| id) {
            return Ok(Some(LineCounts { insertions: 0, deletions: 0 }));
        }
        let before = read(repo, old, &mut self.before)?;
        let after = read(repo, new, &mut self.after)?;
        let (true, true) = (before && !is_binary(&self.before), after && !is_binary(&self.after)) else {
            return Ok(None);
        };
        let (insertions, deletions) = match (old, new) {
            (None, _) => (line_count(&self.after), 0),
            (_, None) => (0, line_count(&self.before)),
            (Some(_), Some(_)) => {
                let (before, after) = differing(&self.before, &self.after);
                let diff = Diff::compute(Algorithm::Myers, &InternedInput::new(before, after));
                (diff.count_additions(), diff.count_removals())
            }
        };
        Ok(Some(LineCounts { insertions, deletions }))
    }
}

/// Returns the totals over `files`.
pub(super) fn totals(files: &[FileChange]) -> FileStats {
    let mut stats = FileStats { files: files.len() as u32, ..FileStats::default() };
    for lines in files.iter().filter_map(|file| file.lines) {
        stats.insertions += u64::from(lines.insertions);
        stats.deletions += u64::from(lines.deletions);
    }
    stats
}

/// Returns how much of a file changed.
pub(super) fn size(file: &FileChange) -> u64 {
    file.lines.map_or(0, |lines| u64::from(lines.insertions) + u64::from(lines.deletions))
}

/// Reads a blob into `buffer`, empty for an absent one; false when it is too large to unpack.
fn read(repo: &Repository, entry: Option<Entry>, buffer: &mut Vec<u8>) -> gix::Result<bool> {
    buffer.clear();
    let Some((_, id)) = entry else { return Ok(true) };
    match repo.objects.find_blob(&id, buffer) {
        Ok(_) => Ok(true),
        Err(error) if error.is_resource_exhausted() => Ok(false),
        Err(error) => Err(error),
    }
}

/// Returns both texts without the whole lines they begin and end with in common, which are most of a large file.
fn differing<'a>(before: &'a [u8], after: &'a [u8]) -> (&'a [u8], &'a [u8]) {
    let same = before.iter().zip(after).take_while(|(b, a)| b == a).count();
    let start = before[..same].iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
    let (before, after) = (&before[start..], &after[start..]);
    let same = before.iter().rev().zip(after.iter().rev()).take_while(|(b, a)| b == a).count();
    // The first line end inside the common tail may end a line that differs: what follows it is whole.
    let tail = &before[before.len() - same..];
    let kept = tail.iter().position(|byte| *byte == b'\n').map_or(tail.len(), |end| end + 1);
    let common = tail.len() - kept;
    (&before[..before.len() - common], &after[..after.len() - common])
}

fn is_binary(data: &[u8]) -> bool {
    data[..data.len().min(BINARY_PROBE_BYTES)].contains(&0)
}

fn line_count(data: &[u8]) -> u32 {
    let ended = data.iter().filter(|byte| **byte == b'\n').count();
    let rest = usize::from(data.last().is_some_and(|last| *last != b'\n'));
    u32::try_from(ended + rest).unwrap_or(u32::MAX)
}

fn text(path: &BStr) -> String {
    path.to_str_lossy().into_owned()
}

fn found_plain(change: TreeChange) -> Option<Found> {
    let (path, old, new) = match change {
        TreeChange::Addition { entry_mode, oid, path, .. } => (path, None, Some((entry_mode, oid))),
        TreeChange::Deletion { entry_mode, oid, path, .. } => (path, Some((entry_mode, oid)), None),
        TreeChange::Modification { previous_entry_mode, previous_oid, entry_mode, oid, path } => {
            (path, Some((previous_entry_mode, previous_oid)), Some((entry_mode, oid)))
        }
    };
    file(text(path.as_bstr()), None, old, new)
}

fn found_renamed(change: ChangeRef<'_>) -> Option<Found> {
    match change {
        ChangeRef::Addition { location, entry_mode, id, .. } => {
            file(text(location), None, None, Some((entry_mode, id)))
        }
        ChangeRef::Deletion { location, entry_mode, id, .. } => {
            file(text(location), None, Some((entry_mode, id)), None)
        }
        ChangeRef::Modification { location, previous_entry_mode, previous_id, entry_mode, id } => {
            file(text(location), None, Some((previous_entry_mode, previous_id)), Some((entry_mode, id)))
        }
        ChangeRef::Rewrite {
            source_location,
            source_entry_mode,
            source_id,
            location,
            entry_mode,
            id,
            ..
        } => {
            let previous = Some(text(source_location));
            file(text(location), previous, Some((source_entry_mode, source_id)), Some((entry_mode, id)))
        }
    }
}

/// Returns the change unless it is that of a folder, whose files are listed on their own.
fn file(path: String, previous: Option<String>, old: Option<Entry>, new: Option<Entry>) -> Option<Found> {
    let is_tree = |entry: Option<Entry>| entry.is_some_and(|(mode, _)| mode.is_tree());
    (!is_tree(old) && !is_tree(new)).then_some(Found { path, previous, old, new })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(before: &[u8], after: &[u8]) -> (u32, u32) {
        let diff = Diff::compute(Algorithm::Myers, &InternedInput::new(before, after));
        (diff.count_additions(), diff.count_removals())
    }

    #[test]
    fn only_whole_common_lines_are_passed_over() {
        assert_eq!(differing(b"a\nb\nc\n", b"a\nx\nc\n"), (&b"b\n"[..], &b"x\n"[..]));
        assert_eq!(differing(b"ab\n", b"xb\n"), (&b"ab\n"[..], &b"xb\n"[..]));
        assert_eq!(differing(b"a\n", b"a\na\n"), (&b""[..], &b"a\n"[..]));
        assert_eq!(differing(b"a\nb", b"a\nb\n"), (&b"b"[..], &b"b\n"[..]));
        assert_eq!(differing(b"", b"x"), (&b""[..], &b"x"[..]));
    }

    proptest::proptest! {
        #[test]
        fn passing_over_common_lines_changes_no_count(before in "[ab\n]{0,24}", after in "[ab\n]{0,24}") {
            let (short_before, short_after) = differing(before.as_bytes(), after.as_bytes());
            let short = counts(short_before, short_after);
            proptest::prop_assert_eq!(short, counts(before.as_bytes(), after.as_bytes()));
        }
    }
}
