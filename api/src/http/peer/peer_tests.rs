//! Whose word about an address counts.

use poem::web::{LocalAddr, RemoteAddr};
use poem::{Addr, Body, RequestParts};

use super::*;

const LOCAL: &str = "10.0.0.5:8377";

fn approach(proxies: &[&str], remote: &str, headers: &[(&'static str, &str)]) -> Result<Approach, Problem> {
    let networks = proxies.iter().map(|text| text.parse().expect("a network")).collect();
    let request = poem::http::Request::builder().header("host", "own.example");
    let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
    let (parts, ()) = request.body(()).expect("a request").into_parts();
    let local: SocketAddr = LOCAL.parse().expect("an address");
    let remote = RemoteAddr(Addr::SocketAddr(remote.parse().expect("an address")));
    let parts = RequestParts::from((parts, LocalAddr(Addr::SocketAddr(local)), remote, Scheme::HTTP));
    Proxies::new(networks).approach(&Request::from_parts(parts, Body::empty()), local)
}

fn caller(proxies: &[&str], remote: &str, headers: &[(&'static str, &str)]) -> String {
    approach(proxies, remote, headers).expect("it is clear").peer.0.to_string()
}

#[test]
fn a_strangers_word_about_addresses_is_ignored() {
    for name in ["x-forwarded-for", "x-real-ip", "forwarded"] {
        assert_eq!(caller(&[], "203.0.113.9:4000", &[(name, "127.0.0.1")]), "203.0.113.9");
        assert_eq!(caller(&["10.0.0.0/8"], "203.0.113.9:4000", &[(name, "127.0.0.1")]), "203.0.113.9");
    }
    let told = [("x-forwarded-host", "evil.example"), ("x-forwarded-proto", "https")];
    let seen = approach(&[], "203.0.113.9:4000", &told).expect("it is clear");
    assert_eq!((seen.host.as_slice(), seen.is_secure), (&b"own.example"[..], false));
}

#[test]
fn a_trusted_proxy_tells_who_calls() {
    let proxies = ["10.0.0.0/8", "fd00::/8"];
    let from = |forwarded: &str| caller(&proxies, "10.0.0.1:4000", &[("x-forwarded-for", forwarded)]);
    assert_eq!(from("203.0.113.9"), "203.0.113.9");
    assert_eq!(from("198.51.100.1, 203.0.113.9"), "203.0.113.9");
    assert_eq!(from("127.0.0.1, 203.0.113.9, 10.2.3.4"), "203.0.113.9");
    assert_eq!(from("[2001:db8::1]:443, fd00::2"), "2001:db8::1");
    assert_eq!(from("203.0.113.9:51234"), "203.0.113.9");
    assert_eq!(from("10.0.0.9"), "10.0.0.9");
    assert_eq!(from("203.0.113.9, unknown"), "10.0.0.1");
    assert_eq!(caller(&proxies, "10.0.0.1:4000", &[]), "10.0.0.1");
    let lines = [("x-forwarded-for", "198.51.100.1"), ("x-forwarded-for", "203.0.113.9")];
    assert_eq!(caller(&proxies, "10.0.0.1:4000", &lines), "203.0.113.9");
    assert_eq!(caller(&proxies, "[::ffff:10.0.0.1]:4000", &lines), "203.0.113.9");
    assert_eq!(caller(&proxies, "10.0.0.1:4000", &[("x-real-ip", "203.0.113.9")]), "10.0.0.1");
}

#[test]
fn a_trusted_proxy_tells_for_whom_and_how() {
    let told = [("x-forwarded-host", "news.example"), ("x-forwarded-proto", "https")];
    let seen = approach(&["10.0.0.0/8"], "10.0.0.1:4000", &told).expect("it is clear");
    assert_eq!((seen.host.as_slice(), seen.is_secure), (&b"news.example"[..], true));
    let two = [("x-forwarded-host", "news.example"), ("x-forwarded-host", "evil.example")];
    assert_eq!(approach(&["10.0.0.0/8"], "10.0.0.1:4000", &two).map_err(|it| it.code), Err(Code::Malformed));
    let list = [("x-forwarded-proto", "http, https")];
    assert_eq!(approach(&["10.0.0.0/8"], "10.0.0.1:4000", &list).map_err(|it| it.code), Err(Code::Malformed));
}
