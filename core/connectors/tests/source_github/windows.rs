//! What a scan finds, and what belongs together.

use dateline_core::activity::{ScanNote, WindowStart};
use dateline_core::brief::{BriefSetting, Style, build};
use dateline_core::source::ScanFrom;

use super::fake::FakeCommit;
use super::scene::{Scene, at, issue, pull, sha};

#[tokio::test]
async fn a_head_is_the_default_branchs_newest_commit() {
    let scene = Scene::with(3).await;
    let head = scene.head().await.expect("readable");
    assert_eq!((head.stream.as_str(), head.head), ("refs/heads/main", Some(sha(3))));
    let empty = Scene::with(0).await;
    assert_eq!(empty.head().await.expect("readable").head, None);
    assert_eq!(empty.scan(ScanFrom::First).await.expect("readable"), None);
}

#[tokio::test]
async fn commits_since_a_cursor_come_newest_first_over_many_pages() {
    let mut scene = Scene::with(420).await;
    scene.limits.details = 2;
    scene.limits.look_ups = 0;
    let activity = scene.since(5).await;
    assert_eq!(activity.commits.len(), 415, "compare names no more than 250 without pages");
    assert_eq!((&activity.commits[0].sha, &activity.commits[414].sha), (&sha(420), &sha(6)));
    assert_eq!(activity.window.head, sha(420));
    assert_eq!(activity.window.start, WindowStart::Cursor);
    assert_eq!(activity.notes, [ScanNote::FilesOmitted { commits: 413 }]);
    assert_eq!(activity.commits[0].stats.insertions, 7);
    let unchanged = scene.scan(ScanFrom::Cursor { sha: sha(420), at: at("2026-11-23T11:00:00Z") }).await;
    assert_eq!(unchanged.expect("readable"), None);
}

#[tokio::test]
async fn of_too_many_commits_the_newest_are_read() {
    let mut scene = Scene::with(420).await;
    (scene.limits.commits, scene.limits.details, scene.limits.look_ups) = (150, 0, 0);
    let activity = scene.since(1).await;
    assert_eq!(activity.commits.len(), 150);
    assert_eq!(activity.commits[0].sha, sha(420));
    assert!(activity.notes.contains(&ScanNote::Truncated { limit: 150 }), "{:?}", activity.notes);
}

#[tokio::test]
async fn rewritten_history_is_read_by_date() {
    let scene = Scene::with(3).await;
    let gone = ScanFrom::Cursor { sha: "f".repeat(40), at: at("2026-11-23T11:00:00Z") };
    let activity = scene.scan(gone).await.expect("readable").expect("something");
    assert_eq!((activity.commits.len(), activity.window.start), (3, WindowStart::CursorLost));
}

#[tokio::test]
async fn a_first_window_begins_at_the_last_release_else_lately() {
    let scene = Scene::with(4).await;
    let first = scene.scan(ScanFrom::First).await.expect("readable").expect("something");
    assert_eq!((first.commits.len(), first.window.start), (4, WindowStart::ThirtyDays));
    let released = |tag: &str, n: usize, at: &str| (tag.to_owned(), sha(n), at.to_owned());
    scene.fake.state().releases.push(released("v1", 2, "2026-11-23T10:58:10Z"));
    scene.fake.state().releases.push(released("v2", 4, "2026-11-23T11:00:10Z"));
    let first = scene.scan(ScanFrom::First).await.expect("readable").expect("something");
    assert_eq!(first.window.start, WindowStart::LastRelease { tag: "v1".to_owned() });
    assert_eq!(first.commits.len(), 2, "the head's own release is told now");
    assert_eq!(first.releases.iter().map(|release| release.tag.as_str()).collect::<Vec<_>>(), ["v2", "v1"]);
    scene.fake.state().releases.clear();
    for commit in &mut scene.fake.state().commits {
        commit.at = "2020-01-01T00:00:00Z".to_owned();
    }
    let old = scene.scan(ScanFrom::First).await.expect("readable").expect("something");
    assert_eq!((old.commits.len(), old.window.start), (4, WindowStart::FiftyCommits));
}

