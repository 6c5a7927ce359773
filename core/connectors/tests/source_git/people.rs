use std::collections::HashMap;

use dateline_core::source::ScanFrom;

use super::fixture::{Repo, at, named, since};

const MAILMAP: &str =
    "Ann Lee <ann@example.com> <ann@old.example>\nBo Real <bo@example.com> bo <BO@laptop>\n";

fn peopled() -> Repo {
    let repo = Repo::new();
    repo.commit("root");
    repo.write(".mailmap", MAILMAP);
    for (author, message) in [
        ("annie <ann@old.example>", "one"),
        ("bo <bo@laptop>", "two"),
        (
            "Cy <cy@example.com>",
            "three\n\nCo-authored-by: bo <bo@laptop>\nCo-authored-by: Cy <CY@example.com>\n",
        ),
        ("dependabot[bot] <49699333+dependabot[bot]@users.noreply.github.com>", "four"),
        ("Ann Lee <ann@example.com>", "five"),
    ] {
        repo.set_author(author);
        repo.commit(message);
    }
    repo
}

#[test]
fn people_go_by_the_committed_mailmap() {
    let repo = peopled();
    repo.write(".mailmap", "Somebody Else <x@y> <ann@old.example>\n");
    let activity = repo.first();
    assert_eq!(named(&activity, "one").author, named(&activity, "five").author);
    assert_eq!(named(&activity, "two").author.name, "Bo Real");
    let three = named(&activity, "three");
    assert_eq!(three.co_authors, [named(&activity, "two").author.clone()], "mapped, and without the author");
    assert!(named(&activity, "four").author.is_bot && !three.author.is_bot);
}

#[test]
fn totals_by_person_equal_shortlog() {
    let repo = peopled();
    let mut counted: HashMap<String, u32> = HashMap::new();
    for commit in repo.scan(ScanFrom::Date(at(0))).commits {
        *counted.entry(commit.author.name).or_default() += 1;
    }
    let shortlog = repo.git(&["shortlog", "-sn", "HEAD"]);
    let expected: HashMap<String, u32> = shortlog
        .lines()
        .filter_map(|line| line.trim().split_once('\t'))
        .map(|(count, name)| (name.to_owned(), count.parse().expect("a count")))
        .collect();
    assert_eq!(counted, expected);
}

#[test]
fn newcomers_are_those_without_an_earlier_commit() {
    let repo = peopled();
    let cursor = repo.head();
    for (author, message) in [
        ("Old Ann <ann@old.example>", "known"),
        ("Di <di@example.com>", "di 1"),
        ("Di <DI@example.com>", "di 2"),
    ] {
        repo.set_author(author);
        repo.commit(message);
    }
    let activity = repo.scan(since(&cursor));
    let first = |subject| named(&activity, subject).first_time;
    assert_eq!((first("known"), first("di 1"), first("di 2")), (Some(false), Some(true), Some(false)));
}

#[test]
fn no_address_and_no_hidden_character_leaves() {
    let repo = Repo::new();
    repo.set_author("me@example.com <me@example.com>");
    repo.commit("one\n\nReviewed-by: Al <al@example.com>\nCo-authored-by: <only@example.com>\n");
    repo.set_author("Ev\u{202E}il\u{7} \u{200B}Name <e@example.com>");
    repo.commit("two");
    let activity = repo.first();
    let written = serde_json::to_string(&activity).expect("JSON");
    assert!(!written.contains("@example.com"), "{written}");
    assert_eq!(named(&activity, "one").author.name, "me");
    assert_eq!(named(&activity, "one").co_authors[0].name, "only");
    assert_eq!(named(&activity, "two").author.name, "Evil Name");
}
