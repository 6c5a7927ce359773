use dateline_core::source::ScanFrom;

use super::fixture::{Repo, named, since, subjects};

/// Commits `name` on a branch of that name, cut from main, and merges it with `message`.
fn merged(repo: &Repo, name: &str, message: &str) -> (String, String) {
    repo.git(&["switch", "-qc", name, "main"]);
    let commit = repo.commit_file(name, "x\n", name);
    repo.git(&["switch", "-q", "main"]);
    (commit, repo.merge(&[name], message))
}

#[test]
fn merges_of_every_host_are_pull_requests() {
    let repo = Repo::new();
    repo.commit("root");
    let check = |branch: &str, message: &str, title: Option<&str>, number: Option<u64>| {
        let (commit, merge) = merged(&repo, branch, message);
        let activity = repo.first();
        let found = activity.commits.iter().find(|commit| commit.sha == merge).expect("the merge");
        let told = found.merge.as_ref().expect("a merge");
        assert_eq!(told.branch.as_deref(), Some(branch), "{message}");
        assert_eq!(told.title.as_deref(), title, "{message}");
        assert_eq!(found.pull_request, number, "{message}");
        assert_eq!(told.commits, std::slice::from_ref(&commit), "{message}");
        let brought = activity.commits.iter().find(|found| found.sha == commit).expect("the commit");
        assert_eq!(brought.merged_in.as_ref(), Some(&merge));
        assert_eq!(brought.merge, None);
        assert_eq!(found.merged_in, None);
    };
    check("a", "Merge pull request #7 from bob/a\n\nAdd doors\n", Some("Add doors"), Some(7));
    check("b", "Merge branch 'b' into 'main'\n\nAdd b\n\nSee merge request g/p!8\n", Some("Add b"), Some(8));
    check("c", "Merge pull request 'Add c' (#9) from c into main", Some("Add c"), Some(9));
    check("d", "Merged in d (pull request #10)\n\nAdd d", Some("Add d"), Some(10));
    check("e", "Merge branch 'e'", None, None);
}

#[test]
fn a_merge_inside_a_branch_is_a_commit_the_branch_brought() {
    let repo = Repo::new();
    repo.commit("root");
    repo.git(&["switch", "-qc", "feature"]);
    repo.commit_file("f", "1\n", "f1");
    repo.git(&["switch", "-q", "main"]);
    repo.commit_file("m", "1\n", "m1");
    repo.git(&["switch", "-q", "feature"]);
    let back = repo.merge(&["main"], "Merge branch 'main' into feature");
    repo.commit_file("f", "2\n", "f2");
    repo.git(&["switch", "-q", "main"]);
    let merge = repo.merge(&["feature"], "Merge pull request #1 from a/feature\n\nF");
    let activity = repo.first();
    let told = named(&activity, "Merge pull request #1 from a/feature");
    let brought = told.merge.as_ref().expect("a merge");
    assert_eq!(
        brought.commits,
        [named(&activity, "f2").sha.clone(), back.clone(), named(&activity, "f1").sha.clone()]
    );
    assert_eq!(named(&activity, "m1").merged_in, None, "what the back-merge took from main stays main's");
    let inner = named(&activity, "Merge branch 'main' into feature");
    assert_eq!(inner.merged_in.as_deref(), Some(merge.as_str()));
    assert_eq!(inner.merge.as_ref().map(|inner| inner.commits.len()), Some(0));
    assert_eq!((inner.stats.files, told.stats.files), (0, 1), "only the merge on the line counts its files");
    let hot: Vec<_> = activity.hot_files.iter().map(|file| (file.path.as_str(), file.commits)).collect();
    assert_eq!(hot, [("f", 2), ("m", 1)]);
}

#[test]
fn what_an_older_merge_brought_stays_with_it() {
    let repo = Repo::new();
    repo.commit("root");
    repo.git(&["branch", "two"]);
    let (_, one) = merged(&repo, "one", "Merge branch 'one'");
    repo.git(&["switch", "-q", "two"]);
    repo.merge(&["one"], "Merge branch 'one' into two");
    repo.git(&["switch", "-q", "main"]);
    repo.merge(&["two"], "Merge branch 'two'");
    let activity = repo.first();
    assert_eq!(named(&activity, "one").merged_in.as_deref(), Some(one.as_str()));
}

#[test]
fn an_octopus_brings_in_all_its_arms() {
    let repo = Repo::new();
    repo.commit("root");
    for arm in ["a", "b", "c"] {
        repo.git(&["switch", "-qc", arm, "main"]);
        repo.commit_file(arm, "x\n", arm);
    }
    repo.git(&["switch", "-q", "main"]);
    repo.commit_file("m", "m\n", "m");
    repo.merge(&["a", "b", "c"], "Merge branches 'a', 'b' and 'c'");
    let activity = repo.first();
    let merge = activity.commits[0].merge.as_ref().expect("a merge");
    assert_eq!((merge.commits.len(), activity.commits[0].stats.files), (3, 3));
}

#[test]
fn crossing_merges_and_two_roots_keep_every_commit_once() {
    let repo = Repo::new();
    repo.commit("root");
    repo.git(&["switch", "-qc", "side"]);
    repo.commit_file("s", "1\n", "s1");
    repo.git(&["switch", "-q", "main"]);
    repo.commit_file("m", "1\n", "m1");
    repo.git(&["branch", "main-before"]);
    repo.merge(&["side"], "Merge branch 'side'");
    repo.git(&["switch", "-q", "side"]);
    repo.merge(&["main-before"], "Merge branch 'main-before' into side");
    repo.git(&["switch", "-q", "main"]);
    repo.merge(&["side"], "Merge branch 'side' again");
    repo.git(&["switch", "-q", "--orphan", "other"]);
    repo.commit_file("o", "1\n", "other root");
    repo.git(&["switch", "-q", "main"]);
    repo.merge(&["--allow-unrelated-histories", "other"], "Merge branch 'other'");
    let activity = repo.scan(ScanFrom::First);
    assert_eq!(activity.commits.len().to_string(), repo.git(&["rev-list", "--count", "HEAD"]).trim());
    let mut once = subjects(&activity);
    once.sort_unstable();
    once.dedup();
    assert_eq!(once.len(), activity.commits.len());
    assert!(named(&activity, "other root").merged_in.is_some());
    assert_eq!(named(&activity, "other root").stats.files, 1);
}

#[test]
fn a_commit_flattened_from_a_pull_request_still_names_it() {
    let repo = Repo::new();
    let root = repo.commit("root");
    repo.commit("Add doors (#12)");
    repo.commit("Merge pull request #13 from a/b\n\nAdd windows");
    let activity = repo.scan(since(&root));
    let numbers: Vec<_> =
        activity.commits.iter().map(|commit| (commit.pull_request, commit.merge.is_some())).collect();
    assert_eq!(numbers, [(Some(13), false), (Some(12), false)]);
}
