//! From a remote's address to the web pages of its host.

use dateline_core::activity::{LinkBase, LinkHost};
use gix::Repository;
use gix::bstr::ByteSlice;

/// Returns the address of the remote that `branch` follows, else of `origin`, else of the only one.
///
/// Read without the trust filter: the address is text to us, and is never opened.
pub(super) fn remote_url(repo: &Repository, branch: Option<&str>) -> Option<String> {
    let config = repo.config_snapshot();
    let config = config.plumbing();
    let text = |key: String| config.string(key.as_str()).map(|value| value.to_str_lossy().into_owned());
    let url_of = |remote: &str| text(format!("remote.{remote}.url"));
    let upstream = branch.and_then(|branch| text(format!("branch.{branch}.remote")));
    if let Some(url) = upstream.as_deref().and_then(url_of).or_else(|| url_of("origin")) {
        return Some(url);
    }
    let sections = config.sections_by_name("remote")?;
    let mut urls =
        sections.filter_map(|section| section.value("url").map(|url| url.to_str_lossy().into_owned()));
    urls.next().filter(|_| urls.next().is_none())
}

/// Returns how to link into the pages of the repository at `url`; `None` for a host with unknown patterns.
pub(super) fn link_base(url: &str) -> Option<LinkBase> {
    let Address { scheme, authority, path } = Address::parse(url)?;
    let host_name = authority.split(':').next()?.to_owned();
    let host = host_of(&host_name)?;
    let authority = public_authority(&host_name).unwrap_or(authority);
    let segments: Vec<&str> = path.split('/').filter(|segment| !segment.is_empty()).collect();
    let is_deep_enough = match host {
        LinkHost::GitLab => segments.len() >= 2,
        LinkHost::GitHub | LinkHost::Gitea | LinkHost::Bitbucket => segments.len() == 2,
    };
    let is_plain = segments.iter().all(|segment| !segment.starts_with('.') || segment.len() > 2)
        && path.chars().all(|c| c.is_ascii_alphanumeric() || "-_.~/".contains(c));
    (is_deep_enough && is_plain)
        .then(|| LinkBase { host, base: format!("{scheme}://{authority}/{}", segments.join("/")) })
}

/// Returns the last part of an address, without `.git`; `None` when that says nothing.
pub(super) fn last_part(url: &str) -> Option<String> {
    let part = url.trim_end_matches(['/', '\\']).rsplit(['/', '\\', ':']).next()?;
    let part = part.strip_suffix(".git").unwrap_or(part);
    let part: String = part.chars().filter(|c| !c.is_control()).take(100).collect();
    (!part.is_empty() && part != "." && part != "..").then_some(part)
}

/// A remote's address without user, password, query and `.git`.
struct Address {
    /// `http` where the remote says so, else `https`.
    scheme: &'static str,
    /// Host, and port where it is the web's.
    authority: String,
    path: String,
}

impl Address {
    fn parse(url: &str) -> Option<Self> {
        let url = url.trim();
        let (scheme, rest) = match url.split_once("://") {
            Some((scheme, rest)) => (scheme.to_ascii_lowercase(), rest.to_owned()),
            // `git@host:owner/name`, but neither `C:\name` nor `./a:b`.
            None => {
                let (host, path) =
                    url.split_once(':').filter(|(host, _)| host.len() > 1 && !host.contains(['/', '\\']))?;
                ("ssh".to_owned(), format!("{host}/{}", path.trim_start_matches('/')))
            }
        };
        let (authority, path) = rest.split_once('/')?;
        let authority = authority.rsplit('@').next()?.to_ascii_lowercase();
        let host = authority.split(':').next()?.to_owned();
        let (scheme, authority) = match scheme.as_str() {
            "http" => ("http", authority),
            "https" => ("https", authority),
            // The port of ssh or git is not the web's.
            "ssh" | "git+ssh" | "ssh+git" | "git" => ("https", host),
            _ => return None,
        };
        let is_host = |c: char| c.is_ascii_alphanumeric() || "-.:".contains(c);
        let path = path.split(['?', '#']).next()?.trim_end_matches('/');
        let path = path.strip_suffix(".git").unwrap_or(path).to_owned();
        (!authority.is_empty() && authority.chars().all(is_host)).then_some(Self { scheme, authority, path })
    }
}

