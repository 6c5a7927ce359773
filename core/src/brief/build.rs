//! From an activity to a brief.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{FixedOffset, NaiveDate};

use crate::activity::{Activity, Commit, FileStats, Person};
use crate::brief::area::folder;
use crate::brief::class::{Sort, sort_of};
use crate::brief::drop::Verdict;
use crate::brief::join::{Joined, Unit, breaking, join};
use crate::brief::people::{cleaned, identity, is_robot, is_thanked};
use crate::brief::reason::reason;
use crate::brief::words::{Words, safe_line};
use crate::brief::{
    Brief, BriefStats, Bump, Class, DropReason, Dropped, Period, ReleaseFact, SourceId, SourceItem,
    SourceKind, Style,
};
use crate::time::Timestamp;

/// What a brief needs to know beside the activity.
#[derive(Clone, Copy)]
pub struct BriefSetting<'a> {
    /// The project's name, as texts call it.
    pub project: &'a str,
    /// The offset of the project's zone at an instant: days are told in it.
    pub offset_at: &'a dyn Fn(Timestamp) -> FixedOffset,
    /// How the project wants to sound.
    pub style: &'a Style,
}

/// Returns what may be said of `activity`: joined, cleaned, weighed, ordered; and what is left out, with reasons.
///
/// Pure: the same activity and setting give the same brief. A brief without items has nothing worth telling.
pub fn build(activity: &Activity, setting: &BriefSetting<'_>) -> Brief {
    let bots = &setting.style.bots;
    let newcomers = newcomers(&activity.commits);
    let Joined { units, rest } = join(&activity.commits, bots);
    let maker = Maker { activity, bots, newcomers };
    let mut items: Vec<SourceItem> = Vec::new();
    let mut dropped = Vec::new();
    for unit in units {
        match maker.item(unit) {
            Ok(item) => items.push(item),
            Err(lost) => dropped.extend(lost),
        }
    }
    let mut items = without_repetitions(items);
    items.sort_by(order);
    for (number, item) in (1..).zip(&mut items) {
        item.id = SourceId(number);
    }
    let mut bumps = Vec::new();
    for (told, verdict) in rest.into_values() {
        let (sha, title) = (told.commit.sha.clone(), told.words.title);
        match verdict {
            Verdict::Bump => bumps.push(Bump { sha, title }),
            Verdict::Dropped(reason) => dropped.push(Dropped { sha, title, reason }),
            Verdict::Kept => {}
        }
    }
    let period = period(activity, &items, setting.offset_at);
    let (project, _) = safe_line(setting.project);
    Brief {
        project,
        repository: activity.repository.clone(),
        window: activity.window.clone(),
        period,
        stats: stats(activity, &items, dropped.len(), period),
        items,
        dropped,
        bumps,
        releases: releases(activity),
        hot_files: activity.hot_files.clone(),
        notes: activity.notes.clone(),
        style: setting.style.clone(),
    }
}

struct Maker<'a> {
    activity: &'a Activity,
    bots: &'a [String],
    newcomers: BTreeSet<&'a str>,
}

