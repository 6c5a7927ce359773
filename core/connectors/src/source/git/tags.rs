//! Tags that name releases.

use std::sync::LazyLock;

use dateline_core::activity::Release;
use dateline_core::message::{BODY_BYTES_MAX, cut_at};
use gix::bstr::ByteSlice;
use gix::{ObjectId, Repository};
use regex::Regex;

use super::raw::{Signature, instant};

/// `1.2`, `v1.2.3-rc.1`, `1.0rc1`, and, after a name, a version that is one beyond doubt: `core-v2`, `pkg@1.2.3`.
static VERSION: LazyLock<Regex> = LazyLock::new(|| {
    let suffix = r"(?:[-+._].*|(?:a|b|c|rc|alpha|beta|pre|dev|post)\.?[0-9]*)?";
    let pattern = format!(
        r"^(?:[vV]?[0-9]+(?:\.[0-9]+)*|.*[-@/_](?:[vV][0-9]+(?:\.[0-9]+)*|[0-9]+(?:\.[0-9]+)+)){suffix}$"
    );
    Regex::new(&pattern).expect("a constant pattern")
});

/// A tag that names a release.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ReleaseTag {
    pub(super) name: String,
    pub(super) commit: ObjectId,
    /// What the tag's reference holds: the commit itself or an annotated tag.
    object: ObjectId,
}

/// Returns all release tags that lead to a commit; one that leads nowhere names nothing.
pub(super) fn release_tags(repo: &Repository) -> gix::Result<Vec<ReleaseTag>> {
    let mut tags = Vec::new();
    for reference in repo.references()?.tags()?.filter_map(Result::ok) {
        let name = reference.name().shorten().to_str_lossy().into_owned();
        let Some(object) = reference.try_id().map(|id| id.detach()).filter(|_| looks_like_version(&name))
        else {
            continue;
        };
        let Ok(commit) = reference.into_fully_peeled_id().map(|id| id.detach()) else { continue };
        if repo.find_header(commit).is_ok_and(|header| header.kind() == gix::objs::Kind::Commit) {
            tags.push(ReleaseTag { name, commit, object });
        }
    }
    Ok(tags)
}

/// Returns the release `tag` names; `commit_seconds` dates a tag without a tagger.
pub(super) fn release(repo: &Repository, tag: &ReleaseTag, commit_seconds: i64) -> Release {
    let mut release = Release {
        tag: tag.name.clone(),
        sha: tag.commit.to_string(),
        at: instant(commit_seconds),
        message: String::new(),
    };
    if tag.object == tag.commit {
        return release;
    }
    let Ok(object) = repo.find_tag(tag.object) else { return release };
    let Ok(annotated) = object.decode() else { return release };
    if let Some(tagger) = annotated.tagger {
        release.at = Signature::parse(tagger).at();
    }
    let message = annotated.message.to_str_lossy();
    release.message = cut_at(unsigned(&message).trim(), BODY_BYTES_MAX).to_owned();
    release
}

/// Returns `message` up to a signature that gix left in it.
fn unsigned(message: &str) -> &str {
    let marks = [
        "-----BEGIN PGP SIGNATURE-----",
        "-----BEGIN PGP MESSAGE-----",
        "-----BEGIN SSH SIGNATURE-----",
        "-----BEGIN SIGNED MESSAGE-----",
    ];
    let start = marks.iter().filter_map(|mark| message.find(mark)).min();
    start.map_or(message, |start| &message[..start])
}

fn looks_like_version(name: &str) -> bool {
    VERSION.is_match(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_told_from_other_tags() {
        for name in [
            "1",
            "v1",
            "V2.0",
            "1.2.3",
            "v1.2.3",
            "v1.2.3-rc.1",
            "1.0rc1",
            "v1.0.0+build.5",
            "2024.01.15",
            "2026-08-21",
            "core-v1.2.3",
            "pkg@1.2.3",
            "@scope/pkg@1.2.3",
            "release-1.2",
            "release/v3",
            "v1.0b2",
            "name_v1.2",
            "gix-diff-v0.70.0",
        ] {
            assert!(looks_like_version(name), "{name}");
        }
        for name in [
            "latest",
            "nightly",
            "v",
            "stable-2",
            "build-123",
            "1a2b3c4",
            "version",
            "vNext",
            "nightly-2024-01-01",
            "x1.2",
        ] {
            assert!(!looks_like_version(name), "{name}");
        }
    }
}
