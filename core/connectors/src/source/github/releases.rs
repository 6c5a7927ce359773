//! Releases: where a first window begins, and which ones the window holds.

use std::collections::HashSet;

use dateline_core::activity::Release;
use dateline_core::message::{BODY_BYTES_MAX, cut_at};
use dateline_core::source::SourceError;
use dateline_core::time::Timestamp;
use serde::Deserialize;

use super::answers::ReleaseAnswer;
use super::client::{Client, segment};
use super::failure::Failure;

/// So many releases of a window are told.
const TOLD_MAX: usize = 20;

#[derive(Deserialize)]
struct TaggedAnswer {
    sha: String,
}

/// Returns published releases, newest first: the first page holds what any window needs.
pub(super) async fn published(client: &Client) -> Result<Vec<ReleaseAnswer>, SourceError> {
    let found = client.get::<Vec<ReleaseAnswer>>(&client.repo.route("/releases?per_page=100")).await;
    let mut releases = match found {
        Ok(releases) => releases,
        Err(Failure::NotFound | Failure::Empty) => Vec::new(),
        Err(Failure::Source(error)) => return Err(error),
    };
    releases.retain(|release| !release.draft && release.published_at.is_some());
    releases.sort_by_key(|release| std::cmp::Reverse(release.published_at));
    Ok(releases)
}

/// Returns the releases of the window: published in `[since, to)`, or naming one of its commits.
pub(super) async fn within(
    client: &Client,
    releases: Vec<ReleaseAnswer>,
    shas: &HashSet<&str>,
    since: Timestamp,
    to: Timestamp,
) -> Result<Vec<Release>, SourceError> {
    let oldest = since - super::requests::OVERLAP;
    let mut told = Vec::new();
    for release in releases.into_iter().take(TOLD_MAX) {
        let Some(at) = release.published_at.filter(|at| *at >= oldest && *at < to) else { continue };
        let route =
            client.repo.route(&format!("/commits/{}", segment(&format!("tags/{}", release.tag_name))));
        let sha = match client.get::<TaggedAnswer>(&route).await {
            Ok(tagged) => tagged.sha,
            // The tag is gone: there is nothing to link to.
            Err(Failure::NotFound | Failure::Empty) => continue,
            Err(Failure::Source(SourceError::Malformed { .. })) => continue,
            Err(Failure::Source(error)) => return Err(error),
        };
        if at >= since || shas.contains(sha.as_str()) {
            let body = release.body.unwrap_or_default();
            let message = cut_at(body.trim(), BODY_BYTES_MAX).to_owned();
            told.push(Release { tag: release.tag_name, sha, at, message });
        }
    }
    Ok(told)
}
