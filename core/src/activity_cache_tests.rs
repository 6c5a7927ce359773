use super::*;
use crate::activity::{Commit, FileStats, Person, Repository, WindowStart};
use crate::time::from_unix_ms;

fn commit(sha: &str, author: &str) -> Commit {
    Commit {
        sha: sha.to_owned(),
        authored_at: from_unix_ms(0),
        committed_at: from_unix_ms(0),
        author: Person { name: author.to_owned(), key: author.to_owned(), is_bot: false },
        co_authors: Vec::new(),
        subject: sha.to_owned(),
        body: String::new(),
        trailers: Vec::new(),
        merge: None,
        merged_in: None,
        pull_request: None,
        closes: Vec::new(),
        stats: FileStats::default(),
        files: Vec::new(),
        first_time: Some(true),
    }
}

fn segment(after: Option<&str>, shas: &[&str]) -> ActivitySegment {
    let at = from_unix_ms(0);
    ActivitySegment {
        after: after.map(str::to_owned),
        synced_at: at,
        activity: Activity {
            repository: Repository { name: "lantern".to_owned(), branch: None, links: None },
            window: Window {
                after: after.map(str::to_owned),
                head: shas[0].to_owned(),
                from: at,
                to: at,
                start: WindowStart::Cursor,
            },
            commits: shas.iter().map(|sha| commit(sha, "ann")).collect(),
            releases: Vec::new(),
            hot_files: vec![HotFile { path: "a".to_owned(), commits: 1, lines: 2 }],
            issues: Vec::new(),
            notes: Vec::new(),
        },
    }
}

fn cached(segments: Vec<ActivitySegment>) -> CachedActivity {
    let head = segments.last().map(|last| last.activity.window.head.clone());
    let head = SourceHead { stream: "refs/heads/main".to_owned(), head };
    CachedActivity { state: SyncState { source: "s".to_owned(), head, synced_at: from_unix_ms(0) }, segments }
}

fn check(from: &ScanFrom, expected: Option<&[&str]>) {
    let cache =
        cached(vec![segment(None, &["b", "a"]), segment(Some("b"), &["d", "c"]), segment(Some("d"), &["e"])]);
    match (cache.since(from), expected) {
        (FromCache::Known(Some(activity)), Some(expected)) => {
            let shas: Vec<_> = activity.commits.iter().map(|commit| commit.sha.as_str()).collect();
            assert_eq!(shas, expected, "{from:?}");
            assert_eq!(activity.window.head, "e");
            assert_eq!(activity.hot_files[0].path, "a");
        }
        (FromCache::Known(None), Some([])) | (FromCache::Unknown, None) => {}
        (found, expected) => panic!("{from:?}: expected {expected:?}, found {found:?}"),
    }
}

fn cursor(sha: &str) -> ScanFrom {
    ScanFrom::Cursor { sha: sha.to_owned(), at: from_unix_ms(0) }
}

#[test]
fn only_whole_segments_make_a_window() {
    check(&ScanFrom::First, Some(&["e", "d", "c", "b", "a"]));
    check(&cursor("b"), Some(&["e", "d", "c"]));
    check(&cursor("d"), Some(&["e"]));
    check(&cursor("e"), Some(&[]));
    check(&cursor("c"), None);
    check(&cursor("z"), None);
    check(&ScanFrom::Date(from_unix_ms(0)), None);
}

#[test]
fn a_gap_in_the_chain_is_not_bridged() {
    let cache = cached(vec![segment(None, &["a"]), segment(Some("x"), &["y"])]);
    assert_eq!(cache.since(&ScanFrom::First), FromCache::Unknown);
    assert_eq!(cache.since(&cursor("a")), FromCache::Unknown);
    assert!(matches!(cache.since(&cursor("x")), FromCache::Known(Some(_))));
}

#[test]
fn a_person_is_new_once() {
    let whole = joined(vec![segment(None, &["b", "a"]).activity, segment(Some("b"), &["c"]).activity]);
    let new: Vec<_> = whole.expect("a whole").commits.iter().map(|commit| commit.first_time).collect();
    assert_eq!(new, [Some(false), Some(false), Some(true)]);
}

#[test]
fn freshness_is_of_one_source_and_one_time() {
    let state = cached(vec![segment(None, &["a"])]).state;
    let minute = Duration::from_secs(60);
    assert!(state.is_fresh("s", minute, from_unix_ms(60_000)));
    assert!(!state.is_fresh("s", minute, from_unix_ms(60_001)));
    assert!(!state.is_fresh("t", minute, from_unix_ms(0)));
}
