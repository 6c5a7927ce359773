use dateline_core::source::ScanFrom;

use super::fixture::{Repo, at, since};

#[test]
fn tags_that_look_like_versions_are_releases() {
    let repo = Repo::new();
    let root = repo.commit("root");
    repo.git(&["tag", "v0.1.0"]);
    let one = repo.commit("one");
    repo.git(&["tag", "v1.0.0"]);
    repo.set_now(repo.now() + 60);
    repo.git(&["tag", "-a", "core@1.0.1", "-m", "Better doors\n\nAnd windows."]);
    repo.git(&["tag", "latest"]);
    repo.git(&["tag", "-a", "nightly", "-m", "x"]);
    repo.git(&["tag", "-a", "v1.0.2", "-m", "of a tag", "core@1.0.1"]);
    let tree = repo.git(&["rev-parse", "HEAD^{tree}"]);
    repo.git(&["tag", "v6.6.6", tree.trim()]);
    repo.set_now(repo.now() + 60);
    let signed = "object OBJ\ntype commit\ntag v1.1.0\ntagger T <t@x> 1772400000 +0000\n\nSigned one\n\
                  -----BEGIN SSH SIGNATURE-----\nabc\n-----END SSH SIGNATURE-----\n";
    let id = repo
        .git_with(&["hash-object", "-t", "tag", "-w", "--literally", "--stdin"], signed.replace("OBJ", &one));
    repo.git(&["update-ref", "refs/tags/v1.1.0", id.trim()]);
    let activity = repo.scan(since(&root));
    let found: Vec<_> = activity.releases.iter().map(|r| (r.tag.as_str(), r.message.as_str())).collect();
    assert_eq!(
        found,
        [
            ("v1.1.0", "Signed one"),
            ("v1.0.2", "of a tag"),
            ("core@1.0.1", "Better doors\n\nAnd windows."),
            ("v1.0.0", "")
        ]
    );
    assert!(activity.releases.iter().all(|release| release.sha == one));
    assert_eq!(activity.releases[0].at, at(1_772_400_000));
    assert_eq!(activity.releases[3].at, activity.commits[0].committed_at);
}

#[test]
fn packed_and_broken_tags_do_no_harm() {
    let repo = Repo::new();
    repo.commit("root");
    repo.git(&["tag", "-a", "v1.0", "-m", "one"]);
    repo.git(&["pack-refs", "--all"]);
    repo.write(".git/refs/tags/v2.0", "1234567890123456789012345678901234567890\n");
    repo.write(".git/refs/tags/v3.0", "nonsense\n");
    let activity = repo.scan(ScanFrom::Date(at(0)));
    assert_eq!(activity.releases.iter().map(|r| r.tag.as_str()).collect::<Vec<_>>(), ["v1.0"]);
}
