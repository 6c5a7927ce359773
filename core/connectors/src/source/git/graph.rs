//! The commits reachable from a head, with the ones already covered painted out.
//!
//! A queue ordered by committer time, as git's own. What the cursor reaches is painted *covered*; paint that arrives
//! late, because clocks disagreed, is carried on to parents already visited. The walk goes on to the roots, so the
//! exclusion is exact whatever the dates say, and the people of earlier times become known on the way.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use dateline_core::source::{ScanProgress, SourceError};
use gix::{ObjectId, Repository};

use super::Limits;
use super::failure;
use super::people::People;
use super::raw::RawCommit;

/// How many commits pass between two questions whether the asker is still there.
const STRIDE: usize = 512;

/// A commit of the graph.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) id: ObjectId,
    pub(super) parents: gix::traverse::commit::ParentIds,
    /// Committer time, seconds.
    pub(super) seconds: i64,
    /// The author's number, the same for the same person.
    pub(super) author: u32,
    /// Whether the cursor reaches it.
    pub(super) is_covered: bool,
    /// Whether its parents are cut off by a shallow clone.
    pub(super) is_shallow: bool,
    is_visited: bool,
}

/// What a walk found.
#[derive(Debug, Default)]
pub(super) struct Graph {
    pub(super) nodes: Vec<Node>,
    /// Indices in the order git would list them, newest first; covered commits included.
    pub(super) order: Vec<usize>,
    /// Whether everything the head reaches was seen.
    pub(super) is_complete: bool,
    index: gix::hashtable::HashMap<ObjectId, usize>,
}

impl Graph {
    /// Returns the node of `id`, if the walk met it.
    pub(super) fn find(&self, id: &ObjectId) -> Option<usize> {
        self.index.get(id).copied()
    }
}

/// Where a walk begins and what counts as its window.
pub(super) struct Bounds<'a> {
    pub(super) head: ObjectId,
    /// Everything this commit reaches is covered.
    pub(super) covered: Option<ObjectId>,
    /// Whether a commit of this committer time lies in the window, if it is not covered.
    pub(super) is_inside: &'a dyn Fn(i64) -> bool,
    pub(super) limits: Limits,
}

/// Walks the history of `bounds.head`.
///
/// # Errors
/// [`SourceError::Corrupt`] when a commit of the window is missing; one before the window only makes the graph
/// incomplete. [`SourceError::Stopped`] when the asker has gone.
pub(super) fn walk(
    repo: &Repository,
    path: &str,
    bounds: &Bounds<'_>,
    people: &mut People,
    progress: &dyn ScanProgress,
) -> Result<Graph, SourceError> {
    let mut walk = Walk::new(repo, path, people)?;
    walk.graph.is_complete = true;
    let head = walk.discover(bounds.head)?;
    walk.queue(head);
    if let Some(covered) = bounds.covered {
        let covered = walk.discover(covered)?;
        walk.graph.nodes[covered].is_covered = true;
        walk.queue(covered);
    }
    let (mut inside, mut before) = (0, 0);
    while let Some((_, _, at)) = walk.heap.pop() {
        if walk.graph.order.len().is_multiple_of(STRIDE) && progress.is_stopped() {
            return Err(SourceError::Stopped);
        }
        let node = &mut walk.graph.nodes[at];
        let is_new = !std::mem::replace(&mut node.is_visited, true);
        let is_wanted = !node.is_covered && (bounds.is_inside)(node.seconds);
        if is_new {
            walk.graph.order.push(at);
            *(if is_wanted { &mut inside } else { &mut before }) += 1;
        }
        // One more than is kept, to tell a full window from a cut one.
        if inside > bounds.limits.commits || before > bounds.limits.before {
            walk.graph.is_complete = false;
            break;
        }
        walk.spread(at, is_wanted)?;
    }
    Ok(walk.graph)
}

