//! Who speaks, and how they reached this server: as the connection shows it, or as a trusted proxy tells.
//!
//! Anybody can write `X-Forwarded-For`, so these headers count only on connections from the networks an operator
//! named; elsewhere they are text like any other.

mod network;

use std::net::{IpAddr, SocketAddr};

use poem::Request;
use poem::http::header::{HOST, HeaderMap};
use poem::http::uri::Scheme;

pub(crate) use self::network::masked;
pub use self::network::{Network, ParseNetworkError};
use super::problem::{Code, Problem};

/// The address of whoever made a request. It stands in the extensions of every request a handler sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PeerAddress(pub IpAddr);

/// How a request reached this server. It stands in the extensions of every request a handler sees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approach {
    /// Who made it.
    pub peer: PeerAddress,
    /// Where the connection arrived.
    pub local: SocketAddr,
    /// Whether it travelled encrypted: cookies may be marked `Secure`.
    pub is_secure: bool,
    /// The host it was meant for, byte for byte; empty when it names none.
    pub host: Vec<u8>,
}

/// The networks whose word about others counts.
#[derive(Debug, Clone, Default)]
pub struct Proxies(Vec<Network>);

impl Proxies {
    /// Returns proxies in these networks.
    pub fn new(networks: Vec<Network>) -> Self {
        Self(networks)
    }

    /// Whether what `address` says about others counts.
    pub fn trusts(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(address))
    }

    /// Returns how `request` reached this server at `local`.
    ///
    /// # Errors
    /// 400 when a trusted proxy says two things at once.
    pub fn approach(&self, request: &Request, local: SocketAddr) -> Result<Approach, Problem> {
        // In process there is no connection: the caller is this machine.
        let remote = request.remote_addr().as_socket_addr().map_or(local.ip(), SocketAddr::ip).to_canonical();
        let headers = request.headers();
        let is_secure = *request.scheme() == Scheme::HTTPS;
        let host = headers.get(HOST).map(|host| host.as_bytes().to_vec()).unwrap_or_default();
        if !self.trusts(remote) {
            return Ok(Approach { peer: PeerAddress(remote), local, is_secure, host });
        }
        let is_secure = match told(headers, "x-forwarded-proto")? {
            None => is_secure,
            Some(scheme) => scheme.eq_ignore_ascii_case(b"https"),
        };
        let host = told(headers, "x-forwarded-host")?.map_or(host, <[u8]>::to_vec);
        Ok(Approach { peer: PeerAddress(self.caller(remote, headers)), local, is_secure, host })
    }

    /// Returns the right-most address of `X-Forwarded-For` that is no trusted proxy: what stands left of it, anybody
    /// may have written.
    fn caller(&self, remote: IpAddr, headers: &HeaderMap) -> IpAddr {
        let lines = headers.get_all("x-forwarded-for").iter();
        let hops: Vec<&[u8]> = lines.flat_map(|line| line.as_bytes().split(|byte| *byte == b',')).collect();
        let mut caller = remote;
        for hop in hops.into_iter().rev() {
            if !self.trusts(caller) {
                break;
            }
            let Some(address) = hop_address(hop) else { break };
            caller = address;
        }
        caller
    }
}

/// Returns what the one header called `name` says.
fn told<'a>(headers: &'a HeaderMap, name: &str) -> Result<Option<&'a [u8]>, Problem> {
    let mut values = headers.get_all(name).iter();
    let value = values.next().map(|value| value.as_bytes().trim_ascii());
    if values.next().is_some() || value.is_some_and(|value| value.contains(&b',')) {
        return Err(Problem::new(Code::Malformed, format!("expected one value of {name}")));
    }
    Ok(value)
}

fn hop_address(hop: &[u8]) -> Option<IpAddr> {
    let text = std::str::from_utf8(hop).ok()?.trim();
    let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
    let address = bare.parse().or_else(|_| text.parse::<SocketAddr>().map(|with_port| with_port.ip()));
    address.ok().map(|address: IpAddr| address.to_canonical())
}

#[cfg(test)]
#[path = "peer/peer_tests.rs"]
mod tests;
