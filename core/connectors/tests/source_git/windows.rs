use dateline_connectors::source::git::{GitSource, Limits};
use dateline_core::activity::{ScanNote, WindowStart};
use dateline_core::source::{FileDetail, ScanFrom, ScanProgress, SourceError};

use super::fixture::{Repo, START, access, at, block_on, head, scan, shas, since, source, subjects};

const DAY: i64 = 86_400;

#[test]
fn a_cursor_excludes_what_it_reaches() {
    let repo = Repo::new();
    let first = repo.commit("one");
    repo.git(&["switch", "-qc", "side"]);
    repo.commit("side");
    repo.git(&["switch", "-q", "main"]);
    let cursor = repo.commit("two");
    repo.merge(&["side"], "Merge branch 'side'");
    let activity = repo.scan(since(&cursor));
    assert_eq!(subjects(&activity), ["Merge branch 'side'", "side"]);
    assert_eq!(activity.window.after.as_deref(), Some(cursor.as_str()));
    assert_eq!(activity.window.head, repo.head());
    assert_eq!(activity.window.start, WindowStart::Cursor);
    assert_eq!((activity.window.from, activity.window.to), (at(START + 2 * 3600), at(START + 4 * 3600)));
    assert_eq!(repo.scan(since(&first)).commits.len(), 3);
    assert_eq!(repo.try_scan(since(&repo.head())).expect("readable"), None);
}

#[test]
fn wrong_clocks_hide_nothing_and_repeat_nothing() {
    let repo = Repo::new();
    repo.set_now(4_102_444_800); // The year 2100.
    repo.commit("future");
    repo.set_now(-3600);
    repo.commit("epoch");
    repo.set_now(START);
    let cursor = repo.commit("now");
    repo.set_now(START - 900 * DAY);
    repo.commit("late");
    repo.set_now(3 * 4_102_444_800);
    repo.commit("later");
    let activity = repo.scan(since(&cursor));
    assert_eq!(subjects(&activity), ["later", "late"]);
    assert!(activity.commits.iter().all(|commit| commit.first_time == Some(false)));
    let all = repo.scan(ScanFrom::Date(at(0)));
    assert_eq!(all.commits.len(), 5);
    assert_eq!(all.window.from, at(0));
}

#[test]
fn exclusion_holds_when_a_covered_path_looks_newer_than_the_head() {
    // The cursor's own history is dated long before the commits it shares with the head.
    let repo = Repo::new();
    for n in 0..30 {
        repo.commit(format!("shared {n}"));
    }
    repo.git(&["branch", "side"]);
    repo.set_now(3600);
    for n in 0..20 {
        repo.commit(format!("old clock {n}"));
    }
    let cursor = repo.head();
    repo.git(&["switch", "-q", "side"]);
    repo.set_now(START + 90 * DAY);
    repo.commit("new");
    assert_eq!(subjects(&repo.scan(since(&cursor))), ["new"]);
}

#[test]
fn a_lost_cursor_falls_back_to_its_date_less_a_day() {
    let repo = Repo::new();
    repo.commit("long ago");
    repo.set_now(START + 10 * DAY);
    repo.commit("the day before");
    repo.set_now(START + 11 * DAY);
    repo.commit("new");
    let gone = "1234567890123456789012345678901234567890";
    for sha in [gone, "not hex", ""] {
        let activity = repo.scan(ScanFrom::Cursor { sha: sha.to_owned(), at: at(START + 11 * DAY) });
        assert_eq!(subjects(&activity), ["new", "the day before"], "{sha}");
        assert_eq!(activity.window.start, WindowStart::CursorLost);
        assert_eq!(activity.window.after, None);
    }
}

#[test]
fn a_rewritten_branch_tells_only_what_the_cursor_does_not_reach() {
    let repo = Repo::new();
    repo.commit("kept");
    let cursor = repo.commit("first try");
    repo.git(&["reset", "-q", "--hard", "HEAD^"]);
    repo.commit("second try");
    assert_eq!(subjects(&repo.scan(since(&cursor))), ["second try"]);
    repo.git(&["reset", "-q", "--hard", "HEAD^"]);
    assert_eq!(repo.try_scan(since(&cursor)).expect("readable"), None, "a branch set back has nothing new");
}

#[test]
fn another_history_in_place_of_the_cursors_is_read_by_date() {
    let repo = Repo::new();
    let cursor = repo.commit("old world");
    repo.git(&["switch", "-q", "--orphan", "new"]);
    repo.commit("new world");
    let activity = repo.scan(ScanFrom::Cursor { sha: cursor, at: at(START) });
    assert_eq!(activity.window.start, WindowStart::CursorLost);
    assert_eq!(subjects(&activity), ["new world"]);
}

#[test]
fn a_first_window_begins_at_the_last_release() {
    let repo = Repo::new();
    repo.commit("one");
    repo.git(&["tag", "v1.0.0"]);
    repo.commit("two");
    repo.git(&["tag", "v1.1.0"]);
    repo.git(&["tag", "v1"]);
    repo.commit("three");
    repo.git(&["tag", "latest"]);
    let activity = repo.first();
    assert_eq!(subjects(&activity), ["three"]);
    assert_eq!(activity.window.start, WindowStart::LastRelease { tag: "v1.1.0".into() });
    assert_eq!(activity.window.after, None);
    repo.git(&["switch", "-q", "--detach", "v1.1.0"]);
    let activity = repo.first();
    assert_eq!(subjects(&activity), ["two"], "a release tells what led to it");
    assert_eq!(activity.window.start, WindowStart::LastRelease { tag: "v1.0.0".into() });
    assert_eq!(activity.releases.len(), 2);
}

