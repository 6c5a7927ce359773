//! The nightly backup: on time, again after a failure, made good after a night without the machine, and no more kept
//! than asked for.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use chrono::NaiveTime;
use dateline_actors::{BackupPlan, Settings};
use dateline_core::time::rfc3339;

use crate::world::{Life, Trouble, World};

const HOUR: Duration = Duration::from_secs(3600);

fn settings(folder: &Path, keep: usize) -> Settings {
    let at = NaiveTime::from_hms_opt(3, 30, 0).expect("a time of day");
    let plan = BackupPlan { folder: folder.to_owned(), at, timezone: "UTC".into(), keep };
    Settings { backups: Some(plan), ..Settings::default() }
}

/// Returns the names in `folder`, oldest first.
fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten();
    let mut names: Vec<_> =
        entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

fn nightly(day: &str) -> String {
    format!("dateline-nightly-202611{day}Z.redb")
}

/// Lets `time` pass, hour by hour: work that blocks is done in between.
async fn pass(time: Duration) {
    let mut left = time;
    while !left.is_zero() {
        let part = left.min(HOUR);
        tokio::time::sleep(part).await;
        left -= part;
    }
}

fn next_at(life: &Life<'_>) -> String {
    life.dateline.backup_status().next_at.map(rfc3339).unwrap_or_default()
}

fn folder() -> (tempfile::TempDir, PathBuf) {
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join("backups");
    (dir, path)
}

#[test]
fn a_backup_is_made_every_night_and_the_newest_are_kept() {
    let (_dir, folder) = folder();
    let world = World::with(settings(&folder, 3));
    world.life(async |life| {
        pass(Duration::from_secs(600)).await;
        assert_eq!(names(&folder).len(), 1, "the first is made soon after the first start");
        assert_eq!(next_at(life), "2026-11-24T03:30:00.000Z");
        fs::write(folder.join("dateline-20200101T000000000Z.redb"), "a person's").expect("written");
        for _ in 0..5 {
            pass(24 * HOUR).await;
        }
        let kept = names(&folder);
        assert_eq!(kept.len(), 4, "{kept:?}");
        assert_eq!(kept[0], "dateline-20200101T000000000Z.redb", "a person's backup stays");
        for (name, day) in kept[1..].iter().zip(["26T0330", "27T0330", "28T0330"]) {
            assert!(name.starts_with(&format!("dateline-nightly-202611{day}")), "{kept:?}");
        }
        let status = life.dateline.backup_status();
        assert_eq!((status.successes, status.failures), (6, 0));
    });
}

#[test]
fn a_missed_night_is_made_good_after_the_start_and_a_half_file_goes() {
    let (_dir, folder) = folder();
    fs::create_dir_all(&folder).expect("a folder");
    fs::write(folder.join(nightly("22T033000000")), "an earlier one").expect("written");
    let half = format!("{}.partial", nightly("23T033000000"));
    fs::write(folder.join(&half), "cut off").expect("written");
    World::with(settings(&folder, 7)).life(async |life| {
        pass(Duration::from_secs(240)).await;
        assert_eq!(names(&folder), [nightly("22T033000000")], "paced, and the half file is gone");
        pass(Duration::from_secs(120)).await;
        assert_eq!(names(&folder).len(), 2);
        assert_eq!(next_at(life), "2026-11-24T03:30:00.000Z");
    });
    // The next start finds a fresh one, and makes none.
    World::with(settings(&folder, 7)).life(async |life| {
        pass(Duration::from_secs(600)).await;
        assert_eq!(names(&folder).len(), 2);
        assert_eq!(next_at(life), "2026-11-24T03:30:00.000Z");
    });
}

#[test]
fn a_backup_that_fails_is_told_and_tried_again() {
    let (_dir, folder) = folder();
    let world = World::with(settings(&folder, 7));
    world.troubles.next("backup", [Trouble::Before, Trouble::Before]);
    world.life(async |life| {
        pass(Duration::from_secs(600)).await;
        let status = life.dateline.backup_status();
        assert_eq!((status.successes, status.failures), (0, 1));
        assert!(status.failed.is_some_and(|failed| failed.reason.contains("did not answer")));
        assert_eq!(names(&folder), Vec::<String>::new());
        pass(HOUR).await;
        assert_eq!(life.dateline.backup_status().failures, 2);
        pass(HOUR).await;
        let status = life.dateline.backup_status();
        assert_eq!((status.successes, status.failed), (1, None));
        assert_eq!(names(&folder).len(), 1);
    });
}

#[test]
fn a_machine_that_slept_through_the_night_makes_it_on_waking() {
    let (_dir, folder) = folder();
    let world = World::with(settings(&folder, 7));
    world.life(async |life| {
        pass(Duration::from_secs(600)).await;
        world.clock.set_forward(20 * HOUR);
        pass(Duration::from_secs(120)).await;
        assert_eq!(names(&folder).len(), 2);
        assert_eq!(next_at(life), "2026-11-25T03:30:00.000Z");
    });
}
