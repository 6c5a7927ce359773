//! A token is made, seen once, limited, and revoked by commands alone.

use dateline_tests::history;
use dateline_tests::scene::text;
use serde_json::Value;

use super::Operator;

#[test]
fn a_new_token_is_all_of_standard_output_and_told_nowhere_else() {
    let operator = Operator::new();
    let repository = history::conventional();
    let (project, _) = operator.set_up(repository.path());
    let made =
        operator.ran(&["token", "create", "ci", "--scope", "read", "--project", "app", "--expires", "90d"]);
    assert_eq!(made.code, Some(0), "{made:?}");
    let token = made.stdout.trim_end();
    assert!(token.starts_with("dl_") && made.stdout.lines().count() == 1, "{made:?}");
    assert!(made.stderr.contains("tok_") && made.stderr.contains("in 90 d"), "{made:?}");
    assert!(!made.stderr.contains(token), "the hint does not repeat it");

    let listed = operator.done(&["token", "list"]);
    assert!(listed.contains("ci") && listed.contains("READ") && !listed.contains(token), "{listed}");
    assert!(listed.contains(&format!("…{}", &token[token.len() - 4..])), "its last characters: {listed}");
    let printed = operator.done(&["token", "list", "--json"]);
    assert_eq!(printed.trim_end(), operator.scene.client().get("/api/tokens?limit=50").text.trim_end());
    let items: Value = serde_json::from_str(&printed).expect("JSON");
    assert_eq!(items["items"][0]["projectIds"][0], project.as_str());

    assert!(operator.ran_as(token, &["project", "list"]).done().contains("App"));
    let ran = operator.ran_as(token, &["job", "disable", "friday"]);
    assert_eq!(ran.code, Some(4), "READ changes nothing: {ran:?}");
    let ran = operator.ran_as(token, &["token", "create", "more", "--scope", "admin"]);
    assert_eq!(ran.code, Some(4), "nor does it make tokens: {ran:?}");
}

#[test]
fn a_revoked_token_opens_nothing_any_more() {
    let operator = Operator::new();
    let made = operator.json(&["token", "create", "ci", "--scope", "read,trigger"]);
    let (token, id) = (text(&made["token"]), text(&made["details"]["id"]));
    assert_eq!(made["details"]["scopes"], serde_json::json!(["READ", "TRIGGER"]));
    let why = operator.refused(&["token", "revoke", "ci"], 2);
    assert!(why.contains("--yes") && why.contains(&id), "{why}");
    operator.done(&["token", "revoke", "ci", "--yes"]);
    assert_eq!(operator.ran_as(&token, &["project", "list"]).code, Some(4));
    operator.done(&["token", "revoke", &id, "--yes"]);
    assert!(operator.done(&["token", "list"]).contains("revoked"));
    operator.refused(&["token", "revoke", "nothing", "--yes"], 3);
    operator.refused(&["token", "revoke", "tok_01KAR6V8G0M3N9T5X7Y2B4C6D8", "--yes"], 3);
    for arguments in [
        &["token", "create", "ci"][..],
        &["token", "create", "ci", "--scope", "everything"],
        &["token", "create", "ci", "--scope", "read", "--expires", "yesterday"],
    ] {
        operator.refused(arguments, 2);
    }
    operator.refused(&["token", "create", "ci", "--scope", "read", "--project", "none"], 3);
}

#[test]
fn an_admin_sees_and_revokes_the_tokens_of_others_and_a_member_does_not() {
    let operator = Operator::new();
    let ana = operator.joined("Ana", "member");
    let bob = operator.joined("Bob", "member");
    assert!(operator.done(&["token", "list", "--user", "ana@example.org"]).contains("shell"));
    let ran = operator.ran_as(&bob, &["token", "list", "--user", "usr_00000000000000000000000001"]);
    assert_eq!(ran.code, Some(4), "{ran:?}");
    operator.done(&["token", "revoke", "shell", "--user", "Ana", "--yes"]);
    assert_eq!(operator.ran_as(&ana, &["project", "list"]).code, Some(4));
    operator.ran_as(&bob, &["project", "list"]).done();
}
