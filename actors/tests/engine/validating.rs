//! What people send and cannot be taken: every fault names its field.

use std::time::Duration;

use dateline_actors::request::{JobChange, NewJob, NewProject, ProjectChange, Told};
use dateline_actors::{RequestError, Settings};
use dateline_core::id::{JobId, ProjectId};
use dateline_core::platform::Platform;
use dateline_core::policy::Policy;
use dateline_core::publisher::{SiteKind, Target};
use dateline_core::schedule::{Frequency, Schedule, TimeConfig};
use dateline_core::source::Source;
use dateline_core::store::StoreError;

use crate::world::{Life, World, cron, every_minute, new_job, new_project, told};

/// Returns the fields a refusal names.
fn pointers<T>(result: Result<T, RequestError>) -> Vec<String> {
    match result {
        Err(RequestError::Invalid { faults }) => faults.into_iter().map(|fault| fault.pointer).collect(),
        Err(other) => panic!("not a fault of the request: {other}"),
        Ok(_) => Vec::new(),
    }
}

async fn check_project(life: &Life<'_>, expected: &[&str], change: impl FnOnce(&mut NewProject)) {
    let mut new = new_project("lantern", &[Platform::Devto, Platform::Mastodon]);
    change(&mut new);
    assert_eq!(pointers(life.dateline.create_project(new).await), expected);
}

async fn check_job(life: &Life<'_>, project: ProjectId, expected: &[&str], change: impl FnOnce(&mut NewJob)) {
    let mut new = new_job(project, every_minute(), Policy::default());
    change(&mut new);
    assert_eq!(pointers(life.dateline.create_job(new).await), expected);
}

fn git(path: &str, branch: Option<&str>) -> Source {
    Source::Git { path: path.to_owned(), branch: branch.map(str::to_owned) }
}

fn feed(path: &str, title: &str, site_url: &str) -> Option<Target> {
    let (path, title, site_url) = (path.to_owned(), title.to_owned(), site_url.to_owned());
    Some(Target::Feed { path, title, site_url })
}

#[test]
fn a_faulty_project_is_refused_with_the_fields_at_fault() {
    World::new().life(async |life| {
        life.world.source.commit("lantern", "feat: read tabs");
        check_project(life, &[], |_| {}).await;
        check_project(life, &["/name"], |new| new.name = " ".to_owned()).await;
        check_project(life, &["/name"], |new| new.name = "a\nb".to_owned()).await;
        check_project(life, &["/name"], |new| new.name = "x".repeat(121)).await;
        check_project(life, &["/source/path"], |new| new.source = git("src/lantern", None)).await;
        check_project(life, &["/source/path"], |new| new.source = git("/src/nowhere", None)).await;
        check_project(life, &["/source/branch"], |new| new.source = git("/src/lantern", Some(""))).await;
        check_project(life, &["/source/branch"], |new| new.source = git("/src/lantern", Some("gone"))).await;
        check_project(life, &["/timezone"], |new| new.timezone = "Europe/Berlyn".to_owned()).await;
        check_project(life, &["/platforms"], |new| new.platforms.clear()).await;
        check_project(life, &["/platforms/1/platform"], |new| new.platforms[1].platform = Platform::Devto)
            .await;
        check_project(life, &["/style/tags/0"], |new| new.style.tags = vec![String::new()]).await;
        check_project(life, &["/style/bots"], |new| new.style.bots = vec!["bot".to_owned(); 51]).await;
        check_project(life, &["/name", "/source/path", "/timezone", "/platforms"], |new| {
            new.name = String::new();
            new.source = git("lantern", None);
            new.timezone = String::new();
            new.platforms.clear();
        })
        .await;
    });
}

#[test]
fn a_faulty_platform_setting_is_refused_with_its_field() {
    World::new().life(async |life| {
        life.world.source.commit("lantern", "feat: read tabs");
        let chars = |index: usize, max| {
            move |new: &mut NewProject| new.platforms[index].settings.body_chars_max = Some(max)
        };
        let target =
            |index: usize, target| move |new: &mut NewProject| new.platforms[index].settings.target = target;
        let folder = |path: &str| Some(Target::Folder { path: path.to_owned(), site: SiteKind::Zola });
        check_project(life, &[], chars(1, 1_000)).await;
        check_project(life, &["/platforms/1/settings/bodyCharsMax"], chars(1, 99)).await;
        check_project(life, &["/platforms/0/settings/bodyCharsMax"], chars(0, 1_000)).await;
        check_project(life, &[], target(0, folder("/site/content"))).await;
        check_project(life, &["/platforms/1/settings/target"], target(1, folder("/site/content"))).await;
        check_project(life, &["/platforms/0/settings/target/path"], target(0, folder("site"))).await;
        let url = "https://example.org";
        check_project(life, &[], target(0, feed("/site/feed.xml", "Lantern", url))).await;
        let cases = [
            ("/platforms/0/settings/target/path", feed("feed.xml", "Lantern", url)),
            ("/platforms/0/settings/target/title", feed("/site/feed.xml", "", url)),
            ("/platforms/0/settings/target/siteUrl", feed("/site/feed.xml", "Lantern", "ftp://example.org")),
            ("/platforms/0/settings/target/siteUrl", feed("/site/feed.xml", "Lantern", "https://")),
            ("/platforms/0/settings/target/siteUrl", feed("/site/feed.xml", "Lantern", "https://a b")),
        ];
        for (pointer, wrong) in cases {
            check_project(life, &[pointer], target(0, wrong)).await;
        }
    });
}

