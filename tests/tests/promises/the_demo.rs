//! One command, and a minute later a newcomer reads an article about a repository he knows.

use std::time::Duration;

use dateline_tests::command::{Ran, program};
use dateline_tests::history;
use dateline_tests::waiting::Stopwatch;

const LONGEST: Duration = Duration::from_secs(90);

#[test]
fn the_demo_prints_an_article_about_the_repository_and_ends() {
    let repository = history::conventional();
    let home = tempfile::tempdir().expect("a folder is made");
    let watch = Stopwatch::start();
    let mut demo = program();
    demo.arg("demo")
        .arg(repository.path())
        .env("HOME", home.path())
        .env("XDG_DATA_HOME", home.path().join("data"));
    let ran: Ran = demo.output().expect("the demo starts").into();
    assert!(watch.elapsed() < LONGEST, "{:?}", watch.elapsed());
    let said = ran.said();
    assert_eq!(ran.code, Some(0), "{said}");
    assert!(said.contains("quoted field names"), "the article tells the news: {said}");
    let cited = repository.shas().iter().filter(|sha| said.contains(&sha[..7])).count();
    assert!(cited >= 3, "statements name the commits they rest on, {cited} did: {said}");
    assert!(!said.contains('\u{1b}'), "no colours without a terminal");
    assert!(!said.to_lowercase().contains("error"), "{said}");
}

#[test]
fn a_demo_of_nothing_says_so() {
    let folder = tempfile::tempdir().expect("a folder is made");
    let mut demo = program();
    demo.arg("demo")
        .arg(folder.path())
        .env("HOME", folder.path())
        .env("XDG_DATA_HOME", folder.path().join("data"));
    let ran: Ran = demo.output().expect("the demo starts").into();
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(ran.stderr.contains(folder.path().to_str().expect("a plain path")), "{ran:?}");
    assert!(!ran.stderr.contains("panicked"), "{ran:?}");
}