impl Maker<'_> {
    /// Returns the item `unit` tells, or its commits when they turn out to be housekeeping together.
    fn item(&self, unit: Unit<'_>) -> Result<SourceItem, Vec<Dropped>> {
        let Unit { stands, words, work, more_words, absorbed, number } = unit;
        let headline = words.subject.headline();
        let sort = self.sort(&words, &more_words, &work);
        let breaking = self.breaking(&words, stands, &work);
        if sort.is_hidden && breaking.is_none() {
            return Err(dropped(stands, &words, &absorbed));
        }
        let (author, co_authors) = self.people(stands, &work);
        let mut closes: Vec<u64> =
            [stands].iter().chain(&work).flat_map(|commit| commit.closes.clone()).collect();
        closes.sort_unstable();
        closes.dedup();
        closes.retain(|issue| Some(*issue) != number);
        let stats = total(stands, &absorbed);
        let first_time = self.newcomers.contains(author.key.as_str());
        let area = words.subject.area.clone().or_else(|| folder(&work));
        let reason = std::iter::once(&words).chain(&more_words).find_map(|words| {
            reason(&headline, &words.body).or_else(|| reason(&words.subject.headline(), &words.body))
        });
        let score = score(sort.class, breaking.is_some(), stats, !closes.is_empty(), first_time);
        Ok(SourceItem {
            id: SourceId(0),
            kind: if number.is_some() || stands.merge.is_some() {
                SourceKind::PullRequest
            } else {
                SourceKind::Commit
            },
            url: self.url(number, &stands.sha),
            number,
            sha: stands.sha.clone(),
            redacted: words.redacted || more_words.iter().any(|words| words.redacted),
            title: words.title,
            headline,
            body: quotable(words.body, &more_words),
            reason,
            author,
            co_authors,
            first_time,
            at: stands.committed_at,
            class: sort.class,
            area,
            breaking,
            closes,
            stats,
            absorbed: absorbed.iter().map(|commit| commit.sha.clone()).collect(),
            score,
        })
    }

    /// Returns the sort of the words; a title that says nothing takes the weightiest of its commits.
    fn sort(&self, words: &Words, more_words: &[Words], work: &[&Commit]) -> Sort {
        let sort = sort_of(&words.subject, &words.body, work);
        if !matches!(sort.class, Class::Other | Class::Upkeep) || words.subject.kind.is_some() {
            return sort;
        }
        more_words
            .iter()
            .map(|words| sort_of(&words.subject, &words.body, &[]))
            .filter(|sort| !sort.is_hidden)
            .chain(std::iter::once(sort))
            .min_by_key(|sort| sort.class)
            .unwrap_or(sort)
    }

    fn breaking(&self, words: &Words, stands: &Commit, work: &[&Commit]) -> Option<String> {
        let own = breaking(stands, words);
        let inner = work.iter().filter_map(|commit| breaking(commit, &Words::of(commit)));
        let text =
            own.into_iter().chain(inner).reduce(|first, next| if first.is_empty() { next } else { first })?;
        Some(safe_line(&text).0)
    }

    /// Returns who wrote it: whoever made most of its commits, and the others.
    fn people(&self, stands: &Commit, work: &[&Commit]) -> (Person, Vec<Person>) {
        let mut made: BTreeMap<&str, usize> = BTreeMap::new();
        for commit in work {
            *made.entry(&commit.author.key).or_default() += 1;
        }
        let authors = || work.iter().map(|commit| &commit.author);
        let most = made.values().copied().max().unwrap_or(0);
        let author = authors()
            .filter(|author| !is_robot(author, self.bots))
            .find(|author| made.get(author.key.as_str()) == Some(&most))
            .or_else(|| authors().find(|author| !is_robot(author, self.bots)))
            .unwrap_or(&stands.author);
        let mut seen = BTreeSet::from([identity(author)]);
        let co_authors = work
            .iter()
            .flat_map(|commit| std::iter::once(&commit.author).chain(&commit.co_authors))
            .filter(|person| is_thanked(person, self.bots) && seen.insert(identity(person)))
            .map(cleaned)
            .collect();
        (cleaned(author), co_authors)
    }

    fn url(&self, number: Option<u64>, sha: &str) -> Option<String> {
        let links = self.activity.repository.links.as_ref()?;
        Some(number.map_or_else(|| links.commit_url(sha), |number| links.pull_request_url(number)))
    }
}

fn dropped(stands: &Commit, words: &Words, absorbed: &[&Commit]) -> Vec<Dropped> {
    let reason = if stands.merge.is_some() { DropReason::Merge } else { DropReason::Housekeeping };
    let inner = absorbed.iter().map(|commit| Dropped {
        sha: commit.sha.clone(),
        title: Words::of(commit).title,
        reason: if commit.merge.is_some() { DropReason::Merge } else { DropReason::Housekeeping },
    });
    std::iter::once(Dropped { sha: stands.sha.clone(), title: words.title.clone(), reason })
        .chain(inner)
        .collect()
}

/// Joins the bodies that may be quoted, at most 4,000 characters.
fn quotable(body: String, more_words: &[Words]) -> String {
    let mut body = body;
    for words in more_words.iter().filter(|words| !words.body.is_empty()) {
        if body.chars().count() + words.body.chars().count() > 3_990 {
            break;
        }
        if !body.is_empty() {
            body.push_str("\n\n");
        }
        body.push_str(&words.body);
    }
    body
}

