//! A name or a commit may hold anything; a terminal is shown what it holds and never obeys it.

use dateline_tests::history;
use serde_json::json;

use super::Operator;

/// Characters that steer a terminal or turn words around, as they may come in names the interface lets through.
const HIDDEN: [char; 5] = ['\u{202e}', '\u{2066}', '\u{200b}', '\u{feff}', '\u{2028}'];

#[test]
fn names_are_shown_and_not_obeyed() {
    let operator = Operator::new();
    let repository = history::conventional();
    let name: String = HIDDEN.iter().fold("App".to_owned(), |name, hidden| format!("{name}{hidden}x"));
    let body = json!({ "name": name, "source": { "kind": "GIT", "path": repository.path() } });
    operator.scene.client().post("/api/projects", &body).expect(201);
    for arguments in [&["project", "list"][..], &["project", "show", "App"], &["doctor"]] {
        let printed = operator.done(arguments);
        assert!(printed.contains("App\\u{202e}x\\u{2066}x"), "{arguments:?}: {printed}");
        let hidden = printed.chars().find(|it| HIDDEN.contains(it) || (it.is_control() && *it != '\n'));
        assert_eq!(hidden, None, "{arguments:?}: {printed:?}");
    }
    let told = operator.json(&["project", "show", "App"]);
    assert_eq!(told["name"], name.as_str(), "JSON keeps the name as it is");
}

#[test]
fn what_a_person_typed_is_not_obeyed_either() {
    let operator = Operator::new();
    for wanted in ["\u{1b}[2Jx", "a\nb", "\u{202e}gnp.exe"] {
        let why = operator.refused(&["job", "show", wanted], 3);
        assert!(why.trim_end().chars().all(|it| !it.is_control() && !HIDDEN.contains(&it)), "{why:?}");
    }
}

#[test]
fn a_hostile_history_reaches_the_terminal_harmless() {
    let operator = Operator::new();
    let repository = history::hostile();
    operator.set_up(repository.path());
    operator.ran(&["trigger", "friday", "--wait"]);
    for arguments in [
        &["run", "show", "last"][..],
        &["logs", "last"],
        &["draft", "list"],
        &["draft", "show", "last", "--evidence"],
    ] {
        let printed = operator.ran(arguments).stdout;
        let hidden =
            printed.chars().find(|it| HIDDEN.contains(it) || (it.is_control() && !matches!(it, '\n' | '\t')));
        assert_eq!(hidden, None, "{arguments:?}: {printed:?}");
        assert!(!printed.contains(history::GITHUB_TOKEN), "{arguments:?}");
    }
}
