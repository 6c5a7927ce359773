//! Which commits a request means.

use chrono::TimeDelta;
use dateline_core::activity::WindowStart;
use dateline_core::source::{ScanFrom, ScanProgress, ScanRequest, SourceError};
use dateline_core::time::Timestamp;
use gix::prelude::FindExt;
use gix::{ObjectId, Repository};

use super::Limits;
use super::failure;
use super::graph::{self, Bounds, Graph};
use super::people::People;
use super::raw::RawCommit;
use super::tags::ReleaseTag;

/// How far a first window reaches back without a release.
const FIRST_WINDOW: TimeDelta = TimeDelta::days(30);

/// How many commits a first window holds when nothing happened lately.
const FIRST_COMMITS: usize = 50;

/// How much earlier than the cursor's date a window begins whose cursor is gone: its date is when it was read.
const CURSOR_LOST_OVERLAP: TimeDelta = TimeDelta::hours(24);

/// The commits of a window inside the history around them.
pub(super) struct Chosen {
    pub(super) graph: Graph,
    /// Indices into the graph, newest first; never empty.
    pub(super) commits: Vec<usize>,
    pub(super) start: WindowStart,
    /// The cursor, when the window begins there.
    pub(super) after: Option<ObjectId>,
    /// Whether older commits of the window were left out.
    pub(super) is_truncated: bool,
}

/// What choosing needs to look at.
pub(super) struct Choice<'a> {
    pub(super) repo: &'a Repository,
    pub(super) path: &'a str,
    pub(super) head: ObjectId,
    pub(super) tags: &'a [ReleaseTag],
    pub(super) people: &'a mut People,
    pub(super) limits: Limits,
    pub(super) progress: &'a dyn ScanProgress,
}

impl Choice<'_> {
    /// Returns the window of `request`; `None` when nothing lies in it.
    pub(super) fn choose(mut self, request: &ScanRequest) -> Result<Option<Chosen>, SourceError> {
        match &request.from {
            ScanFrom::Cursor { sha, at } => self.since_cursor(sha, *at),
            ScanFrom::Date(from) => self.since_date(*from, WindowStart::Dates),
            ScanFrom::First => self.first(request.now),
        }
    }

    fn since_cursor(&mut self, sha: &str, at: Timestamp) -> Result<Option<Chosen>, SourceError> {
        let cursor = ObjectId::from_hex(sha.as_bytes()).ok().filter(|id| is_commit(self.repo, *id));
        if cursor == Some(self.head) {
            return Ok(None);
        }
        if let Some(cursor) = cursor {
            let graph = self.walk(Some(cursor), &|_| true)?;
            // A rewritten branch still shares its older part with the cursor; one that shares nothing is another
            // history, for which the cursor says no more than its date.
            if meets_cover(&graph) || !graph.is_complete {
                return Ok(self.all_of(graph, WindowStart::Cursor, Some(cursor)));
            }
        }
        self.since_date(at - CURSOR_LOST_OVERLAP, WindowStart::CursorLost)
    }

    fn since_date(&mut self, from: Timestamp, start: WindowStart) -> Result<Option<Chosen>, SourceError> {
        let from = ceil_seconds(from);
        let graph = self.walk(None, &|seconds| seconds >= from)?;
        let commits = graph.order.iter().copied().filter(|at| graph.nodes[*at].seconds >= from).collect();
        Ok(self.chosen(graph, commits, start, None))
    }

    fn first(&mut self, now: Timestamp) -> Result<Option<Chosen>, SourceError> {
        if let Some(tag) = self.last_release()? {
            let graph = self.walk(Some(tag.commit), &|_| true)?;
            let start = WindowStart::LastRelease { tag: tag.name };
            return Ok(self.all_of(graph, start, None));
        }
        let from = ceil_seconds(now - FIRST_WINDOW);
        let graph = self.walk(None, &|seconds| seconds >= from)?;
        let recent: Vec<usize> =
            graph.order.iter().copied().filter(|at| graph.nodes[*at].seconds >= from).collect();
        if !recent.is_empty() {
            return Ok(self.chosen(graph, recent, WindowStart::ThirtyDays, None));
        }
        let newest = graph.order.iter().copied().take(FIRST_COMMITS).collect();
        Ok(self.chosen(graph, newest, WindowStart::FiftyCommits, None))
    }

    /// Returns the first release tag met on the way down, the head's own aside: what it released is told now.
    fn last_release(&self) -> Result<Option<ReleaseTag>, SourceError> {
        if self.tags.iter().all(|tag| tag.commit == self.head) {
            return Ok(None);
        }
        let tagged: gix::hashtable::HashSet = self.tags.iter().map(|tag| tag.commit).collect();
        let met = graph::first_met(self.repo, self.path, self.head, &tagged, self.limits, self.progress)?;
        let mut names: Vec<&ReleaseTag> = self.tags.iter().filter(|tag| Some(tag.commit) == met).collect();
        // Of several names for one commit, the fullest: `v1.2.3` rather than `v1`.
        names.sort_by_key(|tag| (tag.name.len(), tag.name.as_str()));
        Ok(names.pop().cloned())
    }

    fn walk(
        &mut self,
        covered: Option<ObjectId>,
        is_inside: &dyn Fn(i64) -> bool,
    ) -> Result<Graph, SourceError> {
        let bounds = Bounds { head: self.head, covered, is_inside, limits: self.limits };
        graph::walk(self.repo, self.path, &bounds, self.people, self.progress)
    }

    fn all_of(&self, graph: Graph, start: WindowStart, after: Option<ObjectId>) -> Option<Chosen> {
        let commits = graph.order.iter().copied().filter(|at| !graph.nodes[*at].is_covered).collect();
        self.chosen(graph, commits, start, after)
    }

    fn chosen(
        &self,
        graph: Graph,
        mut commits: Vec<usize>,
        start: WindowStart,
        after: Option<ObjectId>,
    ) -> Option<Chosen> {
        let is_truncated = commits.len() > self.limits.commits;
        commits.truncate(self.limits.commits);
        (!commits.is_empty()).then_some(Chosen { graph, commits, start, after, is_truncated })
    }
}

