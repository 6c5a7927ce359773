//! What ended executions came to, added up over spans of time, so that statistics need not read every row of history.
//!
//! An execution is added when it ends, to the tallies of all time, of its 32 days and of its day. A question about
//! `[from, to)` reads the fewest spans that fill it, and the rows of history of what is left at the two ends: less than
//! a day each.

use serde::{Deserialize, Serialize};

use crate::record::HistoryRow;

/// The ended executions of one class that were recorded within one span.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Tally {
    /// How many occurrences they stand for.
    pub(crate) count: u64,
    /// How long they took: (bucket; how many; their sum, ms), least first.
    pub(crate) durations: Vec<(u16, u64, u64)>,
}

impl Tally {
    /// Adds an execution.
    pub(crate) fn add(&mut self, row: &HistoryRow) {
        self.count = self.count.saturating_add(row.count);
        if let Some(ms) = row.duration_ms {
            self.add_durations(bucket(ms), 1, ms);
        }
    }

    /// Adds what another holds.
    pub(crate) fn join(&mut self, other: &Self) {
        self.count = self.count.saturating_add(other.count);
        for (bucket, many, sum) in &other.durations {
            self.add_durations(*bucket, *many, *sum);
        }
    }

    /// Whether all that `other` counts can be among what this counts.
    pub(crate) fn holds(&self, other: &Self) -> bool {
        let holds = |(bucket, many, sum): &(u16, u64, u64)| {
            let found = self.durations.binary_search_by_key(bucket, |(known, ..)| *known);
            found.is_ok_and(|at| self.durations[at].1 >= *many && self.durations[at].2 >= *sum)
        };
        self.count >= other.count && other.durations.iter().all(holds)
    }

    /// Adds `many` durations of one bucket.
    pub(crate) fn add_durations(&mut self, bucket: u16, many: u64, sum: u64) {
        match self.durations.binary_search_by_key(&bucket, |(known, ..)| *known) {
            Ok(at) => {
                let (_, count, total) = &mut self.durations[at];
                *count = count.saturating_add(many);
                *total = total.saturating_add(sum);
            }
            Err(at) => self.durations.insert(at, (bucket, many, sum)),
        }
    }

    /// Returns the mean of the durations, rounded down.
    pub(crate) fn mean(&self) -> Option<u64> {
        let sum: u128 = self.durations.iter().map(|(_, _, sum)| u128::from(*sum)).sum();
        let mean = sum.checked_div(self.many())?;
        Some(u64::try_from(mean).unwrap_or(u64::MAX))
    }

    /// Returns the smallest duration that at least `percent` in a hundred do not exceed: the mean of its bucket, less than
    /// a sixty-fourth away from it, and exact where all in the bucket are alike.
    pub(crate) fn nearest_rank(&self, percent: u32) -> Option<u64> {
        let rank = (self.many() * u128::from(percent)).div_ceil(100).max(1);
        let mut seen = 0;
        let found = self.durations.iter().find(|(_, many, _)| {
            seen += u128::from(*many);
            seen >= rank
        });
        found.and_then(|(_, many, sum)| sum.checked_div(*many))
    }

    fn many(&self) -> u128 {
        self.durations.iter().map(|(_, many, _)| u128::from(*many)).sum()
    }
}

/// Returns the bucket of a duration: up to 128 ms each has its own, beyond that each power of two has 64.
fn bucket(ms: u64) -> u16 {
    let shift = (u64::BITS - ms.leading_zeros()).saturating_sub(7);
    let number = u64::from(shift) * 64 + (ms >> shift);
    u16::try_from(number).unwrap_or(u16::MAX)
}

/// A length of time that tallies are kept for. Spans begin at multiples of their length since 1970, UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Span {
    /// What stands for it in keys.
    pub(crate) code: u8,
    /// Milliseconds; `None` for all time.
    length: Option<i64>,
}

const DAY_MS: i64 = 86_400_000;

/// From the longest to the shortest.
pub(crate) const SPANS: [Span; 3] = [
    Span { code: 0, length: None },
    Span { code: 1, length: Some(32 * DAY_MS) },
    Span { code: 2, length: Some(DAY_MS) },
];

impl Span {
    /// Returns the number of the span that `at` lies in.
    pub(crate) fn number(self, at: i64) -> i64 {
        self.length.map_or(0, |length| at.div_euclid(length))
    }

    /// Returns the numbers of the spans that lie wholly within `[from, to)`, and where these begin and end.
    fn within(self, from: i64, to: i64) -> Option<((i64, i64), (i64, i64))> {
        let Some(length) = self.length else {
            return ((from, to) == (i64::MIN, i64::MAX)).then_some(((0, 1), (from, to)));
        };
        let first = from.div_euclid(length) + i64::from(from.rem_euclid(length) != 0);
        let end = to.div_euclid(length);
        (first < end).then_some(((first, end), (first.saturating_mul(length), end * length)))
    }
}

