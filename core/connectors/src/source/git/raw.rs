//! A commit object's bytes, read as leniently as git reads them.
//!
//! Old tools wrote dates that are no numbers, names without brackets and headers nobody knows. None of that may hide a
//! commit, so this reader takes what it understands and leaves the rest.

use std::borrow::Cow;

use dateline_core::time::{Timestamp, from_unix_ms};
use gix::ObjectId;
use gix::bstr::ByteSlice;

/// The last second of the year 9999, beyond which RFC 3339 has no spelling.
const SECONDS_MAX: i64 = 253_402_300_799;

/// A commit, borrowed from its object.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct RawCommit<'a> {
    pub(super) tree: ObjectId,
    pub(super) parents: gix::traverse::commit::ParentIds,
    pub(super) author: Signature<'a>,
    pub(super) committer: Signature<'a>,
    encoding: &'a [u8],
    message: &'a [u8],
}

/// Who and when.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Signature<'a> {
    pub(super) name: &'a [u8],
    pub(super) email: &'a [u8],
    /// Seconds since the epoch; 0 when the date is no number.
    pub(super) seconds: i64,
}

impl<'a> RawCommit<'a> {
    /// Returns the commit `data` holds; `None` when it does not even name a tree.
    pub(super) fn parse(data: &'a [u8]) -> Option<Self> {
        let (header, message) = match data.find(b"\n\n") {
            Some(end) => (&data[..end], &data[end + 2..]),
            None => (data, &data[data.len()..]),
        };
        let mut lines = header.lines();
        let tree = id(lines.next()?.strip_prefix(b"tree ")?)?;
        let (author, committer) = (Signature::default(), Signature::default());
        let mut commit =
            Self { tree, parents: Default::default(), author, committer, encoding: b"", message };
        for line in lines {
            match line.split_once_str(b" ") {
                Some((b"parent", hex)) => commit.parents.push(id(hex)?),
                Some((b"author", signature)) => commit.author = Signature::parse(signature),
                Some((b"committer", signature)) => commit.committer = Signature::parse(signature),
                Some((b"encoding", name)) => commit.encoding = name,
                _ => {}
            }
        }
        Some(commit)
    }

    /// Returns the whole message as text.
    pub(super) fn message(&self) -> Cow<'a, str> {
        self.decode(self.message)
    }

    /// Returns `bytes` of this commit as text: UTF-8 when they are, else by the Latin-1 its header names, else with
    /// replacement characters.
    pub(super) fn decode(&self, bytes: &'a [u8]) -> Cow<'a, str> {
        match std::str::from_utf8(bytes) {
            Ok(text) => Cow::Borrowed(text),
            Err(_) if is_latin1(self.encoding) => Cow::Owned(bytes.iter().copied().map(char::from).collect()),
            Err(_) => String::from_utf8_lossy(bytes),
        }
    }
}

impl<'a> Signature<'a> {
    pub(super) fn parse(line: &'a [u8]) -> Self {
        let (name, rest) = line.split_once_str(b"<").unwrap_or((line, b""));
        let email = rest.split_once_str(b">").map_or(rest, |(email, _)| email);
        let date = line.rsplit_once_str(b">").map_or(&b""[..], |(_, date)| date);
        let seconds = date.fields().next().and_then(|digits| std::str::from_utf8(digits).ok()?.parse().ok());
        Self { name: name.trim(), email: email.trim(), seconds: seconds.unwrap_or(0) }
    }

    /// Returns when it was made.
    pub(super) fn at(&self) -> Timestamp {
        instant(self.seconds)
    }
}

/// Returns the instant of a commit's date, clamped to the years 1970 to 9999.
pub(super) fn instant(seconds: i64) -> Timestamp {
    from_unix_ms(seconds.clamp(0, SECONDS_MAX) * 1000)
}

fn id(hex: &[u8]) -> Option<ObjectId> {
    ObjectId::from_hex(hex.trim_end()).ok()
}

fn is_latin1(encoding: &[u8]) -> bool {
    let names: [&[u8]; 4] = [b"iso-8859-1", b"iso8859-1", b"latin1", b"latin-1"];
    names.iter().any(|name| encoding.trim().eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";

    fn check(header: &str, name: &str, email: &str, seconds: i64) {
        let data = format!("tree {ID}\nauthor {header}\ncommitter x <y> 1 +0000\n\nm");
        let commit = RawCommit::parse(data.as_bytes()).expect("a tree is named");
        let expected = Signature { name: name.as_bytes(), email: email.as_bytes(), seconds };
        assert_eq!(commit.author, expected, "{header}");
    }

    #[test]
    fn signatures_are_read_leniently() {
        check("A B <a@b> 12 +0100", "A B", "a@b", 12);
        check("A <a> b> 12 +0100", "A", "a", 12);
        check("<> 0 +0000", "", "", 0);
        check("A B", "A B", "", 0);
        check("A <a@b> never", "A", "a@b", 0);
        check("A <a@b> -5 +0000", "A", "a@b", -5);
        check("A <a@b> 99999999999999999999 +0000", "A", "a@b", 0);
    }

    #[test]
    fn unknown_headers_and_signatures_are_passed_over() {
        let data = format!(
            "tree {ID}\nparent {ID}\nparent {ID}\nauthor a <b> 1 +0\ncommitter a <b> 2 +0\ngpgsig -----\n parent x\n -----\nx y\n\nhi\n"
        );
        let commit = RawCommit::parse(data.as_bytes()).expect("a tree is named");
        assert_eq!((commit.parents.len(), commit.committer.seconds, &*commit.message()), (2, 2, "hi\n"));
        assert_eq!(RawCommit::parse(b"blob"), None);
        assert_eq!(RawCommit::parse(b""), None);
    }

    #[test]
    fn dates_outside_the_calendar_are_clamped() {
        assert_eq!(instant(-1), from_unix_ms(0));
        assert_eq!(instant(i64::MAX), from_unix_ms(SECONDS_MAX * 1000));
    }

    #[test]
    fn bytes_become_text_by_the_encoding_header() {
        let with =
            |encoding: &str| [format!("tree {ID}\n{encoding}\n\n").into_bytes(), vec![b'a', 0xE9]].concat();
        let (latin, none) = (with("encoding ISO-8859-1"), with("x y"));
        assert_eq!(RawCommit::parse(&latin).expect("a tree").message(), "aé");
        assert_eq!(RawCommit::parse(&none).expect("a tree").message(), "a\u{FFFD}");
    }
}
