use dateline_core::draft::{Draft, Publication};
use dateline_core::execution::{Execution, LogLine, StepRecord};
use dateline_core::job::Job;
use dateline_core::platform::Platform;
use proptest::prelude::*;

use super::*;
use crate::conformance::samples;

fn execution() -> Execution {
    let job = samples::job(1, 1);
    let state =
        dateline_core::execution::ExecutionState::Queued { since: samples::at(0), ready_at: samples::at(1) };
    let due = Some(Due::Once(samples::occurrence(3)));
    let id = dateline_core::id::ExecutionId::from_bits(9);
    crate::verbs::new_execution(
        &job,
        id,
        dateline_core::execution::Trigger::Scheduled,
        due,
        state,
        samples::at(0),
    )
}

/// Decodes `bytes` as everything a table may hold; none of it may panic.
fn decode_as_all(bytes: &[u8]) {
    let _ = decode::<Sentinel>(bytes, "x");
    let _ = decode::<Project>(bytes, "x");
    let _ = decode::<RemovedProject>(bytes, "x");
    let _ = decode::<Job>(bytes, "x");
    let _ = decode::<JobState>(bytes, "x");
    let _ = decode::<dateline_core::job::Cursor>(bytes, "x");
    let _ = decode::<Execution>(bytes, "x");
    let _ = decode::<StepRecord>(bytes, "x");
    let _ = decode::<LogLine>(bytes, "x");
    let _ = decode::<Draft>(bytes, "x");
    let _ = decode::<dateline_core::brief::Brief>(bytes, "x");
    let _ = decode::<Publication>(bytes, "x");
    let _ = decode::<dateline_core::event::Event>(bytes, "x");
}

fn encoded() -> Vec<Vec<u8>> {
    let execution = execution();
    let draft = samples::draft(1, &execution, Platform::Devto, 3);
    let state = JobState::new(samples::clock(0, 9));
    [
        encode(&samples::project(1)),
        encode(&samples::job(1, 1)),
        encode(&state),
        encode(&execution),
        encode(&samples::step("scan", 1, 2)),
        encode(&samples::line("a line", 2)),
        encode(&draft),
        encode(&samples::brief("brief")),
        encode(&samples::publication(1, 1, "/site", 3)),
    ]
    .into_iter()
    .map(|bytes| bytes.expect("a record is encoded"))
    .collect()
}

#[test]
fn records_read_back_as_they_were_written() {
    let execution = execution();
    let read: Execution = decode(&encode(&execution).expect("bytes"), "executions").expect("a record");
    assert_eq!(read, execution);
    let job = samples::job(1, 1);
    assert_eq!(decode::<Job>(&encode(&job).expect("bytes"), "jobs").expect("a record"), job);
    let draft = samples::draft(1, &execution, Platform::Devto, 3);
    assert_eq!(decode::<Draft>(&encode(&draft).expect("bytes"), "drafts").expect("a record"), draft);
}

#[test]
fn unknown_formats_and_cut_records_are_errors_that_name_their_table() {
    let whole = encode(&samples::project(1)).expect("bytes");
    for bytes in [&[][..], &[9, b'{', b'}'], &whole[..whole.len() - 1], &whole[1..]] {
        match decode::<Project>(bytes, "projects") {
            Err(Fault::Damaged(reason)) => assert!(reason.contains("projects"), "{reason}"),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn rows_of_history_read_back_and_unknown_codes_are_errors() {
    for status in STATUSES {
        for trigger in TRIGGERS {
            let row = HistoryRow { status, trigger, duration_ms: Some(0), count: 3 };
            assert_eq!(HistoryRow::from_row(row.to_row()).expect("a row"), row);
        }
    }
    assert!(HistoryRow::from_row((0, 1, 0, 1)).is_err() && HistoryRow::from_row((1, 9, 0, 1)).is_err());
}

proptest! {
    #[test]
    fn any_bytes_give_a_record_or_an_error(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        decode_as_all(&bytes);
        let mut tagged = vec![FORMAT_JSON];
        tagged.extend(&bytes);
        decode_as_all(&tagged);
    }

    #[test]
    fn a_changed_byte_gives_a_record_or_an_error(which in 0_usize..9, at in any::<u16>(), byte in any::<u8>()) {
        let mut bytes = encoded().swap_remove(which);
        let at = usize::from(at) % bytes.len();
        bytes[at] = byte;
        decode_as_all(&bytes);
    }
}

#[test]
fn deep_nesting_is_an_error() {
    let mut bytes = vec![FORMAT_JSON];
    bytes.extend(vec![b'['; 100_000]);
    assert!(decode::<serde_json::Value>(&bytes, "x").is_err());
}
