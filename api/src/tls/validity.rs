//! From when to when a certificate is good, read from its DER: the one thing asked of it that rustls does not tell.

use chrono::NaiveDateTime;
use dateline_core::time::Timestamp;

const SEQUENCE: u8 = 0x30;
const VERSION: u8 = 0xa0;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;

/// The two dates of a certificate, in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Validity {
    from: NaiveDateTime,
    until: NaiveDateTime,
}

impl Validity {
    /// Returns the dates of a certificate; `None` when it is not one.
    pub(super) fn of(der: &[u8]) -> Option<Self> {
        let (_, certificate, _) = element(der)?;
        let (_, signed, _) = element(certificate)?;
        let (tag, _, after_version) = element(signed)?;
        let serial = if tag == VERSION { after_version } else { signed };
        // The serial number, the signature's algorithm and the issuer stand before the dates.
        let (_, _, algorithm) = element(serial)?;
        let (_, _, issuer) = element(algorithm)?;
        let (_, _, dates) = element(issuer)?;
        let (SEQUENCE, dates, _) = element(dates)? else { return None };
        let (from_tag, from, rest) = element(dates)?;
        let (until_tag, until, _) = element(rest)?;
        Some(Self { from: instant(from_tag, from)?, until: instant(until_tag, until)? })
    }

    /// Returns what is wrong with it at `now`, as a phrase that follows "the certificate".
    pub(super) fn fault_at(self, now: Timestamp) -> Option<String> {
        let now = now.naive_utc();
        if now > self.until {
            return Some(format!("expired at {}Z", self.until));
        }
        (now < self.from).then(|| format!("is not valid before {}Z", self.from))
    }
}

/// Splits off the first element: its tag, its content, and what follows it.
fn element(der: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&[tag, first], rest) = der.split_first_chunk::<2>()?;
    let (length, rest) = match first {
        0..=0x7f => (usize::from(first), rest),
        0x81..=0x84 => {
            let (bytes, rest) = rest.split_at_checked(usize::from(first - 0x80))?;
            (bytes.iter().fold(0, |length, byte| length << 8 | usize::from(*byte)), rest)
        }
        _ => return None,
    };
    let (content, rest) = rest.split_at_checked(length)?;
    Some((tag, content, rest))
}

fn instant(tag: u8, text: &[u8]) -> Option<NaiveDateTime> {
    let text = std::str::from_utf8(text).ok()?;
    let full = match tag {
        // Two digits of a year: those below 50 belong to this century (RFC 5280, 4.1.2.5.1).
        UTC_TIME if text.get(..2)? < "50" => format!("20{text}"),
        UTC_TIME => format!("19{text}"),
        GENERALIZED_TIME => text.to_owned(),
        _ => return None,
    };
    NaiveDateTime::parse_from_str(&full, "%Y%m%d%H%M%SZ").ok()
}