/// Returns the software behind a host: a known service, or one whose name is a word of the host's name.
fn host_of(host: &str) -> Option<LinkHost> {
    let has_word = |word: &str| host.split(['.', '-']).any(|part| part == word);
    // Bitbucket's own servers use other paths than its cloud, so its word alone decides nothing.
    if host == "bitbucket.org" || host.ends_with(".bitbucket.org") {
        Some(LinkHost::Bitbucket)
    } else if has_word("github") {
        (!host.starts_with("gist.")).then_some(LinkHost::GitHub)
    } else if has_word("gitlab") {
        Some(LinkHost::GitLab)
    } else if has_word("gitea") || has_word("forgejo") || host == "codeberg.org" {
        Some(LinkHost::Gitea)
    } else {
        None
    }
}

/// Returns where the pages are of a service that offers ssh, or itself, under a second name.
fn public_authority(host: &str) -> Option<String> {
    let public = match host {
        "ssh.github.com" | "www.github.com" => "github.com",
        "altssh.gitlab.com" | "www.gitlab.com" => "gitlab.com",
        "altssh.bitbucket.org" | "www.bitbucket.org" => "bitbucket.org",
        _ => return None,
    };
    Some(public.to_owned())
}

#[cfg(test)]
mod tests {
    use super::LinkHost::{Bitbucket, GitHub, GitLab, Gitea};
    use super::*;

    fn check(url: &str, expected: Option<(LinkHost, &str)>) {
        let expected = expected.map(|(host, base)| LinkBase { host, base: base.to_owned() });
        assert_eq!(link_base(url), expected, "{url}");
    }

    #[test]
    fn remote_addresses_become_web_addresses() {
        let rocket = Some((GitHub, "https://github.com/acme/rocket"));
        check("https://github.com/acme/rocket.git", rocket);
        check("https://github.com/acme/rocket/", rocket);
        check("https://user:secret@GitHub.com/acme/rocket.git", rocket);
        check("git@github.com:acme/rocket.git", rocket);
        check("github.com:/acme/rocket", rocket);
        check("ssh://git@github.com:22/acme/rocket.git", rocket);
        check("ssh://git@ssh.github.com:443/acme/rocket.git", rocket);
        check("git://github.com/acme/rocket", rocket);
        check("git+ssh://git@github.com/acme/rocket", rocket);
        check("https://github.acme.example:8443/a/b", Some((GitHub, "https://github.acme.example:8443/a/b")));
        check("http://gitlab.example/a/b/c/d.git", Some((GitLab, "http://gitlab.example/a/b/c/d")));
        check("git@git.my-gitlab.example:a/b.git", Some((GitLab, "https://git.my-gitlab.example/a/b")));
        check("https://codeberg.org/a/b.git", Some((Gitea, "https://codeberg.org/a/b")));
        check("https://gitea.example/a/b", Some((Gitea, "https://gitea.example/a/b")));
        check("https://git.forgejo.example/a/b", Some((Gitea, "https://git.forgejo.example/a/b")));
        check("git@bitbucket.org:a/b.git", Some((Bitbucket, "https://bitbucket.org/a/b")));
    }

    #[test]
    fn other_addresses_give_no_links() {
        for url in [
            "",
            "/srv/git/a/b.git",
            "../b",
            "file:///srv/github.com/a/b",
            "C:\\a\\b",
            "c:/a/b",
            "https://localhost/a/b",
            "https://127.0.0.1/a/b",
            "https://git.example/a/b",
            "https://notgithub.com/a/b",
            "https://github.com/a",
            "https://github.com/a/b/c",
            "https://github.com/a/..",
            "https://github.com/a/b c",
            "https://gist.github.com/a/b",
            "https://bitbucket.acme.example/scm/a/b",
            "https://github.com",
            "ext::sh -c x",
            "https://gith\u{443}b.com/a/b",
            "https://github.com/a/b\"><script>",
            "ftp://github.com/a/b",
        ] {
            check(url, None);
        }
    }

    #[test]
    fn the_last_part_names_a_repository() {
        let named = |url| last_part(url).unwrap_or_default();
        assert_eq!(named("git@h.example:a/rocket.git"), "rocket");
        assert_eq!(named("/srv/rocket.git/"), "rocket");
        assert_eq!(named("host:rocket"), "rocket");
        assert_eq!(named(".."), "");
        assert_eq!(named(""), "");
    }
}
