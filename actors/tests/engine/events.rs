//! The stream of committed events: in order, without gaps, for listeners of any speed.

use std::time::Duration;

use dateline_core::event::EventKind;
use dateline_core::platform::Platform;
use dateline_core::policy::Policy;

use crate::world::{Trouble, World, cron, new_job};

const NONE_COMES: Duration = Duration::from_secs(5);

/// Reads events until none comes for a while, and returns their numbers.
async fn numbers(events: &mut dateline_actors::EventStream) -> Vec<u64> {
    let mut numbers = Vec::new();
    while let Ok(Some(event)) = tokio::time::timeout(NONE_COMES, events.next()).await {
        numbers.push(event.seq);
    }
    numbers
}

#[test]
fn events_of_past_and_present_come_in_order_without_gaps() {
    World::new().life(async |life| {
        let (_, first) = life.started(&[Platform::Mastodon], Policy::default()).await;
        life.ended(first).await;
        let mut events = life.dateline.subscribe(Some(0)).await.expect("events");
        let mut seen = numbers(&mut events).await;
        let past = seen.len();
        life.dateline.replay(first, None, None).await.expect("a replay");
        seen.extend(numbers(&mut events).await);
        assert!(past > 0 && seen.len() > past);
        assert_eq!(seen, (1..=seen.len() as u64).collect::<Vec<_>>());
    });
}

#[test]
fn a_slow_listener_loses_nothing_and_holds_up_nobody() {
    World::new().life(async |life| {
        let project = life.project("lantern", &[Platform::Mastodon]).await;
        let mut slow = life.dateline.subscribe(None).await.expect("events");
        let mut quick = life.dateline.subscribe(None).await.expect("events");
        let first = life.job(project.id, cron("0 0 1 1 *"), Policy::default()).await;
        assert_eq!(slow.next().await.expect("an event").id, first.job.id.to_string());
        let count = 1_500;
        for _ in 1..count {
            life.dateline
                .create_job(new_job(project.id, cron("0 0 1 1 *"), Policy::default()))
                .await
                .expect("a job");
            quick.next().await.expect("an event");
        }
        // The project's own event came before anybody listened.
        assert_eq!(quick.next().await.expect("an event").seq, count + 1);
        let rest = numbers(&mut slow).await;
        assert_eq!(rest, (3..=count + 1).collect::<Vec<_>>());
    });
}

#[test]
fn many_events_between_asking_and_listening_are_all_told() {
    World::new().life(async |life| {
        let project = life.project("lantern", &[Platform::Mastodon]).await;
        let count = 600;
        for _ in 0..count {
            life.job(project.id, cron("0 0 1 1 *"), Policy::default()).await;
        }
        life.world.troubles.next("events_after", [Trouble::Late]);
        let mut events = life.dateline.subscribe(None).await.expect("events");
        // One commit changes the project and every job while the listener still reads that nothing has happened.
        let (told, removed) = tokio::join!(numbers(&mut events), life.dateline.remove_project(project.id));
        removed.expect("removed");
        assert_eq!(told, (count + 2..=2 * count + 2).collect::<Vec<_>>());
    });
}

#[test]
fn an_event_is_told_only_when_what_it_tells_can_be_read() {
    World::new().life(async |life| {
        let mut events = life.dateline.subscribe(None).await.expect("events");
        let (_, id) = life.started(&[Platform::Mastodon], Policy::default()).await;
        let mut latest = 0;
        loop {
            let event = events.next().await.expect("an event");
            if event.kind == EventKind::Execution {
                let execution = life.execution(id).await;
                assert!(execution.version >= event.version);
                assert!(event.version > latest, "an execution's versions grow");
                latest = event.version;
                if !execution.state.is_open() && execution.version == latest {
                    break;
                }
            }
        }
    });
}

#[test]
fn a_listener_goes_on_after_a_restart_where_it_was() {
    let world = World::new();
    let seen = world.life(async |life| {
        let mut events = life.dateline.subscribe(Some(0)).await.expect("events");
        let (_, id) = life.started(&[Platform::Mastodon], Policy::default()).await;
        life.ended(id).await;
        events.next().await.expect("an event").seq
    });
    world.life(async |life| {
        let mut events = life.dateline.subscribe(Some(seen)).await.expect("events");
        let rest = numbers(&mut events).await;
        assert!(rest.len() > 3);
        assert_eq!(rest, (seen + 1..=seen + rest.len() as u64).collect::<Vec<_>>());
    });
}

#[test]
fn a_listener_is_told_that_the_engine_has_stopped() {
    World::new().life(async |life| {
        let mut events = life.dateline.subscribe(None).await.expect("events");
        let waiting = async { while events.next().await.is_some() {} };
        let stopping = async {
            life.pass(Duration::from_secs(1)).await;
            life.stop().await;
        };
        let both = async { tokio::join!(waiting, stopping) };
        tokio::time::timeout(Duration::from_secs(15), both).await.expect("the stream ends with the engine");
    });
}
