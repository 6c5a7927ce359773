//! Every attack on the list, and what holds it: tests that exist, or the word that there is nothing to attack yet.
//!
//! A row without either fails, and so does a row that names a test that is gone, or waits for a feature that has come.

#[path = "attacks/features.rs"]
mod features;
#[path = "attacks/outside.rs"]
mod outside;
#[path = "attacks/requests.rs"]
mod requests;

use std::collections::BTreeSet;

use dateline_tests::sources::{self, Sources};

/// One attack: input that must do no harm.
struct Row {
    number: u8,
    input: &'static str,
    /// The tests that hold it, as `path/of/the/file.rs::name_of_the_test`.
    held_by: &'static [&'static str],
    /// What of it attacks a feature that does not exist yet.
    awaits: &'static [Feature],
}

/// A feature that does not exist yet, and how its coming shows.
#[derive(Clone, Copy)]
struct Feature {
    name: &'static str,
    /// A file, and a word that stands in it once the feature exists; any content when the word is empty.
    sign: (&'static str, &'static str),
}

fn rows() -> impl Iterator<Item = &'static Row> {
    requests::ROWS.iter().chain(outside::ROWS)
}

#[test]
fn the_list_is_complete() {
    let numbers: Vec<u8> = rows().map(|row| row.number).collect();
    assert_eq!(numbers, (1..=66).collect::<Vec<u8>>());
}

#[test]
fn every_attack_has_a_test_or_nothing_to_attack() {
    let bare: Vec<String> = rows()
        .filter(|row| row.held_by.is_empty() && row.awaits.is_empty())
        .map(|row| format!("{}: {}", row.number, row.input))
        .collect();
    assert!(bare.is_empty(), "rows that nothing holds: {bare:#?}");
}

#[test]
fn every_test_that_is_named_exists() {
    let sources = Sources::read();
    let missing: BTreeSet<&str> =
        rows().flat_map(|row| row.held_by).copied().filter(|id| !sources.has_test(id)).collect();
    assert!(missing.is_empty(), "no test has these names: {missing:#?}");
}

#[test]
fn no_row_waits_for_what_has_come() {
    let sources = Sources::read();
    let come: BTreeSet<String> = rows()
        .flat_map(|row| row.awaits.iter().map(move |feature| (row, feature)))
        .filter(|(_, feature)| sources.shows(feature.sign))
        .map(|(row, feature)| format!("{} ({}): name the tests of {}", row.number, row.input, feature.name))
        .collect();
    assert!(come.is_empty(), "these features exist now: {come:#?}");
}

#[test]
fn the_scan_of_the_sources_knows_a_test_from_a_function() {
    let text = "#[test]\nfn plain() {}\n\n#[tokio::test(flavor = \"multi_thread\")]\nasync fn waits() {}\n\n\
                fn no_test() {}\n\n#[test]\n#[expect(clippy::x, reason = \"y\")]\nfn excused() {}\n";
    let names: Vec<&str> = sources::tests_in(text).collect();
    assert_eq!(names, ["plain", "waits", "excused"]);
}
