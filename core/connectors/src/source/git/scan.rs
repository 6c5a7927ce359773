//! A whole scan, from a path to an [`Activity`].

use std::collections::HashSet;

use dateline_core::activity::{Activity, Commit, Release, Repository as Described, ScanNote, Window};
use dateline_core::source::{FileDetail, ScanProgress, ScanRequest, SourceError};
use gix::{ObjectId, Repository};

use super::hot::HotFiles;
use super::lineage::Lineage;
use super::people::People;
use super::raw::instant;
use super::reader::{Base, Reader, Reading, Task};
use super::tags::{self, ReleaseTag};
use super::window::{Choice, Chosen, head_until};
use super::{Limits, failure, links, opening, stream};

/// Threads that read commits. Two halve the time; more would leave too little to the rest of the program.
const THREADS: usize = 2;

/// Commits handed to the threads at once, which bounds the file lists held.
const BATCH: usize = 256;

/// Reads what `request` asks for. Blocks.
pub(super) fn scan(
    path: &str,
    branch: Option<&str>,
    request: &ScanRequest,
    limits: Limits,
    progress: &dyn ScanProgress,
) -> Result<Option<Activity>, SourceError> {
    let repo = opening::open(path)?;
    let stream = stream::resolve(&repo, path, branch)?;
    let Some(tip) = stream.head else { return Ok(None) };
    let Some(head) = head_until(&repo, path, tip, request.until, progress)? else { return Ok(None) };
    let tags = tags::release_tags(&repo).map_err(|error| failure::unreadable(path, &error))?;
    let mut people = People::at(&repo, tip);
    let choice = Choice { repo: &repo, path, head, tags: &tags, people: &mut people, limits, progress };
    let Some(chosen) = choice.choose(request)? else { return Ok(None) };

    let url = links::remote_url(&repo, stream.branch.as_deref());
    let repository = Described {
        name: url.as_deref().and_then(links::last_part).unwrap_or_else(|| folder_name(&repo)),
        branch: stream.branch,
        links: url.as_deref().and_then(links::link_base),
    };
    let readers = (0..THREADS)
        .map(|_| Reader::new(repo.clone(), path, people.clone(), repository.links.clone(), request.files))
        .collect::<Result<Vec<_>, _>>()?;
    let read = read_all(readers, &chosen, progress)?;
    let hot_files = match request.files {
        FileDetail::Counted => read.hot.top(&repo, head),
        FileDetail::Omitted => Vec::new(),
    };
    Ok(Some(Activity {
        repository,
        window: window(&chosen, head),
        releases: releases(&repo, &tags, &chosen),
        commits: read.commits,
        hot_files,
        issues: Vec::new(),
        notes: notes(&chosen, limits, read.unreadable),
    }))
}

/// Everything read from the commits of a window.
#[derive(Default)]
struct Read {
    commits: Vec<Commit>,
    hot: HotFiles,
    unreadable: Vec<String>,
}

fn read_all(
    mut readers: Vec<Reader>,
    chosen: &Chosen,
    progress: &dyn ScanProgress,
) -> Result<Read, SourceError> {
    // The head is what every walk meets first.
    let lineage = Lineage::of(&chosen.graph, 0);
    let tasks: Vec<Task> = chosen.commits.iter().map(|at| task(chosen, &lineage, *at)).collect();
    let mut read = Read::default();
    for batch in tasks.chunks(BATCH) {
        if progress.is_stopped() {
            return Err(SourceError::Stopped);
        }
        for reading in read_batch(&mut readers, batch)? {
            if reading.is_unreadable {
                read.unreadable.push(reading.commit.sha.clone());
            }
            // A merge's files were counted with the commits it brought in.
            if reading.commit.merge.is_none() {
                read.hot.add(&reading.files);
            }
            read.commits.push(reading.commit);
        }
        progress.commits_read(read.commits.len());
    }
    relate(&mut read.commits, chosen, &lineage);
    mark_newcomers(&mut read.commits, chosen);
    Ok(read)
}

/// Reads `batch` on all readers, keeping its order.
fn read_batch(readers: &mut [Reader], batch: &[Task]) -> Result<Vec<Reading>, SourceError> {
    let share = batch.len().div_ceil(readers.len()).max(1);
    std::thread::scope(|scope| {
        let running: Vec<_> = readers
            .iter_mut()
            .zip(batch.chunks(share))
            .map(|(reader, tasks)| {
                scope.spawn(move || tasks.iter().map(|task| reader.read(*task)).collect::<Vec<_>>())
            })
            .collect();
        let mut readings = Vec::with_capacity(batch.len());
        for thread in running {
            match thread.join() {
                Ok(part) => readings.extend(part),
                // Carried on to the task that runs this scan, which answers for it.
                Err(cause) => std::panic::resume_unwind(cause),
            }
        }
        readings.into_iter().collect()
    })
}

