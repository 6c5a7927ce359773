//! A range of addresses as operators write it: `10.0.0.0/8`, `fd00::/8`, or one address.

use std::net::IpAddr;
use std::str::FromStr;

/// All addresses that share their first bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    base: IpAddr,
    prefix_bits: u8,
}

/// Why a text is no network.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ParseNetworkError {
    /// The part before the slash is no address.
    #[error("`{0}` is no address: expected one like 10.0.0.0/8, fd00::/8 or 192.0.2.7")]
    Address(String),
    /// The part after the slash is no number of bits.
    #[error("`/{prefix}` is no length of a prefix: expected 0 to {max}")]
    Prefix {
        /// What stands there.
        prefix: String,
        /// The most there can be.
        max: u8,
    },
    /// Bits are set that the prefix leaves open.
    #[error("`{given}` names one address and a range: expected {expected} for the range")]
    Ambiguous {
        /// What stands there.
        given: String,
        /// The range it lies in.
        expected: String,
    },
}

impl Network {
    /// Whether `address` lies in it; an IPv4 address written as IPv6 is the IPv4 address.
    pub fn contains(&self, address: IpAddr) -> bool {
        masked(address.to_canonical(), self.prefix_bits) == Some(self.base)
    }
}

impl FromStr for Network {
    type Err = ParseNetworkError;

    fn from_str(text: &str) -> Result<Self, ParseNetworkError> {
        let (address, prefix) = text.split_once('/').map_or((text, None), |(base, bits)| (base, Some(bits)));
        let parsed: IpAddr = address.parse().map_err(|_| ParseNetworkError::Address(address.to_owned()))?;
        let max = if parsed.is_ipv4() { 32 } else { 128 };
        let wrong = |prefix: &str| ParseNetworkError::Prefix { prefix: prefix.to_owned(), max };
        let prefix_bits = prefix.map_or(Ok(max), |bits| bits.parse::<u8>().map_err(|_| wrong(bits)))?;
        let base = masked(parsed, prefix_bits).ok_or_else(|| wrong(prefix.unwrap_or_default()))?;
        if base != parsed {
            let expected = format!("{base}/{prefix_bits}");
            return Err(ParseNetworkError::Ambiguous { given: text.to_owned(), expected });
        }
        Ok(Self { base, prefix_bits })
    }
}

/// Returns `address` with all but its first bits cleared, `None` when it has fewer bits.
pub(crate) fn masked(address: IpAddr, prefix_bits: u8) -> Option<IpAddr> {
    let bits = u32::from(prefix_bits);
    match address {
        IpAddr::V4(four) => {
            let mask = u32::MAX.checked_shl(32_u32.checked_sub(bits)?).unwrap_or(0);
            Some(IpAddr::V4((four.to_bits() & mask).into()))
        }
        IpAddr::V6(six) => {
            let mask = u128::MAX.checked_shl(128_u32.checked_sub(bits)?).unwrap_or(0);
            Some(IpAddr::V6((six.to_bits() & mask).into()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_holds_the_addresses_of_its_prefix() {
        for (network, address, expected) in [
            ("10.0.0.0/8", "10.255.0.1", true),
            ("10.0.0.0/8", "11.0.0.1", false),
            ("10.0.0.0/8", "::ffff:10.1.2.3", true),
            ("192.0.2.7", "192.0.2.7", true),
            ("192.0.2.7", "192.0.2.8", false),
            ("0.0.0.0/0", "203.0.113.9", true),
            ("0.0.0.0/0", "2001:db8::1", false),
            ("fd00::/8", "fd12::1", true),
            ("fd00::/8", "fe80::1", false),
            ("::/0", "2001:db8::1", true),
            ("::1", "::1", true),
        ] {
            let network: Network = network.parse().expect("a network");
            assert_eq!(network.contains(address.parse().expect("an address")), expected, "{address}");
        }
    }

    #[test]
    fn what_is_no_network_says_what_would_be() {
        let error = |text: &str| text.parse::<Network>().expect_err("no network").to_string();
        assert!(error("proxy.example").contains("`proxy.example` is no address"));
        assert!(error("10.0.0.0/33").contains("expected 0 to 32"));
        assert!(error("fd00::/x").contains("expected 0 to 128"));
        assert!(error("10.1.2.3/8").contains("expected 10.0.0.0/8"));
    }
}