#[tokio::test]
async fn a_squash_its_request_and_the_issue_it_closes_are_one_item() {
    let scene = Scene::with(3).await;
    {
        let mut state = scene.fake.state();
        state.commits[2].message = "feat: read tabs as four columns (#7)".to_owned();
        let body = "Because spaces are tedious.\n\nFixes #9, closes #10";
        state.pulls.push(pull(7, "feat: read tabs as four columns", body, &sha(3), &["a".repeat(40)]));
        state.issues.push(issue(9, Some("completed")));
        state.issues.push(issue(10, Some("not_planned")));
        state.issues.push(super::fake::FakeIssue { is_pull: true, ..issue(7, Some("completed")) });
    }
    let activity = scene.since(1).await;
    let told = &activity.commits[0];
    assert_eq!(
        (told.pull_request, &told.closes),
        (Some(7), &vec![9]),
        "what was not planned is not closed by it"
    );
    assert_eq!((told.stats.files, told.files.len()), (2, 2));
    assert_eq!(activity.issues.iter().map(|issue| issue.number).collect::<Vec<_>>(), [9]);
    let style = Style::default();
    let offset_at = |_| chrono::FixedOffset::east_opt(0).expect("an offset");
    let brief = build(&activity, &BriefSetting { project: "Lantern", offset_at: &offset_at, style: &style });
    let items: Vec<_> = brief.items.iter().filter(|item| item.number == Some(7)).collect();
    assert_eq!(items.len(), 1);
    assert_eq!(
        (items[0].closes.as_slice(), items[0].url.as_deref()),
        ([9].as_slice(), Some("https://github.com/example/lantern/pull/7"))
    );
}

#[tokio::test]
async fn a_merge_tells_what_it_brought_in() {
    let scene = Scene::with(2).await;
    {
        let mut state = scene.fake.state();
        let commit = |n: usize, message: &str, parents: Vec<String>| FakeCommit {
            sha: sha(n),
            message: message.to_owned(),
            login: Some("bo".to_owned()),
            at: format!("2026-11-23T11:0{n}:00Z"),
            parents,
        };
        let branch = [commit(3, "wip", vec![sha(1)]), commit(4, "feat: more colours", vec![sha(3)])];
        state.commits.extend(branch);
        let merge = "Merge pull request #8 from bo/colours\n\nMore colours for all";
        state.commits.push(commit(5, merge, vec![sha(2), sha(4)]));
        state.head = sha(5);
        state.pulls.push(pull(8, "More colours for all", "", &sha(5), &[sha(3), sha(4)]));
    }
    let activity = scene.since(1).await;
    let find = |n: usize| activity.commits.iter().find(|commit| commit.sha == sha(n)).expect("a commit");
    assert_eq!(find(4).merged_in, Some(sha(5)));
    assert_eq!(find(3).merged_in, Some(sha(5)));
    assert_eq!(find(2).merged_in, None);
    let merge = find(5).merge.as_ref().expect("a merge");
    assert_eq!((merge.title.as_deref(), merge.commits.len()), (Some("More colours for all"), 2));
}

#[tokio::test]
async fn commits_merged_by_rebasing_are_one_item() {
    let scene = Scene::with(4).await;
    scene.fake.state().pulls.push(pull(6, "Better maps", "", &sha(4), &[sha(3), sha(4)]));
    let activity = scene.since(1).await;
    assert_eq!(activity.commits[1].merged_in, Some(sha(4)));
    assert_eq!(
        activity.commits[0].merge.as_ref().and_then(|merge| merge.title.as_deref()),
        Some("Better maps")
    );
    assert_eq!(activity.commits[2].pull_request, None);
}

#[tokio::test]
async fn a_request_with_too_many_files_says_so() {
    let scene = Scene::with(2).await;
    let mut large = pull(5, "Move everything", "", &sha(2), &[sha(2)]);
    large.files = 450;
    scene.fake.state().pulls.push(large);
    let activity = scene.since(1).await;
    let cut = ScanNote::FilesTruncated { sha: sha(2), listed: 300, of: Some(450) };
    assert_eq!(activity.notes, [cut]);
    assert_eq!((activity.commits[0].stats.files, activity.commits[0].files.len()), (450, 50));
}

#[tokio::test]
async fn only_certain_newcomers_are_called_new() {
    let scene = Scene::with(3).await;
    {
        let mut state = scene.fake.state();
        state.commits[1].login = Some("new-here".to_owned());
        state.commits[2].login = None;
    }
    let activity = scene.since(1).await;
    let new: Vec<_> = activity.commits.iter().map(|commit| commit.first_time).collect();
    assert_eq!(new, [None, Some(true)], "an author without an account stays in doubt");
    scene.fake.state().commits[1].login = Some("ann".to_owned());
    let activity = scene.since(1).await;
    assert_eq!(activity.commits[1].first_time, Some(false));
}
