use super::*;
use proptest::prelude::*;

fn page<'a>(title: &'a str, tags: &'a [String]) -> Page<'a> {
    let date = DateTime::parse_from_rfc3339("2026-11-23T18:00:00+01:00").expect("a date");
    Page {
        title,
        description: "One: sentence.",
        slug: "one",
        tags,
        authors: &[],
        date,
        updated: date,
        origin: PageOrigin { draft: DraftId::from_bits(7), revision: 2 },
        body: "Words.",
    }
}

const SITES: [SiteKind; 4] = [SiteKind::Hugo, SiteKind::Jekyll, SiteKind::Astro, SiteKind::Zola];

#[test]
fn hugo_reads_yaml() {
    let tags = ["rust".to_owned()];
    assert_eq!(
        page_file(SiteKind::Hugo, &page("bad: \"yaml\"", &tags)),
        "---\ntitle: \"bad: \\\"yaml\\\"\"\ndate: 2026-11-23T18:00:00+01:00\nlastmod: 2026-11-23T18:00:00+01:00\n\
         draft: false\nslug: \"one\"\ndescription: \"One: sentence.\"\ntags: [\"rust\"]\n\
         dateline: \"dft_00000000000000000000000007\"\ndatelineRevision: 2\n---\n\nWords.\n"
    );
}

#[test]
fn every_site_s_page_names_its_draft() {
    for site in SITES {
        let page = page("x", &[]);
        let marker = page_marker(&page_file(site, &page)).expect("a marker");
        assert_eq!((marker.origin, marker.date), (page.origin, Some(page.date)), "{site:?}");
    }
    assert_eq!(
        page_marker(
            "---\ntitle: x\n---\ndateline: \"dft_00000000000000000000000007\"\ndatelineRevision: 2\n"
        ),
        None
    );
    assert_eq!(page_marker("dateline: \"dft_00000000000000000000000007\"\n"), None);
}

#[test]
fn jekyll_wants_the_day_in_the_name() {
    let date = page("x", &[]).date;
    assert_eq!(file_name(SiteKind::Jekyll, date, "one"), "2026-11-23-one.md");
    assert_eq!(file_name(SiteKind::Zola, date, "one"), "one.md");
}

proptest! {
    #[test]
    fn a_quoted_string_stays_on_its_line_and_reads_back(text in "(?s).*") {
        let quoted = quoted(&text);
        let is_break = |char: char| char.is_control() || ['\u{2028}', '\u{2029}'].contains(&char);
        prop_assert!(!quoted.contains(is_break));
        prop_assert_eq!(unquoted(&quoted), Some(text));
    }

    /// No title forges a field or closes the front matter.
    #[test]
    fn no_title_forges_a_marker(title in "(?s).{0,40}|(\n|---|\\+\\+\\+|dateline: |\"|dft_00000000000000000000000001){0,8}") {
        for site in SITES {
            let file = page_file(site, &page(&title, std::slice::from_ref(&title)));
            prop_assert_eq!(page_marker(&file).expect("a marker").origin.draft, DraftId::from_bits(7));
        }
    }
}
