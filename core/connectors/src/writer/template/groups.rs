//! Items in the groups a reader knows: parts of the project where the history names them, otherwise kinds.

use dateline_core::brief::{Brief, Class, SourceItem};

/// Items under one heading.
#[derive(Debug)]
pub(super) struct Group<'a> {
    /// The heading; `None` for what stands before the first one.
    pub(super) heading: Option<String>,
    /// The area the heading names, as the items spell it.
    pub(super) area: Option<&'a str>,
    /// Most important first.
    pub(super) items: Vec<&'a SourceItem>,
}

/// Fewest items of one area that make it a group.
const AREA_ITEMS_MIN: usize = 3;

/// The heading of what no area or no kind holds.
const ELSEWHERE: &str = "Elsewhere";
const OTHERS: &str = "Other changes";

/// Returns `items`, which are in order of importance, in groups. A heading never stands over a single item.
pub(super) fn groups<'a>(brief: &'a Brief, items: &[&'a SourceItem]) -> Vec<Group<'a>> {
    let (breaking, others): (Vec<_>, Vec<_>) =
        items.iter().copied().partition(|item| item.breaking.is_some());
    let mut groups = Vec::new();
    if !breaking.is_empty() {
        groups.push(Group { heading: Some("Breaking changes".to_owned()), area: None, items: breaking });
    }
    let areas = areas(&others);
    let by_area = !areas.is_empty() && !kinds_tell(brief);
    groups.extend(if by_area { grouped_by_area(&others, &areas) } else { grouped_by_kind(&others) });
    without_lonely_headings(groups, if by_area { ELSEWHERE } else { OTHERS })
}

/// Whether most items have a kind of their own.
fn kinds_tell(brief: &Brief) -> bool {
    let vague = brief.items.iter().filter(|item| matches!(item.class, Class::Other | Class::Upkeep)).count();
    vague * 10 <= brief.items.len() * 4
}

/// Returns areas shared by enough items, in order of first mention; none when they cover too little.
fn areas<'a>(items: &[&'a SourceItem]) -> Vec<&'a str> {
    let mut areas: Vec<&str> = Vec::new();
    for area in items.iter().filter_map(|item| item.area.as_deref()) {
        let shared = items.iter().filter(|item| item.area.as_deref() == Some(area)).count();
        if shared >= AREA_ITEMS_MIN && !areas.contains(&area) {
            areas.push(area);
        }
    }
    let covered =
        items.iter().filter(|item| item.area.as_deref().is_some_and(|area| areas.contains(&area))).count();
    if areas.len() < 2 || covered * 5 < items.len() * 2 {
        return Vec::new();
    }
    areas
}

fn grouped_by_area<'a>(items: &[&'a SourceItem], areas: &[&'a str]) -> Vec<Group<'a>> {
    let mut groups: Vec<Group<'_>> = areas
        .iter()
        .map(|area| Group {
            heading: Some(capitalized(area)),
            area: Some(area),
            items: items.iter().copied().filter(|item| item.area.as_deref() == Some(area)).collect(),
        })
        .collect();
    let elsewhere =
        items.iter().copied().filter(|item| !item.area.as_deref().is_some_and(|area| areas.contains(&area)));
    groups.push(Group { heading: Some(ELSEWHERE.to_owned()), area: None, items: elsewhere.collect() });
    groups.retain(|group| !group.items.is_empty());
    groups
}

fn grouped_by_kind<'a>(items: &[&'a SourceItem]) -> Vec<Group<'a>> {
    const KINDS: [(&[Class], &str); 7] = [
        (&[Class::Security], "Security"),
        (&[Class::Feature], "Features"),
        (&[Class::Fix], "Fixes"),
        (&[Class::Performance], "Performance"),
        (&[Class::Removal], "Removed"),
        (&[Class::Other, Class::Upkeep], OTHERS),
        (&[Class::Documentation], "Documentation"),
    ];
    KINDS
        .into_iter()
        .map(|(classes, heading)| Group {
            heading: Some(heading.to_owned()),
            area: None,
            items: items.iter().copied().filter(|item| classes.contains(&item.class)).collect(),
        })
        .filter(|group| !group.items.is_empty())
        .collect()
}

/// Moves single items together: what comes first stands before all headings, the others with what has no group.
fn without_lonely_headings<'a>(groups: Vec<Group<'a>>, mixed: &str) -> Vec<Group<'a>> {
    let mut first: Vec<&SourceItem> = Vec::new();
    let mut lonely: Vec<&SourceItem> = Vec::new();
    let mut shared: Vec<Group<'_>> = Vec::new();
    for group in groups {
        match (group.items.len(), shared.is_empty()) {
            (1, true) => first.extend(group.items),
            (1, false) => lonely.extend(group.items),
            _ => shared.push(group),
        }
    }
    let has_headings = !shared.is_empty();
    if let Some(group) = shared.iter_mut().find(|group| group.heading.as_deref() == Some(mixed)) {
        group.items.extend(lonely);
    } else if lonely.len() > 1 && has_headings {
        shared.push(Group { heading: Some(mixed.to_owned()), area: None, items: lonely });
    } else {
        first.extend(lonely);
    }
    if !first.is_empty() {
        shared.insert(0, Group { heading: None, area: None, items: first });
    }
    shared
}

/// Returns an area as a heading: `store` becomes `Store`, `index.md` stays.
fn capitalized(area: &str) -> String {
    let is_word = area.chars().all(|letter| letter.is_lowercase() || "-_ ".contains(letter));
    let mut letters = area.chars();
    match letters.next() {
        Some(first) if is_word => first.to_uppercase().chain(letters).collect(),
        _ => area.to_owned(),
    }
}
