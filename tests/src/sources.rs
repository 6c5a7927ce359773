//! The sources as they stand: which tests there are.

use std::collections::BTreeSet;

use crate::repository;

/// The tests of the workspace, by file and name.
pub struct Sources {
    tests: BTreeSet<String>,
}

impl Sources {
    /// Reads every source file.
    pub fn read() -> Self {
        let files = repository::files().into_iter().filter(|path| path.ends_with(".rs"));
        let tests = files.flat_map(|path| {
            let text = std::fs::read_to_string(repository::root().join(&path)).unwrap_or_default();
            tests_in(&text).map(|name| format!("{path}::{name}")).collect::<Vec<_>>()
        });
        Self { tests: tests.collect() }
    }

    /// Whether there is a test `path/of/the/file.rs::name`.
    pub fn has_test(&self, id: &str) -> bool {
        self.tests.contains(id)
    }

    /// Whether `word` stands in the file.
    pub fn shows(&self, (file, word): (&str, &str)) -> bool {
        std::fs::read_to_string(repository::root().join(file)).is_ok_and(|text| text.contains(word))
    }
}

/// Returns the names of the functions that are marked as tests.
pub fn tests_in(text: &str) -> impl Iterator<Item = &str> {
    let mut is_marked = false;
    text.lines().filter_map(move |line| {
        let line = line.trim_start();
        let words = line.trim_start_matches("async ");
        if line.starts_with("#[test]") || line.starts_with("#[tokio::test") {
            is_marked = true;
        } else if let Some(rest) = words.strip_prefix("fn ").filter(|_| is_marked) {
            is_marked = false;
            return rest.split(['(', '<']).next();
        } else if !line.starts_with('#') && !line.starts_with("//") {
            is_marked = false;
        }
        None
    })
}
