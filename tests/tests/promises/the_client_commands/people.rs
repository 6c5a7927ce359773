//! People join, are given projects, change, are shut out and leave, by commands alone.

use dateline_tests::history;
use dateline_tests::scene::text;
use serde_json::json;

use super::Operator;

#[test]
fn somebody_is_invited_changed_shut_out_and_removed() {
    let operator = Operator::new();
    let token = operator.joined("Ana", "member");
    let listed = operator.done(&["user", "list"]);
    assert!(listed.contains("ana@example.org") && listed.contains("MEMBER"), "{listed}");
    let printed = operator.done(&["user", "list", "--json"]);
    assert_eq!(printed.trim_end(), operator.scene.client().get("/api/users?limit=50").text.trim_end());
    let ana = operator.json(&["user", "show", "ANA"]);
    assert_eq!((&ana["name"], &ana["hasPassword"]), (&json!("Ana"), &json!(true)));
    for wanted in [&text(&ana["id"]), "ana@example.org", "an"] {
        assert_eq!(operator.json(&["user", "show", wanted])["id"], ana["id"], "{wanted}");
    }
    assert_eq!(operator.json(&["user", "edit", "ana", "--role", "admin"])["role"], "ADMIN");
    operator.refused(&["user", "edit", "ana"], 2);
    operator.refused(&["user", "edit", "ana", "--role", "king"], 2);

    operator.refused(&["user", "disable", "ana"], 2);
    assert!(operator.done(&["user", "disable", "ana", "--yes"]).contains("DISABLED"));
    assert_eq!(operator.ran_as(&token, &["project", "list"]).code, Some(4));
    assert!(operator.done(&["user", "enable", "ana"]).contains("ACTIVE"));
    operator.ran_as(&token, &["project", "list"]).done();

    operator.refused(&["user", "remove", "ana"], 2);
    operator.done(&["user", "remove", "ana", "--yes"]);
    operator.refused(&["user", "show", "ana"], 3);
    operator.refused(&["user", "show", &text(&ana["id"])], 3);
}

#[test]
fn codes_are_printed_alone_and_can_be_taken_back() {
    let operator = Operator::new();
    let made = operator.ran(&["user", "invite", "ana@example.org", "--role", "admin"]);
    let code = made.stdout.trim_end();
    assert!(code.starts_with("dli_") && !code.contains(char::is_whitespace), "{made:?}");
    assert!(made.stderr.contains("ADMIN") && !made.stderr.contains(code), "{made:?}");
    let listed = operator.done(&["user", "invitations"]);
    assert!(listed.contains("ana@example.org") && listed.contains("OPEN"), "{listed}");
    operator.done(&["user", "uninvite", "ana@example.org"]);
    assert!(operator.done(&["user", "invitations"]).contains("REVOKED"));
    operator.refused(&["user", "uninvite", "ana@example.org"], 3);
    operator.refused(&["user", "invite", "nobody"], 2);
    let body = json!({ "code": code, "name": "Ana", "password": "correct horse battery" });
    let refused = operator.scene.server.stranger().post("/api/invitations/accept", &body);
    assert!(refused.status >= 400, "{refused:?}");

    operator.joined("Bob", "member");
    let reset = operator.json(&["user", "reset-password", "bob"]);
    assert_eq!(reset["userId"], operator.json(&["user", "show", "bob"])["id"]);
    let body = json!({ "code": reset["code"], "password": "another horse battery" });
    operator.scene.server.stranger().post("/api/password-resets/accept", &body).expect(204);
}

#[test]
fn a_member_looks_after_themselves_alone() {
    let operator = Operator::new();
    let ana = operator.joined("Ana", "member");
    let rows: [&[&str]; 7] = [
        &["user", "list"],
        &["user", "invite", "bob@example.org"],
        &["user", "show", "usr_00000000000000000000000001"],
        &["user", "edit", "me", "--role", "owner"],
        &["settings", "show"],
        &["settings", "set", "--sign-in-failures", "1000"],
        &["audit"],
    ];
    for arguments in rows {
        let ran = operator.ran_as(&ana, arguments);
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(4), ""), "{arguments:?}: {ran:?}");
    }
    assert!(operator.ran_as(&ana, &["user", "show"]).done().contains("ana@example.org"));
    assert!(operator.ran_as(&ana, &["user", "edit", "me", "--name", "Ana B."]).done().contains("Ana B."));
    assert_eq!(operator.ran_as(&ana, &["user", "sign-out"]).code, Some(2), "nobody was asked");
    operator.ran_as(&ana, &["user", "sign-out", "--yes"]).done();
    assert_eq!(operator.ran_as(&ana, &["user", "show"]).code, Some(4), "the token went too");
    operator.done(&["user", "show"]);
}

#[test]
fn a_project_is_shared_as_far_as_is_said() {
    let operator = Operator::new();
    let repository = history::conventional();
    let (project, _) = operator.set_up(repository.path());
    let (ana, bob) = (operator.joined("Ana", "member"), operator.joined("Bob", "member"));
    assert_eq!(
        operator.ran_as(&ana, &["project", "show", &project]).code,
        Some(3),
        "it is not there for her"
    );
    assert!(operator.done(&["project", "members", "app"]).is_empty());

    let shared = operator.json(&["project", "share", "app", "ana@example.org", "--access", "view"]);
    assert_eq!((&shared["access"], &shared["name"]), (&json!("VIEW"), &json!("Ana")));
    operator.ran_as(&ana, &["project", "show", "App"]).done();
    assert_eq!(operator.ran_as(&ana, &["job", "disable", "friday"]).code, Some(4));
    let id = text(&shared["userId"]);
    operator.done(&["project", "share", &project, &id, "--access", "edit"]);
    operator.ran_as(&ana, &["job", "disable", "friday"]).done();
    let members = operator.ran_as(&ana, &["project", "members", "App"]).done();
    assert!(members.contains("Ana") && members.contains("EDIT"), "{members}");
    let bob_id = text(&operator.json(&["user", "show", "bob"])["id"]);
    let ran = operator.ran_as(&ana, &["project", "share", "App", &bob_id, "--access", "view"]);
    assert_eq!(ran.code, Some(4), "only the owner of a project adds others: {ran:?}");
    operator.refused(&["project", "share", "app", "ana", "--access", "own"], 2);
    operator.refused(&["project", "share", "app", "nobody", "--access", "view"], 3);

    let path = format!("/api/projects/{project}/members?limit=50");
    let printed = operator.done(&["project", "members", "app", "--json"]);
    assert_eq!(printed.trim_end(), operator.scene.client().get(&path).text.trim_end());
    operator.ran_as(&ana, &["project", "unshare", "App", "me"]).done();
    assert_eq!(operator.ran_as(&ana, &["project", "show", &project]).code, Some(3));
    operator.refused(&["project", "unshare", "app", "ana"], 3);
    assert_eq!(operator.ran_as(&bob, &["project", "members", &project]).code, Some(3));
}
