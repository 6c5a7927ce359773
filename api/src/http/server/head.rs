//! The head of a request, read more strictly than any parser behind it: what passes has one meaning for everybody.
//!
//! A proxy and a server that disagree about where a request ends can be made to exchange requests of two people. So
//! whatever two readers could read differently is refused here, before hyper sees it: two lengths, a length beside
//! chunks, bare CR or LF, spaces around names, folded lines, controls.

use poem::http::Uri;

use super::framing::Framing;
use crate::http::problem::{Code, Problem};

/// The longest request line: a URL of 8 KiB with its method and version.
const REQUEST_LINE_BYTES_MAX: usize = 8 * 1024 + 48;
/// The most bytes and fields of headers.
pub(crate) const HEADER_BYTES_MAX: usize = 32 * 1024;
pub(crate) const HEADERS_MAX: usize = 100;
/// Empty lines before a request are a courtesy to old clients.
const BLANK_LINES_MAX: u8 = 2;
/// More digits than any body has bytes, fewer than overflow.
const LENGTH_DIGITS_MAX: usize = 18;

/// Why a head is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum HeadFault {
    /// It is not HTTP/1.1, or not unmistakably.
    Malformed(&'static str),
    /// It speaks another version of HTTP.
    Version,
    /// It asks for a tunnel.
    Tunnel,
    /// The request line is too long.
    LineTooLong,
    /// The headers are too long or too many.
    HeadersTooLarge,
    /// It did not arrive in time.
    TooSlow,
}

impl HeadFault {
    /// Returns what the client is told.
    pub(super) fn problem(self) -> Problem {
        match self {
            Self::Malformed(why) => Problem::new(Code::Malformed, why),
            Self::Version => Problem::new(Code::HttpVersion, "expected HTTP/1.1"),
            Self::Tunnel => Problem {
                allow: Some("GET, POST, PUT, PATCH, DELETE".to_owned()),
                ..Problem::new(Code::MethodNotAllowed, "this method is never taken")
            },
            Self::LineTooLong => Problem::new(Code::UriTooLong, "the request line has more than 8 KiB"),
            Self::HeadersTooLarge => {
                let detail = format!("more than {HEADERS_MAX} headers or {HEADER_BYTES_MAX} bytes of them");
                Problem::new(Code::HeadersTooLarge, detail)
            }
            Self::TooSlow => Problem::new(Code::Timeout, "the head of the request took too long to arrive"),
        }
    }
}

/// A head that has one meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Head {
    /// How many bytes it has, the empty line included.
    pub(super) bytes: usize,
    /// How long the body is that follows.
    pub(super) framing: Framing,
}

/// Reads a head as it arrives. Its verdict falls at a certain byte, however the bytes were cut into reads.
#[derive(Debug, Default)]
pub(super) struct HeadScan {
    at: usize,
    line_start: usize,
    headers_start: Option<usize>,
    blank_lines: u8,
    is_after_cr: bool,
    fields: Fields,
}

#[derive(Debug, Default)]
struct Fields {
    count: usize,
    is_http_10: bool,
    length: Option<u64>,
    is_chunked: bool,
    has_host: bool,
}

impl HeadScan {
    /// Goes on reading; `bytes` is the head from its first byte, longer each time. `None` asks for more.
    ///
    /// # Errors
    /// [`HeadFault`] as soon as the head cannot be accepted any more.
    pub(super) fn scan(&mut self, bytes: &[u8]) -> Result<Option<Head>, HeadFault> {
        while let Some(byte) = bytes.get(self.at) {
            self.at += 1;
            if self.ends_line(*byte)? {
                let line = &bytes[self.line_start..self.at - 2];
                self.line_start = self.at;
                if self.take_line(line)? {
                    return Ok(Some(Head { bytes: self.at, framing: self.fields.framing()? }));
                }
            }
            self.check_size()?;
        }
        Ok(None)
    }

    fn ends_line(&mut self, byte: u8) -> Result<bool, HeadFault> {
        match (std::mem::replace(&mut self.is_after_cr, byte == b'\r'), byte) {
            (true, b'\n') => Ok(true),
            (true, _) => Err(HeadFault::Malformed("a carriage return stands alone in the head")),
            (false, b'\n') => Err(HeadFault::Malformed("a line feed stands alone in the head")),
            (false, b'\t' | b'\r') => Ok(false),
            (false, 0..=0x1f | 0x7f) => Err(HeadFault::Malformed("a control character stands in the head")),
            (false, _) => Ok(false),
        }
    }

    fn check_size(&self) -> Result<(), HeadFault> {
        match self.headers_start {
            None if self.at - self.line_start > REQUEST_LINE_BYTES_MAX => Err(HeadFault::LineTooLong),
            Some(start) if self.at - start > HEADER_BYTES_MAX => Err(HeadFault::HeadersTooLarge),
            _ => Ok(()),
        }
    }

    /// Takes a line without its end; true when it ends the head.
    fn take_line(&mut self, line: &[u8]) -> Result<bool, HeadFault> {
        match (self.headers_start, line) {
            (None, []) if self.blank_lines == BLANK_LINES_MAX => {
                Err(HeadFault::Malformed("empty lines stand before the request"))
            }
            (None, []) => {
                self.blank_lines += 1;
                Ok(false)
            }
            (None, line) => {
                self.fields.is_http_10 = is_http_10(line)?;
                self.headers_start = Some(self.at);
                Ok(false)
            }
            (Some(_), []) => Ok(true),
            (Some(_), line) => self.fields.take(line).map(|()| false),
        }
    }
}

