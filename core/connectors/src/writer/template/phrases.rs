//! The fixed words around numbers, days and names.

use std::collections::BTreeSet;

use chrono::{Datelike, NaiveDate};
use dateline_core::activity::ScanNote;
use dateline_core::brief::{Brief, Class, DropReason, Period, SourceItem, identity};

/// Returns a number with the noun that fits it: `1 fix`, `2 fixes`.
pub(super) fn counted(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

/// Returns `a`, `a and b`, `a, b and c`.
pub(super) fn joined(parts: &[String]) -> String {
    match parts {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// Returns `5 August`.
pub(super) fn day(date: NaiveDate) -> String {
    format!("{} {}", date.day(), date.format("%B"))
}

/// Returns `5 August 2026`.
pub(super) fn day_of_year(date: NaiveDate) -> String {
    format!("{} {}", day(date), date.year())
}

/// Returns `between 11 July and 5 August 2026`, or `on 5 August 2026`.
pub(super) fn during(period: Period) -> String {
    let Period { first, last } = period;
    if first == last {
        return format!("on {}", day_of_year(last));
    }
    let first = match () {
        () if first.year() != last.year() => day_of_year(first),
        () if first.month() != last.month() => day(first),
        () => first.day().to_string(),
    };
    format!("between {first} and {}", day_of_year(last))
}

/// Returns `since 11 July`, or `on 5 August`.
pub(super) fn since(period: Period) -> String {
    if period.first == period.last {
        return format!("on {}", day(period.last));
    }
    let first = period.first;
    let is_this_year = first.year() == period.last.year();
    format!("since {}", if is_this_year { day(first) } else { day_of_year(first) })
}

/// Returns ` by 9 people`; nothing for a single person, whose name says more.
pub(super) fn by_people(brief: &Brief) -> String {
    match brief.stats.people {
        0 | 1 => String::new(),
        people => format!(" by {people} people"),
    }
}

/// Returns `13 changes by 9 people landed in git-cliff between … : 7 features, 4 fixes and 2 other changes.`
pub(super) fn opening(brief: &Brief) -> String {
    let kinds = kinds(brief);
    let (what, kinds) = match kinds.as_slice() {
        [only] => (only.clone(), String::new()),
        [] => (counted(brief.items.len(), "change", "changes"), String::new()),
        _ => (counted(brief.items.len(), "change", "changes"), format!(": {}", joined(&kinds))),
    };
    format!("{what}{} landed in {} {}{kinds}.", by_people(brief), brief.project, during(brief.period))
}

/// Returns the numbers of each kind, most telling first; nothing when most of them have no kind of their own.
fn kinds(brief: &Brief) -> Vec<String> {
    let count = |classes: &[Class]| brief.items.iter().filter(|item| classes.contains(&item.class)).count();
    let others = count(&[Class::Other, Class::Upkeep]);
    if others * 2 > brief.items.len() {
        return Vec::new();
    }
    [
        (count(&[Class::Security]), "security fix", "security fixes"),
        (count(&[Class::Feature]), "feature", "features"),
        (count(&[Class::Fix]), "fix", "fixes"),
        (count(&[Class::Performance]), "performance change", "performance changes"),
        (count(&[Class::Documentation]), "documentation change", "documentation changes"),
        (count(&[Class::Removal]), "removal", "removals"),
        (count(&[Class::Other]), "other change", "other changes"),
        (count(&[Class::Upkeep]), "internal change", "internal changes"),
    ]
    .into_iter()
    .filter(|(number, ..)| *number > 0)
    .map(|(number, one, many)| counted(number, one, many))
    .collect()
}

/// Returns `2 of them are breaking.`
pub(super) fn breaking(brief: &Brief) -> Option<String> {
    match brief.items.iter().filter(|item| item.breaking.is_some()).count() {
        0 => None,
        1 => Some("One of them is breaking.".to_owned()),
        number => Some(format!("{number} of them are breaking.")),
    }
}

/// Returns what is left out and why, and what limits the reading.
pub(super) fn left_out(brief: &Brief) -> Option<String> {
    let count =
        |reasons: &[DropReason]| brief.dropped.iter().filter(|drop| reasons.contains(&drop.reason)).count();
    let parts: Vec<String> = [
        (brief.bumps.len(), "dependency update", "dependency updates"),
        (count(&[DropReason::Housekeeping]), "housekeeping change", "housekeeping changes"),
        (count(&[DropReason::Reverted]), "reverted change", "reverted changes"),
        (count(&[DropReason::Bot]), "automated change", "automated changes"),
        (count(&[DropReason::WorkInProgress]), "unfinished change", "unfinished changes"),
        (
            count(&[DropReason::Empty]),
            "change without a telling message",
            "changes without a telling message",
        ),
        (
            count(&[DropReason::Marked]),
            "change its author wanted left out",
            "changes their authors wanted left out",
        ),
    ]
    .into_iter()
    .filter(|(number, ..)| *number > 0)
    .map(|(number, one, many)| counted(number, one, many))
    .collect();
    let limit = brief.notes.iter().find_map(|note| match note {
        ScanNote::Truncated { .. } => {
            Some(format!("Only the newest {} commits were read.", brief.stats.commits))
        }
        ScanNote::Shallow
        | ScanNote::FilesTruncated { .. }
        | ScanNote::FilesOmitted { .. }
        | ScanNote::ListCut { .. }
        | ScanNote::Unreadable { .. } => None,
    });
    let left_out = (!parts.is_empty()).then(|| format!("Left out: {}.", joined(&parts)));
    match (left_out, limit) {
        (Some(left_out), Some(limit)) => Some(format!("{left_out} {limit}")),
        (left_out, limit) => left_out.or(limit),
    }
}

/// Most people thanked by name in one text.
const NAMES_MAX: usize = 15;

/// Returns the people behind the items, each once, in the order of the items: the known ones, and the newcomers.
///
/// Where everybody is new, as in a young project, nobody is told apart.
fn people(brief: &Brief) -> (Vec<String>, Vec<String>) {
    let new: BTreeSet<String> =
        brief.items.iter().filter(|item| item.first_time).map(|item| identity(&item.author)).collect();
    let mut seen = BTreeSet::new();
    let (mut known, mut newcomers) = (Vec::new(), Vec::new());
    for person in brief.items.iter().flat_map(SourceItem::people) {
        let identity = identity(person);
        let is_new = new.contains(&identity);
        if seen.insert(identity) {
            if is_new { newcomers.push(person.name.clone()) } else { known.push(person.name.clone()) }
        }
    }
    if known.is_empty() { (newcomers, Vec::new()) } else { (known, newcomers) }
}

/// Returns `Thanks to A and B, and to C, who contributed for the first time.`; nobody thanks the only one.
pub(super) fn thanks(brief: &Brief) -> Option<String> {
    let (known, new) = people(brief);
    if known.len() + new.len() < 2 {
        return None;
    }
    if known.len() + new.len() > NAMES_MAX {
        // The only number of people a text may use is the brief's own.
        let some: Vec<String> = known.into_iter().chain(new).take(NAMES_MAX - 3).collect();
        return Some(format!("Thanks to {} people, among them {}.", brief.stats.people, joined(&some)));
    }
    let known = joined(&known);
    if new.is_empty() {
        return Some(format!("Thanks to {known}."));
    }
    Some(format!("Thanks to {known}, and to {}, who contributed for the first time.", joined(&new)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(year: i32, month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(year, month, day).unwrap()
    }

    #[test]
    fn numbers_have_the_noun_that_fits() {
        assert_eq!(counted(1, "fix", "fixes"), "1 fix");
        assert_eq!(counted(2, "fix", "fixes"), "2 fixes");
        assert_eq!(counted(0, "fix", "fixes"), "0 fixes");
        assert_eq!(joined(&["a".to_owned(), "b".to_owned(), "c".to_owned()]), "a, b and c");
    }

    #[test]
    fn a_period_is_told_as_people_do() {
        let check = |first, last, expected: &str| assert_eq!(during(Period { first, last }), expected);
        check(date(2026, 7, 11), date(2026, 8, 5), "between 11 July and 5 August 2026");
        check(date(2026, 8, 5), date(2026, 8, 5), "on 5 August 2026");
        check(date(2026, 8, 1), date(2026, 8, 5), "between 1 and 5 August 2026");
        check(date(2025, 12, 28), date(2026, 1, 4), "between 28 December 2025 and 4 January 2026");
    }
}
