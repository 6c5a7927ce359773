//! Which heads have one meaning, and that no cut into reads changes a verdict.

use proptest::prelude::*;

use super::*;

type Verdict = Result<Option<Head>, HeadFault>;

fn read_at_once(bytes: &[u8]) -> Verdict {
    HeadScan::default().scan(bytes)
}

/// Reads as a connection does: what came so far, longer each time.
fn read_in_pieces(bytes: &[u8], cuts: &[usize]) -> Verdict {
    let mut scan = HeadScan::default();
    let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut % (bytes.len() + 1)).collect();
    cuts.sort_unstable();
    for end in cuts.into_iter().chain([bytes.len()]) {
        match scan.scan(&bytes[..end]) {
            Ok(None) => {}
            verdict => return verdict,
        }
    }
    Ok(None)
}

fn head(lines: &str) -> Vec<u8> {
    format!("{}\r\n\r\n", lines.replace('|', "\r\n")).into_bytes()
}

#[track_caller]
fn passes(lines: &str, framing: Framing) {
    let bytes = head(lines);
    let mut more = bytes.clone();
    more.extend_from_slice(b"GET /next");
    assert_eq!(read_at_once(&more), Ok(Some(Head { bytes: bytes.len(), framing })), "{lines:?}");
}

#[track_caller]
fn fails(lines: &str, fault: impl Fn(HeadFault) -> bool) {
    let verdict = read_at_once(&head(lines));
    assert!(verdict.is_err_and(fault), "{lines:?}: {verdict:?}");
}

fn malformed(fault: HeadFault) -> bool {
    matches!(fault, HeadFault::Malformed(_))
}

#[test]
fn a_head_tells_how_long_its_body_is() {
    let none = Framing::Length { left: 0 };
    passes("GET / HTTP/1.1|Host: a", none);
    passes("GET /a?b=%20&c[]=1 HTTP/1.0", none);
    passes("GET http://a/b HTTP/1.1|Host: a", none);
    passes("OPTIONS * HTTP/1.1|Host: a", none);
    passes("|GET / HTTP/1.1|Host: a", none);
    passes("BREW / HTTP/1.1|X-Empty:|X-Odd: \u{fc}\ta", none);
    passes("POST / HTTP/1.1|content-LENGTH:  12\t", Framing::Length { left: 12 });
    passes("POST / HTTP/1.1|Content-Length: 0012", Framing::Length { left: 12 });
    passes("POST / HTTP/1.1|Transfer-Encoding: Chunked", Framing::chunked());
    passes("POST / HTTP/1.1|TE: trailers, gzip;q=0.5|Transfer-Encoding: chunked", Framing::chunked());
}

#[test]
fn what_two_readers_could_frame_differently_is_malformed() {
    for lines in [
        "Content-Length: 2|Transfer-Encoding: chunked",
        "Transfer-Encoding: chunked|Content-Length: 2",
        "Content-Length: 2|Content-Length: 3",
        "Content-Length: 2|Content-Length: 2",
        "Content-Length: 2, 2",
        "Content-Length: -1",
        "Content-Length: +1",
        "Content-Length: 0x1",
        "Content-Length: 1x",
        "Content-Length:",
        "Content-Length: 99999999999999999999",
        "Content-Length : 2",
        "Transfer-Encoding: xchunked",
        "Transfer-Encoding: chunked, identity",
        "Transfer-Encoding: identity",
        "Transfer-Encoding: chunked, chunked",
        "Transfer-Encoding: chunked|Transfer-Encoding: chunked",
        "Transfer-Encoding: chunked|Transfer-Encoding: identity",
        "Transfer-Encoding: \u{b}chunked",
        "Transfer-Encoding:\u{a0}chunked",
        "Transfer-Encoding",
        "TE: xchunked",
        "Host: a|Host: a",
        " X: folded",
        "X: a| folded",
        ": a",
        "X y: a",
        "X\u{0}: a",
        "X: a\u{0}b",
        "X: a\u{7f}b",
        "X: a\u{1b}[2J",
        "X: a\rb",
        "X: a\nb",
        "X: a\n\r\nb",
    ] {
        fails(&format!("POST / HTTP/1.1|{lines}"), malformed);
    }
    fails("POST / HTTP/1.0|Transfer-Encoding: chunked", malformed);
    let line_feeds = b"GET / HTTP/1.1\nHost: a\n\n";
    assert!(read_at_once(line_feeds).is_err_and(malformed));
    assert!(read_at_once(b"GET / HTTP/1.1\rHost: a\r\r").is_err_and(malformed));
}

