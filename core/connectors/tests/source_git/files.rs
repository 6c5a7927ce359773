use dateline_core::activity::{Activity, FileChange, FileChangeKind, FileStats, LineCounts, ScanNote};

use super::fixture::{Repo, since};

fn lines(insertions: u32, deletions: u32) -> Option<LineCounts> {
    Some(LineCounts { insertions, deletions })
}

fn newest(repo: &Repo) -> Vec<FileChange> {
    let before = repo.git(&["rev-parse", "HEAD^"]);
    let activity: Activity = repo.scan(since(before.trim()));
    assert_eq!(activity.notes, []);
    activity.commits[0].files.clone()
}

#[test]
fn every_kind_of_change_is_counted() {
    let repo = Repo::new();
    let body: String = (0..40).map(|n| format!("line {n}\n")).collect();
    repo.write("changed", "a\nb\nc\n");
    repo.write("gone", "1\n2\n");
    repo.write("moved", &body);
    repo.write("deep/er/same", "same\n");
    repo.commit("root");
    repo.write("changed", "a\nB\nc");
    std::fs::remove_file(repo.path.join("gone")).expect("removed");
    repo.write("new", "x\ny");
    repo.write("empty", "");
    repo.git(&["mv", "moved", "deep/moved"]);
    repo.write("deep/moved", format!("{body}more\n"));
    repo.commit("change");
    let found = newest(&repo);
    let change = |path: &str, previous: Option<&str>, kind, lines| FileChange {
        path: path.into(),
        previous: previous.map(Into::into),
        kind,
        lines,
    };
    let expected = [
        change("changed", None, FileChangeKind::Modified, lines(2, 2)),
        change("gone", None, FileChangeKind::Deleted, lines(0, 2)),
        change("new", None, FileChangeKind::Added, lines(2, 0)),
        change("deep/moved", Some("moved"), FileChangeKind::Renamed, lines(1, 0)),
        change("empty", None, FileChangeKind::Added, lines(0, 0)),
    ];
    assert_eq!(found, expected);
}

#[cfg(unix)]
#[test]
fn modes_links_binaries_and_submodules_are_harmless() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let repo = Repo::new();
    repo.write("run", "#!/bin/sh\n");
    repo.write("data", b"a\0b");
    repo.write("was-file", "text\n");
    repo.commit("root");
    std::fs::set_permissions(repo.path.join("run"), PermissionsExt::from_mode(0o755)).expect("a mode");
    repo.write("data", b"a\0c\n\n");
    symlink("/etc/passwd", repo.path.join("link")).expect("a link");
    std::fs::remove_file(repo.path.join("was-file")).expect("removed");
    repo.write("was-file/now-folder", "text\n");
    repo.git(&["add", "-A"]);
    let gitlink = format!("160000,{},sub", repo.head());
    repo.git(&["update-index", "--add", "--cacheinfo", &gitlink]);
    repo.git_with(&["commit", "-q", "-F", "-"], "change");
    let activity = repo.scan(since(repo.git(&["rev-parse", "HEAD^"]).trim()));
    let found: Vec<_> =
        activity.commits[0].files.iter().map(|f| (f.path.as_str(), f.kind, f.lines)).collect();
    assert_eq!(
        found,
        [
            ("link", FileChangeKind::Added, lines(1, 0)),
            ("data", FileChangeKind::Modified, None),
            ("run", FileChangeKind::Modified, lines(0, 0)),
            ("sub", FileChangeKind::Added, None),
            ("was-file/now-folder", FileChangeKind::Renamed, lines(0, 0)),
        ]
    );
    assert_eq!(activity.commits[0].stats, FileStats { files: 5, insertions: 1, deletions: 0 });
}

