//! One table of cases a rule.

mod edits;
mod hostile;
mod places;
mod words;

use super::fixture::{BASE, Case, item};
use super::{Origin, retain_evidence};
use crate::content::{ContentPart, Rule, Severity};
use crate::platform::Platform;

/// A sound article about the whole brief.
fn article() -> Case {
    Case::new(Platform::Devto)
        .says("2 changes by 9 people landed in git-cliff between 4 August and 5 August 2026: 2 features.", &[])
        .raw("## Features")
        .says(&format!("**Add `commit_groups` filter for ordered group rendering** ([\\#1501]({BASE}/pull/1501)). “So 1,000 groups took 10m13s.” Closes [#9]({BASE}/issues/9). *Ann Lee*"), &[1])
        .says(&format!("**Match directory patterns on Windows** ([#1502]({BASE}/pull/1502)). *Ann Lee*"), &[2])
        .says(&format!("Thanks to Ann Lee. [All changes]({BASE}/compare/aaaaaaaaaaaa...bbbbbbbbbbbb)"), &[])
        .tags(&["rust"])
}

#[test]
fn a_sound_article_passes() {
    let findings = article().lint(Origin::Writer);
    assert!(findings.is_empty(), "{findings:#?}");
}

#[test]
fn sound_posts_pass() {
    let post = format!(
        "git-cliff: Add commit_groups filter for ordered group rendering, and 1 more change by 9 people since 4 August. {BASE}/compare/aaaaaaaaaaaa...bbbbbbbbbbbb"
    );
    for platform in [Platform::Mastodon, Platform::Bluesky] {
        let case = Case::new(platform).says(&post, &[1]).raw("#rust").tags(&["rust"]);
        let findings = case.lint(Origin::Writer);
        assert!(findings.is_empty(), "{platform}: {findings:#?}");
    }
    let post = "Add commit\\_groups filter for ordered group rendering \\(\\#1501\\).";
    let case = Case::new(Platform::Linkedin).says(post, &[1]).raw("#rust #cli").tags(&["rust", "cli"]);
    let findings = case.lint(Origin::Writer);
    assert!(findings.is_empty(), "{findings:#?}");
}
