//! The names this server answers to. A name that merely resolves to it is not one of them.
//!
//! A page of another site can make a name of its own resolve to 127.0.0.1, and a browser then takes this server for
//! that site. The `Host` it sends gives it away.

use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;

use super::peer::Approach;

/// The names the operator gave this server, besides its addresses.
#[derive(Debug, Clone, Default)]
pub struct Hosts(Vec<PublicHost>);

/// A name under which others reach this server, with a port when that is not the usual one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicHost {
    /// In small letters.
    name: String,
    port: Option<u16>,
}

/// Why a text is no name of a host.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is no name of a host: expected one like news.example or news.example:8443, without a scheme or path"
)]
pub struct ParseHostError(String);

impl FromStr for PublicHost {
    type Err = ParseHostError;

    fn from_str(text: &str) -> Result<Self, ParseHostError> {
        let wrong = || ParseHostError(text.to_owned());
        let bracket = text.rfind(']').unwrap_or(0);
        let (name, port) = match text.rfind(':').filter(|colon| *colon > bracket) {
            Some(colon) => (&text[..colon], Some(text[colon + 1..].parse().map_err(|_| wrong())?)),
            None => (text, None),
        };
        let is_address = name
            .strip_prefix('[')
            .and_then(|name| name.strip_suffix(']'))
            .is_some_and(|name| name.parse::<IpAddr>().is_ok_and(|address| address.is_ipv6()));
        let is_label = |label: &str| {
            let is_sound = label.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
            !label.is_empty() && label.len() < 64 && is_sound
        };
        let is_name = name.len() < 254 && name.split('.').all(is_label);
        if is_address || is_name { Ok(Self { name: name.to_ascii_lowercase(), port }) } else { Err(wrong()) }
    }
}

impl Hosts {
    /// Returns these names.
    pub fn new(names: Vec<PublicHost>) -> Self {
        Self(names)
    }

    /// Whether the server answers to `authority` when approached so.
    pub fn answer_to(&self, authority: &[u8], approach: &Approach) -> bool {
        let is = |spelling: &String| authority.eq_ignore_ascii_case(spelling.as_bytes());
        own(approach.local).iter().any(is) || self.is_public(authority, approach)
    }

    /// Whether `authority` is one of the operator's names: those are also reached through https in front of us.
    pub fn is_public(&self, authority: &[u8], approach: &Approach) -> bool {
        let is = |spelling: String| authority.eq_ignore_ascii_case(spelling.as_bytes());
        self.0.iter().any(|host| host.spellings(approach).into_iter().any(is))
    }

    /// Returns every spelling that is answered to, for the refusal of others.
    pub fn shown(&self, approach: &Approach) -> String {
        let public = self.0.iter().map(|host| match host.port {
            Some(port) => format!("{}:{port}", host.name),
            None => host.name.clone(),
        });
        own(approach.local).into_iter().chain(public).collect::<Vec<_>>().join(", ")
    }
}

impl PublicHost {
    /// Returns its name in small letters, without a port.
    pub fn name(&self) -> &str {
        &self.name
    }

    fn spellings(&self, approach: &Approach) -> Vec<String> {
        let with = |port: u16| format!("{}:{port}", self.name);
        match self.port {
            Some(port) => vec![with(port)],
            None => {
                let usual = if approach.is_secure { 443 } else { 80 };
                vec![self.name.clone(), with(usual), with(approach.local.port())]
            }
        }
    }
}

/// Returns every spelling of the server's own address.
fn own(local: SocketAddr) -> Vec<String> {
    let port = local.port();
    let mut hosts = vec![SocketAddr::new(local.ip().to_canonical(), port).to_string()];
    if local.ip().to_canonical().is_loopback() {
        hosts.extend(["127.0.0.1", "localhost", "[::1]"].map(|name| format!("{name}:{port}")));
    }
    if port == 80 || port == 443 {
        let suffix = format!(":{port}");
        let bare: Vec<_> =
            hosts.iter().filter_map(|host| Some(host.strip_suffix(&suffix)?.to_owned())).collect();
        hosts.extend(bare);
    }
    hosts.dedup();
    hosts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::peer::PeerAddress;

    fn approach(local: &str, is_secure: bool) -> Approach {
        let local: SocketAddr = local.parse().expect("an address");
        Approach { peer: PeerAddress(local.ip()), local, is_secure, host: Vec::new() }
    }

    fn hosts(names: &[&str]) -> Hosts {
        Hosts::new(names.iter().map(|name| name.parse().expect("a name")).collect())
    }

    #[test]
    fn a_server_answers_to_its_address_and_to_the_names_it_was_given() {
        let named = hosts(&["News.example", "alt.example:8443", "[2001:db8::7]"]);
        let plain = approach("192.0.2.7:8377", false);
        for host in ["192.0.2.7:8377", "news.example", "NEWS.example:8377", "news.example:80"] {
            assert!(named.answer_to(host.as_bytes(), &plain), "{host}");
        }
        for host in ["alt.example:8443", "[2001:DB8::7]", "[2001:db8::7]:8377"] {
            assert!(named.answer_to(host.as_bytes(), &plain), "{host}");
        }
        for host in [
            "192.0.2.7",
            "localhost:8377",
            "news.example:443",
            "news.example:8443",
            "alt.example",
            "example",
            "news.example.",
            "a.news.example",
            "news.example.evil.example",
            "news.example:8377:80",
            "",
            "user@news.example",
            "news.example:",
            "news\u{2024}example",
        ] {
            assert!(!named.answer_to(host.as_bytes(), &plain), "{host}");
        }
        assert!(named.answer_to(b"news.example:443", &approach("192.0.2.7:443", true)));
        assert!(named.answer_to(b"192.0.2.7", &approach("192.0.2.7:443", true)));
        assert!(!hosts(&[]).answer_to(b"news.example", &plain));
        assert!(hosts(&[]).answer_to(b"127.0.0.1:8377", &approach("[::ffff:127.0.0.1]:8377", false)));
    }

    #[test]
    fn a_name_is_a_name_and_nothing_more() {
        for text in [
            "https://a.b",
            "a.b/",
            "a b",
            "",
            "a..b",
            "a.b:x",
            "a.b:70000",
            "*",
            "*.b",
            "::1",
            "ü.de",
            "[1.2.3.4]",
        ] {
            let error = text.parse::<PublicHost>().expect_err(text);
            assert!(error.to_string().contains("expected one like news.example"), "{error}");
        }
    }
}
