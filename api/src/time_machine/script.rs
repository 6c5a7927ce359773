//! What happens when: the nights a machine sleeps, restarts and clock steps, as one line of events cut into lives.

use chrono::{NaiveTime, TimeDelta, Timelike};
use dateline_core::schedule::{Frequency, Rules, Schedule, TimeConfig, Zone};
use dateline_core::time::Timestamp;

use super::{ClockStep, Restart, Scenario};

/// The hours in which a machine sleeps, every day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SleepHours {
    /// When it falls asleep.
    pub from: NaiveTime,
    /// When it wakes; over midnight when earlier.
    pub to: NaiveTime,
    /// Whose clocks count.
    pub zone: Zone,
}

/// Something that happens to the machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Event {
    /// It sleeps until then: the wall clock goes on, and nothing else.
    Sleep { at: Timestamp, until: Timestamp },
    /// Its wall clock is set.
    Step { at: Timestamp, by: TimeDelta },
}

impl Event {
    /// Returns when it happens, by the machine's own wall clock.
    pub(super) fn at(self) -> Timestamp {
        match self {
            Self::Sleep { at, .. } | Self::Step { at, .. } => at,
        }
    }
}

/// One run of the program: what happens in it, and when it ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Life {
    pub(super) events: Vec<Event>,
    pub(super) until: Timestamp,
    /// How long nothing runs afterwards.
    pub(super) down: TimeDelta,
}

/// Returns the lives of a scenario, at least one.
pub(super) fn lives(scenario: &Scenario) -> Vec<Life> {
    let is_played = |at: &Timestamp| (scenario.from..scenario.to).contains(at);
    let steps = scenario.steps.iter().filter(|step| is_played(&step.at));
    let mut events: Vec<Event> = steps.map(|ClockStep { at, by }| Event::Step { at: *at, by: *by }).collect();
    events.extend(scenario.sleep.iter().flat_map(|hours| nights(*hours, scenario.from, scenario.to)));
    events.sort_by_key(|event| event.at());
    let mut restarts: Vec<Restart> =
        scenario.restarts.iter().filter(|it| is_played(&it.at)).copied().collect();
    restarts.sort_by_key(|restart| restart.at);
    let mut lives = Vec::new();
    for Restart { at, down } in restarts {
        let rest = events.split_off(events.partition_point(|event| event.at() <= at));
        lives.push(Life { events: std::mem::replace(&mut events, rest), until: at, down });
    }
    lives.push(Life { events, until: scenario.to, down: TimeDelta::zero() });
    lives
}

/// Returns every sleep that begins in `[from, to)`, as the clocks of the zone have it.
fn nights(hours: SleepHours, from: Timestamp, to: Timestamp) -> Vec<Event> {
    let daily = |at: NaiveTime| {
        let time_config = TimeConfig {
            hour: Some(at.hour().into()),
            minute: Some(at.minute().into()),
            timezone: Some(hours.zone.name().to_owned()),
            ..TimeConfig::default()
        };
        Schedule { frequency: Frequency::Daily, time_config }.compile(&Rules::default())
    };
    let (Ok(falls), Ok(wakes)) = (daily(hours.from), daily(hours.to)) else { return Vec::new() };
    let before = from - TimeDelta::milliseconds(1);
    let starts = falls.occurrences_after(before).map_while(Result::ok).map(|it| it.due_at);
    let night = |at| Some(Event::Sleep { at, until: wakes.next_after(at).ok()??.due_at });
    starts.take_while(|at| *at < to).filter_map(night).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("an instant")
    }

    fn scenario(from: &str, to: &str) -> Scenario {
        let (from, to) = (at(from), at(to));
        Scenario {
            from,
            to,
            projects: Vec::new(),
            jobs: Vec::new(),
            sleep: None,
            restarts: Vec::new(),
            steps: Vec::new(),
        }
    }

    fn hours(from: &str, to: &str, zone: &str) -> SleepHours {
        let time = |text: &str| NaiveTime::parse_from_str(text, "%H:%M").expect("a time of day");
        SleepHours { from: time(from), to: time(to), zone: Zone::named(zone).expect("it is known") }
    }

    #[test]
    fn nights_follow_the_clocks_of_their_zone() {
        let nights = nights(
            hours("23:00", "07:00", "Europe/Berlin"),
            at("2027-03-27T00:00:00Z"),
            at("2027-03-29T00:00:00Z"),
        );
        let sleep = |from: &str, until: &str| Event::Sleep { at: at(from), until: at(until) };
        // The second one is an hour shorter: the clocks went forward in it.
        assert_eq!(
            nights,
            [
                sleep("2027-03-27T22:00:00Z", "2027-03-28T05:00:00Z"),
                sleep("2027-03-28T21:00:00Z", "2027-03-29T05:00:00Z"),
            ]
        );
        let noon = self::nights(
            hours("12:00", "13:30", "UTC"),
            at("2027-01-01T12:00:00Z"),
            at("2027-01-02T12:00:00Z"),
        );
        assert_eq!(noon, [sleep("2027-01-01T12:00:00Z", "2027-01-01T13:30:00Z")]);
    }

    #[test]
    fn a_restart_cuts_the_events_into_lives() {
        let mut scenario = scenario("2027-01-01T00:00:00Z", "2027-01-03T00:00:00Z");
        assert_eq!(lives(&scenario).len(), 1);
        let step = |text: &str| ClockStep { at: at(text), by: TimeDelta::hours(1) };
        scenario.steps =
            vec![step("2027-01-02T10:00:00Z"), step("2027-01-01T10:00:00Z"), step("2028-01-01T00:00:00Z")];
        let restart = |text: &str| Restart { at: at(text), down: TimeDelta::minutes(5) };
        scenario.restarts = vec![restart("2027-01-01T12:00:00Z"), restart("2026-01-01T00:00:00Z")];
        let lives = lives(&scenario);
        let ends: Vec<_> = lives.iter().map(|life| (life.events.len(), life.until, life.down)).collect();
        assert_eq!(
            ends,
            [
                (1, at("2027-01-01T12:00:00Z"), TimeDelta::minutes(5)),
                (1, at("2027-01-03T00:00:00Z"), TimeDelta::zero()),
            ]
        );
    }
}
