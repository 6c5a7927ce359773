//! How hostile texts are made, and how much of them.

use std::time::{Duration, Instant};

use dateline_store::conformance::Size;
use proptest::prelude::*;

/// Nothing may take longer.
const HANG: Duration = Duration::from_secs(1);

/// Returns how many inputs a target is given.
pub(crate) fn inputs() -> ProptestConfig {
    let cases = Size::asked().of(200, 2_000, 200_000);
    ProptestConfig { cases, max_shrink_iters: 5_000, failure_persistence: None, ..ProptestConfig::default() }
}

/// Returns as [`inputs`], for a target that takes long for each.
pub(crate) fn few_inputs() -> ProptestConfig {
    let all = inputs();
    ProptestConfig { cases: all.cases / 10, ..all }
}

/// Returns texts made of `words`, of `good` texts that were damaged, and of anything.
pub(crate) fn texts(
    words: &'static [&'static str],
    good: &'static [&'static str],
) -> impl Strategy<Value = String> {
    let word = prop::sample::select(words).prop_map(str::to_owned);
    let piece = prop_oneof![
        6 => word,
        2 => "[0-9]{1,20}",
        1 => "\\PC{0,8}",
        1 => any::<char>().prop_map(String::from),
        1 => prop::sample::select(&["\0", "\u{202e}", "\u{feff}", "\r\n", "\u{1b}[2J", "\u{200b}", "é", "𝟘"][..])
            .prop_map(str::to_owned),
    ];
    let mixed = prop::collection::vec(piece.clone(), 0..14).prop_map(|pieces| pieces.concat());
    let damaged = (prop::sample::select(good), prop::collection::vec((any::<u16>(), 0_u8..5, piece), 1..6))
        .prop_map(|(good, damages)| damages.into_iter().fold(good.to_owned(), damage));
    prop_oneof![3 => mixed, 4 => damaged, 1 => any::<String>()]
}

fn damage(text: String, (at, how, piece): (u16, u8, String)) -> String {
    let mut letters: Vec<char> = text.chars().collect();
    let at = usize::from(at) % (letters.len() + 1);
    let end = (at + piece.chars().count()).min(letters.len());
    match how {
        0 => drop(letters.splice(at..at, piece.chars())),
        1 => drop(letters.splice(at..end, piece.chars())),
        2 => drop(letters.drain(at..end)),
        3 => letters.truncate(at),
        _ => {
            let again = letters[at..end].to_vec();
            drop(letters.splice(at..at, again));
        }
    }
    letters.into_iter().collect()
}

/// Does `work` and fails when it takes too long.
#[expect(clippy::disallowed_methods, reason = "how long a machine takes is measured by its own clock")]
pub(crate) fn in_time<T>(what: &str, work: impl FnOnce() -> T) -> T {
    let began = Instant::now();
    let value = work();
    let took = began.elapsed();
    assert!(took < HANG, "{took:?} for {what:?}");
    value
}

/// Whether a text may be shown: nothing in it moves the cursor or turns the writing round.
pub(crate) fn is_showable(text: &str) -> bool {
    !text.chars().any(|letter| (letter.is_control() && letter != '\n') || letter == '\u{202e}')
}
