//! L1, L2, L4 to L9, L12, L13.

use super::*;
use crate::brief::Class;
use crate::lint::{Earlier, content_hash};

#[test]
fn l1_a_statement_rests_on_something_that_exists() {
    article().check(Rule::L1, "");
    article().says("Match directory patterns on Windows", &[3]).check(Rule::L1, "E");
    article().raw("The whole program is now much better.").check(Rule::L1, "E");
    article().raw("Fixes").check(Rule::L1, "");
    let mut moved = article();
    moved.evidence[2].start += 1;
    moved.evidence[2].end += 1;
    moved.check(Rule::L1, "EE");
    let mut untitled = article();
    untitled.content.title = Some("Everything is new in this release".to_owned());
    untitled.check(Rule::L1, "EE");
    let mut beyond = article();
    beyond.evidence[1].end = usize::MAX;
    beyond.check(Rule::L1, "EE");
}

#[test]
fn l2_references_belong_to_what_is_cited() {
    article().says("Match directory patterns (#1502)", &[2]).check(Rule::L2, "");
    article().says("Match directory patterns (#1501)", &[2]).check(Rule::L2, "E");
    article().says("Match directory patterns, fixes #999", &[2]).check(Rule::L2, "E");
    article().says("Ordered group rendering, see #77", &[1]).check(Rule::L2, "W");
    article().says("See #1502 and #9 and #77.", &[]).check(Rule::L2, "E");
    article().says("Match directory patterns ([x](https://evil.example/))", &[2]).check(Rule::L2, "E");
    article().says("Match directory patterns https://evil.example/", &[2]).check(Rule::L2, "E");
    article().says("Match directory patterns www.evil.example", &[2]).check(Rule::L2, "E");
    article().says(&format!("Match directory patterns {BASE}/issues/1"), &[2]).check(Rule::L2, "E");
    article().says("Match directory patterns (029626b)", &[2]).check(Rule::L2, "");
    article().says("Match directory patterns (039626b)", &[2]).check(Rule::L2, "E");
    article().raw("## About #4").check(Rule::L2, "E");
    article().raw("[x](https://evil.example/)").check(Rule::L2, "E");
    Case::new(Platform::Linkedin)
        .says("Match directory patterns \\(\\#1502\\) \\#4", &[2])
        .check(Rule::L2, "E");
}

#[test]
fn l4_and_l5_what_matters_is_told() {
    let with_third = |class, breaking: Option<&str>| {
        article().brief(|brief| {
            let mut third = item(3, "Drop old names", "");
            third.class = class;
            third.breaking = breaking.map(str::to_owned);
            brief.items.push(third);
        })
    };
    with_third(Class::Fix, None).check(Rule::L4, "");
    with_third(Class::Fix, None).check(Rule::L5, "W");
    with_third(Class::Security, None).check(Rule::L4, "E");
    with_third(Class::Fix, Some("")).check(Rule::L4, "E");
    with_third(Class::Fix, Some("")).says("Drop old names", &[3]).check(Rule::L4, "");
    with_third(Class::Fix, Some("")).says("And 2 smaller changes", &[2, 3]).check(Rule::L4, "E");
    // A person's rewording keeps the reference.
    with_third(Class::Fix, Some("")).raw(&format!("Gone: [names]({BASE}/pull/1503)")).check(Rule::L4, "");
    with_third(Class::Fix, Some("")).raw("Gone, in 039626b").check(Rule::L4, "");
    Case::new(Platform::Mastodon).says("Match directory patterns", &[2]).check(Rule::L5, "W");
    Case::new(Platform::Mastodon).says("Ordered group rendering", &[1]).check(Rule::L5, "");
}

#[test]
fn l6_lengths_and_tags_fit() {
    article().title(&"Group rendering ".repeat(8), &[1]).check(Rule::L6, "");
    article().title(&"Group rendering ".repeat(9), &[1]).check(Rule::L6, "E");
    article().title("Group\nrendering", &[1]).check(Rule::L6, "E");
    article().tags(&["a", "b", "c", "d", "e"]).check(Rule::L6, "E");
    article().tags(&["c++", "machine-learning"]).check(Rule::L6, "EE");
    Case::new(Platform::Mastodon).raw(&"word ".repeat(101)).check(Rule::L6, "E");
    Case::new(Platform::Mastodon).title("x", &[1]).says("Ordered group rendering", &[1]).check(Rule::L6, "E");
    Case::new(Platform::Markdown).check(Rule::L6, "E");
    Case::new(Platform::Hashnode).raw(&"\n\"\\".repeat(16_400)).check(Rule::L6, "E");
    Case::new(Platform::Markdown).raw(&"a ".repeat(600_000)).check(Rule::L6, "E");
}

#[test]
fn l7_nothing_leaks() {
    let leak = |words: &str| Case::new(Platform::Markdown).says(words, &[1]);
    leak("Ordered group rendering").check(Rule::L7, "");
    leak("Ordered \u{202e}group").check(Rule::L7, "E");
    leak("Ordered\u{200b} group \u{7}").check(Rule::L7, "E");
    leak("by ann@example.com").check(Rule::L7, "E");
    leak("token ghp_16C7e42F292c6912E7710c838347Ae178B4a").check(Rule::L7, "E");
    leak("token ghp\\_16C7e42F292c6912E7710c838347Ae178B4a").check(Rule::L7, "E");
    leak("see http://127.1/x and http://wiki.internal/").check(Rule::L7, "EE");
    leak("see http://user:hunter22@example.com/").check(Rule::L7, "EE");
    let mut tagged = leak("x");
    tagged.content.summary = "ann@example.com".to_owned();
    tagged.check(Rule::L7, "E");
    let base = "http://git.internal/o/r";
    leak(&format!("see {base}/pull/1"))
        .brief(|brief| {
            brief.repository.links.as_mut().expect("links").base = base.to_owned();
        })
        .check(Rule::L7, "W");
}

