//! Instants as a person reads them: in the zone they live in, and how far away.

use chrono::TimeDelta;
use dateline_core::clock::Clock;
use dateline_core::schedule::Zone;
use dateline_core::time::Timestamp;

use super::local_zone::local_zone;

/// The clock and the zone that times are told by.
pub(super) struct When {
    clock: Box<dyn Clock>,
    zone: Zone,
}

impl When {
    /// Tells times in the zone of whoever asks.
    pub(super) fn local(clock: impl Clock + 'static) -> Self {
        Self { clock: Box::new(clock), zone: local_zone() }
    }

    /// Returns the present.
    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Returns the zone's name, for the head of a column.
    pub(super) fn zone(&self) -> &'static str {
        self.zone.name()
    }

    /// Returns an instant for a table whose head names the zone: `2026-11-27 17:00 · in 4 d`.
    pub(super) fn brief(&self, at: Timestamp) -> String {
        let local = at.with_timezone(&self.zone.offset_at(at));
        format!("{} · {}", local.format("%Y-%m-%d %H:%M"), relative(at - self.clock.now()))
    }

    /// Returns an instant on its own: `2026-11-27 17:00:03 Europe/Berlin (in 4 d)`.
    pub(super) fn whole(&self, at: Timestamp) -> String {
        let local = at.with_timezone(&self.zone.offset_at(at));
        format!(
            "{} {} ({})",
            local.format("%Y-%m-%d %H:%M:%S"),
            self.zone.name(),
            relative(at - self.clock.now())
        )
    }

    /// Returns the clock time of an instant, for the lines of a log.
    pub(super) fn clock(&self, at: Timestamp) -> String {
        at.with_timezone(&self.zone.offset_at(at)).format("%Y-%m-%d %H:%M:%S%.3f").to_string()
    }
}

/// Returns how far away something is: `in 4 d`, `3 min ago`.
fn relative(delta: TimeDelta) -> String {
    let text = span(delta.abs());
    if delta.abs() < TimeDelta::seconds(2) {
        return "now".into();
    }
    if delta >= TimeDelta::zero() { format!("in {text}") } else { format!("{text} ago") }
}

/// Returns a span in the unit that suits it.
fn span(delta: TimeDelta) -> String {
    let seconds = delta.num_seconds();
    match seconds {
        0..100 => format!("{seconds} s"),
        100..6_000 => format!("{} min", (seconds + 30) / 60),
        6_000..172_800 => format!("{} h", (seconds + 1_800) / 3_600),
        _ => format!("{} d", (seconds + 43_200) / 86_400),
    }
}

/// Returns a duration as it is told: `340 ms`, `2.4 s`, `5 min`.
pub(super) fn lasted(ms: u64) -> String {
    match ms {
        0..1_000 => format!("{ms} ms"),
        1_000..100_000 => format!("{}.{} s", ms / 1_000, ms % 1_000 / 100),
        _ => span(TimeDelta::milliseconds(i64::try_from(ms).unwrap_or(i64::MAX))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Stopped(Timestamp);

    impl Clock for Stopped {
        fn now(&self) -> Timestamp {
            self.0
        }

        fn monotonic(&self) -> std::time::Duration {
            std::time::Duration::ZERO
        }
    }

    #[test]
    fn a_time_is_told_in_its_zone_and_from_now() {
        let at = |text: &str| text.parse::<Timestamp>().expect("an instant");
        let clock = Box::new(Stopped(at("2026-11-23T16:00:00Z")));
        let when = When { clock, zone: Zone::named("Europe/Berlin").expect("it is known") };
        assert_eq!(when.brief(at("2026-11-27T16:00:00Z")), "2026-11-27 17:00 · in 4 d");
        assert_eq!(when.whole(at("2026-11-23T15:57:00Z")), "2026-11-23 16:57:00 Europe/Berlin (3 min ago)");
        assert_eq!(relative(TimeDelta::milliseconds(-300)), "now");
        assert_eq!(relative(TimeDelta::seconds(-99)), "99 s ago");
        assert_eq!(relative(TimeDelta::hours(47)), "in 47 h");
        assert_eq!(
            (lasted(7), lasted(2_449), lasted(300_000)),
            ("7 ms".into(), "2.4 s".into(), "5 min".into())
        );
    }
}
