//! Texts that mean harm: each is answered, none hangs, none panics.

use super::*;
use crate::lint::fixture::{self, evidence};
use proptest::prelude::*;

const PIECES: [&str; 34] = [
    "[",
    "](",
    "`",
    "``",
    "*a **b ",
    "> ",
    "- ",
    "<b",
    "<!--",
    "&#64;",
    "@everyone ",
    "#1 ",
    "#999999999999999999999 ",
    "http://",
    "https://a.b/(",
    "\\",
    "\u{202e}",
    "\u{e0041}",
    "👨\u{200d}👩",
    "漢字",
    "closes #1 ",
    "0",
    "1.2.3.4.",
    "a_b",
    "aB",
    "ghp_",
    "password=",
    "eyJ",
    "-----BEGIN X-----",
    "a@b.c",
    "://",
    "x ",
    "\n\n",
    "abc1234 ",
];

#[test]
fn long_hostile_texts_are_answered() {
    for platform in [Platform::Devto, Platform::Linkedin, Platform::Bluesky, Platform::ReleaseNotes] {
        for piece in PIECES {
            let body = piece.repeat(30_000 / piece.len());
            let findings = Case::new(platform).says(&body, &[1, 2]).lint(Origin::Writer);
            assert!(findings.len() < 300);
        }
    }
}

#[test]
fn quotes_within_quotes_are_refused() {
    Case::new(Platform::Devto).raw(&"> ".repeat(1_000)).check(Rule::L8, "E");
}

#[test]
fn many_items_and_statements_are_answered() {
    let mut case = Case::new(Platform::Markdown).brief(|brief| {
        brief.items.extend(
            (3..=1_000).map(|id| item(id, &format!("Add part {id}"), &"Because it is so. ".repeat(20))),
        );
    });
    for id in 1..=1_000 {
        case =
            case.says(&format!("Add part {id} ([#{n}]({BASE}/pull/{n})). *Ann Lee*", n = 1500 + id), &[id]);
    }
    let findings = case.lint(Origin::Writer);
    assert!(
        findings.iter().all(|finding| finding.severity == Severity::Warning || finding.rule == Rule::L3),
        "{findings:#?}"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn no_text_panics(pieces in prop::collection::vec(prop::sample::select(PIECES.to_vec()), 0..40), start in 0_usize..60, end in 0_usize..60, which in 0_usize..8) {
        let body = pieces.concat();
        let mut case = Case::new(Platform::ALL[which]).raw(&body);
        let statement = body.get(start..end).unwrap_or("x").to_owned();
        case.evidence.push(fixture::evidence(ContentPart::Body, start, &statement, &[1, 9]));
        case.evidence.push(evidence(ContentPart::Body, 0, &body, &[2]));
        for finding in case.lint(Origin::Person { note: None }) {
            let shown = finding.excerpt.unwrap_or_default() + &finding.message;
            prop_assert!(!shown.contains(char::is_control));
        }
        let kept = retain_evidence(&case.evidence, &case.content);
        for one in kept.iter().filter(|one| one.part == ContentPart::Body) {
            prop_assert_eq!(&case.content.body[one.start..one.end], one.statement.as_str());
        }
    }
}
