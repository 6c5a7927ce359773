//! Whose turn it is, and how many run at once.

use std::collections::{BTreeMap, BTreeSet};

use dateline_core::id::ProjectId;
use dateline_core::project::Project;
use dateline_core::store::{ClaimRequest, Claimed, SecretChanges, Store};

use super::samples::{claim, clock, done, job, job_with_priority, manual, project};

const MINUTE: i64 = 60;

/// Stores projects 1 to `projects`, each with a job of its number.
async fn set_up(store: &dyn Store, projects: u128, executions_max: u32) {
    for n in 1..=projects {
        let project = Project { executions_max, ..project(n) };
        store.create_project(project, SecretChanges::default()).await.expect("a project is stored");
        store.create_job(job(n, n), clock(0, 10)).await.expect("a job is stored");
    }
}

async fn trigger(store: &dyn Store, id: u128, job: u128, now: i64) {
    store.create_execution(manual(id, job, now)).await.expect("an execution is stored");
}

async fn given(store: &dyn Store, request: ClaimRequest) -> Vec<Claimed> {
    store.claim(request).await.expect("an answer")
}

fn ids(claimed: &[Claimed]) -> Vec<u128> {
    claimed.iter().map(|work| work.execution.id.bits()).collect()
}

async fn let_run(store: &dyn Store, n: u128, executions_max: u32) {
    let stored = store.project(ProjectId::from_bits(n)).await.expect("it is there");
    let changed = Project { executions_max, ..stored };
    store.replace_project(changed, SecretChanges::default()).await.expect("it is replaced");
}

pub(super) async fn a_project_runs_as_many_as_it_lets(store: &dyn Store) {
    set_up(store, 1, 3).await;
    for id in 1..=5 {
        trigger(store, id, 1, 0).await;
    }
    let first = given(store, claim(7, 2, 1)).await;
    assert_eq!(ids(&first), [1, 2]);
    let third = given(store, claim(7, 9, 1)).await;
    assert_eq!(ids(&third), [3], "the lane has room for one more");
    assert!(given(store, claim(7, 9, 2)).await.is_empty());
    store.finish(done(first[1].lease, 3)).await.expect("the lease holds");
    assert_eq!(ids(&given(store, claim(7, 9, 3)).await), [4]);
    store.finish(done(first[0].lease, 4)).await.expect("the lease holds");
    store.finish(done(third[0].lease, 4)).await.expect("the lease holds");
    assert_eq!(ids(&given(store, claim(7, 9, 5)).await), [5]);
}

pub(super) async fn a_limit_that_changes_counts_at_once(store: &dyn Store) {
    set_up(store, 1, 1).await;
    for id in 1..=4 {
        trigger(store, id, 1, 0).await;
    }
    let first = given(store, claim(7, 9, 1)).await;
    assert_eq!(ids(&first), [1]);
    let_run(store, 1, 2).await;
    let second = given(store, claim(7, 9, 1)).await;
    assert_eq!(ids(&second), [2]);
    let_run(store, 1, 1).await;
    store.finish(done(first[0].lease, 2)).await.expect("the lease holds");
    assert!(given(store, claim(7, 9, 2)).await.is_empty(), "the other one runs on, and is enough");
    store.finish(done(second[0].lease, 3)).await.expect("the lease holds");
    assert_eq!(ids(&given(store, claim(7, 9, 3)).await), [3]);
}

pub(super) async fn no_more_projects_run_than_may(store: &dyn Store) {
    set_up(store, 4, 2).await;
    for id in 1..=8 {
        trigger(store, id, (id - 1) / 2 + 1, 0).await;
    }
    let few = |now| ClaimRequest { projects_max: 2, ..claim(7, 9, now) };
    let first = given(store, few(1)).await;
    assert_eq!(ids(&first), [1, 3, 2, 4], "two projects, and both executions of each");
    store.finish(done(first[0].lease, 2)).await.expect("the lease holds");
    assert!(given(store, few(2)).await.is_empty(), "the first project still runs one");
    store.finish(done(first[2].lease, 2)).await.expect("the lease holds");
    assert_eq!(ids(&given(store, few(2)).await), [5, 6]);

    let settings = store.instance_settings().await.expect("settings");
    let more = dateline_core::instance::InstanceSettings { projects_max: Some(3), ..settings };
    let more = store.replace_instance_settings(more).await.expect("they are replaced");
    assert_eq!(ids(&given(store, few(3)).await), [7, 8], "what is set counts, not what is asked with");
    let none_set = dateline_core::instance::InstanceSettings { projects_max: None, ..more };
    store.replace_instance_settings(none_set).await.expect("they are replaced");
    trigger(store, 9, 1, 4).await;
    assert!(given(store, few(4)).await.is_empty());
}

