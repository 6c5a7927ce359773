use super::fixture::{Repo, since};

#[test]
fn a_message_is_taken_apart() {
    let repo = Repo::new();
    repo.git(&["remote", "add", "origin", "git@github.com:acme/rocket.git"]);
    repo.commit(
        "Add doors (#5)\n\nThey open.\n\nCloses #9, fixes acme/rocket#10 and https://github.com/acme/rocket/issues/11\n\n\
         Refs: 12\nSigned-off-by: Ann Lee <ann@example.com>\nCo-authored-by: Bo <bo@example.com>\n",
    );
    let activity = repo.first();
    let commit = &activity.commits[0];
    assert_eq!(commit.subject, "Add doors (#5)");
    assert!(commit.body.starts_with("They open.\n\nCloses #9") && commit.body.ends_with("issues/11"));
    assert_eq!((commit.pull_request, commit.closes.as_slice()), (Some(5), &[9, 10, 11][..]));
    let trailers: Vec<_> = commit.trailers.iter().map(|t| format!("{}={}", t.token, t.value)).collect();
    assert_eq!(trailers, ["Refs=12", "Signed-off-by=Ann Lee", "Co-authored-by=Bo"]);
    assert_eq!(commit.co_authors[0].name, "Bo");
}

#[test]
fn strange_messages_are_read() {
    let repo = Repo::new();
    let root = repo.commit("root");
    let check = |message: &[u8], subject: &str, body: &str| {
        repo.commit(message);
        let found = &repo.scan(since(&root)).commits[0];
        assert_eq!((found.subject.as_str(), found.body.as_str()), (subject, body));
    };
    check("x".repeat(5000).as_bytes(), &"x".repeat(5000), "");
    check(b"Subject\r\n\r\nBody\r\nmore\r\n", "Subject", "Body\nmore");
    check("\n\n  \nlate\n".as_bytes(), "late", "");
    check(
        "<script>alert(1)</script> @everyone \u{202E}x".as_bytes(),
        "<script>alert(1)</script> @everyone \u{202E}x",
        "",
    );
    check("no blank\nline".as_bytes(), "no blank", "line");
}

/// Writes a commit object byte by byte and makes it the head.
fn commit_raw(repo: &Repo, headers: &str, message: &[u8]) {
    let tree = repo.git(&["write-tree"]);
    let parent = repo.head();
    let object =
        [format!("tree {}\nparent {parent}\n{headers}\n\n", tree.trim()).as_bytes(), message].concat();
    let id = repo.git_with(&["hash-object", "-t", "commit", "-w", "--literally", "--stdin"], object);
    repo.git(&["update-ref", "refs/heads/main", id.trim()]);
}

#[test]
fn objects_no_git_of_today_would_write_are_read() {
    let repo = Repo::new();
    let root = repo.commit("root");
    let check = |headers: &str, message: &[u8], name: &str, subject: &str| {
        commit_raw(&repo, headers, message);
        let activity = repo.scan(since(&root));
        let found = activity.commits.iter().find(|commit| commit.subject == subject).expect(subject);
        assert_eq!(found.author.name, name);
    };
    let by = "author Jo <jo@x> 1772323300 +0000\ncommitter Jo <jo@x> 1772323300 +0000";
    check(&format!("{by}\nencoding ISO-8859-1"), b"caf\xe9", "Jo", "café");
    check(by, b"bad \xff byte", "Jo", "bad \u{FFFD} byte");
    check(by, b"nul\0inside", "Jo", "nul\0inside");
    check("author Jo jo@x\ncommitter nobody", b"no brackets", "Jo", "no brackets");
    check("author <> never\ncommitter <> 99999999999999999999 +0000", b"no name", "Unknown", "no name");
    check("committer Jo <jo@x> 1 +9999", b"no author", "Unknown", "no author");
    check(
        &format!("{by}\ngpgsig -----BEGIN\n x\n -----END\nmergetag object x\n y"),
        b"signed",
        "Jo",
        "signed",
    );
    check(by, b"", "Jo", "");
}

#[test]
fn a_body_is_cut_at_eight_kibibytes() {
    let repo = Repo::new();
    repo.commit(format!("s\n\n{}", "é".repeat(10_000)));
    assert_eq!(repo.first().commits[0].body.len(), 8 * 1024);
}
