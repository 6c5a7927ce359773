//! L3, L10, L11.

use super::*;

#[test]
fn l3_figures_and_names_occur_in_their_own_sources() {
    let says = |words: &str, sources: &[u32]| Case::new(Platform::Markdown).says(words, sources);
    says("Ordered rendering of 1000 groups took 10m13s", &[1]).check(Rule::L3, "");
    says("Ordered rendering of 1001 groups", &[1]).check(Rule::L3, "E");
    says("Ordered rendering of 1,000 groups", &[2]).check(Rule::L3, "E");
    says("Directory patterns since 1.2.3, v1.2.3.", &[2]).check(Rule::L3, "");
    says("Directory patterns since 1.2.4", &[2]).check(Rule::L3, "E");
    says("Directory patterns since 1.2", &[2]).check(Rule::L3, "E");
    says("The `group_by` filter, `BTreeMap`", &[1]).check(Rule::L3, "");
    says("The `group_by` filter", &[2]).check(Rule::L3, "E");
    says("The groupBy filter of HashMap", &[1]).check(Rule::L3, "EE");
    says("120 lines in 3 files, on 5 August 2026, the 5th", &[1]).check(Rule::L3, "");
    says("121 lines", &[1]).check(Rule::L3, "E");
    says("14 commits by 9 people in 26 days, 2 features, and 1 more change", &[]).check(Rule::L3, "");
    says("37 commits", &[]).check(Rule::L3, "E");
    says("Add `commit_groups` filter (#1501, 019626b)", &[1]).check(Rule::L3, "");
    says(&format!("[All 2 changes]({BASE}/compare/aaaaaaaaaaaa...bbbbbbbbbbbb)"), &[]).check(Rule::L3, "");
    says("GitHub and git-cliff", &[]).check(Rule::L3, "");
}

#[test]
fn l3_an_object_id_without_letters_is_no_number() {
    let says = |words: &str, sources: &[u32]| {
        let case = Case::new(Platform::Markdown);
        case.brief(|brief| "4444473bb0".clone_into(&mut brief.items[0].sha)).says(words, sources)
    };
    says("Ordered rendering (4444473)", &[1]).check(Rule::L3, "");
    says("Ordered rendering (4444474)", &[1]).check(Rule::L3, "E");
    says("Ordered rendering (444447)", &[1]).check(Rule::L3, "E");
    says("Directory patterns (4444473)", &[2]).check(Rule::L3, "E");
}

#[test]
fn l3_what_the_whole_text_leaves_untold_may_be_counted() {
    let many = |words: &str| {
        let case = Case::new(Platform::Markdown)
            .brief(|brief| brief.items.extend((3..100).map(|id| item(id, "Do it", ""))));
        let told: Vec<u32> = (1..=30).collect();
        case.title("Ordered group rendering", &[1]).says("Do it", &told).says(words, &[])
    };
    many("and 69 more changes").check(Rule::L3, "");
    many("and 68 more changes").check(Rule::L3, "E");
}

#[test]
fn l10_a_statement_overlaps_its_sources() {
    let says = |words: &str, sources: &[u32]| Case::new(Platform::Markdown).says(words, sources);
    says("Rendering of groups is ordered by a filter", &[1]).check(Rule::L10, "");
    says("Brilliant telemetry pipelines transform enterprise synergy", &[1]).check(Rule::L10, "W");
    says("Removed the filter for ordered group rendering", &[1]).check(Rule::L10, "W");
    says("Brilliant telemetry pipelines transform enterprise synergy", &[]).check(Rule::L10, "");
}

#[test]
fn l11_no_hype_no_filler_no_repetition() {
    let says = |words: &str| article().says(words, &[1]);
    says("Ordered group rendering.").check(Rule::L11, "");
    says("We are excited to announce ordered group rendering").check(Rule::L11, "W");
    says("A game-changing, seamless filter 🚀").check(Rule::L11, "WWW");
    says("Ordered group rendering is here. What do you think?").check(Rule::L11, "W");
    says("Filter one. Filter two. Filter three.").check(Rule::L11, "W");
    says("Filter one. Then two. Filter three.").check(Rule::L11, "");
    says("Add the filter for ordered rendering of groups")
        .says("Add filter for the ordered rendering of groups", &[1])
        .check(Rule::L11, "W");
    article().title("Weekly update #12…", &[1]).check(Rule::L11, "WW");
    article().raw(&format!("## {}", "Heading ".repeat(12))).check(Rule::L11, "W");
    // An author may ask for an emoji.
    article()
        .brief(|brief| brief.items[0].title.push('🦋'))
        .says("A butterfly 🦋", &[1])
        .check(Rule::L11, "");
}