/// Returns the people of whom some commit is certainly the first.
fn newcomers(commits: &[Commit]) -> BTreeSet<&str> {
    let first = commits.iter().filter(|commit| commit.first_time == Some(true) && !commit.author.is_bot);
    first.map(|commit| commit.author.key.as_str()).collect()
}

/// The size of a merge is that of its commits where its own was not counted.
fn total(stands: &Commit, absorbed: &[&Commit]) -> FileStats {
    if stands.stats.files > 0 || absorbed.is_empty() {
        return stands.stats;
    }
    absorbed
        .iter()
        .filter(|commit| commit.merge.is_none())
        .fold(FileStats::default(), |sum, commit| sum.plus(commit.stats))
}

impl FileStats {
    /// Returns both together.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self {
            files: self.files.saturating_add(other.files),
            insertions: self.insertions.saturating_add(other.insertions),
            deletions: self.deletions.saturating_add(other.deletions),
        }
    }
}

fn score(class: Class, breaks: bool, stats: FileStats, closes: bool, first_time: bool) -> u32 {
    let base = match class {
        _ if breaks => 100,
        Class::Security => 90,
        Class::Feature => 50,
        Class::Fix | Class::Performance => 30,
        Class::Removal => 25,
        Class::Other => 15,
        Class::Documentation => 10,
        Class::Upkeep => 2,
    };
    let lines = stats.insertions.saturating_add(stats.deletions);
    base + lines.max(1).ilog2().min(10) + 5 * u32::from(closes) + 5 * u32::from(first_time)
}

/// Most important first; then newest first; the object id decides what time does not.
fn order(one: &SourceItem, other: &SourceItem) -> std::cmp::Ordering {
    let key = |item: &SourceItem| (item.breaking.is_none(), item.class);
    key(one)
        .cmp(&key(other))
        .then(other.score.cmp(&one.score))
        .then(other.at.cmp(&one.at))
        .then_with(|| one.sha.cmp(&other.sha))
}

/// Joins commits in which one person said the same words again and again (`Update README`), newest first.
fn without_repetitions(items: Vec<SourceItem>) -> Vec<SourceItem> {
    let mut kept: Vec<SourceItem> = Vec::new();
    let mut seen: BTreeMap<(String, String), usize> = BTreeMap::new();
    for item in items {
        let key = (item.author.key.clone(), item.title.to_lowercase());
        let at =
            seen.get(&key).copied().filter(|_| item.kind == SourceKind::Commit && item.breaking.is_none());
        let Some(first) = at.and_then(|at| kept.get_mut(at)).filter(|first| first.kind == SourceKind::Commit)
        else {
            seen.entry(key).or_insert(kept.len());
            kept.push(item);
            continue;
        };
        first.absorbed.push(item.sha);
        first.stats = first.stats.plus(item.stats);
        first.reason = first.reason.take().or(item.reason);
    }
    kept
}

fn period(activity: &Activity, items: &[SourceItem], offset_at: &dyn Fn(Timestamp) -> FixedOffset) -> Period {
    let day = |at: Timestamp| -> NaiveDate { at.with_timezone(&offset_at(at)).date_naive() };
    let first = items.iter().map(|item| item.at).min().unwrap_or(activity.window.from);
    let last = items.iter().map(|item| item.at).max().unwrap_or(activity.window.to);
    Period { first: day(first), last: day(last) }
}

fn stats(activity: &Activity, items: &[SourceItem], dropped: usize, period: Period) -> BriefStats {
    let people: BTreeSet<String> = items.iter().flat_map(SourceItem::people).map(identity).collect();
    BriefStats {
        commits: activity.commits.len(),
        items: items.len(),
        people: people.len(),
        days: (period.last - period.first).num_days() + 1,
        changed: items.iter().fold(FileStats::default(), |sum, item| sum.plus(item.stats)),
        dropped,
    }
}

fn releases(activity: &Activity) -> Vec<ReleaseFact> {
    let links = activity.repository.links.as_ref();
    let fact = |release: &crate::activity::Release| ReleaseFact {
        tag: safe_line(&release.tag).0,
        url: links.map(|links| links.release_url(&release.tag)),
        at: release.at,
    };
    activity.releases.iter().map(fact).collect()
}
