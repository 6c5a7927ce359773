use super::*;
use crate::activity::LinkHost;

fn own() -> LinkBase {
    LinkBase { host: LinkHost::GitHub, base: "https://github.com/Acme/rocket".into() }
}

fn check_closes(text: &str, expected: &[u64]) {
    assert_eq!(Message::parse(text, Some(&own())).closes, expected, "{text:?}");
}

#[test]
fn closing_keywords_name_issues_of_the_own_repository() {
    for keyword in
        ["close", "closes", "closed", "fix", "fixes", "fixed", "resolve", "resolves", "resolved", "FIXES"]
    {
        check_closes(&format!("x\n\n{keyword} #9"), &[9]);
    }
    check_closes("x\n\nCloses: #9", &[9]);
    check_closes("x\n\ncloses #1, #2 and #3, and #4 & #5", &[1, 2, 3, 4, 5]);
    check_closes("fix the door (closes #7)", &[7]);
    check_closes("x\n\nFixes acme/Rocket#12", &[12]);
    check_closes("x\n\nFixes https://github.com/acme/rocket/issues/31.", &[31]);
    check_closes("x\n\nFixes <https://github.com/Acme/rocket/issues/31#issuecomment-5>", &[31]);
    check_closes("x\n\nFixes GH-8", &[8]);
    check_closes("x\n\nfixes #4, fixes #4", &[4]);
    check_closes("x\n\n- closes #4\n- closes #5", &[4, 5]);
}

#[test]
fn other_numbers_close_nothing() {
    check_closes("x (#9)", &[]);
    check_closes("x\n\nsee #9", &[]);
    check_closes("x\n\nprefix #9, hot-fix #9", &[]);
    check_closes("x\n\nfixes other/rocket#9", &[]);
    check_closes("x\n\nfixes https://github.com/acme/rocketeer/issues/9", &[]);
    check_closes("x\n\nfixes https://github.com/acme/rocket/pull/9", &[]);
    check_closes("x\n\nfixes #0 and #99999999999999999999999", &[]);
    check_closes("x\n\nFixes: 0123abc (\"old\")", &[]);
    check_closes("x\n\n```\ncloses #9\n```\n", &[]);
    check_closes("x\n\n~~~\n```\ncloses #9\n", &[]);
    check_closes("x\n\nuse `closes #9` or ``fixes #8 ` `` there", &[]);
    check_closes("x\n\n> closes #9", &[]);
    check_closes("x\n\n<!-- closes #9 --> closes #10", &[10]);
    assert!(Message::parse("x\n\nfixes acme/rocket#12", None).closes.is_empty());
}

fn check_request(text: &str, expected: Option<u64>) {
    assert_eq!(Message::parse(text, None).pull_request, expected, "{text:?}");
}

#[test]
fn a_number_in_brackets_at_the_end_of_a_subject_is_a_pull_request() {
    check_request("Add doors (#123)", Some(123));
    check_request("Add doors (#123) ", Some(123));
    check_request("Add doors (#12) (#34)", Some(34));
    check_request("Add doors (!5)", Some(5));
    check_request("Add doors\n\nSee merge request a/b!77", Some(77));
    check_request("Add doors (#123) to rooms", None);
    check_request("Add doors #123", None);
    check_request("Revert \"Add doors (#123)\"", None);
    check_request("Add doors (#0)", None);
    check_request("Add doors (#99999999999999999999)", None);
}

fn check_merge(text: &str, branch: Option<&str>, title: Option<&str>, pull_request: Option<u64>) {
    let expected =
        MergeText { branch: branch.map(str::to_owned), title: title.map(str::to_owned), pull_request };
    let message = Message::parse(text, None);
    assert_eq!(message.merge, Some(expected), "{text:?}");
    assert_eq!(message.pull_request, pull_request, "{text:?}");
}

#[test]
fn merge_subjects_of_every_host_are_understood() {
    check_merge(
        "Merge pull request #7 from bob/feat/x\n\nAdd doors\n\nText.",
        Some("feat/x"),
        Some("Add doors"),
        Some(7),
    );
    check_merge("Merge pull request #7 from bob/x", Some("x"), None, Some(7));
    check_merge(
        "Merge pull request #7 in PROJ/repo from feature/x to master\n\n* commit 'ab':\n  y",
        Some("feature/x"),
        None,
        Some(7),
    );
    check_merge(
        "Merge pull request 'It's a \"door\"' (#9) from b into main",
        Some("b"),
        Some("It's a \"door\""),
        Some(9),
    );
    check_merge(
        "Merged in door (pull request #4)\r\n\r\nAdd doors\r\n",
        Some("door"),
        Some("Add doors"),
        Some(4),
    );
    check_merge("Merged PR 12: Add doors", None, Some("Add doors"), Some(12));
    check_merge(
        "Merge branch 'x' into 'main'\n\nAdd doors\n\nCloses #3\n\nSee merge request g/s/p!8",
        Some("x"),
        Some("Add doors"),
        Some(8),
    );
    check_merge("Merge branch 'x' into 'main'\n\nSee merge request !8", Some("x"), None, Some(8));
    check_merge("Merge branch 'x'\n\nWhy not.", Some("x"), None, None);
    check_merge("Merge branch 'main' of https://h.example/a/b into x", Some("main"), None, None);
    check_merge("Merge remote-tracking branch 'origin/main' into x", Some("origin/main"), None, None);
    check_merge("Merge branches 'a', 'b' and 'c'", Some("a"), None, None);
    check_merge("Merge tag 'v1.2' into main", None, None, None);
    assert_eq!(Message::parse("Merge sort is faster", None).merge, None);
    assert_eq!(Message::parse("Merge the two tables into one", None).merge, None);
}

