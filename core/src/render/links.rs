//! Addresses of a repository's web pages, by the pattern its host uses.

use crate::activity::{LinkBase, LinkHost, Window, WindowStart};

impl LinkBase {
    /// Returns the page of a commit.
    pub fn commit_url(&self, sha: &str) -> String {
        let path = match self.host {
            LinkHost::GitHub | LinkHost::Gitea => "commit",
            LinkHost::GitLab => "-/commit",
            LinkHost::Bitbucket => "commits",
        };
        format!("{}/{path}/{}", self.base, escaped(sha))
    }

    /// Returns the page of a pull or merge request.
    pub fn pull_request_url(&self, number: u64) -> String {
        let path = match self.host {
            LinkHost::GitHub => "pull",
            LinkHost::GitLab => "-/merge_requests",
            LinkHost::Gitea => "pulls",
            LinkHost::Bitbucket => "pull-requests",
        };
        format!("{}/{path}/{number}", self.base)
    }

    /// Returns the page of an issue.
    pub fn issue_url(&self, number: u64) -> String {
        let path = match self.host {
            LinkHost::GitLab => "-/issues",
            LinkHost::GitHub | LinkHost::Gitea | LinkHost::Bitbucket => "issues",
        };
        format!("{}/{path}/{number}", self.base)
    }

    /// Returns the page that compares two points of the history.
    pub fn compare_url(&self, from: &str, to: &str) -> String {
        let (from, to) = (escaped(from), escaped(to));
        match self.host {
            LinkHost::GitHub | LinkHost::Gitea => format!("{}/compare/{from}...{to}", self.base),
            LinkHost::GitLab => format!("{}/-/compare/{from}...{to}", self.base),
            LinkHost::Bitbucket => format!("{}/branches/compare/{to}..{from}", self.base),
        }
    }

    /// Returns the page of a release.
    pub fn release_url(&self, tag: &str) -> String {
        let path = match self.host {
            LinkHost::GitHub | LinkHost::Gitea => "releases/tag",
            LinkHost::GitLab => "-/releases",
            LinkHost::Bitbucket => "src",
        };
        format!("{}/{path}/{}", self.base, escaped(tag))
    }

    /// Returns the page that shows everything in `window`; `None` when nothing came before it.
    pub fn window_url(&self, window: &Window) -> Option<String> {
        let from = match &window.start {
            WindowStart::LastRelease { tag } => Some(tag.as_str()),
            WindowStart::Cursor
            | WindowStart::ThirtyDays
            | WindowStart::FiftyCommits
            | WindowStart::Dates
            | WindowStart::CursorLost => window.after.as_deref(),
        };
        // Twelve digits name a commit in any repository and keep the address short where it counts.
        from.map(|from| self.compare_url(short(from, 12), short(&window.head, 12)))
    }
}

/// Returns the first `digits` of an object id; other names stay whole.
fn short(name: &str, digits: usize) -> &str {
    let is_object = name.len() >= 40 && name.bytes().all(|byte| byte.is_ascii_hexdigit());
    if is_object { &name[..digits] } else { name }
}

/// Escapes what a tag may hold and a path may not.
fn escaped(part: &str) -> String {
    let mut escaped = String::with_capacity(part.len());
    for byte in part.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'/' => {
                escaped.push(char::from(byte))
            }
            _ => escaped.push_str(&format!("%{byte:02X}")),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    fn base(host: LinkHost) -> LinkBase {
        LinkBase { host, base: "https://example.org/owner/name".to_owned() }
    }

    #[test]
    fn every_host_has_its_own_paths() {
        assert_eq!(base(LinkHost::GitHub).pull_request_url(7), "https://example.org/owner/name/pull/7");
        assert_eq!(
            base(LinkHost::GitLab).pull_request_url(7),
            "https://example.org/owner/name/-/merge_requests/7"
        );
        assert_eq!(
            base(LinkHost::Bitbucket).compare_url("a", "b"),
            "https://example.org/owner/name/branches/compare/b..a"
        );
        assert_eq!(base(LinkHost::Gitea).issue_url(7), "https://example.org/owner/name/issues/7");
        assert_eq!(
            base(LinkHost::GitHub).release_url("v1 (x)"),
            "https://example.org/owner/name/releases/tag/v1%20%28x%29"
        );
    }
}
