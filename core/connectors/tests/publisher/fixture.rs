//! Requests to publish.

use dateline_connectors::publisher::Publishers;
use dateline_core::content::{Content, Length, LengthUnit};
use dateline_core::id::{DraftId, PublicationId};
use dateline_core::platform::Platform;
use dateline_core::publisher::{PublishError, PublishRequest, Published, Publisher, SiteKind, Target};
use dateline_core::time::from_unix_ms;

/// 2026-11-23T17:00:00Z, a day later in Auckland.
pub(crate) const AT_MS: i64 = 1_795_453_200_000;

pub(crate) fn request(draft: u8, target: Target) -> PublishRequest {
    let made = u128::from(u64::try_from(AT_MS).expect("after the epoch")) << 80;
    PublishRequest {
        publication: PublicationId::from_bits(made + u128::from(draft)),
        draft: DraftId::from_bits(made + u128::from(draft)),
        revision: 1,
        platform: Platform::Markdown,
        project: "git-cliff".to_owned(),
        authors: vec!["Ann Lee".to_owned()],
        content: Content {
            title: Some("Add commit_groups filter".to_owned()),
            body: "**Add** `commit_groups` ([#1](https://github.com/o/r/pull/1)).\n\n## Fixes\n\n- one"
                .to_owned(),
            summary: "One: sentence.".to_owned(),
            tags: vec!["rust".to_owned(), "changelog".to_owned()],
            length: Length { used: 0, max: None, unit: LengthUnit::Characters },
        },
        target,
        dated_at: from_unix_ms(AT_MS),
        offset_seconds: 13 * 3_600,
    }
}

pub(crate) fn folder(path: &std::path::Path, site: SiteKind) -> Target {
    Target::Folder { path: path.to_str().expect("a UTF-8 path").to_owned(), site }
}

pub(crate) async fn publish(request: &PublishRequest) -> Result<Published, PublishError> {
    Publishers::default().publish(request).await
}

/// Returns the names in a folder, in order.
pub(crate) fn names(path: &std::path::Path) -> Vec<String> {
    let entries = std::fs::read_dir(path).expect("a folder");
    let mut names: Vec<String> =
        entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}
