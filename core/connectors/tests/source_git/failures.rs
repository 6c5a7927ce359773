use std::path::Path;

use dateline_core::source::{ScanFrom, Source, SourceError};

use super::fixture::{Repo, head, source};

fn check(source: &Source, is_expected: fn(&SourceError) -> bool) {
    let error = head(source).expect_err("no repository to read");
    assert!(is_expected(&error), "{source:?}: {error:?}");
    let text = error.to_string();
    assert!(text.len() < 600 && !text.contains('\n'), "{text}");
}

fn is_missing(error: &SourceError) -> bool {
    matches!(error, SourceError::Missing { .. })
}

fn is_not_a_repository(error: &SourceError) -> bool {
    matches!(error, SourceError::NotARepository { .. })
}

fn is_corrupt(error: &SourceError) -> bool {
    matches!(error, SourceError::Corrupt { .. })
}

#[test]
fn paths_without_a_repository_are_told_apart() {
    let repo = Repo::new();
    repo.commit_file("file", "x\n", "one");
    std::fs::create_dir_all(repo.around().join("empty/.git")).expect("a folder");
    std::fs::write(repo.around().join("plain"), "x").expect("a file");
    for path in ["/nonexistent/x", "", ".", "core/connectors", "~/x", "/a\0b"] {
        check(&source(Path::new(path), None), is_missing);
    }
    check(&source(Path::new(&format!("/{}", "x".repeat(300))), None), is_missing);
    check(&source(&repo.path.join("file/below"), None), is_missing);
    check(&source(&repo.path.join("file"), None), is_not_a_repository);
    check(&source(&repo.around().join("plain"), None), is_not_a_repository);
    check(&source(&repo.around().join("empty"), None), is_not_a_repository);
    check(&source(repo.around(), None), is_not_a_repository);
}

#[test]
fn damaged_references_are_corruption() {
    for (file, content) in [
        (".git/HEAD", "nonsense\n"),
        (".git/HEAD", ""),
        (".git/HEAD", "\u{0}\u{1}"),
        (".git/refs/heads/main", "nonsense\n"),
        (".git/refs/heads/main", "1234567890123456789012345678901234567890\n"),
        (".git/config", "[core\n"),
    ] {
        let repo = Repo::new();
        repo.commit("one");
        repo.write(file, content);
        check(&repo.source(), is_corrupt);
    }
    let repo = Repo::new();
    repo.commit_file("a", "x\n", "one");
    let tree = repo.git(&["rev-parse", "HEAD^{tree}"]);
    repo.write(".git/refs/heads/main", &tree);
    check(&repo.source(), is_corrupt);
    std::fs::remove_dir_all(repo.path.join(".git/objects")).expect("removed");
    check(&repo.source(), |error| is_corrupt(error) || is_not_a_repository(error));
}

#[test]
fn a_broken_link_to_a_work_tree_is_corruption() {
    let repo = Repo::new();
    repo.commit("one");
    repo.git(&["worktree", "add", "-q", "../wt"]);
    std::fs::remove_dir_all(repo.path.join(".git/worktrees")).expect("removed");
    check(&source(&repo.around().join("wt"), None), is_corrupt);
    std::fs::write(repo.around().join("wt/.git"), "not a link").expect("a file");
    check(&source(&repo.around().join("wt"), None), is_corrupt);
}

/// Scans a repository after each damage to its only pack: an error, never a panic and never half an answer.
#[test]
fn damaged_packs_are_errors() {
    let repo = Repo::new();
    for n in 0..40 {
        repo.commit_file(&format!("f{}", n % 7), &format!("{n}\n").repeat(50), &format!("c{n}"));
    }
    repo.git(&["gc", "-q", "--prune=now"]);
    let packs = std::fs::read_dir(repo.path.join(".git/objects/pack")).expect("packs");
    let mut packs = packs.map(|pack| pack.expect("a pack").path());
    let pack = packs.find(|path| path.extension().is_some_and(|kind| kind == "pack")).expect("a pack");
    let whole = std::fs::read(&pack).expect("a pack");
    let check_damaged = |damaged: &[u8]| {
        std::fs::remove_file(&pack).expect("removed");
        std::fs::write(&pack, damaged).expect("a pack");
        match repo.try_scan(ScanFrom::First) {
            Ok(Some(activity)) => assert_eq!(activity.commits.len(), 40, "commits are all there or none"),
            Ok(None) => panic!("damage is not emptiness"),
            Err(error) => assert!(is_corrupt(&error), "{error:?}"),
        }
    };
    check_damaged(&whole[..whole.len() / 2]);
    check_damaged(&whole[..10]);
    check_damaged(&[]);
    check_damaged(&[&[0; 12], &whole[12..]].concat());
    for at in (20..whole.len() - 8).step_by(97) {
        let mut damaged = whole.clone();
        damaged[at..at + 8].fill(0xA5);
        check_damaged(&damaged);
    }
}

#[test]
fn a_missing_commit_is_corruption_not_an_end() {
    let repo = Repo::new();
    repo.commit("one");
    let two = repo.commit("two");
    repo.commit("three");
    let (folder, file) = two.split_at(2);
    std::fs::remove_file(repo.path.join(".git/objects").join(folder).join(file)).expect("removed");
    let error = repo.try_scan(ScanFrom::First).expect_err("a missing commit");
    assert!(is_corrupt(&error), "{error:?}");
}

#[test]
fn formats_of_the_future_are_named() {
    let repo = Repo::new();
    repo.commit("one");
    let table = repo.around().join("table");
    std::fs::create_dir(&table).expect("a folder");
    repo.git(&["init", "-q", "--ref-format=reftable", &table.display().to_string()]);
    check(&source(&table, None), |error| matches!(error, SourceError::Unsupported { .. }));
    let long = repo.around().join("long");
    std::fs::create_dir(&long).expect("a folder");
    repo.git(&["init", "-q", "--object-format=sha256", &long.display().to_string()]);
    check(&source(&long, None), |error| matches!(error, SourceError::Unsupported { .. }));
}

#[cfg(unix)]
#[test]
fn a_closed_folder_is_unreadable() {
    use std::os::unix::fs::PermissionsExt;
    let repo = Repo::new();
    repo.commit("one");
    let closed = |path: &Path| {
        std::fs::set_permissions(path, PermissionsExt::from_mode(0o000)).expect("a mode");
        // Whoever may read everything, as root may, sees no difference.
        let is_closed = std::fs::read_dir(path).is_err();
        if is_closed {
            check(&repo.source(), |error| matches!(error, SourceError::Unreadable { .. }));
        }
        std::fs::set_permissions(path, PermissionsExt::from_mode(0o755)).expect("a mode");
    };
    closed(&repo.path);
    closed(&repo.path.join(".git"));
    closed(&repo.path.join(".git/objects"));
}
