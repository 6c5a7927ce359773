//! Schedules that say more than a time: exclusions, intervals, single instants, a number of runs.

use std::time::Duration;

use dateline_actors::request::{JobChange, OccurrenceState};
use dateline_core::execution::{Due, ExecutionStatus, MissReason, Outcome, SkipReason};
use dateline_core::id::JobId;
use dateline_core::job::NextDue;
use dateline_core::platform::Platform;
use dateline_core::policy::Policy;
use dateline_core::schedule::{ExclusionKind, Exclusions, Frequency, Schedule, TimeConfig};
use dateline_core::store::PageRequest;

use crate::world::{Life, World, at, cron, outcome};

const HOUR: Duration = Duration::from_secs(3600);
const COMPLETED: Option<Outcome> = Some(Outcome::Completed);
const QUIET: Option<Outcome> = Some(Outcome::Skipped(SkipReason::NoActivity));
const EXCLUDED: Option<Outcome> = Some(Outcome::Skipped(SkipReason::Excluded));

async fn a_job(life: &Life<'_>, schedule: Schedule) -> JobId {
    let project = life.project("lantern", &[Platform::Mastodon]).await;
    life.job(project.id, schedule, Policy::default()).await.job.id
}

/// Returns an hourly schedule that rests from 10:00 to 12:00.
fn resting() -> Schedule {
    let mut schedule = cron("0 * * * *");
    let hours = Some(vec!["10:00-12:00".to_owned()]);
    schedule.time_config.exclusions = Some(Exclusions { hours, ..Exclusions::default() });
    schedule
}

fn interval(minutes: i64, anchor: &str) -> Schedule {
    let time_config = TimeConfig {
        every_ms: Some(minutes * 60_000),
        anchor_at: Some(at(anchor)),
        timezone: Some("UTC".to_owned()),
        ..TimeConfig::default()
    };
    Schedule { frequency: Frequency::Interval, time_config }
}

async fn dues(life: &Life<'_>, job: JobId) -> Vec<String> {
    let due = |due: &Due| due.key().format("%H:%M").to_string();
    life.executions(job).await.iter().filter_map(|one| one.due.as_ref()).map(due).collect()
}

#[test]
fn what_is_excluded_is_recorded_with_its_rule() {
    World::new().life(async |life| {
        let job = a_job(life, resting()).await;
        life.all_ended(job, 1).await;
        life.pass(HOUR / 2).await;
        assert_eq!(life.dateline.next_run_at(&life.view(job).await), Some(at("2026-11-23T12:00:00Z")));
        let page = PageRequest { limit: 50, after: None };
        let to = Some(at("2026-11-23T13:00:00Z"));
        let coming = life.dateline.occurrences(job, Some(at("2026-11-23T09:30:00Z")), to, page.clone()).await;
        let coming = coming.expect("occurrences").items;
        let told: Vec<_> = coming.iter().map(|one| (one.state, one.outcome)).collect();
        let planned = OccurrenceState::Planned;
        assert_eq!(told, [(planned, EXCLUDED), (planned, EXCLUDED), (planned, None)]);
        life.pass(HOUR).await;
        life.all_ended(job, 4).await;
        assert_eq!(life.outcomes(job).await, [COMPLETED, EXCLUDED, EXCLUDED, QUIET]);
        let listed = life.dateline.occurrences(job, None, to, page).await.expect("occurrences").items;
        let newest = &listed[1];
        assert_eq!(newest.state, OccurrenceState::Recorded(ExecutionStatus::Skipped));
        assert_eq!(newest.reason.as_deref(), Some("Nothing runs from 10:00 to 12:00."));
        let Due::Once(occurrence) = &newest.due else { panic!("{newest:?}") };
        let by = occurrence.excluded.as_ref().expect("a rule");
        assert_eq!((by.kind, by.rule.as_str()), (ExclusionKind::Hours, "10:00-12:00"));
    });
}

#[test]
fn after_downtime_what_was_excluded_is_not_made_up_for() {
    let world = World::new();
    let job = world.life(async |life| {
        let job = a_job(life, resting()).await;
        life.all_ended(job, 1).await;
        job
    });
    world.source.commit("lantern", "fix: keep blank lines");
    world.clock.pass(HOUR * 2 + HOUR / 2);
    world.life(async |life| {
        life.pass(HOUR / 60).await;
        assert_eq!(life.outcomes(job).await, [COMPLETED, EXCLUDED, EXCLUDED], "neither was missed");
    });
    world.clock.pass(HOUR * 24 * 10);
    world.life(async |life| {
        life.pass(HOUR / 60).await;
        let executions = life.executions(job).await;
        let ranges = executions.iter().filter_map(|one| match &one.due {
            Some(Due::Range { count, excluded, .. }) => Some((*count, *excluded, outcome(one))),
            _ => None,
        });
        let ranges: Vec<_> = ranges.collect();
        let missed = Some(Outcome::Missed(MissReason::Coalesced));
        assert_eq!(ranges.len(), 2, "{ranges:?}");
        assert!(ranges.iter().any(|(_, by, how)| *by == Some(ExclusionKind::Hours) && *how == EXCLUDED));
        assert!(ranges.iter().any(|(_, by, how)| by.is_none() && *how == missed));
        let total: u64 = executions
            .iter()
            .filter_map(|one| one.due.as_ref())
            .map(|due| match due {
                Due::Once(_) => 1,
                Due::Range { count, .. } => *count,
            })
            .sum();
        let last = life.view(job).await.clock.recorded_through;
        assert_eq!(i64::try_from(total).ok(), Some((last - at("2026-11-23T08:00:00Z")).num_hours()));
    });
}