#[test]
fn a_release_on_another_branch_begins_no_window() {
    let repo = Repo::new();
    repo.commit("one");
    repo.git(&["switch", "-qc", "old"]);
    repo.commit("elsewhere");
    repo.git(&["tag", "v9.0"]);
    repo.git(&["switch", "-q", "main"]);
    repo.commit("two");
    assert_eq!(repo.first().window.start, WindowStart::ThirtyDays);
}

#[test]
fn without_releases_a_first_window_is_thirty_days_then_fifty_commits() {
    let repo = Repo::new();
    for n in 0..60 {
        repo.commit(format!("old {n}"));
    }
    repo.set_now(START + 100 * DAY);
    let activity = repo.first();
    assert_eq!((activity.commits.len(), &activity.window.start), (50, &WindowStart::FiftyCommits));
    assert_eq!(subjects(&activity)[0], "old 59");
    assert!(activity.commits.iter().all(|commit| commit.first_time == Some(false)));
    repo.commit("recent");
    let activity = repo.first();
    assert_eq!(
        (subjects(&activity), activity.window.start.clone()),
        (vec!["recent"], WindowStart::ThirtyDays)
    );
}

#[test]
fn dates_bound_a_window_on_both_sides() {
    let repo = Repo::new();
    let all: Vec<String> = (0..5).map(|n| repo.commit(format!("c{n}"))).collect();
    let check = |from: i64, until: Option<i64>, expected: &[&str]| {
        let mut request = repo.request(ScanFrom::Date(at(START + from)));
        request.until = until.map(|until| at(START + until));
        let activity = scan(GitSource::default(), &repo.source(), request).expect("readable");
        let found = activity.as_ref().map(subjects).unwrap_or_default();
        assert_eq!(found, expected, "{from} {until:?}");
        activity
    };
    check(3 * 3600, None, &["c4", "c3", "c2"]);
    check(3 * 3600 + 1, None, &["c4", "c3"]);
    let cut = check(2 * 3600, Some(4 * 3600 - 1), &["c2", "c1"]).expect("a window");
    assert_eq!(cut.window.head, all[2]);
    check(0, Some(0), &[]);
    check(6 * 3600, None, &[]);
    let mut request = repo.request(since(&all[0]));
    request.until = Some(at(START + 3 * 3600));
    let activity = scan(GitSource::default(), &repo.source(), request).expect("readable").expect("a window");
    assert_eq!((subjects(&activity), activity.window.head.as_str()), (vec!["c2", "c1"], all[2].as_str()));
}

#[test]
fn a_window_over_the_limit_keeps_the_newest_and_says_so() {
    let repo = Repo::new();
    let first = repo.commit("first");
    for n in 0..6 {
        repo.commit(format!("c{n}"));
    }
    let git = GitSource::with_limits(Limits { commits: 4, before: 100 });
    let activity =
        scan(git, &repo.source(), repo.request(since(&first))).expect("readable").expect("a window");
    assert_eq!(subjects(&activity), ["c5", "c4", "c3", "c2"]);
    assert_eq!(activity.notes, [ScanNote::Truncated { limit: 4 }]);
    let git = GitSource::with_limits(Limits { commits: 6, before: 100 });
    let activity =
        scan(git, &repo.source(), repo.request(since(&first))).expect("readable").expect("a window");
    assert_eq!((activity.commits.len(), activity.notes.len()), (6, 0));
}

#[test]
fn a_history_too_long_to_walk_leaves_newcomers_open() {
    let repo = Repo::new();
    for n in 0..10 {
        repo.commit(format!("c{n}"));
    }
    let cursor = repo.head();
    repo.set_author("Bo New <bo@example.com>");
    repo.commit("bo");
    repo.set_author("Ann Lee <ann@example.com>");
    repo.commit("ann");
    let git = GitSource::with_limits(Limits { commits: 100, before: 3 });
    let activity =
        scan(git, &repo.source(), repo.request(since(&cursor))).expect("readable").expect("a window");
    let first: Vec<_> = activity.commits.iter().map(|commit| commit.first_time).collect();
    assert_eq!(first, [Some(false), None]);
}

#[test]
fn counts_are_left_out_when_not_asked_for() {
    let repo = Repo::new();
    repo.commit_file("a", "1\n", "one");
    let mut request = repo.request(ScanFrom::First);
    request.files = FileDetail::Omitted;
    let activity = scan(GitSource::default(), &repo.source(), request).expect("readable").expect("a window");
    assert_eq!((activity.commits[0].stats.files, activity.hot_files.len()), (0, 0));
}

#[test]
fn a_stopped_scan_ends() {
    struct Gone;
    impl ScanProgress for Gone {
        fn commits_read(&self, _: usize) {}
        fn is_stopped(&self) -> bool {
            true
        }
    }
    use dateline_core::source::ActivitySource;
    let repo = Repo::new();
    repo.commit("one");
    let request = repo.request(ScanFrom::First);
    let scan =
        block_on(GitSource::default().scan(&repo.source(), &access(), request, std::sync::Arc::new(Gone)));
    assert!(matches!(scan, Err(SourceError::Stopped)));
}

#[test]
fn the_newest_commit_comes_first_and_a_stream_names_its_branch() {
    let repo = Repo::new();
    let one = repo.commit("one");
    let two = repo.commit("two");
    assert_eq!(shas(&repo.first()), [two.as_str(), one.as_str()]);
    repo.git(&["branch", "feature/x", &one]);
    let read = head(&source(&repo.path, Some("feature/x"))).expect("a branch");
    assert_eq!((read.stream.as_str(), read.head.as_deref()), ("refs/heads/feature/x", Some(one.as_str())));
    let read = head(&repo.source()).expect("a branch");
    assert_eq!((read.stream.as_str(), read.head.as_deref()), ("refs/heads/main", Some(two.as_str())));
}