fn check_trailers(text: &str, body: &str, trailers: &[(&str, &str)]) {
    let message = Message::parse(text, None);
    assert_eq!(message.body, body, "{text:?}");
    let found: Vec<_> = message.trailers.iter().map(|t| (t.token.as_str(), t.value.as_str())).collect();
    assert_eq!(found, trailers, "{text:?}");
}

#[test]
fn the_last_paragraph_holds_trailers_when_git_would_say_so() {
    check_trailers(
        "s\n\nBody.\n\nRefs: 12\nReviewed-by : Al <a@b.c>\n",
        "Body.",
        &[("Refs", "12"), ("Reviewed-by", "Al")],
    );
    check_trailers("s\n\nA: b", "", &[("A", "b")]);
    check_trailers("s\nA: b", "A: b", &[]);
    check_trailers("A: b", "", &[]);
    check_trailers("s\n\nBody\nA: b", "Body\nA: b", &[]);
    check_trailers("s\n\nText one\nSigned-off-by: A B <a@b.c>", "Text one", &[("Signed-off-by", "A B")]);
    check_trailers("s\n\n1\n2\n3\n4\nSigned-off-by: A <a@b.c>", "1\n2\n3\n4\nSigned-off-by: A <a@b.c>", &[]);
    check_trailers("s\n\nA: b\n  c\n\td\nE: f", "", &[("A", "b c d"), ("E", "f")]);
    check_trailers("s\r\n\r\nBody.\r\n\r\nA: b\r\nC: d\r\n", "Body.", &[("A", "b"), ("C", "d")]);
    check_trailers("s\n\nhttps://example.com/x", "https://example.com/x", &[]);
    check_trailers("s\n\nBREAKING CHANGE: ports\n  moved", "", &[("BREAKING CHANGE", "ports moved")]);
    check_trailers(
        "s\n\n(cherry picked from commit 12)\nA: b",
        "(cherry picked from commit 12)",
        &[("A", "b")],
    );
}

#[test]
fn co_authors_are_taken_from_trailers_in_any_case() {
    let message = Message::parse(
        "s\n\nCo-authored-by: Ann Lee <ann@x.y>\nco-Authored-By: <only@x.y>\nCo-authored-by: Bo",
        None,
    );
    let found: Vec<_> = message.co_authors.iter().map(|p| (p.name.as_str(), p.email.as_str())).collect();
    assert_eq!(found, [("Ann Lee", "ann@x.y"), ("", "only@x.y"), ("Bo", "")]);
}

#[test]
fn addresses_never_stay_in_a_value() {
    assert_eq!(without_addresses("Ann Lee <ann@x.y>"), "Ann Lee");
    assert_eq!(without_addresses("ann@x.y, Bo <bo@x.y>; c"), ", Bo ; c");
    assert_eq!(without_addresses("thanks @ann"), "thanks @ann");
    assert_eq!(without_addresses("<ann@localhost>"), "");
}

#[test]
fn names_are_plain_text() {
    assert_eq!(clean_name(" Ann \t\u{202E}Lee\u{0000}\n"), "Ann Lee");
    assert_eq!(clean_name("ann@x.y"), "ann");
    assert_eq!(clean_name("\u{200B}"), "Unknown");
    assert_eq!(clean_name(&"x".repeat(5000)).len(), 100);
    assert_eq!(clean_name("dependabot[bot]"), "dependabot[bot]");
}

#[test]
fn a_subject_is_kept_whole_and_a_body_is_cut_on_a_character() {
    let subject = "é".repeat(5000);
    let message = Message::parse(&format!("\n\n{subject}\r\n\r\n{}", "é".repeat(9000)), None);
    assert_eq!(message.subject, subject);
    assert_eq!(message.body.len(), BODY_BYTES_MAX);
    assert_eq!(Message::parse("", None).subject, "");
    assert_eq!(Message::parse("a\0b\n\nc\0d", None).subject, "a\0b");
}

proptest::proptest! {
    #[test]
    fn no_text_breaks_the_parser(text in "(?s).{0,400}") {
        let message = Message::parse(&text, Some(&own()));
        proptest::prop_assert!(message.body.len() <= BODY_BYTES_MAX);
        proptest::prop_assert!(!message.subject.contains('\n'));
    }

    #[test]
    fn no_address_survives_cleaning(text in "[a-z <>@.,;:\\[\\]()\u{e9}]{0,60}") {
        let cleaned = without_addresses(&text);
        proptest::prop_assert!(!super::address::has_address(&cleaned), "{cleaned:?}");
    }
}