#[test]
fn paths_into_the_data_folder_are_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let settings = Settings { private_folder: folder.path().to_owned(), ..Settings::default() };
    let inside = folder.path().join("deeper/site");
    let inside = inside.to_str().expect("a path").to_owned();
    World::with(settings).life(async |life| {
        life.world.source.commit("lantern", "feat: read tabs");
        check_project(life, &["/source/path"], |new| new.source = git(&inside, None)).await;
        let target = Some(Target::Folder { path: inside.clone(), site: SiteKind::Hugo });
        let pointer = "/platforms/0/settings/target/path";
        check_project(life, &[pointer], |new| new.platforms[0].settings.target = target).await;
        let around = format!("{inside}/../../deeper/feed.xml");
        let target = feed(&around, "Lantern", "https://example.org");
        check_project(life, &[pointer], |new| new.platforms[0].settings.target = target).await;
    });
}

#[test]
fn a_faulty_job_is_refused_with_the_fields_at_fault() {
    World::new().life(async |life| {
        let id = life.project("lantern", &[Platform::Devto]).await.id;
        check_job(life, id, &[], |_| {}).await;
        check_job(life, id, &["/name"], |new| new.name = String::new()).await;
        check_job(life, id, &["/payload/platforms"], |new| new.payload = told(&[])).await;
        check_job(life, id, &["/payload/platforms/0"], |new| new.payload = told(&[Platform::Email])).await;
        let twice = told(&[Platform::Devto, Platform::Devto]);
        check_job(life, id, &["/payload/platforms/1"], |new| new.payload = twice).await;
        check_job(life, id, &["/projectId"], |new| new.project = None).await;
        let strange = Told::from_iter([("url".to_owned(), "x".into())]);
        check_job(life, id, &["/name", "/payload/url"], |new| {
            (new.name, new.payload) = (String::new(), strange);
        })
        .await;
        let retry = "/policy/retry/attemptsMax";
        check_job(life, id, &[retry], |new| new.policy.retry.attempts_max = 0).await;
        check_job(life, id, &[retry], |new| new.policy.retry.attempts_max = 21).await;
        let (base, cap) = ("/policy/retry/baseMs", "/policy/retry/capMs");
        check_job(life, id, &[base], |new| new.policy.retry.base = Duration::ZERO).await;
        check_job(life, id, &[cap], |new| new.policy.retry.cap = Duration::from_secs(1)).await;
        let day = Duration::from_secs(86_400);
        check_job(life, id, &["/policy/latenessWindowMs"], |new| new.policy.lateness_window = day * 400)
            .await;
        let timeouts = ["/policy/timeouts/startMs", "/policy/timeouts/runMs", "/policy/timeouts/stepMs"];
        check_job(life, id, &timeouts, |new| {
            new.policy.timeouts.start = day * 31;
            new.policy.timeouts.run = Duration::ZERO;
            new.policy.timeouts.step = day * 2;
        })
        .await;
    });
}

#[test]
fn a_faulty_schedule_is_refused_with_the_fields_at_fault() {
    World::new().life(async |life| {
        let id = life.project("lantern", &[Platform::Devto]).await.id;
        let pattern = "/timeConfig/cronExpression";
        for wrong in ["", "* * * *", "61 * * * *", ", * * * *", "0 0 30 2 *"] {
            check_job(life, id, &[pattern], |new| new.schedule = cron(wrong)).await;
        }
        let often = cron("*/10 * * * * *");
        check_job(life, id, &[pattern], |new| new.schedule = often).await;
        let time_config = TimeConfig { hour: Some(24), minute: Some(60), ..TimeConfig::default() };
        let daily = Schedule { frequency: Frequency::Daily, time_config };
        let fields = ["/timeConfig/hour", "/timeConfig/minute", "/timeConfig/timezone"];
        let mut found = pointers(life.dateline.create_job(new_job(id, daily, Policy::default())).await);
        found.sort();
        assert_eq!(found, fields);
    });
}

#[test]
fn a_change_is_checked_as_a_whole_and_changes_nothing_when_refused() {
    World::new().life(async |life| {
        let project = life.project("lantern", &[Platform::Devto]).await;
        let job = life.job(project.id, every_minute(), Policy::default()).await.job;
        let change = JobChange { name: Some(String::new()), is_enabled: Some(false), ..JobChange::default() };
        assert_eq!(pointers(life.dateline.change_job(job.id, change).await), ["/name"]);
        assert_eq!(life.view(job.id).await.job, job);
        let change = ProjectChange { timezone: Some("Mars/Olympus".to_owned()), ..ProjectChange::default() };
        assert_eq!(pointers(life.dateline.change_project(project.id, change).await), ["/timezone"]);
        assert_eq!(life.dateline.project(project.id).await.expect("a project"), project);
    });
}

#[test]
fn what_is_not_there_is_not_found() {
    World::new().life(async |life| {
        let nobody = new_job(ProjectId::from_bits(1), every_minute(), Policy::default());
        let job = JobId::from_bits(1);
        let refusals = [
            life.dateline.create_job(nobody).await.expect_err("no such project"),
            life.dateline.change_job(job, JobChange::default()).await.expect_err("no such job"),
            life.dateline.trigger(job, None).await.expect_err("no such job"),
            life.dateline.cancel_job(job).await.expect_err("no such job"),
        ];
        for refused in refusals {
            assert!(matches!(refused, RequestError::Store(StoreError::NotFound(_))), "{refused}");
        }
    });
}
