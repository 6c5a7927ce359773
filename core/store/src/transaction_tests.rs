use dateline_core::id::ProjectId;
use dateline_core::store::StoreError;

use super::*;
use crate::conformance::samples;
use crate::database::builder;
use crate::medium::{Medium, MemoryMedium};
use crate::migrate::SCHEMA;
use crate::open::create_tables;
use crate::tables::PROJECTS;

fn database() -> redb::Database {
    let database = MemoryMedium::default().open(&builder()).expect("a database");
    create_tables(&database, SCHEMA, samples::at(0)).expect("tables");
    database
}

fn event(seq: u64) -> Event {
    let home = Some(Home::Project(ProjectId::from_bits(1)));
    Event {
        seq,
        at: samples::at(0),
        kind: EventKind::Job,
        id: String::new(),
        home,
        audience: None,
        version: 1,
    }
}

#[test]
fn the_newest_events_are_kept_and_older_ones_go_as_they_come() {
    let database = database();
    let write = database.begin_write().expect("a transaction");
    {
        let mut events = write.open_table(EVENTS.table).expect("a table");
        for seq in [1, 2, 3, EVENTS_MAX] {
            events.insert(seq, encode(&event(seq)).expect("bytes").as_slice()).expect("a row");
        }
    }
    let transaction = Transaction::new(&write).expect("a transaction");
    for _ in 0..2 {
        transaction
            .emit(EventKind::Job, String::new(), ProjectId::from_bits(1).into(), 1, samples::at(1))
            .expect("an event");
    }
    assert_eq!(transaction.new_events(), Some(EVENTS_MAX + 2));
    let kept: Vec<u64> =
        transaction.list(&EVENTS, .., 9).expect("events").into_iter().map(|(seq, _)| seq).collect();
    assert_eq!(kept, [3, EVENTS_MAX, EVENTS_MAX + 1, EVENTS_MAX + 2]);
}

/// A verb that refuses after it wrote, which none should, takes nobody down with it and leaves no trace.
#[tokio::test]
async fn a_late_refusal_leaves_no_trace_and_harms_no_other() {
    let medium: std::sync::Arc<dyn Medium> = std::sync::Arc::new(MemoryMedium::default());
    let opened = crate::open::open_medium(medium, SCHEMA, samples::at(0)).expect("a store");
    let shared = std::sync::Arc::new(crate::database::Shared::new(opened.medium, opened.database));
    let mut writer = crate::writer::Writer::new(std::sync::Arc::clone(&shared));
    let put = |n: u128| {
        crate::writer::request(move |t: &Transaction<'_>| t.put(&PROJECTS, n, &samples::project(n)))
    };
    let (first, first_answer) = put(1);
    let (late, late_answer) = crate::writer::request(|t: &Transaction<'_>| {
        t.put(&PROJECTS, 2, &samples::project(2))?;
        Err::<(), Fault>(StoreError::JobCancelled.into())
    });
    let (last, last_answer) = put(3);
    writer.turn(vec![first, late, last]);
    first_answer.await.expect("an answer").expect("done");
    last_answer.await.expect("an answer").expect("done");
    assert!(matches!(late_answer.await.expect("an answer"), Err(StoreError::JobCancelled)));
    let stored = shared.read(|snapshot| snapshot.list(&PROJECTS, .., 9)).expect("projects");
    assert_eq!(stored.into_iter().map(|(id, _)| id).collect::<Vec<_>>(), [1, 3]);
    shared.health().expect("a refusal is no failure");
}
