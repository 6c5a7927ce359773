//! Secrets that are kept: only their last four characters and their dates come out, in no answer, event or file more.

use std::path::Path;

use poem::http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::harness::{Answer, Api};
use crate::people::join;

const TOKEN: &str = "ghp_c4n4ryAAAAbbbbCCCCddddEEEEffffGGGG99";
const PASSWORD: &str = "c4n4ry correct horse battery";

/// Returns which files under `folder` hold `text`.
fn files_with(folder: &Path, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(files_with(&path, text));
        } else if std::fs::read(&path).expect("a file").windows(text.len()).any(|it| it == text.as_bytes()) {
            found.push(path.display().to_string());
        }
    }
    found
}

fn shown(answer: &Answer) -> String {
    format!("{:?} {}", answer.headers, answer.json)
}

#[tokio::test]
async fn a_projects_token_is_kept_sealed_and_shown_by_its_end() {
    let api = Api::new().await;
    let source = json!({ "kind": "GITHUB", "owner": "example", "repo": "anchor", "token": TOKEN });
    let body = json!({ "name": "Anchor", "source": source });
    // Under a key, so that the request is remembered too.
    let made = api.keyed("once", Method::POST, "/api/projects", Some(&body)).await;
    assert_eq!(made.status, StatusCode::CREATED, "{made:?}");
    let again = api.keyed("once", Method::POST, "/api/projects", Some(&body)).await;
    assert_eq!(again.json, made.json);
    let project = format!("/api/projects/{}", made.json["id"].as_str().expect("an id"));
    let renamed = api.patch(&project, json!({ "name": "Other" })).await;
    let wrong = json!({ "source": { "kind": "GIT", "path": "/repository", "token": TOKEN } });
    let refused = api.patch(&project, wrong).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let mut answers = vec![made, again, renamed, refused];
    for path in [&project, "/api/projects", "/api/audit", "/api/settings", "/api/nobody"] {
        answers.push(api.get(path).await);
    }
    answers.push(api.post("/api/backups", Value::Null).await);
    for answer in &answers {
        assert!(!shown(answer).contains("c4n4ry"), "{answer:?}");
    }
    let source = &answers[0].json["source"];
    assert_eq!((&source["hasToken"], &source["tokenHint"]), (&json!(true), &json!("GG99")), "{source}");
    assert_eq!(files_with(api.shared.folder.path(), TOKEN), Vec::<String>::new());
}

#[tokio::test]
async fn a_request_that_is_remembered_does_not_keep_its_passwords() {
    let api = Api::new().await;
    let ana = join(&api, "ana", "MEMBER").await;
    let change = json!({ "currentPassword": crate::people::PASSWORD, "password": PASSWORD }).to_string();
    let send = async || {
        let request = crate::harness::bare(Method::POST, "/api/users/me/password");
        let request = request.header("cookie", &ana.cookie).header("sec-fetch-site", "same-origin");
        let request = request.header("idempotency-key", "change").content_type("application/json");
        api.send(request.body(change.clone())).await
    };
    let changed = send().await;
    assert!(changed.status.is_success(), "{changed:?}");
    assert!(!shown(&changed).contains("c4n4ry"));
    // What anybody could work out from the request must not be in the store: it would tell a right guess from a wrong.
    let mut plain = blake3::Hasher::new();
    plain.update(b"POST\0/api/users/me/password\0\0").update(change.as_bytes());
    let digests = [plain.finalize(), blake3::hash(change.as_bytes()), blake3::hash(PASSWORD.as_bytes())];
    for text in [PASSWORD.to_owned(), crate::people::PASSWORD.to_owned()] {
        assert_eq!(files_with(api.shared.folder.path(), &text), Vec::<String>::new());
    }
    for digest in digests.map(|digest| digest.to_hex()) {
        assert_eq!(files_with(api.shared.folder.path(), &digest), Vec::<String>::new());
    }
}