#[test]
fn an_interval_keeps_its_anchor_over_restarts() {
    let world = World::new();
    let job = world.life(async |life| {
        let job = a_job(life, interval(90, "2026-11-23T08:00:00Z")).await;
        life.all_ended(job, 1).await;
        life.pass(HOUR / 4).await;
        job
    });
    // 9:30 has run; eleven and half past twelve are missed while nothing runs.
    world.clock.pass(HOUR * 3 + HOUR / 10);
    world.life(async |life| {
        life.all_ended(job, 4).await;
        assert_eq!(dues(life, job).await, ["09:30", "11:00", "12:30", "14:00"]);
    });
}

#[test]
fn instants_run_once_each_and_nothing_follows() {
    let world = World::new();
    let job = world.life(async |life| {
        let instants = ["2026-11-23T08:00:00Z", "2026-11-23T10:00:00Z", "2026-11-23T09:15:00Z"];
        let time_config = TimeConfig {
            instants: Some(instants.map(at).to_vec()),
            timezone: Some("UTC".to_owned()),
            ..TimeConfig::default()
        };
        let job = a_job(life, Schedule { frequency: Frequency::Once, time_config }).await;
        life.all_ended(job, 2).await;
        assert_eq!(dues(life, job).await, ["09:15", "10:00"], "what lies before is no occurrence");
        assert_eq!(life.view(job).await.clock.next, NextDue::Ended);
        job
    });
    world.clock.set_back(HOUR * 2);
    world.life(async |life| {
        life.pass(HOUR * 3).await;
        assert_eq!(dues(life, job).await.len(), 2, "a clock set back repeats none");
    });
}

#[test]
fn a_schedule_stops_after_its_runs_also_over_a_restart() {
    let world = World::new();
    let thrice = || {
        let mut schedule = cron("0 * * * *");
        schedule.time_config.runs_max = Some(3);
        schedule
    };
    let job = world.life(async |life| {
        let job = a_job(life, thrice()).await;
        life.all_ended(job, 1).await;
        let by_hand = life.dateline.trigger(job, None).await.expect("an execution").id;
        life.ended(by_hand).await;
        let view = life.view(job).await;
        assert_eq!(view.job.schedule.runs_left(view.clock.runs), Some(2), "a run by hand is none of them");
        let page = PageRequest { limit: 50, after: None };
        let coming = life.dateline.occurrences(job, None, Some(at("2026-11-24T09:00:00Z")), page).await;
        let coming = coming.expect("occurrences").items;
        let planned = coming.iter().filter(|one| one.state == OccurrenceState::Planned).count();
        assert_eq!(planned, 2, "the schedule ends with them");
        job
    });
    world.clock.pass(HOUR * 3 + HOUR / 2);
    world.life(async |life| {
        // 10:00, 11:00 and 12:00 were missed: the newest runs and is the second; 13:00 is the last.
        life.all_ended(job, 6).await;
        life.pass(HOUR * 3).await;
        assert_eq!(dues(life, job).await, ["09:00", "10:00", "11:00", "12:00", "13:00"]);
        let view = life.view(job).await;
        assert_eq!((view.clock.runs, &view.clock.next), (3, &NextDue::Ended));
        life.dateline.toggle_job(job, Some(false)).await.expect("disabled");
        let view = life.dateline.toggle_job(job, Some(true)).await.expect("enabled");
        assert_eq!(view.clock.next, NextDue::Ended, "off and on is no new beginning");
        let mut schedule = thrice();
        schedule.time_config.runs_max = Some(1);
        let change = JobChange { schedule: Some(schedule), ..JobChange::default() };
        let view = life.dateline.change_job(job, change).await.expect("changed");
        assert!(matches!(view.clock.next, NextDue::At(_)), "another schedule counts anew");
        life.all_ended(job, 7).await;
        life.pass(HOUR * 2).await;
        assert_eq!(dues(life, job).await.len(), 6);
    });
}

#[test]
fn what_overlaps_is_no_run_of_a_schedule_that_counts_them() {
    let world = World::new();
    world.source.next_scans("lantern", [crate::world::Mood::Slow(HOUR * 2 + HOUR / 2)]);
    world.life(async |life| {
        let project = life.project("lantern", &[Platform::Mastodon]).await;
        let mut schedule = cron("0 * * * *");
        schedule.time_config.runs_max = Some(2);
        let job = life.job(project.id, schedule, crate::world::patient()).await.job.id;
        life.pass(HOUR * 2).await;
        life.all_ended(job, 4).await;
        life.pass(HOUR * 2).await;
        let overlap = Some(Outcome::Skipped(SkipReason::Overlap));
        assert_eq!(life.outcomes(job).await, [COMPLETED, overlap, overlap, QUIET]);
    });
}

#[test]
fn a_preview_notes_what_is_excluded_and_ends_with_the_last_run() {
    World::new().life(async |life| {
        let mut schedule = resting();
        schedule.time_config.runs_max = Some(2);
        let preview = life.dateline.preview(&schedule, None, 10).await.expect("a preview");
        let told: Vec<_> = preview
            .occurrences
            .iter()
            .map(|one| (one.due_at.format("%H").to_string(), one.remarks().is_some()))
            .collect();
        let expected = [("09", false), ("10", true), ("11", true), ("12", false)];
        assert_eq!(told, expected.map(|(hour, noted)| (hour.to_owned(), noted)));
    });
}
