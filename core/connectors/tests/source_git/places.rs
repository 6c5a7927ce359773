use dateline_connectors::source::git::GitSource;
use dateline_core::activity::{LinkHost, ScanNote, WindowStart};
use dateline_core::source::{ScanFrom, SourceError};

use super::fixture::{Repo, START, at, head, scan, since, source, subjects};

#[test]
fn a_repository_without_commits_has_no_activity() {
    let repo = Repo::new();
    let read = head(&repo.source()).expect("an empty repository");
    assert_eq!((read.stream.as_str(), read.head), ("refs/heads/main", None));
    assert_eq!(repo.try_scan(ScanFrom::First).expect("readable"), None);
    assert_eq!(head(&source(&repo.path, Some("main"))).expect("the unborn branch").head, None);
    assert!(matches!(head(&source(&repo.path, Some("x"))), Err(SourceError::NoSuchBranch { .. })));
}

#[test]
fn folders_inside_linked_work_trees_and_bare_repositories_are_found() {
    let repo = Repo::new();
    repo.commit_file("deep/er/file", "x\n", "one");
    repo.git(&["worktree", "add", "-q", "-b", "wt", "../elsewhere"]);
    let bare = repo.around().join("bare-rocket.git");
    repo.git(&["clone", "-q", "--bare", ".", &bare.display().to_string()]);
    let sha = repo.commit("two");
    let check = |path: std::path::PathBuf, stream: &str, name: &str, commits: usize| {
        let read = head(&source(&path, None)).expect("a repository");
        assert_eq!(read.stream, stream, "{path:?}");
        let activity = scan(GitSource::default(), &source(&path, None), repo.request(ScanFrom::First));
        let activity = activity.expect("readable").expect("commits");
        assert_eq!((activity.repository.name.as_str(), activity.commits.len()), (name, commits), "{path:?}");
    };
    check(repo.path.join("deep/er"), "refs/heads/main", "rocket", 2);
    check(repo.path.join(".git"), "refs/heads/main", "rocket", 2);
    check(repo.path.join(".git/refs"), "refs/heads/main", "rocket", 2);
    check(repo.around().join("elsewhere"), "refs/heads/wt", "rocket", 1);
    check(repo.around().join("elsewhere/deep"), "refs/heads/wt", "rocket", 1);
    repo.git(&["-C", &bare.display().to_string(), "remote", "remove", "origin"]);
    check(bare, "refs/heads/main", "bare-rocket", 1);
    repo.git(&["switch", "-q", "--detach"]);
    let read = head(&repo.source()).expect("a detached head");
    assert_eq!((read.stream.as_str(), read.head.as_deref()), ("HEAD", Some(sha.as_str())));
    assert_eq!(repo.first().repository.branch, None);
}

#[test]
fn branches_are_found_by_any_of_their_names() {
    let origin = Repo::new();
    origin.commit("one");
    let repo = Repo::clone_of(&origin, &[]);
    let one = repo.head();
    for (branch, stream, short) in [
        ("main", "refs/heads/main", "main"),
        ("refs/heads/main", "refs/heads/main", "main"),
        ("origin/main", "refs/remotes/origin/main", "origin/main"),
        ("refs/remotes/origin/main", "refs/remotes/origin/main", "origin/main"),
    ] {
        let read = head(&source(&repo.path, Some(branch))).expect(branch);
        assert_eq!((read.stream.as_str(), read.head.as_deref()), (stream, Some(one.as_str())));
        let activity =
            scan(GitSource::default(), &source(&repo.path, Some(branch)), origin.request(ScanFrom::First));
        let repository = activity.expect("readable").expect("commits").repository;
        assert_eq!(repository.branch.as_deref(), Some(short));
        assert_eq!(repository.name, "rocket", "the remote's name, not the folder's");
    }
    for branch in ["", "nope", "a b", "..", "-x", "a\0b", "HEAD", "main^", "@{u}", "refs/heads/", &one] {
        let found = head(&source(&repo.path, Some(branch)));
        assert!(matches!(found, Err(SourceError::NoSuchBranch { .. })), "{branch}: {found:?}");
    }
}