/// Returns the newest commit on the first-parent line of `head` that is not later than `until`.
///
/// Cutting on the line, not commit by commit, keeps windows seamless: what the returned commit reaches is told now,
/// everything else belongs to a later window.
pub(super) fn head_until(
    repo: &Repository,
    path: &str,
    head: ObjectId,
    until: Option<Timestamp>,
    progress: &dyn ScanProgress,
) -> Result<Option<ObjectId>, SourceError> {
    let Some(until) = until else { return Ok(Some(head)) };
    let (mut next, mut buffer) = (Some(head), Vec::new());
    while let Some(id) = next {
        if progress.is_stopped() {
            return Err(SourceError::Stopped);
        }
        let data = match repo.objects.find(&id, &mut buffer) {
            Ok(data) => data,
            // Cut off by a shallow clone: there is nothing older to end with.
            Err(error) if id != head && error.is_not_found() => return Ok(None),
            Err(error) => return Err(failure::unreadable(path, &error)),
        };
        let commit = RawCommit::parse(data.data)
            .ok_or_else(|| failure::corrupt(path, format!("{id} is not a commit")))?;
        if commit.committer.at() <= until {
            return Ok(Some(id));
        }
        next = commit.parents.first().copied();
    }
    Ok(None)
}

fn is_commit(repo: &Repository, id: ObjectId) -> bool {
    repo.find_header(id).is_ok_and(|header| header.kind() == gix::objs::Kind::Commit)
}

/// Whether what is covered and what is not belong to one history.
fn meets_cover(graph: &Graph) -> bool {
    let is_covered = |at: usize| graph.nodes[at].is_covered;
    let covered_parent =
        |at: usize| graph.nodes[at].parents.iter().filter_map(|parent| graph.find(parent)).any(is_covered);
    // The head is the first node; a branch set back lies wholly below its cursor.
    is_covered(0) || graph.order.iter().any(|at| !is_covered(*at) && covered_parent(*at))
}

/// Returns the first whole second not before `at`: commits know no fractions.
fn ceil_seconds(at: Timestamp) -> i64 {
    at.timestamp() + i64::from(at.timestamp_subsec_nanos() > 0)
}
