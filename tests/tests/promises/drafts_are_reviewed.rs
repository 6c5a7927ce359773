//! Nothing goes out that a person has not read, and nothing is approved that says what the repository does not.

use dateline_tests::client::{Answer, Client};
use dateline_tests::history;
use dateline_tests::scene::{Scene, text};
use serde_json::{Value, json};

mod publish;

/// A draft seen through its client.
struct Review {
    client: Client,
    id: String,
}

impl Review {
    fn of(scene: &Scene, draft: &Value) -> Self {
        Self { client: scene.client(), id: text(&draft["id"]) }
    }

    #[track_caller]
    fn shown(&self) -> Value {
        self.client.get(&format!("/api/drafts/{}", self.id)).expect(200)
    }

    /// Asks for `verb` on the newest revision.
    #[track_caller]
    fn ask(&self, verb: &str) -> Answer {
        let body = json!({ "revision": self.shown()["revision"] });
        self.client.post(&format!("/api/drafts/{}/{verb}", self.id), &body)
    }

    /// Publishes what was approved.
    #[track_caller]
    fn publish(&self) -> Answer {
        self.client.send("POST", &format!("/api/drafts/{}/publish", self.id), &[], None)
    }

    /// Replaces the body of the newest revision.
    #[track_caller]
    fn rewrite(&self, body: &str) -> Answer {
        let revision = self.shown()["revision"].clone();
        self.client.patch(&format!("/api/drafts/{}", self.id), &json!({ "revision": revision, "body": body }))
    }

    #[track_caller]
    fn body(&self) -> String {
        text(&self.shown()["content"]["body"])
    }
}

fn article() -> (Scene, Review) {
    let scene = Scene::new();
    let repository = history::conventional();
    let drafts = scene.written(repository.path(), &["MARKDOWN"]);
    assert_eq!(drafts.len(), 1, "{drafts:#?}");
    let review = Review::of(&scene, &drafts[0]);
    (scene, review)
}

#[test]
fn drafts_are_listed_by_what_they_are() {
    let scene = Scene::new();
    let repository = history::conventional();
    let (project, job) = scene.work(repository.path(), &["DEVTO", "EMAIL"]);
    let execution = text(&scene.run(&job)["id"]);
    let count = |query: &str| scene.client().all(&format!("/api/drafts?{query}"), 1).len();
    assert_eq!(count(&format!("projectId={project}")), 2);
    assert_eq!(count(&format!("executionId={execution}")), 2);
    assert_eq!(count(&format!("executionId={execution}&platform=EMAIL")), 1);
    assert_eq!(count("status=DRAFT"), 2);
    assert_eq!(count("status=PUBLISHED"), 0);
}

#[test]
fn a_draft_is_approved_once_and_can_be_rejected() {
    let (_scene, review) = article();
    assert_eq!(review.shown()["status"], "DRAFT");
    assert_eq!(review.shown()["revision"], 1);
    review.ask("approve").expect(200);
    assert_eq!(review.shown()["status"], "APPROVED");
    assert_eq!(review.ask("approve").problem(409)["code"], "INVALID_STATE");
    review.ask("reject").expect(200);
    assert_eq!(review.shown()["status"], "REJECTED");
    assert_eq!(review.ask("approve").problem(409)["code"], "INVALID_STATE");
    review.publish().problem(409);
}

#[test]
fn an_edit_that_says_what_nobody_did_blocks_approval() {
    let (_scene, review) = article();
    let honest = review.body();
    let lies = [
        "This closes #999.",
        "See deadbeefcafe0123456789abcdef0123456789ab for the change.",
        "Read more at https://evil.example/phish.",
        "Thanks to @everyone.",
        concat!("The token is ghp_", "x7Qm2Lr9Vb4Tn8Kc1Wz5Yd3Hs6Jf0Pg2aUeR."),
        "Write to root@example.org.",
    ];
    for lie in lies {
        review.rewrite(&format!("{honest}\n\n{lie}\n")).expect(200);
        let found = review.shown();
        let blocking: Vec<&Value> = found["findings"]
            .as_array()
            .expect("findings")
            .iter()
            .filter(|finding| finding["severity"] == "ERROR")
            .collect();
        assert!(!blocking.is_empty(), "{lie:?} is found: {:#}", found["findings"]);
        let refused = review.ask("approve");
        assert!([409, 422].contains(&refused.status), "{lie:?}: {refused:?}");
        assert_eq!(refused.problem(refused.status)["code"], "DRAFT_BLOCKED", "{lie:?}");
        let rule = text(&blocking[0]["rule"]);
        assert!(refused.text.contains(&rule), "the finding is named: {}", refused.text);
        assert_eq!(review.shown()["status"], "DRAFT");
    }
    review.rewrite(&honest).expect(200);
    review.ask("approve").expect(200);
}

#[test]
fn an_edit_of_an_approved_draft_must_be_read_again() {
    let (_scene, review) = article();
    review.ask("approve").expect(200);
    let shorter: String =
        review.body().lines().filter(|line| !line.contains("10,000")).collect::<Vec<_>>().join("\n");
    review.rewrite(&shorter).expect(200);
    let shown = review.shown();
    assert_eq!((&shown["status"], &shown["revision"]), (&json!("DRAFT"), &json!(2)), "{shown:#}");
    assert_eq!(review.body(), shorter);
    assert!(
        shown["evidence"].as_array().is_some_and(|links| !links.is_empty()),
        "what stands keeps its evidence"
    );
    let stale = review.client.post(&format!("/api/drafts/{}/approve", review.id), &json!({ "revision": 1 }));
    assert_eq!(stale.problem(409)["code"], "CONFLICT", "nobody approves what he has not read");
    let lost = json!({ "revision": 1, "body": "mine" });
    let lost = review.client.patch(&format!("/api/drafts/{}", review.id), &lost);
    assert_eq!(lost.problem(409)["code"], "CONFLICT");
}

#[test]
fn an_edit_that_is_no_text_is_refused() {
    let (_scene, review) = article();
    let path = format!("/api/drafts/{}", review.id);
    let before = review.shown();
    let rows = [
        json!({}),
        json!({ "body": "without a revision" }),
        json!({ "revision": 1, "body": "" }),
        json!({ "revision": 1, "body": 7 }),
        json!({ "revision": "1", "body": "x" }),
        json!({ "revision": 1, "body": "x", "status": "PUBLISHED" }),
        json!({ "revision": 1, "body": "x", "tags": "one" }),
        json!({ "revision": 1, "body": "bell \u{7}" }),
    ];
    for row in rows {
        let answer = review.client.patch(&path, &row);
        if answer.status == 200 {
            // A text with hidden characters may be kept, if it cannot be approved.
            assert!(review.ask("approve").status >= 400, "{row}: {answer:?}");
        } else {
            answer.problem(422);
            assert_eq!(review.shown(), before, "{row}");
        }
    }
}
