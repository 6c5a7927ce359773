//! Which addresses of the network Dateline may connect to when somebody names a server: public ones, and those the
//! owner allowed by name. Values only; who connects asks here with the address it is about to use.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use url::{Host, Url};

/// Hosts inside private networks that the owner allows: `ghe.intern.example`, `10.0.0.7`, `[fd00::7]`, each on every port
/// or, as `host:port`, on one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PrivateHosts(BTreeSet<(String, Option<u16>)>);

impl PrivateHosts {
    /// Returns the list of these hosts, each with or without `:port`.
    pub fn new<T: Into<String>>(hosts: impl IntoIterator<Item = T>) -> Self {
        Self(hosts.into_iter().map(|host| host_and_port(&host.into().trim().to_lowercase())).collect())
    }

    /// Returns the list of no hosts.
    pub const fn none() -> Self {
        Self(BTreeSet::new())
    }

    fn allows(&self, host: &str, port: u16) -> bool {
        self.names_port(host, port) || self.0.contains(&(host.to_lowercase(), None))
    }

    /// Whether `host` is allowed on this very port, and not only on all.
    fn names_port(&self, host: &str, port: u16) -> bool {
        self.0.contains(&(host.to_lowercase(), Some(port)))
    }

    /// Whether `host` is allowed on some port.
    pub fn names(&self, host: &str) -> bool {
        let host = host.to_lowercase();
        self.0.iter().any(|(allowed, _)| *allowed == host)
    }
}

/// Returns what `text` names: a host and perhaps a port. A bare IPv6 address is all host.
fn host_and_port(text: &str) -> (String, Option<u16>) {
    let unbracketed = |host: &str| host.trim_start_matches('[').trim_end_matches(']').to_owned();
    if text.parse::<Ipv6Addr>().is_ok() {
        return (text.to_owned(), None);
    }
    match text.rsplit_once(':').map(|(host, port)| (host, port.parse())) {
        Some((host, Ok(port))) => (unbracketed(host), Some(port)),
        Some((_, Err(_))) | None => (unbracketed(text), None),
    }
}

/// Ports of services that speak no HTTP, or that nobody outside should reach: those that browsers refuse, and those of
/// databases, queues and container engines. Below 1024 all but those of the web are.
const SERVICE_PORTS: [u16; 30] = [
    1433, 1434, 1521, 1719, 1720, 2049, 2375, 2376, 2379, 2380, 3306, 3389, 3659, 4045, 4190, 5060, 5061,
    5432, 5672, 5900, 6000, 6379, 6566, 9042, 9092, 10080, 10250, 11211, 27017, 27018,
];

/// Why a server may not be connected to.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EgressRefusal {
    /// It is no web address, or one with a user name or a part that names no server.
    #[error("expected an address such as `https://ghe.example.com/api/v3`")]
    NotAnAddress,
    /// It is no address that a request can be sent to.
    #[error("expected an http or https address without a user name, a `#` part, spaces and controls")]
    NotARequest,
    /// A service of another kind answers there, or this program itself.
    #[error("port {port} is not for requests: the owner must allow it first, as `{host}:{port}`")]
    Port {
        /// The host.
        host: String,
        /// The port.
        port: u16,
    },
    /// Nothing protects what is sent.
    #[error("expected https: what is sent to `{host}` must be encrypted")]
    Unencrypted {
        /// The host.
        host: String,
    },
    /// The address lies inside.
    #[error("`{host}` is {kind}: the owner must allow it first (setting `privateHosts`)")]
    Inside {
        /// The host as named.
        host: String,
        /// What sort of address it is.
        kind: &'static str,
    },
}

/// Returns the address `text` names when Dateline may connect to it. Of a name only itself is judged here: what it
/// resolves to is judged by [`inside`] when connecting.
///
/// # Errors
/// [`EgressRefusal`] for anything else than https to a public or allowed host; an allowed host may be asked without
/// encryption when it is this machine.
pub fn vet(text: &str, allowed: &PrivateHosts) -> Result<Url, EgressRefusal> {
    let url = Url::parse(text).map_err(|_| EgressRefusal::NotAnAddress)?;
    let is_web = matches!(url.scheme(), "http" | "https");
    let has_user = !url.username().is_empty() || url.password().is_some();
    let is_bare = url.query().is_none() && url.fragment().is_none();
    let (host, port) = match (url.host(), url.port_or_known_default()) {
        (Some(host), Some(port)) if is_web && !has_user && is_bare && text.len() <= 2_000 => (host, port),
        (Some(_) | None, _) => return Err(EgressRefusal::NotAnAddress),
    };
    let (shown, address) = (shown(&host), address(&host));
    let is_allowed = allowed.allows(&shown, port);
    if let Some(kind) = kind_of(&shown, address, allowed).filter(|_| !is_allowed) {
        return Err(EgressRefusal::Inside { host: shown, kind });
    }
    let is_here = address.is_some_and(|address| address.is_loopback()) || shown == "localhost";
    if url.scheme() == "http" && !(is_allowed && is_here) {
        return Err(EgressRefusal::Unencrypted { host: shown });
    }
    Ok(url)
}

