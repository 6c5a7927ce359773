//! What a server shows to those outside: its names, its certificate, and whom it believes about others.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use crate::http::hosts::PublicHost;
use crate::http::peer::Network;
use crate::tls::TlsFiles;

/// The operator's settings for requests from outside; without any, only this machine is served.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Door {
    /// The names it answers to besides its addresses.
    pub hosts: Vec<PublicHost>,
    /// The networks of the proxies whose `X-Forwarded-…` headers count.
    pub proxies: Vec<Network>,
    /// Its certificate, when it speaks TLS itself.
    pub tls: Option<TlsFiles>,
}

impl Door {
    /// Whether only this machine can reach a server that listens on `address` behind this door.
    pub fn is_private(&self, address: SocketAddr) -> bool {
        address.ip().to_canonical().is_loopback() && self.hosts.is_empty() && self.proxies.is_empty()
    }

    /// Returns what an operator should know about listening on `address` behind this door.
    pub fn warnings(&self, address: SocketAddr) -> Vec<String> {
        let mut warnings = Vec::new();
        if address.ip().to_canonical().is_loopback() {
            return warnings;
        }
        if self.tls.is_none() {
            warnings.push(format!(
                "{address} can be reached from outside and speaks plain HTTP: everybody on the way can read the tokens. \
                 Give it a certificate (--tls-cert, --tls-key), or let it listen on 127.0.0.1 behind a proxy"
            ));
        }
        if self.hosts.is_empty() {
            let told = "it answers only to its address: name the hosts it is reached by with --host";
            warnings.push(told.to_owned());
        }
        warnings
    }
}

/// Returns where this machine reaches a server that listens on `address`, which may mean every address.
pub(crate) fn from_here(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, address.port())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> SocketAddr {
        text.parse().expect("an address")
    }

    #[test]
    fn listening_to_everybody_in_the_clear_is_warned_about() {
        let (open, named) = (Door::default(), vec!["news.example".parse().expect("a name")]);
        assert!(open.is_private(at("127.0.0.1:80")) && open.warnings(at("[::1]:80")).is_empty());
        assert!(!open.is_private(at("0.0.0.0:80")));
        assert_eq!(open.warnings(at("0.0.0.0:80")).len(), 2);
        let files = TlsFiles { certificate: "a".into(), key: "b".into() };
        let door = Door { hosts: named, tls: Some(files), ..Door::default() };
        assert!(door.warnings(at("0.0.0.0:443")).is_empty());
        assert!(!door.is_private(at("127.0.0.1:80")), "a proxy makes it public");
    }

    #[test]
    fn every_address_is_reached_through_the_loopback() {
        assert_eq!(from_here(at("0.0.0.0:80")), at("127.0.0.1:80"));
        assert_eq!(from_here(at("[::]:80")), at("[::1]:80"));
        assert_eq!(from_here(at("192.0.2.7:80")), at("192.0.2.7:80"));
    }
}
