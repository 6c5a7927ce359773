//! What becomes of occurrences that nobody served in time.

use std::time::Duration;

use dateline_core::execution::{Due, MissReason, Outcome, SkipReason};
use dateline_core::id::JobId;
use dateline_core::platform::Platform;
use dateline_core::policy::{MisfirePolicy, Policy};
use dateline_core::schedule::Schedule;

use crate::world::{Life, Mood, World, at, cron, every_minute, outcome};

const HOUR: Duration = Duration::from_secs(3600);
const COALESCED: Option<Outcome> = Some(Outcome::Missed(MissReason::Coalesced));
const COMPLETED: Option<Outcome> = Some(Outcome::Completed);

fn hourly() -> Schedule {
    cron("0 * * * *")
}

fn skip() -> Policy {
    Policy { misfire: MisfirePolicy::Skip, ..Policy::default() }
}

/// Creates a job, lets its first occurrence run and adds something to tell.
async fn first_run(life: &Life<'_>, schedule: Schedule, policy: Policy) -> JobId {
    let project = life.project("lantern", &[Platform::Mastodon]).await;
    let job = life.job(project.id, schedule, policy).await.job.id;
    life.all_ended(job, 1).await;
    life.world.source.commit("lantern", "fix: keep blank lines");
    job
}

#[test]
fn after_downtime_the_newest_runs_late_and_the_older_are_coalesced() {
    let world = World::new();
    let job = world.life(async |life| first_run(life, hourly(), Policy::default()).await);
    world.clock.pass(HOUR * 5 + Duration::from_secs(1800));
    world.life(async |life| {
        life.all_ended(job, 6).await;
        let missed = [COALESCED; 4];
        let expected: Vec<_> = [COMPLETED].into_iter().chain(missed).chain([COMPLETED]).collect();
        assert_eq!(life.outcomes(job).await, expected);
        let newest = life.executions(job).await.pop().expect("records");
        assert_eq!(newest.due.expect("an occurrence").key(), at("2026-11-23T14:00:00Z"));
    });
}

#[test]
fn what_was_missed_while_down_is_recorded_within_five_seconds() {
    let world = World::new();
    let job = world.life(async |life| first_run(life, hourly(), Policy::default()).await);
    world.clock.pass(HOUR * 50);
    world.life(async |life| {
        life.pass(Duration::from_secs(5)).await;
        assert_eq!(life.executions(job).await.len(), 51);
    });
}

#[test]
fn a_skipping_job_records_what_it_missed_and_runs_nothing_late() {
    let world = World::new();
    let job = world.life(async |life| first_run(life, hourly(), skip()).await);
    world.clock.pass(HOUR * 3 + Duration::from_secs(1800));
    world.life(async |life| {
        life.all_ended(job, 4).await;
        let down = Some(Outcome::Missed(MissReason::Down));
        assert_eq!(life.outcomes(job).await, [COMPLETED, down, down, down]);
        life.all_ended(job, 5).await;
        assert_eq!(life.outcomes(job).await.pop(), Some(COMPLETED), "the next one is punctual");
    });
}

#[test]
fn what_is_later_than_the_window_allows_does_not_run() {
    let world = World::new();
    let policy = Policy { lateness_window: Duration::from_secs(600), ..Policy::default() };
    let job = world.life(async |life| first_run(life, hourly(), policy).await);
    world.clock.pass(HOUR * 2 + Duration::from_secs(1800));
    world.life(async |life| {
        let ended = life.all_ended(job, 3).await;
        assert_eq!(outcome(&ended[1]), Some(Outcome::Missed(MissReason::Down)));
        assert_eq!(outcome(&ended[2]), Some(Outcome::Missed(MissReason::TooLate)));
    });
}

#[test]
fn a_long_gap_is_a_hundred_records_and_a_range() {
    let world = World::new();
    let job = world.life(async |life| first_run(life, every_minute(), Policy::default()).await);
    world.clock.pass(HOUR * 5);
    world.life(async |life| {
        let ended = life.all_ended(job, 103).await;
        let range = ended.iter().find_map(|one| match &one.due {
            Some(Due::Range { first_due_at, last_due_at, count, .. }) => {
                Some((*first_due_at, *last_due_at, *count))
            }
            _ => None,
        });
        let (first, last, count) = range.expect("a range");
        assert_eq!(first, at("2026-11-23T09:01:00Z"));
        assert_eq!(last, at("2026-11-23T12:19:00Z"));
        assert_eq!(count, 199);
        let singles = ended.iter().filter(|one| outcome(one) == COALESCED).count();
        assert_eq!(singles, 101, "a hundred and the range");
        assert_eq!(life.view(job).await.clock.recorded_through, at("2026-11-23T14:00:00Z"));
    });
}

