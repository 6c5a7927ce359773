//! How fast a store grows, and where it comes to rest.

use crate::retention::{Lifetime, Retention};
use crate::store::ExecutionStats;

/// How many executions ended, by how long they are kept.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Pace {
    /// Over how many days.
    pub days: u32,
    succeeded: u64,
    failed: u64,
    skipped: u64,
}

impl Pace {
    /// Returns the pace of whole days, oldest first: from the first day on that anything ended.
    pub fn of_days(days: impl IntoIterator<Item = ExecutionStats>) -> Self {
        let mut pace = Self::default();
        for day in days.into_iter().skip_while(|day| day.total == 0) {
            pace.days += 1;
            pace.succeeded += day.completed + day.cancelled;
            pace.failed += day.partial + day.failed + day.missed;
            pace.skipped += day.skipped;
        }
        pace
    }

    fn ended(&self, lifetime: Lifetime) -> u64 {
        match lifetime {
            Lifetime::Succeeded => self.succeeded,
            Lifetime::Failed => self.failed,
            Lifetime::Skipped => self.skipped,
        }
    }
}

/// What becomes of a store's size when everything goes on as it did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Growth {
    /// Over how many days that was seen.
    pub observed_days: u32,
    /// What a day adds.
    pub bytes_per_day: u64,
    /// What is there once as much goes each day as comes.
    pub settles_at_bytes: u64,
}

impl Growth {
    /// Returns how a store grows whose `executions` take `used_bytes` with all that belongs to them; `None` before there is
    /// anything to go by.
    pub fn of(used_bytes: u64, executions: u64, pace: &Pace, retention: &Retention) -> Option<Self> {
        let each = used_bytes.checked_div(executions)?;
        let of_days =
            |days: u32, ended: u64| (u128::from(ended) * u128::from(each)).saturating_mul(u128::from(days));
        let over = |sum: u128| {
            sum.checked_div(pace.days.into()).map(|bytes| u64::try_from(bytes).unwrap_or(u64::MAX))
        };
        let sum = |days: &dyn Fn(Lifetime) -> u32| {
            let each = Lifetime::ALL.into_iter().map(|it| of_days(days(it), pace.ended(it)));
            each.fold(0, u128::saturating_add)
        };
        Some(Self {
            observed_days: pace.days,
            bytes_per_day: over(sum(&|_| 1))?,
            settles_at_bytes: over(sum(&|it| retention.days(it)))?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(completed: u64, failed: u64) -> ExecutionStats {
        ExecutionStats { total: completed + failed, completed, failed, ..ExecutionStats::default() }
    }

    #[test]
    fn a_store_settles_where_as_much_goes_as_comes() {
        let pace = Pace::of_days([day(0, 0), day(20, 2), day(10, 0), day(0, 1)]);
        assert_eq!(pace.days, 3, "before the first there was nothing to see");
        let growth = Growth::of(500_000, 500, &pace, &Retention::default()).expect("there is something");
        let expected = Growth { observed_days: 3, bytes_per_day: 11_000, settles_at_bytes: 390_000 };
        assert_eq!(growth, expected, "10 a day for 30 days and 1 a day for 90, a thousand bytes each");
    }

    #[test]
    fn without_anything_to_go_by_nothing_is_foretold() {
        assert_eq!(Growth::of(9_000, 3, &Pace::of_days([day(0, 0)]), &Retention::default()), None);
        assert_eq!(Growth::of(9_000, 0, &Pace::of_days([day(1, 0)]), &Retention::default()), None);
        let pace = Pace::of_days([day(u64::MAX / 2, 0)]);
        let huge = Growth::of(u64::MAX, 1, &pace, &Retention::default()).expect("there is something");
        assert_eq!((huge.bytes_per_day, huge.settles_at_bytes), (u64::MAX, u64::MAX));
    }
}
