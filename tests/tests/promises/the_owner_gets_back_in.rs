//! An owner who locked themselves out gets back in from the machine the server runs on.

use dateline_tests::command;
use dateline_tests::scene::Scene;

/// Voids everything the owner is let in with.
fn locked_out() -> Scene {
    let scene = Scene::new();
    let out = scene.client().send("POST", "/api/users/me/sign-out-everywhere", &[], None);
    assert_eq!(out.status, 204, "{out:?}");
    assert_eq!(scene.client().get("/api/projects").status, 401);
    scene
}

#[test]
fn a_reset_with_the_server_stopped_writes_a_token_that_is_good() {
    let mut scene = locked_out();
    let data = scene.server.data().to_owned();
    let reset = || {
        command::dateline(
            ["owner-token", "--reset", "--data"]
                .map(Into::into)
                .into_iter()
                .chain([data.clone().into_os_string()]),
        )
    };
    let in_use = reset();
    assert_eq!(in_use.code, Some(1), "{in_use:?}");
    assert!(in_use.said().contains("a reset needs it stopped"), "{in_use:?}");
    scene.server.kill9();
    assert!(reset().done().trim().ends_with("owner.token"));
    scene.server.restart();
    assert_eq!(scene.client().get("/api/projects").status, 200);
    let log = scene.client().get("/api/audit").expect(200);
    assert_eq!(log["items"][0]["action"], "OWNER_RECOVERED", "{log}");
}

#[test]
fn a_start_puts_a_good_token_in_the_place_of_a_void_one() {
    let mut scene = locked_out();
    let before = scene.server.token().to_owned();
    scene.server.restart();
    assert_ne!(scene.server.token(), before);
    assert_eq!(scene.client().get("/api/projects").status, 200);
}
