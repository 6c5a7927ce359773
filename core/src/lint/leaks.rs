//! L7: no secret, no e-mail address, no private address, no hidden character.

use url::{Host, Url};

use super::context::Context;
use super::report::Report;
use crate::content::Rule;
use crate::hygiene::{first_email, first_unclean, redact_secrets};

/// Names that resolve inside one network only.
const PRIVATE_ENDS: [&str; 9] =
    ["localhost", "local", "internal", "intranet", "lan", "home", "corp", "private", "home.arpa"];

pub(super) fn check(context: &Context<'_>, report: &mut Report) {
    let content = context.input.content;
    let title = content.title.as_deref().unwrap_or("");
    for raw in
        [title, &content.body, &content.summary].into_iter().chain(content.tags.iter().map(String::as_str))
    {
        check_hidden(raw, report);
    }
    let found = [title, &context.body.text, &content.summary].map(|text| check_secrets(text, report));
    // As written too: an escape in the middle, or an address behind words, hides nothing.
    if !found[1] {
        check_secrets(&content.body, report);
    }
    for text in [title, &context.body.text, &content.summary] {
        if let Some(at) = first_email(text) {
            report.error(Rule::L7, "an e-mail address", Some(excerpt(text, at)));
        }
    }
    for reading in context.readings() {
        reading.links.iter().for_each(|link| check_address(context, &link.url, report));
    }
}

fn check_hidden(raw: &str, report: &mut Report) {
    if let Some((at, found)) = first_unclean(raw) {
        let message = format!("the hidden character U+{:04X}", u32::from(found));
        report.error(Rule::L7, message, Some(excerpt(raw, at)));
    }
}

/// Reports the first secret in `text`, showing the words around it but not the secret.
fn check_secrets(text: &str, report: &mut Report) -> bool {
    let redacted = redact_secrets(text);
    if redacted.found {
        let same = text.bytes().zip(redacted.text.bytes()).take_while(|(left, right)| left == right).count();
        report.error(Rule::L7, "what looks like a secret", Some(excerpt(&redacted.text, same)));
    }
    redacted.found
}

fn check_address(context: &Context<'_>, address: &str, report: &mut Report) {
    if !is_private(address) {
        return;
    }
    // A repository inside a private network is linked to where its readers are: in the same network.
    let base = context.input.brief.repository.links.as_ref().map(|links| format!("{}/", links.base));
    if base.is_some_and(|base| address.starts_with(&base)) {
        report.warn(
            Rule::L7,
            "only readers inside the repository's network reach this address",
            Some(address),
        );
    } else {
        report.error(Rule::L7, "a private address", Some(address));
    }
}

/// Whether `address` leads into a private network or to the machine itself, however its host is spelled.
fn is_private(address: &str) -> bool {
    let Ok(url) = Url::parse(address) else { return false };
    match url.host() {
        None => false,
        Some(Host::Ipv4(ip)) => is_private_v4(ip),
        Some(Host::Ipv6(ip)) => {
            let first = ip.segments()[0];
            ip.to_ipv4().is_some_and(is_private_v4)
                || ip.is_loopback()
                || ip.is_unspecified()
                || first & 0xfe00 == 0xfc00
                || first & 0xffc0 == 0xfe80
        }
        Some(Host::Domain(name)) => {
            let name = name.trim_end_matches('.').to_ascii_lowercase();
            let ends =
                |end: &str| name.strip_suffix(end).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
            PRIVATE_ENDS.into_iter().any(ends) || !name.contains('.')
        }
    }
}

fn is_private_v4(ip: std::net::Ipv4Addr) -> bool {
    let [a, b, ..] = ip.octets();
    ip.is_private()
        || ip.is_loopback()
        || ip.is_link_local()
        || a == 0
        || a == 100 && (64..128).contains(&b)
        || ip.is_broadcast()
        || ip.is_multicast()
}

/// Returns the words from shortly before byte `at` on; whole words, so that half a secret is not left to be shown.
fn excerpt(text: &str, at: usize) -> &str {
    let start = text.floor_char_boundary(at.saturating_sub(40));
    let start = text[..start].rfind(char::is_whitespace).unwrap_or(0);
    &text[start..]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn private_addresses_are_known_in_any_spelling() {
        for host in [
            "127.0.0.1",
            "127.1",
            "0",
            "2130706433",
            "0x7f.1",
            "017700000001",
            "[::1]",
            "[::ffff:127.0.0.1]",
            "[fe80::1]",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "100.64.0.1",
            "169.254.169.254",
            "[fd00:ec2::254]",
            "localhost",
            "x.localhost.",
            "wiki.internal",
            "nas.local",
            "intranet",
        ] {
            assert!(is_private(&format!("http://{host}/x")), "{host}");
        }
        for host in ["github.com", "8.8.8.8", "172.32.0.1", "localhost.example", "[2606:4700::1111]"] {
            assert!(!is_private(&format!("https://{host}/x")), "{host}");
        }
    }
}
