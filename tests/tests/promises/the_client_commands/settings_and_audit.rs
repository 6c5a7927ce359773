//! What is set for the whole instance, and who changed it.

use serde_json::json;

use super::Operator;

#[test]
fn settings_are_shown_and_changed() {
    let operator = Operator::new();
    assert!(operator.done(&["settings", "show"]).contains("none: members use no local folder"));
    let root = operator.scene.folder().to_str().expect("a plain path");
    let changed = operator.json(&["settings", "set", "--local-root", root, "--local-root", "/srv/site"]);
    assert_eq!(changed["localRoots"], json!([root, "/srv/site"]));
    let changed = operator.json(&["settings", "set", "--sign-in-failures", "20"]);
    assert_eq!((&changed["signInFailuresMax"], &changed["localRoots"][0]), (&json!(20), &json!(root)));
    let printed = operator.done(&["settings", "show", "--json"]);
    assert_eq!(printed.trim_end(), operator.scene.client().get("/api/settings").text.trim_end());
    let cleared = operator.json(&["settings", "set", "--no-local-roots"]);
    assert_eq!(cleared["localRoots"], json!([]));
    for arguments in [
        &["settings", "set"][..],
        &["settings", "set", "--sign-in-failures", "0"],
        &["settings", "set", "--local-root", "/srv", "--no-local-roots"],
    ] {
        operator.refused(arguments, 2);
    }
    let admin = operator.joined("Ana", "admin");
    operator.ran_as(&admin, &["settings", "set", "--sign-in-failures", "15"]).done();
    let ran = operator.ran_as(&admin, &["settings", "set", "--local-root", root]);
    assert_eq!(ran.code, Some(4), "local roots are an owner's to set: {ran:?}");
}

#[test]
fn the_audit_log_says_who_changed_what() {
    let operator = Operator::new();
    operator.done(&["settings", "set", "--sign-in-failures", "20"]);
    let token = operator.done(&["token", "create", "ci", "--scope", "read"]);
    let printed = operator.done(&["audit", "--json"]);
    assert_eq!(printed.trim_end(), operator.scene.client().get("/api/audit?limit=50").text.trim_end());
    let log = operator.done(&["audit"]);
    assert!(log.contains("TOKEN_CREATED") && log.contains("SETTINGS_CHANGED"), "{log}");
    assert!(log.find("TOKEN_CREATED") < log.find("SETTINGS_CHANGED"), "newest first: {log}");
    assert!(!log.contains(token.trim_end()), "no secret is in it");
    assert_eq!(operator.json(&["audit", "-n", "1"])["items"].as_array().map(Vec::len), Some(1));
    let ran = operator.ran_as(token.trim_end(), &["audit"]);
    assert_eq!(ran.code, Some(4), "{ran:?}");
}
