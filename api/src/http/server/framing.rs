//! Where a body ends: counted by its length or chunk by chunk, without looking at what is in it.

/// Digits of a chunk's size: more than any body has bytes, fewer than overflow.
const SIZE_DIGITS_MAX: u8 = 15;
/// The longest extension of a chunk; nobody uses them.
const EXTENSION_BYTES_MAX: u16 = 256;
/// The longest trailer section; nobody reads them.
const TRAILER_BYTES_MAX: u16 = 4096;

/// What of a body is still to come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Framing {
    /// So many bytes; none at the end, and when there is no body.
    Length {
        /// The bytes to come.
        left: u64,
    },
    /// Chunks, up to the empty one and its trailers.
    Chunks(Part),
}

/// Where in a chunked body the next byte stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// In the size of a chunk.
    Size { digits: u8, size: u64 },
    /// In what may follow the size.
    Extension { bytes: u16, size: u64 },
    /// At the line feed after the size.
    SizeEnd { size: u64 },
    /// In the content, or at its end when nothing is left.
    Data { left: u64 },
    /// At the line feed after the content.
    DataEnd,
    /// At the start of a trailer or of the last line.
    Trailer { bytes: u16 },
    /// In a trailer.
    TrailerLine { bytes: u16 },
    /// At the line feed after a trailer.
    TrailerEnd { bytes: u16 },
    /// At the last line feed.
    LastEnd,
}

/// A chunked body that is not framed as it should be; what stands before is sound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Broken {
    /// How many of the bytes are sound.
    pub(super) sound: usize,
}

impl Framing {
    /// Returns a chunked body of which nothing has come.
    pub(super) const fn chunked() -> Self {
        Self::Chunks(Part::Size { digits: 0, size: 0 })
    }

    /// Whether the body is over.
    pub(super) fn is_over(&self) -> bool {
        matches!(self, Self::Length { left: 0 })
    }

    /// Returns how many of `bytes` belong to the body, and counts them off.
    ///
    /// # Errors
    /// [`Broken`] where the chunks are not framed as they should be.
    pub(super) fn pass(&mut self, bytes: &[u8]) -> Result<usize, Broken> {
        let mut at = 0;
        while at < bytes.len() && !self.is_over() {
            at += match self {
                Self::Length { left } | Self::Chunks(Part::Data { left: left @ 1.. }) => {
                    let taken = usize::try_from(*left).unwrap_or(usize::MAX).min(bytes.len() - at);
                    *left -= taken as u64;
                    taken
                }
                Self::Chunks(part) => {
                    *self = part.after(bytes[at]).ok_or(Broken { sound: at })?;
                    1
                }
            };
        }
        Ok(at)
    }
}

impl Part {
    /// Returns what follows `byte`, `None` when it has no business here.
    fn after(self, byte: u8) -> Option<Framing> {
        let part = match (self, byte) {
            (Self::Size { digits, size }, _) if byte.is_ascii_hexdigit() && digits < SIZE_DIGITS_MAX => {
                let digit = char::from(byte).to_digit(16)?;
                Self::Size { digits: digits + 1, size: size * 16 + u64::from(digit) }
            }
            (Self::Size { digits: 1.., size }, b'\r') => Self::SizeEnd { size },
            (Self::Size { digits: 1.., size }, b';') => Self::Extension { bytes: 0, size },
            (Self::Extension { size, .. }, b'\r') => Self::SizeEnd { size },
            (Self::Extension { bytes, size }, _) if is_text(byte) && bytes < EXTENSION_BYTES_MAX => {
                Self::Extension { bytes: bytes + 1, size }
            }
            (Self::SizeEnd { size: 0 }, b'\n') => Self::Trailer { bytes: 0 },
            (Self::SizeEnd { size }, b'\n') => Self::Data { left: size },
            (Self::Data { left: 0 }, b'\r') => Self::DataEnd,
            (Self::DataEnd, b'\n') => Self::Size { digits: 0, size: 0 },
            (Self::Trailer { .. }, b'\r') => Self::LastEnd,
            (Self::TrailerLine { bytes }, b'\r') => Self::TrailerEnd { bytes },
            (Self::Trailer { bytes } | Self::TrailerLine { bytes }, _)
                if is_text(byte) && bytes < TRAILER_BYTES_MAX =>
            {
                Self::TrailerLine { bytes: bytes + 1 }
            }
            (Self::TrailerEnd { bytes }, b'\n') => Self::Trailer { bytes },
            (Self::LastEnd, b'\n') => return Some(Framing::Length { left: 0 }),
            _ => return None,
        };
        Some(Framing::Chunks(part))
    }
}

fn is_text(byte: u8) -> bool {
    byte == b'\t' || (byte >= 0x20 && byte != 0x7f)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(body: &str, expected: Result<usize, usize>) {
        let mut whole = Framing::chunked();
        let verdict = whole.pass(body.as_bytes()).map_err(|broken| broken.sound);
        assert_eq!(verdict, expected, "{body:?}");
        let mut single = Framing::chunked();
        let mut passed = Ok(0);
        for byte in body.as_bytes() {
            passed = match (passed, single.pass(&[*byte])) {
                (Ok(count), Ok(taken)) => Ok(count + taken),
                (Ok(count), Err(_)) => Err(count),
                (broken, _) => broken,
            };
        }
        assert_eq!(passed, expected, "{body:?}, byte by byte");
    }

    #[test]
    fn chunks_end_where_they_say() {
        check("0\r\n\r\nGET", Ok(5));
        check("2\r\n{}\r\n0\r\n\r\nGET", Ok(12));
        check("A;name=\"x\"\r\n0123456789\r\n000\r\na: b\r\n\r\nGET", Ok(37));
        check("3\r\nab", Ok(5));
    }

    #[test]
    fn chunks_that_two_readers_could_count_differently_are_broken() {
        check("\r\n", Err(0));
        check(" 2\r\n{}", Err(0));
        check("2 \r\n{}", Err(1));
        check("-2\r\n", Err(0));
        check("0x2\r\n{}", Err(1));
        check("2\n{}\n", Err(1));
        check("2\r\n{}x\r\n", Err(5));
        check("2\r\n{}\n0\r\n", Err(5));
        check("1000000000000000\r\n", Err(15));
        check("2;a\nb\r\n{}", Err(3));
        check("0\r\n\n", Err(3));
        check("0\r\na: b\n\r\n", Err(7));
        check(&format!("2;{}\r\n", "x".repeat(1000)), Err(258));
        check(&format!("0\r\na:{}\r\n\r\n", "x".repeat(5000)), Err(3 + 4096));
    }

    #[test]
    fn a_length_is_counted_off() {
        let mut body = Framing::Length { left: 3 };
        assert_eq!(body.pass(b"ab"), Ok(2));
        assert!(!body.is_over());
        assert_eq!(body.pass(b"cGET"), Ok(1));
        assert!(body.is_over());
        assert_eq!(body.pass(b"GET"), Ok(0));
    }
}
