//! What docs/reliability.md promises names tests that exist.

use std::collections::BTreeSet;

use dateline_tests::repository;
use dateline_tests::sources::Sources;

/// The rows of the table: number, and the tests that are named.
fn rows() -> Vec<(u8, Vec<String>)> {
    let page = std::fs::read_to_string(repository::root().join("docs/reliability.md")).expect("the page");
    let cells = page.lines().filter_map(|line| {
        let mut cells = line.strip_prefix('|')?.split('|').map(str::trim);
        Some((cells.next()?.parse().ok()?, cells.nth(1)?))
    });
    let named = |cell: &str| cell.split('`').filter(|it| it.contains("::")).map(str::to_owned).collect();
    cells.map(|(number, cell)| (number, named(cell))).collect()
}

#[test]
fn every_promise_names_tests_that_exist() {
    let rows = rows();
    let numbers: Vec<u8> = rows.iter().map(|(number, _)| *number).collect();
    assert_eq!(numbers, (1..=20).collect::<Vec<u8>>());
    let bare: Vec<u8> =
        rows.iter().filter(|(_, tests)| tests.is_empty()).map(|(number, _)| *number).collect();
    assert!(bare.is_empty(), "promises that nothing holds: {bare:?}");
    let sources = Sources::read();
    let missing: BTreeSet<&String> =
        rows.iter().flat_map(|(_, tests)| tests).filter(|id| !sources.has_test(id)).collect();
    assert!(missing.is_empty(), "no test has these names: {missing:#?}");
}
