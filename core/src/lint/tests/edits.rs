//! L14: a person's edit.

use super::*;
use crate::content::Evidence;

fn person(note: Option<&str>) -> Origin<'_> {
    Origin::Person { note }
}

#[test]
fn a_person_s_new_words_are_theirs() {
    let case = article().raw("I like this release a lot.");
    case.check_as(Origin::Writer, Rule::L1, "E");
    case.check_as(person(None), Rule::L1, "W");
    article().says("Match directory patterns", &[7]).check_as(person(Some("so")), Rule::L1, "E");
}

#[test]
fn a_note_settles_doubts_about_words_only() {
    let case = article().raw("It is 40 times faster with `turbo_mode`.");
    case.check_as(person(None), Rule::L3, "EE");
    case.check_as(person(Some("  ")), Rule::L3, "EE");
    case.check_as(person(Some("measured here")), Rule::L3, "WW");
    case.check_as(Origin::Writer, Rule::L3, "EE");
    article().raw("By @ann and #4").check_as(person(Some("so")), Rule::L9, "E");
    article().raw("By them, see #4").check_as(person(Some("so")), Rule::L2, "E");
}

#[test]
fn a_few_words_are_enough_to_claim_something() {
    for words in ["Closes #999", "#999", "This closes #999.", "deadbeef123", "- See deadbeef123"] {
        article().raw(words).check_as(person(None), Rule::L2, "E");
    }
    for words in ["40x faster", "Since v9.9"] {
        article().raw(words).check_as(person(None), Rule::L3, "E");
    }
    for glue in ["1.", "---", "Well done!", "#rust #web3"] {
        let findings = article().raw(glue).lint(person(None));
        assert!(findings.is_empty(), "{glue}: {findings:#?}");
    }
}

fn retained(case: &Case, body: &str) -> Vec<Evidence> {
    let mut edited = case.content.clone();
    edited.body = body.to_owned();
    retain_evidence(&case.evidence, &edited)
}

#[test]
fn evidence_stays_with_statements_that_stand_word_for_word() {
    let case = Case::new(Platform::Markdown)
        .says("13 changes landed.", &[])
        .says("Match patterns", &[2])
        .says("Match", &[1]);
    let all = retained(&case, &case.content.body);
    assert_eq!(all, case.evidence);
    let count = |body: &str| retained(&case, body).iter().filter(|one| one.part == ContentPart::Body).count();
    assert_eq!(count("New words. 13 changes landed. Match patterns. Match!"), 3);
    assert_eq!(count("113 changes landed. Match patternsX."), 1);
    assert_eq!(count("14 changes landed."), 0);
    // The order may change.
    assert_eq!(count("Match. Match patterns. 13 changes landed."), 3);
    for evidence in retained(&case, "é Match patterns, é13 13 changes landed. Match") {
        if evidence.part == ContentPart::Body {
            assert_eq!(
                &"é Match patterns, é13 13 changes landed. Match"[evidence.start..evidence.end],
                evidence.statement
            );
        }
    }
}

#[test]
fn findings_come_errors_first() {
    let findings = article().raw("A seamless thing of 777 things by @ann").lint(person(None));
    let first_warning = findings.iter().position(|finding| finding.severity == Severity::Warning);
    let last_error = findings.iter().rposition(|finding| finding.severity == Severity::Error);
    assert!(last_error < first_warning, "{findings:#?}");
}