pub(super) async fn waiting_counts_as_priority(store: &dyn Store) {
    for n in 1..=3 {
        store.create_project(project(n), SecretChanges::default()).await.expect("a project is stored");
    }
    for (n, project, level) in [(1, 1, 0), (2, 2, 1), (3, 3, 9), (4, 1, 9)] {
        store.create_job(job_with_priority(n, project, level), clock(0, 10)).await.expect("a job is stored");
    }
    trigger(store, 1, 1, 0).await;
    trigger(store, 2, 2, 11 * MINUTE).await;
    trigger(store, 3, 3, 90 * MINUTE).await;
    trigger(store, 4, 4, 89 * MINUTE).await;
    let first = given(store, claim(7, 9, 92 * MINUTE)).await;
    assert_eq!(ids(&first), [4, 3, 2], "the oldest was waiting for 89 minutes when the fourth came");
    store.create_job(job_with_priority(5, 1, 9), clock(0, 10)).await.expect("a job is stored");
    trigger(store, 5, 5, 93 * MINUTE).await;
    store.finish(done(first[0].lease, 94 * MINUTE)).await.expect("the lease holds");
    assert_eq!(ids(&given(store, claim(7, 1, 95 * MINUTE)).await), [1], "nobody comes before it any more");
}

pub(super) async fn a_long_line_takes_turns_with_a_short_one(store: &dyn Store) {
    set_up(store, 3, 1).await;
    for id in 1..=60 {
        trigger(store, id, 1, 0).await;
    }
    for (id, job, now) in [(101, 2, 5), (102, 2, 5), (103, 2, 5), (201, 3, 7)] {
        trigger(store, id, job, now).await;
    }
    let mut order = Vec::new();
    for now in 10..20 {
        let one = ClaimRequest { projects_max: 1, ..claim(7, 1, now) };
        let work = given(store, one).await.remove(0);
        store.finish(done(work.lease, now)).await.expect("the lease holds");
        order.push(work.execution.id.bits());
    }
    assert_eq!(order, [1, 101, 201, 2, 102, 3, 103, 4, 5, 6]);
}

/// An execution as the definition sees it: its priority, since when it is ready, its project.
type Seen = (i64, i64, u128);

/// A level is worth ten minutes of waiting.
fn aged((level, since, _): Seen, now: i64) -> i64 {
    level * 10 * MINUTE + now - since
}

/// Returns what comes next by definition: the head of each project by its age, and of these the first by its age since
/// its project's last turn.
fn next_by_definition(
    waiting: &BTreeMap<u128, Seen>,
    turns: &BTreeMap<u128, i64>,
    busy: &BTreeSet<u128>,
    now: i64,
) -> Option<u128> {
    let projects: BTreeSet<u128> =
        waiting.values().map(|seen| seen.2).filter(|p| !busy.contains(p)).collect();
    let head = |project: u128| {
        let own = waiting.iter().filter(|(_, seen)| seen.2 == project);
        own.min_by_key(|(id, seen)| (-aged(**seen, now), **id)).expect("it has one")
    };
    let since_turn = |(level, since, project): Seen| {
        (level, turns.get(&project).map_or(since, |turn| since.max(*turn)), project)
    };
    let heads = projects.into_iter().map(head);
    heads.min_by_key(|(id, seen)| (-aged(since_turn(**seen), now), **id)).map(|(id, _)| *id)
}

pub(super) async fn the_order_is_the_definition_whatever_comes(store: &dyn Store) {
    const PROJECTS: u128 = 4;
    for n in 1..=PROJECTS {
        store.create_project(project(n), SecretChanges::default()).await.expect("a project is stored");
        for level in 0..10_u8 {
            let job = job_with_priority(n * 100 + u128::from(level), n, level);
            store.create_job(job, clock(0, 10)).await.expect("a job is stored");
        }
    }
    // A generator of the simplest kind: what counts is that arrivals, levels and ends fall in every order.
    let mut state = 20_261_130_u64;
    let mut dice = move |sides: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % sides
    };
    let (mut waiting, mut turns, mut running) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
    let (mut now, mut id) = (0, 0);
    for _ in 0..400 {
        now += i64::try_from(dice(6 * 60)).expect("seconds");
        match dice(5) {
            0..=2 => {
                id += 1;
                let (project, level) = (u128::from(dice(4)) + 1, dice(10));
                trigger(store, id, project * 100 + u128::from(level), now).await;
                waiting.insert(id, (i64::try_from(level).expect("a level"), now, project));
            }
            3 => {
                if let Some((_, lease)) = running.pop_first() {
                    store.finish(done(lease, now)).await.expect("the lease holds");
                }
            }
            _ => {
                let busy = running.keys().copied().collect();
                let expected = next_by_definition(&waiting, &turns, &busy, now);
                let found = given(store, claim(7, 1, now)).await;
                assert_eq!(ids(&found).first().copied(), expected, "at second {now}");
                for work in found {
                    let project = work.execution.lane().bits();
                    waiting.remove(&work.execution.id.bits());
                    turns.insert(project, now);
                    running.insert(project, work.lease);
                }
            }
        }
    }
    assert!(id > 150 && waiting.len() < 200, "it was a busy day: {id} came, {} still wait", waiting.len());
}
