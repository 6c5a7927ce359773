use super::*;

#[track_caller]
fn check(words: &str, markdown: &str, plain: &str) {
    assert_eq!(Ink::Markdown.write(words), markdown, "Markdown");
    assert_eq!(Ink::Short.write(words), plain, "plain");
}

#[test]
fn words_and_code_stay() {
    check("Add `a_b` and _c_d, 100% sure", "Add `a_b` and `_c_d`, 100% sure", "Add a_b and _c_d, 100% sure");
    check("``a ` b`` done", "``a ` b`` done", "a ` b done");
    check("An odd ` back-tick", "An odd \\` back-tick", "An odd ` back-tick");
    check("sort `Key`s", "sort `Key`s", "sort `Key`s");
    assert_eq!(Ink::Plain.write("Add `a_b`"), "Add `a_b`");
}

#[test]
fn markup_is_shown_not_obeyed() {
    check(
        "*a* _b_ [c](d) <e> |f| ~g~",
        "\\*a\\* \\_b\\_ \\[c\\](d) \\<e\\> \\|f\\| \\~g\\~",
        "*a* _b_ [c](d) <e> |f| ~g~",
    );
    check(
        "# a &lt; C# {{ x }} {% y %}",
        "\\# a \\&lt; C# &#123;{ x }} &#123;% y %}",
        "# a &lt; C# {{ x }} {% y %}",
    );
    check("`{{ x }}`", "\\`&#123;{ x }}\\`", "`{{ x }}`");
}

#[test]
fn nothing_is_mentioned_or_linked() {
    check("ping @everyone, and @a/b.", "ping `@everyone`, and `@a/b`.", "ping ＠everyone, and ＠a/b.");
    check("see #999 and o/r#12", "see `#999` and `o/r#12`", "see no. 999 and o/r no. 12");
    check("see https://evil.example/x.", "see `evil.example/x`.", "see evil.example/x.");
    check("see www.evil.example now", "see `evil.example` now", "see evil.example now");
    check("](javascript:alert(1))", "\\](javascript:alert(1))", "](javascript:alert(1))");
    check("since 599626be it hangs", "since `599626be` it hangs", "since 599626be it hangs");
    check("1234567 defaced", "1234567 defaced", "1234567 defaced");
    check("uses #include here", "uses \\#include here", "uses include here");
    check("`@everyone`", "`@everyone`", "＠everyone");
}

#[test]
fn little_text_is_escaped_backslash_first() {
    assert_eq!(Ink::LittleText.write("a (b) #c @d `e_f`"), "a \\(b\\) \\#c ＠d e\\_f");
}

#[test]
fn a_paragraph_never_becomes_a_list() {
    assert_eq!(as_paragraph("- a".to_owned()), "\\- a");
    assert_eq!(as_paragraph("1. a".to_owned()), "1\\. a");
    assert_eq!(as_paragraph("a".to_owned()), "a");
}

#[test]
fn names_of_code_are_code_where_the_platform_knows_it() {
    check("add --body-file for it", "add `--body-file` for it", "add --body-file for it");
    check("Add Key::min()", "Add `Key::min()`", "Add Key::min()");
    check(
        "commit_groups in .git-ignore and close()",
        "`commit_groups` in `.git-ignore` and `close()`",
        "commit_groups in .git-ignore and close()",
    );
    check("a well-known word, e.g. this", "a well-known word, e.g. this", "a well-known word, e.g. this");
}
