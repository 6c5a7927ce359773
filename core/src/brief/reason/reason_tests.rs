use super::*;

#[track_caller]
fn check(headline: &str, body: &str, expected: Option<&str>) {
    assert_eq!(reason(headline, body).as_deref(), expected);
}

#[test]
fn the_sentence_that_says_what_used_to_happen_wins() {
    check(
        "Match folder patterns everywhere",
        "The check compared with the platform's own separator. Patterns like `docs/` therefore silently matched \
         nothing\non machines with another one.",
        Some("Patterns like `docs/` therefore silently matched nothing on machines with another one."),
    );
}

#[test]
fn figures_win_over_explanations() {
    check(
        "Split the benchmarks",
        "Every engine was built for any of them.\n\nA flag cannot fix this.\n\nBuilding now takes 40s instead of \
         10m13s from a cold folder.",
        Some("Building now takes 40s instead of 10m13s from a cold folder."),
    );
}

#[test]
fn a_squash_is_quoted_only_where_it_tells_the_subject() {
    check(
        "Add page numbers to contributors",
        "* feat(log): warn when a template cannot work\n\nThe program never said that the template was wrong.\n\n\
         * feat: add page numbers to contributors\n\nPage numbers are kept in ascending order, so that a template \
         can print them.\n\n* style: run the formatter",
        Some("Page numbers are kept in ascending order, so that a template can print them."),
    );
    check("Add a filter", "* feat: accept ordered groups\n\nThe order was always lost before.", None);
}

#[test]
fn lists_code_forms_and_links_are_never_quoted() {
    check("Keep order", "- one thing that was wrong before\n- another thing", None);
    check("Keep order", "```\nthis is code that never failed.\n```", None);
    check("Keep order", "Constraint: the order must never be lost again.", None);
    check("Keep order", "See https://example.org/why for what used to happen here.", None);
    check("Keep order", "Closes #12 because the order was lost.", None);
    check("Keep order", "<!-- please describe why this was never done before. -->", None);
    check("Keep order", "Adds a setting that, when enabled, excludes:\n- one\n- two", None);
}

#[test]
fn a_sentence_that_leans_on_another_brings_it_along() {
    check(
        "Store smaller separators",
        "The counter was read twice by the writer. So a later number was silently lost.",
        Some("The counter was read twice by the writer. So a later number was silently lost."),
    );
}

#[test]
fn a_sentence_that_repeats_the_headline_is_no_reason() {
    check("Keep the order of groups in templates", "Keeps the order of groups in templates.", None);
    check("Keep order", "Short.", None);
}

#[test]
fn abbreviations_and_code_end_no_sentence() {
    assert_eq!(
        sentence::sentences("A b, e.g. this one. `x. y` stays! And then"),
        ["A b, e.g. this one.", "`x. y` stays!", "And then"]
    );
}