/// Returns the commit of `sought` that a walk from `head`, itself aside, meets first.
pub(super) fn first_met(
    repo: &Repository,
    path: &str,
    head: ObjectId,
    sought: &gix::hashtable::HashSet,
    limits: Limits,
    progress: &dyn ScanProgress,
) -> Result<Option<ObjectId>, SourceError> {
    let mut people = People::default();
    let mut walk = Walk::new(repo, path, &mut people)?;
    let start = walk.discover(head)?;
    walk.queue(start);
    let mut met = 0;
    while let Some((_, _, at)) = walk.heap.pop() {
        let id = walk.graph.nodes[at].id;
        if id != head && sought.contains(&id) {
            return Ok(Some(id));
        }
        met += 1;
        if met > limits.commits + limits.before {
            break;
        }
        if met.is_multiple_of(STRIDE) && progress.is_stopped() {
            return Err(SourceError::Stopped);
        }
        walk.spread(at, false)?;
    }
    Ok(None)
}

struct Walk<'a> {
    repo: &'a Repository,
    path: &'a str,
    people: &'a mut People,
    /// Sorted ids whose parents are not here.
    shallow: Vec<ObjectId>,
    authors: std::collections::HashMap<String, u32>,
    graph: Graph,
    /// Latest committer time first; among equals the one met first.
    heap: BinaryHeap<(i64, Reverse<usize>, usize)>,
    queued: usize,
    buffer: Vec<u8>,
}

impl<'a> Walk<'a> {
    fn new(repo: &'a Repository, path: &'a str, people: &'a mut People) -> Result<Self, SourceError> {
        let shallow = repo.shallow_commits().map_err(|error| failure::unreadable(path, &error))?;
        let mut shallow: Vec<ObjectId> = shallow.map(|ids| ids.iter().copied().collect()).unwrap_or_default();
        shallow.sort();
        Ok(Self {
            repo,
            path,
            people,
            shallow,
            authors: Default::default(),
            graph: Graph::default(),
            heap: BinaryHeap::new(),
            queued: 0,
            buffer: Vec::new(),
        })
    }

    fn queue(&mut self, at: usize) {
        self.queued += 1;
        self.heap.push((self.graph.nodes[at].seconds, Reverse(self.queued), at));
    }

    /// Queues the parents of `at` that are new or receive new paint.
    fn spread(&mut self, at: usize, is_wanted: bool) -> Result<(), SourceError> {
        let (parents, is_covered) = (self.graph.nodes[at].parents.clone(), self.graph.nodes[at].is_covered);
        for parent in parents {
            let known = self.graph.find(&parent);
            let found = match known {
                Some(found) => found,
                None => match self.discover(parent) {
                    Ok(found) => found,
                    Err(error) if is_wanted => return Err(error),
                    Err(_) => {
                        self.graph.is_complete = false;
                        continue;
                    }
                },
            };
            let node = &mut self.graph.nodes[found];
            let is_painted = is_covered && !node.is_covered;
            node.is_covered |= is_covered;
            if known.is_none() || (is_painted && node.is_visited) {
                self.queue(found);
            }
        }
        Ok(())
    }

    /// Reads commit `id` into the graph.
    fn discover(&mut self, id: ObjectId) -> Result<usize, SourceError> {
        if let Some(known) = self.graph.find(&id) {
            return Ok(known);
        }
        use gix::prelude::FindExt;
        let data = self
            .repo
            .objects
            .find(&id, &mut self.buffer)
            .map_err(|error| failure::unreadable(self.path, &error))?;
        let commit = (data.kind == gix::objs::Kind::Commit).then(|| RawCommit::parse(data.data)).flatten();
        let Some(commit) = commit else {
            return Err(failure::corrupt(self.path, format!("{id} should be a commit and is not")));
        };
        let person = self.people.person(commit.author.name, commit.author.email);
        let next = self.authors.len() as u32;
        let author = match self.authors.get(&person.key) {
            Some(author) => *author,
            None => *self.authors.entry(person.key.clone()).or_insert(next),
        };
        let is_shallow = self.shallow.binary_search(&id).is_ok() && !commit.parents.is_empty();
        let node = Node {
            id,
            seconds: commit.committer.seconds,
            author,
            is_covered: false,
            is_shallow,
            is_visited: false,
            parents: if is_shallow { Default::default() } else { commit.parents },
        };
        self.graph.nodes.push(node);
        self.graph.index.insert(id, self.graph.nodes.len() - 1);
        Ok(self.graph.nodes.len() - 1)
    }
}
