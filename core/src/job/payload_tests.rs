use serde_json::json;

use super::*;
use crate::platform::Platform;

/// Checks that `told` reads as a payload that is told the same again.
#[track_caller]
fn reads(job_type: JobType, told: Value) {
    let fields = told.as_object().expect("an object").clone();
    let payload = Payload::read(job_type, &fields).expect("it reads");
    assert_eq!((payload.job_type(), payload.told()), (job_type, fields));
}

/// Checks which fields of `told` are refused.
#[track_caller]
fn refuses(job_type: JobType, told: Value, pointers: &[&str]) {
    let fields = told.as_object().expect("an object").clone();
    let faults = Payload::read(job_type, &fields).expect_err("it does not read");
    assert_eq!(faults.iter().map(|fault| fault.pointer.as_str()).collect::<Vec<_>>(), pointers, "{faults:?}");
}

#[test]
fn each_type_is_told_what_is_its_own() {
    reads(JobType::GenerateContent, json!({}));
    reads(JobType::GenerateContent, json!({ "platforms": ["DEVTO"] }));
    reads(JobType::SyncGithub, json!({}));
    reads(
        JobType::HttpRequest,
        json!({ "method": "GET", "url": "https://example.com", "timeoutMs": 30_000 }),
    );
    refuses(JobType::HttpRequest, json!({}), &["/payload/url"]);
    refuses(JobType::HttpRequest, json!({ "url": "x", "platforms": [] }), &["/payload/platforms"]);
    refuses(JobType::SyncGithub, json!({ "platforms": ["DEVTO"] }), &["/payload/platforms"]);
    refuses(JobType::GenerateContent, json!({ "platforms": 3 }), &["/payload"]);
    refuses(
        JobType::GenerateContent,
        json!({ "a": 1, "platforms": 3, "b": 2 }),
        &["/payload/a", "/payload/b"],
    );
}

#[test]
fn nobody_says_where_a_secret_is_stored() {
    let told = json!({ "url": "https://example.com", "secretHeaders": [{ "name": "A", "secret": SecretId::from_bits(7) }] });
    let payload = Payload::read(JobType::HttpRequest, told.as_object().expect("one")).expect("it reads");
    assert_eq!((payload.secrets().len(), payload.secret_ids().count()), (1, 0));
}

#[test]
fn stored_payloads_keep_their_shape() {
    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Record {
        #[serde(flatten)]
        payload: Payload,
        rest: u8,
    }
    let check = |payload: Payload, stored: Value| {
        let record = Record { payload, rest: 1 };
        assert_eq!(serde_json::to_value(&record).expect("it is written"), stored);
        assert_eq!(serde_json::from_str::<Record>(&stored.to_string()).expect("it is read"), record);
    };
    check(
        Payload::GenerateContent(GenerateContent { platforms: Some(vec![Platform::Devto]) }),
        json!({ "jobType": "GENERATE_CONTENT", "payload": { "platforms": ["DEVTO"] }, "rest": 1 }),
    );
    let told = json!({ "method": "PUT", "url": "https://example.com", "headers": [{ "name": "A", "value": "b" }],
        "secretHeaders": [{ "name": "B", "secret": SecretId::from_bits(7), "hint": "wxyz" }], "body": "c",
        "expectedStatuses": [201], "timeoutMs": 5_000 });
    check(
        Payload::HttpRequest(serde_json::from_value(told.clone()).expect("it reads")),
        json!({ "jobType": "HTTP_REQUEST", "payload": told, "rest": 1 }),
    );
    check(Payload::SyncGithub(SyncGithub {}), json!({ "jobType": "SYNC_GITHUB", "payload": {}, "rest": 1 }));
}
