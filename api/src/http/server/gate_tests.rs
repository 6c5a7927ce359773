//! What gets through the gate, however the bytes arrive.

use std::collections::VecDeque;

use futures::task::noop_waker;
use proptest::prelude::*;

use super::*;
use crate::http::server::patience::Waits;
use crate::http::server::roster::{Room, Roster};

/// A stream that arrives in certain pieces and then ends.
struct Pieces(VecDeque<Vec<u8>>);

impl Pieces {
    fn cut(bytes: &[u8], cuts: &[usize]) -> Self {
        let mut ends: Vec<usize> = cuts.iter().map(|cut| cut % (bytes.len() + 1)).collect();
        ends.extend([0, bytes.len()]);
        ends.sort_unstable();
        let pieces = ends.windows(2).map(|ends| bytes[ends[0]..ends[1]].to_vec());
        Self(pieces.filter(|piece| !piece.is_empty()).collect())
    }
}

impl AsyncRead for Pieces {
    fn poll_read(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        out: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if let Some(mut piece) = self.0.pop_front() {
            let rest = piece.split_off(piece.len().min(out.remaining()));
            out.put_slice(&piece);
            if !rest.is_empty() {
                self.0.push_front(rest);
            }
        }
        Poll::Ready(Ok(()))
    }
}

/// What came through: the requests one by one, and how it ended.
#[derive(Debug, PartialEq, Eq)]
struct Through {
    requests: Vec<Vec<u8>>,
    fault: Option<HeadFault>,
    is_broken: bool,
}

/// Reads like hyper: a request to its end, and the next one when the answer has left.
fn through(bytes: &[u8], cuts: &[usize], buffer: usize) -> Through {
    let room = Room { connections_max: 1, per_address_max: 1 };
    let seat = Roster::new(room).admit(None).expect("there is room");
    let turns = Arc::new(Turns::new(seat));
    let patience = Patience::new(Waits::default());
    let mut gate = Gate::new(Pieces::cut(bytes, cuts), turns.clone(), patience);
    let waker = noop_waker();
    let mut context = Context::from_waker(&waker);
    let mut requests = vec![Vec::new()];
    let is_broken = loop {
        let mut room = vec![0; buffer];
        let mut out = ReadBuf::new(&mut room);
        match Pin::new(&mut gate).poll_read(&mut context, &mut out) {
            Poll::Ready(Ok(())) if out.filled().is_empty() => {
                // The end, or the end of the input behind a request that is still being answered.
                if !turns.is_ours(&context) || gate.held.is_empty() {
                    break false;
                }
            }
            Poll::Ready(Ok(())) => {
                requests.last_mut().expect("one").extend_from_slice(out.filled());
                continue;
            }
            Poll::Ready(Err(_)) => break true,
            Poll::Pending => {}
        }
        drop(super::super::turn::Turn(turns.clone()));
        requests.push(Vec::new());
    };
    requests.retain(|request| !request.is_empty());
    Through { requests, fault: gate.into_parts().1, is_broken }
}

fn requests() -> impl Strategy<Value = Vec<Vec<u8>>> {
    let bytes = prop::collection::vec(any::<u8>(), 0..200);
    let one = (bytes, prop::collection::vec(1..50_usize, 0..4), any::<bool>()).prop_map(
        |(body, chunks, is_chunked)| {
            if !is_chunked {
                let head = format!("POST /a HTTP/1.1\r\nContent-Length: {}\r\n\r\n", body.len());
                return [head.as_bytes(), &body].concat();
            }
            let mut request = b"POST /b HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n".to_vec();
            for size in chunks {
                let chunk = &body[..size.min(body.len())];
                if !chunk.is_empty() {
                    request.extend_from_slice(format!("{:x}\r\n", chunk.len()).as_bytes());
                    request.extend_from_slice(chunk);
                    request.extend_from_slice(b"\r\n");
                }
            }
            request.extend_from_slice(b"0\r\nA: b\r\n\r\n");
            request
        },
    );
    prop::collection::vec(one, 1..5)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn requests_come_out_one_by_one_as_they_went_in(
        requests in requests(),
        cuts in prop::collection::vec(any::<usize>(), 0..30),
        buffer in 1..300_usize,
    ) {
        let whole = through(&requests.concat(), &cuts, buffer);
        prop_assert_eq!(whole, Through { requests, fault: None, is_broken: false });
    }

    #[test]
    fn nothing_passes_behind_a_head_that_is_refused(
        mut requests in requests(),
        cuts in prop::collection::vec(any::<usize>(), 0..30),
        buffer in 1..300_usize,
    ) {
        let mut bytes = requests.concat();
        bytes.extend_from_slice(b"POST / HTTP/1.1\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n");
        bytes.extend_from_slice(b"0\r\n\r\nGET /smuggled HTTP/1.1\r\n\r\n");
        let seen = through(&bytes, &cuts, buffer);
        let fault = Some(HeadFault::Malformed("both Content-Length and Transfer-Encoding"));
        prop_assert_eq!(&seen, &Through { requests: std::mem::take(&mut requests), fault, is_broken: false });
    }

    #[test]
    fn nothing_passes_behind_chunks_that_are_broken(
        cuts in prop::collection::vec(any::<usize>(), 0..30),
        buffer in 1..300_usize,
    ) {
        let sound = b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}".to_vec();
        let bytes = [&sound, &b"\n0\r\n\r\nGET /smuggled HTTP/1.1\r\n\r\n"[..]].concat();
        let seen = through(&bytes, &cuts, buffer);
        prop_assert_eq!(seen, Through { requests: vec![sound], fault: None, is_broken: true });
    }
}