/// What an interval is made of.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Parts {
    /// Whole spans: (code; the first number; the number after the last).
    pub(crate) spans: Vec<(u8, i64, i64)>,
    /// What no span fills: `[from, to)`, ms.
    pub(crate) rest: Vec<(i64, i64)>,
}

impl Parts {
    /// Takes `[from, to)` apart.
    pub(crate) fn of(from: i64, to: i64) -> Self {
        let mut parts = Self::default();
        parts.fill(from, to, &SPANS);
        parts
    }

    fn fill(&mut self, from: i64, to: i64, spans: &[Span]) {
        if from >= to {
            return;
        }
        let Some((span, shorter)) = spans.split_first() else {
            self.rest.push((from, to));
            return;
        };
        match span.within(from, to) {
            None => self.fill(from, to, shorter),
            Some(((first, end), (begin, over))) => {
                self.spans.push((span.code, first, end));
                self.fill(from, begin, shorter);
                self.fill(over, to, shorter);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use dateline_core::execution::{ExecutionStatus, TriggerKind};
    use proptest::prelude::*;

    use super::*;

    fn tally(durations: &[u64]) -> Tally {
        let mut tally = Tally::default();
        for ms in durations {
            let (status, trigger) = (ExecutionStatus::Completed, TriggerKind::Manual);
            tally.add(&HistoryRow { status, trigger, duration_ms: Some(*ms), count: 1 });
        }
        tally
    }

    #[test]
    fn few_durations_are_told_as_they_were() {
        assert_eq!((tally(&[]).mean(), tally(&[]).nearest_rank(50)), (None, None));
        assert_eq!(tally(&[7_003]).nearest_rank(95), Some(7_003));
        assert_eq!(tally(&[4, 1, 3, 2]).nearest_rank(50), Some(2));
        let hundred = tally(&(1..=100).collect::<Vec<_>>());
        assert_eq!((hundred.nearest_rank(50), hundred.nearest_rank(95)), (Some(50), Some(95)));
        assert_eq!(tally(&[1, 2, 4]).mean(), Some(2));
        assert_eq!(tally(&[u64::MAX - 1]).nearest_rank(50), Some(u64::MAX - 1));
    }

    #[test]
    fn all_of_time_is_one_span() {
        let all = Parts::of(i64::MIN, i64::MAX);
        assert_eq!((all.spans, all.rest), (vec![(0, 0, 1)], Vec::new()));
        assert_eq!(Parts::of(5, 5), Parts::default());
        let days = Parts::of(31 * DAY_MS - 1, 65 * DAY_MS + 1);
        assert_eq!(days.spans, [(1, 1, 2), (2, 31, 32), (2, 64, 65)]);
        assert_eq!(days.rest, [(31 * DAY_MS - 1, 31 * DAY_MS), (65 * DAY_MS, 65 * DAY_MS + 1)]);
    }

    proptest! {
        #[test]
        fn percentiles_are_close_and_means_exact(
            mut durations in prop::collection::vec(0_u64..10_000_000_000, 1..200),
            percent in 1_u32..=100,
        ) {
            let tally = tally(&durations);
            durations.sort_unstable();
            let exact = durations[(durations.len() * percent as usize).div_ceil(100) - 1];
            let told = tally.nearest_rank(percent).expect("there are some");
            prop_assert!(told.abs_diff(exact) <= exact / 64, "{told} for {exact}");
            prop_assert_eq!(tally.mean(), Some(durations.iter().sum::<u64>() / durations.len() as u64));
        }

        #[test]
        fn parts_fill_their_interval_once(from in any::<i64>(), to in any::<i64>(), at in any::<i64>()) {
            let parts = Parts::of(from, to);
            let within = |span: &Span| {
                let number = span.number(at);
                parts.spans.iter().filter(|(code, first, end)| *code == span.code && (*first..*end).contains(&number)).count()
            };
            let rest = parts.rest.iter().filter(|(from, to)| (*from..*to).contains(&at)).count();
            let expected = usize::from((from..to).contains(&at));
            prop_assert_eq!(SPANS.iter().map(within).sum::<usize>() + rest, expected);
        }

        #[test]
        fn near_intervals_are_taken_apart_too(from in -200_i64..200, days in 0_i64..200, at in -200_i64..400, ms in 0..DAY_MS) {
            let (from, to, at) = (from * DAY_MS + ms / 2, (from + days) * DAY_MS + ms, at * DAY_MS + ms / 3);
            let parts = Parts::of(from, to);
            let within = |span: &Span| {
                let number = span.number(at);
                parts.spans.iter().filter(|(code, first, end)| *code == span.code && (*first..*end).contains(&number)).count()
            };
            let rest = parts.rest.iter().filter(|(from, to)| (*from..*to).contains(&at)).count();
            prop_assert_eq!(SPANS.iter().map(within).sum::<usize>() + rest, usize::from((from..to).contains(&at)));
            prop_assert!(parts.rest.iter().all(|(from, to)| to - from < DAY_MS) || days == 0 || parts.spans.is_empty());
        }
    }
}
