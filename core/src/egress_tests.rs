use super::*;

fn refused(text: &str) {
    let found = vet(text, &PrivateHosts::default());
    assert!(found.is_err(), "{text} must be refused: {found:?}");
}

#[test]
fn row_26_addresses_inside_are_refused_however_they_are_spelled() {
    for host in [
        "127.0.0.1",
        "127.1",
        "0",
        "0.0.0.0",
        "2130706433",
        "0x7f.1",
        "017700000001",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
        "[fe80::1%1]",
        "[fe80::1]",
        "10.0.0.1",
        "10.255.255.255",
        "172.16.0.1",
        "172.31.255.255",
        "192.168.1.1",
        "100.64.0.1",
        "100.127.255.255",
        "169.254.169.254",
        "[fd00:ec2::254]",
        "224.0.0.1",
        "239.255.255.255",
        "255.255.255.255",
        "localhost",
        "LOCALHOST",
        "localhost.",
        "a.localhost",
        "[::]",
        "[fec0::1]",
        "[ff02::1]",
        "[::127.0.0.1]",
        "[2001:db8::1]",
        "192.0.2.1",
        "198.18.0.1",
        "%31%32%37.0.0.1",
        "\u{FF11}\u{FF12}\u{FF17}.0.0.1",
    ] {
        refused(&format!("https://{host}/api/v3"));
    }
}

#[test]
fn public_addresses_and_names_pass() {
    for text in [
        "https://api.github.com",
        "https://ghe.example.com/api/v3",
        "https://ghe.example.com:8443/api/v3/",
        "https://140.82.112.5",
        "https://172.32.0.1",
        "https://[2606:50c0:8000::154]/x",
        "https://100.128.0.1",
    ] {
        assert!(vet(text, &PrivateHosts::default()).is_ok(), "{text}");
    }
}

#[test]
fn what_is_no_server_is_refused() {
    for text in [
        "",
        "ghe.example.com",
        "ftp://ghe.example.com",
        "file:///etc/passwd",
        "https://",
        "https://u:p@ghe.example.com",
        "https://ghe.example.com/?a=b",
        "https://ghe.example.com/#x",
        "javascript:alert(1)",
    ] {
        assert_eq!(vet(text, &PrivateHosts::default()), Err(EgressRefusal::NotAnAddress), "{text}");
    }
    refused("http://ghe.example.com/api/v3");
    refused(&format!("https://{}.example.com", "a".repeat(3_000)));
}

#[test]
fn the_owner_can_allow_a_host_inside() {
    let allowed = PrivateHosts::new(["10.0.0.7", "127.0.0.1:8080", "GHE.intern", "::1"]);
    for text in ["https://10.0.0.7/api/v3", "http://127.0.0.1:8080", "https://ghe.intern", "http://[::1]:99"]
    {
        assert!(vet(text, &allowed).is_ok(), "{text}");
    }
    for text in ["https://10.0.0.8", "http://127.0.0.1:8081", "http://ghe.intern", "http://10.0.0.7"] {
        assert!(vet(text, &allowed).is_err(), "{text}");
    }
    assert!(allowed.names("127.0.0.1") && allowed.names("ghe.INTERN") && !allowed.names("10.0.0"));
}

#[test]
fn a_host_that_is_allowed_on_one_port_is_let_through_on_no_other() {
    let allowed = PrivateHosts::new(["ghe.intern:8443", "[fd00::7]:8443", "fd00::8"]);
    for text in ["https://ghe.intern:8443/api/v3", "https://[fd00::7]:8443", "https://[fd00::8]:9999"] {
        assert!(vet(text, &allowed).is_ok(), "{text}");
        assert!(vet_request(text, &allowed, None).is_ok(), "{text}");
    }
    for text in [
        "https://ghe.intern",
        "https://GHE.intern:443",
        "https://ghe.intern:8444",
        "https://[fd00::7]",
        "https://[fd00::7:8443]",
        "https://[fd00::8:1]",
    ] {
        assert!(matches!(vet(text, &allowed), Err(EgressRefusal::Inside { .. })), "{text}");
        assert!(matches!(vet_request(text, &allowed, None), Err(EgressRefusal::Inside { .. })), "{text}");
    }
}
