//! Where in a code base a change happened, in a word a reader knows.

use crate::activity::Commit;

/// Folders that hold everything and so say nothing.
const SHELLS: &[&str] = &[
    "src",
    "lib",
    "app",
    "source",
    "sources",
    "main",
    "core/src",
    "test",
    "tests",
    "docs",
    "doc",
    "crates",
    "packages",
    "apps",
    "libs",
    "modules",
    "components",
    "plugins",
    "cmd",
    "internal",
    "pkg",
    "services",
    "tools",
];

/// Folders whose children are the parts of a project.
const SHELVES: &[&str] = &[
    "crates",
    "packages",
    "apps",
    "libs",
    "modules",
    "components",
    "plugins",
    "cmd",
    "internal",
    "pkg",
    "services",
];

/// Returns the folder all files of `commits` lie in, when it has a telling name.
pub(super) fn folder(commits: &[&Commit]) -> Option<String> {
    let mut found: Option<&str> = None;
    for file in commits.iter().flat_map(|commit| &commit.files) {
        let part = part(&file.path)?;
        if found.is_some_and(|found| found != part) {
            return None;
        }
        found = Some(part);
    }
    found.filter(|part| !SHELLS.contains(part) && !part.starts_with('.')).map(str::to_owned)
}

/// Returns the first folder of `path`, or the one below a shelf.
fn part(path: &str) -> Option<&str> {
    let (first, rest) = path.split_once('/')?;
    if !SHELVES.contains(&first) {
        return Some(first);
    }
    rest.split_once('/').map(|(second, _)| second)
}
