//! What a brief says beside its items: the only figures and names a text may use without citing one.

use std::collections::BTreeMap;

use super::vocabulary::Words;
use crate::brief::Brief;

/// Items a text tells in full at most; the rest is told as "and n more".
const TOLD_MAX: u64 = 20;

pub(super) fn words(brief: &Brief) -> Words {
    let mut words = Words::default();
    add_names(&mut words, brief);
    add_counts(&mut words, brief);
    words.add_day(brief.period.first);
    words.add_day(brief.period.last);
    words.sorted()
}

fn add_names(words: &mut Words, brief: &Brief) {
    words.add_text(&brief.project);
    words.add_text(&brief.repository.name);
    words.add_text(brief.repository.branch.as_deref().unwrap_or(""));
    brief.style.tags.iter().for_each(|tag| words.add_text(tag));
    brief.releases.iter().for_each(|release| words.add_text(&release.tag));
    brief.bumps.iter().for_each(|bump| words.add_text(&bump.title));
    brief.hot_files.iter().for_each(|file| words.add_text(&file.path));
    if let crate::activity::WindowStart::LastRelease { tag } = &brief.window.start {
        words.add_text(tag);
    }
    for item in &brief.items {
        words.add_text(item.area.as_deref().unwrap_or(""));
        for person in std::iter::once(&item.author).chain(&item.co_authors) {
            words.add_text(&person.name);
        }
    }
    // Hosts and platforms, whose names are spelled like identifiers.
    words.add_text("GitHub GitLab LinkedIn Bitbucket DevTo");
}

fn add_counts(words: &mut Words, brief: &Brief) {
    let stats = &brief.stats;
    let count = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
    let (items, dropped) = (count(stats.items.max(brief.items.len())), count(stats.dropped));
    for number in [
        count(stats.commits),
        count(stats.people),
        items,
        dropped,
        stats.changed.insertions,
        stats.changed.deletions,
        stats.changed.insertions.saturating_add(stats.changed.deletions),
        u64::from(stats.changed.files),
        count(brief.bumps.len()),
        count(brief.releases.len()),
        dropped + count(brief.bumps.len()),
    ] {
        words.add_number(number);
    }
    words.add_number(stats.days.unsigned_abs());
    for told in 1..=TOLD_MAX.min(items) {
        words.add_number(items - told);
    }
    for file in &brief.hot_files {
        words.add_number(u64::from(file.commits));
        words.add_number(file.lines);
    }
    for number in groups(brief) {
        words.add_number(number);
    }
}

/// Counts items by class, by kind, by area and by author, and what was dropped by reason.
fn groups(brief: &Brief) -> impl Iterator<Item = u64> {
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    let mut count = |group: String| *counts.entry(group).or_default() += 1;
    for item in &brief.items {
        count(format!("class {:?}", item.class));
        count(format!("kind {:?}", item.kind));
        count(format!("area {:?}", item.area));
        count(format!("author {}", item.author.key));
        count(format!("first {}", item.first_time));
        count(format!("breaking {}", item.breaking.is_some()));
        item.closes.iter().for_each(|_| count("closed".to_owned()));
    }
    brief.dropped.iter().for_each(|dropped| count(format!("dropped {:?}", dropped.reason)));
    counts.into_values()
}
