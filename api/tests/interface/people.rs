//! People: how they join, sign in, lose their credentials, and share projects.

use poem::http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::harness::{Answer, Api, bare, job_of};

pub(crate) const PASSWORD: &str = "correct horse battery";

/// Somebody who joined, with a session and a token.
pub(crate) struct Person {
    pub(crate) id: String,
    pub(crate) cookie: String,
    pub(crate) token: String,
}

fn cookie_of(answer: &Answer) -> String {
    let text = answer.headers["set-cookie"].to_str().expect("ASCII");
    assert!(text.contains("; HttpOnly; SameSite=Strict"), "{text}");
    text.split(';').next().expect("a pair").to_owned()
}

pub(crate) async fn sign_in(api: &Api, email: &str, password: &str) -> Answer {
    let body = json!({ "email": email, "password": password }).to_string();
    api.send(bare(Method::POST, "/api/sessions").content_type("application/json").body(body)).await
}

pub(crate) async fn by_cookie(
    api: &Api,
    cookie: &str,
    method: Method,
    path: &str,
    body: Option<Value>,
) -> Answer {
    let request = bare(method, path).header("cookie", cookie).header("sec-fetch-site", "same-origin");
    api.send(match body {
        Some(body) => request.content_type("application/json").body(body.to_string()),
        None => request.finish(),
    })
    .await
}

pub(crate) async fn open(api: &Api, path: &str, body: Value) -> Answer {
    api.send(bare(Method::POST, path).content_type("application/json").body(body.to_string())).await
}

pub(crate) async fn join(api: &Api, name: &str, role: &str) -> Person {
    let email = format!("{name}@example.org");
    let invited = api.post("/api/invitations", json!({ "email": email, "role": role })).await;
    assert_eq!(invited.status, StatusCode::CREATED, "{invited:?}");
    let accepted = json!({ "code": invited.json["code"], "name": name, "password": PASSWORD });
    let joined = open(api, "/api/invitations/accept", accepted).await;
    assert_eq!((joined.status, &joined.json["role"]), (StatusCode::CREATED, &json!(role)), "{joined:?}");
    let session = sign_in(api, &email.to_uppercase(), PASSWORD).await;
    assert_eq!(session.status, StatusCode::CREATED, "{session:?}");
    let cookie = cookie_of(&session);
    let new = json!({ "name": "test", "scopes": ["ADMIN"] });
    let made = by_cookie(api, &cookie, Method::POST, "/api/tokens", Some(new)).await;
    assert_eq!(made.status, StatusCode::CREATED, "{made:?}");
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    Person { id: text(&joined.json["id"]), cookie, token: text(&made.json["token"]) }
}

impl Person {
    pub(crate) async fn get(&self, api: &Api, path: &str) -> Answer {
        api.ask(&self.token, Method::GET, path, None).await
    }

    pub(crate) async fn is_let_in(&self, api: &Api) -> (bool, bool) {
        let by_cookie = by_cookie(api, &self.cookie, Method::GET, "/api/users/me", None).await;
        let by_token = self.get(api, "/api/users/me").await;
        (by_cookie.status == StatusCode::OK, by_token.status == StatusCode::OK)
    }
}

