//! Which commits belong together: a merge with what it brought in, a squash with its pull request.

use std::collections::{BTreeMap, BTreeSet};

use crate::activity::Commit;
use crate::brief::class::sort_of;
use crate::brief::drop::{Verdict, untellable, verdict};
use crate::brief::revert::reverted;
use crate::brief::words::Words;
use crate::brief::{Class, DropReason};

/// A commit with its cleaned words and what becomes of it alone.
pub(super) struct Told<'a> {
    /// The commit.
    pub(super) commit: &'a Commit,
    /// Its words.
    pub(super) words: Words,
    /// What becomes of it.
    pub(super) verdict: Verdict,
}

/// Something to tell: words, and the commits that are told by them.
pub(super) struct Unit<'a> {
    /// The commit that stands for it.
    pub(super) stands: &'a Commit,
    /// Its words.
    pub(super) words: Words,
    /// The commits that did the work, weightiest words first; `stands` itself outside merges.
    pub(super) work: Vec<&'a Commit>,
    /// Words of the other commits, where a reason may stand.
    pub(super) more_words: Vec<Words>,
    /// Commits told by it, `stands` aside.
    pub(super) absorbed: Vec<&'a Commit>,
    /// The pull request's number.
    pub(super) number: Option<u64>,
}

/// What joining gives: every commit in exactly one place.
pub(super) struct Joined<'a> {
    /// What is told.
    pub(super) units: Vec<Unit<'a>>,
    /// What is left out or counted, by position in the activity.
    pub(super) rest: BTreeMap<usize, (Told<'a>, Verdict)>,
}

/// Returns what `commits` (newest first) tell, merges and their commits joined.
pub(super) fn join<'a>(commits: &'a [Commit], bots: &[String]) -> Joined<'a> {
    let gone = reverted(commits);
    let told: Vec<Told> = commits.iter().map(|commit| tell(commit, &gone, bots)).collect();
    let groups = groups(&told);
    let mut joined = Joined { units: Vec::new(), rest: BTreeMap::new() };
    let mut verdicts: Vec<Option<Verdict>> = told.iter().map(|told| Some(told.verdict)).collect();
    for (merge, inner) in groups {
        if let Some(unit) = told_as_one(&told[merge], &inner.iter().map(|at| &told[*at]).collect::<Vec<_>>())
        {
            verdicts[merge] = None;
            inner.iter().for_each(|at| verdicts[*at] = None);
            joined.units.push(unit);
        }
    }
    for (at, (told, verdict)) in told.into_iter().zip(verdicts).enumerate() {
        match verdict {
            None => {}
            Some(Verdict::Kept) => joined.units.push(single(told)),
            Some(other) => {
                joined.rest.insert(at, (told, other));
            }
        }
    }
    joined
}

fn tell<'a>(commit: &'a Commit, gone: &BTreeSet<&str>, bots: &[String]) -> Told<'a> {
    let words = Words::of(commit);
    let verdict = if gone.contains(commit.sha.as_str()) {
        Verdict::Dropped(DropReason::Reverted)
    } else {
        verdict(commit, &words, breaking(commit, &words).is_some(), bots)
    };
    Told { commit, words, verdict }
}

/// Returns what `commit` says breaks: empty when it is only marked, `None` when nothing does.
pub(super) fn breaking(commit: &Commit, words: &Words) -> Option<String> {
    let footer = commit.trailers.iter().find(|trailer| {
        matches!(trailer.token.as_str(), "BREAKING CHANGE" | "BREAKING-CHANGE" | "Breaking-Change")
    });
    let paragraph = || {
        let (_, rest) = words
            .body
            .split_once("BREAKING CHANGE:")
            .or_else(|| words.body.split_once("BREAKING-CHANGE:"))?;
        let text = rest.split("\n\n").next().unwrap_or_default();
        Some(text.split_whitespace().collect::<Vec<_>>().join(" "))
    };
    let text = footer.map(|footer| footer.value.clone()).or_else(paragraph);
    text.or_else(|| words.subject.is_breaking.then(String::new))
}

/// Returns the merges of the first-parent line with what each brought in, as positions.
fn groups(told: &[Told]) -> Vec<(usize, Vec<usize>)> {
    let mut inner: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (at, told) in told.iter().enumerate() {
        if let Some(merge) = &told.commit.merged_in {
            inner.entry(merge).or_default().push(at);
        }
    }
    let is_merge = |told: &Told| told.commit.merge.is_some() && told.commit.merged_in.is_none();
    let merges = told.iter().enumerate().filter(|(_, told)| is_merge(told));
    merges.map(|(at, told)| (at, inner.remove(told.commit.sha.as_str()).unwrap_or_default())).collect()
}