/// Checks a request line and tells whether it speaks HTTP/1.0.
fn is_http_10(line: &[u8]) -> Result<bool, HeadFault> {
    let malformed = HeadFault::Malformed("expected `METHOD /path HTTP/1.1` as the first line");
    let mut words = line.split(|byte| *byte == b' ');
    let (Some(method), Some(target), Some(version), None) =
        (words.next(), words.next(), words.next(), words.next())
    else {
        return Err(malformed);
    };
    let is_10 = match version {
        b"HTTP/1.1" => false,
        b"HTTP/1.0" => true,
        _ if version.starts_with(b"HTTP/") => return Err(HeadFault::Version),
        _ => return Err(malformed),
    };
    if !is_token(method) {
        return Err(malformed);
    }
    if method == b"CONNECT" {
        return Err(HeadFault::Tunnel);
    }
    let is_form = target.starts_with(b"/")
        || target.starts_with(b"http://")
        || target.starts_with(b"https://")
        || (target == b"*" && method == b"OPTIONS");
    let is_plain = target.iter().all(|byte| byte.is_ascii_graphic() && *byte != b'#');
    if is_form && is_plain && Uri::try_from(target).is_ok() { Ok(is_10) } else { Err(malformed) }
}

impl Fields {
    fn take(&mut self, line: &[u8]) -> Result<(), HeadFault> {
        self.count += 1;
        if self.count > HEADERS_MAX {
            return Err(HeadFault::HeadersTooLarge);
        }
        let colon = line.iter().position(|byte| *byte == b':');
        let (name, value) = colon.and_then(|at| line.split_at_checked(at)).unwrap_or_default();
        if !is_token(name) {
            return Err(HeadFault::Malformed("expected `name: value` in every header"));
        }
        let value = value.get(1..).unwrap_or_default().trim_ascii();
        match () {
            () if name.eq_ignore_ascii_case(b"content-length") => self.take_length(value),
            () if name.eq_ignore_ascii_case(b"transfer-encoding") => self.take_coding(value),
            () if name.eq_ignore_ascii_case(b"te") => check_wishes(value),
            () if name.eq_ignore_ascii_case(b"host") => {
                let is_second = std::mem::replace(&mut self.has_host, true);
                if is_second { Err(HeadFault::Malformed("expected one Host header")) } else { Ok(()) }
            }
            () => Ok(()),
        }
    }

    fn take_length(&mut self, value: &[u8]) -> Result<(), HeadFault> {
        let is_number = value.iter().all(u8::is_ascii_digit) && value.len() <= LENGTH_DIGITS_MAX;
        let number = std::str::from_utf8(value).ok().filter(|_| is_number).and_then(|text| text.parse().ok());
        match (self.length, number) {
            (None, Some(number)) => {
                self.length = Some(number);
                Ok(())
            }
            (Some(_), _) => Err(HeadFault::Malformed("expected one Content-Length")),
            (None, None) => Err(HeadFault::Malformed("the Content-Length is no number of bytes")),
        }
    }

    fn take_coding(&mut self, value: &[u8]) -> Result<(), HeadFault> {
        if std::mem::replace(&mut self.is_chunked, true) || !value.eq_ignore_ascii_case(b"chunked") {
            return Err(HeadFault::Malformed("the only Transfer-Encoding taken is `chunked`, once"));
        }
        Ok(())
    }

    fn framing(&self) -> Result<Framing, HeadFault> {
        match (self.is_chunked, self.length) {
            (true, Some(_)) => Err(HeadFault::Malformed("both Content-Length and Transfer-Encoding")),
            (true, None) if self.is_http_10 => {
                Err(HeadFault::Malformed("HTTP/1.0 knows no Transfer-Encoding"))
            }
            (true, None) => Ok(Framing::chunked()),
            (false, length) => Ok(Framing::Length { left: length.unwrap_or(0) }),
        }
    }
}

/// Refuses a wish for a coding that does not exist: a misspelt Transfer-Encoding may hide in it.
fn check_wishes(value: &[u8]) -> Result<(), HeadFault> {
    let known =
        ["", "trailers", "chunked", "gzip", "x-gzip", "deflate", "compress", "x-compress", "identity"];
    let is_known = |wish: &[u8]| {
        let coding = wish.split(|byte| *byte == b';').next().unwrap_or_default().trim_ascii();
        known.iter().any(|name| coding.eq_ignore_ascii_case(name.as_bytes()))
    };
    if value.split(|byte| *byte == b',').all(is_known) {
        return Ok(());
    }
    Err(HeadFault::Malformed("TE names an unknown coding"))
}

/// Whether `bytes` can name a header or a method.
fn is_token(bytes: &[u8]) -> bool {
    let is_tchar = |byte: &u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(byte);
    !bytes.is_empty() && bytes.iter().all(is_tchar)
}

#[cfg(test)]
#[path = "head_tests.rs"]
mod tests;
