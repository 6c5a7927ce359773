//! A full disk turns writes away and loses nothing; once there is space again, writes go on by themselves.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use dateline_tests::client::{Answer, Client};
use dateline_tests::history;
use dateline_tests::scene::{SELDOM, job, project, text};
use dateline_tests::server::Server;
use dateline_tests::waiting::until;

/// A small disk of its own, unmounted with the value.
struct SmallDisk(PathBuf);

impl SmallDisk {
    /// Returns a disk of 8 MiB at `place`, or `None` where mounting is not permitted.
    fn mount(place: &Path) -> Option<Self> {
        std::fs::create_dir(place).expect("a folder is made");
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", "size=8m", "tmpfs"]).arg(place);
        let mounted = mount.output().is_ok_and(|output| output.status.success());
        mounted.then(|| Self(place.to_owned()))
    }

    /// Takes all the space that is left.
    fn fill(&self) {
        let mut file = std::fs::File::options()
            .create(true)
            .append(true)
            .open(self.0.join("ballast"))
            .expect("the ballast is opened");
        for size in [1 << 16, 1 << 10, 1] {
            let chunk = vec![0; size];
            while file.write_all(&chunk).is_ok() {}
        }
    }

    fn free(&self) {
        std::fs::remove_file(self.0.join("ballast")).expect("the ballast goes");
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("--lazy").arg(&self.0).status();
    }
}

fn create(client: &Client, project: &str, number: usize) -> Answer {
    let mut body = job(project, SELDOM);
    // Long payloads reach the end of the store file's spare room sooner.
    body["name"] = format!("{number} {}", "x".repeat(110)).into();
    client.post("/api/cron/schedule", &body)
}

/// Creates jobs until one is refused, and returns the refusal.
fn create_until_refused(client: &Client, project: &str, acknowledged: &mut Vec<String>) -> Answer {
    for number in 0..20_000 {
        let answer = create(client, project, number);
        if answer.status != 201 {
            return answer;
        }
        acknowledged.push(text(&answer.json()["id"]));
    }
    panic!("the disk is full and 20,000 writes were acknowledged");
}

#[test]
fn writes_are_turned_away_and_return_by_themselves() {
    with_a_small_disk(|disk| turned_away(disk, &disk.0));
}

#[test]
fn a_log_on_the_same_full_disk_does_no_further_harm() {
    // The harness keeps the log beside the data folder: here that is on the small disk too.
    with_a_small_disk(|disk| turned_away(disk, &disk.0.join("data")));
}

fn with_a_small_disk(check: impl FnOnce(&SmallDisk)) {
    let folder = tempfile::tempdir().expect("a folder is made");
    match SmallDisk::mount(&folder.path().join("disk")) {
        Some(disk) => check(&disk),
        None => eprintln!("skipped: mounting a small disk is not permitted here"),
    }
}

fn turned_away(disk: &SmallDisk, data: &Path) {
    let mut server = Server::start(data);
    let repository = history::sentences();
    let client = server.client();
    let home = text(&client.post("/api/projects", &project(repository.path(), &["DEVTO"])).expect(201)["id"]);
    let mut acknowledged = Vec::new();
    for round in 0..3 {
        disk.fill();
        let refused = create_until_refused(&client, &home, &mut acknowledged);
        assert!([503, 507].contains(&refused.status), "round {round}: {refused:?}");
        refused.problem(refused.status);
        assert_eq!(client.get("/api/projects").status, 200, "reads go on");
        until(Duration::from_secs(10), "readiness to say that writing fails", || {
            let answer = create(&client, &home, 0);
            acknowledged.extend((answer.status == 201).then(|| text(&answer.json()["id"])));
            (client.get("/readyz").status == 503).then_some(())
        });
        assert_eq!(client.get("/healthz").status, 200, "it lives");
        disk.free();
        let id = until(Duration::from_secs(10), "writes to return", || {
            let answer = create(&client, &home, round);
            (answer.status == 201).then(|| text(&answer.json()["id"]))
        });
        acknowledged.push(id);
        until(Duration::from_secs(10), "readiness to return", || {
            (client.get("/readyz").status == 200).then_some(())
        });
    }
    server.restart();
    let client = server.client();
    let there: Vec<String> =
        client.all("/api/cron/schedules", 100).iter().map(|job| text(&job["id"])).collect();
    let lost: Vec<&String> = acknowledged.iter().filter(|id| !there.contains(id)).collect();
    assert!(lost.is_empty(), "{} acknowledged jobs are gone", lost.len());
}