#[test]
fn a_first_line_is_a_request() {
    for line in [
        "GET",
        "GET /",
        "GET  / HTTP/1.1",
        "GET / HTTP/1.1 ",
        " GET / HTTP/1.1",
        "GET\t/ HTTP/1.1",
        "G(T / HTTP/1.1",
        "GET a HTTP/1.1",
        "GET a:80 HTTP/1.1",
        "GET * HTTP/1.1",
        "GET ftp://a/ HTTP/1.1",
        "GET http:// HTTP/1.1",
        "GET /a#b HTTP/1.1",
        "GET /\u{fc} HTTP/1.1",
        "GET / http/1.1",
        "GET / ICY/1.1",
        "|||GET / HTTP/1.1",
        "\u{16}\u{3}\u{1}",
    ] {
        fails(line, malformed);
    }
    fails("GET / HTTP/1.2", |fault| fault == HeadFault::Version);
    fails("PRI * HTTP/2.0", |fault| fault == HeadFault::Version);
    fails("CONNECT a:80 HTTP/1.1", |fault| fault == HeadFault::Tunnel);
}

#[test]
fn a_head_is_bounded_before_it_ends() {
    let verdict = |text: String| read_at_once(text.as_bytes()).expect_err("it is refused");
    assert_eq!(verdict(format!("GET /{}", "a".repeat(9000))), HeadFault::LineTooLong);
    assert_eq!(verdict("A".repeat(9000)), HeadFault::LineTooLong);
    let start = "GET / HTTP/1.1\r\n";
    assert_eq!(verdict(format!("{start}X: {}", "a".repeat(200_000))), HeadFault::HeadersTooLarge);
    assert_eq!(verdict(format!("{start}{}", "X: y\r\n".repeat(101))), HeadFault::HeadersTooLarge);
    let most = format!("{start}{}\r\n", "X: y\r\n".repeat(100));
    assert!(read_at_once(most.as_bytes()).is_ok_and(|head| head.is_some()));
}

/// Pieces that make heads, sound and unsound ones.
const PIECES: [&str; 18] = [
    "GET / HTTP/1.1\r\n",
    "POST /a HTTP/1.0\r\n",
    "CONNECT a:80 HTTP/1.1\r\n",
    "PRI * HTTP/2.0\r\n",
    "Host: a\r\n",
    "Content-Length: 2\r\n",
    "Content-Length: 3\r\n",
    "Transfer-Encoding: chunked\r\n",
    "TE: xchunked\r\n",
    "X: a\0b\r\n",
    " fold\r\n",
    "X:",
    "\r\n",
    "\r",
    "\n",
    "\r\n\r\n",
    "\u{fc}",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
];

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn no_cut_into_reads_changes_a_verdict(
        start in 0..PIECES.len(),
        pieces in prop::collection::vec(prop::sample::select(&PIECES[4..]), 0..12),
        noise in prop::collection::vec(any::<(usize, u8)>(), 0..2),
        cuts in prop::collection::vec(any::<usize>(), 0..40),
    ) {
        let mut bytes = [&[PIECES[start]], pieces.as_slice()].concat().concat().into_bytes();
        for (at, byte) in noise {
            let at = at % (bytes.len() + 1);
            bytes.insert(at, byte);
        }
        prop_assert_eq!(read_in_pieces(&bytes, &cuts), read_at_once(&bytes));
        let every: Vec<usize> = (0..bytes.len()).collect();
        prop_assert_eq!(read_in_pieces(&bytes, &every), read_at_once(&bytes));
    }

    #[test]
    fn what_passes_hyper_reads_alike(
        pieces in prop::collection::vec(prop::sample::select(&PIECES[..]), 0..8),
    ) {
        let mut bytes = pieces.concat().into_bytes();
        bytes.extend_from_slice(b"\r\n\r\n");
        if let Ok(Some(head)) = read_at_once(&bytes) {
            let mut fields = [httparse::EMPTY_HEADER; HEADERS_MAX];
            let mut request = httparse::Request::new(&mut fields);
            let read = request.parse(&bytes).expect("hyper's parser takes it");
            prop_assert_eq!(read, httparse::Status::Complete(head.bytes));
        }
    }
}
