//! Answers of a server that is not GitHub, or not sane: whatever they hold, a scan ends, in an activity or in words.

use std::time::Duration;

use dateline_core::source::ScanFrom;
use serde_json::{Value, json};

use super::fake::Trouble;
use super::scene::{Scene, at, issue, pull, sha};

/// A stream of numbers (SplitMix64): the same for the same seed.
struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % bound.max(1) as u64).expect("small")
    }
}

fn rounds() -> u64 {
    match std::env::var("DATELINE_TEST_SIZE").as_deref() {
        Ok("release") => 20_000,
        Ok("ci") => 300,
        _ => 60,
    }
}

fn hostile(chance: &mut Chance) -> Value {
    let deep = (0..100).fold(Value::Null, |inner, _| json!([inner]));
    let values = [
        Value::Null,
        json!(true),
        json!(-1),
        json!(u64::MAX),
        json!(1e300),
        json!(""),
        json!("x".repeat(100_000)),
        json!("\u{0}\u{202e}<script>"),
        json!("2026-13-45T99:99:99Z"),
        json!("9999-12-31T23:59:59Z"),
        json!("0001-01-01T00:00:00Z"),
        json!("../../etc/passwd"),
        json!("https://evil.example/"),
        json!([]),
        json!({}),
        json!({ "sha": "0", "login": null }),
        deep,
    ];
    values[chance.below(values.len())].clone()
}

/// Changes something somewhere within `value`.
fn damage(value: &mut Value, chance: &mut Chance) {
    let go_on = chance.below(5) > 0;
    match value {
        Value::Object(fields) if go_on && !fields.is_empty() => {
            let key = fields.keys().nth(chance.below(fields.len())).cloned().expect("a field");
            if chance.below(6) == 0 {
                fields.remove(&key);
            } else {
                damage(&mut fields[&key], chance);
            }
        }
        Value::Array(items) if go_on && !items.is_empty() => {
            let at = chance.below(items.len());
            if chance.below(6) == 0 {
                let again = items[at].clone();
                items.push(again);
            } else {
                damage(&mut items[at], chance);
            }
        }
        other => *other = hostile(chance),
    }
}

async fn scene() -> Scene {
    let scene = Scene::with(6).await;
    {
        let mut state = scene.fake.state();
        state.pulls.push(pull(7, "Read tabs", "Closes #3", &sha(4), &[sha(3)]));
        state.issues.push(issue(3, Some("completed")));
        state.releases.push(("v1".to_owned(), sha(5), "2026-11-23T10:59:00Z".to_owned()));
    }
    scene
}

#[tokio::test]
async fn whatever_a_server_answers_a_scan_ends_in_words() {
    let from = || ScanFrom::Cursor { sha: sha(1), at: at("2026-11-23T10:00:00Z") };
    let good = scene().await;
    good.scan(from()).await.expect("it reads");
    let (asked, answered) = {
        let state = good.fake.state();
        let asked: Vec<String> = state.asked.iter().map(|(uri, _, _)| uri.clone()).collect();
        let answered: Vec<Value> = state.answered.iter().map(|(_, body)| body.clone()).collect();
        (asked, answered)
    };
    let mut refused = 0;
    for seed in 0..rounds() {
        let chance = &mut Chance(seed);
        let scene = scene().await;
        for _ in 0..=chance.below(3) {
            let uri = asked[chance.below(asked.len())].split('?').next().unwrap_or_default().to_owned();
            let mut body = answered[chance.below(answered.len())].clone();
            for _ in 0..=chance.below(4) {
                damage(&mut body, chance);
            }
            let kind = vec![("content-type", "application/json".to_owned())];
            let answer = Trouble::Answer(200, kind, body.to_string());
            scene.fake.state().troubles.push_back((uri, answer));
        }
        let scanned = tokio::time::timeout(Duration::from_secs(20), scene.scan(from())).await;
        match scanned.unwrap_or_else(|_| panic!("seed {seed} does not end")) {
            Ok(_) => {}
            Err(error) => {
                refused += 1;
                let said = error.to_string();
                assert!(
                    !said.is_empty() && !said.contains('\0') && said.len() < 5_000,
                    "seed {seed}: {said:?}"
                );
            }
        }
    }
    assert!(refused > 0, "nothing was hostile");
}