#[tokio::test]
async fn a_member_does_not_find_out_about_the_projects_of_others() {
    let api = Api::new().await;
    let ana = join(&api, "ana", "MEMBER").await;
    let project = api.project().await;
    let job = api.post("/api/cron/schedule", job_of(&project)).await.json["id"].clone();
    api.post("/api/cron/trigger", json!({ "jobId": job })).await;
    let job = job.as_str().expect("an id");
    let unknown = "01KAR6V8G0M3N9T5X7Y2B4C6D8";
    for path in [
        format!("/api/cron/schedules?projectId={project}"),
        format!("/api/cron/executions?stats=true&projectId={project}"),
        format!("/api/cron/executions?stats=true&jobId={job}"),
        format!("/api/drafts?projectId={project}"),
        "/api/cron/schedules".to_owned(),
        "/api/cron/executions?stats=true".to_owned(),
        "/api/drafts".to_owned(),
        "/api/projects".to_owned(),
        "/api/tokens".to_owned(),
    ] {
        let seen = ana.get(&api, &path).await;
        // When a token was last used is noted beside the answer.
        let without_use = |mut answer: Answer| {
            let items = answer.json["items"].as_array_mut().into_iter().flatten();
            items.filter_map(Value::as_object_mut).for_each(|item| drop(item.remove("lastUsedAt")));
            answer.json
        };
        let other = path.replace(&project, &format!("prj_{unknown}")).replace(job, &format!("job_{unknown}"));
        let seen = without_use(seen);
        assert_eq!(seen, without_use(ana.get(&api, &other).await), "{path}");
        if path != "/api/tokens" {
            assert_eq!(seen["items"], json!([]), "{path}");
        }
    }
    let put = json!({ "access": "VIEW" });
    let path = format!("/api/projects/{project}/members/{}", ana.id);
    let added = api.send_json(Method::PUT, &path, put.to_string()).await;
    assert_eq!((added.status, &added.json["name"]), (StatusCode::OK, &json!("ana")), "{added:?}");
    assert_eq!(ana.get(&api, "/api/projects").await.json["items"][0]["id"], json!(project));
    let history = ana.get(&api, "/api/cron/executions?stats=true").await.json;
    assert_eq!((history["items"].as_array().map(Vec::len), &history["stats"]["total"]), (Some(1), &json!(1)));
    assert_eq!(
        ana.get(&api, &format!("/api/projects/{project}/members")).await.json["items"][0]["userId"],
        ana.id.as_str()
    );
    assert_eq!(api.delete(&path).await.status, StatusCode::NO_CONTENT);
    assert_eq!(ana.get(&api, &format!("/api/projects/{project}")).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_token_limited_to_projects_reaches_no_other() {
    let api = Api::new().await;
    let (mine, other) = (api.project().await, api.project().await);
    let new = json!({ "name": "one", "scopes": ["WRITE"], "projectIds": [mine] });
    let made = api.post("/api/tokens", new).await;
    let token = made.json["token"].as_str().expect("a token");
    assert_eq!(made.json["details"]["hint"], token[token.len() - 4..]);
    let get = async |path: String| api.ask(token, Method::GET, &path, None).await;
    assert_eq!(get(format!("/api/projects/{mine}")).await.status, StatusCode::OK);
    assert_eq!(get(format!("/api/projects/{other}")).await.status, StatusCode::NOT_FOUND);
    let listed = get("/api/projects".to_owned()).await.json;
    assert_eq!(listed["items"].as_array().map(Vec::len), Some(1));
    let listed = api.get("/api/tokens").await.json.to_string();
    assert!(!listed.contains(token), "a token is shown once");
    // It cannot make a wider one, nor any.
    let wider = json!({ "name": "two", "scopes": ["ADMIN"] });
    assert_eq!(api.ask(token, Method::POST, "/api/tokens", Some(wider)).await.code(), "SCOPE_MISSING");
}

#[tokio::test]
async fn a_token_makes_none_that_reaches_further() {
    let api = Api::new().await;
    let mine = api.project().await;
    let new = json!({ "name": "admin of one", "scopes": ["ADMIN"], "projectIds": [mine] });
    let token = api.post("/api/tokens", new).await.json["token"].as_str().expect("a token").to_owned();
    let made =
        api.ask(&token, Method::POST, "/api/tokens", Some(json!({ "name": "b", "scopes": ["READ"] }))).await;
    assert_eq!(made.json["details"]["projectIds"], json!([mine]), "{made:?}");
    let other = api.project().await;
    let wider = json!({ "name": "c", "scopes": ["READ"], "projectIds": [other] });
    let refused = api.ask(&token, Method::POST, "/api/tokens", Some(wider)).await;
    assert_eq!(refused.pointers(), ["/projectIds/0"], "{refused:?}");
}

#[tokio::test]
async fn credentials_end_with_a_reset_a_sign_out_everywhere_and_a_disabled_user() {
    let api = Api::new().await;
    let ana = join(&api, "ana", "MEMBER").await;
    assert_eq!(ana.is_let_in(&api).await, (true, true));
    let reset = api.post("/api/password-resets", json!({ "userId": ana.id })).await;
    assert_eq!(ana.is_let_in(&api).await, (true, true), "a reset nobody used changes nothing");
    let new = "a quite different one";
    let used = json!({ "code": reset.json["code"], "password": new });
    assert_eq!(open(&api, "/api/password-resets/accept", used.clone()).await.status, StatusCode::NO_CONTENT);
    assert_eq!(ana.is_let_in(&api).await, (false, false));
    let again = open(&api, "/api/password-resets/accept", used).await;
    assert_eq!((again.status, again.pointers()), (StatusCode::UNPROCESSABLE_ENTITY, vec!["/code"]));
    assert_eq!(sign_in(&api, "ana@example.org", PASSWORD).await.status, StatusCode::UNAUTHORIZED);

    let cookie = cookie_of(&sign_in(&api, "ana@example.org", new).await);
    let me = async |cookie: &str| by_cookie(&api, cookie, Method::GET, "/api/users/me", None).await.status;
    let out = by_cookie(&api, &cookie, Method::POST, "/api/users/me/sign-out-everywhere", None).await;
    assert_eq!((out.status, me(&cookie).await), (StatusCode::NO_CONTENT, StatusCode::UNAUTHORIZED));

    let cookie = cookie_of(&sign_in(&api, "ana@example.org", new).await);
    let wrong = json!({ "currentPassword": "not the present one", "password": PASSWORD });
    let refused = by_cookie(&api, &cookie, Method::POST, "/api/users/me/password", Some(wrong)).await;
    assert_eq!(refused.pointers(), ["/currentPassword"]);
    let change = json!({ "currentPassword": new, "password": PASSWORD });
    let changed = by_cookie(&api, &cookie, Method::POST, "/api/users/me/password", Some(change)).await;
    let renewed = cookie_of(&changed);
    assert_eq!((me(&cookie).await, me(&renewed).await), (StatusCode::UNAUTHORIZED, StatusCode::OK));

    let path = format!("/api/users/{}", ana.id);
    assert_eq!(api.patch(&path, json!({ "status": "DISABLED" })).await.json["status"], "DISABLED");
    assert_eq!(me(&renewed).await, StatusCode::UNAUTHORIZED);
    assert_eq!(sign_in(&api, "ana@example.org", PASSWORD).await.status, StatusCode::UNAUTHORIZED);
    api.patch(&path, json!({ "status": "ACTIVE" })).await;
    let cookie = cookie_of(&sign_in(&api, "ana@example.org", PASSWORD).await);
    let out = by_cookie(&api, &cookie, Method::DELETE, "/api/sessions/current", None).await;
    assert!(out.headers["set-cookie"].to_str().expect("ASCII").contains("Max-Age=0"));
    assert_eq!(me(&cookie).await, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_cookie_changes_nothing_on_behalf_of_another_page() {
    let api = Api::new().await;
    let ana = join(&api, "ana", "MEMBER").await;
    for site in [None, Some("same-site"), Some("none")] {
        let mut request =
            bare(Method::POST, "/api/users/me/sign-out-everywhere").header("cookie", &ana.cookie);
        if let Some(site) = site {
            request = request.header("sec-fetch-site", site);
        }
        let answer = api.send(request.finish()).await;
        assert_eq!((answer.status, answer.code()), (StatusCode::FORBIDDEN, "FOREIGN_ORIGIN"), "{site:?}");
    }
    assert_eq!(ana.is_let_in(&api).await, (true, true));
}

#[tokio::test]
async fn guesses_are_held_up_and_valid_credentials_never_are() {
    let api = Api::new().await;
    let ana = join(&api, "ana", "MEMBER").await;
    let mut statuses = Vec::new();
    for n in 0..12 {
        let answer = sign_in(&api, "ana@example.org", &format!("wrong password {n}")).await;
        statuses.push(answer.status.as_u16());
        if answer.status == StatusCode::TOO_MANY_REQUESTS {
            let wait: u64 =
                answer.headers["retry-after"].to_str().expect("a number").parse().expect("a number");
            assert!((1..=60).contains(&wait), "{wait}");
            assert_eq!(answer.code(), "RATE_LIMITED");
        }
    }
    assert_eq!(statuses, [401, 401, 401, 401, 401, 401, 401, 401, 401, 401, 429, 429]);
    assert_eq!(ana.is_let_in(&api).await, (true, true));
    assert_eq!(api.get("/api/projects").await.status, StatusCode::OK);
}

#[tokio::test]
async fn an_unknown_address_is_refused_as_a_wrong_password_is() {
    let api = Api::new().await;
    join(&api, "ana", "MEMBER").await;
    let wrong = sign_in(&api, "ana@example.org", "not the right one").await;
    for email in ["nobody@example.org", "no address", "a@b\u{202e}"] {
        let unknown = sign_in(&api, email, "not the right one").await;
        assert_eq!((unknown.status, &unknown.json), (wrong.status, &wrong.json), "{email}");
    }
}

#[tokio::test]
async fn secrets_are_never_given_back() {
    let api = Api::new().await;
    let canary = "canary-";
    let bodies = [
        ("/api/sessions", json!({ "email": "a@example.org", "password": [canary] })),
        (
            "/api/sessions",
            json!({ "email": "a@example.org", "pasword": canary, "password": canary.repeat(200) }),
        ),
        ("/api/invitations/accept", json!({ "code": canary, "name": "a", "password": canary })),
        ("/api/invitations/accept", json!({ "code": canary, "name": "a", "password": canary.repeat(3) })),
        ("/api/password-resets/accept", json!({ "code": canary, "password": canary.repeat(3) })),
    ];
    for (path, body) in bodies {
        let answer = open(&api, path, body).await;
        assert!(answer.status.is_client_error(), "{path} {answer:?}");
        assert!(!answer.json.to_string().contains(canary), "{path} {answer:?}");
    }
    let ana = join(&api, "ana", "ADMIN").await;
    for path in ["/api/users", "/api/audit", "/api/tokens", "/api/invitations", "/api/settings"] {
        let text = ana.get(&api, path).await.json.to_string();
        for secret in [PASSWORD, &ana.token, "argon2", "dli_", "dls_"] {
            assert!(!text.contains(secret), "{path} shows {secret}");
        }
    }
}

#[tokio::test]
async fn admins_reach_up_to_their_own_role_and_the_last_owner_stays() {
    let api = Api::new().await;
    let (ana, bob) = (join(&api, "ana", "ADMIN").await, join(&api, "bob", "MEMBER").await);
    let owner = "/api/users/usr_00000000000000000000000001";
    let ask = async |method, path: &str, body| api.ask(&ana.token, method, path, body).await;
    for (path, body) in [
        (owner.to_owned(), json!({ "status": "DISABLED" })),
        (format!("/api/users/{}", bob.id), json!({ "role": "OWNER" })),
    ] {
        assert_eq!(ask(Method::PATCH, &path, Some(body)).await.code(), "FORBIDDEN", "{path}");
    }
    let invited =
        ask(Method::POST, "/api/invitations", Some(json!({ "email": "o@example.org", "role": "OWNER" })))
            .await;
    assert_eq!(invited.code(), "FORBIDDEN");
    let reset = json!({ "userId": "usr_00000000000000000000000001" });
    assert_eq!(ask(Method::POST, "/api/password-resets", Some(reset)).await.code(), "FORBIDDEN");
    assert_eq!(
        ask(Method::PATCH, "/api/settings", Some(json!({ "localRoots": ["/srv"] }))).await.code(),
        "FORBIDDEN"
    );
    let softer = ask(Method::PATCH, "/api/settings", Some(json!({ "signInFailuresMax": 3 }))).await;
    assert_eq!(softer.json["signInFailuresMax"], 3);
    for body in [json!({ "role": "ADMIN" }), json!({ "status": "DISABLED" })] {
        let refused = api.patch(owner, body).await;
        assert_eq!((refused.status, refused.code()), (StatusCode::CONFLICT, "PEOPLE_CONFLICT"));
    }
    let refused = api.delete(owner).await;
    assert_eq!((refused.status, refused.code()), (StatusCode::CONFLICT, "PEOPLE_CONFLICT"));
    // A project of another is not there for an admin either.
    let project = api.project().await;
    assert_eq!(ana.get(&api, &format!("/api/projects/{project}")).await.status, StatusCode::NOT_FOUND);
    let log = ana.get(&api, "/api/audit").await.json.to_string();
    assert!(log.contains("SETTINGS_CHANGED") && !log.contains(&project), "{log}");
    assert!(api.get("/api/audit").await.json.to_string().contains(&project));
}

#[tokio::test]
async fn nobody_goes_with_projects_that_nobody_takes() {
    let api = Api::new().await;
    api.patch("/api/settings", json!({ "localRoots": ["/repository"] })).await;
    let (ana, bob) = (join(&api, "ana", "MEMBER").await, join(&api, "bob", "MEMBER").await);
    let body = json!({ "name": "Anas", "source": { "kind": "GIT", "path": "/repository" } });
    let project = api.ask(&ana.token, Method::POST, "/api/projects", Some(body)).await;
    assert_eq!(project.status, StatusCode::CREATED, "{project:?}");
    let project = format!("/api/projects/{}", project.json["id"].as_str().expect("an id"));
    let path = format!("/api/users/{}", ana.id);
    assert_eq!(api.delete(&path).await.code(), "PEOPLE_CONFLICT");
    let nobody = api.delete(&format!("{path}?handOverTo=usr_01KAR6V8G0M3N9T5X7Y2B4C6D8")).await;
    assert_eq!(nobody.pointers(), ["/handOverTo"]);
    assert_eq!(ana.get(&api, &project).await.status, StatusCode::OK);
    let gone = api.delete(&format!("{path}?handOverTo={}", bob.id)).await;
    assert_eq!(gone.status, StatusCode::NO_CONTENT);
    assert_eq!(ana.is_let_in(&api).await, (false, false));
    assert_eq!(bob.get(&api, &project).await.status, StatusCode::OK);
    assert_eq!(api.get(&path).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn members_name_only_paths_under_the_roots() {
    let api = Api::new().await;
    let ana = join(&api, "ana", "MEMBER").await;
    let create = async |path: &str| {
        let body = json!({ "name": "a", "source": { "kind": "GIT", "path": path } });
        api.ask(&ana.token, Method::POST, "/api/projects", Some(body)).await
    };
    let before = create("/repository").await;
    assert_eq!((before.status, before.pointers()), (StatusCode::UNPROCESSABLE_ENTITY, vec!["/source/path"]));
    api.patch("/api/settings", json!({ "localRoots": ["/repository"] })).await;
    assert_eq!(create("/repository/a").await.status, StatusCode::CREATED);
    // What is there and what is not are refused in the same words.
    let refused = ["/etc", "/nowhere-at-all", "/repository/../etc", "/repositoryx"];
    for path in refused {
        let answer = create(path).await;
        assert_eq!(answer.pointers(), ["/source/path"], "{path}");
        assert_eq!(answer.json["errors"][0]["expected"], "a path under /repository", "{path}");
    }
    assert_eq!(api.project().await.len(), 30, "an owner names any path");
    // Who may edit an owner's project may not lead it elsewhere, and from then on it is held to the roots.
    let body = json!({ "name": "a", "source": { "kind": "GIT", "path": "/elsewhere" } });
    let project = api.post("/api/projects", body).await.json["id"].as_str().expect("an id").to_owned();
    let member = format!("/api/projects/{project}/members/{}", ana.id);
    api.send_json(Method::PUT, &member, json!({ "access": "EDIT" }).to_string()).await;
    let path = format!("/api/projects/{project}");
    let renamed = api.ask(&ana.token, Method::PATCH, &path, Some(json!({ "name": "b" }))).await;
    assert_eq!(renamed.status, StatusCode::OK, "{renamed:?}");
    let lead = |to: &str| Some(json!({ "source": { "kind": "GIT", "path": to } }));
    let led = api.ask(&ana.token, Method::PATCH, &path, lead("/etc")).await;
    assert_eq!(led.pointers(), ["/source/path"]);
    assert_eq!(api.ask(&ana.token, Method::PATCH, &path, lead("/repository/a")).await.status, StatusCode::OK);
    let back = api.patch(&path, json!({ "source": { "kind": "GIT", "path": "/elsewhere" } })).await;
    assert_eq!(back.pointers(), ["/source/path"]);
}

#[tokio::test]
async fn a_cursor_is_only_its_askers() {
    let api = Api::new().await;
    let ana = join(&api, "ana", "OWNER").await;
    for _ in 0..3 {
        api.project().await;
    }
    let cursor = api.get("/api/projects?limit=1").await.json["nextCursor"].as_str().expect("more").to_owned();
    let path = format!("/api/projects?limit=1&cursor={cursor}");
    assert_eq!(api.get(&path).await.status, StatusCode::OK);
    assert_eq!(ana.get(&api, &path).await.pointers(), ["/cursor"]);
}
