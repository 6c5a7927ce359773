//! L2: every reference and address belongs to a cited item or to the brief.

use std::collections::{BTreeSet, HashSet};

use super::context::Context;
use super::figures::{is_object_id, issue_references, words};
use super::report::Report;
use crate::brief::{Brief, SourceItem};
use crate::content::Rule;
use crate::markdown::Reading;

pub(super) fn check(context: &Context<'_>, report: &mut Report) {
    let brief = context.input.brief;
    let of_brief = Planned::of_brief(brief);
    let mut everywhere = Planned::default();
    everywhere.add_brief(brief);
    for item in brief.items.iter().filter(|item| context.cited.contains(&item.id)) {
        everywhere.add_item(brief, item);
    }
    for statement in &context.statements {
        if statement.evidence.sources.is_empty() {
            // The brief's own statements may point at anything the text cites.
            check_reading(&statement.reading, &[&everywhere], &|_| false, report);
            continue;
        }
        let mut own = Planned::default();
        context.items(statement.evidence).for_each(|item| own.add_item(brief, item));
        let words = context.vocabulary.of_items(&statement.evidence.sources);
        let said = |word: &str| words.iter().any(|words| words.has_word(word));
        check_reading(&statement.reading, &[&own, &of_brief], &said, report);
    }
    for reading in &context.uncovered {
        check_reading(reading, &[&everywhere], &|_| false, report);
    }
    // Addresses and numbers in headings and between statements.
    let covered: HashSet<&str> = context
        .statements
        .iter()
        .map(|statement| &statement.reading)
        .chain(&context.uncovered)
        .flat_map(|reading| reading.links.iter().map(|link| link.url.as_str()))
        .collect();
    for link in context.body.links.iter().filter(|link| !covered.contains(link.url.as_str())) {
        check_url(&link.url, &[&everywhere], report);
    }
    for heading in &context.body.headings {
        check_numbers(heading, &[&everywhere], &|_| false, report);
    }
}

/// References a text may hold.
#[derive(Default)]
struct Planned {
    urls: HashSet<String>,
    numbers: HashSet<u64>,
    /// Full object ids, in order.
    shas: BTreeSet<String>,
}

impl Planned {
    fn of_brief(brief: &Brief) -> Self {
        let mut planned = Self::default();
        planned.add_brief(brief);
        planned
    }

    fn add_item(&mut self, brief: &Brief, item: &SourceItem) {
        self.urls.extend(item.url.clone());
        self.numbers.extend(item.number.iter().chain(&item.closes));
        self.shas.insert(item.sha.clone());
        self.shas.extend(item.absorbed.iter().cloned());
        let Some(links) = &brief.repository.links else { return };
        self.urls.insert(links.commit_url(&item.sha));
        self.urls.extend(item.closes.iter().map(|number| links.issue_url(*number)));
        self.urls.extend(item.number.iter().map(|number| links.pull_request_url(*number)));
    }

    fn add_brief(&mut self, brief: &Brief) {
        self.shas.insert(brief.window.head.clone());
        self.shas.extend(brief.window.after.clone());
        self.urls.extend(brief.releases.iter().filter_map(|release| release.url.clone()));
        let Some(links) = &brief.repository.links else { return };
        self.urls.insert(links.base.clone());
        self.urls.extend(links.window_url(&brief.window));
        self.urls.extend(brief.releases.iter().map(|release| links.release_url(&release.tag)));
    }

    fn has_sha(&self, word: &str) -> bool {
        self.shas.range(word.to_owned()..).next().is_some_and(|sha| sha.starts_with(word))
    }
}

fn check_reading(reading: &Reading, planned: &[&Planned], said: &dyn Fn(&str) -> bool, report: &mut Report) {
    for link in &reading.links {
        check_url(&link.url, planned, report);
    }
    // What is written inside an address was checked with it, and code is looked up among the words of its sources.
    let prose = without_addresses(&reading.prose);
    check_numbers(&prose, planned, said, report);
    for word in words(&prose).filter(|word| is_object_id(word)) {
        if !planned.iter().any(|planned| planned.has_sha(word)) && !said(word) {
            report.error(Rule::L2, format!("`{word}` names no commit this rests on"), Some(&reading.text));
        }
    }
}

fn check_url(url: &str, planned: &[&Planned], report: &mut Report) {
    if !planned.iter().any(|planned| planned.urls.contains(url)) {
        let message = "this address is not that of a cited item, the comparison or a release";
        report.error(Rule::L2, message, Some(url));
    }
}

fn check_numbers(text: &str, planned: &[&Planned], said: &dyn Fn(&str) -> bool, report: &mut Report) {
    for (number, place) in issue_references(text) {
        if planned.iter().any(|planned| planned.numbers.contains(&number)) {
            continue;
        }
        // The author wrote it, but nothing shows that it exists.
        if said(&number.to_string()) {
            report.warn(Rule::L2, format!("#{number} is only named by the author"), Some(text));
        } else {
            let message = format!("#{number} is no pull request or closed issue this rests on");
            report.error(Rule::L2, message, Some(&text[place]));
        }
    }
}

/// Returns `text` with each web address replaced by a space.
pub(super) fn without_addresses(text: &str) -> String {
    let mut bare = String::with_capacity(text.len());
    let mut end = 0;
    for url in crate::rich_text::urls(text) {
        bare.push_str(&text[end..url.start]);
        bare.push(' ');
        end = url.end;
    }
    bare.push_str(&text[end..]);
    bare
}
