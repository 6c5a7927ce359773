//! One commit in full: what it says and what it changed.

use dateline_core::activity::{Commit, FileChange, FileStats, LinkBase, Merge, Person};
use dateline_core::message::Message;
use dateline_core::source::{FileDetail, SourceError};
use gix::prelude::FindExt;
use gix::{ObjectId, Repository};

use super::failure;
use super::files::{FILES_MAX, FileReader, size, totals};
use super::people::People;
use super::raw::RawCommit;

/// A commit to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Task {
    pub(super) id: ObjectId,
    pub(super) base: Base,
}

/// What a commit's files are compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Base {
    /// The tree of its first parent. For a merge on the first-parent line this is what it brought in.
    Parent(ObjectId),
    /// Nothing was there before.
    Root,
    /// The parent is cut off by a shallow clone: counts are missing.
    CutOff,
    /// A merge inside a branch: its files are those of the commits around it, counted there.
    Skipped,
}

/// A commit as read; what depends on other commits is still empty.
pub(super) struct Reading {
    pub(super) commit: Commit,
    /// All its files, also beyond those the commit lists.
    pub(super) files: Vec<FileChange>,
    /// Whether its files could not be read.
    pub(super) is_unreadable: bool,
}

/// Reads commits; each thread has its own.
pub(super) struct Reader {
    repo: Repository,
    path: String,
    people: People,
    own: Option<LinkBase>,
    /// `None` when no counts are asked for.
    files: Option<FileReader>,
    buffer: Vec<u8>,
}

impl Reader {
    pub(super) fn new(
        repo: Repository,
        path: &str,
        people: People,
        own: Option<LinkBase>,
        detail: FileDetail,
    ) -> Result<Self, SourceError> {
        let files = match detail {
            FileDetail::Counted => {
                Some(FileReader::new(&repo).map_err(|error| failure::unreadable(path, &error))?)
            }
            FileDetail::Omitted => None,
        };
        Ok(Self { repo, path: path.to_owned(), people, own, files, buffer: Vec::new() })
    }

    /// Reads the commit of `task`.
    pub(super) fn read(&mut self, task: Task) -> Result<Reading, SourceError> {
        let mut buffer = std::mem::take(&mut self.buffer);
        let data = self
            .repo
            .objects
            .find(&task.id, &mut buffer)
            .map_err(|error| failure::unreadable(&self.path, &error))?;
        let raw = RawCommit::parse(data.data)
            .ok_or_else(|| failure::corrupt(&self.path, format!("{} is not a commit", task.id)))?;
        let mut commit = self.told(task.id, &raw);
        let tree = raw.tree;
        self.buffer = buffer;
        let changed = self.changed(task.base, tree);
        let is_unreadable = changed.is_none();
        let files = changed.unwrap_or_default();
        commit.stats = totals(&files);
        commit.files = largest(&files);
        Ok(Reading { commit, files, is_unreadable })
    }

    /// Returns what the commit says about itself.
    fn told(&mut self, id: ObjectId, raw: &RawCommit<'_>) -> Commit {
        let message = Message::parse(&raw.message(), self.own.as_ref());
        let author = self.people.person(raw.decode(raw.author.name).as_bytes(), raw.author.email).clone();
        let co_authors = self.co_authors(&message, &author);
        let is_merge = raw.parents.len() > 1;
        let text = message.merge.unwrap_or_default();
        Commit {
            sha: id.to_string(),
            authored_at: raw.author.at(),
            committed_at: raw.committer.at(),
            author,
            co_authors,
            subject: message.subject,
            body: message.body,
            trailers: message.trailers,
            merge: is_merge.then(|| Merge { branch: text.branch, title: text.title, commits: Vec::new() }),
            merged_in: None,
            pull_request: message.pull_request,
            closes: message.closes,
            stats: FileStats::default(),
            files: Vec::new(),
            first_time: None,
        }
    }

    fn co_authors(&mut self, message: &Message, author: &Person) -> Vec<Person> {
        let mut people: Vec<Person> = Vec::new();
        for named in &message.co_authors {
            let person = self.people.person(named.name.as_bytes(), named.email.as_bytes());
            if person.key != author.key && people.iter().all(|known| known.key != person.key) {
                people.push(person.clone());
            }
        }
        people
    }

    /// Returns the files changed since `base`; `None` when they could not be read.
    fn changed(&mut self, base: Base, tree: ObjectId) -> Option<Vec<FileChange>> {
        let Some(files) = &mut self.files else { return Some(Vec::new()) };
        let before = match base {
            Base::Skipped => return Some(Vec::new()),
            Base::CutOff => return None,
            Base::Root => None,
            Base::Parent(parent) => {
                let data = self.repo.objects.find(&parent, &mut self.buffer).ok()?;
                Some(RawCommit::parse(data.data)?.tree)
            }
        };
        files.changes(&self.repo, before, tree).ok()
    }
}

/// Returns the files to list, largest change first.
fn largest(files: &[FileChange]) -> Vec<FileChange> {
    let mut sorted: Vec<&FileChange> = files.iter().collect();
    sorted.sort_unstable_by(|a, b| size(b).cmp(&size(a)).then_with(|| a.path.cmp(&b.path)));
    sorted.into_iter().take(FILES_MAX).cloned().collect()
}
