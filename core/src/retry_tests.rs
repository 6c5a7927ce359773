use proptest::prelude::*;

use super::*;
use crate::time::from_unix_ms;

/// Draws the same byte over and over: `0` is the least there is.
struct Fixed(u8);
impl Entropy for Fixed {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(self.0);
    }
}

/// Draws this number.
struct Drawn(u64);
impl Entropy for Drawn {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.copy_from_slice(&self.0.to_le_bytes());
    }
}

const KINDS: [RetryKind; 5] =
    [RetryKind::Exponential, RetryKind::Linear, RetryKind::Fixed, RetryKind::Table, RetryKind::None];

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn policy(kind: RetryKind) -> RetryPolicy {
    let delays = vec![seconds(60), seconds(5), seconds(600)];
    RetryPolicy { kind, attempts_max: 6, base: seconds(10), cap: seconds(35), delays, until: None }
}

/// Checks the bounds of each delay in turn, in tenths of a second, until tries are spent.
#[track_caller]
fn check(kind: RetryKind, expected: &[(u64, u64)]) {
    let tenths = |time: Duration| u64::try_from(time.as_millis() / 100).expect("few");
    let spreads = (1..).map_while(|failures| policy(kind).spread_after(failures));
    let found: Vec<_> = spreads.map(|spread| (tenths(spread.least), tenths(spread.most))).collect();
    assert_eq!(found, expected, "{kind:?}");
}

#[test]
fn each_kind_has_its_delays() {
    check(RetryKind::Exponential, &[(50, 100), (100, 200), (175, 350), (175, 350), (175, 350)]);
    check(RetryKind::Linear, &[(50, 100), (150, 200), (250, 300), (300, 350), (300, 350)]);
    check(RetryKind::Fixed, &[(100, 110); 5]);
    check(RetryKind::Table, &[(600, 660), (50, 55), (6_000, 6_600), (6_000, 6_600), (6_000, 6_600)]);
    check(RetryKind::None, &[]);
}

#[test]
fn tries_are_counted_from_the_first_attempt() {
    let policy = RetryPolicy::default();
    assert!(policy.delay_after(2, &Fixed(0)).is_some());
    assert_eq!(policy.delay_after(3, &Fixed(0)), None);
    let empty = RetryPolicy { kind: RetryKind::Table, ..policy };
    assert_eq!(empty.delay_after(1, &Fixed(0)), None, "a table without entries has no delay");
}

/// Checks when the next attempt starts, in seconds after the failure, 100 s after the first attempt began.
#[track_caller]
fn next(policy: &RetryPolicy, asked: Option<i64>, drawn: u8, expected: Option<i64>) {
    let now = from_unix_ms(1_800_000_000_000);
    let ahead =
        |seconds: i64| from_unix_ms(1_800_000_000_000_i64.saturating_add(seconds.saturating_mul(1_000)));
    let failed = Failed { failures: 1, first_started_at: ahead(-100), retry_after: asked.map(ahead), now };
    let found = policy.next_at(&failed, &Fixed(drawn)).map(|at| (at - now).num_seconds());
    assert_eq!(found, expected, "asked {asked:?}");
}

#[test]
fn what_a_server_asks_for_is_a_floor_of_at_most_a_day() {
    let policy = policy(RetryKind::Exponential);
    next(&policy, None, 0, Some(5));
    next(&policy, Some(-1_000), 0, Some(5));
    next(&policy, Some(3), 0, Some(5));
    next(&policy, Some(600), 0, Some(600));
    next(&policy, Some(i64::MAX), 0, Some(24 * 3_600));
}

#[test]
fn no_attempt_starts_after_the_bound() {
    let bound = |until| RetryPolicy { until: Some(seconds(until)), ..policy(RetryKind::Exponential) };
    next(&bound(104), None, 0, None);
    next(&bound(105), None, 0, Some(5));
    next(&bound(105), None, 200, Some(5));
    next(&bound(400), Some(301), 0, None);
    next(&bound(400), Some(300), 77, Some(300));
}

fn policies() -> impl Strategy<Value = RetryPolicy> {
    let ms = |most: u64| (0..most).prop_map(Duration::from_millis);
    let kind = prop::sample::select(KINDS.to_vec());
    let delays = prop::collection::vec(ms(100_000_000), 1..19);
    let until = prop::option::of(ms(200_000_000));
    (kind, 1..=ATTEMPTS_MAX, ms(4_000_000), ms(90_000_000), delays, until).prop_map(
        |(kind, attempts_max, base, more, delays, until)| RetryPolicy {
            kind,
            attempts_max,
            base,
            cap: base + more,
            delays,
            until,
        },
    )
}

proptest! {
    #[test]
    fn tries_are_never_more_than_the_policy_allows(policy in policies()) {
        let delays = (1..100).filter(|failures| policy.spread_after(*failures).is_some()).count();
        let expected = if policy.kind == RetryKind::None { 0 } else { policy.attempts_max - 1 };
        prop_assert_eq!(delays, usize::try_from(expected).expect("few"));
    }

    #[test]
    fn delays_that_grow_never_shrink_before_the_cap(policy in policies(), first in any::<u64>(), second in any::<u64>()) {
        prop_assume!(matches!(policy.kind, RetryKind::Exponential | RetryKind::Linear | RetryKind::Fixed));
        for failures in 1..policy.attempts_max.saturating_sub(1) {
            let spread = policy.spread_after(failures + 1).expect("tries are left");
            let one = policy.delay_after(failures, &Drawn(first)).expect("tries are left");
            let next = policy.delay_after(failures + 1, &Drawn(second)).expect("tries are left");
            prop_assert!(spread.least <= next && next <= spread.most);
            let is_below_cap = spread.most < policy.cap;
            // Milliseconds are drawn, halves of them are not.
            let is_no_shorter = next + Duration::from_millis(1) >= one;
            prop_assert!(
                policy.kind == RetryKind::Fixed || !is_below_cap || is_no_shorter,
                "{:?} after {:?}", next, one
            );
            prop_assert!(policy.spread_after(failures).expect("tries are left").most <= spread.most);
        }
    }

    #[test]
    fn the_next_attempt_respects_floor_and_bound(
        policy in policies(), failures in 1..25_u32, elapsed in 0..100_000_000_i64,
        asked in prop::option::of(-100_000_000..400_000_000_i64), one in any::<u64>(), other in any::<u64>(),
    ) {
        let now = from_unix_ms(1_800_000_000_000);
        let at = |ms: i64| from_unix_ms(1_800_000_000_000 + ms);
        let failed = Failed { failures, first_started_at: at(-elapsed), retry_after: asked.map(at), now };
        let found = policy.next_at(&failed, &Drawn(one));
        prop_assert_eq!(found.is_some(), policy.next_at(&failed, &Drawn(other)).is_some());
        if let Some(next) = found {
            let spread = policy.spread_after(failures).expect("tries are left");
            prop_assert!(next >= now + spread.least);
            let floor = asked.map(at).filter(|asked| *asked <= now + RETRY_AFTER_MAX);
            prop_assert!(floor.is_none_or(|floor| next >= floor));
            let longest = spread.least.max(RETRY_AFTER_MAX) + (spread.most - spread.least);
            prop_assert!(next <= now + longest);
            prop_assert!(policy.until.is_none_or(|until| next <= failed.first_started_at + until));
        }
    }
}