#[test]
fn a_shallow_clone_ends_where_it_was_cut() {
    let origin = Repo::new();
    let root = origin.commit_file("a", "1\n", "one");
    origin.set_author("Bo <bo@example.com>");
    for n in 2..=5 {
        origin.commit_file("a", &"x\n".repeat(n), &format!("c{n}"));
    }
    let repo = Repo::clone_of(&origin, &["--depth", "3"]);
    let cut = repo.git(&["rev-parse", "HEAD~2"]).trim().to_owned();
    let request = || origin.request(ScanFrom::Cursor { sha: root.clone(), at: at(START + 25 * 3600) });
    let activity = scan(GitSource::default(), &repo.source(), request()).expect("readable").expect("commits");
    assert_eq!(activity.window.start, WindowStart::CursorLost);
    assert_eq!(subjects(&activity), ["c5", "c4", "c3"]);
    assert_eq!(activity.notes, [ScanNote::Shallow, ScanNote::Unreadable { sha: cut }]);
    let files: Vec<_> = activity.commits.iter().map(|commit| commit.stats.files).collect();
    assert_eq!(files, [1, 1, 0]);
    assert_eq!(activity.commits[2].first_time, None);
    let inside = origin.request(since(repo.git(&["rev-parse", "HEAD~1"]).trim()));
    let activity = scan(GitSource::default(), &repo.source(), inside).expect("readable").expect("commits");
    assert_eq!(
        (subjects(&activity), activity.notes.len()),
        (vec!["c5"], 0),
        "what is cut off was told before"
    );
}

#[test]
fn replaced_objects_and_borrowed_ones_are_read_as_committed() {
    let origin = Repo::new();
    origin.commit("one");
    let real = origin.commit("real");
    let tree = origin.git(&["write-tree"]);
    let fake = origin.git_with(&["commit-tree", tree.trim()], "fake");
    origin.git(&["replace", "-f", &real, fake.trim()]);
    assert_eq!(subjects(&origin.first()), ["real", "one"]);
    let borrower = Repo::clone_of(&origin, &["--shared"]);
    let activity = scan(GitSource::default(), &borrower.source(), origin.request(ScanFrom::First));
    assert_eq!(subjects(&activity.expect("readable").expect("commits")), ["real", "one"]);
}

#[test]
fn links_follow_the_branchs_remote_then_origin_then_the_only_one() {
    let repo = Repo::new();
    repo.commit("one");
    let check = |host: Option<LinkHost>, base: &str, name: &str| {
        let repository = repo.first().repository;
        assert_eq!(repository.links.as_ref().map(|links| links.host), host);
        assert_eq!(repository.links.map(|links| links.base).unwrap_or_default(), base);
        assert_eq!(repository.name, name);
    };
    check(None, "", "rocket");
    repo.git(&["remote", "add", "mirror", "https://u:p@gitlab.com/a/b/mirror.git"]);
    check(Some(LinkHost::GitLab), "https://gitlab.com/a/b/mirror", "mirror");
    repo.git(&["remote", "add", "other", "https://codeberg.org/a/other"]);
    check(None, "", "rocket");
    repo.git(&["remote", "add", "origin", "git@github.com:acme/moon.git"]);
    check(Some(LinkHost::GitHub), "https://github.com/acme/moon", "moon");
    repo.git(&["config", "branch.main.remote", "other"]);
    check(Some(LinkHost::Gitea), "https://codeberg.org/a/other", "other");
    repo.git(&["config", "branch.main.remote", "."]);
    repo.git(&["remote", "set-url", "origin", "https://git.example/a/sun.git"]);
    check(None, "", "sun");
}

#[cfg(unix)]
#[test]
fn a_repository_of_another_owner_is_read_with_its_links() {
    let repo = Repo::new();
    repo.commit_file("a", "x\n", "one");
    repo.git(&["remote", "add", "origin", "https://github.com/acme/rocket"]);
    let own = |path: &std::path::Path| std::os::unix::fs::chown(path, Some(12_345), None).is_ok();
    // Only root may give a folder away; elsewhere this repeats the ordinary case.
    for path in [repo.path.join(".git/config"), repo.path.join(".git"), repo.path.clone()] {
        own(&path);
    }
    let activity = repo.first();
    assert_eq!((activity.commits.len(), activity.commits[0].stats.files), (1, 1));
    assert!(activity.repository.links.is_some());
}