/// Returns the one thing a merge tells, or `None` when its commits are better told one by one.
///
/// A merge of one commit takes that commit's words; of many, the pull request's title. A merge without a title is
/// somebody's branch or a merge of the main line: its commits are told by their own words.
fn told_as_one<'a>(merge: &Told<'a>, inner: &[&Told<'a>]) -> Option<Unit<'a>> {
    if merge.verdict == Verdict::Dropped(DropReason::Reverted) {
        return None;
    }
    let work: Vec<&Told> = inner.iter().copied().filter(|told| told.commit.merge.is_none()).collect();
    let kept: Vec<&Told> = work.iter().copied().filter(|told| told.verdict == Verdict::Kept).collect();
    let title = title(merge);
    if let ([only], [_]) = (kept.as_slice(), work.as_slice())
        && (title.is_none() || !is_upkeep(only))
    {
        return Some(unit(merge, inner, only.words.clone(), &kept));
    }
    let title = title?;
    // `Fixes and tests for x` says less than the commit that supports x.
    if let Some(told) = weightiest(&kept).filter(|told| is_upkeep_title(&title) && !is_upkeep(told)) {
        return Some(unit(merge, inner, told.words.clone(), &kept));
    }
    let is_named = !work.is_empty() || merge.commit.pull_request.is_some();
    (is_named && is_worth_telling(&title, &work, &kept)).then(|| {
        let work = if kept.is_empty() { &work } else { &kept };
        unit(merge, inner, title, work)
    })
}

/// Whether a commit alone tells of tests or tidying: the rest of its pull request may lie before the window.
fn is_upkeep(told: &Told) -> bool {
    sort_of(&told.words.subject, &told.words.body, &[told.commit]).class == Class::Upkeep
}

fn is_upkeep_title(title: &Words) -> bool {
    title.subject.kind.is_none() && sort_of(&title.subject, &title.body, &[]).class == Class::Upkeep
}

/// Returns the commit whose words weigh most, the oldest of equals.
fn weightiest<'a, 'b>(kept: &[&'b Told<'a>]) -> Option<&'b Told<'a>> {
    let class = |told: &Told| sort_of(&told.words.subject, &told.words.body, &[told.commit]).class;
    kept.iter().copied().min_by_key(|told| (class(told), told.commit.committed_at))
}

/// Returns the words of the pull request a merge names.
fn title(merge: &Told) -> Option<Words> {
    let title = merge.commit.merge.as_ref()?.title.as_deref()?;
    // The title is the first line of the merge's body: what follows is its description.
    let body = merge.words.body.trim_start();
    let body = body.strip_prefix(title.trim()).unwrap_or(body);
    let words = Words::new(title, body);
    let is_sentence = words.subject.headline().split_whitespace().count() > 1;
    let is_branch = merge.commit.merge.as_ref()?.branch.as_deref().is_some_and(|branch| branch == title);
    (is_sentence && !is_branch && untellable(&words).is_none()).then_some(words)
}

/// Whether a title may speak for its commits: not when they are all housekeeping, unless it says otherwise.
fn is_worth_telling(title: &Words, work: &[&Told], kept: &[&Told]) -> bool {
    let sort = sort_of(&title.subject, &title.body, &[]);
    if sort.is_hidden && title.subject.kind.is_some() {
        return false;
    }
    let are_unfinished = work.iter().all(|told| {
        matches!(
            told.verdict,
            Verdict::Dropped(DropReason::WorkInProgress | DropReason::Empty | DropReason::Merge)
        )
    });
    let are_housekeeping =
        work.iter().all(|told| matches!(told.verdict, Verdict::Dropped(DropReason::Housekeeping)));
    !kept.is_empty() || are_unfinished || (are_housekeeping && title.subject.kind.is_some())
}

fn unit<'a>(merge: &Told<'a>, inner: &[&Told<'a>], words: Words, work: &[&Told<'a>]) -> Unit<'a> {
    let own = |told: &&&Told| told.words.title != words.title;
    let mut speaking: Vec<&Told> = work.to_vec();
    speaking.sort_by_key(|told| (sort_of(&told.words.subject, "", &[]).class, told.commit.committed_at));
    Unit {
        stands: merge.commit,
        more_words: speaking.iter().filter(own).map(|told| told.words.clone()).collect(),
        work: speaking.iter().map(|told| told.commit).collect(),
        absorbed: inner.iter().map(|told| told.commit).collect(),
        number: merge.commit.pull_request,
        words,
    }
}

fn single(told: Told<'_>) -> Unit<'_> {
    Unit {
        stands: told.commit,
        number: told.commit.pull_request,
        words: told.words,
        work: vec![told.commit],
        more_words: Vec::new(),
        absorbed: Vec::new(),
    }
}
