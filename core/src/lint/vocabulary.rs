//! What each item of a brief says, digested when a rule first asks for it.

use std::cell::OnceCell;
use std::collections::HashMap;

use super::brief_facts;
use super::figures::{Digest, digest, figures, normal, stem, words};
use crate::brief::{Brief, SourceId, SourceItem};
use crate::time::Timestamp;

/// Sources of one statement asked one by one; a statement about more of them is about everything.
const ASKED_MAX: usize = 48;

pub(super) struct Vocabulary<'a> {
    brief: &'a Brief,
    places: HashMap<SourceId, usize>,
    items: Vec<OnceCell<Words>>,
    facts: OnceCell<Words>,
    everything: OnceCell<Words>,
}

/// Digests of what a text says; sorted, so that looking up is a binary search.
#[derive(Debug, Default)]
pub(super) struct Words {
    words: Vec<Digest>,
    stems: Vec<Digest>,
    figures: Vec<Digest>,
}

impl<'a> Vocabulary<'a> {
    pub(super) fn new(brief: &'a Brief) -> Self {
        let places = brief.items.iter().enumerate().map(|(place, item)| (item.id, place)).collect();
        let items = brief.items.iter().map(|_| OnceCell::new()).collect();
        Self { brief, places, items, facts: OnceCell::new(), everything: OnceCell::new() }
    }

    pub(super) fn item(&self, id: SourceId) -> Option<&'a SourceItem> {
        self.places.get(&id).map(|place| &self.brief.items[*place])
    }

    /// Returns what the item says: its texts, people, numbers and dates.
    fn of_item(&self, id: SourceId) -> Option<&Words> {
        let place = *self.places.get(&id)?;
        Some(self.items[place].get_or_init(|| Words::of_item(&self.brief.items[place])))
    }

    /// Returns what `sources` say: one value each, or what all items say when there are too many to ask one by one.
    pub(super) fn of_items(&self, sources: &[SourceId]) -> Vec<&Words> {
        if sources.len() > ASKED_MAX {
            return vec![self.of_everything()];
        }
        sources.iter().filter_map(|source| self.of_item(*source)).collect()
    }

    /// Returns what the brief says beside its items: names, counts, period, releases.
    pub(super) fn of_brief(&self) -> &Words {
        self.facts.get_or_init(|| brief_facts::words(self.brief))
    }

    /// Returns what all items say together.
    pub(super) fn of_everything(&self) -> &Words {
        self.everything.get_or_init(|| {
            let mut all = Words::default();
            for words in self.brief.items.iter().filter_map(|item| self.of_item(item.id)) {
                all.words.extend(&words.words);
                all.stems.extend(&words.stems);
                all.figures.extend(&words.figures);
            }
            all.sorted()
        })
    }
}

impl Words {
    fn of_item(item: &SourceItem) -> Self {
        let mut all = Self::default();
        all.add_text(&item.title);
        all.add_text(&item.headline);
        all.add_text(&item.body);
        all.add_text(item.reason.as_deref().unwrap_or(""));
        all.add_text(item.breaking.as_deref().unwrap_or(""));
        all.add_text(item.area.as_deref().unwrap_or(""));
        for person in std::iter::once(&item.author).chain(&item.co_authors) {
            all.add_text(&person.name);
        }
        let numbers = item.number.iter().chain(&item.closes).copied();
        numbers.for_each(|number| all.add_number(number));
        all.add_number(item.stats.insertions);
        all.add_number(item.stats.deletions);
        all.add_number(u64::from(item.stats.files));
        all.add_days_around(item.at);
        all.sorted()
    }

    pub(super) fn add_text(&mut self, text: &str) {
        for word in words(text) {
            self.words.push(digest(word));
            if !word.bytes().any(|byte| byte.is_ascii_digit()) {
                self.stems.push(digest(stem(word)));
            }
        }
        for figure in figures(text) {
            self.figures.push(digest(&normal(figure)));
        }
    }

    pub(super) fn add_number(&mut self, number: u64) {
        self.figures.push(digest(&number.to_string()));
    }

    /// Adds day and year of `at` as any zone would tell them.
    fn add_days_around(&mut self, at: Timestamp) {
        let day = at.date_naive();
        for day in [day.pred_opt(), Some(day), day.succ_opt()].into_iter().flatten() {
            self.add_day(day);
        }
    }

    pub(super) fn add_day(&mut self, day: chrono::NaiveDate) {
        use chrono::Datelike;
        self.add_number(u64::from(day.day()));
        self.add_number(u64::try_from(day.year()).unwrap_or(0));
        // As in `2026-08-05`.
        self.figures.push(digest(&format!("{:02}", day.day())));
        self.figures.push(digest(&format!("{:02}", day.month())));
    }

    pub(super) fn sorted(mut self) -> Self {
        for digests in [&mut self.words, &mut self.stems, &mut self.figures] {
            digests.sort_unstable();
            digests.dedup();
        }
        self
    }

    pub(super) fn has_word(&self, word: &str) -> bool {
        self.words.binary_search(&digest(word)).is_ok()
    }

    pub(super) fn has_stem(&self, stem: Digest) -> bool {
        self.stems.binary_search(&stem).is_ok()
    }

    pub(super) fn has_figure(&self, figure: Digest) -> bool {
        self.figures.binary_search(&figure).is_ok()
    }
}
