//! The files that changed most often, under the names they have now.

use std::collections::HashMap;

use dateline_core::activity::{FileChange, FileChangeKind, HotFile};
use gix::{ObjectId, Repository};

use super::files::size;

/// Hot files that are told.
const HOT_FILES_MAX: usize = 20;

/// Counts changes commit by commit, newest first.
#[derive(Debug, Default)]
pub(super) struct HotFiles {
    /// From a path of an older time to the one at the head.
    moved: HashMap<String, String>,
    counts: HashMap<String, (u32, u64)>,
}

impl HotFiles {
    /// Adds the files of the next older commit.
    pub(super) fn add(&mut self, files: &[FileChange]) {
        for file in files {
            let path = self.moved.get(&file.path).unwrap_or(&file.path).clone();
            if let (FileChangeKind::Renamed, Some(previous)) = (file.kind, &file.previous) {
                self.moved.insert(previous.clone(), path.clone());
            }
            let count = self.counts.entry(path).or_default();
            *count = (count.0 + 1, count.1 + size(file));
        }
    }

    /// Returns the most changed files that still exist at `head`.
    pub(super) fn top(self, repo: &Repository, head: ObjectId) -> Vec<HotFile> {
        let Ok(tree) = repo.find_commit(head).and_then(|commit| commit.tree()) else { return Vec::new() };
        let mut files: Vec<HotFile> = self
            .counts
            .into_iter()
            .map(|(path, (commits, lines))| HotFile { path, commits, lines })
            .collect();
        files.sort_unstable_by(|a, b| {
            (b.commits, b.lines).cmp(&(a.commits, a.lines)).then_with(|| a.path.cmp(&b.path))
        });
        let exists = |file: &HotFile| matches!(tree.lookup_entry_by_path(&file.path), Ok(Some(_)));
        files.into_iter().filter(exists).take(HOT_FILES_MAX).collect()
    }
}

#[cfg(test)]
mod tests {
    use dateline_core::activity::LineCounts;

    use super::*;

    fn change(path: &str, previous: Option<&str>) -> FileChange {
        let kind = if previous.is_some() { FileChangeKind::Renamed } else { FileChangeKind::Modified };
        let lines = Some(LineCounts { insertions: 2, deletions: 1 });
        FileChange { path: path.into(), previous: previous.map(Into::into), kind, lines }
    }

    #[test]
    fn changes_follow_a_file_through_its_moves() {
        let mut hot = HotFiles::default();
        hot.add(&[change("c", Some("b"))]);
        hot.add(&[change("b", None)]);
        hot.add(&[change("b", Some("a"))]);
        hot.add(&[change("a", None)]);
        assert_eq!(hot.counts, HashMap::from([("c".to_owned(), (4, 12))]));
    }
}