#[test]
fn the_repositorys_own_programs_are_never_run() {
    let repo = Repo::new();
    let marker = repo.around().join("ran");
    let program = format!("touch {}; cat", marker.display());
    repo.write(".gitattributes", "* diff=evil filter=evil\n");
    repo.write("a", "1\n2\n3\n4\n5\n6\n");
    repo.git(&["add", "-A"]);
    repo.git_with(&["commit", "-q", "-F", "-"], "root");
    repo.git(&["mv", "a", "b"]);
    repo.write("b", "1\n2\n3\n4\n5\n7\n");
    repo.git(&["add", "-A"]);
    repo.git_with(&["commit", "-q", "-F", "-"], "move");
    for key in [
        "diff.evil.command",
        "diff.evil.textconv",
        "filter.evil.smudge",
        "filter.evil.clean",
        "filter.evil.process",
        "core.fsmonitor",
        "diff.external",
        "core.sshCommand",
        "core.pager",
    ] {
        repo.git(&["config", key, &program]);
    }
    repo.write(".git/info/attributes", "* diff=evil filter=evil\n");
    let activity = repo.first();
    assert_eq!(activity.commits[0].files[0].kind, FileChangeKind::Renamed);
    assert_eq!(activity.commits[0].files[0].lines, lines(1, 1));
    assert!(!marker.exists());
}

#[test]
fn a_commit_lists_its_largest_files_and_counts_all() {
    let repo = Repo::new();
    for n in 0..60 {
        repo.write(&format!("f{n:02}"), "x\n".repeat(n + 1));
    }
    repo.commit("root");
    let commit = &repo.first().commits[0];
    assert_eq!((commit.files.len(), commit.files[0].path.as_str()), (50, "f59"));
    assert_eq!(commit.stats, FileStats { files: 60, insertions: 60 * 61 / 2, deletions: 0 });
}

#[test]
fn hot_files_carry_the_names_of_today() {
    let repo = Repo::new();
    repo.commit_file("old name", "1\n2\n3\n", "one");
    repo.commit_file("old name", "1\n2\n3\n4\n", "two");
    repo.commit_file("short-lived", "x\n", "three");
    std::fs::remove_file(repo.path.join("short-lived")).expect("removed");
    repo.git(&["mv", "old name", "new name"]);
    repo.commit("four");
    repo.commit_file("new name", "0\n1\n2\n3\n4\n", "five");
    let hot: Vec<_> = repo.first().hot_files.into_iter().map(|f| (f.path, f.commits, f.lines)).collect();
    assert_eq!(hot, [("new name".to_owned(), 4, 5)]);
}

#[test]
fn paths_of_any_bytes_are_told() {
    let repo = Repo::new();
    repo.commit("root");
    let blob = repo.git_with(&["hash-object", "-w", "--stdin"], "x\n");
    let tree = [b"100644 \xff\xfe\0".as_slice(), &hex(blob.trim())].concat();
    let tree = repo.git_with(&["hash-object", "-t", "tree", "-w", "--literally", "--stdin"], tree);
    let commit = repo.git_with(&["commit-tree", tree.trim(), "-p", "HEAD"], "bytes");
    repo.git(&["update-ref", "refs/heads/main", commit.trim()]);
    assert_eq!(
        repo.first().commits.iter().find(|c| c.subject == "bytes").expect("it").files[0].path,
        "\u{FFFD}\u{FFFD}"
    );
}

#[test]
fn an_unreadable_file_costs_its_counts_only() {
    let repo = Repo::new();
    repo.commit_file("a", "1\n", "root");
    let sha = repo.commit_file("b", "only here\n", "two");
    let blob = repo.git(&["rev-parse", "HEAD:b"]);
    let (folder, file) = blob.trim().split_at(2);
    std::fs::remove_file(repo.path.join(".git/objects").join(folder).join(file)).expect("removed");
    let activity = repo.first();
    assert_eq!(activity.notes, [ScanNote::Unreadable { sha }]);
    assert_eq!((activity.commits[0].stats, activity.commits[1].stats.files), (FileStats::default(), 1));
}

#[test]
fn a_giant_file_is_binary_to_us() {
    let repo = Repo::new();
    repo.commit("root");
    repo.write("giant", "line of text\n".repeat(3 << 20));
    repo.write("small", "x\n");
    repo.commit("giant");
    let found: Vec<_> = newest(&repo).into_iter().map(|file| (file.path, file.lines)).collect();
    assert_eq!(found, [("small".to_owned(), lines(1, 0)), ("giant".to_owned(), None)]);
}

fn hex(digits: &str) -> Vec<u8> {
    (0..digits.len()).step_by(2).map(|at| u8::from_str_radix(&digits[at..at + 2], 16).expect("hex")).collect()
}
