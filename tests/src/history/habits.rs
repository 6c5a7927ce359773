//! Histories of people with different habits.

use super::{Commit, Repository};

const CONVENTIONAL: [(&str, &str); 12] = [
    ("chore: start", "README.md"),
    (
        "feat(parser): accept quoted field names\n\nA name with a space in it could not be written before.\n\nCloses #12",
        "src/parser.rs",
    ),
    ("fix(parser): keep the last line when it lacks a newline (#14)", "src/parser.rs"),
    (
        "feat!: read settings from one file\n\nBREAKING CHANGE: the variables APP_HOST and APP_PORT are gone; set `listen` in settings.toml.",
        "src/settings.rs",
    ),
    (
        "perf(index): look names up in a sorted table\n\nA look-up of 10,000 names takes 4 ms instead of 90 ms.",
        "src/index.rs",
    ),
    ("docs: explain the settings file", "docs/settings.md"),
    ("build(deps): bump serde from 1.0.1 to 1.0.2", "Cargo.toml"),
    ("build(deps): bump regex from 1.9.0 to 1.10.0", "Cargo.toml"),
    ("test: cover an empty index", "tests/index.rs"),
    ("fix(server): answer 404 for an unknown name\n\nFixes #21", "src/server.rs"),
    ("feat(server): list names page by page", "src/server.rs"),
    ("style: format", "src/server.rs"),
];

/// Returns a history in the manner of Conventional Commits, with one release near its beginning.
pub fn conventional() -> Repository {
    let mut repository = Repository::new();
    repository.commits(&commits(&CONVENTIONAL[..1]));
    repository.release("v0.1.0");
    repository.commits(&commits(&CONVENTIONAL[1..]));
    repository
}

const SENTENCES: [(&str, &str); 9] = [
    ("Initial commit", "README.md"),
    ("Add a dark theme.\n\nPeople who read at night asked for it.", "web/theme.css"),
    ("Fixed the crash when the list is empty", "src/list.py"),
    ("Let people sort the list by date", "src/list.py"),
    ("Update readme", "README.md"),
    ("Remove the old importer, nobody used it since spring.", "src/importer.py"),
    ("wip", "src/list.py"),
    ("Make the search twice as fast by asking the database once", "src/search.py"),
    ("Typo", "README.md"),
];

/// Returns a history told in plain sentences, without a release.
pub fn sentences() -> Repository {
    let mut repository = Repository::new();
    repository.commits(&commits(&SENTENCES));
    repository
}

/// Returns a history of merged pull requests, with reverts and a release in between.
pub fn merge_heavy() -> Repository {
    let mut repository = Repository::new();
    repository.commits(&commits(&[("Start the service", "README.md")]));
    let merges = [
        ("Merge pull request #7 from ada/retry\n\nTry failed uploads again", "upload.go", "Try again"),
        ("Merge pull request #9 from grace/limits\n\nLimit uploads to 10 MB per file", "limit.go", "Limit"),
        ("Merge pull request #11 from jose/metrics\n\nCount uploads by outcome", "metrics.go", "Count"),
    ];
    for (index, (message, file, subject)) in merges.into_iter().enumerate() {
        let polish = format!("{subject}: review remarks");
        repository.merge(message, &commits(&[(subject, file), (polish.as_str(), file)]));
        if index == 0 {
            repository.release("v1.4.0");
        }
    }
    repository
        .merge("Merge branch 'main' of example.org:uploads", &commits(&[("Name the metric", "metrics.go")]));
    repository
}

/// Returns a conventional history of `count` commits over many files.
pub fn long(count: usize) -> Repository {
    let mut repository = Repository::new();
    let messages: Vec<(String, String)> = (0..count)
        .map(|number| {
            let kind = ["feat", "fix", "docs", "perf"][number % 4];
            (
                format!("{kind}(part{}): improve item {number}", number % 40),
                format!("src/part{}/{number}.rs", number % 40),
            )
        })
        .collect();
    let borrowed: Vec<(&str, &str)> = messages.iter().map(|(m, f)| (m.as_str(), f.as_str())).collect();
    repository.commits(&commits(&borrowed[..1]));
    repository.release("v0.0.1");
    repository.commits(&commits(&borrowed[1..]));
    repository
}

fn commits<'a>(pairs: &[(&'a str, &'a str)]) -> Vec<Commit<'a>> {
    pairs.iter().map(|(message, file)| Commit { message: message.as_bytes(), file }).collect()
}