#[test]
fn a_secret_is_not_repeated_by_the_finding_that_names_it() {
    let secret = "ghp_16C7e42F292c6912E7710c838347Ae178B4a";
    let case = Case::new(Platform::Markdown).raw(&format!("The token {secret} and password=hunter2x"));
    let findings = case.lint(Origin::Writer);
    let shown = findings.iter().filter(|finding| finding.rule == Rule::L7);
    assert!(
        shown.clone().count() > 0
            && shown.clone().all(|finding| !format!("{finding:?}").contains("hunter2x")),
        "{findings:#?}"
    );
    let all = format!("{findings:?}");
    assert!(!all.contains("16C7e42F"), "{all}");
}

#[test]
fn l8_what_is_read_back_is_what_was_meant() {
    article().says("Match <b>directory</b> patterns", &[2]).check(Rule::L8, "EE");
    article().says("Match ![x](https://a.b/c.png)", &[2]).check(Rule::L8, "E");
    article().says("Match [x](javascript:alert(1))", &[2]).check(Rule::L8, "E");
    article().says("Match \\[x\\](javascript:alert(1)) \\<b>", &[2]).check(Rule::L8, "");
    Case::new(Platform::Linkedin).says("Match (directory) patterns", &[2]).check(Rule::L8, "E");
    Case::new(Platform::Linkedin).says("Match \\directory", &[2]).check(Rule::L8, "E");
    Case::new(Platform::Linkedin).raw("#rust #other").tags(&["rust"]).check(Rule::L8, "E");
    Case::new(Platform::Linkedin).raw("#rusty").tags(&["rust"]).check(Rule::L8, "E");
    Case::new(Platform::Bluesky).raw("see#rust #rust.").tags(&["rust"]).check(Rule::L8, "");
    Case::new(Platform::Bluesky).raw("#rust #other").tags(&["rust"]).check(Rule::L8, "E");
    Case::new(Platform::Bluesky).raw("x:https://github.com/o/r").check(Rule::L8, "E");
    Case::new(Platform::Mastodon).raw("(any) *thing* <goes>").check(Rule::L8, "");
}

#[test]
fn l8_a_statement_that_reads_differently_in_the_whole_is_found() {
    let link = format!("[#1501]({BASE}/pull/1501)");
    let mut case = Case::new(Platform::Markdown).says(&format!("Ordered `group rendering {link}"), &[1]);
    case.content.body = case.content.body.trim_end().to_owned() + " and` more";
    case.check(Rule::L8, "E");
}

#[test]
fn l9_nobody_is_called_and_nothing_is_closed() {
    article().says("Match directory patterns, by @ann", &[2]).check(Rule::L9, "E");
    article().says("Match directory &#64;everyone", &[2]).check(Rule::L9, "E");
    article().says("Match directory `@ann`", &[2]).check(Rule::L9, "");
    article().says("Closes #9.", &[1]).check(Rule::L9, "");
    Case::new(Platform::Email).says("Match directory patterns, by @ann", &[2]).check(Rule::L9, "");
    Case::new(Platform::Mastodon)
        .says("Match directory patterns @ann@example.social", &[2])
        .check(Rule::L9, "E");
    let notes = |words: &str| Case::new(Platform::ReleaseNotes).says(words, &[1]);
    notes("Ordered group rendering (#1501), refs #9").check(Rule::L9, "");
    notes("Ordered group rendering, closes #9").check(Rule::L9, "E");
    notes(&format!("Ordered group rendering. Fixes: [#9]({BASE}/issues/9)")).check(Rule::L9, "E");
    notes("Resolved o/r#9").check(Rule::L9, "E");
    notes("Match `closes #9`").check(Rule::L9, "");
}

#[test]
fn l12_a_body_brings_no_front_matter() {
    article().check(Rule::L12, "");
    let body = |first: &str| {
        let mut case = article();
        case.content.body.insert_str(0, first);
        case
    };
    body("---\ntitle: x\n---\n").check(Rule::L12, "E");
    body("\n+++\nx = 1\n+++\n").check(Rule::L12, "E");
    body("- one\n").check(Rule::L12, "");
}

#[test]
fn l13_nothing_equal_went_out_lately() {
    let earlier = |title: &str, hash: &str| Earlier { title: Some(title.to_owned()), hash: hash.to_owned() };
    let mut case = article();
    case.check(Rule::L13, "");
    case.earlier = vec![earlier("other", "0")];
    case.check(Rule::L13, "");
    case.earlier.push(earlier("add  COMMIT_GROUPS filter, and 1 more change in git-cliff", "0"));
    case.check(Rule::L13, "W");
    case.earlier = vec![earlier("other", &content_hash(&case.content))];
    case.check(Rule::L13, "W");
}