fn task(chosen: &Chosen, lineage: &Lineage, at: usize) -> Task {
    let node = &chosen.graph.nodes[at];
    let base = match node.parents[..] {
        [] if node.is_shallow => Base::CutOff,
        [] => Base::Root,
        [parent] => Base::Parent(parent),
        [parent, ..] if lineage.is_on_line(at) => Base::Parent(parent),
        [..] => Base::Skipped,
    };
    Task { id: node.id, base }
}

/// Ties merges to what they brought in; `commits` stand in the window's order.
fn relate(commits: &mut [Commit], chosen: &Chosen, lineage: &Lineage) {
    let mut brought: std::collections::HashMap<usize, Vec<String>> = Default::default();
    for (commit, at) in commits.iter_mut().zip(&chosen.commits) {
        if let Some(merge) = lineage.brought_by(*at) {
            commit.merged_in = Some(chosen.graph.nodes[merge].id.to_string());
            brought.entry(merge).or_default().push(commit.sha.clone());
        }
    }
    for (commit, at) in commits.iter_mut().zip(&chosen.commits) {
        if let (Some(merge), Some(shas)) = (&mut commit.merge, brought.remove(at)) {
            merge.commits = shas;
        }
    }
}

/// Marks the first commit of everybody who has none before; unsure where history is cut off.
fn mark_newcomers(commits: &mut [Commit], chosen: &Chosen) {
    let graph = &chosen.graph;
    let is_whole = graph.is_complete && !graph.nodes.iter().any(|node| node.is_shallow);
    let inside: HashSet<usize> = chosen.commits.iter().copied().collect();
    let before = graph.order.iter().filter(|at| !inside.contains(at));
    let mut known: HashSet<u32> = before.map(|at| graph.nodes[*at].author).collect();
    for (commit, at) in commits.iter_mut().zip(&chosen.commits).rev() {
        let is_new = known.insert(graph.nodes[*at].author);
        commit.first_time = if is_new { is_whole.then_some(true) } else { Some(false) };
    }
}

fn window(chosen: &Chosen, head: ObjectId) -> Window {
    let seconds = || chosen.commits.iter().map(|at| chosen.graph.nodes[*at].seconds);
    Window {
        after: chosen.after.map(|id| id.to_string()),
        head: head.to_string(),
        from: instant(seconds().min().unwrap_or_default()),
        to: instant(seconds().max().unwrap_or_default()),
        start: chosen.start.clone(),
    }
}

fn releases(repo: &Repository, tags: &[ReleaseTag], chosen: &Chosen) -> Vec<Release> {
    let inside: HashSet<usize> = chosen.commits.iter().copied().collect();
    let mut releases: Vec<Release> = tags
        .iter()
        .filter_map(|tag| Some((tag, chosen.graph.find(&tag.commit).filter(|at| inside.contains(at))?)))
        .map(|(tag, at)| tags::release(repo, tag, chosen.graph.nodes[at].seconds))
        .collect();
    releases.sort_by(|a, b| b.at.cmp(&a.at).then_with(|| b.tag.cmp(&a.tag)));
    releases
}

fn notes(chosen: &Chosen, limits: Limits, unreadable: Vec<String>) -> Vec<ScanNote> {
    let mut notes = Vec::new();
    if chosen.commits.iter().any(|at| chosen.graph.nodes[*at].is_shallow) {
        notes.push(ScanNote::Shallow);
    }
    if chosen.is_truncated {
        notes.push(ScanNote::Truncated { limit: limits.commits });
    }
    notes.extend(unreadable.into_iter().map(|sha| ScanNote::Unreadable { sha }));
    notes
}

/// Returns the folder's name as a repository's: that of the main work tree, or of a bare repository without `.git`.
fn folder_name(repo: &Repository) -> String {
    let shared = std::fs::canonicalize(repo.common_dir()).unwrap_or_else(|_| repo.common_dir().to_owned());
    let folder = if shared.ends_with(".git") { shared.parent() } else { Some(shared.as_path()) };
    let name = folder.and_then(|folder| folder.file_name()).map(|name| name.to_string_lossy().into_owned());
    name.as_deref().and_then(links::last_part).unwrap_or_else(|| "repository".to_owned())
}