#[test]
fn a_gap_of_many_turns_leaves_no_occurrence_without_a_record() {
    let world = World::new();
    let job = world.life(async |life| first_run(life, every_minute(), Policy::default()).await);
    let minutes = 250_000_u32;
    world.clock.pass(Duration::from_secs(60) * minutes);
    world.life(async |life| {
        let look = async || {
            let view = life.view(job).await;
            (life.dateline.now() - view.clock.recorded_through < chrono::Duration::seconds(61)).then_some(())
        };
        life.until("everything is recorded", look).await;
        let stood_for = |due: &Due| match due {
            Due::Once(_) => 1,
            Due::Range { count, .. } => *count,
        };
        let executions = life.executions(job).await;
        let total: u64 = executions.iter().filter_map(|one| one.due.as_ref()).map(stood_for).sum();
        assert_eq!(total, u64::from(minutes) + 1);
    });
}

#[test]
fn a_clock_set_back_two_hours_repeats_nothing() {
    World::new().life(async |life| {
        let job = first_run(life, hourly(), Policy::default()).await;
        life.world.clock.set_back(HOUR * 2);
        life.pass(HOUR * 2 + Duration::from_secs(1800)).await;
        assert_eq!(life.outcomes(job).await, [COMPLETED], "seven, eight and nine have been");
        life.pass(Duration::from_secs(1800)).await;
        let ended = life.all_ended(job, 2).await;
        assert_eq!(ended[1].due.as_ref().expect("an occurrence").key(), at("2026-11-23T10:00:00Z"));
    });
}

#[test]
fn a_clock_set_back_lets_queued_work_go_on() {
    World::new().life(async |life| {
        let job = first_run(life, hourly(), Policy::default()).await;
        life.world.clock.set_back(HOUR * 2);
        let id = life.dateline.trigger(job, None).await.expect("an execution").id;
        assert_eq!(outcome(&life.ended(id).await), COMPLETED);
    });
}

#[test]
fn a_clock_set_forward_eight_hours_runs_one_and_records_the_rest() {
    World::new().life(async |life| {
        let job = first_run(life, hourly(), Policy::default()).await;
        life.world.clock.set_forward(HOUR * 8);
        life.all_ended(job, 9).await;
        let expected: Vec<_> = [COMPLETED].into_iter().chain([COALESCED; 7]).chain([COMPLETED]).collect();
        // The newest was due in the second of the jump or less than a minute before it: it counts as punctual.
        assert_eq!(life.outcomes(job).await, expected);
    });
}

#[test]
fn a_clock_set_either_way_takes_no_work_from_its_worker() {
    let world = World::new();
    world.source.next_scans("lantern", [Mood::Slow(Duration::from_secs(120))]);
    world.life(async |life| {
        let (_, id) = life.started(&[Platform::Mastodon], Policy::default()).await;
        life.world.source.scanned("lantern", 1).await;
        life.world.clock.set_forward(HOUR * 8);
        life.pass(Duration::from_secs(40)).await;
        life.world.clock.set_back(HOUR * 9);
        let ended = life.ended(id).await;
        assert_eq!((outcome(&ended), ended.attempts.len(), ended.rescues), (COMPLETED, 1, 0));
    });
}

#[test]
fn what_a_sleeping_machine_missed_says_so() {
    World::new().life(async |life| {
        let job = first_run(life, cron("30 * * * *"), skip()).await;
        life.world.clock.set_forward(HOUR * 3 + Duration::from_secs(600));
        life.all_ended(job, 4).await;
        let asleep = Some(Outcome::Missed(MissReason::Asleep));
        assert_eq!(life.outcomes(job).await, [COMPLETED, asleep, asleep, asleep]);
    });
}

#[test]
fn late_starts_follow_one_another() {
    let world = World::new();
    let jobs = world.life(async |life| {
        let mut jobs = Vec::new();
        for name in ["ada", "bela", "cora", "dana"] {
            let project = life.project(name, &[Platform::Mastodon]).await;
            jobs.push(life.job(project.id, hourly(), Policy::default()).await.job.id);
        }
        jobs
    });
    world.clock.pass(HOUR + Duration::from_secs(1800));
    world.life(async |life| {
        let mut starts = Vec::new();
        for job in jobs {
            let newest = life.all_ended(job, 2).await.pop().expect("a late run");
            starts.push(newest.started_at.expect("it ran"));
        }
        starts.sort();
        for pair in starts.windows(2) {
            let apart = pair[1] - pair[0];
            assert!(apart >= chrono::Duration::milliseconds(900), "{apart}");
        }
    });
}

#[test]
fn an_edit_of_the_schedule_records_what_was_due_before_and_looks_forward() {
    World::new().life(async |life| {
        let job = first_run(life, hourly(), Policy::default()).await;
        let change = dateline_actors::request::JobChange {
            schedule: Some(cron("*/30 * * * *")),
            ..Default::default()
        };
        let view = life.dateline.change_job(job, change).await.expect("changed");
        assert_eq!(view.clock.recorded_through, life.dateline.now());
        let ended = life.all_ended(job, 2).await;
        assert_eq!(ended[1].due.as_ref().expect("an occurrence").key(), at("2026-11-23T09:30:00Z"));
        assert_eq!(outcome(&ended[1]), COMPLETED);
        let none = life.all_ended(job, 3).await.pop().expect("a record");
        assert_eq!(outcome(&none), Some(Outcome::Skipped(SkipReason::NoActivity)));
    });
}