/// Returns the address `text` names when a request may be sent there: as [`vet`], and with a query or without encryption
/// too. `own_port` is where this program listens; a host inside that is allowed on every port is not allowed on that one.
///
/// # Errors
/// [`EgressRefusal`] naming what is wrong with it.
pub fn vet_request(text: &str, allowed: &PrivateHosts, own_port: Option<u16>) -> Result<Url, EgressRefusal> {
    // The parser forgives tabs, line feeds and back-slashes; other readers of the same text may not.
    let is_odd = |it: char| it.is_control() || it.is_whitespace() || it == '\\';
    if text.len() > 2_000 || text.contains(is_odd) {
        return Err(EgressRefusal::NotARequest);
    }
    let url = Url::parse(text).map_err(|_| EgressRefusal::NotARequest)?;
    let has_user = !url.username().is_empty() || url.password().is_some();
    let is_web = text.starts_with("http://") || text.starts_with("https://");
    let (Some(host), Some(port), true, false, None) =
        (url.host(), url.port_or_known_default(), is_web, has_user, url.fragment())
    else {
        return Err(EgressRefusal::NotARequest);
    };
    let shown = shown(&host);
    let kind = kind_of(&shown, address(&host), allowed);
    if let Some(kind) = kind.filter(|_| !allowed.allows(&shown, port)) {
        return Err(EgressRefusal::Inside { host: shown, kind });
    }
    let is_own = kind.is_some() && own_port == Some(port);
    let is_service = (port < 1024 && !matches!(port, 80 | 443)) || SERVICE_PORTS.contains(&port);
    if (is_own || is_service) && !allowed.names_port(&shown, port) {
        return Err(EgressRefusal::Port { host: shown, port });
    }
    Ok(url)
}

/// Returns what about a host lies inside, so that it must be allowed on the port that is asked for.
fn kind_of(name: &str, address: Option<IpAddr>, allowed: &PrivateHosts) -> Option<&'static str> {
    let kind = address.map_or_else(|| local_name(name), inside);
    // The resolver knows no ports: a name that is allowed on some leads inside on all.
    kind.or_else(|| allowed.names(name).then_some("a host that is allowed on other ports"))
}

/// Returns what sort of address a name stands for by its own meaning, when that is not a public one.
fn local_name(name: &str) -> Option<&'static str> {
    let name = name.trim_end_matches('.').to_lowercase();
    let is_here = name == "localhost" || name.ends_with(".localhost");
    is_here.then_some("a name of this machine")
}

/// Returns a host as people write it.
fn shown<S: AsRef<str>>(host: &Host<S>) -> String {
    match host {
        Host::Domain(name) => name.as_ref().to_owned(),
        Host::Ipv4(address) => address.to_string(),
        Host::Ipv6(address) => address.to_string(),
    }
}

/// Returns the address that a host is, when it is no name.
fn address<S>(host: &Host<S>) -> Option<IpAddr> {
    match host {
        Host::Ipv4(address) => Some(IpAddr::V4(*address)),
        Host::Ipv6(address) => Some(IpAddr::V6(*address)),
        Host::Domain(_) => None,
    }
}

/// Returns what sort of address `address` is when it is not a public one.
pub fn inside(address: IpAddr) -> Option<&'static str> {
    match address {
        IpAddr::V4(address) => inside_v4(address),
        IpAddr::V6(address) => inside_v6(address),
    }
}

fn inside_v4(address: Ipv4Addr) -> Option<&'static str> {
    let [a, b, c, _] = address.octets();
    match (a, b, c) {
        (0, ..) => Some("an address of this network"),
        (127, ..) => Some("an address of this machine"),
        (10, ..) | (172, 16..=31, _) | (192, 168, _) => Some("an address of a private network"),
        (100, 64..=127, _) => Some("an address of a provider's network"),
        (169, 254, _) => Some("a link-local address"),
        (192, 0, 0) | (192, 0, 2) | (198, 51, 100) | (203, 0, 113) => Some("a reserved address"),
        (192, 88, 99) | (198, 18..=19, _) => Some("a reserved address"),
        (224..=239, ..) => Some("a multicast address"),
        (240.., ..) => Some("a reserved address"),
        _ => None,
    }
}

fn inside_v6(address: Ipv6Addr) -> Option<&'static str> {
    if let Some(embedded) = embedded(address) {
        return inside_v4(embedded);
    }
    let [first, second, ..] = address.segments();
    match first {
        _ if address.is_loopback() => Some("an address of this machine"),
        _ if address.is_unspecified() => Some("an address of this network"),
        0xfc00..=0xfdff => Some("an address of a private network"),
        0xfe80..=0xfebf => Some("a link-local address"),
        0xfec0..=0xfeff => Some("an address of a private network"),
        0xff00.. => Some("a multicast address"),
        0x2001 if second == 0x0db8 || second < 0x0200 => Some("a reserved address"),
        0x0064 if second == 0xff9b => Some("a translated address"),
        // Only 2000::/3 is given out.
        0x2000..=0x3fff => None,
        _ => Some("a reserved address"),
    }
}

/// Returns the IPv4 address that an IPv6 one stands for: mapped, compatible, translated (NAT64) or tunnelled (6to4).
fn embedded(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let [a, b, c, d, e, f, g, h] = address.segments();
    let of = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        Ipv4Addr::new(a, b, c, d)
    };
    match [a, b, c, d, e, f] {
        [0, 0, 0, 0, 0, 0xffff] | [0, 0, 0, 0, 0xffff, 0] | [0x64, 0xff9b, 0, 0, 0, 0] => Some(of(g, h)),
        [0, 0, 0, 0, 0, 0] if g != 0 => Some(of(g, h)),
        [0x2002, ..] => Some(of(b, c)),
        _ => None,
    }
}

#[cfg(test)]
#[path = "egress_tests.rs"]
mod tests;
